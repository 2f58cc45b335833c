"""Coverage: which pixels of its receptive field one output reads, which are holes, and what would close them.

The closed form (a Brown-type lemma): a chain reads every position of its field iff, with its layers sorted by rate,
no rate exceeds the receptive field of the layers sorted before it. If the layers so far cover an interval of length
L and the next rate is at most L, its shifted copies overlap or touch, an interval again; if it is larger, the position
L from the start needs a tap of this or a larger rate, which overshoots. So the order of the layers does not matter, a
rate of 1 is necessary, and the largest rate that opens no hole is the receptive field so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from math import gcd, prod

from rfscope.exact.packed import positions
from rfscope.exact.usage import Taps, axis_support, extent_of

__all__ = ["Coverage", "Repair", "chain_coverage", "hole_free", "repair"]

_LISTED = 1_000
"""Holes listed by position; their number is exact however many there are."""


@dataclass(frozen=True, slots=True)
class Repair:
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


@dataclass(frozen=True)
class _Axis:
    """Coverage along one axis."""

    size: int
    support: int
    classes: int

    @cached_property
    def used(self) -> int:
        return self.support.bit_count()

    @cached_property
    def largest_gap(self) -> int:
        return max(len(run) for run in f"{self.support:b}".split("1")) + 1

    @cached_property
    def hole_offsets(self) -> tuple[int, ...]:
        holes = self.support ^ ((1 << self.size) - 1)
        return tuple(islice(positions(holes), _LISTED)) if holes else ()


@dataclass(frozen=True)
class Coverage:
    """What part of its receptive field one output reads.

    Attributes:
        size: Pixels the output spans, per axis.
        used: Pixels it reads.
        largest_gap: Largest distance between neighbouring pixels it reads, per axis; 1 where none is missing.
        subgrids: Number of classes of outputs, per axis, that share no input; their product counts the images that
            never meet (Wang and Ji, "Smoothed Dilated Convolutions", KDD 2018).
        hole_offsets: Per axis, the positions never read, from the first pixel of the field; the first 1,000.
    """

    size: tuple[int, ...]
    used: int
    largest_gap: tuple[int, ...]
    subgrids: tuple[int, ...]
    hole_offsets: tuple[tuple[int, ...], ...]

    @property
    def pixels(self) -> int:
        """Pixels the output spans, over all axes."""
        return prod(self.size)

    @property
    def holes(self) -> int:
        """Pixels it spans and does not read."""
        return self.pixels - self.used

    @property
    def share(self) -> float:
        """The part of the pixels it spans that it reads, 0 to 1."""
        return self.used / self.pixels


def chain_coverage(axes: Sequence[Sequence[Taps]], strides: Sequence[int]) -> Coverage:
    """Coverage of one output of a chain.

    Args:
        axes: Per axis, the taps of each layer in input positions.
        strides: Per axis, input positions from one output to the next.

    Raises:
        LimitError: A field is longer than the limit ``axis``.

    Example:
        >>> chain_coverage([[Taps(3, 2)] * 3] * 2, [1, 1]).used
        49
    """
    found: dict[tuple[tuple[Taps, ...], int], _Axis] = {}
    lines = []
    for taps, stride in zip(map(tuple, axes), strides, strict=True):
        if (taps, stride) not in found:
            found[taps, stride] = _axis(taps, stride)
        lines.append(found[taps, stride])
    return Coverage(
        size=tuple(line.size for line in lines),
        used=prod(line.used for line in lines),
        largest_gap=tuple(line.largest_gap for line in lines),
        subgrids=tuple(line.classes for line in lines),
        hole_offsets=tuple(line.hole_offsets for line in lines),
    )


def _axis(taps: tuple[Taps, ...], stride: int) -> _Axis:
    size = extent_of(taps)
    step = gcd(*(rate for kernel, rate in taps if kernel > 1)) or 1  # of the differences between used positions
    support = (1 << size) - 1 if hole_free(taps) else axis_support(taps)
    return _Axis(size, support, step // gcd(step, stride))
