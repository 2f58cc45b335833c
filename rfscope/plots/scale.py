"""The count scale of a picture: from exact counts of any size to numbers that can be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING, Any

from rfscope.exact.cells import Cells
from rfscope.wording import unit

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axis import Axis
    from matplotlib.colors import Normalize

__all__ = ["Scale"]

_LONGEST = 99_999
"""The largest count that is written out; where there are larger ones, all are told as shares of the largest."""

_DECADE = 10
"""A scale is logarithmic by itself where the largest count is more than so many times the smallest."""

_FAINTEST = 1e-4
"""The least share of a logarithmic scale: what is below looks the same, or a field would be of one colour."""


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale for everything a picture shows.

    Attributes:
        low: Smallest count that is not 0.
        high: Largest count.
        asked: Whether equal ratios, instead of equal differences, are equally far apart; None: where that is better.
        own: Whether each panel has its own: shares of its largest count.
        dims: Axes of the input.
    """

    low: int
    high: int
    asked: bool | None = None
    own: bool = False
    dims: int = 2

    @property
    def log(self) -> bool:
        """Whether the scale is logarithmic."""
        return self.high > _DECADE * self.low if self.asked is None else self.asked

    @property
    def shares(self) -> bool:
        """Whether counts are told as parts of the largest."""
        return self.own or self.high > _LONGEST

    @property
    def label(self) -> str:
        """What the numbers on the scale are."""
        most = "most in the panel" if self.own else "most"
        what = f"paths, 1 = {most}" if self.shares else f"paths per {unit(self.dims)[:-1]}"
        return what + (" (log scale)" if self.log else "")

    @property
    def ends(self) -> tuple[float, float]:
        """First and last number on the scale; never the same, for one colour is no scale."""
        if not self.shares:
            return self.low, max(self.high, self.low + 1)
        least = self.low / self.high
        if self.log:
            return min(max(least, _FAINTEST), 0.5), 1.0
        return (0.0, 1.0)

    @property
    def cut(self) -> bool:
        """Whether there are counts below the first number on the scale."""
        return self.shares and self.log and self.low / self.high < self.ends[0]

    def values(self, cells: Cells, most: int | None = None) -> np.ma.MaskedArray[Any, Any]:
        """The cells' numbers on the scale, holes masked.

        Args:
            cells: The cells.
            most: The largest count of the panel, where each has its own scale.
        """
        import numpy as np

        whole = (most if self.own and most else self.high) if self.shares else 1
        return np.ma.masked_array(cells.values * (cells.unit / whole), mask=cells.holes)

    def norm(self) -> Normalize:
        """From the scale to 0 .. 1; what is below its first number is drawn as that."""
        from matplotlib.colors import LogNorm, Normalize

        return (LogNorm if self.log else Normalize)(*self.ends, clip=True)

    def mark(self, axis: Axis, *, zero: bool = False) -> None:
        """Set the ticks of an axis in the numbers of the scale, written out in full.

        Args:
            axis: The axis.
            zero: Whether it begins with 0.
        """
        from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

        places = [0.0, *filter(None, self.ticks())] if zero else self.ticks()
        axis.set_major_locator(FixedLocator(places))
        axis.set_major_formatter(FixedFormatter([self._written(place) for place in places]))
        axis.set_minor_locator(NullLocator())

    def ticks(self) -> list[float]:
        """Numbers to write on the scale."""
        low, high = self.ends
        if self.log:
            first, last = floor(log10(low) + 1e-9), floor(log10(high) + 1e-9)
            few = last - first < 2
            steps = (1, 2, 5) if few else (1,)
            places = [step * 10.0**power for power in range(first, last + 1) for step in steps]
            return [place for place in places if low * (1 - 1e-9) <= place <= high * (1 + 1e-9)]
        from matplotlib.ticker import MaxNLocator

        found = MaxNLocator(nbins=6, integer=not self.shares, min_n_ticks=1).tick_values(low, high)
        return [float(place) for place in found if low - 1e-9 <= place <= high + 1e-9]

    def written(self) -> list[str]:
        """The ticks as they are written."""
        return [self._written(place) for place in self.ticks()]

    def _written(self, place: float) -> str:
        text = f"{place:.10g}"
        return f"≤ {text}" if self.cut and place == self.ends[0] else text
