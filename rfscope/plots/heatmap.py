"""The usage counts of one network as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING
from warnings import warn

from rfscope.exact.analysis import Analysis
from rfscope.plots.axes import draw_into
from rfscope.plots.bars import annotate_bars, bars_label, draw_bars, mark_bars, merged
from rfscope.plots.caption import UNWRITTEN, field_note, headline, label, plane_note, reduction_note
from rfscope.plots.layout import MARGIN, Page, dots_for, em, fit, line, short_or, size_of, wide
from rfscope.plots.look import Look, Width, look_of, relabelled
from rfscope.plots.maps import (
    TICK,
    annotate_map,
    bar_room,
    draw_bar,
    draw_map,
    mark_pixels,
    raster,
    stretch,
    tick_labels,
)
from rfscope.plots.notebook import show_in_notebooks
from rfscope.plots.scale import Scale
from rfscope.plots.settings import drawing, left_out
from rfscope.plots.style import digit_size
from rfscope.plots.view import View, view
from rfscope.targets import Target, analysis_of
from rfscope.wording import unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

__all__ = ["plot_heatmap"]

_LINE_WIDTH, _LINE_HEIGHT = 7.2, 1.35
"""Inches of a picture of one axis, and of its bars."""

_WIDTH = 4.0
"""Inches of a figure's width, at least, for the title's sake."""

_LONG_SIDE = 4.2
"""Inches of the longer side of a map, at most."""

_SMALLEST = 0.7
"""Inches of the longer side of a map, at least, for the colour bar's sake."""

_ROOMY = 2.2
"""Inches of a map from which on the legend stands below its colour bar, and not at the edge of the page."""

_CELL = 0.4
"""Inches of a pixel's side, at most."""


def plot_heatmap(
    target: Target | Analysis,
    ax: Axes | None = None,
    *,
    cbar: bool = True,
    cbar_ax: Axes | None = None,
    title: str | None = None,
    labels: Sequence[str] | None = None,
    annotate: bool = False,
    log: bool | None = None,
    cmap: str | None = None,
    dark: bool = False,
    width: Width | None = None,
    height: float | None = None,
    dpi: float | None = None,
    caption: bool | None = None,
) -> Axes:
    """Draw how often one output uses each pixel of its receptive field; holes have a colour of their own.

    Two axes make a map, the first axis downwards; pixels never read have a colour of their own, outside the scale. One
    axis makes bars, with bands where nothing is read. Of three axes the plane across the first one is shown, at the
    used position nearest the centre. Padding is never shown of an input that has a size. Pixels too small for the
    figure are merged into cells, each showing the largest count or that it holds a pixel never read. Counts above
    99,999 are told as parts of the largest. The caption says what is shown.

    Args:
        target: The network, as for ``rfscope.analyze``, or its analysis.
        ax: Where to draw; if not given, a figure of its own, which is the ``figure`` of the axes returned.
        cbar: Whether there is a colour bar.
        cbar_ax: Where the colour bar is drawn; beside the map if not given.
        title: Above the map. Above axes that are given it is the network's name if not given.
        labels: The name to show for the network, as a list of one.
        annotate: Whether to write each count into its cell. Left out, and said so, where print of 6 points does not
            fit.
        log: Whether the scale is logarithmic; if not said, where counts span more than a factor of ten.
        cmap: A colour map of matplotlib's whose lightness rises or falls throughout.
        dark: Whether on dark paper.
        width: Of a figure of its own: ``"column"`` (3.35), ``"text"`` (7), ``"slide"`` (10), or inches.
        height: Of a figure of its own, in inches.
        dpi: Of a figure of its own, in dots per inch.
        caption: Whether the facts are written above the map; if not said, where the figure is as wide as a text.

    Returns:
        The axes, in pixels from the centre of the field; pixels lie at half-integers where its size is even.

    Raises:
        RfscopeError: The target cannot be read or analyzed, or what is said of the look is out of range.
        LimitError: The field is longer than the limit ``axis``, or the picture, or the map of a network with branches,
            has more cells than ``cells``.
        UnsupportedError: The output reads nothing, or a padding depends on the size of the input, which is not known.

    Example:
        >>> plot_heatmap("2,4,8").get_title(loc="left")
        '2,4,8: HOLES, 29x29 pixels, 225 of 841 used (27 %)'
    """
    look = look_of(width=width, height=height, dpi=dpi, title=title, caption=caption, cmap=cmap, dark=dark)
    (analysis,) = relabelled([analysis_of(target)], labels)
    shown = view(analysis.output.counts)
    scale = Scale(shown.smallest, shown.largest, log, dims=analysis.network.dims)
    with drawing(look):
        if ax is not None:
            written = draw_into(ax, cbar_ax, shown, scale, look, bar=cbar, annotate=annotate)
            name = label(analysis) if title is None else title
            ax.set_title("", fontsize=size_of("axes.titlesize"), color=look.palette.ink, parse_math=False)
            room = ax.get_window_extent().width / ax.figure.dpi
            ax.title.set_text(fit([name], room, size_of("axes.titlesize"), indent=0))
            if not written:
                warn(UNWRITTEN, stacklevel=2)
            return ax
        draw = _map if len(shown.size) == 2 else _line
        drawn = draw(analysis, shown, scale, look, annotate=annotate, bar=cbar)
        show_in_notebooks(drawn)
        return drawn


