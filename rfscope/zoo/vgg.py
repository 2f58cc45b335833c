"""VGG-16, and DeepLab v1, which turns it into a dense predictor."""

from __future__ import annotations

from rfscope.network.graph import Network
from rfscope.network.layers import Layers

__all__ = ["deeplab_v1", "vgg16"]

_STAGES = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))
"""Convolutions and channels of each stage."""

_CLASSES = 21


def vgg16() -> Network:
    """VGG-16 up to its last pooling layer."""
    layers = Layers()
    for number, (convolutions, width) in enumerate(_STAGES, start=1):
        _stage(layers, number, convolutions, width)
        layers.pool(f"pool{number}", 2, 2, padding=0)
    return layers.network()


def deeplab_v1(kernel: int, rate: int, channels: int) -> Network:
    """DeepLab v1 up to its scores, which are then enlarged by 8.

    The last two poolings do not subsample, the convolutions between them have a rate of 2 instead, and the first fully
    connected layer has become a dilated convolution.

    Args:
        kernel: Taps of that convolution (fc6).
        rate: Its rate.
        channels: Its output channels, and those of fc7.
    """
    layers = Layers()
    for number, (convolutions, width) in enumerate(_STAGES, start=1):
        _stage(layers, number, convolutions, width, rate=2 if number == 5 else 1)
        layers.pool(f"pool{number}", 3, 2 if number < 4 else 1)
    layers.conv("fc6", kernel, to=channels, dilation=rate, padding="same")
    layers.conv("fc7", 1, to=channels)
    layers.conv("fc8", 1, to=_CLASSES)
    return layers.network()


def _stage(layers: Layers, number: int, convolutions: int, width: int, rate: int = 1) -> None:
    for place in range(1, convolutions + 1):
        layers.conv(f"conv{number}_{place}", 3, to=width, dilation=rate)
