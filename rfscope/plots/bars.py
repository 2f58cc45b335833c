"""Lines of counts as bars, in pixels from the centre of the field; holes as bands behind them."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from rfscope.plots.layout import em, fit, size_of, wide
from rfscope.plots.look import Look
from rfscope.plots.scale import Scale
from rfscope.plots.style import DOTS, digit_size, tick_places
from rfscope.plots.view import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["annotate_bars", "bars_label", "draw_bars", "mark_bars", "merged"]

_HEADROOM = 0.15
"""Room above the tallest bar, as a part of its height on the scale."""


def merged(span: int, dots: float) -> int:
    """Pixels merged into a bar, where so many lie along so many dots."""
    return max(1, ceil(DOTS * span / dots))


def draw_bars(ax: Axes, shown: View, scale: Scale, look: Look, *, block: int, span: int) -> None:
    """Draw a line of counts.

    Args:
        ax: Where to.
        shown: What to draw.
        scale: Of the heights.
        look: The colours.
        block: Pixels merged into a bar.
        span: Pixels that the axes show.
    """
    import numpy as np

    cells = shown.cells((block,))
    heights = np.where(cells.read, scale.values(cells, shown.largest).data, np.nan)
    edges = np.minimum(np.arange(len(heights) + 1) * block, shown.pixels) - shown.pixels / 2
    low, high = scale.ends
    if scale.log:
        heights, floor, top = np.maximum(heights, low), low / 2, high * (2 * high / low) ** _HEADROOM
    else:
        floor, top = 0.0, (high if scale.high > scale.low or scale.shares else scale.high) * (1 + _HEADROOM)
    palette = look.palette
    ax.set_yscale("log" if scale.log else "linear")
    ax.stairs(
        cells.holes.astype(float), edges, fill=True, color=palette.hole, transform=ax.get_xaxis_transform(), zorder=1
    )
    ax.stairs(heights, edges, baseline=floor, fill=True, color=palette.bar, zorder=2)
    ax.set_ylim(floor, top)
    ax.set_xlim(-span / 2, span / 2)
    scale.mark(ax.yaxis, zero=not scale.log)


def mark_bars(ax: Axes, span: int, across: float) -> None:
    """Set ticks along the axis."""
    label = wide(f"\N{MINUS SIGN}{span // 2}", size_of("xtick.labelsize")) + 1.2 * em()
    ax.set_xticks(tick_places(span, across, label))


def bars_label(scale: Scale, high: float) -> str:
    """What the heights are, in as many lines as it takes."""
    return fit([scale.label], high, size_of("axes.labelsize"), indent=0)


def annotate_bars(ax: Axes, shown: View, scale: Scale, width: float) -> bool:
    """Write each count above its bar, if print of a readable size fits the width of a pixel.

    Args:
        ax: Where the line was drawn, one bar a pixel.
        shown: What was drawn.
        scale: Of all panels, whose largest count decides, so that all are written alike or none.
        width: Of a pixel, in points.

    Returns:
        Whether they fit.
    """
    size = digit_size(width, width, scale.high)
    if size is None:
        return False
    for place in range(shown.pixels):
        if count := shown.count(place):
            ax.annotate(
                str(count),
                (place - (shown.pixels - 1) / 2, count),
                xytext=(0, 1),
                textcoords="offset points",
                fontsize=size,
                ha="center",
                va="bottom",
                in_layout=False,
            )
    return True
