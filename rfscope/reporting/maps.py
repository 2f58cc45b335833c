"""What one output reads of every map of a network, as pictures and counts that a page can show.

A picture is a PNG of one byte a position: 0 where it is never read, 1 where only some of the positions merged into it
are, and from 2 upwards the root of the count as a part of the largest, so that small counts can be told apart.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import partial
from typing import Any

from rfscope import limits
from rfscope.answers.picture import png
from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis
from rfscope.exact.counts import Counts, UsageCounts
from rfscope.network.graph import INPUT
from rfscope.wording import count_text

__all__ = ["Maps", "maps_of"]

_LONGEST = {1: 16_000, 2: 1_000}
"""Cells along a side of a line or of a plane, at most; of a larger map positions are merged."""

_LEVELS = 254


@dataclass(frozen=True, slots=True)
class Maps:
    """The maps of a network.

    Attributes:
        shown: Each different picture once, with its place and its counts.
        of: By the name of a layer, which of them shows what is read of its output.
        missing: Why there are none; None if there are.
    """

    shown: tuple[dict[str, Any], ...] = ()
    of: dict[str, int] | None = None
    missing: str | None = None


def maps_of(analysis: Analysis, budget: int) -> Maps:
    """What the first output reads of the input and of every layer.

    Args:
        analysis: The analysis.
        budget: Bytes that counts may take beside the pictures; where they would take more, a map has none.
    """
    if not analysis.outputs:
        return Maps(missing="every output sees everything")
    output = analysis.output
    if not output.is_placed:
        return Maps(missing="which positions it reads depends on the size of the input")
    names = [INPUT, *(node.name for node in output.network.nodes)]
    used = limits.within(lambda: output.paths.use(names))
    if isinstance(used, LimitError):
        return Maps(missing=str(used))
    shown: list[dict[str, Any]] = []
    places: dict[tuple[object, ...], int] = {}
    of: dict[str, int] = {}
    for name in names:
        if name not in used:
            continue
        start, counts = used[name]
        drawn = limits.within(partial(_picture, counts))
        if isinstance(drawn, LimitError) or not counts.used:
            continue
        url, block = drawn
        key = (start, counts.size, counts.max, url)
        if key not in places:
            exact = _exact(counts, budget) if block == 1 else None
            budget -= sum(map(len, (exact or {}).get("lines", ()))) + len((exact or {}).get("map", ""))
            places[key] = len(shown)
            shown.append(
                {
                    "url": url,
                    "block": block,
                    "size": counts.size[-2:],
                    "start": start[-2:],
                    "most": count_text(counts.max),
                    "used": count_text(counts.used),
                    "plane": None if len(counts.size) < 3 else start[0] + counts.middle,
                    "exact": exact,
                }
            )
        of[name] = places[key]
    return Maps(tuple(shown), of)


def _picture(counts: UsageCounts) -> tuple[str, int]:
    """A map as a picture, and how many positions along an axis a dot stands for."""
    import numpy as np

    plane, _ = counts.plane
    block = -(-max(plane.size) // _LONGEST[len(plane.size)])
    cells = plane.cells([block] * len(plane.size))
    values = np.atleast_2d(cells.values)
    levels = 2 + (np.sqrt(values / values.max()) * (_LEVELS - 1)).astype(np.uint8)
    levels[np.atleast_2d(cells.holes)] = 1
    levels[~np.atleast_2d(cells.read)] = 0
    rows = [row.tobytes() for row in levels.astype(np.uint8)]
    palette = [(level, level, level) for level in range(256)]
    return "data:image/png;base64," + b64encode(png(rows, palette)).decode(), block


def _exact(counts: UsageCounts, budget: int) -> dict[str, Any] | None:
    """Every count of what is shown: of a chain one line along each axis, else row by row; None if that is too long."""
    plane, _ = counts.plane
    if isinstance(plane, Counts):
        lines = [",".join(map(str, factor)) for factor in plane.factors]
        found = {"weight": str(plane.weight), "lines": lines}
        return found if sum(map(len, lines)) <= budget else None
    if plane.used > budget:
        return None
    flat = ",".join(map(str, plane.map().ravel().tolist()))
    return {"weight": "1", "map": flat} if len(flat) <= budget else None
