"""How pictures look: colours, the count scale, ticks, and when numbers fit into cells."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch
    from matplotlib.ticker import Locator

    from rfscope.plots.view import Cells

__all__ = ["DPI", "HOLE", "Scale", "colours", "digit_size", "hole_patch", "ink", "new_figure", "pixel_points", "small_print", "thin", "tick_step", "ticks"]

HOLE = "#fdd0a2"
"""Pale orange for pixels never read: warm where counts are green to violet, lighter than all of them also in grey."""

DPI = 300
"""Dots per inch of our own figures, as journals ask of raster images."""

_LIGHTEST = 0.62
"""Where the counts' colours begin on viridis, 0 being its dark end: 20 steps of lightness below that of holes."""

_EXACT = 2**53
"""Up to here every integer is a floating-point number."""

_TINY = 1e-300
"""Scaled counts below this are drawn as this, so that a logarithm of them exists."""

_SMALLEST, _LARGEST = 5.0, 8.0
"""Points of the smallest print that can be read, and of the largest that cells need."""

_PRINT = {"font.size": 8, "axes.titlesize": 8, "axes.labelsize": 7.5, "legend.fontsize": 7.5}

_DIGIT = 0.64
"""Width of a digit relative to the font's size."""


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale for everything a picture shows.

    Counts that floating-point numbers hold exactly are drawn as they are. Larger ones are divided by a power of ten,
    each quotient rounded once, and the label says so.

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
        return 0 if self.high <= _EXACT else floor(log10(self.high))

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

        scaled = cells.counts if self.exponent == 0 else cells.counts / 10**self.exponent
        values = np.asarray(scaled, dtype=float)
        return np.ma.masked_array(np.maximum(values, _TINY) if self.log else values, mask=cells.holes)

    def norm(self) -> Normalize:
        """From the scale to 0 .. 1."""
        from matplotlib.colors import LogNorm, Normalize

        return (LogNorm if self.log else Normalize)(*self.ends)

    def locator(self) -> Locator:
        """Ticks on whole counts."""
        from matplotlib.ticker import MaxNLocator

        return MaxNLocator(nbins=8, integer=self.exponent == 0, min_n_ticks=1)


def colours() -> Colormap:
    """The colours of counts, light for few and dark for many, perceptually uniform; holes as masked values."""
    import matplotlib as mpl
    import numpy as np
    from matplotlib.colors import ListedColormap

    return ListedColormap(mpl.colormaps["viridis"](np.linspace(_LIGHTEST, 0, 256)), name="counts").with_extremes(bad=HOLE)


def hole_patch(reduced: bool) -> Patch:
    """The legend's entry for holes."""
    from matplotlib.patches import Patch

    return Patch(facecolor=HOLE, edgecolor="0.4", linewidth=0.5, label="some never read" if reduced else "never read")


def ink(*rgb: float) -> str:
    """Black or white, whichever stands out more on a colour (contrast as in WCAG 2, at least 4.5)."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "black" if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "white"


def digit_size(width: float, height: float, largest: int) -> float | None:
    """Size of print at which every count fits its cell with room to spare, or None if that is too small to read.

    Args:
        width, height: Of a cell, in points.
        largest: The largest count.

    Example:
        >>> digit_size(9.0, 9.0, 12), digit_size(4.0, 4.0, 1)
        (6.328125, None)
    """
    digits = len(str(min(largest, 10**20)))
    size = min(_LARGEST, 0.9 * width / (digits * _DIGIT), 0.8 * height)
    return size if size >= _SMALLEST else None


def pixel_points(ax: Axes) -> tuple[float, float]:
    """Width and height of one unit of linear axes that have been laid out, in points."""
    (left, top), (right, bottom) = ax.transData.transform([(0, 1), (1, 2)])
    unit = 72 / ax.figure.dpi
    return abs(right - left) * unit, abs(bottom - top) * unit


def tick_step(size: int, most: int = 9) -> int:
    """Distance of ticks on an axis of so many pixels: 1, 2 or 5 times a power of ten, giving at most so many ticks."""
    step, factors = 1, (2, 2.5, 2)
    turn = 0
    while (size - 1) // step + 1 > most:
        step = int(step * factors[turn % 3])
        turn += 1
    return step


def ticks(size: int, step: int) -> list[float]:
    """Ticks on pixel centres, alike on both sides of the centre; half-integers where the size is even.

    Example:
        >>> ticks(17, 5), ticks(4, 1)
        ([-5.0, 0.0, 5.0], [-1.5, -0.5, 0.5, 1.5])
    """
    first = 0 if size % 2 else 0.5
    right = [number * step - first for number in range(1, int((size - 1) / 2 + first) // step + 1)]
    return [*(-tick for tick in reversed(right)), *([] if first else [0.0]), *map(float, right)]


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of our own, so many inches wide and high, that pyplot does not know of."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def small_print() -> AbstractContextManager[None]:
    """Inside it, text is made in the sizes of a printed page: for our own figures, a caller's keep theirs."""
    import matplotlib as mpl

    return mpl.rc_context(_PRINT)


def thin(axes: Axes) -> None:
    """Ticks and frame in the sizes of a printed page; ticks are made late, so they do not follow ``small_print``."""
    axes.tick_params(which="both", labelsize=7, width=0.5, length=2.5)
    for spine in axes.spines.values():
        spine.set_linewidth(0.5)
