"""What a picture shows of a count map: all of it in one or two dimensions, one plane of it in three."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod

from rfscope.errors import UnsupportedError
from rfscope.exact.cells import Cells
from rfscope.exact.counts import UsageCounts

__all__ = ["View", "view"]


@dataclass(frozen=True)
class View:
    """A line or a plane of counts, the last axis running to the right.

    Attributes:
        counts: Of the axes shown.
        plane: Pixels from the centre to the plane along the axis left out; None if none is.
    """

    counts: UsageCounts
    plane: Fraction | None = None

    @property
    def size(self) -> tuple[int, ...]:
        """Pixels along each axis shown."""
        return self.counts.size

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns; a line is one row."""
        return (self.size[0], self.size[1]) if len(self.size) == 2 else (1, self.size[0])

    @property
    def pixels(self) -> int:
        """Pixels shown."""
        return prod(self.size)

    @property
    def used(self) -> int:
        """Pixels shown that are read."""
        return self.counts.used

    @property
    def smallest(self) -> int:
        """Smallest count shown that is not 0."""
        return self.counts.smallest

    @property
    def largest(self) -> int:
        """Largest count shown."""
        return self.counts.max

    def count(self, *place: int) -> int:
        """The count of one pixel."""
        return self.counts.count(*place)

    def cells(self, block: Sequence[int]) -> Cells:
        """Merge pixels into cells of so many pixels along each axis shown.

        Raises:
            LimitError: There are more cells than the limit ``cells``.
        """
        return self.counts.cells(block)


def view(counts: UsageCounts) -> View:
    """Choose what to show: of three axes the plane across the first one, at the used position nearest the centre.

    Raises:
        UnsupportedError: Nothing is read.
    """
    if 0 in counts.size:
        raise UnsupportedError("nothing to draw", got="an output that reads nothing", do="choose another one: --at")
    return View(*counts.plane)
