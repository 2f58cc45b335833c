"""Pixels merged into the cells of a picture: the largest count among them, and whether one is a hole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import ceil, prod
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np

__all__ = ["EXACT", "Cell", "Cells", "CellsOfLines", "CellsOfMap", "cell_of"]

EXACT = 2**53
"""Up to here every integer is a floating-point number too."""


class Cell(NamedTuple):
    """Pixels merged into one sign or dot.

    Attributes:
        most: The largest count among them; rounded where it is above 2^53.
        holes: Whether one of them is never read.
    """

    most: int
    holes: bool


class Cells(Protocol):
    """A line or a plane of counts, merged into cells for a picture."""

    @property
    def rows(self) -> Sequence[Sequence[Cell]]:
        """The cells row by row; a line is one row."""

    @property
    def unit(self) -> int:
        """1, and the values are exact, unless there are counts above 2^53."""

    @property
    def values(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The largest count of the pixels merged, in multiples of the unit."""

    @property
    def read(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether one of them is read."""

    @property
    def holes(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether one of them is never read."""


@dataclass(frozen=True)
class CellsOfLines:
    """Cells that are products over the axes, kept as one line of cells per axis."""

    lines: Sequence[Sequence[Cell]]
    weight: int
    tops: tuple[int, ...]

    @property
    def rows(self) -> Sequence[Sequence[Cell]]:
        """The cells row by row; a line is one row."""
        upright, across = ([Cell(1, holes=False)], *self.lines)[-2:]
        return [
            [Cell(self.weight * row.most * cell.most, row.holes or cell.holes) for cell in across] for row in upright
        ]

    @property
    def unit(self) -> int:
        """1, or the largest count."""
        most = self.weight * prod(self.tops)
        return most if most > EXACT else 1

    @property
    def values(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The largest count of the pixels merged, in multiples of the unit."""
        import numpy as np

        if self.unit == 1:
            return self._outer(np.multiply, [[float(cell.most) for cell in line] for line in self.lines]) * self.weight
        # each line in parts of its largest entry: their product could overflow
        lines = [[cell.most / top for cell in line] for line, top in zip(self.lines, self.tops, strict=True)]
        return self._outer(np.multiply, lines)

    @property
    def read(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether one of them is read."""
        import numpy as np

        return self._outer(np.logical_and, [[cell.most > 0 for cell in line] for line in self.lines])

    @property
    def holes(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether one of them is never read."""
        import numpy as np

        return self._outer(np.logical_or, [[cell.holes for cell in line] for line in self.lines])

    @staticmethod
    def _outer(join: np.ufunc, lines: Sequence[Sequence[object]]) -> np.ndarray[Any, Any]:
        import numpy as np

        return np.asarray(reduce(join.outer, map(np.array, lines)))


@dataclass(frozen=True, eq=False)
class CellsOfMap:
    """Cells as arrays of one axis or two."""

    unit: int
    values: np.ndarray[Any, np.dtype[np.float64]]
    read: np.ndarray[Any, np.dtype[np.bool_]]
    holes: np.ndarray[Any, np.dtype[np.bool_]]

    @property
    def rows(self) -> Sequence[Sequence[Cell]]:
        """The cells row by row; a line is one row."""
        across = self.values.shape[-1]
        arrays = (array.reshape(-1, across).tolist() for array in (self.values, self.holes))
        return [
            [Cell(self._count(value), hole) for value, hole in zip(*row, strict=True)]
            for row in zip(*arrays, strict=True)
        ]

    def _count(self, value: float) -> int:
        return int(value) if self.unit == 1 else ceil(Fraction(value) * self.unit)


def cell_of(counts: Sequence[int]) -> Cell:
    """The cell of some pixels on a line."""
    return Cell(max(counts), 0 in counts)
