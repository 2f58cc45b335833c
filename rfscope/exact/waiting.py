"""When positions of a map are final: how much of the input must have come, however the signal goes on or ends.

A layer on a stream makes its outputs in order, each as soon as all that it reads has come. What lies behind the last
sample is padding only once the signal has ended, so that a layer waits where a run over a whole file would pad.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import singledispatch
from math import gcd, lcm

from rfscope import limits
from rfscope.network.graph import INPUT, Network
from rfscope.network.reads import IDENTITY, Read, Table, TransposedWindow, Window

__all__ = ["Line", "Repeating", "inputs_for", "inputs_to_exist", "lattice", "map_lines", "oldest_read"]


@dataclass(frozen=True, slots=True)
class Repeating:
    """A number for each position of a map, never falling: that of position ``o + period`` is ``shift`` higher.

    Attributes:
        values: Those of the first period.
        shift: By how much they rise from one period to the next.

    Example:
        >>> waits = Repeating((3, 3), 2)
        >>> waits.at(5), waits.up_to(4), waits.up_to(5)
        (7, 2, 4)
    """

    values: tuple[int, ...]
    shift: int

    @property
    def period(self) -> int:
        """Positions after which it repeats."""
        return len(self.values)

    def at(self, position: int) -> int:
        """The number of a position."""
        turns, place = divmod(position, len(self.values))
        return self.values[place] + turns * self.shift

    def up_to(self, number: int) -> int:
        """How many positions, from position 0 on, have at most a number; below 0 where even those before have more."""
        turns = (number - self.values[0]) // self.shift
        return len(self.values) * turns + bisect_right(self.values, number - turns * self.shift)

    def sampled(self, starts: Sequence[int], step: int, turns: int, shift: int) -> Repeating:
        """The numbers of some positions, and of those so many steps further on, turn by turn."""
        if len(starts) == 1 and step == 1 and turns == len(self.values):  # most layers: the same, moved
            whole, place = divmod(starts[0], turns)
            low, high = whole * self.shift, (whole + 1) * self.shift
            moved = [value + low for value in self.values[place:]]
            return Repeating((*moved, *(value + high for value in self.values[:place])), shift)
        return Repeating(tuple(self.at(start + turn * step) for turn in range(turns) for start in starts), shift)

    def over(self, period: int) -> Repeating:
        """The same, written for a multiple of its period."""
        turns = period // len(self.values)
        values = (value + turn * self.shift for turn in range(turns) for value in self.values)
        return self if turns == 1 else Repeating(tuple(values), self.shift * turns)


@dataclass(frozen=True, slots=True)
class Line:
    """What a map has to do with the input, position by position, far from the signal's beginning.

    Attributes:
        final: Input samples after which it and all positions before it are final.
        exists: Input samples from which on the map is so long.
        oldest: The first input sample that it or any position behind it reads.
    """

    final: Repeating
    exists: Repeating
    oldest: Repeating

    @property
    def period(self) -> int:
        """Positions after which all of it repeats."""
        return self.final.period

    @property
    def shift(self) -> int:
        """Input samples from one period to the next."""
        return self.final.shift

    @property
    def stride(self) -> Fraction:
        """Input samples from one position to the next, on average."""
        return Fraction(self.shift, self.period)


INPUT_LINE = Line(Repeating((1,), 1), Repeating((1,), 1), Repeating((0,), 1))
"""Sample ``i`` is there once ``i + 1`` have come."""


def through(read: Read, line: Line) -> Line:
    """The line behind a settled read, from the line before it.

    Raises:
        LimitError: The pattern repeats only after more outputs than the limit ``phases``.
    """
    if read == IDENTITY:
        return line
    outputs, inputs = _turn(read)
    turns = line.period // gcd(line.period, inputs)
    period, shift = outputs * turns, line.shift * inputs * turns // line.period
    limits.check("phases", period)
    counts = range(1, outputs + 1)
    waits = line.final.sampled([inputs_for(read, count) - 1 for count in counts], inputs, turns, shift)
    exists = line.exists.sampled([inputs_to_exist(read, count) - 1 for count in counts], inputs, turns, shift)
    oldest = line.oldest.sampled([oldest_read(read, count - 1) for count in counts], inputs, turns, shift)
    final = tuple(map(max, waits.values, exists.values))
    return Line(Repeating(final, shift), exists, oldest)


def joined(lines: Sequence[Line]) -> Line:
    """The line of what a merge reads, all of its inputs at one position; they have one effective stride."""
    if all(line == lines[0] for line in lines):
        return lines[0]
    period = lcm(*(line.period for line in lines))
    limits.check("phases", period)
    shift = lines[0].shift * period // lines[0].period
    finals, existing, oldest = (
        tuple(zip(*(sequence.over(period).values for sequence in sequences), strict=True))
        for sequences in zip(*((line.final, line.exists, line.oldest) for line in lines), strict=True)
    )
    return Line(
        Repeating(tuple(map(max, finals)), shift),
        Repeating(tuple(map(max, existing)), shift),
        Repeating(tuple(map(min, oldest)), shift),
    )


def map_lines(network: Network) -> Mapping[str, Line]:
    """When the positions of every map are final.

    Args:
        network: One that ``as_stream`` made.
    """
    lines = {INPUT: INPUT_LINE}
    for node in network.nodes:
        lines[node.name] = through(node.reads[0], joined([lines[name] for name in node.inputs]))
    return lines


def lattice(lines: Mapping[str, Line]) -> int:
    """The least length of chunks with which every map grows by as many positions each time."""
    return lcm(*(line.shift for line in lines.values()))


def inputs_for(read: Read, count: int, *, begin: int | None = None) -> int:
    """How many positions of the map before must be final for so many outputs.

    Args:
        read: What the layer reads.
        count: How many of its outputs.
        begin: The first of them; None far from the signal's beginning, where there are others before.
    """
    outputs, _ = _turn(read)
    first = count - outputs if begin is None else max(begin, count - outputs)
    return 1 + max((seen[1] for output in range(first, count) if (seen := _reads(read, output))), default=-1)


def oldest_read(read: Read, output: int) -> int:
    """The first position of the map before that an output or any behind it reads."""
    outputs, _ = _turn(read)
    return min(seen[0] for at in range(output, output + outputs) if (seen := _reads(read, at)))


@singledispatch
def _turn(read: Read) -> tuple[int, int]:
    """Outputs after which a read repeats, and positions of the map before from one turn to the next."""
    raise TypeError(read)


@_turn.register(Window)
def _(read: Window) -> tuple[int, int]:
    return 1, read.stride


@_turn.register(TransposedWindow)
def _(read: TransposedWindow) -> tuple[int, int]:
    return read.stride, 1


@_turn.register(Table)
def _(read: Table) -> tuple[int, int]:
    return read.period, read.shift


@singledispatch
def _reads(read: Read, output: int) -> tuple[int, int] | None:
    """The first and the last position that an output reads; None if it reads nothing."""
    raise TypeError(read, output)


@_reads.register(Window)
def _(read: Window, output: int) -> tuple[int, int]:
    first = output * read.stride - _sides(read)[0]
    return first, first + read.extent - 1


@_reads.register(TransposedWindow)
def _(read: TransposedWindow, output: int) -> tuple[int, int] | None:
    place = output + _sides(read)[0]
    most = min(read.kernel, read.stride)  # taps further apart hit the same phases again
    hits = [tap for tap in range(most) if (place - tap * read.dilation) % read.stride == 0]
    if not hits:
        return None
    again = read.stride // gcd(read.stride, read.dilation)
    last_tap = hits[0] + (read.kernel - 1 - hits[0]) // again * again
    return (place - last_tap * read.dilation) // read.stride, (place - hits[0] * read.dilation) // read.stride


@_reads.register(Table)
def _(read: Table, output: int) -> tuple[int, int] | None:
    found = read.range(output)
    return (found[0], found[-1]) if found else None


@singledispatch
def inputs_to_exist(read: Read, count: int) -> int:
    """How long the map before must be for so many outputs."""
    raise TypeError(read, count)


@inputs_to_exist.register(Window)
def _(read: Window, count: int) -> int:
    before, after = _sides(read)
    if not read.ceil_mode:
        return (count - 1) * read.stride + read.extent - before - after
    last = (count - 1) * read.stride - before + 1  # the last window must begin on the map
    return max(last, (count - 2) * read.stride + 1 + read.extent - before - after)


@inputs_to_exist.register(TransposedWindow)
def _(read: TransposedWindow, count: int) -> int:
    before, after = _sides(read)
    return 1 - (read.extent + read.output_padding - before - after - count) // read.stride


@inputs_to_exist.register(Table)
def _(read: Table, count: int) -> int:
    return -(-count * read.shift // read.period)


def _sides(read: Window | TransposedWindow) -> tuple[int, int]:
    """Padding before and after, which is known of a stream."""
    sides = read.known_padding
    if sides is None:
        raise TypeError(read)
    return sides
