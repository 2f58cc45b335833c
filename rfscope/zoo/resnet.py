"""Residual networks in the layout of torchvision and mmsegmentation: the stride is in the first block of a stage."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.network.graph import Network
from rfscope.zoo.layers import Layers

__all__ = ["DEPTHS", "STRIDED", "resnet", "resnet_v1c", "stage_rates", "stages"]

DEPTHS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
"""Blocks per stage, by the number of layers."""

STRIDED = (1, 2, 2, 2)
"""Stride of each stage of a network made for classification: 32 in all."""

_WIDTHS = (64, 128, 256, 512)
_EXPANSION = 4


def stages(rates: Sequence[Sequence[int]], strides: Sequence[int] = STRIDED, *, deep_stem: bool = False) -> Layers:
    """The stem and four stages of bottleneck blocks, called ``layer1`` to ``layer4``.

    Args:
        rates: Per stage, the rate of the 3x3 convolution of each block.
        strides: Stride of the first block of each stage.
        deep_stem: Whether three 3x3 convolutions stand for the 7x7 of the stem (ResNetV1c).
    """
    layers = Layers()
    if deep_stem:
        layers.conv("stem.1", 3, to=32, stride=2)
        layers.conv("stem.2", 3)
        layers.conv("stem.3", 3, to=64)
    else:
        layers.conv("conv1", 7, to=64, stride=2)
    layers.pool("maxpool", 3, 2)
    for number, (stage, stride, width) in enumerate(zip(rates, strides, _WIDTHS, strict=True), start=1):
        for place, rate in enumerate(stage):
            first = place == 0
            _bottleneck(layers, f"layer{number}.{place}", width, rate, stride if first else 1, project=first)
    return layers


def resnet(rates: Sequence[Sequence[int]], strides: Sequence[int] = STRIDED) -> Network:
    """A residual network without its head, so that its output is that of ``layer4``."""
    return stages(rates, strides).network()


def resnet_v1c(
    depth: int,
    *,
    strides: Sequence[int],
    dilations: Sequence[int],
    contract_dilation: bool = False,
    multi_grid: Sequence[int] | None = None,
) -> Network:
    """The ResNetV1c of mmsegmentation, with the options of its configurations.

    Args:
        depth: 50, 101 or 152.
        strides: Stride of each stage.
        dilations: Rate of each stage.
        contract_dilation: Whether the first block of a dilated stage has half its rate.
        multi_grid: Rates of the blocks of the last stage, instead of its dilation.
    """
    rates = stage_rates(DEPTHS[depth], dilations, contract_dilation=contract_dilation)
    if multi_grid:
        rates[-1] = list(multi_grid)
    return stages(rates, strides, deep_stem=True).network()


def stage_rates(
    blocks: Sequence[int], dilations: Sequence[int] = (1, 1, 1, 1), *, contract_dilation: bool = False
) -> list[list[int]]:
    """The rate of each block of each stage.

    Example:
        >>> stage_rates((1, 1, 3, 3), (1, 1, 2, 4), contract_dilation=True)
        [[1], [1], [1, 2, 2], [2, 4, 4]]
    """
    rates = [[dilation] * count for count, dilation in zip(blocks, dilations, strict=True)]
    if contract_dilation:
        for stage in rates:
            stage[0] = max(1, stage[0] // 2)
    return rates


def _bottleneck(layers: Layers, name: str, width: int, rate: int, stride: int, *, project: bool) -> None:
    before = layers.last
    layers.conv(f"{name}.conv1", 1, to=width)
    layers.conv(f"{name}.conv2", 3, stride=stride, dilation=rate)
    end = layers.conv(f"{name}.conv3", 1, to=width * _EXPANSION)
    shortcut = before
    if project:
        shortcut = layers.conv(f"{name}.downsample", 1, to=width * _EXPANSION, stride=stride, after=before)
    layers.merge(f"{name}.add", "add", end, shortcut)
