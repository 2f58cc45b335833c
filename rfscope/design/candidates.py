"""All schedules without holes of some layers and a field, or some of them drawn, as columns of rates: one tooth each.

Layer is added behind layer in rising order of rates, to many beginnings at once. The next rate is at least the last,
at most the field so far, and such that the wished field stays in reach; so hardly a beginning comes to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from rfscope.design.counting import Counts, Table
from rfscope.design.layers import Layers
from rfscope.design.strides import jumps_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Candidates", "all_candidates", "sampled", "strolled"]

_BLOCK = 2**16
"""Beginnings that go on together."""


class Candidates(NamedTuple):
    """Some schedules of the same kernels in rising order of rates; with strides, in the order of the layers.

    Attributes:
        kernels: Taps of each layer.
        rates: The rates, (layers, schedules).
        strides: The stride of each layer; none if all are 1.
    """

    kernels: tuple[int, ...]
    rates: NDArray[np.int32]
    strides: tuple[int, ...] = ()

    @property
    def on_input(self) -> NDArray[np.int32]:
        """The rates in positions of the input."""
        import numpy as np

        return self.rates * np.array(jumps_of(self.strides), np.int32)[:, None] if self.strides else self.rates


class _Beginnings(NamedTuple):
    """Beginnings of schedules, all of the same kernels.

    Attributes:
        numbers: The class of each layer that is placed.
        rates: Their rates in positions of the input, (layers, beginnings).
        reach: The field so far.
    """

    numbers: tuple[int, ...]
    rates: NDArray[np.int32]
    reach: NDArray[np.int64]


def all_candidates(layers: Layers, field: int) -> Iterator[Candidates]:
    """Every schedule of a field, in blocks; those of equal kernels in the order of their rates.

    Example:
        >>> [block.rates.T.tolist() for block in all_candidates(Layers.of([3, 3, 3]), 17)]
        [[[1, 2, 5], [1, 3, 4]]]
    """
    import numpy as np

    start = _Beginnings((), np.ones((0, 1), np.int32), np.ones(1, np.int64))
    yield from _endings(layers, field, start)


def _endings(layers: Layers, field: int, beginnings: _Beginnings) -> Iterator[Candidates]:
    if len(beginnings.numbers) == len(layers):
        yield _written(layers, beginnings)
        return
    for number, alike in enumerate(layers.classes):
        if beginnings.numbers.count(number) < alike.many:
            for longer in _one_more(layers, field, beginnings, number):
                yield from _endings(layers, field, longer)


def _written(layers: Layers, whole: _Beginnings) -> Candidates:
    import numpy as np

    if layers.strides:
        jumps = np.array(layers.jumps, np.int32)
        return Candidates(layers.kernels, whole.rates[layers.in_order(whole.numbers)] // jumps[:, None], layers.strides)
    tooth = dict(zip(layers.kernels, layers.tooth, strict=True))
    return Candidates(tuple(tooth[layers.classes[number].kernel] for number in whole.numbers), whole.rates)


def _one_more(layers: Layers, field: int, beginnings: _Beginnings, number: int) -> Iterator[_Beginnings]:
    """The beginnings with a layer of one class behind them, in blocks."""
    import numpy as np

    kernel, jump, _ = layers.classes[number]
    rest = list(layers.kernels)
    for placed in (*beginnings.numbers, number):
        rest.remove(layers.classes[placed].kernel)
    low = np.ones(len(beginnings.reach), np.int64)
    if beginnings.numbers:  # those of one rate are placed class by class
        low = beginnings.rates[-1] + np.int64(number < beginnings.numbers[-1])
    reach = beginnings.reach
    low = np.maximum(low, -((reach - -(-field // prod(rest))) // (kernel - 1)))
    high = np.minimum(reach, (field - reach) // (kernel - 1 + sum(other - 1 for other in rest)))
    low, high = -(-low // jump), high // jump
    if layers.max_rate is not None:
        high = np.minimum(high, layers.max_rate)
    many = np.maximum(0, high - low + 1)
    ends = np.cumsum(many)
    first = 0
    while first < len(many):
        before = ends[first - 1] if first else 0
        stop = max(first + 1, int(np.searchsorted(ends, before + _BLOCK, side="right")))
        if ends[stop - 1] > before:
            rows = np.repeat(np.arange(first, stop), many[first:stop])
            rates = jump * (low[rows] + np.arange(len(rows)) - (ends[rows] - many[rows] - before))
            yield _Beginnings(
                (*beginnings.numbers, number),
                np.vstack([beginnings.rates[:, rows], rates[None].astype(np.int32)]),
                reach[rows] + (kernel - 1) * rates,
            )
        first = stop


def sampled(counts: Counts, field: int, many: int, seed: int) -> list[tuple[tuple[int, int], ...]]:
    """Schedules drawn uniformly, each on its own, from all of a field: (kernel, rate) of each layer.

    Rates rise; with strides, the layers are in their order.

    The recurrence is walked back: at each rate, one more layer has it with the probability that the counts say.
    """
    import random
    from functools import cache, partial

    draw = random.Random(seed).random  # noqa: S311 - of no secret
    layers, after = counts.layers, counts.final
    start = _Rest(tuple(alike.many for alike in layers.classes), (field - 1) // layers.step)
    walked: list[tuple[_Rest, tuple[tuple[int, int, int], ...]]] = [(start, ())] * many
    for rate, number, before in counts.falling():
        chance = cache(partial(_chance, counts, after, before, rate, number))
        kernel, jump, _ = layers.classes[number]
        step = rate * (kernel - 1) // layers.step
        layer = (number, (kernel - 1) // layers.teeth + 1, rate // jump)
        for index, (rest, found) in enumerate(walked):
            now, times = rest, 0
            while draw() < chance(now):
                now, times = now.less(number, step), times + 1
            if times:
                walked[index] = (now, (layer,) * times + found)
        after = before
    return [_layers(layers, found) for _, found in walked]


def _layers(layers: Layers, drawn: tuple[tuple[int, int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Kernel and rate of each layer, of classes, kernels and rates."""
    order = layers.in_order([number for number, _, _ in drawn]) if layers.strides else range(len(drawn))
    return tuple(drawn[place][1:] for place in order)


