"""For the checker of answers, from nothing but the definitions: chains laid out on their input, and their measures."""

from __future__ import annotations

from cmath import exp, pi
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

__all__ = ["Chain", "measured", "read"]


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
        return read(self.kernels, self.on_input()) + 1 == 1 << self.field

    def reads_all_behind(self) -> bool:
        """The same on each map behind a stride that a dilated layer, up to the next stride, leads on from."""
        return all(part.reads_all() for part, dilated in self._behind() if dilated)

    def _behind(self) -> Iterator[tuple[Chain, bool]]:
        starts = [number for number in range(1, len(self.rates)) if self.strides[number - 1] > 1]
        for start, stop in pairwise([*starts, len(self.rates)]):
            yield Chain(*(each[start:] for each in self)), max(self.rates[start:stop]) > 1


def read(kernels: Sequence[int], rates: Sequence[int]) -> int:
    """The positions that one output reads, as bits."""
    found = 1
    for kernel, rate in zip(kernels, rates, strict=True):
        here = found
        for tap in range(1, kernel):
            found |= here << tap * rate
    return found


def measured(chain: Chain) -> dict[str, float]:
    """What is said of a schedule, from its usage counts."""
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
    energy = [
        abs(sum(many * exp(-2j * pi * (m * place % rate) / rate) for place, many in enumerate(counts))) / sum(counts)
        for rate in set(rates)
        for m in range(1, rate // 2 + 1)
    ]
    return {
        "isolated": _isolated(kernels, rates, chain.hop),
        "index": max(energy, default=0.0),
        "step": max(steps, default=0.0),
        "paths": min(middle),
        "max_rate": max(chain.rates),
        "near": _width(counts),
    }


def _width(counts: Sequence[int]) -> float:
    """The standard deviation of the positions, each as often as it is used, as a part of the field."""
    middle = Fraction(len(counts) - 1, 2)
    squares = sum(many * (place - middle) ** 2 for place, many in enumerate(counts))
    return sqrt(squares / sum(counts)) / len(counts)


def _isolated(kernels: Sequence[int], rates: Sequence[int], hop: int) -> int:
    for back in range(1, len(rates) + 1):
        reads = read(kernels[-back:], rates[-back:])
        if reads & reads << hop:
            return back - 1
    return len(rates)
