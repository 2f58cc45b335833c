"""Maps of a network as panels over the same pixels of the input."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from rfscope.exact.cells import Cells
from rfscope.network.graph import INPUT
from rfscope.plots.lattice import LatticeAxis, Sheet
from rfscope.plots.layout import MARGIN, Page, block_of, em, fit, line, size_of, wide
from rfscope.plots.look import TEXT, WIDTHS, Look
from rfscope.plots.maps import TICK
from rfscope.plots.style import DOTS, tick_places
from rfscope.plots.view import View, view
from rfscope.wording import size_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["PanelPage", "draw_panels", "plan_panels"]

_PER_ROW, _IN_A_COLUMN = 4, 2
"""Panels in a row, at most: on a page, and in a column of one."""

_SIDE = 2.0
"""Inches of a panel's longer side, at most."""

_TITLE = 1.3
"""Inches of a panel's title, at most, if the panel is narrower."""

_LOW = 0.5
"""Inches of a panel's shorter side, at least."""

_CELL = 0.25
"""Inches of a pixel's side, at most."""

_ELONGATED = 12
"""Pixels are square unless the panels are so many times longer than wide: their short side could not be seen."""

_GRID = 0.04
"""Inches of a cell's side from which on cells are framed."""

_SEEN, _CLOSE, _FEW = 1.2, 0.5, 4000
"""Points of the side of a cell that is seen at a glance, the part of the way to the next that it may take for that,
and how many cells are enlarged."""

_BAR, _GAP = 0.11, 0.14
"""Inches across the colour bar, and between panels."""


@dataclass(frozen=True, eq=False)
class _Panel:
    """A sheet, and where its cells lie in pixels of the input from the middle of what is read of that.

    Attributes:
        sheet: What to draw.
        middle: Middle of what the output reads of the input, per axis shown.
        judged: Whether what is not read of it is a hole; else it is on no path to this output, which is no fault.
    """

    sheet: Sheet
    middle: tuple[Fraction, ...]
    judged: bool

    @cached_property
    def shown(self) -> View:
        return view(self.sheet.counts)

    def edges(self, axis: int) -> tuple[float, float]:
        """First and last edge of its cells along an axis shown."""
        first, behind = _edges(self.sheet, axis)
        return float(first - self.middle[axis]), float(behind - self.middle[axis])

    def stride(self, axis: int) -> float:
        """Side of a cell along an axis shown."""
        return float(_axis(self.sheet, axis).stride)


@dataclass(frozen=True, eq=False)
class PanelPage:
    """Where panels stand on a page.

    Attributes:
        panels: The panels.
        reach: How far all of them reach from the middle, down and to the right, in pixels.
        side: Height and width of a panel, in inches.
        columns: Panels in a row.
        step: Inches from one to the next.
        titles: Of the panels.
        width: Of the page.
        height: Of the page, without what stands below the panels.
        dpi: Dots per inch.
        left, above: Inches before the first panel of a row, and above each of them.
    """

    panels: tuple[_Panel, ...]
    reach: tuple[float, float]
    side: tuple[float, float]
    columns: int
    step: float
    titles: tuple[str, ...]
    width: float
    height: float
    dpi: float
    left: float
    above: float

    @property
    def rows(self) -> int:
        """Rows of panels."""
        return ceil(len(self.panels) / self.columns)

    @cached_property
    def blocks(self) -> tuple[tuple[int, int], ...]:
        """Positions merged into a cell of each panel, down and across."""
        pixel = [side * self.dpi / (2 * reach) for side, reach in zip(self.side, self.reach, strict=True)]
        down, across = (
            [max(1, ceil(DOTS / (size * panel.stride(axis)))) for panel in self.panels]
            for axis, size in enumerate(pixel)
        )
        return tuple(zip(down, across, strict=True))

    @property
    def largest(self) -> tuple[int, int]:
        """The most positions merged, down and across."""
        down, across = (max(sides) for sides in zip(*self.blocks, strict=True))
        return down, across

    @property
    def notes(self) -> str:
        """What is to be said about all panels."""
        return " ".join(_notes(self.panels, self.largest))


