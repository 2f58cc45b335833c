"""The layers of a chain along one axis as kernels and rates: what they span and read, how often, what closes holes.

The closed form (a Brown-type lemma): a chain reads every position of its field iff, with its layers sorted by rate,
no rate exceeds the receptive field of the layers sorted before it. If the layers so far cover an interval of length
L and the next rate is at most L, its shifted copies overlap or touch, an interval again; if it is larger, the position
L from the start needs a tap of this or a larger rate, which overshoots. So the order of the layers does not matter, a
rate of 1 is necessary, and the largest rate that opens no hole is the receptive field so far.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from operator import add, or_
from typing import NamedTuple

from rfscope import limits
from rfscope.exact.packed import copies, product, unpack
from rfscope.network.reads import Window

__all__ = [
    "Repair",
    "Taps",
    "axis_counts",
    "axis_support",
    "extent_of",
    "hole_free",
    "input_taps",
    "repair",
    "total_paths",
]


_UNPACKED = 40
"""Bytes of a count as an integer of its own and of its place in a line."""

_SHIFTED = 512
"""Most layers whose counts are shifted and added one after the other; longer chains are products of two halves."""


class Taps(NamedTuple):
    """A layer along one axis.

    Attributes:
        kernel: How many positions it reads.
        rate: How far apart they are. All layers of a schedule have one unit: positions of the map that their piece
            reads, or pixels of the input (``input_taps``).
    """

    kernel: int
    rate: int


def input_taps(windows: Iterable[Window]) -> tuple[Taps, ...]:
    """The taps of each layer of a chain in input positions: the rate times the strides before it."""
    taps, stride = [], 1
    for window in windows:
        taps.append(Taps(window.kernel, window.dilation * stride))
        stride *= window.stride
    return tuple(taps)


def extent_of(taps: Iterable[Taps]) -> int:
    """Positions from the first that a chain reads to the last: ``1 + sum (k - 1) a``."""
    return 1 + sum((kernel - 1) * rate for kernel, rate in taps)


def total_paths(taps: Iterable[Taps]) -> int:
    """How many paths lead from the input to one output: the product of the kernels."""
    return prod(kernel for kernel, _ in taps)


def axis_support(taps: Sequence[Taps]) -> int:
    """The positions that one output of a chain reads, as a packed set; position 0 is the first of its field.

    Raises:
        LimitError: The field is longer than the limit ``axis``.

    Example:
        >>> bin(axis_support([Taps(3, 2), Taps(2, 4)]))
        '0b101010101'
    """
    limits.check("axis", extent_of(taps))
    support = 1
    for kernel, rate in taps:
        support = copies(support, rate, kernel, or_)
    return support


def axis_counts(taps: Sequence[Taps]) -> tuple[int, ...]:
    """Paths from each position of the field to one output of a chain, along one axis, exact at any size.

    Raises:
        LimitError: The field is longer than the limit ``axis``, or its counts take more than ``axis-bits`` or
            ``map-bytes``.

    Example:
        >>> axis_counts([Taps(3, 1), Taps(3, 2)])
        (1, 1, 2, 1, 2, 1, 1)
    """
    size = extent_of(taps)
    limits.check("axis", size)
    width = _digit_bytes(total_paths(taps))
    limits.check("axis-bits", size * width * 8)
    limits.check("map-bytes", size * (_UNPACKED + 4 * width))
    if len(taps) > _SHIFTED:  # adding all digits of all counts once a layer would be cubic
        half = len(taps) // 2
        first, last = taps[:half], taps[half:]
        line = axis_counts(first)
        return product(line, line if first == last else axis_counts(last))
    packed = 1
    for kernel, rate in taps:
        packed = copies(packed, rate * width * 8, kernel, add)
    return unpack(packed, size, width)


def _digit_bytes(largest: int) -> int:
    """Bytes that hold every count: a machine word where one is wide enough."""
    needed = (largest.bit_length() + 7) // 8
    return next((word for word in (1, 2, 4, 8) if word >= needed), needed)


class Repair(NamedTuple):
    """Where a schedule opens holes and the nearest schedule below it that has none. All in layer order.

    Attributes:
        allowed: Largest rate at which each layer opens no hole, given the repaired layers of smaller rate.
        repaired: The rates, each lowered to what is allowed. For equal kernels no hole-free schedule that raises no
            rate has a smaller sum of lowerings; for mixed kernels it is hole-free and no single rate can be put back.
        first_bad: Index of the first layer, in order of rate, whose rate is above what is allowed; None if none is.
    """

    allowed: tuple[int, ...]
    repaired: tuple[int, ...]
    first_bad: int | None


def hole_free(schedule: Sequence[Taps]) -> bool:
    """Tell whether a chain reads every position of its receptive field along an axis.

    Sorted by rate, no layer's rate may exceed the receptive field of those before it.

    Args:
        schedule: Kernel and rate of each layer in any order, all at one resolution; kernels of 1 are passed over.

    Source:
        The module's text; Brown, "Note on complete sequences of integers" (1961), for the criterion on sums.

    Example:
        >>> hole_free([Taps(3, 1), Taps(3, 2), Taps(3, 5)]), hole_free([Taps(3, 2), Taps(3, 4), Taps(3, 8)])
        (True, False)
    """
    reach = 1
    for kernel, rate in sorted(schedule, key=_rate):
        if kernel > 1:
            if rate > reach:
                return False
            reach += (kernel - 1) * rate
    return True


def repair(schedule: Sequence[Taps]) -> Repair:
    """Find the largest rate each layer may have, and lower every layer that is above it.

    Goes through the layers in order of rate (ties keep their order); the bound is the receptive field so far, and
    the walk goes on with the rate that was taken: 2,4,8 has the bounds 1,3,9 and becomes 1,3,8.

    Example:
        >>> repair([Taps(3, 2), Taps(3, 4), Taps(3, 8)])
        Repair(allowed=(1, 3, 9), repaired=(1, 3, 8), first_bad=0)
    """
    allowed, repaired = [0] * len(schedule), [0] * len(schedule)
    first_bad, reach = None, 1
    for place in sorted(range(len(schedule)), key=lambda place: schedule[place].rate):
        kernel, rate = schedule[place]
        allowed[place] = reach
        repaired[place] = rate if kernel == 1 else min(rate, reach)
        if repaired[place] < rate and first_bad is None:
            first_bad = place
        reach += (kernel - 1) * repaired[place]
    return Repair(tuple(allowed), tuple(repaired), first_bad)


def _rate(taps: Taps) -> int:
    return taps.rate
