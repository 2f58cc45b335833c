"""A line of counts as bars, in pixels from the centre of the field; holes as bands behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rfscope.plots.style import HOLE, Scale, digit_size, hole_patch, pixel_points, ticks
from rfscope.plots.view import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["annotate_bars", "draw_bars", "hole_legend"]

_BAR = "#2c728e"
"""From the middle of the counts' colours."""

_HEADROOM = 0.15
"""Room above the tallest bar, as a part of its height on the scale."""


def draw_bars(ax: Axes, shown: View, scale: Scale, block: int, *, step: int, span: int) -> None:
    """Draw a line of counts.

    Args:
        ax: Where to.
        shown: What to draw.
        scale: Of the heights.
        block: Pixels merged into a bar.
        step: Pixels between ticks.
        span: Pixels the axes span, at least the line's: the same in two panels makes their pixels the same size.
    """
    import numpy as np

    (size,) = shown.size
    cells = shown.cells((block,))
    heights = np.where(cells.counts > 0, scale.values(cells).data, np.nan)
    edges = np.minimum(np.arange(len(heights) + 1) * block, size) - size / 2
    low, high = scale.ends
    floor, top = (low / 2, high * (2 * high / low) ** _HEADROOM) if scale.log else (0.0, high * (1 + _HEADROOM))
    ax.set_yscale("log" if scale.log else "linear")
    ax.stairs(cells.holes.astype(float), edges, fill=True, color=HOLE, transform=ax.get_xaxis_transform(), zorder=1)
    ax.stairs(heights, edges, baseline=floor, fill=True, color=_BAR, zorder=2)
    ax.set_xlim(-span / 2, span / 2)
    ax.set_ylim(floor, top)
    ax.set_xticks(ticks(size, step))
    if not scale.log:
        ax.yaxis.set_major_locator(scale.locator())
    ax.set_ylabel(scale.label)


def annotate_bars(ax: Axes, shown: View, scale: Scale) -> None:
    """Write each count above its bar, if print of a readable size fits the width of a pixel."""
    width, _ = pixel_points(ax)
    size = digit_size(width, width, scale.high)
    if size is None:
        return
    (line,) = shown.lines
    for place, count in enumerate(line):
        if count:
            ax.annotate(
                str(count),
                (place - (len(line) - 1) / 2, count),
                xytext=(0, 1),
                textcoords="offset points",
                fontsize=size,
                ha="center",
                va="bottom",
                in_layout=False,
            )


def hole_legend(ax: Axes, *, reduced: bool) -> None:
    """Explain the bands, above the axes on the right."""
    ax.legend(
        handles=[hole_patch(reduced=reduced)],
        loc="lower right",
        bbox_to_anchor=(1, 1),
        frameon=False,
        borderaxespad=0.2,
        handlelength=1,
        handleheight=1,
    )