def _axis(sheet: Sheet, axis: int) -> LatticeAxis:
    return sheet.axes[-2:][axis]


def _edges(sheet: Sheet, axis: int) -> tuple[Fraction, Fraction]:
    start, size, lies = sheet.start[-2:][axis], sheet.counts.size[-2:][axis], _axis(sheet, axis)
    half = Fraction(1, 2)
    return lies.at(start - half), lies.at(start + size - half)


def _panels(found: Sequence[Sheet], judged: Collection[str]) -> tuple[tuple[_Panel, ...], tuple[float, float]]:
    """The panels, and how far all of them reach from the middle, down and to the right."""
    middle = tuple(sum(_edges(found[-1], axis), Fraction(0)) / 2 for axis in (0, 1))
    panels = tuple(_Panel(sheet, middle, sheet.name in judged) for sheet in found)
    down, across = (max(abs(edge) for panel in panels for edge in panel.edges(axis)) for axis in (0, 1))
    return panels, (down, across)


def plan_panels(found: Sequence[Sheet], judged: Collection[str], look: Look, foot: float) -> PanelPage:
    """Lay panels out: all of one size, in rows that are equally full if possible.

    Args:
        found: The maps, the input last.
        judged: Names of the maps of which what is not read is a hole.
        look: The size asked for.
        foot: Inches to leave free below, where a height is asked for.
    """
    panels, (down, across) = _panels(found, judged)
    width = look.width or TEXT
    most = _PER_ROW if width >= WIDTHS["text"] - 1 else _IN_A_COLUMN
    rows = ceil(len(panels) / most)
    columns = ceil(len(panels) / rows)
    left = MARGIN + line() + wide(f"\N{MINUS SIGN}{int(max(down, across))}", size_of("ytick.labelsize")) + TICK
    right = _GAP + _BAR + TICK + wide("0.8", size_of("ytick.labelsize")) + 2 * line() + MARGIN
    room = (width - left - right - _GAP * (columns - 1)) / columns
    stretched = max(down, across) >= _ELONGATED * min(down, across)
    unit = 2 * max(down, across)
    wanted = min(_SIDE * look.enlarged, room, _CELL * unit * look.enlarged)
    size = size_of("axes.titlesize")
    slot = max(wanted, min(room, _TITLE * look.enlarged))
    titles = tuple(fit(_title(panel), slot, size, indent=0) for panel in panels)
    above = (1 + max(title.count("\n") for title in titles)) * line("axes.titlesize") + 0.06
    low = TICK + line("xtick.labelsize") + line() + MARGIN
    head = MARGIN + (line("axes.titlesize") if look.title else 0.0)
    if look.height is not None:
        wanted = min(
            wanted, max(0.2, (look.height - foot - head - low - rows * (above + _GAP)) / rows * unit / (2 * down))
        )
    if stretched:
        sides = (max(wanted * down / max(down, across), _LOW), max(wanted * across / max(down, across), _LOW))
        dpi = block_of(wanted / unit, look.dpi).dpi
    else:
        grid = block_of(wanted / unit, look.dpi)
        sides, dpi = (2 * down * grid.cell, 2 * across * grid.cell), grid.dpi
    needed = head + rows * (above + sides[0] + _GAP) - _GAP + low
    return PanelPage(panels, (down, across), sides, columns, slot + _GAP, titles, width, needed, dpi, left, above)


