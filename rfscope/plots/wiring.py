"""Maps of a one-dimensional network as rows of dots, with lines from each position to all that it reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from rfscope.exact.analysis import Analysis
from rfscope.exact.depth import is_plain
from rfscope.network.graph import Network, Node
from rfscope.network.reads import Read, Table, TransposedWindow, Window
from rfscope.plots.lattice import Sheet, output_sheet
from rfscope.plots.layout import MARGIN, Page, dots_for, fit, line, size_of, wide
from rfscope.plots.look import TEXT, Look
from rfscope.plots.maps import TICK
from rfscope.plots.view import view
from rfscope.wording import unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Wiring", "draw_wiring", "plan_wiring"]

_ROW = 0.5
"""Inches from row to row."""

_PITCH = 2.2
"""Points from dot to dot, at least; with less, positions are merged."""

_LARGEST = 7.0
"""Points across a dot, at most."""

_LABEL = 1.7
"""Inches of a layer's name, at most."""

_MOST_LINES = 20_000
"""More are left out: they would only blacken the page."""


@dataclass(frozen=True, eq=False)
class Wiring:
    """Where rows of dots stand on a page.

    Attributes:
        rows: The maps, the output first.
        judged: Names of the maps of which what is not read is a hole.
        names: At the left, by place: whole numbers are rows.
        zero: The place that the axis counts from, in pixels of the input.
        ends: First and last place shown, from there.
        lines: From each position to all that it reads.
        label: Of the axis.
        left: Inches before the rows.
        across: Inches of the rows.
        high: Inches from the first row to the last, and half a row above and below.
        width: Of the page.
        height: Of the page, without what stands below the axis.
        dpi: Dots per inch.
    """

    rows: tuple[Sheet, ...]
    judged: frozenset[str]
    names: Mapping[float, str]
    zero: Fraction
    ends: tuple[float, float]
    lines: tuple[Sequence[tuple[float, float]], ...]
    label: str
    left: float
    across: float
    high: float
    width: float
    height: float
    dpi: float

    @property
    def unit(self) -> float:
        """Points of a pixel of the input."""
        return 72 * self.across / (self.ends[1] - self.ends[0])

    def block(self, row: Sheet) -> int:
        """Positions merged into a dot of a row."""
        return max(1, ceil(_PITCH / (float(row.axes[0].stride) * self.unit)))

    @property
    def merged(self) -> int:
        """The most positions merged into a dot."""
        return max(map(self.block, self.rows))

    @property
    def notes(self) -> str:
        """What is to be said about all rows."""
        return " ".join(_notes(self.merged, len(self.lines)))


def plan_wiring(analysis: Analysis, found: Sequence[Sheet], judged: Collection[str], look: Look, foot: float) -> Wiring:
    """Lay maps of one axis out below each other, the output above.

    Args:
        analysis: Of the network.
        found: The maps, the input last.
        judged: Names of the maps of which what is not read is a hole.
        look: The size asked for.
        foot: Inches to leave free below, where a height is asked for.
    """
    rows = (output_sheet(analysis), *found)
    ends = [[row.axes[0].at(place) for place in (row.start[0], row.start[0] + row.counts.size[0] - 1)] for row in rows]
    zero = ends[0][0] if analysis.causal else sum(ends[-1], Fraction(0)) / 2
    low, high = (float(end(map(end, ends)) - zero) for end in (min, max))
    margin = max(float(row.axes[0].stride) for row in rows) / 2
    width, size = look.width or TEXT, size_of("ytick.labelsize")
    most = min(_LABEL * look.enlarged, width / 3)
    names = {0.0: "output", len(rows) - 1.0: "input"}
    names |= {
        place - 0.5: fit([row.names, row.reads], most, size, indent=0) for place, row in enumerate(rows) if row.readers
    }
    left = MARGIN + max(wide(part, size) for name in names.values() for part in name.split("\n")) + TICK
    longest = max(name.count("\n") + 1 for name in names.values())
    step = max(_ROW * look.enlarged, (longest + 1.6) * size / 72 * 1.25)
    head = MARGIN + (line("axes.titlesize") if look.title else 0.0)
    below = TICK + line("xtick.labelsize") + line() + MARGIN
    tall = step * (len(rows) - 1 + 0.9)
    return Wiring(
        rows=rows,
        judged=frozenset(judged),
        names=names,
        zero=zero,
        ends=(low - margin, high + margin),
        lines=tuple(_lines(analysis.output.network, rows, zero)),
        label=f"{unit(1)} from the {'output' if analysis.causal else 'centre'}",
        left=left,
        across=width - left - 2 * MARGIN,
        high=tall if look.height is None else max(0.4, look.height - foot - head - below),
        width=width,
        height=head + tall + below,
        dpi=dots_for(look),
    )


