"""Residual networks in the layout of torchvision and mmsegmentation: the stride is in the first block of a stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rfscope.network.layers import Layers

__all__ = ["Residual", "add_block", "add_residual", "add_stage", "add_stem", "stage_rates"]


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
        radix: How many 3x3 convolutions a bottleneck weighs by its whole map (ResNeSt); 0 for one that is not weighed.
        reduction: By how much the channels are reduced for these weights.
        pooled_stride: Whether a bottleneck's stride is in an average pooling behind its 3x3.
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
    radix: int = 0
    reduction: int = 4
    pooled_stride: bool = False

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


def add_residual(layers: Layers, shape: Residual) -> tuple[str, ...]:
    """Add the stem and the stages ``layer1``, ``layer2``, ...; the last layer of each stage."""
    add_stem(layers, shape)
    return tuple(add_stage(layers, shape, number) for number in range(len(shape.rates)))


def add_stem(layers: Layers, shape: Residual, *, ceil_mode: bool = False) -> str:
    """Add what leads to the first stage."""
    if shape.deep_stem:
        layers.conv("stem.0", 3, to=shape.stem_channels // 2, stride=2)
        layers.conv("stem.3", 3)
        layers.conv("stem.6", 3, to=shape.stem_channels)
    else:
        layers.conv("conv1", 7, to=shape.stem_channels, stride=2)
    return layers.pool("maxpool", 3, 2, ceil_mode=ceil_mode)


def add_stage(layers: Layers, shape: Residual, number: int) -> str:
    """Add a stage, counted from 0, after the last layer."""
    for place, rate in enumerate(shape.rates[number]):
        with layers.within(f"layer{number + 1}.{place}"):
            add_block(layers, shape, shape.base_channels * 2**number, rate, 1 if place else shape.strides[number])
    return layers.last


def add_block(layers: Layers, shape: Residual, channels: int, rate: int = 1, stride: int = 1) -> str:
    """Add a block of so many inner channels after the last layer."""
    before, wide = layers.last, channels * shape.expansion
    if shape.bottleneck:
        width, first = shape.width(channels), stride if shape.stride_first else 1
        layers.conv("conv1", 1, to=width, stride=first)
        _spatial(layers, shape, rate, stride // first)
        end = layers.conv("conv3", 1, to=wide)
    else:
        layers.conv("conv1", 3, to=channels, stride=stride, dilation=rate)
        end = layers.conv("conv2", 3)
    shortcut = before
    if stride > 1 or layers.channels(before) != wide:
        shortcut = _shortcut(layers, shape, before, wide, stride)
    return layers.merge("add", "add", end, shortcut)


def _spatial(layers: Layers, shape: Residual, rate: int, stride: int) -> None:
    """The 3x3 convolution of a bottleneck, or several of them weighted by what the whole map says (ResNeSt)."""
    if not shape.radix:
        layers.conv("conv2", 3, stride=stride, dilation=rate, groups=shape.groups)
        return
    width, groups = layers.channels(layers.last), shape.groups
    pooled = stride if shape.pooled_stride else 1
    parts = layers.conv(
        "conv2.conv", 3, to=width * shape.radix, stride=stride // pooled, dilation=rate, groups=groups * shape.radix
    )
    layers.pool_all("conv2.gap", channels=width)
    layers.conv("conv2.fc1", 1, to=max(width * shape.radix // shape.reduction, 32), groups=groups)
    weights = layers.conv("conv2.fc2", 1, to=width * shape.radix, groups=groups)
    layers.merge("conv2.multiply", "multiply", parts, weights, channels=width)
    if pooled > 1:
        layers.pool("avd_layer", 3, pooled)


def _shortcut(layers: Layers, shape: Residual, before: str, wide: int, stride: int) -> str:
    if not shape.avg_down:
        return layers.conv("downsample.0", 1, to=wide, stride=stride, after=before)
    layers.pool("downsample.0", stride, stride, padding=0, after=before, ceil_mode=True)
    return layers.conv("downsample.1", 1, to=wide)
