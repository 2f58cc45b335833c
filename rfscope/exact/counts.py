"""Usage counts: how many paths lead from each input position to one output, exactly.

Along one axis of a chain the counts are the coefficients of a product of polynomials, one factor
``1 + x^a + ... + x^((k-1) a)`` per layer of ``k`` taps that lie ``a`` input positions apart (``taps.axis_counts``). The
map over all axes is the outer product of the axes. So a chain is kept as one line of counts per axis, and a map of a
hundred million pixels never exists in memory. The counts of a network with branches are a map (``dense_counts``). Both
answer the same questions.
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

if TYPE_CHECKING:
    import numpy as np

    from rfscope.exact.cells import Cells

__all__ = ["Counts", "UsageCounts"]


class UsageCounts(ABC):
    """How often each input pixel is used by one output: paths from the pixel to the output."""

    @property
    @abstractmethod
    def size(self) -> tuple[int, ...]:
        """Pixels along each axis."""

    @property
    @abstractmethod
    def paths(self) -> int:
        """All paths from any pixel to the output."""

    @property
    @abstractmethod
    def min(self) -> int:
        """Smallest count; 0 where there is a hole."""

    @property
    @abstractmethod
    def max(self) -> int:
        """Largest count."""

    @property
    @abstractmethod
    def smallest(self) -> int:
        """Smallest count that is not 0."""

    @property
    @abstractmethod
    def used(self) -> int:
        """How many pixels are read."""

    @abstractmethod
    def marginal(self, axis: int) -> tuple[int, ...]:
        """Paths from all pixels at each place along an axis, up to a common factor."""

    @abstractmethod
    def slice(self, place: int) -> UsageCounts:
        """What lies at one place of the first axis, over the other axes."""

    @abstractmethod
    def count(self, *place: int) -> int:
        """The count of one pixel."""

    @abstractmethod
    def map(self) -> np.ndarray[Any, Any]:
        """The dense map, one axis of the array per axis of the network: int64, or Python integers beyond it.

        Raises:
            LimitError: The map has more cells than the limit ``cells``, or takes more than ``map-bytes``.
        """

    @property
    def middle(self) -> int:
        """The place along the first axis nearest the centre at which anything is read."""
        line = self.marginal(0)
        return min((place for place, count in enumerate(line) if count), key=lambda at: abs(2 * at - len(line) + 1))

    @property
    def plane(self) -> tuple[UsageCounts, Fraction | None]:
        """What is drawn: all, or of three axes the middle plane across the first and its distance from the centre.

        Example:
            >>> Counts(((1, 0, 1), (1, 2), (3,))).plane[1]
            Fraction(-1, 1)
        """
        if len(self.size) < 3:
            return self, None
        place = self.middle
        return self.slice(place), place - Fraction(self.size[0] - 1, 2)

    @property
    def row(self) -> tuple[int, ...]:
        """The line along the last axis through the middle; empty if nothing is read."""
        here: UsageCounts = self
        if not here.used:
            return ()
        while len(here.size) > 1:
            here = here.slice(here.middle)
        return tuple(here.count(place) for place in range(here.size[0]))

    def cells(self, block: Sequence[int]) -> Cells:
        """Merge the pixels of a line or a plane into cells of so many pixels along each axis.

        Raises:
            LimitError: There are more cells than the limit ``cells``.
        """
        limits.check("cells", prod(ceil(length / step) for length, step in zip(self.size, block, strict=True)))
        return self._merged(block)

    @abstractmethod
    def _merged(self, block: Sequence[int]) -> Cells: ...


@dataclass(frozen=True)
class Counts(UsageCounts):
    """The counts of a chain.

    Attributes:
        factors: One line of counts per axis; a pixel's count is the product of its axes' entries and the weight.
        weight: The factor that axes left out contribute to every count; 1 if none are left out.
    """

    factors: tuple[tuple[int, ...], ...]
    weight: int = 1

    @property
    def size(self) -> tuple[int, ...]:
        """Pixels along each axis."""
        return tuple(len(factor) for factor in self.factors)

    @cached_property
    def paths(self) -> int:
        """All paths from any pixel to the output."""
        return self.weight * prod(sum(factor) for factor in self.factors)

    @cached_property
    def min(self) -> int:
        """Smallest count; 0 where there is a hole."""
        return self.weight * prod(min(factor, default=0) for factor in self.factors)

    @cached_property
    def max(self) -> int:
        """Largest count."""
        return self.weight * prod(max(factor, default=0) for factor in self.factors)

    @cached_property
    def smallest(self) -> int:
        """Smallest count that is not 0."""
        return self.weight * prod(min(filter(None, factor), default=0) for factor in self.factors)

    @cached_property
    def used(self) -> int:
        """How many pixels are read."""
        return prod(len(factor) - factor.count(0) for factor in self.factors)

    def marginal(self, axis: int) -> tuple[int, ...]:
        """Paths from all pixels at each place along an axis, up to a common factor."""
        return self.factors[axis]

    def slice(self, place: int) -> Counts:
        """What lies at one place of the first axis, over the other axes."""
        return Counts(self.factors[1:], self.weight * self.factors[0][place])

    def count(self, *place: int) -> int:
        """The count of one pixel."""
        return self.weight * prod(factor[at] for factor, at in zip(self.factors, place, strict=True))

    def map(self) -> np.ndarray[Any, Any]:
        """The dense map."""
        limits.check("cells", prod(self.size))
        import numpy as np

        kind: type = np.int64 if self.max < 2**63 else object
        lines: list[np.ndarray[Any, Any]] = [np.array(factor, dtype=kind) for factor in self.factors]
        return np.asarray(reduce(np.multiply.outer, lines) * self.weight)

    def _merged(self, block: Sequence[int]) -> Cells:
        from rfscope.exact.cells import CellsOfLines, cell_of

        lines = [
            [cell_of(factor[at : at + step]) for at in range(0, len(factor), step)]
            for factor, step in zip(self.factors, block, strict=True)
        ]
        return CellsOfLines(lines, self.weight, tuple(map(max, self.factors)))
