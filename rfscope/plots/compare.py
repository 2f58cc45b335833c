"""Several networks in one picture: the same count scale and the same size of a pixel in every panel."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase
from typing import TYPE_CHECKING

from rfscope import limits
from rfscope.errors import UnsupportedError
from rfscope.exact.analysis import Analysis
from rfscope.plots.bars import annotate_bars, draw_bars
from rfscope.plots.caption import caption, field_note, fit, label, plane_note, reduction_note
from rfscope.plots.maps import annotate_map, draw_maps, spans
from rfscope.plots.scale import Scale
from rfscope.plots.settings import drawing
from rfscope.plots.style import inches, new_figure, settle, thin
from rfscope.plots.view import View, view
from rfscope.targets import Target, analysis_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_compare"]

_WIDTH = 7.2
"""Inches: the text width of a page."""

_CELL = 0.25
"""Inches of a pixel's side, at most."""

_LINE = 0.15
"""Inches of a line of text."""


def plot_compare(
    *targets: Target | Analysis,
    annotate: bool = False,
    log: bool = False,
    figure: Figure | None = None,
) -> Figure:
    """Draw how often one output of each network uses each pixel, side by side on one scale.

    Maps stand side by side, lines below each other; see ``plot_heatmap`` for what a panel shows. Below them is one line
    of text for each: size, use, M_2, common factor of the rates, gridding index.

    Args:
        targets: The networks, as for ``rfscope.analyze``, or their analyses; they have equally many axes.
        annotate: Whether to write each count into its cell. Left out where print of 5 points does not fit.
        log: Whether the scale is logarithmic.
        figure: An empty figure to draw in, best with a constrained layout; one of its own if not given.

    Raises:
        RfscopeError: A target cannot be read or analyzed.
        UnsupportedError: The networks differ in their number of axes, there are none or more than 26, or an output
            cannot be drawn (see ``plot_heatmap``).
        LimitError: A field is longer than the limit ``axis``, or a panel has more cells than ``cells``.

    Example:
        >>> figure = plot_compare("1,2,5", "2,4,8", annotate=True)
        >>> [ax.get_title() for ax in figure.axes[:2]]
        ['(a) 1,2,5', '(b) 2,4,8']
    """
    if not 0 < len(targets) <= len(ascii_lowercase):
        most = f"1 to {len(ascii_lowercase)}"
        raise UnsupportedError("cannot show so many networks in one picture", got=len(targets), expected=most)
    analyses = [analysis_of(target) for target in targets]
    dims = sorted({analysis.network.dims for analysis in analyses})
    if len(dims) > 1:
        numbers = " and ".join(map(str, dims))
        raise UnsupportedError(
            "cannot compare in one picture", got=f"networks of {numbers} axes", expected="equally many"
        )
    with limits.shared("map-bytes", len(analyses)):
        views = [view(analysis.output.counts) for analysis in analyses]
    if figure is not None:
        return _draw(analyses, views, figure, annotate=annotate, log=log, own=False)
    with drawing():
        return _draw(analyses, views, _own_figure(views), annotate=annotate, log=log, own=True)


def _own_figure(views: Sequence[View]) -> Figure:
    """The size that the panels need, with the colour bar, the ticks and the text above and below."""
    text = _LINE * len(views) + 0.1
    if len(views[0].size) == 1:
        return new_figure(_WIDTH, 1.4 * len(views) + 0.4 + text, _WIDTH / max(shown.pixels for shown in views))
    down, across = spans(views)
    room = _WIDTH - 1.0 - 0.4 * len(across)
    cell = min(_CELL, room / sum(across), _WIDTH / sum(down))
    return new_figure(_WIDTH, sum(down) * cell + 0.6 * len(down) + text, cell)


def _draw(
    analyses: Sequence[Analysis], views: Sequence[View], figure: Figure, *, annotate: bool, log: bool, own: bool
) -> Figure:
    scale = Scale(min(shown.smallest for shown in views), max(shown.largest for shown in views), log)
    is_map = len(views[0].size) == 2
    axes = _axes(figure, views)
    if own:
        for ax in axes:
            thin(ax)
    block = draw_maps(axes, views, scale, own=own) if is_map else draw_bars(axes, views, scale)
    captions = []
    for letter, ax, analysis, shown in zip(ascii_lowercase, axes, analyses, views, strict=False):
        name = f"({letter}) {label(analysis)}"
        if is_map:
            title = ax.set_title("", y=_top(ax, shown), parse_math=False)
            title.set_text(fit([name], inches(ax)[0], float(title.get_fontsize()), indent=0))
        else:
            ax.set_title(name, loc="left", parse_math=False)
        captions.append(
            f"({letter}) " + "; ".join(filter(None, [caption(analysis), field_note(analysis), plane_note(shown)]))
        )
    text = figure.supxlabel("", x=0.01, ha="left", multialignment="left", linespacing=1.4, parse_math=False)
    room = 0.97 * figure.bbox.width / figure.dpi
    text.set_text(fit([*captions, reduction_note(block)], room, float(text.get_fontsize())))
    if own:
        settle(figure)
    if annotate and max(block) == 1:
        if not own:
            figure.canvas.figure.draw_without_rendering()  # lays the panels out, so that cells have their size
        for ax, shown in zip(axes, views, strict=True):
            (annotate_map if is_map else annotate_bars)(ax, shown, scale)
    return figure


def _axes(figure: Figure, views: Sequence[View]) -> list[Axes]:
    """One axes a network: maps in rows, lines below each other."""
    if len(views[0].size) == 1:
        grid = figure.add_gridspec(len(views), 1)
    else:
        down, across = spans(views)
        grid = figure.add_gridspec(len(down), len(across), height_ratios=down, width_ratios=across)
    return [figure.add_subplot(grid[divmod(place, grid.ncols)]) for place in range(len(views))]


def _top(ax: Axes, shown: View) -> float:
    """The upper edge of a map in parts of the height of its axes."""
    bottom, top = ax.get_ylim()
    return (shown.shape[0] / (bottom - top) + 1) / 2
