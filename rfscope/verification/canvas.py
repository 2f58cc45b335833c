"""The canvas: the input that a network is verified on, and the outputs that are looked at on it.

A network whose input has a size is run on just that input, borders and all. Any other one is run on an input just large
enough that the outputs looked at touch no border, at any map: what they read of each map on their way lies within that
map, and not in the padding around it. There, and only there, a network behaves as on an unbounded grid.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch
from math import prod
from typing import TypeAlias

from rfscope.errors import UnsupportedError
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Read, Table, TransposedWindow, Window
from rfscope.network.sizes import Settled, output_size

__all__ = ["Canvas", "Layer", "Position", "Step", "known_padding", "local_nodes", "make_canvas"]

Layer: TypeAlias = tuple[Window, ...]
"""A window along each axis, with a padding that is known."""

Position: TypeAlias = tuple[int, ...]
"""One cell of a map, an index per axis."""

_Interval: TypeAlias = tuple[int, int]
"""The first and the last of consecutive positions."""


@dataclass(frozen=True, slots=True)
class Step:
    """One node as it is run.

    Attributes:
        name: The node.
        inputs: The maps it reads, which are added up. Those behind global operations are left out.
        reads: What it reads along each axis: windows whose paddings are known, transposed windows, tables.
        before: Size of the map it reads, per axis.
        after: Size of the map it makes, per axis.
        padding_mode: What its padding holds: zeros, or the map again.
    """

    name: str
    inputs: tuple[str, ...]
    reads: tuple[Read, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    padding_mode: str = "zeros"


@dataclass(frozen=True, slots=True)
class Canvas:
    """A network and the input that it is verified on.

    Attributes:
        steps: Its nodes in topological order, the last one making the output.
        size: Size of the input per axis.
        outputs: Positions of the outputs whose gradients are compared.
        bounded: Whether this is the size that the network's input has, so that borders matter.
    """

    steps: tuple[Step, ...]
    size: tuple[int, ...]
    outputs: tuple[Position, ...]
    bounded: bool

    @property
    def cells(self) -> int:
        """Cells of the input."""
        return prod(self.size)


def make_canvas(settled: Settled, places: Sequence[Position], periods: Sequence[int]) -> Canvas:
    """Find the input to run a network on.

    Args:
        settled: A network and the sizes of its maps; its first output is the one that is looked at.
        places: Positions of outputs to look at.
        periods: On an unbounded grid, steps per axis by which all of them may be moved together.

    Raises:
        UnsupportedError: A padding depends on the size of the input, or all paths lead through global operations.

    Example:
        >>> from rfscope.network.build import chain
        >>> canvas = make_canvas(Settled(chain([1, 2], dims=1), None), [(0,), (1,)], [1])
        >>> canvas.size, canvas.outputs
        ((8,), ((3,), (4,)))
    """
    nodes = local_nodes(settled.network)
    if settled.network.input is not None:
        real = tuple(_real_step(node, settled) for node in nodes)
        return Canvas(real, settled.network.input, tuple(places), bounded=True)
    lines = [_Line.along(nodes, axis) for axis in range(settled.network.dims)]
    wanted = [(min(line), max(line)) for line in zip(*places, strict=True)]
    moves = [line.move(found, period) for line, found, period in zip(lines, wanted, periods, strict=True)]
    size = tuple(
        line.least_size(first + move, last + move)
        for line, (first, last), move in zip(lines, wanted, moves, strict=True)
    )
    maps = [line.sizes(length) for line, length in zip(lines, size, strict=True)]
    steps = tuple(
        Step(
            node.name,
            node.inputs,
            tuple(line.reads[place] for line in lines),
            tuple(min(sizes[name] for name in node.inputs) for sizes in maps),
            tuple(sizes[node.name] for sizes in maps),
        )
        for place, node in enumerate(nodes)
    )
    outputs = tuple(tuple(at + move for at, move in zip(place, moves, strict=True)) for place in places)
    return Canvas(steps, size, outputs, bounded=False)


def local_nodes(network: Network) -> tuple[Node, ...]:
    """The nodes on paths from the input to the output that lead through no global operation, without other inputs.

    Raises:
        UnsupportedError: There is no such path.
    """
    output, reached, behind = network.outputs[0], {INPUT}, []
    for node in network.nodes:
        inputs = tuple(name for name in node.inputs if name in reached)
        if inputs and not node.is_global:
            reached.add(node.name)
            behind.append(replace(node, inputs=inputs))
    needed, found = {output}, []
    for node in reversed(behind):
        if node.name in needed:
            needed.update(node.inputs)
            found.append(node)
    if not found:
        raise UnsupportedError("cannot verify an output that lies behind global operations only", where=output)
    return tuple(reversed(found))


def known_padding(window: Window, *, where: str | None = None) -> tuple[int, int]:
    """Padding before and after.

    Raises:
        UnsupportedError: It depends on the size of the input.
    """
    padding = window.known_padding
    if padding is None:
        raise UnsupportedError(
            "cannot verify a padding that depends on the input's size",
            where=where,
            got=window.padding,
            do="give the size of the input, or the padding in numbers",
        )
    return padding


def _real_step(node: Node, settled: Settled) -> Step:
    """A node on an input that has a size. A window that counts though it is partly filled is filled with zeros."""
    sizes = settled.sizes or {}
    before = next(size for name in node.inputs if (size := sizes[name]) is not None)
    after = sizes[node.name] or ()
    reads = (_filled(*sized, node.name) for sized in zip(node.reads, before, after, strict=True))
    return Step(node.name, node.inputs, tuple(reads), before, after, node.padding_mode)


def _filled(read: Read, before: int, after: int, where: str) -> Read:
    if not isinstance(read, Window):
        return read
    first, last = known_padding(read, where=where)
    if read.ceil_mode:
        last = max(last, (after - 1) * read.stride + read.extent - before - first)
    return replace(read, padding=(first, last), ceil_mode=False)


@dataclass(frozen=True, slots=True)
class _Line:
    """One axis of a network on an unbounded grid.

    Attributes:
        nodes: The nodes in topological order, the last one making the output.
        reads: What they read along the axis, as many outputs as the map before has room for.
    """

    nodes: tuple[Node, ...]
    reads: tuple[Read, ...]

    @classmethod
    def along(cls, nodes: tuple[Node, ...], axis: int) -> _Line:
        return cls(nodes, tuple(_endless(node.reads[axis], node.name) for node in nodes))

    def touched(self, first: int, last: int) -> dict[str, _Interval]:
        """Positions of every map that lead to some outputs lie in these intervals."""
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
            found[node.name] = output_size(read, min(found[name] for name in node.inputs))
        return found

    def move(self, wanted: _Interval, period: int) -> int:
        """The least multiple of a period by which outputs are to be moved so that they touch no border in front."""
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


def _endless(read: Read, where: str) -> Read:
    if isinstance(read, Window):
        return replace(read, padding=known_padding(read, where=where), ceil_mode=False)
    return replace(read, size=None) if isinstance(read, Table) else read


def _least(start: int, holds: Callable[[int], bool]) -> int:
    """The least number from ``start`` on for which something holds that then holds for all above it, too."""
    room = 1
    while not holds(start + room - 1):
        room *= 2
    return start + bisect_left(range(room - 1), True, key=lambda step: holds(start + step))


@singledispatch
def _reach(read: Read, first: int, last: int) -> _Interval | None:
    """An interval that holds all that some outputs read; None if they read nothing."""
    raise TypeError(read, first, last)


@_reach.register(Window)
def _(read: Window, first: int, last: int) -> _Interval:
    before, _ = known_padding(read)
    return first * read.stride - before, last * read.stride - before + read.extent - 1


@_reach.register(TransposedWindow)
def _(read: TransposedWindow, first: int, last: int) -> _Interval | None:
    before, _ = read.known_padding
    low, high = -(-(first + before - read.extent + 1) // read.stride), (last + before) // read.stride
    return (low, high) if low <= high else None


@_reach.register(Table)
def _(read: Table, first: int, last: int) -> _Interval | None:
    one_turn = [*range(first, min(last + 1, first + read.period)), *range(max(first, last + 1 - read.period), last + 1)]
    ranges = [found for output in one_turn if (found := read.range(output))]
    return (min(one.start for one in ranges), max(one.stop - 1 for one in ranges)) if ranges else None
