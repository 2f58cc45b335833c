"""Sets of positions along one axis, packed into integers, and what a layer reads for the outputs in one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce, singledispatch
from operator import or_
from typing import NamedTuple

from rfscope import limits
from rfscope.errors import UnsupportedError
from rfscope.exact.packed import copies, positions, spread_out
from rfscope.network.reads import Read, Table, TransposedWindow, Window

__all__ = [
    "NO_POSITIONS",
    "Positions",
    "clipped",
    "common",
    "contains",
    "overlap",
    "positions_of",
    "union",
    "used_by",
]


class Positions(NamedTuple):
    """A set of positions along one axis.

    Attributes:
        start: The first of them.
        bits: Bit ``i`` says whether ``start + i`` is in it; bit 0 is set unless the set is empty.
    """

    start: int
    bits: int

    @property
    def size(self) -> int:
        """Positions from the first to the last."""
        return self.bits.bit_length()

    @property
    def has_gap(self) -> bool:
        """Whether a position between the first and the last is missing."""
        return bool(self.bits & (self.bits + 1))

    @property
    def filled(self) -> Positions:
        """The same with every position between the first and the last."""
        return Positions(self.start, (1 << self.size) - 1)


NO_POSITIONS = Positions(0, 0)
"""The empty set."""


def positions_of(start: int, bits: int) -> Positions:
    """A set of positions from any packed bits.

    Example:
        >>> positions_of(5, 0b1100)
        Positions(start=7, bits=3)
    """
    if not bits:
        return NO_POSITIONS
    unused = (bits & -bits).bit_length() - 1
    return Positions(start + unused, bits >> unused)


def union(lines: Sequence[Positions]) -> Positions:
    """The positions that are in any of some sets."""
    filled = [line for line in lines if line.bits]
    if len(filled) < 2:
        return filled[0] if filled else NO_POSITIONS
    start = min(line.start for line in filled)
    return Positions(start, reduce(or_, (line.bits << line.start - start for line in filled)))


def contains(one: Positions, other: Positions) -> bool:
    """Whether a set has all positions of another."""
    if not other.bits:
        return True
    moved = other.start - one.start
    return moved >= 0 and not other.bits << moved & ~one.bits


def overlap(one: Positions, other: Positions) -> bool:
    """Whether two sets have a position in common."""
    start = min(one.start, other.start)
    return bool(one.bits << one.start - start & other.bits << other.start - start)


def common(one: Positions, other: Positions) -> int:
    """How many positions two sets have in common."""
    start = min(one.start, other.start)
    return (one.bits << one.start - start & other.bits << other.start - start).bit_count()


@singledispatch
def used_by(read: Read, line: Positions) -> Positions:
    """The inputs that some outputs read; a set that is not empty."""
    raise TypeError((read, line))  # a global operation reads everything


@used_by.register(Window)
def _(read: Window, line: Positions) -> Positions:
    padding = read.known_padding
    if padding is None:
        raise UnsupportedError("the padding depends on the input's size", do="give it: input, or --input")
    limits.check("axis", (line.size - 1) * read.stride + read.extent)
    bits = copies(spread_out(line.bits, read.stride), read.dilation, read.kernel, or_)
    return Positions(line.start * read.stride - padding[0], bits)


@used_by.register(TransposedWindow)
def _(read: TransposedWindow, line: Positions) -> Positions:
    before, _ = read.known_padding
    lowest_first, found = f"{line.bits:b}"[::-1], []
    for tap in range(read.kernel):  # output i * stride - before + tap * dilation reads input i
        place = line.start + before - tap * read.dilation
        skipped = -place % read.stride
        hit = lowest_first[skipped :: read.stride]
        if hit:
            found.append(positions_of((place + skipped) // read.stride, int(hit[::-1], 2)))
    return union(found)


@used_by.register(Table)
def _(read: Table, line: Positions) -> Positions:
    if read.period > line.size:
        ranges = [read.range(line.start + place) for place in positions(line.bits)]
        start = min(one.start for one in ranges)
        return positions_of(start, reduce(or_, ((1 << len(one)) - 1 << one.start - start for one in ranges)))
    lowest_first, found = f"{line.bits:b}"[::-1], []
    for skipped in range(read.period):  # outputs a period apart read as far apart as the shift says
        hit, one = lowest_first[skipped :: read.period], read.range(line.start + skipped)
        if one and "1" in hit:
            turns = spread_out(int(hit[::-1], 2), read.shift) if read.shift else 1
            found.append(positions_of(one.start, copies(turns, 1, len(one), or_)))
    return union(found)


def clipped(line: Positions, size: int | None, padding_mode: str = "zeros") -> Positions:
    """The set without what lies outside a map of known size. Padding that repeats the map is folded back onto it."""
    if size is None or not line.bits or (line.start >= 0 and line.start + line.size <= size):
        return line
    if padding_mode != "zeros":
        from rfscope.exact.regions import fold

        places = (fold(line.start + place, size, padding_mode) for place in positions(line.bits))
        return positions_of(0, reduce(or_, (1 << place for place in places)))
    cut = positions_of(max(0, line.start), line.bits >> max(0, -line.start))
    return positions_of(cut.start, cut.bits & (1 << max(0, size - cut.start)) - 1)
