"""U-Net as published: no padding, so the features of every level are cropped before they join the decoder's."""

from __future__ import annotations

from rfscope.network.graph import Network
from rfscope.network.layers import Layers

__all__ = ["unet"]

_WIDTHS = (64, 128, 256, 512)
_DEEPEST = 1024
_CLASSES = 2


def unet(input: int) -> Network:
    """U-Net.

    Args:
        input: Size of the image along both axes.
    """
    layers = Layers(channels=1, input=(input, input))
    skips, size = [], input
    for number, width in enumerate(_WIDTHS, start=1):
        size = _two_convolutions(layers, f"down{number}", width, size)
        skips.append((layers.last, size))
        layers.pool(f"pool{number}", 2, 2, padding=0)
        size //= 2
    size = _two_convolutions(layers, "bottom", _DEEPEST, size)
    for number, (width, (skip, wider)) in enumerate(zip(reversed(_WIDTHS), reversed(skips), strict=True), start=1):
        enlarged = layers.up(f"up{number}.enlarge", 2, to=width)
        size *= 2
        cropped = layers.crop(f"up{number}.crop", (wider - size) // 2, after=skip)
        layers.merge(f"up{number}.concat", "concat", cropped, enlarged)
        size = _two_convolutions(layers, f"up{number}", width, size)
    layers.conv("scores", 1, to=_CLASSES)
    return layers.network()


def _two_convolutions(layers: Layers, name: str, width: int, size: int) -> int:
    """Each takes a position off every side."""
    layers.conv(f"{name}.conv1", 3, to=width, padding=0)
    layers.conv(f"{name}.conv2", 3, to=width, padding=0)
    return size - 4
