"""MobileNet v1: depthwise separable convolutions, 3x3 in each channel and then 1x1 across them."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.network.graph import Network
from rfscope.network.layers import Layers

__all__ = ["mobilenet_v1"]

_BLOCKS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    (512, 1),
    (512, 1),
    (512, 1),
    (512, 1),
    (512, 1),
    (1024, 2),
    (1024, 1),
)
"""Output channels and stride of each."""

_CLASSES = 1000


def mobilenet_v1(input: Sequence[int]) -> Network:
    """MobileNet v1 with its classifier, padded SAME throughout.

    Args:
        input: Size of the image.
    """
    layers = Layers(input=input)
    width = 32
    layers.conv("conv0", 3, to=width, stride=2, padding="same")
    for number, (wider, stride) in enumerate(_BLOCKS, start=1):
        layers.conv(f"conv{number}.depthwise", 3, stride=stride, groups=width, padding="same")
        layers.conv(f"conv{number}.pointwise", 1, to=wider)
        width = wider
    layers.pool_all("pool")
    layers.conv("scores", 1, to=_CLASSES)
    return layers.network()
