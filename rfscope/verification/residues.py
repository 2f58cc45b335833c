"""The arithmetic: how large the numbers of a verification become, and residues where float64 cannot hold them.

A number below the product of some primes is known from its remainders. If there are too many paths for float64, the
whole network is computed once for each prime, and every value on the way is reduced. Then a layer adds up at most as
many numbers below the prime as it has taps, and the sum stays below 2^53.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import singledispatch
from math import gcd, isqrt, prod
from typing import NamedTuple

from rfscope.network.reads import Table, TransposedWindow, Window
from rfscope.verification.as_torch import RunnableRead, sides
from rfscope.verification.canvas import CanvasStep

__all__ = ["EXACT", "Bounds", "bounds", "moduli"]

EXACT = 2**53
"""All integers up to this one are float64 numbers."""

_LARGEST = 2**26
"""Products of two numbers below it are exact too."""


def moduli(largest: int, taps: int) -> tuple[int, ...]:
    """The primes whose remainders determine an integer; none where float64 holds it as it is.

    Args:
        largest: The largest integer that may come up.
        taps: The most numbers added up before they are reduced.

    Example:
        >>> moduli(3**33, 9), moduli(3**34, 9)
        ((), (67108859, 67108837, 67108819))
    """
    found: list[int] = []
    if largest < EXACT:
        return ()
    candidates, product = _primes_below(min(_LARGEST, EXACT // taps)), 1
    while product <= largest:
        found.append(next(candidates))
        product *= found[-1]
    return tuple(found)


def _primes_below(bound: int) -> Iterator[int]:
    """Primes below a bound, falling, without 2."""
    for number in range((bound - 2) | 1, 2, -2):
        if all(number % divisor for divisor in range(3, isqrt(number) + 1, 2)):
            yield number


class Bounds(NamedTuple):
    """Bounds on the numbers that come up.

    Attributes:
        largest: On the paths from any position of any map to one output.
        added: On the numbers that are added up for one position of a map.
    """

    largest: int
    added: int


def bounds(steps: Sequence[CanvasStep]) -> Bounds:
    """Walk back from the output: a position leads to as many outputs of a node as may read it.

    Args:
        steps: The nodes in topological order, the last one making the output.
    """
    paths, added = {steps[-1].name: 1}, {steps[-1].name: 1}
    for step in reversed(steps):
        fan = prod(_readers(read) * _copies(step, axis) for axis, read in enumerate(step.reads))
        for name in step.inputs:
            paths[name] = paths.get(name, 0) + paths[step.name] * fan
            added[name] = added.get(name, 0) + fan
    return Bounds(max(paths.values()), max(added.values()))


def _copies(step: CanvasStep, axis: int) -> int:
    """The most places, in the map and in its padding, at which one position of the map is read."""
    read = step.reads[axis]
    if step.padding_mode == "zeros" or not isinstance(read, Window):
        return 1
    around = [max(0, side) for side in sides(read)]
    turn = 1 if step.padding_mode == "replicate" else max(1, step.before[axis] - 1)
    return 1 + sum(-(-side // turn) for side in around)


@singledispatch
def _readers(read: RunnableRead) -> int:
    """The most outputs that read one input."""
    raise TypeError(read)


@_readers.register(Window)
def _(read: Window) -> int:
    return -(-read.kernel * gcd(read.stride, read.dilation) // read.stride)


@_readers.register(TransposedWindow)
def _(read: TransposedWindow) -> int:
    return read.kernel


@_readers.register(Table)
def _(read: Table) -> int:
    if not read.shift:
        return read.size or len(read.starts)
    return sum(-(-(stop - start) // read.shift) for start, stop in zip(read.starts, read.stops, strict=True))