def draw_wiring(plan: Wiring, page: Page) -> None:
    """Draw rows of dots, with lines from each position to all that it reads."""
    look = page.look
    head = MARGIN + (line("axes.titlesize") if look.title else 0.0)
    ax = page.axes(plan.left, head, plan.across, plan.high)
    ax.set_xlim(*plan.ends)
    ax.set_ylim(len(plan.rows) - 0.55, -0.35)
    ax.set_xlabel(plan.label, labelpad=2)
    ax.set_yticks(list(plan.names), list(plan.names.values()), parse_math=False)
    ax.tick_params(axis="y", length=0)
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)
    for place, row in enumerate(plan.rows):
        _draw_dots(ax, row, plan, place, look)
    if len(plan.lines) <= _MOST_LINES:
        from matplotlib.collections import LineCollection

        thick = 0.6 if len(plan.lines) < 1000 else 0.2
        ax.add_collection(LineCollection(plan.lines, colors=look.palette.line, linewidths=thick, zorder=1))
    low = head + plan.high + TICK + line("xtick.labelsize") + line() + 0.03
    rest = {row.name in plan.judged for row in plan.rows if view(row.counts).used < row.counts.size[0]}
    said = [(look.palette.off, "not on a path to this output")] if False in rest else []
    if True in rest:
        said.append((look.palette.hole, "some never read" if plan.merged > 1 else "never read"))
    page.legend(ax, page.width - MARGIN, low, said)
    if look.title:
        page.text(plan.left, MARGIN, look.title, "axes.titlesize")


def _notes(block: int, lines: int) -> Iterator[str]:
    if block > 1:
        ring = "in a ring of the colour of what is not read if one is not"
        yield f"Reduced: dots of up to {block} positions show their largest count, {ring}."
    if lines > _MOST_LINES:
        yield f"The {lines} lines from positions to what they read are not shown."


def _draw_dots(ax: Axes, row: Sheet, plan: Wiring, height: int, look: Look) -> None:
    """Draw one row."""
    import numpy as np

    shown, stride, block, palette = view(row.counts), float(row.axes[0].stride), plan.block(row), look.palette
    cells = shown.cells((block,))
    pitch = block * stride
    first = float(row.axes[0].at(row.start[0]) - plan.zero) + (block - 1) / 2 * stride
    places = first + np.arange(len(cells.values)) * pitch
    low, high = plan.ends
    before = np.arange(places[0] - pitch, low, -pitch)
    behind = np.arange(places[-1] + pitch, high, pitch)
    values = cells.values / cells.values.max()
    colours = look.colours.with_extremes(bad=palette.hole if row.name in plan.judged else palette.off)
    shades = colours(np.ma.masked_array(values, mask=cells.holes))
    size = min(_LARGEST * look.enlarged, 0.62 * pitch * plan.unit) ** 2
    around = np.concatenate([before, behind])
    level = np.full(len(around), height)
    ax.scatter(around, level, size, palette.paper, edgecolors=palette.faint, linewidths=0.3, zorder=0)
    ax.scatter(places, np.full(len(places), height), size, shades, edgecolors=palette.line, linewidths=0.2, zorder=3)
    mixed = cells.read & cells.holes
    ax.scatter(places[mixed], np.full(mixed.sum(), height), size / 4, colours(values[mixed]), linewidths=0, zorder=4)


def _lines(network: Network, rows: Sequence[Sheet], zero: Fraction) -> Iterator[list[tuple[float, float]]]:
    """Lines from each position used of a map to all positions that it reads of other maps in the picture."""
    places = {row.name: height for height, row in enumerate(rows)}
    used = [{row.start[0] + at for at, count in enumerate(row.counts.marginal(0)) if count} for row in rows]
    for height, row in enumerate(rows):
        for source, read, shift in _readings(network.by_name, row.name, places):
            below = places[source]
            for place in used[height]:
                for at in _positions(read, place - shift):
                    if at in used[below]:
                        ends = row.axes[0].at(place) - zero, rows[below].axes[0].at(at) - zero
                        yield [(float(ends[0]), height), (float(ends[1]), below)]


def _readings(
    nodes: Mapping[str, Node], name: str, shown: Collection[str], shift: int = 0
) -> Iterator[tuple[str, Read, int]]:
    """Through plain layers, the maps shown that a map is made from: their names, what reads them, and how far off."""
    if name not in nodes:
        return
    node = nodes[name]
    for source in node.inputs:
        read = node.reads[0]
        if source in shown:
            yield source, read, shift
        elif is_plain(node) and isinstance(read, Window):
            yield from _readings(nodes, source, shown, shift + (read.known_padding or (0, 0))[0])


def _positions(read: Read, output: int) -> Iterator[int]:
    """The inputs that an output of a settled layer reads."""
    match read:
        case Window():
            first = output * read.stride - (read.known_padding or (0, 0))[0]
            yield from range(first, first + read.extent, read.dilation)
        case TransposedWindow():
            taps = (output + read.known_padding[0] - tap * read.dilation for tap in range(read.kernel))
            yield from (tap // read.stride for tap in taps if tap % read.stride == 0)
        case Table():
            yield from read.range(output)
