"""One axis of a network on an unbounded grid: which positions of every map lead to some outputs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import TypeAlias

from rfscope.network.graph import INPUT, Node
from rfscope.network.reads import Table, TransposedWindow, Window
from rfscope.verification.as_torch import RunnableRead, as_torch, outputs_of, sides

__all__ = ["Line"]

_Interval: TypeAlias = tuple[int, int]
"""The first and the last of consecutive positions."""


@dataclass(frozen=True, slots=True)
class Line:
    """One axis of a network on an unbounded grid.

    Attributes:
        nodes: The nodes in topological order, the last one making the output.
        reads: What they read along the axis, as many outputs as the map before has room for.
    """

    nodes: tuple[Node, ...]
    reads: tuple[RunnableRead, ...]

    @classmethod
    def along(cls, nodes: Sequence[Node], axis: int, sizes: Mapping[str, tuple[int, ...]] | None = None) -> Line:
        """The axis of some nodes.

        Args:
            nodes: Nodes in topological order, none of them global.
            axis: The axis.
            sizes: Size of the map that each node reads, if the input has a size: SAME padding and resizing follow it.
        """
        reads = (
            as_torch(node.reads[axis], None if sizes is None else sizes[node.name][axis], where=node.name, endless=True)
            for node in nodes
        )
        return cls(tuple(nodes), tuple(reads))

    def touched(self, first: int, last: int) -> dict[str, _Interval]:
        """Intervals that hold the positions of every map that lead to some outputs."""
        found = {self.nodes[-1].name: (first, last)}
        for node, read in zip(reversed(self.nodes), reversed(self.reads), strict=True):
            interval = _reach(read, *found[node.name]) if node.name in found else None
            if interval:
                for name in node.inputs:
                    low, high = found.get(name, interval)
                    found[name] = (min(low, interval[0]), max(high, interval[1]))
        return found

    def sizes(self, input: int) -> dict[str, int]:
        """The sizes of the maps; the inputs of a merge are cut to the shortest."""
        found = {INPUT: input}
        for node, read in zip(self.nodes, self.reads, strict=True):
            found[node.name] = outputs_of(read, min(found[name] for name in node.inputs))
        return found

    def move(self, wanted: _Interval, period: int) -> int:
        """The least multiple of a period by which outputs must move to touch no border in front."""
        first, last = wanted

        def inside(turns: int) -> bool:
            moved = self.touched(first + turns * period, last + turns * period)
            return all(low >= 0 for low, _ in moved.values())

        return period * _least(-(first // period), inside)

    def least_size(self, first: int, last: int) -> int:
        """The smallest input with which outputs exist and touch no border behind."""
        needed = {name: high + 1 for name, (_, high) in self.touched(first, last).items()}

        def enough(size: int) -> bool:
            return all(length >= needed.get(name, 1) for name, length in self.sizes(size).items())

        return _least(needed.get(INPUT, 1), enough)


def _least(start: int, holds: Callable[[int], bool]) -> int:
    """The least number from ``start`` on for which something holds that then holds for all above it, too."""
    room = 1
    while not holds(start + room - 1):
        room *= 2
    return start + bisect_left(range(room - 1), True, key=lambda step: holds(start + step))


@singledispatch
def _reach(read: RunnableRead, first: int, last: int) -> _Interval | None:
    """An interval that holds all that some outputs read; None if they read nothing."""
    raise TypeError(read, first, last)


@_reach.register(Window)
def _(read: Window, first: int, last: int) -> _Interval:
    before, _ = sides(read)
    return first * read.stride - before, last * read.stride - before + (read.kernel - 1) * read.dilation


@_reach.register(TransposedWindow)
def _(read: TransposedWindow, first: int, last: int) -> _Interval | None:
    before, _ = sides(read)
    low, high = -(-(first + before - (read.kernel - 1) * read.dilation) // read.stride), (last + before) // read.stride
    return (low, high) if low <= high else None


@_reach.register(Table)
def _(read: Table, first: int, last: int) -> _Interval | None:
    period = len(read.starts)
    one_turn = [*range(first, min(last + 1, first + period)), *range(max(first, last + 1 - period), last + 1)]
    turned = [(output // period * read.shift, output % period) for output in one_turn]
    ranges = [(read.starts[at] + by, read.stops[at] + by) for by, at in turned if read.starts[at] < read.stops[at]]
    return (min(start for start, _ in ranges), max(stop - 1 for _, stop in ranges)) if ranges else None
