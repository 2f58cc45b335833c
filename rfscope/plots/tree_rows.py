"""What a tree shows: the maps on the way from one output back to the input as rows of nodes, and their links."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from rfscope.exact.analysis import Analysis
from rfscope.exact.depth import is_plain
from rfscope.network.graph import INPUT, Node
from rfscope.network.reads import Read, Table, TransposedWindow, Window
from rfscope.plots.lattice import LatticeAxis, Sheet, output_sheet, sheets

__all__ = ["Link", "Row", "Tree", "positions", "runs", "tree"]

MOST = 32
"""Rows of a tree, at most: more do not fit a page."""


@dataclass(frozen=True, eq=False)
class Row:
    """One map.

    Attributes:
        sheet: What the output uses of it, and who reads it.
        used: The positions that the output uses, in order.
        size: Positions of the map; None on an unbounded grid.
        holes: Whether what is skipped of it is lost: so it is of the input, and of a map that the verdict names.
        height: Where it stands, from the output down.
    """

    sheet: Sheet
    used: tuple[int, ...]
    size: int | None
    holes: bool
    height: int

    @property
    def axis(self) -> LatticeAxis:
        """Where its positions lie over the input."""
        return self.sheet.axes[0]

    def lattice(self, low: Fraction, high: Fraction) -> range:
        """Its positions over a stretch of the input, both ends included."""
        origin, stride = self.axis
        first, last = -((origin - low) // stride), (high - origin) // stride
        return range(max(first, 0), min(last, self.size - 1) + 1) if self.size is not None else range(first, last + 1)


class Link(NamedTuple):
    """How a map is made from one below it.

    Attributes:
        above, below: Places of the two rows among the rows.
        read: What reads the lower one.
        shift: How far positions move on the way from there to the upper one, by padding alone.
    """

    above: int
    below: int
    read: Read
    shift: int


@dataclass(frozen=True, eq=False)
class Tree:
    """Rows from the output down to the input.

    Attributes:
        rows: The maps.
        links: From each row to those it is made from.
        left_out: Maps between the upper and the lower half of the rows that are not shown.
    """

    rows: tuple[Row, ...]
    links: tuple[Link, ...]
    left_out: int

    @property
    def gap(self) -> int | None:
        """The height at which maps are left out; None if none are."""
        return next((above.height + 1 for above, below in pairwise(self.rows) if below.height - above.height > 1), None)

    def reads(self, link: Link, place: int) -> list[int]:
        """The positions of the lower row that a position of the upper one is made from; padding is none."""
        size = self.rows[link.below].size
        found = positions(link.read, place - link.shift)
        return [at for at in found if size is None or 0 <= at < size]


def tree(analysis: Analysis) -> Tree:
    """The rows of a network with one axis.

    Raises:
        LimitError: A map is longer than the limit ``axis``.
        UnsupportedError: The output reads nothing, or a padding depends on the size of the input, which is not known.
    """
    below, _ = sheets(analysis, most=len(analysis.network.nodes) + 1)
    every = [output_sheet(analysis), *below]
    left_out = max(0, len(every) - MOST)
    chosen = [*every[: MOST // 2], *every[MOST // 2 + left_out :]]
    lost = {INPUT, *(skipped.map for skipped in analysis.judgement.skipped)}
    rows = []
    for place, sheet in enumerate(chosen):
        first = sheet.start[0]
        used = tuple(first + at for at, count in enumerate(sheet.counts.marginal(0)) if count)
        size = None if analysis.sizes is None else (analysis.sizes[sheet.name] or (None,))[0]
        height = place + (left_out > 0 and place >= MOST // 2)
        rows.append(Row(sheet, used, size, sheet.name in lost, height))
    return Tree(tuple(rows), tuple(_links(analysis.output.network.by_name, rows)), left_out)


def _links(nodes: Mapping[str, Node], rows: list[Row]) -> Iterator[Link]:
    places = {row.sheet.name: place for place, row in enumerate(rows)}
    for name, above in places.items():
        for source, read, shift in dict.fromkeys(_ways(nodes, name, places)):
            yield Link(above, places[source], read, shift)


def _ways(nodes: Mapping[str, Node], name: str, shown: Collection[str]) -> Iterator[tuple[str, Read, int]]:
    """Through plain layers, the maps shown that a map is made from: their names, what reads them, and how far off."""
    seen, open_ = set[tuple[str, int]](), [(name, 0)]
    while open_:
        here, shift = open_.pop()
        if (here, shift) in seen or here not in nodes:
            continue
        seen.add((here, shift))
        node = nodes[here]
        read = node.reads[0]
        for source in node.inputs:
            if source in shown:
                yield source, read, shift
            elif is_plain(node) and isinstance(read, Window):
                open_.append((source, shift + (read.known_padding or (0, 0))[0]))


def positions(read: Read, output: int) -> list[int]:
    """The inputs that an output of a settled layer reads, each once; of a global operation none.

    Example:
        >>> positions(Window(kernel=3, dilation=2, padding=(2, 2)), 5)
        [3, 5, 7]
    """
    match read:
        case Window():
            first = output * read.stride - (read.known_padding or (0, 0))[0]
            return list(range(first, first + read.extent, read.dilation))
        case TransposedWindow():
            taps = (output + read.known_padding[0] - tap * read.dilation for tap in range(read.kernel))
            return sorted({tap // read.stride for tap in taps if tap % read.stride == 0})
        case Table():
            return list(read.range(output))
    return []


def runs(places: Collection[int], step: float) -> list[tuple[int, int, int]]:
    """Places in order, joined where the next one is less than a step away: first, last and how many there are.

    Example:
        >>> runs([0, 1, 2, 9, 12], 2)
        [(0, 2, 3), (9, 9, 1), (12, 12, 1)]
    """
    found: list[tuple[int, int, int]] = []
    for place in places:
        if found and place - found[-1][1] < step:
            first, _, many = found[-1]
            found[-1] = first, place, many + 1
        else:
            found.append((place, place, 1))
    return found
