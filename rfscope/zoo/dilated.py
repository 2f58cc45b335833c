"""Residual networks whose stages or heads are dilated in other ways: HDC with DUC, DeepLab v3, pyramids."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.network.graph import Network
from rfscope.network.layers import Layers
from rfscope.network.residual import stage_rates
from rfscope.zoo.resnet import DEPTHS, stages

__all__ = ["deeplab_v3", "hdc_duc", "on_pyramid"]

_CLASSES = 19
_HEAD = 256


def hdc_duc() -> Network:
    """ResNet-101 with hybrid dilated convolution, a summed pyramid and dense up-sampling."""
    fourth = [2, 2, 5, 9, *[1, 2, 5, 9] * 4, 1, 2, 5]
    layers = stages([[1] * 3, [1] * 4, fourth, [5, 9, 17]], (1, 2, 1, 1))
    before, scores = layers.last, _CLASSES * 8 * 8
    branches = [layers.conv(f"aspp.{rate}", 3, to=scores, dilation=rate, after=before) for rate in (6, 12, 18, 24)]
    layers.merge("aspp.sum", "add", *branches)
    layers.shuffle("duc", 8)
    return layers.network()


def deeplab_v3(output_stride: int) -> Network:
    """DeepLab v3 on ResNet-50, up to its scores.

    At an output stride of 16 the last stage has twice the rates of the Multi_Grid 1,2,4 and the pyramid 6,12,18; at 8
    the last two stages are dilated and all rates doubled.

    Args:
        output_stride: 16 or 8.
    """
    finer = 16 // output_stride
    rates = stage_rates(DEPTHS[50], (1, 1, finer, 1))
    rates[3] = [2 * finer * grid for grid in (1, 2, 4)]
    layers = stages(rates, (1, 2, 2 // finer, 1))
    _pyramid(layers, [rate * finer for rate in (6, 12, 18)])
    layers.conv("aspp.project", 1, to=_HEAD)
    layers.conv("scores", 1, to=_CLASSES)
    return layers.network()


def on_pyramid(dilations: Sequence[int]) -> Network:
    """A ResNet-50 of output stride 8, a pyramid of rates 12, 24, 36 behind it, and a 3x3 convolution.

    Args:
        dilations: Rate of each stage; all 1 makes a dense backbone.
    """
    layers = stages(stage_rates(DEPTHS[50], dilations), (1, 2, 1, 1))
    _pyramid(layers, (12, 24, 36))
    layers.conv("aspp.project", 1, to=_HEAD)
    layers.conv("head", 3)
    return layers.network()


def _pyramid(layers: Layers, rates: Sequence[int]) -> None:
    """Parallel branches: a 1x1, one 3x3 for each rate, and the average over the image."""
    before = layers.last
    branches = [layers.conv("aspp.1x1", 1, to=_HEAD, after=before)]
    branches += [layers.conv(f"aspp.{rate}", 3, to=_HEAD, dilation=rate, after=before) for rate in rates]
    pooled = layers.pool_all("aspp.pool", after=before)
    branches.append(layers.conv("aspp.image", 1, to=_HEAD, after=pooled))
    layers.merge("aspp.concat", "concat", *branches)