def draw_panels(plan: PanelPage, page: Page) -> None:
    """Draw maps of two axes, or a plane of each map of three, from the output to the input."""
    (high, wide_), look = plan.side, page.look
    head = MARGIN + (line("axes.titlesize") if look.title else 0.0)
    slot = plan.step
    for place, panel in enumerate(plan.panels):
        row, column = divmod(place, plan.columns)
        top = head + plan.above + row * (high + plan.above + _GAP)
        ax = page.axes(plan.left + column * slot, top, wide_, high)
        _draw(ax, panel, plan, plan.blocks[place], look)
        ax.set_title(plan.titles[place], parse_math=False, x=0, ha="left", pad=3)
        _label(ax, plan, left=column == 0, low=place + plan.columns >= len(plan.panels))
        if place:
            _arrow(page, ax, plan, first=column == 0)
    first, last = head + plan.above, head + plan.rows * (high + plan.above + _GAP) - _GAP
    right = plan.left + (plan.columns - 1) * slot + wide_
    bar = _colour_bar(page, right + _GAP, first, min(last - first, max(high, 2.5)))
    name, low = "pixels from the centre", last + TICK + line("xtick.labelsize")
    page.text((plan.left + right) / 2, low, name, ha="center")
    upright = name if last - first + 0.3 > wide(name, size_of("axes.labelsize")) else "pixels"
    page.text(MARGIN + em() / 2, (first + last) / 2, upright, ha="center", va="center", rotation=90)
    _legend(page, bar, plan, low + 0.03, merged=max(plan.largest) > 1)
    if look.title:
        page.text(plan.left, MARGIN, look.title, "axes.titlesize")


def _notes(panels: Sequence[_Panel], block: Sequence[int]) -> Iterator[str]:
    if len(panels) > 1:
        yield "From the output back to the input."
    if panels[0].shown.plane is not None:
        yield "Planes across the first axis, each at the used position nearest the centre."
    if max(block) > 1:
        yield (
            f"Reduced: cells of up to {size_text(block)} positions show their largest count, "
            "or that one of them is never read where that is a hole."
        )


def _draw(ax: Axes, panel: _Panel, plan: PanelPage, block: tuple[int, int], look: Look) -> None:
    import numpy as np
    from matplotlib.patches import Rectangle

    shown, (down, across), palette = panel.shown, plan.reach, look.palette
    pixel = ax.bbox.height / (2 * down), ax.bbox.width / (2 * across)
    dots = [size * panel.stride(axis) for axis, size in enumerate(pixel)]
    cells = shown.cells(block)

    (top, bottom), (left, right) = panel.edges(0), panel.edges(1)
    high, wide_ = (number * block[axis] * panel.stride(axis) for axis, number in enumerate(cells.values.shape))
    image = ax.imshow(
        np.ma.masked_array(cells.values / cells.values.max(), mask=cells.holes if panel.judged else ~cells.read),
        cmap=look.colours.with_extremes(bad=palette.hole if panel.judged else palette.off),
        vmin=0,
        vmax=1,
        aspect="auto",
        interpolation="nearest",
        extent=(left, left + wide_, top + high, top),
    )
    if cells.read.sum() <= _FEW:
        _mark(ax, panel, cells, block, look)
    image.set_clip_path(Rectangle((left, top), right - left, bottom - top, transform=ax.transData))
    ax.set_xlim(-across, across)
    ax.set_ylim(down, -down)
    ax.set_aspect("equal" if max(plan.reach) < _ELONGATED * min(plan.reach) else "auto")
    if min(dots) >= _GRID * ax.figure.dpi:
        frames: Any = {"color": palette.faint, "linewidth": 0.3}
        ax.vlines(_frames(left, panel.stride(1), across), -down, down, **frames)
        ax.hlines(_frames(top, panel.stride(0), down), -across, across, **frames)


def _mark(ax: Axes, panel: _Panel, cells: Cells, block: tuple[int, int], look: Look) -> None:
    """Enlarge cells that would be too small to be seen, where there is room between them."""
    sides = [
        72 * (size / ax.figure.dpi) * panel.stride(axis) * block[axis] / (upper - lower)
        for axis, (size, (lower, upper)) in enumerate(
            ((ax.bbox.height, sorted(ax.get_ylim())), (ax.bbox.width, sorted(ax.get_xlim())))
        )
    ]
    apart = (cells.read.size / cells.read.sum()) ** 0.5
    side = min(_SEEN, _CLOSE * apart * min(sides))
    if side <= max(sides):
        return
    rows, columns = cells.read.nonzero()
    (top, _), (left, _) = panel.edges(0), panel.edges(1)
    ax.scatter(
        left + (columns + 0.5) * panel.stride(1) * block[1],
        top + (rows + 0.5) * panel.stride(0) * block[0],
        side**2,
        look.colours(cells.values[rows, columns] / cells.values.max()),
        marker="s",
        linewidths=0,
        zorder=2,
    )


