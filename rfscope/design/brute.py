"""What the checker knows of schedules: from reading, counting and writing down all of them, by no closed form."""

from __future__ import annotations

from cmath import exp, pi
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

__all__ = ["Chain", "TooMany", "measured", "nearer", "shared"]

_PRODUCTS = 2**23
"""Products of the Fourier transforms of a schedule, some seconds; above that its gridding index is left out."""


class TooMany(Exception):  # noqa: N818 - nothing is wrong
    """There are more ways than may be gone through."""


class Chain(NamedTuple):
    """Layers one behind the other.

    Attributes:
        kernels: Taps of each.
        rates: How far apart they are, on the map that the layer reads.
        strides: Stride of each.
    """

    kernels: Sequence[int]
    rates: Sequence[int]
    strides: Sequence[int]

    def on_input(self) -> list[int]:
        """How far apart the taps of each layer are on the input."""
        found, apart = [], 1
        for rate, stride in zip(self.rates, self.strides, strict=True):
            found.append(rate * apart)
            apart *= stride
        return found

    @property
    def hop(self) -> int:
        """How far apart two adjacent outputs are on the input."""
        apart = 1
        for stride in self.strides:
            apart *= stride
        return apart

    @property
    def field(self) -> int:
        """The size of the receptive field."""
        return 1 + sum((kernel - 1) * rate for kernel, rate in zip(self.kernels, self.on_input(), strict=True))

    def reads_all(self) -> bool:
        """Whether one output reads every position of its field."""
        return _read(self.kernels, self.on_input()) + 1 == 1 << self.field

    def reads_all_behind(self) -> bool:
        """The same on each map behind a stride that a dilated layer, up to the next stride, leads on from."""
        return all(part.reads_all() for part, dilated in self._behind() if dilated)

    def _behind(self) -> Iterator[tuple[Chain, bool]]:
        starts = [number for number in range(1, len(self.rates)) if self.strides[number - 1] > 1]
        for start, stop in pairwise([*starts, len(self.rates)]):
            yield Chain(*(each[start:] for each in self)), max(self.rates[start:stop]) > 1


def shared(
    kernels: Sequence[int], strides: Sequence[int], left: int, largest: int | None, most: int
) -> Iterator[tuple[int, ...]]:
    """Every way to share out a field among layers; the rates of layers of equal kernels and places rise.

    Raises:
        TooMany: It takes more steps than ``most``, dead ends among them.
    """
    jumps = Chain(kernels, [1] * len(kernels), strides).on_input()
    order = sorted(range(len(kernels)), key=lambda layer: (jumps[layer], kernels[layer]))
    alike = [(jumps[layer], kernels[layer]) for layer in order]
    sizes = [(kernel - 1) * jump for jump, kernel in alike]
    steps = 0

    def go(layer: int, left: int, rates: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        nonlocal steps
        steps += 1
        if steps > most:
            raise TooMany
        if layer == len(kernels):
            if left == 0:
                yield tuple(rates[order.index(place)] for place in range(len(rates)))
            return
        size = sizes[layer]
        first = rates[-1] if layer and alike[layer - 1] == alike[layer] else 1
        if layer == len(kernels) - 1:
            first = max(first, -(-left // size))  # the last takes all that is left
        rest = sum(sizes[layer + 1 :])
        if largest is not None:  # those that follow can take no more than this
            first = max(first, -(-(left - rest * largest) // size))
        for rate in range(first, min((left - rest) // size, largest or left) + 1):
            yield from go(layer + 1, left - size * rate, (*rates, rate))

    yield from go(0, left, ())


def nearer(near: Sequence[int], most: int) -> Iterator[tuple[int, ...]]:
    """All rates at most so many steps away."""
    if most < 0:
        return
    if not near:
        yield ()
        return
    for rate in range(max(1, near[0] - most), near[0] + most + 1):
        for rest in nearer(near[1:], most - abs(rate - near[0])):
            yield (rate, *rest)


def _read(kernels: Sequence[int], rates: Sequence[int]) -> int:
    """The positions that one output reads, as bits."""
    found = 1
    for kernel, rate in zip(kernels, rates, strict=True):
        here = found
        for tap in range(1, kernel):
            found |= here << tap * rate
    return found


def measured(chain: Chain) -> dict[str, float | None]:
    """What is said of a schedule, from its usage counts; None where that takes too long."""
    kernels, rates = chain.kernels, chain.on_input()
    counts = [1]
    for kernel, rate in zip(kernels, rates, strict=True):
        longer = [0] * (len(counts) + (kernel - 1) * rate)
        for tap in range(kernel):
            for place, many in enumerate(counts):
                longer[place + tap * rate] += many
        counts = longer
    middle = counts[len(counts) // 4 : len(counts) - len(counts) // 4]
    steps = [abs(one - other) / (one + other) for one, other in pairwise(middle) if one + other]
    return {
        "isolated": _isolated(kernels, rates, chain.hop),
        "index": _index(counts, set(rates)),
        "step": max(steps, default=0.0),
        "paths": min(middle),
        "max_rate": max(chain.rates),
        "near": _width(counts),
    }


def _index(counts: Sequence[int], rates: set[int]) -> float | None:
    """The largest part of the usage counts that lies on a grid: their Fourier transform at the grids' frequencies."""
    if sum(rate * rate for rate in rates) > 2 * _PRODUCTS:
        return None
    largest, total = 0.0, sum(counts)
    for rate in rates:
        folded = [sum(counts[place::rate]) / total for place in range(rate)]  # frequencies m / rate see no more
        turns = [exp(-2j * pi * place / rate) for place in range(rate)]
        for m in range(1, rate // 2 + 1):
            largest = max(largest, abs(sum(part * turns[m * place % rate] for place, part in enumerate(folded))))
    return largest


def _width(counts: Sequence[int]) -> float:
    """The standard deviation of the positions, each as often as it is used, as a part of the field."""
    middle = Fraction(len(counts) - 1, 2)
    squares = sum(many * (place - middle) ** 2 for place, many in enumerate(counts))
    return sqrt(squares / sum(counts)) / len(counts)


def _isolated(kernels: Sequence[int], rates: Sequence[int], hop: int) -> int:
    for back in range(1, len(rates) + 1):
        found = _read(kernels[-back:], rates[-back:])
        if found & found << hop:
            return back - 1
    return len(rates)
