"""Residual networks in the layout of torchvision and mmsegmentation: the stride is in the first block of a stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rfscope.network.layers import Layers

__all__ = ["Residual", "add_residual", "stage_rates"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """The shape of a residual network.

    Attributes:
        rates: Per stage, the rate of the (first) 3x3 convolution of each block.
        strides: Stride of the first block of each stage.
        bottleneck: Whether a block is 1x1, 3x3, 1x1 and widens by 4, and not two 3x3.
        deep_stem: Whether three 3x3 convolutions stand for the 7x7 of the stem.
        avg_down: Whether the shortcut of a strided block is an average pooling and a 1x1, and not a strided 1x1.
        stride_first: Whether a bottleneck's stride is in its first 1x1 (the Caffe layout), and not in its 3x3.
        stem_channels, base_channels: Channels of the stem, and of the blocks of the first stage.
        groups, base_width: Of the 3x3 convolutions of bottlenecks (ResNeXt).
    """

    rates: Sequence[Sequence[int]]
    strides: Sequence[int]
    bottleneck: bool = True
    deep_stem: bool = False
    avg_down: bool = False
    stride_first: bool = False
    stem_channels: int = 64
    base_channels: int = 64
    groups: int = 1
    base_width: int = 4

    @property
    def expansion(self) -> int:
        """Output channels of a block over those of its 3x3 convolutions."""
        return 4 if self.bottleneck else 1

    def width(self, channels: int) -> int:
        """Channels of the 3x3 convolution of a bottleneck."""
        return channels if self.groups == 1 else channels * self.base_width // self.base_channels * self.groups


def stage_rates(
    blocks: Sequence[int],
    dilations: Sequence[int] = (1, 1, 1, 1),
    *,
    contract_dilation: bool = False,
    multi_grid: Sequence[int] | None = None,
) -> list[list[int]]:
    """The rate of each block of each stage.

    Args:
        blocks: Blocks of each stage.
        dilations: Rate of each stage.
        contract_dilation: Whether the first block of a dilated stage has half its rate, rounded down.
        multi_grid: Rates of the blocks of the last stage, instead of its dilation; at least one for each.

    Example:
        >>> stage_rates((1, 1, 3, 3), (1, 1, 2, 4), contract_dilation=True)
        [[1], [1], [1, 2, 2], [2, 4, 4]]
    """
    rates = [[dilation] * count for count, dilation in zip(blocks, dilations, strict=True)]
    if contract_dilation:
        for stage in rates:
            stage[0] = max(1, stage[0] // 2)
    if multi_grid:
        rates[-1] = list(multi_grid[: blocks[-1]])
    return rates


def add_residual(layers: Layers, shape: Residual, prefix: str = "") -> tuple[str, ...]:
    """Add the stem and the stages ``layer1``, ``layer2``, ...

    Args:
        layers: Where to add them.
        shape: What to add.
        prefix: What the names begin with, such as ``backbone.``.

    Returns:
        The last layer of each stage.
    """
    if shape.deep_stem:
        layers.conv(f"{prefix}stem.0", 3, to=shape.stem_channels // 2, stride=2)
        layers.conv(f"{prefix}stem.3", 3)
        layers.conv(f"{prefix}stem.6", 3, to=shape.stem_channels)
    else:
        layers.conv(f"{prefix}conv1", 7, to=shape.stem_channels, stride=2)
    layers.pool(f"{prefix}maxpool", 3, 2)
    ends = []
    for number, (stage, stride) in enumerate(zip(shape.rates, shape.strides, strict=True)):
        channels = shape.base_channels * 2**number
        for place, rate in enumerate(stage):
            _block(layers, shape, f"{prefix}layer{number + 1}.{place}", channels, rate, 1 if place else stride)
        ends.append(layers.last)
    return tuple(ends)


def _block(layers: Layers, shape: Residual, name: str, channels: int, rate: int, stride: int) -> None:
    before, wide = layers.last, channels * shape.expansion
    if shape.bottleneck:
        width, first = shape.width(channels), stride if shape.stride_first else 1
        layers.conv(f"{name}.conv1", 1, to=width, stride=first)
        layers.conv(f"{name}.conv2", 3, stride=stride // first, dilation=rate, groups=shape.groups)
        end = layers.conv(f"{name}.conv3", 1, to=wide)
    else:
        layers.conv(f"{name}.conv1", 3, to=channels, stride=stride, dilation=rate)
        end = layers.conv(f"{name}.conv2", 3)
    shortcut = before
    if stride > 1 or layers.channels(before) != wide:
        shortcut = _shortcut(layers, shape, f"{name}.downsample", before, wide, stride)
    layers.merge(f"{name}.add", "add", end, shortcut)


def _shortcut(layers: Layers, shape: Residual, name: str, before: str, wide: int, stride: int) -> str:
    if not shape.avg_down:
        return layers.conv(f"{name}.0", 1, to=wide, stride=stride, after=before)
    layers.pool(f"{name}.0", stride, stride, padding=0, after=before, ceil_mode=True)
    return layers.conv(f"{name}.1", 1, to=wide)
