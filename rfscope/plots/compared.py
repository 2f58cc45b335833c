"""The panels of a comparison on their page: maps in rows, lines below each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import TYPE_CHECKING

from rfscope.plots.bars import annotate_bars, bars_label, draw_bars, mark_bars, merged
from rfscope.plots.layout import MARGIN, Page, dots_for, em, fit, line, short_or, size_of, wide
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


@dataclass(frozen=True, eq=False)
class _Plan:
    """Where maps stand on a page.

    Attributes:
        rows: Places of the maps, row by row.
        grids: How the pixels of each come onto paper.
        factors: How much higher and wider than square pixels are.
        spaces: What surrounds the maps.
        left: Inches before the first map of a row.
        head: Inches above the first title.
        below: Inches of ticks and names of axes below the last row.
    """

    rows: Sequence[Sequence[int]]
    grids: Sequence[Raster]
    factors: tuple[float, float]
    spaces: Spaces
    left: float
    head: float
    below: float

    @property
    def order(self) -> list[int]:
        """Places of the maps as they are read."""
        return [place for row in self.rows for place in row]

    @property
    def block(self) -> tuple[int, int]:
        """The most pixels merged into a cell."""
        return max(grid.block for grid in self.grids)


def _plan(panels: Panels, look: Look, figure: Figure | SubFigure | None, foot: float) -> _Plan:
    views, scale = panels.views, panels.scale
    width, height = _extent(figure, look)
    title = line("axes.titlesize")
    left = MARGIN + line() + tick_labels(views) + TICK
    below = TICK + line("xtick.labelsize") + line() + MARGIN
    head = MARGIN + (title if look.title else 0)
    factors = stretch(views)
    shapes = [(shown.shape[0] * factors[0], shown.shape[1] * factors[1]) for shown in views]
    if scale.own:
        shapes = [(high / max(high, across), across / max(high, across)) for high, across in shapes]
    deep = _HIGH[width < WIDTHS["text"]] * width if height is None else height - head - below - foot
    gap = tick_labels(views) + TICK + 0.1
    slot = min(_SLOT * look.enlarged, (width - 2 * MARGIN) / 2)
    names = [f"(m) {name}" for name in panels.names]
    lines = max(fit([name], slot * 1.6, size_of("axes.titlesize"), indent=0).count("\n") + 1 for name in names)
    down = TICK + line("xtick.labelsize") + lines * title + 0.06
    most = _SIDE * look.enlarged if scale.own else _CELL * look.enlarged
    for guess in _BARS:
        spaces = Spaces(width - left - bar_room(scale, guess) - 0.02, deep, gap, down, slot)
        rows, cell = rows_of(shapes, spaces, most)
        if bar_lines(scale, spaces.high(shapes, rows, cell) - down) <= bar_lines(scale, guess):
            break
    return _Plan(rows, _grids(panels, cell, factors, look, figure), factors, spaces, left, head, below)


def _foot(text: str, look: Look) -> float:
    """Inches of a caption."""
    return line("figure.labelsize") * (1 + text.count("\n")) + 0.08 if look.caption else 0.0


def draw_panels(panels: Panels, look: Look, figure: Figure | SubFigure | None) -> Figure:
    """Draw maps in rows."""
    views, scale = panels.views, panels.scale
    width, height = _extent(figure, look)
    room = width - 2 * MARGIN
    guess = _caption(panels, range(len(views)), (2, 2), look, room, unwritten=panels.annotate)
    plan = _plan(panels, look, figure, _foot(guess, look))
    sizes = [grid.size(shown.shape) for grid, shown in zip(plan.grids, views, strict=True)]
    points = plan.grids[0].points
    fits = max(plan.block) == 1 and not scale.own and digit_size(*points, scale.high) is not None
    text = _caption(panels, plan.order, plan.block, look, room, unwritten=panels.annotate and not fits)
    foot = _foot(text, look)
    titles = _titles(panels, plan.rows, sizes, plan.spaces)
    above = [_lines(titles[place] for place in row) * line("axes.titlesize") + 0.05 for row in plan.rows]
    deepest = [max(sizes[place][0] for place in row) for row in plan.rows]
    between = TICK + line("xtick.labelsize") + 0.04
    needed = plan.head + sum(above) + sum(deepest) + between * (len(plan.rows) - 1) + plan.below + foot
    page = Page(figure, look, width=width, height=height or needed, dpi=plan.grids[0].down.dpi)
    page.caption(text, page.height - foot + 0.02)
    top, right, made = plan.head, 0.0, {}
    for row, title, high in zip(plan.rows, above, deepest, strict=True):
        top, start = top + title, plan.left
        for place in row:
            made[place] = page.axes(start, top, sizes[place][1], sizes[place][0])
            right = max(right, start + sizes[place][1])
            start += max(sizes[place][1], plan.spaces.slot) + plan.spaces.across
        top += high + between
    for place in plan.order:
        _panel(made[place], place, panels, plan, look, titles[place])
        if panels.annotate and fits:
            annotate_map(made[place], views[place], scale, points, look)
    first, bottom = plan.head + above[0], top - between
    longest = max(_LONGEST_BAR * look.enlarged, deepest[0])
    bar = draw_bar(page, right, first, min(bottom - first, longest), scale)
    _share_labels(page, f"{unit(scale.dims)} from the centre", (plan.left, right), (first, bottom))
    if any(shown.used < shown.pixels for shown in views):
        said = "some never read" if max(plan.block) > 1 else "never read"
        page.legend(bar, page.width - MARGIN, bottom + between, [(look.palette.hole, said)])
    if look.title:
        page.text(plan.left, MARGIN, look.title, "axes.titlesize")
    whole: Figure = page.figure
    return whole


def _lines(texts: Iterable[str]) -> int:
    """Lines of the longest of some texts."""
    return 1 + max(text.count("\n") for text in texts)


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


def _panel(ax: Axes, place: int, panels: Panels, plan: _Plan, look: Look, title: str) -> None:
    shown, grid = panels.views[place], plan.grids[place]
    draw_map(ax, shown, panels.scale, grid.block, look, square=plan.factors == (1.0, 1.0))
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
    foot = _foot(text, look)
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
    said = "some never read" if block > 1 else "never read"
    holes = any(shown.used < shown.pixels for shown in views)
    beside = 2 * (wide(said, size_of("legend.fontsize")) + 0.25) if holes else 0.0
    name = short_or(f"{unit(1)} from the centre", across - beside)
    page.text(left + across / 2, top + TICK + line("xtick.labelsize"), name, ha="center")
    label = bars_label(scale, top - head)
    page.text(MARGIN, middle, label, va="center", rotation=90, multialignment="center")
    if holes:
        page.legend(ax, page.width - MARGIN, top + TICK + line("xtick.labelsize") + 0.03, [(look.palette.hole, said)])
    if look.title:
        page.text(left, MARGIN, look.title, "axes.titlesize")
    whole: Figure = page.figure
    return whole
