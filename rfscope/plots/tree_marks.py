"""Nodes and links of a tree as marks on paper: dots and lines, and where these would run together bars and areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from rfscope.plots.tree_rows import Link, Row, Tree, positions, runs

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["Bar", "Dot", "Marks", "Paper", "marks"]

_DOT = 1.15
"""Points from dot to dot, at least; closer nodes are drawn as a bar."""

_LATTICE = 2.4
"""Points from position to position from which on the unused ones are drawn, each as a ring."""

_LINE = 0.6
"""Points from line to line, at least; closer ones are drawn as an area."""

_LARGEST = 6.5
"""Points across a dot, at most."""

_TAPS = 64
"""Areas drawn apart for each tap, at most."""

Point = tuple[float, float]


class Paper(NamedTuple):
    """How the input lies on paper.

    Attributes:
        zero: The place of the input at which the axis has its 0.
        per: Units of the axis a sample.
        unit: Points a unit of the axis.
        low, high: The stretch of the input that is shown.
    """

    zero: Fraction
    per: float
    unit: float
    low: Fraction
    high: Fraction

    def x(self, row: Row, place: int) -> float:
        """Where a position of a row stands on the axis."""
        return float(row.axis.at(place) - self.zero) * self.per

    def pitch(self, row: Row) -> float:
        """Points from position to position of a row."""
        return float(row.axis.stride) * self.per * self.unit


class Dot(NamedTuple):
    """One node: its place, its row, and how many points across."""

    x: float
    y: float
    size: float


class Bar(NamedTuple):
    """Nodes that would run together: from where to where, in which row."""

    left: float
    right: float
    y: float


@dataclass(frozen=True)
class Marks:
    """All that is drawn.

    Attributes:
        read, unread, holes: Nodes that the output reads, those not on a path to it, and those whose loss is its fault.
        full, mixed: Bars of nodes that are all read, and of which some are.
        idle, lost: Stretches of a row with nodes not on a path, and with such as are never read.
        lines: From a node to one that it reads.
        shortcuts: The same past rows in between: ends and, in the middle, the point that they bend towards.
        areas: Corners of what lines too close together would cover.
    """

    read: list[Dot] = field(default_factory=list)
    unread: list[Dot] = field(default_factory=list)
    holes: list[Dot] = field(default_factory=list)
    full: list[Bar] = field(default_factory=list)
    mixed: list[Bar] = field(default_factory=list)
    idle: list[Bar] = field(default_factory=list)
    lost: list[Bar] = field(default_factory=list)
    lines: list[tuple[Point, Point]] = field(default_factory=list)
    shortcuts: list[tuple[Point, Point, Point]] = field(default_factory=list)
    areas: list[tuple[Point, ...]] = field(default_factory=list)

    def until(self, height: float) -> Marks:
        """What stands no lower than a row."""
        return Marks(
            read=[dot for dot in self.read if dot.y <= height],
            unread=[dot for dot in self.unread if dot.y <= height],
            holes=[dot for dot in self.holes if dot.y <= height],
            full=[bar for bar in self.full if bar.y <= height],
            mixed=[bar for bar in self.mixed if bar.y <= height],
            idle=[bar for bar in self.idle if bar.y <= height],
            lost=[bar for bar in self.lost if bar.y <= height],
            lines=[line for line in self.lines if line[-1][1] <= height],
            shortcuts=[line for line in self.shortcuts if line[-1][1] <= height],
            areas=[area for area in self.areas if max(y for _, y in area) <= height],
        )


def marks(found: Tree, paper: Paper) -> Marks:
    """What to draw of a tree."""
    made = Marks()
    for row in found.rows:
        _draw_row(made, row, paper)
    for link in found.links:
        _draw_link(made, found, link, paper)
    return made


def _draw_row(made: Marks, row: Row, paper: Paper) -> None:
    pitch, y = paper.pitch(row), float(row.height)
    every = row.lattice(paper.low, paper.high)
    each = pitch >= _LATTICE
    joined = _joined(row, paper)
    nearest = _nearest([first for first, _, _ in joined])
    size = min(_LARGEST, 0.62 * pitch) if each else min(0.75 * _LARGEST, 0.5 * pitch * nearest)
    for first, last, many in joined:
        left, right = paper.x(row, first), paper.x(row, last)
        if (last - first) * pitch < _DOT:
            made.read.append(Dot((left + right) / 2, y, max(size, 0.62 * _DOT)))
        else:
            (made.full if many == last - first + 1 else made.mixed).append(Bar(left, right, y))
    used, first, last = set(row.used), row.used[0], row.used[-1]
    if each:
        for place in every:
            if place not in used:
                lost = row.holes and first < place < last
                (made.holes if lost else made.unread).append(Dot(paper.x(row, place), y, size))
    elif len(every) > len(used):
        made.idle.append(Bar(paper.x(row, every[0]), paper.x(row, every[-1]), y))
        if row.holes and len(used) < last - first + 1:
            made.lost.append(Bar(paper.x(row, first), paper.x(row, last), y))


def _nearest(places: Sequence[int]) -> int:
    """The least distance from one place to the next; of a single one, a large number."""
    return min((after - before for before, after in pairwise(places)), default=10**9)


def _joined(row: Row, paper: Paper) -> list[tuple[int, int, int]]:
    """The nodes used, joined where they are too close together for dots."""
    return runs(row.used, _DOT / paper.pitch(row))


def _draw_link(made: Marks, found: Tree, link: Link, paper: Paper) -> None:
    above, below = found.rows[link.above], found.rows[link.below]
    for first, last, _ in _joined(above, paper):
        if link.below - link.above > 1:
            for place in dict.fromkeys((first, last)):
                _draw_shortcuts(made, found, link, place, paper)
            continue
        top = _stretch(above, first, last, paper)
        for left, right in _swept(found, link, first, last, _LINE / paper.pitch(below)):
            end = _stretch(below, left, right, paper)
            if len(top) == len(end) == 1:
                made.lines.append((top[0], end[0]))
            else:
                made.areas.append((*top, *reversed(end)))


def _stretch(row: Row, first: int, last: int, paper: Paper) -> tuple[Point, ...]:
    """The ends of a stretch of a row, or its middle if it is no longer than a dot."""
    left, right, y = paper.x(row, first), paper.x(row, last), float(row.height)
    return ((left, y), (right, y)) if (right - left) * paper.unit >= _DOT else (((left + right) / 2, y),)


def _swept(found: Tree, link: Link, first: int, last: int, step: float) -> list[tuple[int, int]]:
    """What a run of nodes reads: tap by tap from its first node to its last, joined where nothing is between."""
    if first == last:
        return [(left, right) for left, right, _ in runs(found.reads(link, first), step)]
    low, high = found.rows[link.below].used[0], found.rows[link.below].used[-1]
    before, after = (positions(link.read, place - link.shift) for place in (first, last))
    both = [*before, *after] or [low, high]
    alike = len(before) == len(after) <= _TAPS
    pairs = list(zip(before, after, strict=True)) if alike else [(min(both), max(both))]
    joined: list[tuple[int, int]] = []
    for left, right in ((max(left, low), min(right, high)) for left, right in pairs if right >= low and left <= high):
        if joined and left - joined[-1][1] < step and (right - left) < step:
            joined[-1] = joined[-1][0], right
        else:
            joined.append((left, right))
    return joined


def _draw_shortcuts(made: Marks, found: Tree, link: Link, place: int, paper: Paper) -> None:
    """The lines from one node past rows, one for each stretch of what it reads."""
    above, below = found.rows[link.above], found.rows[link.below]
    x, y = paper.x(above, place), float(above.height)
    for first, last in _swept(found, link, place, place, _LINE / paper.pitch(below)):
        for at in dict.fromkeys((first, last)):
            end = paper.x(below, at), float(below.height)
            bend = (x + end[0]) / 2 + _bend(above, paper), (y + end[1]) / 2
            made.shortcuts.append(((x, y), bend, end))


def _bend(row: Row, paper: Paper) -> float:
    """How far a shortcut bends aside, so that it is told from what it passes, in units of the axis."""
    between = paper.pitch(row) * _nearest(row.used)
    return min(12.0, max(3.0, 0.8 * between)) / paper.unit
