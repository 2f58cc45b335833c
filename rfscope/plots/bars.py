"""Lines of counts as bars, in pixels from the centre of the field; holes as bands behind them."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

from rfscope.plots.scale import Scale
from rfscope.plots.style import DOTS, HOLE, digit_size, hole_legend, inches, pixel_points, tick_step, ticks
from rfscope.plots.view import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["annotate_bars", "draw_bars"]

_BAR = "#2c728e"
"""From the middle of the counts' colours."""

_HEADROOM = 0.15
"""Room above the tallest bar, as a part of its height on the scale."""


def draw_bars(axes: Sequence[Axes], views: Sequence[View], scale: Scale) -> tuple[int]:
    """Draw lines below each other, with one legend entry for holes if there are any.

    Args:
        axes: Where to.
        views: What to draw.
        scale: Of the heights.

    Returns:
        Pixels merged into a bar.
    """
    span = max(shown.pixels for shown in views)
    block = max(1, ceil(DOTS * span / min(ax.bbox.width for ax in axes)))
    for ax, shown in zip(axes, views, strict=True):
        _draw(ax, shown, scale, block)
        ax.set_xlim(-span / 2, span / 2)
        ax.set_xticks(ticks(shown.pixels, tick_step(shown.pixels, inches(ax)[0] * shown.pixels / span)))
        ax.set_ylabel(scale.label)
    axes[-1].set_xlabel("pixels from the centre")
    if any(shown.used < shown.pixels for shown in views):
        hole_legend(axes[-1], "right", 0.27, merged=block > 1)
    return (block,)


def _draw(ax: Axes, shown: View, scale: Scale, block: int) -> None:
    import numpy as np

    cells = shown.cells((block,))
    heights = np.where(cells.read, scale.values(cells).data, np.nan)
    edges = np.minimum(np.arange(len(heights) + 1) * block, shown.pixels) - shown.pixels / 2
    low, high = scale.ends
    floor, top = (low / 2, high * (2 * high / low) ** _HEADROOM) if scale.log else (0.0, high * (1 + _HEADROOM))
    ax.set_yscale("log" if scale.log else "linear")
    ax.stairs(cells.holes.astype(float), edges, fill=True, color=HOLE, transform=ax.get_xaxis_transform(), zorder=1)
    ax.stairs(heights, edges, baseline=floor, fill=True, color=_BAR, zorder=2)
    ax.set_ylim(floor, top)
    if not scale.log:
        ax.yaxis.set_major_locator(scale.locator())


def annotate_bars(ax: Axes, shown: View, scale: Scale) -> None:
    """Write each count above its bar, if print of a readable size fits the width of a pixel.

    Args:
        ax: Where the line was drawn, one bar a pixel, and laid out.
        shown: What was drawn.
        scale: Of all panels, whose largest count decides, so that all are written alike or none.
    """
    width, _ = pixel_points(ax)
    size = digit_size(width, width, scale.high)
    if size is None:
        return
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
