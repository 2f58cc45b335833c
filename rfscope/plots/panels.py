"""Maps of a network as panels over the same pixels of the input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import TYPE_CHECKING

from rfscope.network.graph import INPUT
from rfscope.plots.caption import fit
from rfscope.plots.lattice import LatticeAxis, Sheet
from rfscope.plots.style import DOTS, colours, hole_legend, inches, new_figure, thin, tick_step, ticks
from rfscope.plots.view import View, view
from rfscope.wording import size_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_panels", "panels_figure"]

_WIDTH = 7.2
"""Inches: the text width of a page."""

_PER_ROW = 4

_SIDE = 2.0
"""Inches of a panel's longer side, at most."""

_LOW = 1.4
"""Inches of a panel's height, at least, for the sake of the colour bar's label."""

_CELL = 0.25
"""Inches of a pixel's side, at most."""

_ELONGATED = 12
"""Pixels are square unless the panels are so many times longer than wide: their short side could not be seen."""

_GRID = 0.04
"""Inches of a cell's side from which on cells are framed."""


@dataclass(frozen=True, eq=False)
class _Panel:
    """A sheet, and where its cells lie in pixels of the input from the middle of what is read of that.

    Attributes:
        sheet: What to draw.
        middle: Middle of what the output reads of the input, per axis shown.
    """

    sheet: Sheet
    middle: tuple[Fraction, ...]

    @cached_property
    def shown(self) -> View:
        return view(self.sheet.counts)

    def edges(self, axis: int) -> tuple[float, float]:
        """First and last edge of its cells along an axis shown."""
        first, behind = _edges(self.sheet, axis)
        return float(first - self.middle[axis]), float(behind - self.middle[axis])

    def stride(self, axis: int) -> float:
        """Side of a cell along an axis shown."""
        return float(_axis(self.sheet, axis).stride)


def _axis(sheet: Sheet, axis: int) -> LatticeAxis:
    return sheet.axes[-2:][axis]


def _edges(sheet: Sheet, axis: int) -> tuple[Fraction, Fraction]:
    start, size, lies = sheet.start[-2:][axis], sheet.counts.size[-2:][axis], _axis(sheet, axis)
    half = Fraction(1, 2)
    return lies.at(start - half), lies.at(start + size - half)


def _panels(found: Sequence[Sheet]) -> tuple[list[_Panel], tuple[float, float]]:
    """The panels, and how far all of them reach from the middle, down and to the right."""
    middle = tuple(sum(_edges(found[-1], axis), Fraction(0)) / 2 for axis in (0, 1))
    panels = [_Panel(sheet, middle) for sheet in found]
    down, across = (max(abs(edge) for panel in panels for edge in panel.edges(axis)) for axis in (0, 1))
    return panels, (down, across)


def panels_figure(found: Sequence[Sheet]) -> Figure:
    """A figure as large as the panels and the text around them need."""
    _, (down, across) = _panels(found)
    rows, columns = _grid(len(found))
    beside = 1.1 + 0.15 * columns
    side = min(_SIDE, (_WIDTH - beside) / columns)
    cell = min(_CELL, side / (2 * max(down, across)))
    width = max(columns * max(2 * across * cell, 0.5 * side) + beside, 4.0)
    height = max(2 * down * cell, _LOW)
    return new_figure(min(_WIDTH, width), rows * (height + 0.5) + 0.6, cell)


def _grid(panels: int) -> tuple[int, int]:
    """Rows and columns, the rows equally full if possible."""
    rows = ceil(panels / _PER_ROW)
    return rows, ceil(panels / rows)


def draw_panels(found: Sequence[Sheet], figure: Figure, *, own: bool) -> str:
    """Draw maps of two axes, or a plane of each map of three, from the output to the input.

    Args:
        found: The maps, the input last.
        figure: Where to.
        own: Whether the figure is ours to style.

    Returns:
        What is to be said about all of them.
    """
    panels, reach = _panels(found)
    rows, columns = _grid(len(found))
    grid = figure.add_gridspec(rows, columns)
    axes = [figure.add_subplot(grid[divmod(place, columns)]) for place in range(len(found))]
    blocks = [_draw(ax, panel, reach) for ax, panel in zip(axes, panels, strict=True)]
    size = tuple(round(behind - first) for first, behind in (panels[-1].edges(0), panels[-1].edges(1)))
    for place, ax in enumerate(axes):
        _label(ax, size, reach, left=place % columns == 0, low=place + columns >= len(axes))
        if own:
            thin(ax)
    bar = _colour_bar(figure, axes, 25 * rows)
    if own:
        thin(bar)
    largest = [max(sides) for sides in zip(*blocks, strict=True)]
    if any(panel.shown.used < panel.shown.pixels for panel in panels):
        hole_legend(bar, "left", 0.12, merged=max(largest) > 1)
    return " ".join(_notes(panels, largest))