def _frames(edge: float, stride: float, reach: float) -> list[float]:
    """The edges of all cells in a panel, used or not."""
    first, last = ceil((-reach - edge) / stride), floor((reach - edge) / stride)
    return [edge + number * stride for number in range(first, last + 1)]


def _title(panel: _Panel) -> list[str]:
    sheet, shown = panel.sheet, panel.shown
    read = f"read by {sheet.names}"
    used = f"all {shown.used} used" if shown.used == shown.pixels else f"{shown.used} of {shown.pixels} used"
    return [f"input, {read}" if sheet.name == INPUT else read, sheet.reads, used]


def _label(ax: Axes, plan: PanelPage, *, left: bool, low: bool) -> None:
    """Ticks in pixels of what is read of the input; their labels at the edges only, for they are alike."""
    last, (down, across), (high, wide_) = plan.panels[-1], plan.reach, plan.side
    rows, columns = (round(last.edges(axis)[1] - last.edges(axis)[0]) for axis in (0, 1))
    label = wide(f"\N{MINUS SIGN}{columns // 2}", size_of("xtick.labelsize")) + 0.6 * em()
    room = wide_ + _GAP - label  # so that the outermost labels of two panels do not meet
    inside = min(columns, 2 * int(across * room / wide_) + 1)
    ax.set_xticks(tick_places(inside, wide_ * inside / (2 * across), label) if room > 0 else [])
    ax.set_yticks(tick_places(rows, high * rows / (2 * down), 1.5 * em("ytick.labelsize")))
    ax.tick_params(labelleft=left, labelbottom=low)


def _arrow(page: Page, ax: Axes, plan: PanelPage, *, first: bool) -> None:
    """Lead the eye from the panel before to this one."""
    from matplotlib.transforms import ScaledTranslation

    figure = page.figure.canvas.figure
    away = ScaledTranslation(-0.05, plan.above / 2 if first else 0, figure.dpi_scale_trans)
    ax.annotate(
        "",
        (0, 1 if first else 0.5),
        xytext=(-10 if not first else 0, 0 if not first else 12),
        xycoords=ax.transAxes + away,
        textcoords="offset points",
        arrowprops={
            "arrowstyle": "-|>",
            "lw": 0.8,
            "color": page.look.palette.ink,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 6,
        },
        annotation_clip=False,
    )


def _colour_bar(page: Page, left: float, top: float, high: float) -> Axes:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    ax = page.axes(left, top, _BAR, high)
    bar = page.figure.colorbar(ScalarMappable(Normalize(0, 1), page.look.colours), cax=ax, ticks=[0, 0.5, 1])
    bar.solids.set_rasterized(True)
    bar.outline.set_linewidth(0.5)
    label = fit(["paths, 1 = most in the panel"], max(high, 0.7), size_of("axes.labelsize"), indent=0)
    ax.set_ylabel(label, labelpad=2)
    return ax


def _legend(page: Page, bar: Axes, plan: PanelPage, top: float, *, merged: bool) -> None:
    """Explain the colours of what is not read."""
    palette = page.look.palette
    rest = [panel for panel in plan.panels if panel.shown.used < panel.shown.pixels]
    said = []
    if any(not panel.judged for panel in rest):
        said.append((palette.off, "not on a path to this output"))
    if any(panel.judged for panel in rest):
        said.append((palette.hole, "some never read" if merged else "never read"))
    page.legend(bar, page.width - MARGIN, top + line(), said)
