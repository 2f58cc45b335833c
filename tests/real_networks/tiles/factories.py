"""The networks that are run whole and tiled, each made by the code of those who published it, with random weights.

Libraries are imported where they are needed. What is of a repository is imported from its folder, in which the child
process of a row stands.
"""

from __future__ import annotations

import json
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - as everybody writes

from tests.real_networks.public import stubs
from tests.real_networks.table import define_missing_operators
from tests.verification.stream_modules import decoder, encoder
from tests.verification.tiled_modules import Causal

__all__: list[str] = []


_operators = cache(define_missing_operators)


def _made(target: str, *given: Any, **named: Any) -> Any:
    """What ``module:Name`` makes of these."""
    _operators()
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)(*given, **named)


# Images


def vgg16() -> nn.Module:
    features: nn.Module = _made("torchvision.models:vgg16", weights=None).features
    return features


def resnet50() -> nn.Module:
    """Without the pooling and the classifier."""
    return nn.Sequential(*list(_made("torchvision.models:resnet50", weights=None).children())[:-2])


def fcn_resnet50() -> nn.Module:
    made: nn.Module = _made("torchvision.models.segmentation:fcn_resnet50", weights=None, weights_backbone=None)
    return made


def efficientnet() -> nn.Module:
    """Without the pooling and the classifier; each of its blocks squeezes and excites.

    Its norms take their constants from a random image, without which nearly nothing is left of one at the end.
    """
    features: nn.Module = _made("torchvision.models:efficientnet_b0", weights=None).features
    features.eval()
    for part in features.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.train().momentum = 1.0
    with torch.no_grad():
        features(torch.randn(1, 3, 128, 128))
    return features


def smp_unet() -> nn.Module:
    made: nn.Module = _made("segmentation_models_pytorch:Unet", "resnet34", encoder_weights=None)
    return made


def group_norm() -> nn.Module:
    """A ResNet whose norms are of groups of channels over the map."""
    made = _made("torchvision.models:resnet18", weights=None, norm_layer=partial(nn.GroupNorm, 8))
    return nn.Sequential(*list(made.children())[:-2])


def unet(**options: Any) -> nn.Module:
    """Of jvanvugt/pytorch-unet: four poolings, 16 channels at first."""
    made: nn.Module = _made("unet:UNet", wf=4, **options)
    return made


def milesial(**options: Any) -> nn.Module:
    """Of milesial/Pytorch-UNet, whose up-sampling pads to the size of the skip; made for one channel."""
    made: nn.Module = _made("unet:UNet", n_channels=1, n_classes=2, **options)
    return made


def nnunet() -> nn.Module:
    """As nnU-Net is used: it normalizes each channel over the map."""
    made: nn.Module = _made(
        "dynamic_network_architectures.architectures.unet:PlainConvUNet", 1, 3, [16, 32, 64], nn.Conv2d, 3,
        [1, 2, 2], 2, 3, 2, conv_bias=True, norm_op=nn.InstanceNorm2d, nonlin=nn.LeakyReLU,
    )  # fmt: skip
    return made


def nnunet_3d() -> nn.Module:
    """Anisotropic, with a norm that is a constant once it is trained."""
    made: nn.Module = _made(
        "dynamic_network_architectures.architectures.unet:PlainConvUNet", 1, 3, [8, 16, 32], nn.Conv3d,
        [[1, 3, 3], [3, 3, 3], [3, 3, 3]], [1, [1, 2, 2], [2, 2, 2]], 1, 3, 1, conv_bias=True,
        norm_op=nn.BatchNorm3d, nonlin=nn.LeakyReLU,
    )  # fmt: skip
    return made


class _Block(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *(part for _ in range(4) for part in (nn.Conv2d(channels, channels, 3, padding=1), nn.LeakyReLU(0.2)))
        )

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = self.layers(x)
        return x + 0.2 * made


