"""Maps of a one-dimensional network as rows of dots, with lines from each position to all that it reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from rfscope.exact.analysis import Analysis
from rfscope.exact.depth import is_plain
from rfscope.network.graph import Network, Node
from rfscope.network.reads import Read, Table, TransposedWindow, Window
from rfscope.plots.caption import fit
from rfscope.plots.lattice import Sheet, output_sheet
from rfscope.plots.style import colours, hole_legend, new_figure, pixel_points, thin
from rfscope.plots.view import view

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_wiring", "wiring_figure"]

_WIDTH = 7.2
"""Inches: the text width of a page."""

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


def wiring_figure(found: Sequence[Sheet]) -> Figure:
    """A figure as large as the rows and the text around them need."""
    return new_figure(_WIDTH, _ROW * len(found) + 1.3, 1.0)


def draw_wiring(analysis: Analysis, found: Sequence[Sheet], figure: Figure, *, own: bool) -> str:
    """Draw maps of one axis below each other, the output above.

    Args:
        analysis: Of the network.
        found: The maps, the input last.
        figure: Where to.
        own: Whether the figure is ours to style.

    Returns:
        What is to be said about all of them.
    """
    rows = [output_sheet(analysis), *found]
    ax = figure.add_subplot()
    if own:
        thin(ax)
    ends = [[row.axes[0].at(place) for place in (row.start[0], row.start[0] + row.counts.size[0] - 1)] for row in rows]
    zero = ends[0][0] if analysis.causal else sum(ends[-1], Fraction(0)) / 2
    low, high = (float(end(map(end, ends)) - zero) for end in (min, max))
    margin = max(float(row.axes[0].stride) for row in rows) / 2
    ax.set_xlim(low - margin, high + margin)
    ax.set_ylim(len(rows) - 0.6, -0.4)
    _label(ax, rows, "output" if analysis.causal else "centre")
    figure.canvas.figure.draw_without_rendering()  # lays the axes out, so that the room for dots is known
    blocks = [_draw_dots(ax, row, float(zero), place) for place, row in enumerate(rows)]
    lines = list(_lines(analysis.output.network, rows, zero))
    if len(lines) <= _MOST_LINES:
        from matplotlib.collections import LineCollection

        ax.add_collection(LineCollection(lines, colors="0.45", linewidths=0.6 if len(lines) < 1000 else 0.2, zorder=1))
    if any(view(row.counts).used < row.counts.size[0] for row in rows):
        hole_legend(ax, "right", 0.27, merged=max(blocks) > 1)
    return " ".join(_notes(max(blocks), len(lines)))


def _notes(block: int, lines: int) -> Iterator[str]:
    if block > 1:
        ring = "in a ring of the colour of holes if one is never read"
        yield f"Reduced: dots of up to {block} positions show their largest count, {ring}."
    if lines > _MOST_LINES:
        yield f"The {lines} lines from positions to what they read are not shown."


def _label(ax: Axes, rows: Sequence[Sheet], zero: str) -> None:
    ax.set_xlabel(f"pixels from the {zero}")
    size = float(ax.xaxis.label.get_fontsize())
    names = {0.0: "output", len(rows) - 1.0: "input"}
    names |= {
        place - 0.5: fit([row.names, row.reads], _LABEL, size, indent=0)
        for place, row in enumerate(rows)
        if row.readers
    }
    ax.set_yticks(list(names), list(names.values()), parse_math=False)
    ax.tick_params(axis="y", length=0)
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)


def _draw_dots(ax: Axes, row: Sheet, zero: float, height: int) -> int:
    """Draw one row; returns the positions merged into a dot."""
    import numpy as np

    shown, stride = view(row.counts), float(row.axes[0].stride)
    unit, _ = pixel_points(ax)
    block = max(1, ceil(_PITCH / (stride * unit)))
    cells = shown.cells((block,))
    pitch = block * stride
    first = float(row.axes[0].at(row.start[0])) - zero + (block - 1) / 2 * stride
    places = first + np.arange(len(cells.values)) * pitch
    low, high = ax.get_xlim()
    before = np.arange(places[0] - pitch, low, -pitch)
    behind = np.arange(places[-1] + pitch, high, pitch)
    values = cells.values / cells.values.max()
    shades = colours()(np.ma.masked_array(values, mask=cells.holes))
    size = min(_LARGEST, 0.62 * pitch * unit) ** 2
    around = np.concatenate([before, behind])
    ax.scatter(around, np.full(len(around), height), size, "white", edgecolors="0.75", linewidths=0.3, zorder=0)
    ax.scatter(places, np.full(len(places), height), size, shades, edgecolors="0.4", linewidths=0.2, zorder=3)
    mixed = cells.read & cells.holes
    ax.scatter(places[mixed], np.full(mixed.sum(), height), size / 4, colours()(values[mixed]), linewidths=0, zorder=4)
    return block


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
