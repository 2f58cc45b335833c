"""HRNet: branches of several resolutions side by side, which exchange what they found after every few blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rfscope.network.layers import Layers, ResizeMode
from rfscope.network.residual import Residual, add_block
from rfscope.readers.mmseg.backbone import Backbone
from rfscope.readers.mmseg.parts import check_surroundings
from rfscope.readers.mmseg.section import Section

__all__ = ["add_hrnet"]

_STAGES = 4
_STEM = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """What a config says of a stage."""

    modules: int
    blocks: tuple[int, ...]
    channels: tuple[int, ...]
    shape: Residual

    @property
    def widths(self) -> list[int]:
        return [channels * self.shape.expansion for channels in self.channels]


def add_hrnet(section: Section, layers: Layers, *, mode: ResizeMode = "linear") -> Backbone:
    """Add an HRNet; its feature maps are its branches, fine to coarse.

    Args:
        section: Its table.
        layers: Where to add it.
        mode: How coarser branches are enlarged: mmdetection repeats their values.

    Raises:
        NetworkError: A value is missing or out of range.
        UnsupportedError: An option is not read.
    """
    check_surroundings(section)
    section.ignore(
        "pretrained", "init_cfg", "frozen_stages", "norm_eval", "with_cp", "zero_init_residual", "in_channels"
    )
    every = section.flag("multiscale_output", default=True)
    extra = section.section("extra")
    if extra is None:
        return section.refuse("extra", "a table of four stages")
    stages = [_stage(extra, number) for number in range(1, _STAGES + 1)]
    section.finish()
    layers.conv("conv1", 3, to=_STEM, stride=2)
    layers.conv("conv2", 3, stride=2)
    with layers.within("layer1"):
        _blocks(layers, stages[0].shape, stages[0].channels[0], stages[0].blocks[0])
    maps = [layers.last]
    for number, stage in enumerate(stages[1:], start=2):
        maps = _transition(layers, f"transition{number - 1}", maps, stage.widths)
        for module in range(stage.modules):
            last = number == _STAGES and module == stage.modules - 1
            with layers.within(f"stage{number}.{module}"):
                maps = _module(layers, stage, maps, mode, outputs=len(maps) if every or not last else 1)
    return Backbone(features=tuple(maps))


def _stage(extra: Section, number: int) -> _Stage:
    section = extra.section(f"stage{number}")
    if section is None:
        return extra.refuse(f"stage{number}", "a table")
    branches = section.integer("num_branches")
    if branches != number:
        section.refuse("num_branches", f"{number}, one more with each stage")
    kind = section.text("block")
    if kind not in ("BASIC", "BOTTLENECK"):
        section.refuse("block", "'BASIC' or 'BOTTLENECK'")
    found = _Stage(
        modules=section.integer("num_modules", limit="layers"),
        blocks=section.integers("num_blocks", (), length=branches, limit="layers"),
        channels=section.integers("num_channels", (), length=branches),
        shape=Residual(rates=(), strides=(), bottleneck=kind == "BOTTLENECK"),
    )
    section.finish()
    return found


def _blocks(layers: Layers, shape: Residual, channels: int, count: int, after: str | None = None) -> str:
    layers.last = after or layers.last
    for place in range(count):
        with layers.within(str(place)):
            add_block(layers, shape, channels)
    return layers.last


def _transition(layers: Layers, name: str, maps: Sequence[str], widths: Sequence[int]) -> list[str]:
    """The maps that a stage begins with: those there are, with its channels, and coarser ones of the last."""
    found = []
    for number, width in enumerate(widths):
        if number >= len(maps):
            layers.last = maps[-1]
            for step in range(number + 1 - len(maps)):
                to = width if step == number - len(maps) else None
                layers.conv(f"{name}.{number}.{step}.0", 3, to=to, stride=2)
            found.append(layers.last)
        elif layers.channels(maps[number]) != width:
            found.append(layers.conv(f"{name}.{number}.0", 3, to=width, after=maps[-1]))
        else:
            found.append(maps[number])
    return found


def _module(layers: Layers, stage: _Stage, maps: Sequence[str], mode: ResizeMode, *, outputs: int) -> list[str]:
    """The branches of a module, and the sum of all of them at each resolution."""
    ends = []
    for number, (source, channels, count) in enumerate(zip(maps, stage.channels, stage.blocks, strict=True)):
        with layers.within(f"branches.{number}"):
            ends.append(_blocks(layers, stage.shape, channels, count, after=source))
    return [_fused(layers, ends, number, mode) for number in range(outputs)]


def _fused(layers: Layers, ends: Sequence[str], number: int, mode: ResizeMode) -> str:
    """All branches brought to the resolution of one, and added."""
    here, parts = ends[number], []
    for other, source in enumerate(ends):
        name, width = f"fuse_layers.{number}.{other}", layers.channels(here)
        if other == number:
            parts.append(here)
        elif other > number:
            layers.conv(f"{name}.0", 1, to=width, after=source)
            enlarged = layers.scale(f"{name}.2", 2 ** (other - number), mode=mode)
            parts.append(layers.resize_like(f"{name}.resize", here, after=enlarged, mode=mode))
        else:
            layers.last = source
            for step in range(number - other):
                to = width if step == number - other - 1 else None
                layers.conv(f"{name}.{step}.0", 3, to=to, stride=2)
            parts.append(layers.last)
    return layers.merge(f"fuse.{number}", "add", *parts)