class _Residuals(nn.Module):
    """Four blocks of four convolutions, and twice as large two times, as ESRGAN does it."""

    def __init__(self, channels: int = 16) -> None:
        super().__init__()
        self.first, self.last = nn.Conv2d(3, channels, 3, padding=1), nn.Conv2d(channels, 3, 3, padding=1)
        self.trunk = nn.Sequential(*(_Block(channels) for _ in range(4)), nn.Conv2d(channels, channels, 3, padding=1))
        self.ups = nn.ModuleList(nn.Conv2d(channels, channels, 3, padding=1) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        x = x + self.trunk(x)
        for number, conv in enumerate(self.ups):
            x = F.leaky_relu(conv(F.interpolate(x, scale_factor=2, mode="nearest") if number < 2 else x), 0.2)
        made: Tensor = self.last(x)
        return made


def esrgan_like() -> nn.Module:
    return _Residuals()


def esrgan(**options: Any) -> nn.Module:
    made: nn.Module = _made("RRDBNet_arch:RRDBNet", in_nc=3, out_nc=3, **options)
    return made


# Sound


class _Settings(dict[str, Any]):
    """A dictionary whose entries are attributes as well."""

    __getattr__ = dict.__getitem__


def causal_tcn() -> nn.Module:
    return Causal([(3, 1, 2**level) for level in range(5)])


class _BothSides(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Conv1d(4 if level else 1, 4, 3, padding=2**level, dilation=2**level) for level in range(5))
        )

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = F.elu(layer(x))
        return x


def centred_tcn() -> nn.Module:
    return _BothSides()


def tcn() -> nn.Module:
    """Of locuslab/TCN: two convolutions a level, padded on both sides and cut again."""
    made: nn.Module = _made("TCN.tcn:TemporalConvNet", 1, [25] * 5, kernel_size=3)
    return made


def encodec_like_encoder() -> nn.Module:
    return encoder()


def encodec_like_decoder() -> nn.Module:
    return decoder((8, 5, 4, 2))


def encodec_encoder(**options: Any) -> nn.Module:
    stubs.install(("torchaudio",))
    made: nn.Module = _made("encodec.modules.seanet:SEANetEncoder", lstm=0, causal=True, **options)
    return made


def encodec_decoder(**options: Any) -> nn.Module:
    stubs.install(("torchaudio",))
    made: nn.Module = _made("encodec.modules.seanet:SEANetDecoder", lstm=0, causal=True, **options)
    return made


def hifi_gan() -> nn.Module:
    """The published configuration, all its channels."""
    stubs.install(("librosa",))
    made: nn.Module = _made("models:Generator", _Settings(json.loads(Path("config_v1.json").read_text())))
    return made


def _dac() -> Any:
    return _made("transformers:DacConfig", encoder_hidden_size=8, decoder_hidden_size=64, hidden_size=32)


def dac_encoder() -> nn.Module:
    made: nn.Module = _made("transformers.models.dac.modeling_dac:DacEncoder", _dac())
    return made


def dac_decoder() -> nn.Module:
    made: nn.Module = _made("transformers.models.dac.modeling_dac:DacDecoder", _dac())
    return made


def code2wav() -> nn.Module:
    """The convolutions of Qwen3-Omni's: those behind the transformer, which sees what passed, and the first two ups."""
    omni = "transformers.models.qwen3_omni_moe"
    sizes = {"hidden_size": 16, "decoder_dim": 32, "num_hidden_layers": 1, "initializer_range": 0.15}
    config = _made(
        f"{omni}.configuration_qwen3_omni_moe:Qwen3OmniMoeCode2WavConfig", **sizes, num_attention_heads=2,
        num_key_value_heads=2, intermediate_size=16, codebook_size=8, num_quantizers=2,
    )  # fmt: skip
    return nn.Sequential(*_made(f"{omni}.modeling_qwen3_omni_moe:Qwen3OmniMoeCode2Wav", config).decoder)
