"""Claims other than counts: a fact is one claim and what real convolutions showed for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, islice
from math import gcd, sqrt
from typing import TYPE_CHECKING, Any

from rfscope.network.graph import INPUT
from rfscope.network.reads import Table, TransposedWindow, Window
from rfscope.verification.as_torch import sides
from rfscope.verification.canvas import CanvasStep
from rfscope.verification.compare import Fact
from rfscope.verification.looked import Looked, gaps_of, projected
from rfscope.verification.measured import own_taps

if TYPE_CHECKING:
    import numpy as np

__all__ = ["COUNTED", "FACTS"]

_LISTED = 1_000
"""Holes that a coverage lists."""

_MASS = Fraction(9545, 10_000)
"""The part of the paths that lies within the radius."""


def coverage(look: Looked) -> Iterator[Fact]:
    """How many pixels are read, of how many; which are holes; the verdict."""
    import numpy as np

    claimed, used = look.output.coverage, int(look.seen.sum())
    yield Fact("coverage", look.where, claimed.used, used)
    if not used:
        return
    box = look.box
    yield Fact("coverage", look.where, (claimed.size, claimed.share), (box.shape, used / box.size))
    yield Fact("holes", look.where, claimed.holes, box.size - used)
    if claimed.hole_offsets is not None:
        holes = [_missing(line) for line in look.lines]
        yield Fact("holes", look.where, [list(line) for line in claimed.hole_offsets], holes)
    if claimed.hole_list is not None:
        listed = [tuple(place) for place in np.argwhere(~box)[:_LISTED].tolist()]
        yield Fact("holes", look.where, list(claimed.hole_list), listed)


def _missing(line: list[int]) -> list[int]:
    read = set(line)
    return list(islice((place - line[0] for place in range(line[0], line[-1]) if place not in read), _LISTED))


def verdict(look: Looked) -> Iterator[Fact]:
    """Whether there are holes."""
    if look.seen.any():
        yield Fact("hole-free verdict", look.where, look.output.hole_free, bool(look.box.all()))


def gaps(look: Looked) -> Iterator[Fact]:
    """The largest distance between neighbours that are read, on lines along each axis."""
    if look.seen.any():
        yield Fact("largest gap", look.where, tuple(look.output.coverage.largest_gap), gaps_of(look.box))


def subgrids(look: Looked) -> Iterator[Fact]:
    """Classes of outputs that share nothing, from the common step of what they read and the step between outputs."""
    if not look.seen.any():
        return
    steps = [gcd(*(place - line[0] for place in line)) or 1 for line in look.lines]
    shifts = [field.shift for field in look.output.axes]
    found = tuple(step // gcd(step, shift) for step, shift in zip(steps, shifts, strict=True))
    yield Fact("sub-grids", look.where, tuple(look.output.coverage.subgrids), found)


def totals(look: Looked) -> Iterator[Fact]:
    """All paths, the smallest and the largest count."""
    if look.seen.any():
        counts = look.output.counts
        inside = look.paths_inside
        found = (sum(_sums(inside, 0)), int(inside.min()), int(inside.max()))
        yield Fact("number of paths", look.where, (counts.paths, counts.min, counts.max), found)


def _sums(counts: np.ndarray[Any, Any], axis: int) -> list[int]:
    """What counts add up to at each place along an axis: each is below 2^53, and their sums need not be."""
    import numpy as np

    others = tuple(other for other in range(counts.ndim) if other != axis)
    high, low = np.divmod(counts.astype(np.int64), 2**26)
    both = zip(high.sum(axis=others).tolist(), low.sum(axis=others).tolist(), strict=True)
    return [2**26 * above + below for above, below in both]


def sizes(look: Looked) -> Iterator[Fact]:
    """The sizes of all maps of a finite input."""
    for step in look.canvas.steps if look.analysis.sizes else ():
        size = look.measured.size(step.name)
        yield Fact("map size", step.name, (look.analysis.sizes or {})[step.name], size)


def extent(look: Looked) -> Iterator[Fact]:
    """The first and the last pixel that is read of a finite input, and the size of the output's map."""
    finite = look.output.finite
    if finite is None:
        return
    yield Fact("map size", look.node, finite.output_size, look.measured.size(look.node))
    if look.seen.any():
        found = tuple((line[0], line[-1]) for line in look.lines)
        yield Fact("extent", look.where, tuple(finite.extent), found)


def never_read(look: Looked) -> Iterator[Fact]:
    """How many positions per axis of a finite input no output reads."""
    if look.output.finite is not None:
        lines = projected(look.measured.read_by_all(look.node) != 0)
        found = tuple(size - len(line) for size, line in zip(look.canvas.size, lines, strict=True))
        yield Fact("inputs never read", look.node, tuple(look.output.finite.never_read), found)