def _notes(panels: Sequence[_Panel], block: Sequence[int]) -> Iterator[str]:
    if panels[0].shown.plane is not None:
        yield "Planes across the first axis, each at the used position nearest the centre."
    if max(block) > 1:
        yield (
            f"Reduced: cells of up to {size_text(block)} positions show their largest count, "
            "or that one of them is never read."
        )


def _draw(ax: Axes, panel: _Panel, reach: tuple[float, float]) -> tuple[int, int]:
    """Draw one panel; returns the positions merged along the sides of a cell."""
    import numpy as np
    from matplotlib.patches import Rectangle

    shown, (down, across) = panel.shown, reach
    pixel = ax.bbox.height / (2 * down), ax.bbox.width / (2 * across)
    square = max(reach) < _ELONGATED * min(reach)
    dots = [(min(pixel) if square else size) * panel.stride(axis) for axis, size in enumerate(pixel)]
    block = max(1, ceil(DOTS / dots[0])), max(1, ceil(DOTS / dots[1]))
    cells = shown.cells(block)

    (top, bottom), (left, right) = panel.edges(0), panel.edges(1)
    high, wide = (number * block[axis] * panel.stride(axis) for axis, number in enumerate(cells.values.shape))
    image = ax.imshow(
        np.ma.masked_array(cells.values / cells.values.max(), mask=cells.holes),
        cmap=colours(),
        vmin=0,
        vmax=1,
        aspect="equal" if square else "auto",
        interpolation="nearest",
        extent=(left, left + wide, top + high, top),
    )
    image.set_clip_path(Rectangle((left, top), right - left, bottom - top, transform=ax.transData))
    ax.set_xlim(-across, across)
    ax.set_ylim(down, -down)
    if min(dots) >= _GRID * ax.figure.dpi:
        ax.vlines(_frames(left, panel.stride(1), across), -down, down, color="0.75", linewidth=0.3)
        ax.hlines(_frames(top, panel.stride(0), down), -across, across, color="0.75", linewidth=0.3)
    title = ax.set_title("", parse_math=False)
    title.set_text(fit(_title(panel), inches(ax)[0], float(title.get_fontsize()), indent=0))
    return block


def _frames(edge: float, stride: float, reach: float) -> list[float]:
    """The edges of all cells in a panel, used or not."""
    first, last = ceil((-reach - edge) / stride), floor((reach - edge) / stride)
    return [edge + number * stride for number in range(first, last + 1)]


def _title(panel: _Panel) -> list[str]:
    sheet, shown = panel.sheet, panel.shown
    read = f"read by {sheet.names}"
    used = f"all {shown.used} used" if shown.used == shown.pixels else f"{shown.used} of {shown.pixels} used"
    return [f"input, {read}" if sheet.name == INPUT else read, sheet.reads, used]


def _label(ax: Axes, size: tuple[int, ...], reach: tuple[float, float], *, left: bool, low: bool) -> None:
    wide, high = inches(ax)
    ax.set_xticks(ticks(size[1], tick_step(size[1], wide * size[1] / (2 * reach[1]))))
    ax.set_yticks(ticks(size[0], tick_step(size[0], high * size[0] / (2 * reach[0]))))
    ax.tick_params(labelleft=left, labelbottom=low)
    if left:
        ax.set_ylabel("pixels from the centre")
    if low:
        ax.set_xlabel("pixels from the centre")


def _colour_bar(figure: Figure, axes: Sequence[Axes], aspect: float) -> Axes:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    scale = ScalarMappable(Normalize(0, 1), colours())
    return figure.colorbar(scale, ax=list(axes), label="paths, 1 = most in the panel", pad=0.02, aspect=aspect).ax
