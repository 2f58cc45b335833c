"""STDC as mmsegmentation builds it: modules that put side by side what one 3x3 after the other makes."""

from __future__ import annotations

from rfscope.network.layers import Layers
from rfscope.readers.mmseg.backbone import Backbone
from rfscope.readers.mmseg.parts import check_surroundings, refine, weigh
from rfscope.readers.mmseg.section import Section

__all__ = ["add_stdc", "add_stdc_context"]

_BLOCKS = {"STDCNet1": (2, 2, 2), "STDCNet2": (4, 5, 3)}
"""Modules of each stage; the first one of a stage is strided."""


def add_stdc(section: Section, layers: Layers) -> Backbone:
    """Add an STDCNet, whose maps are those of its last three stages.

    Raises:
        NetworkError: A value is missing or out of range.
        UnsupportedError: An option is not read.
    """
    check_surroundings(section)
    section.ignore("init_cfg", "pretrained", "in_channels")
    kind = section.text("stdc_type")
    if kind not in _BLOCKS:
        section.refuse("stdc_type", " or ".join(map(repr, _BLOCKS)))
    first, second, *widths = section.integers("channels", (), length=5)
    section.only("bottleneck_type", "cat", why="only modules that put their maps side by side are")
    count, last = (
        section.integer("num_convs", 4, least=2, limit="layers"),
        section.flag("with_final_conv", default=False),
    )
    section.finish()
    layers.conv("stages.0.conv", 3, to=first, stride=2)
    layers.conv("stages.1.conv", 3, to=second, stride=2)
    maps = []
    for number, (width, blocks) in enumerate(zip(widths, _BLOCKS[kind], strict=True), start=2):
        for place in range(blocks):
            with layers.within(f"stages.{number}.{place}"):
                _module(layers, width, count, strided=not place)
        maps.append(layers.last)
    if last:
        maps[-1] = layers.conv("final_conv.conv", 1, to=max(1024, widths[-1]))
    return Backbone(features=tuple(maps))


def _module(layers: Layers, width: int, count: int, *, strided: bool) -> None:
    """Convolutions one after the other, of fewer and fewer channels, and all their maps side by side."""
    maps = [layers.conv("layers.0.conv", 1, to=width // 2)]
    if strided:
        moved = layers.conv("downsample.conv", 3, stride=2, groups=width // 2)
        maps = [layers.pool("skip", 3, 2, after=maps[0])]
        layers.last = moved
    for number in range(1, count):
        to = width // 2 ** (number + 1 if number < count - 1 else number)
        maps.append(layers.conv(f"layers.{number}.conv", 3, to=to))
    layers.merge("concat", "concat", *maps)


def add_stdc_context(section: Section, layers: Layers) -> Backbone:
    """Add an STDCNet and its context path: maps of details, of both depths of the context, and of all joined.

    Raises:
        NetworkError: A value is missing or out of range.
        UnsupportedError: An option is not read.
    """
    check_surroundings(section)
    section.ignore("init_cfg")
    section.only("upsample_mode", "nearest", why="maps would be enlarged in another way")
    section.only("align_corners", None, False, why="maps would be enlarged in another way")
    inner, fusion = section.section("backbone_cfg"), section.section("ffm_cfg")
    if inner is None or inner.type() != "STDCNet":
        return section.refuse("backbone_cfg", "a table of type 'STDCNet'")
    entering, to = section.integers("last_in_channels", (1024, 512), length=2), section.integer("out_channels", 128)
    joined, factor = (256, 4) if fusion is None else (fusion.integer("out_channels"), fusion.integer("scale_factor", 4))
    section.finish()
    with layers.within("backbone"):
        detail, middle, coarse = add_stdc(inner, layers).features
    if (has := (layers.channels(coarse), layers.channels(middle))) != entering:
        section.refuse("last_in_channels", f"{has}, as many as come in")
    layers.pool_all("avg_pool", after=coarse)
    above, maps = layers.conv("conv_avg.conv", 1, to=to), [detail]
    for number, (source, finer) in enumerate(((coarse, middle), (middle, detail))):
        with layers.within(f"arms.{number}"):
            total = layers.merge("add", "add", refine(layers, source, to), above)
            enlarged = layers.resize_like("resize", finer, after=total, mode="nearest")
        above = layers.conv(f"convs.{number}.conv", 3, after=enlarged)
        maps.append(above)
    with layers.within("ffm"):
        layers.merge("concat", "concat", detail, above)
        fused = layers.conv("conv0.conv", 1, to=joined)
        layers.pool_all("attention.0")
        layers.conv("attention.1.conv", 1, to=joined // factor)
        weights = layers.conv("attention.2.conv", 1, to=joined)
        maps.append(layers.merge("add", "add", weigh(layers, fused, weights), fused))
    return Backbone(features=tuple(maps))
