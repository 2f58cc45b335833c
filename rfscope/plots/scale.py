"""The count scale of a picture: from exact counts of any size to numbers that can be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING, Any

from rfscope.exact.cells import EXACT, Cells

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.colors import Normalize
    from matplotlib.ticker import Locator

__all__ = ["Scale"]

_DECADES = 150
"""Powers of ten that a logarithmic scale reaches, up and down, so that products of its numbers stay finite."""

_TINY = 10.0**-_DECADES


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale for everything a picture shows.

    Counts that floating-point numbers hold exactly are drawn as they are. Larger ones are rounded in their last places,
    and divided by a power of ten, which the label names; on a logarithmic scale only if they would overflow.

    Attributes:
        low: Smallest count that is not 0.
        high: Largest count.
        log: Whether equal ratios, instead of equal differences, are equally far apart.
    """

    low: int
    high: int
    log: bool

    @property
    def exponent(self) -> int:
        """The power of ten that counts are divided by; 0 if they are drawn as they are."""
        if self.log:
            return max(0, floor(log10(self.high)) - _DECADES)
        return 0 if self.high <= EXACT else floor(log10(self.high))

    @property
    def label(self) -> str:
        """What the numbers on the scale are."""
        return "paths per pixel" + (rf" ($\times\,10^{{{self.exponent}}}$)" if self.exponent else "")

    @property
    def ends(self) -> tuple[float, float]:
        """First and last number on the scale; never the same, for one colour is no scale."""
        unit = 10**self.exponent
        first = self.low / unit
        return max(first, _TINY) if self.log else first, max(self.high, self.low + 1) / unit

    def values(self, cells: Cells) -> np.ma.MaskedArray[Any, Any]:
        """The cells' numbers on the scale, holes masked."""
        import numpy as np

        values = cells.values * (cells.unit / 10**self.exponent)
        return np.ma.masked_array(np.maximum(values, _TINY) if self.log else values, mask=cells.holes)

    def norm(self) -> Normalize:
        """From the scale to 0 .. 1."""
        from matplotlib.colors import LogNorm, Normalize

        return (LogNorm if self.log else Normalize)(*self.ends)

    def locator(self) -> Locator:
        """Ticks on whole counts."""
        from matplotlib.ticker import MaxNLocator

        return MaxNLocator(nbins=8, integer=self.exponent == 0, min_n_ticks=1)
