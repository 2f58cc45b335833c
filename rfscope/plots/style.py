"""How pictures look: colours, ticks, the size of print, and when numbers fit into cells."""

from __future__ import annotations

from itertools import count
from math import ceil
from typing import TYPE_CHECKING, Literal

from rfscope.plots.notebook import show_in_notebooks
from rfscope.plots.settings import remember, setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

__all__ = [
    "DOTS",
    "HOLE",
    "colours",
    "digit_size",
    "hole_legend",
    "inches",
    "ink",
    "new_figure",
    "pixel_points",
    "settle",
    "thin",
    "tick_step",
    "ticks",
]

HOLE = "#fdd0a2"
"""Pale orange for pixels never read: warm where counts are green to violet, lighter than all of them also in grey."""

DOTS = 1.5
"""Dots of a figure along each side of a cell, at least: with fewer, cells would get lost."""

_COARSEST, _FINEST = 300, 600
"""Dots per inch of our own figures: what journals ask of pictures and of line art."""

_LIGHTEST = 158
"""The lightest of viridis's 256 colours that stands for counts: 20 steps of lightness below that of holes."""

_SMALLEST, _LARGEST = 5.0, 8.0
"""Points of the smallest print that can be read, and of the largest that cells need."""

_DIGIT = 0.64
"""Width of a digit relative to the size of print."""


def colours() -> Colormap:
    """The colours of counts, light for few and dark for many, perceptually uniform; holes as masked values."""
    import matplotlib as mpl
    from matplotlib.colors import ListedColormap

    shades = mpl.colormaps["viridis"](range(_LIGHTEST, -1, -1))
    return ListedColormap(shades, name="counts").with_extremes(bad=HOLE)


def hole_legend(ax: Axes, side: Literal["left", "right"], below: float, *, merged: bool) -> None:
    """Explain the colour of holes with a patch below axes.

    Args:
        ax: Below which.
        side: Under which end of the axes.
        below: How many inches.
        merged: Whether cells are of several pixels, one of which is a hole.
    """
    from matplotlib.patches import Patch
    from matplotlib.transforms import ScaledTranslation

    right = side == "right"
    label = "some never read" if merged else "never read"
    ax.legend(
        handles=[Patch(facecolor=HOLE, edgecolor="0.4", linewidth=0.5, label=label)],
        loc="upper right" if right else "upper left",
        bbox_to_anchor=(float(right), 0),
        bbox_transform=ax.transAxes + ScaledTranslation(0, -below, ax.figure.dpi_scale_trans),
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=1,
        handleheight=1,
        handletextpad=0.5,
    )


def ink(*rgb: float) -> str:
    """Black or white, whichever stands out more on a colour (contrast as in WCAG 2, at least 4.5)."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "black" if (luminance + 0.05) ** 2 > 1.05 * 0.05 else "white"


def digit_size(width: float, height: float, largest: int) -> float | None:
    """Size of print at which every count fits its cell with room to spare, or None if that is too small to read.

    Args:
        width: Of a cell, in points.
        height: Of a cell, in points.
        largest: The largest count.

    Example:
        >>> digit_size(9.0, 9.0, 12), digit_size(4.0, 4.0, 1)
        (5.484375, None)
    """
    digits = len(str(min(largest, 10**20)))
    size = min(_LARGEST, 0.78 * width / (digits * _DIGIT), 0.8 * height)
    return size if size >= _SMALLEST else None


def pixel_points(ax: Axes) -> tuple[float, float]:
    """Width and height of one unit of linear axes that have been laid out, in points."""
    (left, top), (right, bottom) = ax.transData.transform([(0, 1), (1, 2)])
    unit = 72 / ax.figure.dpi
    return abs(right - left) * unit, abs(bottom - top) * unit


def tick_step(size: int, length: float) -> int:
    """Pixels between ticks on an axis so many inches long: 1, 2 or 5 times a power of ten, with room for labels."""
    most = min(9, int(4 * length))
    steps: Iterator[int] = (digit * 10**power for power in count() for digit in (1, 2, 5))
    return next(step for step in steps if 2 * ((size - 1) // 2 // step) + 1 <= most or step >= size)


def ticks(size: int, step: int) -> list[float]:
    """Ticks in pixels from the centre of an axis, alike on both sides.

    Pixels of an even size lie at half-integers. Ticks for each pixel do so too; coarser ones are multiples of the step
    all the same and stand between two pixels.

    Example:
        >>> ticks(17, 5), ticks(4, 1)
        ([-5.0, 0.0, 5.0], [-1.5, -0.5, 0.5, 1.5])
    """
    if step == 1:
        return [place - (size - 1) / 2 for place in range(size)]
    last = (size - 1) // 2 // step
    return [float(step * number) for number in range(-last, last + 1)]


def inches(ax: Axes) -> tuple[float, float]:
    """Width and height of axes, before the layout: about what they will have."""
    return ax.bbox.width / ax.figure.dpi, ax.bbox.height / ax.figure.dpi


def new_figure(width: float, height: float, cell: float) -> Figure:
    """An empty figure of our own, which pyplot does not know of.

    Args:
        width: In inches.
        height: In inches.
        cell: Side of a pixel of the map in inches; the smaller, the finer the figure's dots.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(
        figsize=(width, height), dpi=min(max(_COARSEST, ceil(1.4 * DOTS / cell)), _FINEST), layout="compressed"
    )
    FigureCanvasAgg(figure)
    remember(figure)
    show_in_notebooks(figure, figure)
    return figure


def settle(figure: Figure) -> None:
    """Lay out our own figure once and for all; at every drawing the layout would move a little."""
    for _ in range(2):  # the first moves what the second measures
        figure.draw_without_rendering()
    figure.set_layout_engine("none")


def thin(axes: Axes) -> None:
    """Ticks and frame in the sizes of a printed page; ticks are made late, so they do not follow ``drawing``."""
    for axis in ("x", "y"):
        axes.tick_params(
            axis=axis,
            which="both",
            labelsize=setting(f"{axis}tick.labelsize", 7),
            width=setting(f"{axis}tick.major.width", 0.5),
            length=setting(f"{axis}tick.major.size", 2.5),
        )
    for spine in axes.spines.values():
        spine.set_linewidth(setting("axes.linewidth", 0.5))
