"""Networks whose constructor the command line cannot call: what a user would put into a file of their own.

Nothing is imported before a network is asked for: every repository has its own ``models``.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import types
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn


class _Settings(dict[str, Any]):
    """A dictionary whose entries are attributes as well."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def _made(target: str, *given: Any, **named: Any) -> Any:
    """What ``module:Name`` makes of these."""
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)(*given, **named)


# Semantic segmentation


def bisenet_v2() -> nn.Module:
    """Its constructor fetches weights."""
    repository = import_module("lib.models.bisenetv2")
    repository.SegmentBranch.load_pretrain = repository.BiSeNetV2.load_pretrain = lambda _: None
    made: nn.Module = repository.BiSeNetV2(19, aux_mode="eval")
    return made


def bisenet_v1() -> nn.Module:
    """Its backbone fetches weights."""
    import_module("lib.models.resnet").Resnet18.init_weight = lambda _: None
    made: nn.Module = _made("lib.models.bisenetv1:BiSeNetV1", 19, aux_mode="eval")
    return made


def zijundeng(name: str, **options: Any) -> nn.Module:
    """Its modules import from the folder above theirs, so that the repository is a package."""
    package = types.ModuleType("repository")
    package.__path__ = [os.getcwd()]  # noqa: PTH109 - a plain string, as in any package
    sys.modules["repository"] = package
    made: nn.Module = _made(f"repository.models.{name}", pretrained=False, **options)
    return made


def hrnet_w18() -> nn.Module:
    """It asks numpy for a name that newer versions do not have."""
    vars(np)["int"] = int

    def stage(blocks: str, *channels: int) -> _Settings:
        count = len(channels)
        depth = [1 if blocks == "BOTTLENECK" else 2] * count
        return _Settings(
            NUM_MODULES=1, NUM_BRANCHES=count, BLOCK=blocks, NUM_BLOCKS=depth, NUM_CHANNELS=list(channels),
            FUSE_METHOD="SUM",
        )  # fmt: skip

    extra = _Settings(
        STAGE1=stage("BOTTLENECK", 32), STAGE2=stage("BASIC", 16, 32), STAGE3=stage("BASIC", 16, 32, 64),
        STAGE4=stage("BASIC", 16, 32, 64, 128), FINAL_CONV_KERNEL=1,
    )  # fmt: skip
    settings = _Settings(MODEL=_Settings(EXTRA=extra, ALIGN_CORNERS=True), DATASET=_Settings(NUM_CLASSES=19))
    made: nn.Module = _made("models.seg_hrnet:HighResolutionNet", settings)
    return made


def espnet_v2() -> nn.Module:
    settings = _Settings(s=1.0, channels=3, num_classes=1000, dataset="city", weights="")
    made: nn.Module = _made("model.segmentation.espnetv2:ESPNetv2Segmentation", settings, 20, "city")
    return made


def ccnet_deeplab() -> nn.Module:
    """Its norm is part of a library for the GPU, and an ordinary one stands in for it."""
    norms: Any = types.ModuleType("inplace_abn")
    norms.InPlaceABN = norms.InPlaceABNSync = lambda channels, **_: nn.BatchNorm2d(channels)
    sys.modules["inplace_abn"] = norms
    repository = import_module("networks.deeplabv3")
    made: nn.Module = repository.ResNet(repository.Bottleneck, [3, 4, 6, 3], 19, None)
    return made


def jfzhang_deeplab() -> nn.Module:
    """Its backbone fetches weights."""
    drn = import_module("modeling.backbone.drn")
    drn.model_zoo.load_url = lambda *_, **__: {"fc.weight": None, "fc.bias": None}
    drn.DRN.load_state_dict = lambda *_, **__: None
    made: nn.Module = _made("modeling.deeplab:DeepLab", backbone="drn", num_classes=21, sync_bn=False)
    return made


# Sound


def hifi_gan(version: int) -> nn.Module:
    made: nn.Module = _made("models:Generator", _Settings(json.loads(Path(f"config_v{version}.json").read_text())))
    return made


