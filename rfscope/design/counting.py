"""How many schedules without holes there are, by a recurrence, before any is looked at.

The layers are placed in rising order of their rates, those of one rate class by class; behind strides, rates are in
positions of the input. A layer of rate ``r`` may be placed where the field so far is at least ``r``. So going through
the rates, the number of ways to have placed so many layers of each class with such a field is a sum of two such
numbers: one layer less of this rate, or none more. The numbers of all fields are the digits of one long integer,
which is shifted and added at the speed of memory.

With two taps a layer these are the complete partitions (OEIS A126796): each part is at most one more than the sum of
the smaller ones. Brown, "Note on complete sequences of integers" (1961), for the criterion.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import isqrt, prod
from typing import TypeAlias

from rfscope import limits
from rfscope.design.layers import Layers

__all__ = ["Counts", "Placed", "Table"]

Placed: TypeAlias = tuple[int, ...]
"""How many layers of each class are placed."""

Table: TypeAlias = dict[Placed, int]
"""For each of them, the number of ways as the digits of a line: digit ``p`` is for the field ``1 + p * step``."""


@dataclass(frozen=True)
class Counts:
    """The numbers of schedules without holes of some layers, up to a field.

    Attributes:
        layers: The layers.
        largest: The largest field of interest.

    Example:
        >>> counts = Counts(Layers.of([3] * 5), 101)
        >>> counts.of(65), counts.of(101), counts.up_to(101)
        (108, 129, 3618)
    """

    layers: Layers
    largest: int

    def of(self, field: int) -> int:
        """How many have this field."""
        if field > self.largest or (field - 1) % self.layers.step:
            return 0
        return self.digit(self._all, (field - 1) // self.layers.step)

    def up_to(self, field: int) -> int:
        """How many have at most this field."""
        return sum(self.of(one) for one in range(1, field + 1, self.layers.step))

    def digit(self, line: int, place: int) -> int:
        """One number of a line."""
        return line >> place * self._bits & (1 << self._bits) - 1

    @cached_property
    def rates(self) -> int:
        """The largest rate that occurs, in positions of the input."""
        return self.layers.largest_rate(self.largest)

    @cached_property
    def _places(self) -> int:
        return (self.largest - 1) // self.layers.step + 1

    @cached_property
    def _bits(self) -> int:
        """Bits of a number: there are no more ways than rates to the power of the layers."""
        return len(self.layers) * self.rates.bit_length() + 1

    @cached_property
    def final(self) -> Table:
        """The table in which all rates may occur."""
        return deque(self.tables(), maxlen=1)[0][1]

    @cached_property
    def _all(self) -> int:
        return self.final[tuple(alike.many for alike in self.layers.classes)]

    def start(self) -> Table:
        """The table in which nothing is placed."""
        many = prod(alike.many + 1 for alike in self.layers.classes)
        limits.check("counting", self.rates * many * self._places * self._bits // 8, where="counting schedules")
        table = dict.fromkeys(product(*(range(alike.many + 1) for alike in self.layers.classes)), 0)
        table[(0,) * len(self.layers.classes)] = 1
        return table

    def tables(self) -> Iterator[tuple[int, Table]]:
        """The rates from 1 on, each with the one table in which all layers up to this rate may have been placed."""
        table = self.start()
        yield 0, table
        for rate in range(1, self.rates + 1):
            for number in range(len(self.layers.classes)):
                self.place(table, rate, number)
            yield rate, table

    def place(self, table: Table, rate: int, number: int) -> None:
        """Let any number of layers of one class have one rate."""
        kernel, _, many = self.layers.classes[number]
        first = -(-(rate - 1) // self.layers.step)  # the smallest field so far that reaches the rate
        if first >= self._places or not self.layers.allows(number, rate):
            return
        step, whole = rate * (kernel - 1) // self.layers.step, (1 << self._places * self._bits) - 1
        for placed, line in table.items():  # in rising order, so that a rate is taken again and again
            if placed[number] < many and line:
                after = (*placed[:number], placed[number] + 1, *placed[number + 1 :])
                table[after] += (line >> first * self._bits << (first + step) * self._bits) & whole

    @cached_property
    def _kept(self) -> dict[int, Table]:
        """Copies of the tables behind some of the rates, from which those between are made again."""
        every = isqrt(self.rates) + 1
        return {rate: dict(table) for rate, table in self.tables() if rate % every == 0}

    def falling(self) -> Iterator[tuple[int, int, Table]]:
        """From the largest rate down and the last kernel to the first: the table right before each may be placed."""
        for start in sorted(self._kept, reverse=True):
            table, before = dict(self._kept[start]), []
            stop = min((rate for rate in self._kept if rate > start), default=self.rates)
            for rate in range(start + 1, stop + 1):
                for number in range(len(self.layers.classes)):
                    before.append((rate, number, dict(table)))
                    self.place(table, rate, number)
            yield from reversed(before)
