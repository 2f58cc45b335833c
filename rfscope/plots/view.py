"""What a picture shows of a count map: all of it in one or two dimensions, one plane of it in three.

The counts of a chain stay lines of counts along the axes, so a map of a hundred million pixels that is drawn with a
thousand cells on each side never exists in memory. Those of a network with branches are a map already. Either way they
stay exact until they become colours.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from math import ceil, prod
from typing import TYPE_CHECKING, Any

from rfscope import limits
from rfscope.errors import UnsupportedError
from rfscope.exact.usage import DIGIT_BITS, Counts, DenseCounts, UsageCounts

if TYPE_CHECKING:
    import numpy as np

__all__ = ["EXACT", "Cells", "Lines", "Map", "View", "view"]

EXACT = 2**53
"""Up to here every integer is a floating-point number too."""


class View(ABC):
    """A line or a plane of counts, the last axis running to the right.

    Attributes:
        plane: Pixels from the centre to the plane along the axis left out; None if none is.
    """

    plane: Fraction | None

    @property
    @abstractmethod
    def size(self) -> tuple[int, ...]:
        """Pixels along each axis shown."""

    @property
    @abstractmethod
    def used(self) -> int:
        """Pixels shown that are read."""

    @property
    @abstractmethod
    def smallest(self) -> int:
        """Smallest count shown that is not 0."""

    @property
    @abstractmethod
    def largest(self) -> int:
        """Largest count shown."""

    @abstractmethod
    def count(self, *place: int) -> int:
        """The count of one pixel."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns; a line is one row."""
        return (self.size[0], self.size[1]) if len(self.size) == 2 else (1, self.size[0])

    @property
    def pixels(self) -> int:
        """Pixels shown."""
        return prod(self.size)

    def cells(self, block: Sequence[int]) -> Cells:
        """Merge pixels into cells of so many pixels along each axis shown.

        Raises:
            LimitError: There are more cells than the limit ``cells``.
        """
        limits.check("cells", prod(ceil(length / step) for length, step in zip(self.size, block, strict=True)))
        return self._merged(block, self.largest if self.largest > EXACT else 1)

    @abstractmethod
    def _merged(self, block: Sequence[int], unit: int) -> Cells: ...


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a picture, one entry of the arrays each.

    Attributes:
        values: The largest count of the pixels merged, in multiples of the unit.
        read: Whether one of them is read.
        holes: Whether one of them is never read.
        unit: 1, and the values are exact, unless there are counts above 2^53.
    """

    values: np.ndarray[Any, np.dtype[np.float64]]
    read: np.ndarray[Any, np.dtype[np.bool_]]
    holes: np.ndarray[Any, np.dtype[np.bool_]]
    unit: int


@dataclass(frozen=True)
class Lines(View):
    """A product: a pixel's count is that of its lines' entries and the weight.

    Attributes:
        lines: Counts along each axis shown.
        weight: The count that the axis left out contributes; 1 if none is.
    """

    lines: tuple[tuple[int, ...], ...]
    weight: int = 1
    plane: Fraction | None = None

    @property
    def size(self) -> tuple[int, ...]:
        """Pixels along each axis shown."""
        return tuple(len(line) for line in self.lines)

    @cached_property
    def used(self) -> int:
        """Pixels shown that are read."""
        return prod(len(line) - line.count(0) for line in self.lines)

    @cached_property
    def smallest(self) -> int:
        """Smallest count shown that is not 0."""
        return self.weight * prod(min(filter(None, line)) for line in self.lines)

    @cached_property
    def largest(self) -> int:
        """Largest count shown."""
        return self.weight * prod(max(line) for line in self.lines)

    def count(self, *place: int) -> int:
        """The count of one pixel."""
        return self.weight * prod(line[at] for line, at in zip(self.lines, place, strict=True))

    def _merged(self, block: Sequence[int], unit: int) -> Cells:
        import numpy as np

        parts = [
            [line[start : start + step] for start in range(0, len(line), step)]
            for line, step in zip(self.lines, block, strict=True)
        ]
        read = reduce(np.logical_and.outer, (np.array([any(part) for part in axis]) for axis in parts))
        holes = reduce(np.logical_or.outer, (np.array([0 in part for part in axis]) for axis in parts))
        # each line in parts of its largest entry: their product could overflow
        tops = [1 if unit == 1 else max(line) for line in self.lines]
        lines = ([max(part) / top for part in axis] for axis, top in zip(parts, tops, strict=True))
        values = reduce(np.multiply.outer, (np.array(line, dtype=float) for line in lines))
        return Cells(values * self.weight if unit == 1 else values, read, holes, unit)


@dataclass(frozen=True, eq=False)
class Map(View):
    """A dense map.

    Attributes:
        counts: Of the axes shown.
    """

    counts: DenseCounts
    plane: Fraction | None = None

    @property
    def size(self) -> tuple[int, ...]:
        """Pixels along each axis shown."""
        return self.counts.size

    @cached_property
    def used(self) -> int:
        """Pixels shown that are read."""
        return int(self.counts.used.sum())

    @cached_property
    def smallest(self) -> int:
        """Smallest count shown that is not 0."""
        return DenseCounts(self.counts.planes[:, self.counts.used]).min

    @property
    def largest(self) -> int:
        """Largest count shown."""
        return self.counts.max

    def count(self, *place: int) -> int:
        """The count of one pixel."""
        return sum(int(plane[place]) << DIGIT_BITS * digit for digit, plane in enumerate(self.counts.planes))

    def _merged(self, block: Sequence[int], unit: int) -> Cells:
        import numpy as np

        shift = unit.bit_length() - 1
        values = np.zeros(self.size)
        for digit, plane in enumerate(self.counts.planes):
            values += np.ldexp(plane.astype(float), DIGIT_BITS * digit - shift)
        read, holes = self.counts.used, ~self.counts.used
        for axis, step in enumerate(block):
            starts = range(0, self.size[axis], step)
            values = np.maximum.reduceat(values, starts, axis=axis)
            read = np.logical_or.reduceat(read, starts, axis=axis)
            holes = np.logical_or.reduceat(holes, starts, axis=axis)
        return Cells(values / (unit / 2**shift), read, holes, unit)


def view(counts: UsageCounts) -> View:
    """Choose what to show: of three axes the plane across the first one, at the used position nearest the centre.

    Raises:
        UnsupportedError: Nothing is read.

    Example:
        >>> view(Counts(((1, 0, 1), (1, 2), (3,)))).plane
        Fraction(-1, 1)
    """
    if 0 in counts.size:
        raise UnsupportedError("nothing to draw", got="an output that reads nothing", do="choose another one: --phase")
    if len(counts.size) < 3:
        return Lines(counts.factors) if isinstance(counts, Counts) else Map(counts)
    line = counts.marginal(0)
    middle = Fraction(len(line) - 1, 2)
    place = min((place for place, count in enumerate(line) if count), key=lambda place: abs(place - middle))
    if isinstance(counts, Counts):
        return Lines(counts.factors[1:], line[place], place - middle)
    return Map(DenseCounts(counts.planes[:, place]), place - middle)
