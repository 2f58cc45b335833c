"""The usage counts of a network with branches, as a map whose counts are digits of numpy's integers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any, Self

from rfscope import limits
from rfscope.exact.cells import EXACT, Cells, CellsOfMap
from rfscope.exact.counts import UsageCounts
from rfscope.exact.digits import DIGIT_BITS, anywhere, exact_sum, extreme, row_blocks

if TYPE_CHECKING:
    import numpy as np

__all__ = ["DenseCounts"]


@dataclass(frozen=True, eq=False)
class DenseCounts(UsageCounts):
    """The counts of a network with branches.

    Attributes:
        planes: int64 of shape (digits, *sizes): the digits of the counts to the base 2^48, least significant first; or
            a single plane of counts below 2^63.
    """

    planes: np.ndarray[Any, Any]

    @property
    def size(self) -> tuple[int, ...]:
        """Pixels along each axis."""
        return tuple(self.planes.shape[1:])

    @cached_property
    def where(self) -> np.ndarray[Any, Any]:
        """Where the counts are not 0: booleans, one axis of the array per axis of the network."""
        return anywhere(self.planes)

    @cached_property
    def used(self) -> int:
        """How many pixels are read."""
        import numpy as np

        return int(np.count_nonzero(self.where))

    @cached_property
    def paths(self) -> int:
        """All paths from any pixel to the output."""
        return sum(self.marginal(0))

    @cached_property
    def min(self) -> int:
        """Smallest count; 0 where there is a hole."""
        return self.smallest if self.used == prod(self.size) else 0

    @cached_property
    def max(self) -> int:
        """Largest count."""
        return max((extreme(used, "max") for used in self._blocks()), default=0)

    @cached_property
    def smallest(self) -> int:
        """Smallest count that is not 0."""
        return min((extreme(used, "min") for used in self._blocks()), default=0)

    def _blocks(self) -> Iterator[np.ndarray[Any, Any]]:
        """The counts that are not 0, of some rows at a time: digits of shape (digits, counts)."""
        for rows in row_blocks(self.size):
            used = self.planes[:, rows][:, self.where[rows]]
            if used.size:
                yield used

    def marginal(self, axis: int) -> tuple[int, ...]:
        """Paths from all pixels at each place along an axis."""
        others = tuple(other for other in range(len(self.size)) if other != axis)
        parts = [exact_sum(self.planes[:, rows], others) for rows in row_blocks(self.size)]
        if axis == 0:
            return tuple(int(count) for part in parts for count in part)
        return tuple(int(count) for count in sum(parts)) if parts else (0,) * self.size[axis]

    def slice(self, place: int) -> Self:
        """What lies at one place of the first axis, over the other axes."""
        return type(self)(self.planes[:, place])

    def count(self, *place: int) -> int:
        """The count of one pixel."""
        return sum(int(plane[place]) << DIGIT_BITS * digit for digit, plane in enumerate(self.planes))

    def map(self) -> np.ndarray[Any, Any]:
        """The dense map."""
        if len(self.planes) > 1:  # a Python integer for each cell, and others on the way
            limits.check("map-bytes", prod(self.size) * (80 + 16 * len(self.planes)))
        counts: np.ndarray[Any, Any] = self.planes[-1]
        for digit in self.planes[-2::-1]:
            counts = (counts.astype(object) << DIGIT_BITS) + digit
        return counts

    def _merged(self, block: Sequence[int]) -> Cells:
        import numpy as np

        unit = self.max if self.max > EXACT else 1
        rows = list(row_blocks(self.size, block[0])) or [slice(0)]
        parts = [_cells_of(self, some, block, unit) for some in rows]
        return CellsOfMap(unit, *map(np.concatenate, zip(*parts, strict=True)))


def _cells_of(counts: DenseCounts, rows: slice, block: Sequence[int], unit: int) -> tuple[np.ndarray[Any, Any], ...]:
    """The cells of some rows: the largest counts in units, whether one pixel is read, and whether one is not."""
    import numpy as np

    shift = unit.bit_length() - 1
    read = counts.where[rows]
    values, holes = np.zeros(read.shape), ~read
    for digit, plane in enumerate(counts.planes):
        values += np.ldexp(plane[rows].astype(float), DIGIT_BITS * digit - shift)
    for axis, step in enumerate(block):
        starts = range(0, read.shape[axis], step)
        values = np.maximum.reduceat(values, starts, axis=axis)
        read = np.logical_or.reduceat(read, starts, axis=axis)
        holes = np.logical_or.reduceat(holes, starts, axis=axis)
    return values / (unit / 2**shift), read, holes