def padding(look: Looked) -> Iterator[Fact]:
    """The part of each layer's taps that falls into padding: the layer is run on ones, with a border and without."""
    finite = look.output.finite
    if finite is None:
        return
    for step in look.canvas.steps:
        inside = Fraction(1)
        for axis, read in enumerate(step.reads):
            if not isinstance(read, Table):
                line = replace(
                    step, reads=(read,), before=step.before[axis : axis + 1], after=step.after[axis : axis + 1]
                )
                taps = own_taps(_without_border(line, read))
                inside *= Fraction(own_taps(line), taps) if taps else 1
        yield Fact("padding share", step.name, finite.padding_share[step.name], float(1 - inside))


def _without_border(line: CanvasStep, read: Window | TransposedWindow) -> CanvasStep:
    """A layer on a map so much longer at either end that all of its taps fall on it."""
    before, after = sides(read)
    beyond = max(0, before, after) + read.kernel * read.dilation
    beyond += 0 if isinstance(read, Window) else read.output_padding
    step = beyond if isinstance(read, Window) else -beyond * read.stride
    moved = replace(read, padding=(before - step, after - step))
    length = line.before[0] + 2 * beyond
    return replace(line, reads=(moved,), before=(length,), padding_mode="zeros")


def sharing(look: Looked) -> Iterator[Fact]:
    """For each map, the part of what the output reads that its neighbour reads too."""
    for claimed, measured in zip(look.output.shares, look.shares, strict=True):
        known = measured or {}
        for name in dict.fromkeys([*claimed, *known]):
            yield Fact("neighbour share", f"{look.where} on {name}", claimed.get(name), known.get(name))
    if look.output.node != look.analysis.output.node:
        return
    for layer in look.analysis.layers:
        if layer.node.name in look.reads:
            entering = [[(known or {}).get(name) for name in layer.node.inputs] for known in look.shares]
            found = tuple(max((one for one in line if one is not None), default=None) for line in entering)
            yield Fact(
                "neighbour share", f"{look.where} on what enters {layer.node.name}", layer.neighbour_share, found
            )


def meeting(look: Looked) -> Iterator[Fact]:
    """The most layers on a path on whose input neighbours share nothing, and how many layers back they meet."""
    isolated, meets = [], []
    for axis, shares in enumerate(look.shares):
        if shares is not None:
            alone = {INPUT: 0}
            for step in look.canvas.steps:
                mixes = _taps_of(step, axis) > 1 and not any(shares[name] for name in step.inputs)
                alone[step.name] = max(alone[name] for name in step.inputs) + mixes
            isolated.append(alone[look.node])
            meets.append(bool(shares[INPUT]))
    claimed = look.output.meeting
    if isolated:
        depth = 1 + max(isolated) if all(meets) else None
        yield Fact("meeting depth", look.where, claimed and tuple(claimed), (max(isolated), depth))
    else:
        yield Fact("meeting depth", look.where, claimed, None)


def _taps_of(step: CanvasStep, axis: int) -> int:
    """The taps of a layer that mixes what it reads at its own resolution: a transposed one of stride 1 is such, too."""
    read = step.reads[axis]
    mixing = isinstance(read, Window) or (isinstance(read, TransposedWindow) and read.stride == 1)
    return read.kernel if mixing and not isinstance(read, Table) else 1


def spread(look: Looked) -> Iterator[Fact]:
    """How far the paths spread along each axis: from the measured numbers, exactly until the last square root."""
    if not look.seen.any():
        return
    paths, claimed = look.paths_inside, look.output.spread
    for axis in range(paths.ndim):
        line = _sums(paths, axis)
        total, mean = sum(line), Fraction(sum(at * n for at, n in enumerate(line)), sum(line))
        variance = sum(n * (at - mean) ** 2 for at, n in enumerate(line)) / total
        middle = Fraction(len(line) - 1, 2)
        away = sorted((abs(at - middle), n) for at, n in enumerate(line))
        held = accumulate(n for _, n in away)
        radius = next(distance for (distance, _), n in zip(away, held, strict=True) if n >= _MASS * total)
        where = f"{look.where} along axis {axis}"
        yield Fact("spread", where, (claimed.std[axis], claimed.radius95[axis]), (sqrt(variance), radius))


FACTS: Mapping[str, Callable[[Looked], Iterator[Fact]]] = {
    "map size": sizes,
    "coverage": coverage,
    "hole-free verdict": verdict,
    "largest gap": gaps,
    "sub-grids": subgrids,
    "neighbour share": sharing,
    "meeting depth": meeting,
    "number of paths": totals,
    "spread": spread,
    "extent": extent,
    "inputs never read": never_read,
    "padding share": padding,
}
"""How each is compared. Of coverage come the holes, too."""

COUNTED = ("number of paths", "spread")
"""Those that need the numbers of paths themselves."""
