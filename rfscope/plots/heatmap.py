"""The usage counts of one network as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rfscope.exact.analysis import Analysis
from rfscope.plots.bars import annotate_bars, draw_bars
from rfscope.plots.caption import field_note, fit, headline, plane_note, reduction_note
from rfscope.plots.maps import annotate_map, draw_maps
from rfscope.plots.notebook import show_in_notebooks
from rfscope.plots.scale import Scale
from rfscope.plots.settings import drawing
from rfscope.plots.style import inches, new_figure, settle, thin
from rfscope.plots.view import View, view
from rfscope.targets import Target, analysis_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_heatmap"]

_PAGE = 7.2
"""Inches of the text width of a page."""

_WIDTH = 4.0
"""Inches of a figure's width, at least, for the title's sake."""

_LONG_SIDE = 4.2
"""Inches of the longer side of a map, at most."""

_CELL = 0.4
"""Inches of a pixel's side, at most."""


def plot_heatmap(
    target: Target | Analysis, ax: Axes | None = None, *, annotate: bool = False, log: bool = False
) -> Axes:
    """Draw how often one output uses each pixel of its receptive field; holes have a colour of their own.

    Two axes make a map, the first axis downwards; pixels never read have a colour of their own, outside the scale. One
    axis makes bars, with bands where nothing is read. Of three axes the plane across the first one is shown, at the
    used position nearest the centre. Padding is never shown of an input that has a size. Pixels too small for the
    figure are merged into cells, each showing the largest count or that it holds a pixel never read. The title says
    what is shown.

    Args:
        target: The network, as for ``rfscope.analyze``, or its analysis.
        ax: Where to draw; if not given, a figure of its own, which is the ``figure`` of the axes returned.
        annotate: Whether to write each count into its cell. Left out where print of 5 points does not fit.
        log: Whether the scale is logarithmic.

    Returns:
        The axes, in pixels from the centre of the field; pixels lie at half-integers where its size is even.

    Raises:
        RfscopeError: The target cannot be read or analyzed.
        LimitError: The field is longer than the limit ``axis``, or the picture, or the map of a network with branches,
            has more cells than ``cells``.
        UnsupportedError: The output reads nothing, or a padding depends on the size of the input, which is not known.

    Example:
        >>> plot_heatmap("2,4,8").get_title(loc="left")
        '2,4,8: HOLES, 29x29 pixels, 225 of 841 used (27 %)'
    """
    analysis = analysis_of(target)
    shown = view(analysis.output.counts)
    if ax is not None:
        return _draw(analysis, shown, ax, annotate=annotate, log=log, own=False)
    with drawing():
        figure = _own_figure(shown)
        own = figure.subplots()
        show_in_notebooks(own, figure)
        thin(own)
        return _draw(analysis, shown, own, annotate=annotate, log=log, own=True)


def _own_figure(shown: View) -> Figure:
    """The size that the map needs, with the colour bar and the text above and below."""
    if len(shown.size) == 1:
        return new_figure(_PAGE, 2.2, _PAGE / shown.pixels)
    rows, columns = shown.shape
    cell = min(_CELL, _LONG_SIDE / max(rows, columns))
    return new_figure(max(_WIDTH, columns * cell + 1.5), max(1.8, rows * cell + 0.8), cell)


def _room(ax: Axes, shown: View, *, own: bool) -> float:
    """Inches from the left edge of the map to that of the next axes, or of our own figure, in whose middle it lies."""
    wide, high = inches(ax)
    if not own or len(shown.size) == 1:
        return wide
    rows, columns = shown.shape
    return (ax.figure.bbox.width / ax.figure.dpi + min(wide, high * columns / rows)) / 2


def _draw(analysis: Analysis, shown: View, ax: Axes, *, annotate: bool, log: bool, own: bool) -> Axes:
    scale = Scale(shown.smallest, shown.largest, log)
    is_map = len(shown.size) == 2
    block = draw_maps([ax], [shown], scale, own=own) if is_map else draw_bars([ax], [shown], scale)
    title = ax.set_title("", loc="left", parse_math=False)
    texts = headline(analysis), field_note(analysis), plane_note(shown), reduction_note(block)
    title.set_text(fit(texts, _room(ax, shown, own=own), float(title.get_fontsize())))
    if own:
        settle(ax.figure.canvas.figure)
    if annotate and max(block) == 1:
        if not own:
            ax.figure.canvas.figure.draw_without_rendering()  # lays the axes out, so that cells have their size
        (annotate_map if is_map else annotate_bars)(ax, shown, scale)
    return ax
