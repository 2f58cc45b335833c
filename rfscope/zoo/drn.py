"""Dilated residual networks: DRN-A, whose outputs show a grid, and DRN-C, whose last layers smooth it away."""

from __future__ import annotations

from rfscope.network.graph import Network
from rfscope.network.layers import Layers

__all__ = ["drn_a", "drn_c"]


def drn_a() -> Network:
    """A ResNet-18 whose last two stages are dilated instead of strided."""
    layers = Layers()
    layers.conv("conv1", 7, to=64, stride=2)
    layers.pool("maxpool", 3, 2)
    for number, (width, stride, rate) in enumerate([(64, 1, 1), (128, 2, 1), (256, 1, 2), (512, 1, 4)], start=1):
        _level(layers, f"layer{number}", width, stride, rate, blocks=2)
    return layers.network()


def drn_c() -> Network:
    """DRN-C-26: strided convolutions for the pooling, and at the end falling rates without shortcuts."""
    layers = Layers()
    layers.conv("conv1", 7, to=16)
    levels = [(16, 1, 1, 1), (32, 2, 1, 1), (64, 2, 1, 2), (128, 2, 1, 2), (256, 1, 2, 2), (512, 1, 4, 2)]
    for number, (width, stride, rate, blocks) in enumerate(levels, start=1):
        _level(layers, f"level{number}", width, stride, rate, blocks)
    for number, rate in ((7, 2), (8, 1)):
        layers.conv(f"level{number}.conv1", 3, dilation=rate)
        layers.conv(f"level{number}.conv2", 3, dilation=rate)
    return layers.network()


def _level(layers: Layers, name: str, width: int, stride: int, rate: int, blocks: int) -> None:
    for place in range(blocks):
        _block(layers, f"{name}.{place}", width, stride if place == 0 else 1, rate, project=place == 0)


def _block(layers: Layers, name: str, width: int, stride: int, rate: int, *, project: bool) -> None:
    before = layers.last
    layers.conv(f"{name}.conv1", 3, to=width, stride=stride, dilation=rate)
    end = layers.conv(f"{name}.conv2", 3, dilation=rate)
    shortcut = layers.conv(f"{name}.downsample", 1, to=width, stride=stride, after=before) if project else before
    layers.merge(f"{name}.add", "add", end, shortcut)
