"""What the checker knows of schedules: from reading, counting and writing down all of them, by no closed form."""

from __future__ import annotations

from cmath import exp, pi
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import sqrt

__all__ = ["TooMany", "measured", "nearer", "read", "shared"]

_PRODUCTS = 2**23
"""Products of the Fourier transforms of a schedule, some seconds; above that its gridding index is left out."""


class TooMany(Exception):  # noqa: N818 - nothing is wrong
    """There are more ways than may be gone through."""


def shared(kernels: Sequence[int], left: int, largest: int | None, most: int) -> Iterator[tuple[int, ...]]:
    """Every way to share out a field among layers; the rates of equal kernels, which stand together, rise.

    Raises:
        TooMany: It takes more steps than ``most``, dead ends among them.
    """
    steps = 0

    def go(layer: int, left: int, rates: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        nonlocal steps
        steps += 1
        if steps > most:
            raise TooMany
        if layer == len(kernels):
            if left == 0:
                yield rates
            return
        step = kernels[layer] - 1
        first = rates[-1] if layer and kernels[layer - 1] == kernels[layer] else 1
        if layer == len(kernels) - 1:
            first = max(first, -(-left // step))  # the last takes all that is left
        rest = sum(kernel - 1 for kernel in kernels[layer + 1 :])
        if largest is not None:  # those that follow can take no more than this
            first = max(first, -(-(left - rest * largest) // step))
        for rate in range(first, min((left - rest) // step, largest or left) + 1):
            yield from go(layer + 1, left - step * rate, (*rates, rate))

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


def read(kernels: Sequence[int], rates: Sequence[int]) -> int:
    """The positions that one output reads, as bits."""
    found = 1
    for kernel, rate in zip(kernels, rates, strict=True):
        here = found
        for tap in range(1, kernel):
            found |= here << tap * rate
    return found


def measured(kernels: Sequence[int], rates: Sequence[int]) -> dict[str, float | None]:
    """What is said of a schedule, from its usage counts; None where that takes too long."""
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
        "isolated": _isolated(kernels, rates),
        "index": _index(counts, set(rates)),
        "step": max(steps, default=0.0),
        "paths": min(middle),
        "max_rate": max(rates),
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


def _isolated(kernels: Sequence[int], rates: Sequence[int]) -> int:
    for back in range(1, len(rates) + 1):
        found = read(kernels[-back:], rates[-back:])
        if found & found << 1:
            return back - 1
    return len(rates)
