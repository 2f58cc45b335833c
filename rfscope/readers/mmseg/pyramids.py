"""Decode heads that join pyramids: parallel rates, parallel poolings, and maps of several resolutions."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

from rfscope.network.layers import Layers
from rfscope.readers.mmseg.inputs import align, each, selected
from rfscope.readers.mmseg.parts import check_channels, pool_to_scales, separable
from rfscope.readers.mmseg.section import Section

__all__ = ["add_aspp", "add_fpn_head", "add_pyramid_pooling", "add_separable_aspp", "add_uper"]


def add_aspp(section: Section, layers: Layers, features: Sequence[str]) -> None:
    """Add image pooling and parallel rates."""
    _add_pyramid(section, layers, selected(section, layers, features), depthwise=False)


def add_separable_aspp(section: Section, layers: Layers, features: Sequence[str]) -> None:
    """Add the same of depthwise convolutions, joined with the first map where it names that one's channels."""
    channels = section.integer("channels")
    bottleneck = _add_pyramid(section, layers, selected(section, layers, features), depthwise=True)
    if section.integer("c1_in_channels", least=0):
        check_channels(section, layers, features[0], "c1_in_channels")
        detail = layers.conv("c1_bottleneck.conv", 1, to=section.integer("c1_channels"), after=features[0])
        enlarged = layers.resize_like("resize", detail, after=bottleneck, align_corners=align(section))
        layers.merge("concat_c1", "concat", enlarged, detail)
    else:
        section.integer("c1_channels", least=0)
    separable(layers, "sep_bottleneck.0", to=channels)
    separable(layers, "sep_bottleneck.1", to=channels)


def _add_pyramid(section: Section, layers: Layers, source: str, *, depthwise: bool) -> str:
    """Image pooling and parallel convolutions, side by side, and a 3x3 over them."""
    channels = section.integer("channels")
    rates = section.integers("dilations", (1, 6, 12, 18), limit="rate")
    layers.pool_all("image_pool.0", after=source)
    branches = [layers.conv("image_pool.1.conv", 1, to=channels)]
    for number, rate in enumerate(rates):
        name = f"aspp_modules.{number}"
        if rate > 1 and depthwise:
            branches.append(separable(layers, name, to=channels, dilation=rate, after=source))
        else:
            kernel = 3 if rate > 1 else 1
            branches.append(layers.conv(f"{name}.conv", kernel, to=channels, dilation=rate, after=source))
    layers.merge("concat", "concat", *branches)
    return layers.conv("bottleneck.conv", 3, to=channels)


def add_pyramid_pooling(section: Section, layers: Layers, features: Sequence[str]) -> None:
    """Add poolings to a few sizes beside the map itself."""
    _add_pooling(section, layers, selected(section, layers, features))


def _add_pooling(section: Section, layers: Layers, source: str) -> str:
    """A map and what is pooled from it to a few sizes, side by side, and a 3x3 over them."""
    channels, scales = section.integer("channels"), section.integers("pool_scales", (1, 2, 3, 6))
    pool_to_scales(layers, source, scales, to=channels, align_corners=align(section))
    return layers.conv("bottleneck.conv", 3, to=channels)


def add_uper(section: Section, layers: Layers, features: Sequence[str]) -> None:
    """Add a pyramid of all maps, coarse to fine, on top of poolings of the last."""
    chosen, channels, corners = each(section, layers, features), section.integer("channels"), align(section)
    sides = [
        layers.conv(f"lateral_convs.{number}.conv", 1, to=channels, after=name)
        for number, name in enumerate(chosen[:-1])
    ]
    top = below = _add_pooling(section, layers, chosen[-1])
    for number, side in reversed(list(enumerate(sides))):
        enlarged = layers.resize_like(f"resize{number}", side, after=below, align_corners=corners)
        below = sides[number] = layers.merge(f"add{number}", "add", side, enlarged)
    smooth = [layers.conv(f"fpn_convs.{number}.conv", 3, to=channels, after=name) for number, name in enumerate(sides)]
    maps = [
        layers.resize_like(f"fpn_resize{number}", smooth[0], after=name, align_corners=corners)
        for number, name in enumerate([*smooth, top])
    ]
    layers.merge("fpn_concat", "concat", *maps)
    layers.conv("fpn_bottleneck.conv", 3, to=channels)


def add_fpn_head(section: Section, layers: Layers, features: Sequence[str]) -> None:
    """Every map is enlarged step by step, with a 3x3 before each step, and added to the finest."""
    chosen, channels, corners = each(section, layers, features), section.integer("channels"), align(section)
    steps = section.integers("feature_strides", (), length=len(chosen), limit="stride")
    if min(steps) != steps[0] or any(step & (step - 1) for step in steps):
        section.refuse("feature_strides", "powers of 2, the least of them first")
    total = ""
    for number, (feature, step) in enumerate(zip(chosen, steps, strict=True)):
        count, last = int(log2(step // steps[0])), feature
        for place in range(max(1, count)):
            name = f"scale_heads.{number}"
            last = layers.conv(f"{name}.{2 * place if count else place}.conv", 3, to=channels, after=last)
            if count:
                last = layers.scale(f"{name}.{2 * place + 1}", 2, align_corners=corners)
        fitted = last if not number else layers.resize_like(f"resize{number}", total, after=last, align_corners=corners)
        total = layers.merge(f"add{number}", "add", total, fitted) if number else last
