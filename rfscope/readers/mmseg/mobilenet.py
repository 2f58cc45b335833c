"""MobileNetV2 as mmsegmentation builds it: only the first block of a stage has the stage's dilation."""

from __future__ import annotations

from rfscope.network.layers import Layers
from rfscope.readers.mmseg.backbone import Backbone
from rfscope.readers.mmseg.parts import check_surroundings
from rfscope.readers.mmseg.section import Section

__all__ = ["add_mobilenet_v2"]

_STAGES = ((1, 16, 1), (6, 24, 2), (6, 32, 3), (6, 64, 4), (6, 96, 3), (6, 160, 3), (6, 320, 1))
"""Expansion, output channels and number of blocks of each."""


def add_mobilenet_v2(section: Section, layers: Layers) -> Backbone:
    """Add a MobileNetV2.

    Raises:
        NetworkError: A value is out of range.
        UnsupportedError: An option is not read.
    """
    check_surroundings(section)
    section.ignore("pretrained", "init_cfg", "frozen_stages", "norm_eval", "with_cp")
    section.only("widen_factor", 1.0, why="only the channels of the original are")
    strides = section.integers("strides", (1, 2, 2, 2, 1, 2, 1), length=len(_STAGES), limit="stride")
    rates = section.integers("dilations", (1,) * len(_STAGES), length=len(_STAGES), limit="rate")
    outputs = section.integers("out_indices", (1, 2, 4, 6), least=0)
    if len(outputs) == 1 or max(outputs) >= len(_STAGES):
        section.refuse("out_indices", "two or more numbers of stages, 0 to 6")
    if max(strides) > 2:
        section.refuse("strides", "1 or 2 for each stage")
    section.finish()
    layers.conv("conv1.conv", 3, to=32, stride=2)
    ends = []
    for number, ((expansion, channels, blocks), stride, rate) in enumerate(zip(_STAGES, strides, rates, strict=True)):
        for place in range(blocks):
            name = f"layer{number + 1}.{place}"
            _block(layers, name, channels, expansion, *((1, 1) if place else (stride, rate)))
        ends.append(layers.last)
    return Backbone(features=tuple(end for number, end in enumerate(ends) if number in outputs))


def _block(layers: Layers, name: str, channels: int, expansion: int, stride: int, rate: int) -> None:
    before, entering = layers.last, layers.channels(layers.last)
    parts = iter(range(3))
    if expansion > 1:
        layers.conv(f"{name}.conv.{next(parts)}.conv", 1, to=entering * expansion)
    groups = layers.channels(layers.last)
    layers.conv(f"{name}.conv.{next(parts)}.conv", 3, stride=stride, dilation=rate, groups=groups)
    end = layers.conv(f"{name}.conv.{next(parts)}.conv", 1, to=channels)
    if stride == 1 and entering == channels:
        layers.merge(f"{name}.add", "add", before, end)
