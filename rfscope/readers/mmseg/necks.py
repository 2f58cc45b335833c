"""What stands between backbone and heads, by its ``type``: it makes other feature maps of those of the backbone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from rfscope.errors import NetworkError
from rfscope.network.layers import Layers, ResizeMode
from rfscope.readers.mmseg.inputs import align
from rfscope.readers.mmseg.parts import check_surroundings, separable
from rfscope.readers.mmseg.section import Section

__all__ = ["NECKS", "Neck", "add_neck"]

_MODES: Mapping[str, ResizeMode] = {"nearest": "nearest", "bilinear": "linear", "bicubic": "cubic"}


class Neck(NamedTuple):
    """How a neck is added.

    Attributes:
        add: Takes the table, the layers and the feature maps; returns the maps that it makes.
        sized: Whether it resizes maps to a size that depends on the input's.
    """

    add: Callable[[Section, Layers, Sequence[str]], list[str]]
    sized: bool = False


def add_neck(section: Section, layers: Layers, features: Sequence[str]) -> tuple[str, ...]:
    """Add a neck: the maps that it makes.

    Raises:
        NetworkError: A value is missing or out of range, or does not fit the backbone.
        UnsupportedError: The neck or an option is not read.
    """
    check_surroundings(section)
    section.ignore("init_cfg")
    found = NECKS[section.type()].add(section, layers, features)
    section.finish()
    return tuple(found)


def _entering(section: Section, layers: Layers, features: Sequence[str], default: Sequence[int] = ()) -> list[str]:
    """The maps of the backbone, whose channels the neck must name."""
    has = tuple(layers.channels(name) for name in features)
    written = section.integers("in_channels", default)
    if written != has:
        where, expected = str(section.origin_of("in_channels")), f"{has}, the channels of the feature maps"
        raise NetworkError("bad in_channels", where=where, got=str(written), expected=expected)
    return list(features)


def _taken(section: Section, maps: Sequence[str]) -> Sequence[str]:
    """The maps that a neck takes: all from ``start_level`` on."""
    section.only("end_level", -1, why="some tools count it in, others do not")
    return maps[section.index("start_level", 0, len(maps)) :]


def _add_fpn(section: Section, layers: Layers, features: Sequence[str]) -> list[str]:
    """Feature pyramid: each map and what is enlarged of the coarser ones, and further maps by pooling or striding."""
    maps, to = _taken(section, _entering(section, layers, features)), section.integer("out_channels")
    section.ignore("relu_before_extra_convs", "no_norm_on_lateral")
    mode, corners, factor = _enlarging(section)
    sides = [layers.conv(f"lateral_convs.{number}.conv", 1, to=to, after=name) for number, name in enumerate(maps)]
    for number in reversed(range(len(sides) - 1)):
        name, above = f"resize{number}", sides[number + 1]
        if factor:
            enlarged = layers.scale(name, factor, after=above, mode=mode, align_corners=corners)
        else:
            enlarged = layers.resize_like(name, sides[number], after=above, mode=mode, align_corners=corners)
        sides[number] = layers.merge(f"add{number}", "add", sides[number], enlarged)
    ends = [layers.conv(f"fpn_convs.{number}.conv", 3, to=to, after=side) for number, side in enumerate(sides)]
    return ends + _further(section, layers, ends, {"on_input": maps[-1], "on_lateral": sides[-1]}, to)


def _enlarging(section: Section) -> tuple[ResizeMode, bool, int]:
    """How coarser maps are enlarged: the interpolation, whether corners are aligned, and a factor if one is given."""
    part = section.section("upsample_cfg")
    if part is None:
        return "nearest", False, 0
    mode = part.text("mode", "nearest")
    if mode not in _MODES:
        part.refuse("mode", " or ".join(map(repr, _MODES)))
    corners = part.data("align_corners") is not None and part.flag("align_corners", default=False)
    factor = part.integer("scale_factor", 0, least=0)
    part.finish()
    return _MODES[mode], corners, factor


def _further(section: Section, layers: Layers, ends: Sequence[str], sources: Mapping[str, str], to: int) -> list[str]:
    """Maps coarser than those of the backbone."""
    count = section.integer("num_outs", limit="outputs") - len(ends)
    if count < 0:
        section.refuse("num_outs", f"{len(ends)} or more, as many as there are maps")
    kind, of_inputs = section.data("add_extra_convs", False), section.flag("extra_convs_on_inputs", default=False)
    if kind is True:
        kind = (
            "on_input"
            if of_inputs
            else section.unsupported(
                "True is not read: what further maps are made of then depends on the tool", "add_extra_convs"
            )
        )
    if kind not in (False, "on_output", *sources):
        section.refuse("add_extra_convs", "False, 'on_input', 'on_lateral' or 'on_output'")
    found: list[str] = []
    last = ends[-1] if kind in (False, "on_output") else sources[str(kind)]
    for number in range(len(ends), len(ends) + count):
        if kind:
            last = layers.conv(f"fpn_convs.{number}.conv", 3, to=to, stride=2, after=last)
        else:
            last = layers.pool(f"pool{number}", 1, 2, padding=0, after=last)
        found.append(last)
    return found


def _add_jpu(section: Section, layers: Layers, features: Sequence[str]) -> list[str]:
    """Joint pyramid up-sampling: the maps at the size of the finest, under convolutions of several rates."""
    maps = _taken(section, _entering(section, layers, features, (512, 1024, 2048)))
    to, corners = section.integer("mid_channels", 512), align(section)
    rates = section.integers("dilations", (1, 2, 4, 8), limit="rate")
    smooth = [layers.conv(f"conv_layers.{number}.0.conv", 3, to=to, after=name) for number, name in enumerate(maps)]
    joined = [
        layers.resize_like(f"resize{number}", smooth[0], after=name, align_corners=corners)
        for number, name in enumerate(smooth)
    ]
    source = layers.merge("concat", "concat", *joined)
    ends = [
        separable(layers, f"dilation_layers.{number}.0", to=to, dilation=rate, after=source)
        for number, rate in enumerate(rates)
    ]
    return [*maps[:-1], layers.merge("concat_rates", "concat", *ends)]


def _add_cascade_fusion(section: Section, layers: Layers, features: Sequence[str]) -> list[str]:
    """ICNet: maps are joined two by two, coarse to fine, the coarser one under a 3x3 of rate 2."""
    fine, middle, coarse = _entering(section, layers, features, (64, 256, 256))
    to, corners = section.integer("out_channels", 128), align(section)
    low, ends = coarse, []
    for name, high in (("cff_24", middle), ("cff_12", fine)):
        with layers.within(name):
            enlarged = layers.resize_like("resize", high, after=low, align_corners=corners)
            ends.append(layers.conv("conv_low.conv", 3, to=to, dilation=2, after=enlarged))
            layers.conv("conv_high.conv", 1, to=to, after=high)
            low = layers.merge("add", "add", ends[-1], layers.last)
    return [*ends, low]


def _add_hrfpn(section: Section, layers: Layers, features: Sequence[str]) -> list[str]:
    """HRNet's pyramid: all maps at the size of the finest, reduced, and pooled to as many sizes as are wanted."""
    maps, to = _entering(section, layers, features), section.integer("out_channels")
    section.only("pooling_type", "AVG", "MAX", why="it is not known what it pools")
    stride = section.integer("stride", 1, limit="stride")
    section.ignore("with_cp")
    joined = [layers.resize_like(f"resize{number}", maps[0], after=name) for number, name in enumerate(maps)]
    layers.merge("concat", "concat", *joined)
    source = layers.conv("reduction_conv.conv", 1, to=to)
    ends = []
    for number in range(section.integer("num_outs", 5, limit="outputs")):
        pooled = layers.pool(f"pool{number}", 2**number, 2**number, padding=0, after=source) if number else source
        ends.append(layers.conv(f"fpn_convs.{number}.conv", 3, stride=stride, after=pooled))
    return ends


NECKS: Mapping[str, Neck] = {
    "FPN": Neck(_add_fpn, sized=True),
    "JPU": Neck(_add_jpu, sized=True),
    "ICNeck": Neck(_add_cascade_fusion, sized=True),
    "HRFPN": Neck(_add_hrfpn, sized=True),
}
