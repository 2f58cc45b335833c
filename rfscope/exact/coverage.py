"""Coverage: which pixels of its receptive field one output reads, and which are holes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import gcd, prod
from typing import TYPE_CHECKING, Any, NamedTuple

from rfscope import limits
from rfscope.exact.digits import lines_used, row_blocks
from rfscope.exact.packed import positions
from rfscope.exact.taps import Taps, axis_support, extent_of, hole_free

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "LISTED",
    "AxisCoverage",
    "Coverage",
    "axes_coverage",
    "chain_coverage",
    "map_coverage",
    "taps_coverage",
]

LISTED = 1_000
"""Holes listed by position; their number is exact however many there are."""


@dataclass(frozen=True)
class Coverage:
    """What part of its receptive field one output reads.

    Attributes:
        size: Pixels the output spans, per axis.
        used: Pixels it reads.
        largest_gap: Largest distance, on lines along each axis, between neighbouring pixels it reads; 1 where none is
            missing.
        subgrids: Number of classes of outputs of one phase, per axis, that share no input; their product counts the
            images that never meet (Wang and Ji, "Smoothed Dilated Convolutions", KDD 2018).
        hole_offsets: Per axis of a chain, the positions never read, from the first pixel of the field; the first
            1,000. None for a network with branches.
        hole_list: The pixels never read of a network with branches; the first 1,000. None for a chain.
    """

    size: tuple[int, ...]
    used: int
    largest_gap: tuple[int, ...]
    subgrids: tuple[int, ...]
    hole_offsets: tuple[tuple[int, ...], ...] | None = None
    hole_list: tuple[tuple[int, ...], ...] | None = None

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
        """The part of the pixels it spans that it reads, 0 to 1; 0 where it spans none."""
        return self.used / self.pixels if self.pixels else 0.0


class AxisCoverage(NamedTuple):
    """What one output reads along one axis, from the first position to the last.

    Attributes:
        size: How many it spans.
        support: The positions it reads, packed: bit ``n`` is the position ``n`` after the first.
        step: The greatest common divisor of the distances between its positions.
    """

    size: int
    support: int
    step: int

    @property
    def largest_gap(self) -> int:
        """The largest distance between neighbouring positions."""
        return max(len(run) for run in f"{self.support:b}".split("1")) + 1 if self.size else 1

    @property
    def hole_offsets(self) -> tuple[int, ...]:
        """The first positions that are missing."""
        holes = self.support ^ ((1 << self.size) - 1)
        return tuple(islice(positions(holes), LISTED)) if holes else ()


def taps_coverage(taps: Sequence[Taps]) -> AxisCoverage:
    """What one output of a chain of windows reads along one axis.

    Raises:
        LimitError: The field is longer than the limit ``axis``.
    """
    size = extent_of(taps)
    limits.check("axis", size)
    support = (1 << size) - 1 if hole_free(taps) else axis_support(taps)
    return AxisCoverage(size, support, gcd(*(rate for kernel, rate in taps if kernel > 1)) or 1)


def packed_coverage(size: int, support: int) -> AxisCoverage:
    """What is read along one axis: so many positions, and the set of those that are read."""
    step = 0
    for place in positions(support):
        step = gcd(step, place)
        if step == 1:
            break
    return AxisCoverage(size, support, step or 1)


def chain_coverage(axes: Sequence[Sequence[Taps]], strides: Sequence[int]) -> Coverage:
    """Coverage of one output of a chain of windows.

    Args:
        axes: Per axis, the taps of each layer in input positions.
        strides: Per axis, input positions from one output to the next.

    Raises:
        LimitError: A field is longer than the limit ``axis``.

    Example:
        >>> chain_coverage([[Taps(3, 2)] * 3] * 2, [1, 1]).used
        49
    """
    known = {taps: taps_coverage(taps) for taps in dict.fromkeys(map(tuple, axes))}
    return axes_coverage([known[tuple(taps)] for taps in axes], strides)


def axes_coverage(axes: Sequence[AxisCoverage], strides: Sequence[int]) -> Coverage:
    """Coverage of one output of any chain, from what it reads along each axis.

    Args:
        axes: Per axis, what is read.
        strides: Per axis, input positions from one output to the next.
    """
    return Coverage(
        size=tuple(axis.size for axis in axes),
        used=prod(axis.support.bit_count() for axis in axes),
        largest_gap=tuple(axis.largest_gap for axis in axes),
        subgrids=tuple(_classes(axis.step, stride) for axis, stride in zip(axes, strides, strict=True)),
        hole_offsets=tuple(axis.hole_offsets for axis in axes),
    )


def _classes(step: int, stride: int) -> int:
    """Number of classes of outputs that share no input, if all positions read lie multiples of ``step`` apart."""
    return step // gcd(step, stride)


def map_coverage(used: np.ndarray[Any, Any], strides: Sequence[int]) -> Coverage:
    """Coverage of one output of a network with branches, from where its counts are not 0.

    Args:
        used: Booleans, one axis of the array per axis of the network, from the first pixel read to the last.
        strides: Per axis, input pixels from one output to the next of the same phase.
    """
    import numpy as np

    steps = [gcd(*line) or 1 for line in lines_used(used)]
    return Coverage(
        size=tuple(used.shape),
        used=int(np.count_nonzero(used)),
        largest_gap=tuple(_largest_gap(np.moveaxis(used, axis, -1)) for axis in range(used.ndim)),
        subgrids=tuple(map(_classes, steps, strides)),
        hole_list=tuple(islice(_holes(used), LISTED)),
    )


def _holes(used: np.ndarray[Any, Any]) -> Iterator[tuple[int, ...]]:
    """The places that are not read, in order."""
    import numpy as np

    for rows in row_blocks(used.shape):
        for row, *place in np.argwhere(~used[rows]):
            yield rows.start + int(row), *map(int, place)


def _largest_gap(lines: np.ndarray[Any, Any]) -> int:
    """The largest distance between neighbours along the last axis."""
    if lines.ndim == 1:
        return _gap_within(lines)
    return max((_gap_within(lines[rows]) for rows in row_blocks(lines.shape)), default=1)


def _gap_within(lines: np.ndarray[Any, Any]) -> int:
    import numpy as np

    here, behind = lines[..., :-1], lines[..., 1:]
    stops, starts = np.flatnonzero(here > behind), np.flatnonzero(behind > here)  # of what is read without a gap
    before = np.searchsorted(stops, starts) - 1  # the stop before each start, if there is one
    stops, starts = stops[before[before >= 0]], starts[before >= 0]
    same_line = stops // here.shape[-1] == starts // here.shape[-1]
    return int((starts - stops + 1)[same_line].max(initial=1))
