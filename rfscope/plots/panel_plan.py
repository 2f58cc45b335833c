"""Where the maps of a network stand as panels on a page, over the same pixels of the input."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil

from rfscope.network.graph import INPUT
from rfscope.plots.lattice import LatticeAxis, Sheet
from rfscope.plots.layout import MARGIN, block_of, fit, line, size_of, wide
from rfscope.plots.look import TEXT, WIDTHS, Look
from rfscope.plots.maps import TICK
from rfscope.plots.style import DOTS
from rfscope.plots.view import View, view
from rfscope.wording import size_text

__all__ = ["BAR", "ELONGATED", "GAP", "Panel", "PanelPage", "plan_panels"]

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

ELONGATED = 12
"""Pixels are square unless the panels are so many times longer than wide: their short side could not be seen."""

BAR, GAP = 0.11, 0.14
"""Inches across the colour bar, and between panels."""


@dataclass(frozen=True, eq=False)
class Panel:
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
        """What is drawn of it."""
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

    panels: tuple[Panel, ...]
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


def _panels(found: Sequence[Sheet], judged: Collection[str]) -> tuple[tuple[Panel, ...], tuple[float, float]]:
    """The panels, and how far all of them reach from the middle, down and to the right."""
    middle = tuple(sum(_edges(found[-1], axis), Fraction(0)) / 2 for axis in (0, 1))
    panels = tuple(Panel(sheet, middle, sheet.name in judged) for sheet in found)
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
    right = GAP + BAR + TICK + wide("0.8", size_of("ytick.labelsize")) + 2 * line() + MARGIN
    room = (width - left - right - GAP * (columns - 1)) / columns
    stretched = max(down, across) >= ELONGATED * min(down, across)
    longest = 2 * max(down, across)
    wanted = min(_SIDE * look.enlarged, room, _CELL * longest * look.enlarged)
    size = size_of("axes.titlesize")
    slot = max(wanted, min(room, _TITLE * look.enlarged))
    titles = tuple(fit(_title(panel), slot, size, indent=0) for panel in panels)
    above = (1 + max(title.count("\n") for title in titles)) * line("axes.titlesize") + 0.06
    low = TICK + line("xtick.labelsize") + line() + MARGIN
    head = MARGIN + (line("axes.titlesize") if look.title else 0.0)
    if look.height is not None:
        wanted = min(
            wanted, max(0.2, (look.height - foot - head - low - rows * (above + GAP)) / rows * longest / (2 * down))
        )
    if stretched:
        sides = (max(wanted * down / max(down, across), _LOW), max(wanted * across / max(down, across), _LOW))
        dpi = block_of(wanted / longest, look.dpi).dpi
    else:
        grid = block_of(wanted / longest, look.dpi)
        sides, dpi = (2 * down * grid.cell, 2 * across * grid.cell), grid.dpi
    needed = head + rows * (above + sides[0] + GAP) - GAP + low
    return PanelPage(panels, (down, across), sides, columns, slot + GAP, titles, width, needed, dpi, left, above)


def _notes(panels: Sequence[Panel], block: Sequence[int]) -> Iterator[str]:
    if len(panels) > 1:
        yield "From the output back to the input."
    if panels[0].shown.plane is not None:
        yield "Planes across the first axis, each at the used position nearest the centre."
    if max(block) > 1:
        yield (
            f"Reduced: cells of up to {size_text(block)} positions show their largest count, "
            "or that one of them is never read where that is a hole."
        )


def _title(panel: Panel) -> list[str]:
    sheet, shown = panel.sheet, panel.shown
    read = f"read by {sheet.names}"
    used = f"all {shown.used} used" if shown.used == shown.pixels else f"{shown.used} of {shown.pixels} used"
    return [f"input, {read}" if sheet.name == INPUT else read, sheet.reads, used]
