"""A map or a line of counts in axes of the caller's, whose neighbours are left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rfscope.plots.bars import annotate_bars, draw_bars, mark_bars, merged
from rfscope.plots.layout import fit, line, size_of, wide
from rfscope.plots.look import Look
from rfscope.plots.maps import TICK, annotate_map, draw_map, mark_pixels, raster, stretch
from rfscope.plots.scale import Scale
from rfscope.plots.style import inches, pixel_points, thin
from rfscope.plots.view import View
from rfscope.wording import unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_into"]

_BAR, _PAD = 0.1, 0.07
"""Inches across a colour bar, and between it and its map."""


def draw_into(
    ax: Axes, bar_ax: Axes | None, shown: View, scale: Scale, look: Look, *, bar: bool, annotate: bool
) -> bool:
    """Draw counts and, of a map, its colour bar, for which the axes become narrower.

    Args:
        ax: Where to.
        bar_ax: Where the colour bar goes; beside the map, within the frame of the axes, if None.
        shown: What to draw.
        scale: Of colours or heights.
        look: The colours.
        bar: Whether there is a colour bar.
        annotate: Whether to write the counts.

    Returns:
        Whether counts that were to be written are.
    """
    thin(ax)
    figure: Any = ax.figure
    figure.canvas.figure.draw_without_rendering()  # lays the axes out, so that their size is known
    holes = shown.used < shown.pixels
    is_map = len(shown.size) == 2
    if not is_map:
        across, high = inches(ax)
        block = merged(shown.pixels, ax.bbox.width)
        draw_bars(ax, shown, scale, look, block=block, span=shown.pixels)
        mark_bars(ax, shown.pixels, across)
        ax.set_ylabel(fit([scale.label], high, size_of("axes.labelsize"), indent=0), labelpad=2)
        pixels: tuple[int, ...] = (block,)
    else:
        label = fit([scale.label], max(0.6, inches(ax)[1]), size_of("axes.labelsize"), indent=0)
        room = _room(scale, label) if bar and bar_ax is None else 0.0
        across, high = inches(ax)
        cell = min(max(0.2, across - room) / shown.shape[1], high / shown.shape[0])
        factors = stretch([shown])
        grid = raster(cell, factors, float(figure.dpi))
        pixels = grid.block
        ax.set_anchor("N")  # the room below is for the words
        image = draw_map(ax, shown, scale, grid.block, look, square=factors == (1.0, 1.0))
        if bar:
            if bar_ax is None:
                part = min(0.6, room / across)
                tall = min(1.0, cell * factors[0] * shown.shape[0] / high)
                look_of_bar = {"shrink": tall, "aspect": max(2.0, tall * high / _BAR), "anchor": (0.0, 1.0)}
                made = figure.colorbar(image, ax=ax, fraction=part, pad=_PAD / across, panchor=False, **look_of_bar)
            else:
                made = figure.colorbar(image, cax=bar_ax)
            thin(made.ax)
            made.outline.set_linewidth(0.5)
            scale.mark(made.ax.yaxis)
            made.ax.set_ylabel(label, fontsize=size_of("axes.labelsize"), labelpad=2)
        rows, columns = (side * size for side, size in zip(shown.shape, (cell, cell), strict=True))
        mark_pixels(ax, shown.shape, rows, columns)
    _name(ax, high, unit(scale.dims), is_map=is_map)
    if holes:
        _legend(ax, "some never read" if max(pixels) > 1 else "never read", look)
    if not annotate:
        return True
    if max(pixels) > 1:
        return False
    figure.canvas.figure.draw_without_rendering()  # now the cells have their size
    points = pixel_points(ax)
    return annotate_map(ax, shown, scale, points, look) if is_map else annotate_bars(ax, shown, scale, points[0])


def _room(scale: Scale, label: str) -> float:
    labels = max(wide(text, size_of("ytick.labelsize")) for text in scale.written())
    return _BAR + TICK + labels + line() * (1 + label.count("\n")) + 0.05


def _name(ax: Axes, high: float, units: str, *, is_map: bool) -> None:
    """What the axes are in, as long as there is room."""
    size = size_of("axes.labelsize")
    name = f"{units} from the centre"
    ax.set_xlabel(name if wide(name, size) <= inches(ax)[0] else name.split(maxsplit=1)[0], fontsize=size, labelpad=2)
    if is_map and _free(ax) >= wide("\N{MINUS SIGN}100", size_of("ytick.labelsize")) + TICK + line():
        ax.set_ylabel(name if wide(name, size) <= high else name.split(maxsplit=1)[0], fontsize=size, labelpad=2)


def _free(ax: Axes) -> float:
    """Inches to the left of axes, up to the next ones or to the edge; no end of them where a layout makes room."""
    figure: Any = ax.figure
    if figure.canvas.figure.get_layout_engine() is not None:
        return float("inf")
    own = ax.get_window_extent()
    found = (one.get_tightbbox() for one in figure.axes if one is not ax)
    others = [box for box in found if box is not None]
    ends = [one.x1 for one in others if one.x1 <= own.x0 and one.y0 < own.y1 and own.y0 < one.y1]
    return float(own.x0 - max(ends, default=figure.bbox.x0)) / float(figure.dpi)


def _legend(ax: Axes, text: str, look: Look) -> None:
    """Explain the colour of holes below the label of the axis."""
    from matplotlib.patches import Patch
    from matplotlib.transforms import ScaledTranslation

    figure: Any = ax.figure
    below = TICK + line("xtick.labelsize") + line() + 0.01
    ax.legend(
        handles=[Patch(facecolor=look.palette.hole, edgecolor=look.palette.ink, linewidth=0.4, label=text)],
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        bbox_transform=ax.transAxes + ScaledTranslation(0, -below, figure.dpi_scale_trans),
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=1,
        handleheight=1,
        handletextpad=0.5,
        fontsize=size_of("legend.fontsize"),
    )
