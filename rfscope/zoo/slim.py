"""ResNet v1 as TF-Slim builds it: the stride is in the last unit of a block, and a shortcut there is a 1x1 pooling."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.network.graph import Network
from rfscope.network.layers import Layers
from rfscope.zoo.resnet import DEPTHS

__all__ = ["slim_resnet"]

_BLOCKS = ((64, 2), (128, 2), (256, 2), (512, 1))
"""Width and stride of each block."""


def slim_resnet(depth: int, input: Sequence[int] | None) -> Network:
    """ResNet v1 before its global pooling.

    Strided convolutions are padded alike on both sides whatever the size; the pooling layer of the stem has SAME
    padding, so where an output lies depends on the size of the input.

    Args:
        depth: 50, 101 or 152.
        input: Size of the image, or None for an unbounded grid.
    """
    layers = Layers(input=input)
    layers.conv("conv1", 7, to=64, stride=2)
    layers.pool("pool1", 3, 2, padding="same")
    for number, (units, (width, stride)) in enumerate(zip(DEPTHS[depth], _BLOCKS, strict=True), start=1):
        for unit in range(1, units + 1):
            _unit(layers, f"block{number}.unit{unit}", width, stride if unit == units else 1, project=unit == 1)
    return layers.network()


def _unit(layers: Layers, name: str, width: int, stride: int, *, project: bool) -> None:
    before = layers.last
    layers.conv(f"{name}.conv1", 1, to=width)
    layers.conv(f"{name}.conv2", 3, stride=stride)
    end = layers.conv(f"{name}.conv3", 1, to=4 * width)
    shortcut = before
    if project:
        shortcut = layers.conv(f"{name}.shortcut", 1, to=4 * width, stride=stride, after=before)
    elif stride > 1:
        shortcut = layers.pool(f"{name}.shortcut", 1, stride, after=before)
    layers.merge(f"{name}.add", "add", end, shortcut)
