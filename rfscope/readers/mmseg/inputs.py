"""The feature maps that a head reads: one, several side by side, or several one by one."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.errors import NetworkError
from rfscope.network.layers import Layers
from rfscope.readers.mmseg.parts import check_channels
from rfscope.readers.mmseg.section import Section

__all__ = ["align", "each", "selected", "several"]


def align(section: Section) -> bool:
    """Whether corners are aligned where maps are resized."""
    return section.flag("align_corners", default=False)


def selected(section: Section, layers: Layers, features: Sequence[str]) -> str:
    """The feature map that a head reads, or several side by side."""
    corners = align(section)
    transform = section.data("input_transform")
    if transform is None:
        feature = features[section.index("in_index", -1, len(features))]
        check_channels(section, layers, feature)
        return feature
    if transform != "resize_concat":
        section.only("input_transform", None, "resize_concat", why="this head reads one map")
    chosen = several(section, layers, features)
    maps = [
        layers.resize_like(f"resize{number}", chosen[0], after=name, align_corners=corners)
        for number, name in enumerate(chosen)
    ]
    return layers.merge("inputs", "concat", *maps)


def several(section: Section, layers: Layers, features: Sequence[str]) -> list[str]:
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


def each(section: Section, layers: Layers, features: Sequence[str], *, count: int | None = None) -> list[str]:
    """The feature maps that ``in_index`` lists, for a head that always takes several, or so many."""
    section.only("input_transform", None, "multiple_select", why="this head takes its maps one by one")
    if count is not None:
        section.integers("in_index", (), length=count, least=-len(features))
    return several(section, layers, features)
