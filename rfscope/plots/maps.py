"""Planes of counts as coloured cells, in pixels from the centre of the field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rfscope.plots.layout import MARGIN, Block, Page, block_of, em, fit, line, size_of, wide
from rfscope.plots.look import Look
from rfscope.plots.scale import Scale
from rfscope.plots.style import digit_size, ink, tick_places
from rfscope.plots.view import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

__all__ = [
    "TICK",
    "Raster",
    "annotate_map",
    "bar_lines",
    "bar_room",
    "draw_bar",
    "draw_map",
    "mark_pixels",
    "raster",
    "stretch",
    "tick_labels",
]

_ELONGATED = 12
"""Pixels are square unless a map is so many times longer than wide: its short side could not be seen."""

_ALL_TICKS = 9
"""Pixels along a side that may each have a tick; ticks of an even number of them are at half-integers."""

TICK = 0.08
"""Inches of a tick and the room between it and its label."""

_BAR, _GAP = 0.11, 0.1
"""Inches across a colour bar, and between it and the maps."""


@dataclass(frozen=True, slots=True)
class Raster:
    """How the pixels of maps come onto paper, down and across."""

    down: Block
    across: Block

    @property
    def block(self) -> tuple[int, int]:
        """Pixels merged into a cell."""
        return self.down.pixels, self.across.pixels

    @property
    def points(self) -> tuple[float, float]:
        """Width and height of a pixel, in points."""
        return self.across.cell * 72, self.down.cell * 72

    def size(self, shape: tuple[int, int]) -> tuple[float, float]:
        """Height and width of a map, in inches."""
        return shape[0] * self.down.cell, shape[1] * self.across.cell


def stretch(views: Sequence[View]) -> tuple[float, float]:
    """How much higher and wider than square pixels are, so that a very long map can be seen."""
    if all(max(shown.shape) < _ELONGATED * min(shown.shape) for shown in views):
        return 1.0, 1.0
    rows, columns = (max(sides) for sides in zip(*(shown.shape for shown in views), strict=True))
    return max(1.0, 2 * columns / (_ELONGATED * rows)), max(1.0, 2 * rows / (_ELONGATED * columns))


def raster(cell: float, factors: tuple[float, float], dpi: float | None) -> Raster:
    """Fit pixels to dots, the same dots down and across.

    Args:
        cell: Inches of the smaller side of a pixel, at most.
        factors: How much higher and wider than that pixels are.
        dpi: Dots per inch; chosen if not given.
    """
    dpi = block_of(cell, dpi).dpi
    down, across = (block_of(cell * factor, dpi) for factor in factors)
    return Raster(down, across)


def draw_map(ax: Axes, shown: View, scale: Scale, block: tuple[int, int], look: Look, *, square: bool) -> AxesImage:
    """Draw one plane.

    Args:
        ax: Where to; with the proportions of the plane, if it is ours.
        shown: What to draw.
        scale: The colour scale.
        block: Pixels merged into a cell, along rows and columns.
        look: The colours.
        square: Whether pixels are squares.
    """
    rows, columns = shown.shape
    cells = shown.cells(block)
    down, across = (number * pixels for number, pixels in zip(cells.values.shape, block, strict=True))
    image = ax.imshow(
        scale.values(cells, shown.largest),
        cmap=look.colours,
        norm=scale.norm(),
        aspect="equal" if square else "auto",
        interpolation="nearest",
        interpolation_stage="data",  # one number a dot and not four on the way
        origin="upper",
        extent=(-columns / 2, across - columns / 2, down - rows / 2, -rows / 2),
    )
    ax.set_xlim(-columns / 2, columns / 2)
    ax.set_ylim(rows / 2, -rows / 2)
    return image


def tick_labels(views: Sequence[View]) -> float:
    """Inches that the longest label of a tick may take."""
    return max(_tick_label(side) for shown in views for side in shown.shape)


def _tick_label(pixels: int) -> float:
    halves = pixels % 2 == 0 and pixels <= _ALL_TICKS
    return wide(f"\N{MINUS SIGN}{(pixels - 1) / 2 if halves else pixels // 2}", size_of("xtick.labelsize"))


def mark_pixels(ax: Axes, shape: tuple[int, int], high: float, across: float) -> None:
    """Set ticks along both sides of a map, where two or more fit.

    Args:
        ax: Where the map is.
        shape: Rows and columns.
        high: Inches of its height.
        across: Inches of its width.
    """
    rows, columns = shape
    ax.set_xticks(tick_places(columns, across, _tick_label(columns) + 0.6 * em()))
    ax.set_yticks(tick_places(rows, high, 1.5 * em("ytick.labelsize")))


def bar_room(scale: Scale, high: float) -> float:
    """Inches that a colour bar of a height takes to the right of maps, with its labels."""
    labels = max(wide(text, size_of("ytick.labelsize")) for text in scale.written())
    return _GAP + _BAR + TICK + labels + 0.04 + _label(scale, high).count("\n") * line() + line() + MARGIN


def bar_lines(scale: Scale, high: float) -> int:
    """Lines of the label of a colour bar of a height."""
    return _label(scale, high).count("\n") + 1


def _label(scale: Scale, high: float) -> str:
    return fit([scale.label], max(high, 0.6), size_of("axes.labelsize"), indent=0)


def draw_bar(page: Page, left: float, top: float, high: float, scale: Scale) -> Axes:
    """Draw the colour bar of a scale to the right of maps that end here."""
    from matplotlib.cm import ScalarMappable

    ax = page.axes(left + _GAP, top, _BAR, high)
    colours = ScalarMappable(scale.norm(), page.look.colours)
    bar = page.figure.colorbar(colours, cax=ax)
    bar.solids.set_rasterized(True)  # in one piece: thin stripes show gaps in some viewers
    bar.outline.set_linewidth(0.5)
    scale.mark(ax.yaxis)
    ax.set_ylabel(_label(scale, high), labelpad=2)
    return ax


def annotate_map(ax: Axes, shown: View, scale: Scale, points: tuple[float, float], look: Look) -> bool:
    """Write each count into its cell, if print of a readable size fits; holes stay empty.

    Args:
        ax: Where the map was drawn, one cell a pixel.
        shown: What was drawn.
        scale: Of all panels, whose largest count decides, so that all are written alike or none.
        points: Width and height of a pixel.
        look: The colours.

    Returns:
        Whether they fit.
    """
    size = digit_size(*points, scale.high)
    if size is None:
        return False
    rows, columns = shown.shape
    cells = shown.cells((1, 1))
    colour = look.colours(scale.norm()(scale.values(cells, shown.largest)))
    for row, column in zip(*cells.read.nonzero(), strict=True):
        ax.text(
            column - (columns - 1) / 2,
            row - (rows - 1) / 2,
            str(shown.count(row, column)),
            fontsize=size,
            color=ink(*colour[row, column, :3]),
            ha="center",
            va="center_baseline",
            in_layout=False,
        )
    return True
