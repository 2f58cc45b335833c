"""The usage counts of one network as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rfscope.exact.analysis import Analysis
from rfscope.plots.bars import annotate_bars, draw_bars, hole_legend
from rfscope.plots.caption import headline, plane_note, reduction_note
from rfscope.plots.panel import annotate_map, block_size, count_bar, draw_map
from rfscope.plots.style import Scale, new_figure, small_print, thin, tick_step
from rfscope.plots.view import View, view

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_heatmap"]

_LONG_SIDE = 4.2
"""Inches of the longer side of a map, at most."""

_CELL = 0.3
"""Inches of a cell's side, at most."""

_MARGINS = 1.9, 0.8
"""Inches that the colour bar and the text need beside a map and above and below it."""


def plot_heatmap(analysis: Analysis, ax: Axes | None = None, *, annotate: bool = False, log: bool = False) -> Axes:
    """Draw how often one output uses each pixel of its receptive field.

    Two axes make a map, first axis downwards; pixels never read have a colour of their own, outside the scale. One axis
    makes bars, with bands where nothing is read. Of three axes the plane across the first one is shown, at the used
    position nearest the centre, and the title says which. Cells too small for the figure are merged, each showing its
    largest count or that it holds a pixel never read, and the title says so.

    Args:
        analysis: Of the network.
        ax: Where to draw; a figure of its own if not given, which is ``plot_heatmap(...).figure``.
        annotate: Whether to write each count into its cell. It is left out where print of 5 points does not fit.
        log: Whether the scale is logarithmic.

    Returns:
        The axes, in pixels from the centre of the field; pixel centres are half-integers where its size is even.

    Raises:
        LimitError: The field is longer than the limit ``axis``, or the picture has more cells than ``cells``.

    Example:
        >>> from rfscope.exact.analysis import analyze
        >>> from rfscope.network.build import chain
        >>> plot_heatmap(analyze(chain([2, 4, 8]))).get_title(loc="left")
        '2,4,8: 29x29 pixels, 225 of 841 used (27 %)'
    """
    shown = view(analysis.output.counts)
    scale = Scale(shown.smallest, shown.largest, log)
    if ax is not None:
        return _draw(analysis, shown, scale, ax, annotate)
    with small_print():
        own = new_figure(*_figure_size(shown)).subplots()
        thin(own)
        return _draw(analysis, shown, scale, own, annotate)


def _figure_size(shown: View) -> tuple[float, float]:
    if len(shown.lines) == 1:
        return 7.2, 2.2
    rows, columns = shown.shape
    cell = min(_CELL, _LONG_SIDE / max(rows, columns))
    wide, high = _MARGINS
    return max(5.0, columns * cell + wide), max(1.8, rows * cell + high)


def _draw(analysis: Analysis, shown: View, scale: Scale, ax: Axes, annotate: bool) -> Axes:
    is_map = len(shown.lines) == 2
    rows, columns = shown.shape
    block = block_size([ax], shown.shape)
    step = tick_step(max(rows, columns))
    ax.set_title("\n".join(filter(None, _title(analysis, shown, block if is_map else block[1:]))), loc="left", parse_math=False)
    return ax


def _title(analysis, shown, block):
    return [headline(analysis), plane_note(shown), reduction_note(block)]