def strolled(layers: Layers, field: int, many: int, seed: int) -> Candidates:
    """Schedules of layers of one kernel, each rate drawn from all that lead to the field: not a fair sample.

    For fields so large that schedules cannot be counted.

    Example:
        >>> strolled(Layers.of([3] * 3), 27, 2, seed=0).rates.T.tolist()
        [[1, 3, 9], [1, 3, 9]]
    """
    import numpy as np

    (kernel, _, of_kernel), *others = layers.classes
    if others:
        raise AssertionError("layers of several classes")
    needed = [field]  # the smallest field from which so many more layers reach it
    for _ in range(of_kernel - 1):
        most = needed[-1] if layers.max_rate is None else layers.max_rate
        needed.append(max(-(-needed[-1] // kernel), needed[-1] - (kernel - 1) * most))
    draw = np.random.default_rng(seed)
    rates, reach = np.ones((1, many), np.int64), np.ones(many, np.int64)
    for left in range(of_kernel, 0, -1):
        low = np.maximum(rates[-1], -((reach - needed[left - 1]) // (kernel - 1)))
        high = np.minimum(reach, (field - reach) // ((kernel - 1) * left))
        high = high if layers.max_rate is None else np.minimum(high, layers.max_rate)
        go_on = low <= high
        rates, reach, low, high = rates[:, go_on], reach[go_on], low[go_on], high[go_on]
        rate = draw.integers(low, high, endpoint=True)
        rates, reach = np.vstack([rates, rate]), reach + (kernel - 1) * rate
    return Candidates(layers.tooth, rates[1:].astype(np.int32), layers.strides)


class _Rest(NamedTuple):
    """What of a schedule is not yet drawn: how many layers of each class, and where their field is in the tables."""

    placed: tuple[int, ...]
    place: int

    def less(self, number: int, step: int) -> _Rest:
        """The same without one layer."""
        placed = self.placed
        return _Rest((*placed[:number], placed[number] - 1, *placed[number + 1 :]), self.place - step)


def _chance(counts: Counts, after: Table, before: Table, rate: int, number: int, rest: _Rest) -> float:
    """The share of the ways to place these layers in which the last of a class has this rate, exact to 2^-53."""
    layers = counts.layers
    if not layers.allows(number, rate):
        return 0.0
    less = rest.less(number, rate * (layers.classes[number].kernel - 1) // layers.step)
    if not rest.placed[number] or less.place < 0 or less.place * layers.step + 1 < rate:
        return 0.0
    taken = counts.digit(after[less.placed], less.place)
    return taken / (taken + counts.digit(before[rest.placed], rest.place)) if taken else 0.0