def _words(analysis: Analysis, shown: View, block: Sequence[int], *, unwritten: bool) -> tuple[str, ...]:
    """The facts, and the title where there is one."""
    facts = headline(analysis), field_note(analysis), plane_note(shown), reduction_note(block)
    return tuple(filter(None, (*facts, UNWRITTEN if unwritten else "")))


def _head(facts: Sequence[str], look: Look, room: float) -> str:
    """What stands above the picture, in lines."""
    return fit([look.title or "", *(facts if look.caption else ())], room, size_of("axes.titlesize"))


def _above() -> float:
    """Inches between the head and the frame, beside which labels of a colour bar may stand up."""
    return 0.75 * em("ytick.labelsize")


def _set_head(page: Page, ax: Axes, head: str, facts: Sequence[str]) -> None:
    ax.set_title(head, loc="left", parse_math=False, pad=72 * _above(), linespacing=1.1)
    if not page.look.caption:
        left_out(page.figure, "\n".join(facts))


def _map(analysis: Analysis, shown: View, scale: Scale, look: Look, *, annotate: bool, bar: bool) -> Axes:
    rows, columns = shown.shape
    factors = stretch([shown])
    left = MARGIN + line() + tick_labels([shown]) + TICK
    right = bar_room(scale, 1.5) if bar else 2 * MARGIN
    below = TICK + line("xtick.labelsize") + line() + MARGIN
    spare = (line("axes.titlesize") * (2 + look.caption)) + below
    wide_by_name = max(_WIDTH, columns * min(_CELL, _LONG_SIDE / max(rows, columns)) + left + right)
    width = look.width or wide_by_name
    sides = _LONG_SIDE if look.height is None else look.height - spare
    cell = min((width - left - right) / (columns * factors[1]), max(sides, 0.3) / (rows * factors[0]))
    if look.width is None:
        cell = min(cell, max(_CELL, _SMALLEST / max(rows, columns)), _LONG_SIDE / (columns * factors[1]))
    grid = raster(cell, factors, look.dpi)
    high, across = grid.size(shown.shape)
    unwritten = annotate and (max(grid.block) > 1 or digit_size(*grid.points, scale.high) is None)
    start = left + max(0.0, width - left - right - across) / 2
    facts = _words(analysis, shown, grid.block, unwritten=unwritten)
    head = _head(facts, look, width - start - MARGIN)
    top = MARGIN + (line("axes.titlesize") * (1 + head.count("\n")) + _above() if head else 0.02)
    page = Page(None, look, width=width, height=look.height or top + high + below, dpi=grid.down.dpi)
    ax = page.axes(start, top, across, high)
    draw_map(ax, shown, scale, grid.block, look, square=factors == (1.0, 1.0))
    mark_pixels(ax, shown.shape, high, across)
    name = f"{unit(analysis.network.dims)} from the centre"
    ax.set_xlabel(
        name if wide(name, size_of("axes.labelsize")) < across + 0.4 else unit(analysis.network.dims), labelpad=2
    )
    ax.set_ylabel(
        name if wide(name, size_of("axes.labelsize")) < high + 0.4 else unit(analysis.network.dims), labelpad=2
    )
    if bar:
        draw_bar(page, start + across, top, high, scale)
    if shown.used < shown.pixels:
        text = "some never read" if max(grid.block) > 1 else "never read"
        end = top + high + TICK + line("xtick.labelsize") + 0.03
        edge = start + across + right if across > _ROOMY else page.width - MARGIN
        page.legend(ax, edge, end, [(look.palette.hole, text)])
    _set_head(page, ax, head, facts)
    if annotate and not unwritten:
        annotate_map(ax, shown, scale, grid.points, look)
    return ax


def _line(analysis: Analysis, shown: View, scale: Scale, look: Look, *, annotate: bool, bar: bool) -> Axes:
    del bar  # there is none
    width = look.width or _LINE_WIDTH
    numbers = max(wide(text, size_of("ytick.labelsize")) for text in scale.written())
    below = TICK + line("xtick.labelsize") + line() + MARGIN
    left = MARGIN + 2 * line() + numbers + TICK
    across, dpi = width - left - 2 * MARGIN, dots_for(look)
    block = merged(shown.pixels, across * dpi)
    points = 72 * across / shown.pixels
    unwritten = annotate and (block > 1 or digit_size(points, points, scale.high) is None)
    facts = _words(analysis, shown, (block,), unwritten=unwritten)
    head = _head(facts, look, across)
    top = MARGIN + (line("axes.titlesize") * (1 + head.count("\n")) + _above() if head else 0.02)
    height = look.height or top + below + _LINE_HEIGHT * look.enlarged
    high = max(0.3, height - top - below)
    page = Page(None, look, width=width, height=height, dpi=dpi)
    ax = page.axes(left, top, across, high)
    draw_bars(ax, shown, scale, look, block=block, span=shown.pixels)
    mark_bars(ax, shown.pixels, across)
    said = "some never read" if block > 1 else "never read"
    beside = 2 * (wide(said, size_of("legend.fontsize")) + 0.25) if shown.used < shown.pixels else 0.0
    ax.set_xlabel(short_or(f"{unit(analysis.network.dims)} from the centre", across - beside), labelpad=2)
    ax.set_ylabel(bars_label(scale, high), labelpad=2)
    if shown.used < shown.pixels:
        end = top + high + TICK + line("xtick.labelsize") + 0.03
        page.legend(ax, page.width - 2 * MARGIN, end, [(look.palette.hole, said)])
    _set_head(page, ax, head, facts)
    if annotate and not unwritten:
        annotate_bars(ax, shown, scale, points)
    return ax
