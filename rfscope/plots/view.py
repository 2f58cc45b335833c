"""What a picture shows of a count map: all of it in one or two dimensions, one plane of it in three.

Everything is taken from the lines of counts along the axes, so a map of a hundred million pixels that is drawn with a
thousand cells on each side never exists in memory, and its counts stay exact until they become colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from math import ceil, prod
from typing import TYPE_CHECKING, Any

from rfscope import limits
from rfscope.exact.usage import Counts

if TYPE_CHECKING:
    import numpy as np

__all__ = ["EXACT", "Cells", "View", "view"]

EXACT = 2**53
"""Up to here every integer is a floating-point number too."""


@dataclass(frozen=True)
class View:
    """A line or a plane of counts: a pixel's count is the product of its lines' entries and the weight.

    Attributes:
        lines: Counts along each axis shown; the last one runs to the right.
        weight: The count that the axis left out contributes; 1 if none is.
        plane: Pixels from the centre to the plane along the axis left out; None if none is.
    """

    lines: tuple[tuple[int, ...], ...]
    weight: int = 1
    plane: Fraction | None = None

    @property
    def size(self) -> tuple[int, ...]:
        """Pixels along each axis shown."""
        return tuple(len(line) for line in self.lines)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns; a line is one row."""
        return (self.size[0], self.size[1]) if len(self.lines) == 2 else (1, self.size[0])

    @property
    def pixels(self) -> int:
        """Pixels shown."""
        return prod(self.size)

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

    def cells(self, block: Sequence[int]) -> Cells:
        """Merge pixels into cells of so many pixels along each axis shown.

        Raises:
            LimitError: There are more cells than the limit ``cells``.
        """
        limits.check("cells", prod(ceil(length / step) for length, step in zip(self.size, block, strict=True)))
        parts = [
            [line[start : start + step] for start in range(0, len(line), step)]
            for line, step in zip(self.lines, block, strict=True)
        ]
        return Cells(
            lines=tuple(tuple(map(max, axis)) for axis in parts),
            gaps=tuple(tuple(0 in part for part in axis) for axis in parts),
            weight=self.weight,
        )


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a picture, along each axis shown.

    Attributes:
        lines: The largest count of the pixels merged at each place.
        gaps: Whether one of them is never read.
        weight: The count that the axis left out contributes.
    """

    lines: tuple[tuple[int, ...], ...]
    gaps: tuple[tuple[bool, ...], ...]
    weight: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Cells along each axis."""
        return tuple(map(len, self.lines))

    @property
    def largest(self) -> int:
        """The largest count."""
        return self.weight * prod(map(max, self.lines))

    def holes(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether one of a cell's pixels is never read."""
        import numpy as np

        return reduce(np.logical_or.outer, map(np.array, self.gaps))

    def counts(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The largest count of each cell's pixels, of maps whose counts are at most 2^53."""
        import numpy as np

        return self.weight * reduce(np.multiply.outer, (np.array(line, dtype=np.int64) for line in self.lines))

    def fractions(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The counts as parts of the largest one, to within two units in the last place, however large they are."""
        import numpy as np

        tops = [max(line) for line in self.lines]
        parts = ([count / top for count in line] for line, top in zip(self.lines, tops, strict=True))
        return reduce(np.multiply.outer, map(np.array, parts))


def view(counts: Counts) -> View:
    """Choose what to show: of three axes the plane across the first one, at the used position nearest the centre.

    Example:
        >>> view(Counts(((1, 0, 1), (1, 2), (3,)))).plane
        Fraction(-1, 1)
    """
    if len(counts.factors) < 3:
        return View(counts.factors)
    first, *rest = counts.factors
    middle = Fraction(len(first) - 1, 2)
    place = min((place for place, count in enumerate(first) if count), key=lambda place: abs(place - middle))
    return View(tuple(rest), first[place], place - middle)
