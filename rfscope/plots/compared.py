"""The panels of a comparison on their page: maps in rows, lines below each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import TYPE_CHECKING

from rfscope.plots.bars import annotate_bars, bars_label, draw_bars, mark_bars, merged
from rfscope.plots.layout import MARGIN, Page, dots_for, em, fit, line, size_of, wide
from rfscope.plots.look import TEXT, WIDTHS, Look
from rfscope.plots.maps import (
    TICK,
    Raster,
    annotate_map,
    bar_lines,
    bar_room,
    draw_bar,
    draw_map,
    mark_pixels,
    raster,
    stretch,
    tick_labels,
)
from rfscope.plots.rows import Spaces, rows_of
from rfscope.plots.scale import Scale
from rfscope.plots.style import digit_size
from rfscope.plots.view import View
from rfscope.wording import unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

__all__ = ["Panels", "draw_lines", "draw_panels"]

_HIGH = (1.0, 1.5)
"""Height of the maps together relative to the width of the picture, at most: on a page, and in a column of one."""

_CELL, _SIDE = 0.25, 2.2
"""Inches of a pixel's side, at most, and of a map's where each has scales of its own."""

_SLOT = 0.65
"""Inches across a panel, at least, for its title."""

_LONGEST_BAR = 3.0
"""Inches of a colour bar, at most."""

_BARS = (2.5, 1.2, 0.6)
"""Inches that a colour bar may turn out to be: the shorter, the more lines its label takes."""

_LINE_HEIGHT = 1.0
"""Inches of a line of bars."""


@dataclass(frozen=True, eq=False)
class Panels:
    """What a comparison shows.

    Attributes:
        names: Of the networks.
        views: What is drawn of each.
        scale: Of all.
        words: The caption in lines, from the order of the panels, the pixels merged, and whether counts are unwritten.
        annotate: Whether to write counts.
    """

    names: Sequence[str]
    views: Sequence[View]
    scale: Scale
    words: Callable[[Sequence[int], Sequence[int], bool], Sequence[str]]
    annotate: bool


def _extent(figure: Figure | SubFigure | None, look: Look) -> tuple[float, float | None]:
    if figure is None:
        return look.width or TEXT, look.height
    width, height = (float(side) / float(figure.dpi) for side in figure.bbox.size)
    return width, height


def draw_panels(panels: Panels, look: Look, figure: Figure | SubFigure | None) -> Figure:
    """Draw maps in rows."""
    views, scale = panels.views, panels.scale
    width, height = _extent(figure, look)
    room = width - 2 * MARGIN
    title = line("axes.titlesize")
    left = MARGIN + line() + tick_labels(views) + TICK
    below = TICK + line("xtick.labelsize") + line() + MARGIN
    head = MARGIN + (title if look.title else 0)
    # the number of lines of the caption does not depend on the order of panels, but for their letters
    text = _caption(panels, range(len(views)), (1, 1), look, room, unwritten=panels.annotate)
    foot = (line("figure.labelsize") * (1 + text.count("\n")) + 0.08) if look.caption else 0.0
    factors = stretch(views)
    shapes = [(shown.shape[0] * factors[0], shown.shape[1] * factors[1]) for shown in views]
    if scale.own:
        shapes = [(high / max(high, across), across / max(high, across)) for high, across in shapes]
    deep = _HIGH[width < WIDTHS["text"]] * width if height is None else height - head - below - foot
    gap = tick_labels(views) + TICK + 0.1
    names = [f"(m) {name}" for name in panels.names]
    slot = min(_SLOT * look.enlarged, room / 2)
    lines = max(fit([name], slot * 1.6, size_of("axes.titlesize"), indent=0).count("\n") + 1 for name in names)
    down = TICK + line("xtick.labelsize") + lines * title + 0.06
    most = _SIDE * look.enlarged if scale.own else _CELL * look.enlarged
    for guess in _BARS:
        spaces = Spaces(width - left - bar_room(scale, guess) - 0.02, deep, gap, down, slot)
        rows, cell = rows_of(shapes, spaces, most)
        if bar_lines(scale, spaces.high(shapes, rows, cell) - down) <= bar_lines(scale, guess):
            break
    order = [place for row in rows for place in row]
    grids = _grids(panels, cell, factors, look, figure)
    sizes = [grid.size(shown.shape) for grid, shown in zip(grids, views, strict=True)]
    block = max(grid.block for grid in grids)
    points = grids[0].points
    unwritten = panels.annotate and (max(block) > 1 or scale.own or digit_size(*points, scale.high) is None)
    text = _caption(panels, order, block, look, room, unwritten=unwritten)
    foot = (line("figure.labelsize") * (1 + text.count("\n")) + 0.08) if look.caption else 0.0
    titles = _titles(panels, rows, sizes, spaces)
    heights = [(1 + max(titles[place].count("\n") for place in row)) * title + 0.05 for row in rows]
    deepest = [max(sizes[place][0] for place in row) for row in rows]
    between = TICK + line("xtick.labelsize") + 0.04
    needed = head + sum(heights) + sum(deepest) + between * (len(rows) - 1) + below + foot
    page = Page(figure, look, width=width, height=height or needed, dpi=grids[0].down.dpi)
    if look.caption or panels.words:
        page.caption(text, page.height - foot + 0.02)
    top, made, right = head, {}, 0.0
    for row, above, high in zip(rows, heights, deepest, strict=True):
        top += above
        start = left
        for place in row:
            made[place] = page.axes(start, top, sizes[place][1], sizes[place][0])
            right = max(right, start + sizes[place][1])
            start += max(sizes[place][1], slot) + gap
        top += high + between
    bottom = top - between
    for place in order:
        _panel(made[place], views[place], panels, grids[place], look, titles[place], square=factors == (1.0, 1.0))
        if panels.annotate and not unwritten:
            annotate_map(made[place], views[place], scale, points, look)
    first = head + heights[0]
    bar = draw_bar(page, right, first, min(bottom - first, max(_LONGEST_BAR * look.enlarged, deepest[0])), scale)
    _share_labels(page, "pixels from the centre", (left, right), (first, bottom))
    if any(shown.used < shown.pixels for shown in views):
        said = "some never read" if max(block) > 1 else "never read"
        page.legend(bar, page.width - MARGIN, bottom + between, [(look.palette.hole, said)])
    if look.title:
        page.text(left, MARGIN, look.title, "axes.titlesize")
    whole: Figure = page.figure
    return whole


def _grids(
    panels: Panels, cell: float, factors: tuple[float, float], look: Look, figure: Figure | SubFigure | None
) -> list[Raster]:
    """How the pixels of each panel come onto paper: alike, unless each has its own scales."""
    dpi = look.dpi if figure is None else float(figure.dpi)
    if not panels.scale.own:
        return [raster(cell, factors, dpi)] * len(panels.views)
    sides = [
        cell / max(rows * factors[0], columns * factors[1]) for rows, columns in (one.shape for one in panels.views)
    ]
    dpi = dpi or raster(min(sides), factors, None).down.dpi
    return [raster(side, factors, dpi) for side in sides]


def _titles(
    panels: Panels, rows: Sequence[Sequence[int]], sizes: Sequence[tuple[float, float]], spaces: Spaces
) -> dict[int, str]:
    """Letter and name of each panel, cut into lines."""
    order = [place for row in rows for place in row]
    letters = dict(zip(order, ascii_lowercase, strict=False))
    return {
        place: fit(
            [f"({letters[place]}) {panels.names[place]}"],
            max(spaces.slot, sizes[place][1]) + spaces.across - 0.12,
            size_of("axes.titlesize"),
            indent=0,
        )
        for place in order
    }


def _caption(
    panels: Panels, order: Sequence[int], block: Sequence[int], look: Look, room: float, *, unwritten: bool
) -> str:
    said = panels.words(order, block, unwritten)
    return fit(said, room, size_of("figure.labelsize")) if look.caption else "\n".join(filter(None, said))


def _panel(ax: Axes, shown: View, panels: Panels, grid: Raster, look: Look, title: str, *, square: bool) -> None:
    draw_map(ax, shown, panels.scale, grid.block, look, square=square)
    mark_pixels(ax, shown.shape, *grid.size(shown.shape))
    ax.set_title(title, parse_math=False, x=0, ha="left", pad=3)


def _share_labels(page: Page, name: str, across: tuple[float, float], down: tuple[float, float]) -> None:
    """What the axes of all panels are in, said once."""
    size = size_of("axes.labelsize")
    short = name.split(maxsplit=1)[0]
    ends = MARGIN + em() / 2
    low = down[1] + TICK + line("xtick.labelsize")
    page.text(
        sum(across) / 2, low, name if wide(name, size) < across[1] - across[0] + 0.3 else short, ha="center", va="top"
    )
    upright = name if wide(name, size) < down[1] - down[0] + 0.3 else short
    page.text(ends, sum(down) / 2, upright, ha="center", va="center", rotation=90)


def draw_lines(panels: Panels, look: Look, figure: Figure | SubFigure | None) -> Figure:
    """Draw lines of counts below each other."""
    views, scale = panels.views, panels.scale
    width, height = _extent(figure, look)
    title, room = line("axes.titlesize"), width - 2 * MARGIN
    numbers = max(wide(text, size_of("ytick.labelsize")) for text in scale.written())
    left = MARGIN + 2 * line() + numbers + TICK
    across, dpi = room - left, dots_for(look) if figure is None else float(figure.dpi)
    span = max(shown.pixels for shown in views)
    block = merged(span, across * dpi)
    points = 72 * across / span
    unwritten = panels.annotate and (block > 1 or scale.own or digit_size(points, points, scale.high) is None)
    text = _caption(panels, range(len(views)), (block,), look, room, unwritten=unwritten)
    foot = (line("figure.labelsize") * (1 + text.count("\n")) + 0.08) if look.caption else 0.0
    below = TICK + line("xtick.labelsize") + line() + MARGIN
    head = MARGIN + (title if look.title else 0)
    each = title + 0.1
    spare = head + below + foot + each * len(views)
    high = _LINE_HEIGHT * look.enlarged if height is None else max(0.2, (height - spare) / len(views))
    page = Page(figure, look, width=width, height=height or spare + high * len(views), dpi=dpi)
    page.caption(text, page.height - foot + 0.02)
    top = head
    for letter, name, shown in zip(ascii_lowercase, panels.names, views, strict=False):
        top += each
        ax = page.axes(left, top, across, high)
        draw_bars(ax, shown, scale, look, block=block, span=span)
        mark_bars(ax, span, across)
        ax.tick_params(labelbottom=shown is views[-1])
        ax.set_title(f"({letter}) {name}", loc="left", parse_math=False, pad=3)
        top += high
        if panels.annotate and not unwritten:
            annotate_bars(ax, shown, scale, points)
    middle = (head + each + top) / 2
    page.text(left + across / 2, top + TICK + line("xtick.labelsize"), f"{unit(1)} from the centre", ha="center")
    label = bars_label(scale, top - head)
    page.text(MARGIN, middle, label, va="center", rotation=90, multialignment="center")
    if any(shown.used < shown.pixels for shown in views):
        said = "some never read" if block > 1 else "never read"
        page.legend(ax, page.width - MARGIN, top + TICK + line("xtick.labelsize") + 0.03, [(look.palette.hole, said)])
    if look.title:
        page.text(left, MARGIN, look.title, "axes.titlesize")
    whole: Figure = page.figure
    return whole
