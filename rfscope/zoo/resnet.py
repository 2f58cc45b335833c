"""Residual networks as published and as mmsegmentation dilates them."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.network.graph import Network
from rfscope.network.layers import Layers
from rfscope.network.residual import Residual, add_residual, stage_rates

__all__ = ["DEPTHS", "STRIDED", "resnet", "resnet_v1c", "stages"]

DEPTHS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
"""Blocks per stage, by the number of layers."""

STRIDED = (1, 2, 2, 2)
"""Stride of each stage of a network made for classification: 32 in all."""


def stages(rates: Sequence[Sequence[int]], strides: Sequence[int] = STRIDED, *, deep_stem: bool = False) -> Layers:
    """The stem and four stages of bottleneck blocks, called ``layer1`` to ``layer4``.

    Args:
        rates: Per stage, the rate of the 3x3 convolution of each block.
        strides: Stride of the first block of each stage.
        deep_stem: Whether three 3x3 convolutions stand for the 7x7 of the stem (ResNetV1c).
    """
    layers = Layers()
    add_residual(layers, Residual(rates=rates, strides=strides, deep_stem=deep_stem))
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
    rates = stage_rates(DEPTHS[depth], dilations, contract_dilation=contract_dilation, multi_grid=multi_grid)
    return stages(rates, strides, deep_stem=True).network()
