"""The real networks that rfscope is tried on: where each comes from, how it is built, at which size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

__all__ = ["Real", "networks"]


class Real(NamedTuple):
    """A network of a library.

    Attributes:
        library: Where it comes from.
        name: What it is called there.
        build: Makes it, with random weights.
        size: Size of its input per axis.
    """

    library: str
    name: str
    build: Callable[[], Any]
    size: tuple[int, ...]


_TORCHVISION = {
    "alexnet": 224, "vgg11": 224, "resnet18": 224, "resnet50": 224, "wide_resnet50_2": 224, "resnext50_32x4d": 224,
    "densenet121": 224, "squeezenet1_0": 224, "googlenet": 224, "inception_v3": 299, "mobilenet_v2": 224,
    "mobilenet_v3_small": 224, "shufflenet_v2_x0_5": 224, "mnasnet0_5": 224, "efficientnet_b0": 224,
    "efficientnet_v2_s": 128, "convnext_tiny": 224, "regnet_y_400mf": 224, "swin_t": 224, "swin_v2_t": 256,
    "vit_b_32": 224, "maxvit_t": 224,
}  # fmt: skip

_SEGMENTATION = {"deeplabv3_resnet50": 256, "fcn_resnet50": 256, "lraspp_mobilenet_v3_large": 256}

_VIDEO = {"r3d_18": (8, 64, 64), "r2plus1d_18": (8, 64, 64)}

_TIMM = {
    "resnet26d": 224, "resnetv2_50": 224, "seresnet50": 224, "cspresnet50": 224, "dla34": 224, "hrnet_w18_small": 224,
    "regnetx_002": 224, "repvgg_a0": 224, "mobilenetv3_small_050": 224, "tf_efficientnet_b0": 224, "ghostnet_100": 224,
    "convnextv2_atto": 224, "poolformer_s12": 224, "metaformer_ppff": 224, "swin_tiny_patch4_window7_224": 224,
    "deit_tiny_patch16_224": 224, "mixer_s32_224": 224, "pvt_v2_b0": 224, "edgenext_xx_small": 224, "levit_128s": 224,
    "visformer_tiny": 224, "nf_resnet26": 224, "inception_resnet_v2": 299, "xception41": 224, "resnest14d": 224,
    "res2net50_26w_4s": 224, "vovnet39a": 224, "selecsls42": 224, "hgnet_tiny": 224, "fastvit_t8": 256,
}  # fmt: skip

_SMP = {
    "Unet": "resnet50", "UnetPlusPlus": "resnet18", "MAnet": "resnet18", "Linknet": "resnet18", "FPN": "resnet18",
    "PSPNet": "resnet18", "PAN": "resnet18", "DeepLabV3": "resnet18", "DeepLabV3Plus": "resnet18",
    "UPerNet": "resnet18", "Segformer": "resnet18",
}  # fmt: skip

_TRANSFORMERS = {
    "ResNet": {}, "ConvNext": {}, "ConvNextV2": {}, "MobileNetV1": {}, "MobileNetV2": {}, "RegNet": {}, "Bit": {},
    "PoolFormer": {}, "Van": {}, "Segformer": {}, "Swin": {"depths": [2, 2, 2, 2]}, "ViT": {"num_hidden_layers": 3},
    "Cvt": {}, "FocalNet": {}, "PvtV2": {}, "EfficientNet": {}, "LevitModel": {},
}  # fmt: skip


def networks() -> Iterator[Real]:
    """All of them, library by library; those that an installed version does not have are left out."""
    yield from _torchvision()
    yield from _timm()
    yield from _smp()
    yield from _transformers()


def _torchvision() -> Iterator[Real]:
    from torchvision import models

    for name, size in _TORCHVISION.items():
        more = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
        yield Real("torchvision", name, partial(getattr(models, name), **more), (size, size))
    for name, size in _SEGMENTATION.items():
        made = partial(getattr(models.segmentation, name), weights=None, weights_backbone=None)
        yield Real("torchvision", name, made, (size, size))
    for name, sizes in _VIDEO.items():
        yield Real("torchvision", name, getattr(models.video, name), sizes)


def _timm() -> Iterator[Real]:
    import timm

    for name, size in _TIMM.items():
        if timm.is_model(name):
            yield Real("timm", name, partial(timm.create_model, name, pretrained=False), (size, size))


def _smp() -> Iterator[Real]:
    import segmentation_models_pytorch as smp

    for name, encoder in _SMP.items():
        if hasattr(smp, name):
            made = partial(getattr(smp, name), encoder, encoder_weights=None)
            yield Real("smp", f"{name} {encoder}", made, (256, 256))


def _transformers() -> Iterator[Real]:
    import transformers

    for name, options in _TRANSFORMERS.items():
        config, model = getattr(transformers, f"{name}Config", None), getattr(transformers, f"{name}Model", None)
        if config is not None and model is not None:
            yield Real("transformers", name, partial(_from_config, model, config, options), (224, 224))


def _from_config(model: Any, config: Any, options: Any) -> Any:
    return model(config(**options))
