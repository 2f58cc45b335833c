"""The schedules without holes near a given one, those with the fewest changes first.

A change is a step of one layer's rate by 1. The layers are placed in rising order of their *new* rates, each at a rate
of at most the field so far, which is what being without holes means; so each schedule is found once. Among layers of
one kernel the rates keep their order, which loses nothing: exchanging two that do not would bring neither further
away. The search deepens: all schedules with so many changes, then with one more, while a bound from below tells which
beginnings cannot end in so few.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import NamedTuple

from rfscope.exact.taps import Taps

__all__ = ["Changed", "OutOfReach", "Search"]


class OutOfReach(Exception):  # noqa: N818 - an answer, not an error
    """The search takes more steps than it is allowed."""


class Changed(NamedTuple):
    """A layer of a changed schedule.

    Attributes:
        place: Index of the layer in the old schedule; None for one that is new.
        kernel: Its taps.
        rate: Its new rate.
    """

    place: int | None
    kernel: int
    rate: int


class _Class(NamedTuple):
    """The layers of one kernel in rising order of their old rates, or a new one.

    Attributes:
        kernel: Their taps.
        places: Their places in the old schedule; None for a new layer.
        rates: Their old rates; of no meaning for a new layer.
    """

    kernel: int
    places: tuple[int | None, ...]
    rates: tuple[int, ...]


class _Beginning(NamedTuple):
    """A schedule whose first layers, in rising order, are placed.

    Attributes:
        placed: How many of each class.
        rate: The rate of the last one.
        number: Its class; layers of one rate are placed class by class.
        reach: The field so far.
        changes: The changes so far.
        layers: The layers.
    """

    placed: tuple[int, ...]
    rate: int = 1
    number: int = 0
    reach: int = 1
    changes: int = 0
    layers: tuple[Changed, ...] = ()


@dataclass
class Search:
    """A search among the schedules without holes that have the layers of an old one.

    Attributes:
        taps: The old schedule; layers of one tap are left out.
        steps: How many layers may be tried before it gives up.
        least: The smallest field that is wanted.
        most: The largest; None if any will do.
        new: Kernel of one more layer, of any rate; None for no more layers.
        max_rate: The largest rate that is wanted; None if any will do.
        lowers: Whether a rate may become smaller.
    """

    taps: Sequence[Taps]
    steps: int
    least: int = 1
    most: int | None = None
    new: int | None = None
    max_rate: int | None = None
    lowers: bool = True
    _cut: bool = False
    """Whether something was left aside that would take more changes."""

    @cached_property
    def _classes(self) -> tuple[_Class, ...]:
        places: dict[int, list[int]] = defaultdict(list)
        for place in sorted(range(len(self.taps)), key=lambda place: self.taps[place].rate):
            if self.taps[place].kernel > 1:
                places[self.taps[place].kernel].append(place)
        found = [
            _Class(kernel, tuple(own), tuple(self.taps[place].rate for place in own))
            for kernel, own in sorted(places.items())
        ]
        return (*found, _Class(self.new, (None,), (0,))) if self.new is not None else tuple(found)

    def by_distance(self) -> Iterator[list[tuple[Changed, ...]]]:
        """All schedules of equally many changes together, those of the fewest first.

        Raises:
            OutOfReach: It took more than the allowed steps.

        Example:
            >>> search = Search([Taps(3, 1), Taps(3, 2), Taps(3, 9)], steps=1000)
            >>> [[layer.rate for layer in layers] for layers in next(search.by_distance())]
            [[1, 3, 9]]
        """
        start = _Beginning((0,) * len(self._classes))
        bound = self._at_least(start)
        while True:
            self._cut = False
            alike = [one.layers for one in self._endings(start, bound) if one.changes == bound]
            if alike:
                yield alike
            if not self._cut:
                return
            bound += 1

    def _endings(self, beginning: _Beginning, bound: int) -> Iterator[_Beginning]:
        """The whole schedules that go on from a beginning with at most so many changes in all."""
        open_classes = [
            number
            for number, (one, placed) in enumerate(zip(self._classes, beginning.placed, strict=True))
            if placed < len(one.rates)
        ]
        if not open_classes:
            yield beginning
        for number in open_classes:
            for rate in self._rates(beginning, number, bound):
                self.steps -= 1
                if self.steps < 0:
                    raise OutOfReach
                longer = self._with(beginning, number, rate)
                if self._at_least(longer) <= bound:
                    yield from self._endings(longer, bound)
                else:
                    self._cut = True

    def _with(self, beginning: _Beginning, number: int, rate: int) -> _Beginning:
        placed, (kernel, places, rates) = beginning.placed, self._classes[number]
        index = placed[number]
        changes = 0 if places[index] is None else abs(rate - rates[index])
        return _Beginning(
            (*placed[:number], index + 1, *placed[number + 1 :]),
            rate,
            number,
            beginning.reach + (kernel - 1) * rate,
            beginning.changes + changes,
            (*beginning.layers, Changed(places[index], kernel, rate)),
        )

    def _rates(self, beginning: _Beginning, number: int, bound: int) -> range:
        """The rates with which the next layer may go on: no hole, the wanted field in reach, not too many changes."""
        one, index = self._classes[number], beginning.placed[number]
        rest = [kernel for kernel, _, _ in self._left(beginning)]
        rest.remove(one.kernel)
        low = beginning.rate + (number < beginning.number)
        needed = -(-self.least // prod(rest)) - beginning.reach
        low = max(low, -(-needed // (one.kernel - 1)))
        high = beginning.reach
        if self.most is not None:  # all that follow have at least this rate
            high = min(high, (self.most - beginning.reach) // (one.kernel - 1 + sum(kernel - 1 for kernel in rest)))
        if self.max_rate is not None:
            high = min(high, self.max_rate)
        if one.places[index] is None:
            return range(low, high + 1)
        old, left = one.rates[index], bound - beginning.changes
        low = low if self.lowers else max(low, old)
        near = range(max(low, old - left), min(high, old + left) + 1)
        self._cut = self._cut or len(near) < len(range(low, high + 1))
        return near

    def _left(self, beginning: _Beginning) -> Iterator[tuple[int, int | None, int]]:
        """The layers to come: kernel, old rate (None of a new layer), and how many of its class come before it."""
        for one, placed in zip(self._classes, beginning.placed, strict=True):
            for after, index in enumerate(range(placed, len(one.rates))):
                yield one.kernel, None if one.places[index] is None else one.rates[index], after

    def _at_least(self, beginning: _Beginning) -> int:
        """No schedule goes on from here with fewer changes: rates must rise, stay below the field, and add up."""
        left = [*self._left(beginning)]
        if not left:
            return beginning.changes
        widest = beginning.reach * prod(kernel for kernel, _, _ in left)
        others = {kernel: prod(other for other, _, _ in left if other != kernel) for kernel, _, _ in left}
        up = down = up_field = down_field = 0  # steps that cannot be spared, and what they change of the field
        smallest = largest = beginning.reach  # of the field, by the old rates and any rate of a new layer
        for kernel, old, after in left:
            if old is None:
                smallest += (kernel - 1) * beginning.rate
                largest += widest
                continue
            smallest, largest = smallest + (kernel - 1) * old, largest + (kernel - 1) * old
            rises, falls = max(0, beginning.rate - old), max(0, old - self._highest(beginning, kernel, others, after))
            up, up_field = up + rises, up_field + rises * (kernel - 1)
            down, down_field = down + falls, down_field + falls * (kernel - 1)
        most_of_a_step = max(kernel - 1 for kernel, _, _ in left)
        up = max(up, -(-(self.least - largest + down_field) // most_of_a_step))
        if self.most is not None:
            down = max(down, -(-(smallest - self.most + up_field) // most_of_a_step))
        return beginning.changes + up + down

    def _highest(self, beginning: _Beginning, kernel: int, others: dict[int, int], after: int) -> int:
        """The largest rate that a layer to come may have: all of other kernels before it, and its own class so far."""
        new = kernel if self.new == kernel and not beginning.placed[-1] else 1
        return beginning.reach * others[kernel] * prod([kernel] * after) * new