def ms_tcn(**options: Any) -> nn.Module:
    """The file goes on with training, in Python 2; only what stands before is run."""
    module = types.ModuleType("ms_tcn")
    source = Path("model.py").read_text().partition("class Trainer")[0]
    exec(compile(source, "model.py", "exec"), module.__dict__)  # noqa: S102 - the repository's own network
    made: nn.Module = module.MultiStageModel(**options)
    return made


class _Sound(nn.Module):
    """Takes the channel away, and puts it back: the network has none."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, sound: Tensor) -> list[Tensor]:
        return [track.unsqueeze(1) for track in self.net(sound[:, 0])]


def conv_tasnet(norm: str) -> nn.Module:
    return _Sound(_made("Conv_TasNet:ConvTasNet", N=64, B=32, H=64, norm=norm))


def melgan() -> nn.Module:
    made: nn.Module = _made("parallel_wavegan.models.melgan:MelGANGenerator")
    return made


def pwg_discriminator() -> nn.Module:
    made: nn.Module = _made("parallel_wavegan.models.parallel_wavegan:ParallelWaveGANDiscriminator")
    return made


def pwg_hifigan() -> nn.Module:
    made: nn.Module = _made("parallel_wavegan.models.hifigan:HiFiGANGenerator", channels=128)
    return made


def demucs(**options: Any) -> nn.Module:
    made: nn.Module = _made("demucs.demucs:Demucs", ["drums", "voice"], channels=16, **options)
    return made


def dac_encoder() -> nn.Module:
    made: nn.Module = _made("dac.model.dac:Encoder", d_model=16)
    return made


def dac_decoder() -> nn.Module:
    made: nn.Module = _made("dac.model.dac:Decoder", 64, 256, [8, 8, 4, 2])
    return made


def bigvgan() -> nn.Module:
    """The hub that its class derives from is not needed."""
    hub: Any = types.ModuleType("huggingface_hub")
    hub.PyTorchModelHubMixin = type("Mixin", (), {"__init_subclass__": classmethod(lambda *_, **__: None)})
    hub.hf_hub_download = None
    sys.modules["huggingface_hub"] = hub
    settings = json.loads(Path("configs/bigvgan_22khz_80band.json").read_text())
    made: nn.Module = _made("bigvgan:BigVGAN", _Settings(settings | {"upsample_initial_channel": 64}))
    return made


# Backbones


def repvgg_features() -> nn.Module:
    net = _made("repvgg:create_RepVGG_A0")
    return nn.Sequential(net.stage0, *net.stage1, *net.stage2, *net.stage3, *net.stage4)


def replknet() -> nn.Module:
    made: nn.Module = _made(
        "replknet:RepLKNet", large_kernel_sizes=[31, 29, 27, 13], layers=[1, 1, 2, 1], channels=[16, 32, 64, 128],
        drop_path_rate=0.3, small_kernel=5, num_classes=None, out_indices=(0, 1, 2, 3), use_sync_bn=False,
    )  # fmt: skip
    return made


def convnext() -> nn.Module:
    net = _made("models.convnext:ConvNeXt", depths=[3, 3, 9, 3], dims=[32, 64, 128, 256])
    stages = zip(net.downsample_layers, net.stages, strict=True)
    return nn.Sequential(*(part for pair in stages for part in pair))


def ghostnet() -> nn.Module:
    net = _made("ghostnet_pytorch.ghostnet:ghostnet")
    return nn.Sequential(net.conv_stem, net.bn1, net.act1, net.blocks)


def mit_b0() -> nn.Module:
    """From its file alone: the package around it asks for the GPU."""
    spec = importlib.util.spec_from_file_location("mix_transformer", "mmseg/models/backbones/mix_transformer.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: nn.Module = module.mit_b0()
    return made


def videowalk() -> nn.Module:
    net = _made("resnet:resnet18")
    net.modify(remove_layers=["fc", "avgpool"])
    return nn.Sequential(net.conv1, net.bn1, net.relu, net.maxpool, net.layer1, net.layer2, net.layer3, net.layer4)


# Depth, pose, text


class _Depth(nn.Module):
    def __init__(self, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, image: Tensor) -> Tensor:
        finest: Tensor = self.decoder(self.encoder(image))[("disp", 0)]
        return finest


def monodepth() -> nn.Module:
    encoder = _made("networks:ResnetEncoder", 18, False)
    return _Depth(encoder, _made("networks:DepthDecoder", encoder.num_ch_enc, scales=range(4)))


def craft() -> nn.Module:
    """It asks torchvision for addresses that newer versions do not list."""
    import_module("torchvision.models.vgg").model_urls = {"vgg16_bn": "https://"}  # type: ignore[attr-defined]
    made: nn.Module = _made("craft:CRAFT")
    return made


def dbnet() -> nn.Module:
    made: nn.Module = _made(
        "models.model:Model",
        {
            "backbone": {"type": "resnet18", "pretrained": False, "in_channels": 3},
            "neck": {"type": "FPN", "inner_channels": 64},
            "head": {"type": "DBHead", "out_channels": 2, "k": 50},
        },
    )
    return made


# Restoration


def nafnet() -> nn.Module:
    made: nn.Module = _made(
        "basicsr.models.archs.NAFNet_arch:NAFNet", width=16, middle_blk_num=1, enc_blk_nums=[1, 1, 1, 2],
        dec_blk_nums=[1, 1, 1, 1],
    )  # fmt: skip
    return made


def edsr(name: str, **more: Any) -> nn.Module:
    """The networks of that repository take what its command line was given."""
    settings = {"n_resblocks": 16, "n_feats": 32, "scale": [2], "rgb_range": 255, "n_colors": 3, "res_scale": 1}
    made: nn.Module = _made(f"model.{name.lower()}:{name}", _Settings(settings | more))
    return made


# Medicine


def nnunet_2d() -> nn.Module:
    made: nn.Module = _made(
        "dynamic_network_architectures.architectures.unet:PlainConvUNet", 1, 5, [16, 32, 64, 128, 128], nn.Conv2d, 3,
        [1, 2, 2, 2, 2], 2, 3, 2, conv_bias=True, norm_op=nn.BatchNorm2d, nonlin=nn.LeakyReLU,
    )  # fmt: skip
    return made


def nnunet_3d() -> nn.Module:
    made: nn.Module = _made(
        "dynamic_network_architectures.architectures.unet:PlainConvUNet", 1, 3, [8, 16, 32], nn.Conv3d,
        [[1, 3, 3], [3, 3, 3], [3, 3, 3]], [1, [1, 2, 2], [2, 2, 2]], 1, 3, 1, conv_bias=True,
        norm_op=nn.BatchNorm3d, nonlin=nn.LeakyReLU, deep_supervision=True,
    )  # fmt: skip
    return made


def monai(name: str, **options: Any) -> nn.Module:
    made: nn.Module = _made(f"monai.networks.nets:{name}", spatial_dims=2, in_channels=1, out_channels=2, **options)
    return made


def vnet() -> nn.Module:
    made: nn.Module = _made("lib.medzoo.Vnet:VNetLight", in_channels=1, classes=4)
    return made


def highresnet3d() -> nn.Module:
    made: nn.Module = _made("lib.medzoo.HighResNet3D:HighResNet3D", in_channels=1, classes=4)
    return made


def voxelmorph_unet() -> nn.Module:
    """It asks for a version of a library that a stand-in replaces."""
    vars(import_module("neurite"))["__version__"] = "0.2"
    os.environ["VXM_BACKEND"] = os.environ["NEURITE_BACKEND"] = "pytorch"
    made: nn.Module = _made("voxelmorph.torch.networks:Unet", inshape=(64, 96), infeats=2)
    return made


# Pixel by pixel


class _OfOneClass(nn.Module):
    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net
        self.register_buffer("label", torch.zeros(1, dtype=torch.long))

    def forward(self, image: Tensor) -> Tensor:
        levels: Tensor = self.net(image, self.label)
        return levels.flatten(1, 2)


def gated_pixelcnn() -> nn.Module:
    settings = _Settings(
        hidden_fmaps=6, color_levels=2, causal_ksize=7, hidden_ksize=7, hidden_layers=3, out_hidden_fmaps=6
    )
    return _OfOneClass(_made("pixelcnn.model:PixelCNN", settings))


def pixelcnn_causal_block() -> nn.Module:
    made: nn.Module = _made("pixelcnn.model:CausalBlock", 3, 6, 7, 3)
    return made
