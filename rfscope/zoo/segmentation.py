"""Published networks for dense prediction and image translation."""

from __future__ import annotations

from functools import partial

from rfscope.zoo.dilated import deeplab_v3, on_pyramid
from rfscope.zoo.entry import ZooEntry, spec
from rfscope.zoo.unet import unet
from rfscope.zoo.vgg import deeplab_v1

__all__ = ["SEGMENTATION"]

_DEEPLAB = "Chen et al., Semantic Image Segmentation with Deep Convolutional Nets, ICLR 2015, table 2"
_ATROUS = "Chen et al., Rethinking Atrous Convolution for Semantic Image Segmentation, 2017"
_PATCHGAN = "Isola et al., Image-to-Image Translation with Conditional Adversarial Networks, CVPR 2017"

_FIELD_OF_VIEW = (
    "The printed field of view is 8 (k - 1) r + 32, what fc6 covers of the classification network's cells of 32 "
    "pixels. The receptive field, which the layers before it widen, is another quantity. Parameters are "
    "weights without biases."
)


def _deeplab_v1(
    name: str, kernel: int, rate: int, channels: int, *, view: int, millions: float, field: int
) -> ZooEntry:
    return ZooEntry(
        name=name,
        source=f"{_DEEPLAB}: fc6 of kernel {kernel} and rate {rate}",
        year=2015,
        build=partial(deeplab_v1, kernel, rate, channels),
        printed={"field_of_view.fc6": view, "parameters_millions": millions},
        derived={"field": field, "stride": 8},
        note=_FIELD_OF_VIEW,
    )


SEGMENTATION: tuple[ZooEntry, ...] = (
    _deeplab_v1("deeplab-v1", 3, 12, 1024, view=224, millions=20.5, field=419),
    _deeplab_v1("deeplab-v1-k7-r4", 7, 4, 4096, view=224, millions=134.3, field=419),
    _deeplab_v1("deeplab-v1-k4-r4", 4, 4, 4096, view=128, millions=65.1, field=323),
    _deeplab_v1("deeplab-v1-k4-r8", 4, 8, 4096, view=224, millions=65.1, field=419),
    ZooEntry(
        name="deeplab-v3-os16",
        source=f"{_ATROUS}: on ResNet-50, output stride 16",
        year=2017,
        build=partial(deeplab_v3, 16),
        printed={"stride": 16, "rates.layer4": [2, 4, 8], "rates.aspp": [6, 12, 18]},
    ),
    ZooEntry(
        name="deeplab-v3-os8",
        source=f"{_ATROUS}: on ResNet-50, output stride 8, all rates doubled",
        year=2017,
        build=partial(deeplab_v3, 8),
        printed={"stride": 8, "rates.aspp": [12, 24, 36]},
        derived={"rates.layer4": [4, 8, 16]},
    ),
    ZooEntry(
        name="aspp-on-65",
        source=f"{_ATROUS}: valid weights of a 3x3 on a map of 65x65",
        year=2017,
        build=spec("aspp-on-65"),
        derived={
            "valid_share.rate6": 0.6649,
            "valid_share.rate12": 0.3979,
            "valid_share.rate18": 0.1991,
            "valid_share.rate24": 0.0684,
        },
        note="The paper draws the shares of positions with one, four and nine valid weights; the last is "
        "((65 - 2r) / 65)^2.",
    ),
    ZooEntry(
        name="aspp-on-dense",
        source="The pyramid of DeepLab v3 and a 3x3 behind a ResNet-50 of output stride 8 that is not dilated",
        build=partial(on_pyramid, (1, 1, 1, 1)),
        derived={"stride": 8, "rates.aspp": [12, 24, 36]},
    ),
    ZooEntry(
        name="aspp-on-d8",
        source="The same behind a ResNet-50 whose last two stages have rates 2 and 4",
        build=partial(on_pyramid, (1, 1, 2, 4)),
        derived={"stride": 8, "rates.aspp": [12, 24, 36]},
    ),
    ZooEntry(
        name="u-net",
        source="Ronneberger, Fischer, Brox, U-Net, MICCAI 2015",
        year=2015,
        build=partial(unet, 572),
        printed={"output_size": 388},
        derived={"period": 16, "size_min": 188, "size_max": 204},
        note="What an output sees depends on where it lies in a block of 16: there is no single receptive field.",
    ),
    *(
        ZooEntry(
            name=f"patchgan-{field}",
            source=_PATCHGAN,
            year=2017,
            build=spec(f"patchgan-{field}"),
            printed={"field": field},
            note="The last two convolutions have no stride.",
        )
        for field in (16, 70, 286)
    ),
)
