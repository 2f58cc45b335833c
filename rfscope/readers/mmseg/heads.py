"""The decode heads that are read: FCN, atrous pyramids, pyramid pooling, and UPer, which joins maps coarse to fine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from rfscope.errors import NetworkError
from rfscope.network.layers import Layers
from rfscope.readers.mmseg.parts import check_channels, check_surroundings, separable
from rfscope.readers.mmseg.section import Section

__all__ = ["HEADS", "Head", "add_head", "sized"]

_NAME = "decode_head"
_NO_MATTER = ("dropout_ratio", "loss_decode", "sampler", "ignore_index", "init_cfg", "threshold")


class Head(NamedTuple):
    """How a head is added.

    Attributes:
        add: Takes the table, the layers and the feature maps; adds all but the scores.
        sized: Whether it reads maps of a size that depends on the input's.
    """

    add: Callable[[Section, Layers, Sequence[str]], None]
    sized: bool = False


def sized(section: Section) -> bool:
    """Whether what a head reads depends on the size of the input.

    Raises:
        UnsupportedError: This kind of head is not read.
    """
    return _kind(section).sized or section.data("input_transform") == "resize_concat"


def add_head(section: Section, layers: Layers, features: Sequence[str]) -> None:
    """Add a decode head, up to its scores.

    Raises:
        NetworkError: A value is missing or out of range, or does not fit the backbone.
        UnsupportedError: The head or an option is not read.
    """
    head = _kind(section)
    check_surroundings(section)
    section.ignore(*_NO_MATTER)
    head.add(section, layers, features)
    layers.conv(f"{_NAME}.conv_seg", 1, to=_classes(section))
    section.finish()


def _kind(section: Section) -> Head:
    kind = section.type()
    if kind not in HEADS:
        section.unsupported(f"head {kind!r} is not read")
    return HEADS[kind]


def _classes(section: Section) -> int:
    classes = section.integer("num_classes")
    return classes if section.data("out_channels") is None else section.integer("out_channels")


def _align(section: Section) -> bool:
    return section.flag("align_corners", default=False)


def _selected(section: Section, layers: Layers, features: Sequence[str]) -> str:
    """The feature map that a head reads, or several side by side."""
    align = _align(section)
    transform = section.data("input_transform")
    if transform is None:
        feature = features[section.index("in_index", -1, len(features))]
        check_channels(section, layers, feature)
        return feature
    if transform != "resize_concat":
        section.only("input_transform", None, "resize_concat", why="this head reads one map")
    chosen = _several(section, layers, features)
    maps = [
        layers.resize_like(f"{_NAME}.resize{number}", chosen[0], after=name, align_corners=align)
        for number, name in enumerate(chosen)
    ]
    return layers.merge(f"{_NAME}.inputs", "concat", *maps)


def _several(section: Section, layers: Layers, features: Sequence[str]) -> list[str]:
    """The feature maps that ``in_index`` lists."""
    indices = section.integers("in_index", (), least=-len(features))
    if max(indices) >= len(features):
        section.refuse("in_index", f"numbers of the {len(features)} feature maps")
    chosen = [features[index] for index in indices]
    has = tuple(layers.channels(name) for name in chosen)
    if (written := section.integers("in_channels", (), length=len(chosen))) != has:
        where, expected = str(section.origin_of("in_channels")), f"{has}, the channels of the feature maps"
        raise NetworkError("bad in_channels", where=where, got=str(written), expected=expected)
    return chosen


def _add_fcn(section: Section, layers: Layers, features: Sequence[str]) -> None:
    source = _selected(section, layers, features)
    channels = section.integer("channels")
    kernel = section.integer("kernel_size", 3, limit="kernel")
    rate = section.integer("dilation", 1, limit="rate")
    count = section.integer("num_convs", 2, least=0, limit="layers")
    if not count and channels != layers.channels(source):
        section.refuse("channels", f"{layers.channels(source)}, as many as come in, for it has no convolutions")
    last = source
    for number in range(count):
        name, padding = f"{_NAME}.convs.{number}.conv", kernel // 2 * rate
        last = layers.conv(name, kernel, to=channels, dilation=rate, padding=padding, after=last)
    if section.flag("concat_input", default=True):
        layers.merge(f"{_NAME}.concat", "concat", source, last)
        layers.conv(f"{_NAME}.conv_cat.conv", kernel, to=channels, padding=kernel // 2)
    else:
        layers.last = last


def _add_aspp(section: Section, layers: Layers, features: Sequence[str]) -> None:
    _add_pyramid(section, layers, _selected(section, layers, features), depthwise=False)


def _add_separable_aspp(section: Section, layers: Layers, features: Sequence[str]) -> None:
    channels = section.integer("channels")
    bottleneck = _add_pyramid(section, layers, _selected(section, layers, features), depthwise=True)
    if section.integer("c1_in_channels", least=0):
        check_channels(section, layers, features[0], "c1_in_channels")
        detail = layers.conv(f"{_NAME}.c1_bottleneck.conv", 1, to=section.integer("c1_channels"), after=features[0])
        enlarged = layers.resize_like(f"{_NAME}.resize", detail, after=bottleneck, align_corners=_align(section))
        layers.merge(f"{_NAME}.concat_c1", "concat", enlarged, detail)
    else:
        section.integer("c1_channels", least=0)
    separable(layers, f"{_NAME}.sep_bottleneck.0", to=channels)
    separable(layers, f"{_NAME}.sep_bottleneck.1", to=channels)


def _add_pyramid(section: Section, layers: Layers, source: str, *, depthwise: bool) -> str:
    """Image pooling and parallel convolutions, side by side, and a 3x3 over them."""
    channels = section.integer("channels")
    rates = section.integers("dilations", (1, 6, 12, 18), limit="rate")
    layers.pool_all(f"{_NAME}.image_pool.0", after=source)
    branches = [layers.conv(f"{_NAME}.image_pool.1.conv", 1, to=channels)]
    for number, rate in enumerate(rates):
        name = f"{_NAME}.aspp_modules.{number}"
        if rate > 1 and depthwise:
            branches.append(separable(layers, name, to=channels, dilation=rate, after=source))
        else:
            kernel = 3 if rate > 1 else 1
            branches.append(layers.conv(f"{name}.conv", kernel, to=channels, dilation=rate, after=source))
    layers.merge(f"{_NAME}.concat", "concat", *branches)
    return layers.conv(f"{_NAME}.bottleneck.conv", 3, to=channels)


def _add_pyramid_pooling(section: Section, layers: Layers, features: Sequence[str]) -> None:
    _add_pooling(section, layers, _selected(section, layers, features))


def _add_pooling(section: Section, layers: Layers, source: str) -> str:
    """A map and what is pooled from it to a few sizes, side by side, and a 3x3 over them."""
    channels, align = section.integer("channels"), _align(section)
    scales = section.integers("pool_scales", (1, 2, 3, 6))
    maps = [source]
    for number, scale in enumerate(scales):
        name = f"{_NAME}.psp_modules.{number}"
        layers.pool_to(f"{name}.0", scale, after=source)
        reduced = layers.conv(f"{name}.1.conv", 1, to=channels)
        maps.append(layers.resize_like(f"{name}.resize", source, after=reduced, align_corners=align))
    layers.merge(f"{_NAME}.concat", "concat", *maps)
    return layers.conv(f"{_NAME}.bottleneck.conv", 3, to=channels)


def _add_uper(section: Section, layers: Layers, features: Sequence[str]) -> None:
    section.only("input_transform", None, "multiple_select", why="this head takes its maps one by one")
    chosen, channels, align = _several(section, layers, features), section.integer("channels"), _align(section)
    sides = [
        layers.conv(f"{_NAME}.lateral_convs.{number}.conv", 1, to=channels, after=name)
        for number, name in enumerate(chosen[:-1])
    ]
    top = below = _add_pooling(section, layers, chosen[-1])
    for number, side in reversed(list(enumerate(sides))):
        enlarged = layers.resize_like(f"{_NAME}.resize{number}", side, after=below, align_corners=align)
        below = sides[number] = layers.merge(f"{_NAME}.add{number}", "add", side, enlarged)
    smooth = [
        layers.conv(f"{_NAME}.fpn_convs.{number}.conv", 3, to=channels, after=name) for number, name in enumerate(sides)
    ]
    maps = [
        layers.resize_like(f"{_NAME}.fpn_resize{number}", smooth[0], after=name, align_corners=align)
        for number, name in enumerate([*smooth, top])
    ]
    layers.merge(f"{_NAME}.fpn_concat", "concat", *maps)
    layers.conv(f"{_NAME}.fpn_bottleneck.conv", 3, to=channels)


HEADS: Mapping[str, Head] = {
    "FCNHead": Head(_add_fcn),
    "ASPPHead": Head(_add_aspp),
    "DepthwiseSeparableASPPHead": Head(_add_separable_aspp, sized=True),
    "PSPHead": Head(_add_pyramid_pooling, sized=True),
    "UPerHead": Head(_add_uper, sized=True),
}
