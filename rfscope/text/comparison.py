"""Several networks in columns: the facts, the centre rows under each other, the maps on one scale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis
from rfscope.exact.counts import UsageCounts
from rfscope.exact.same import Expectation
from rfscope.text.columns import wrapped
from rfscope.text.facts import Comparison
from rfscope.text.headline import causes
from rfscope.text.report import palette_of
from rfscope.text.rows import are_shares, row_legend, row_text
from rfscope.text.side_by_side import GAP, Panel, in_rows, panel_width, side_by_side
from rfscope.text.terminal_map import Fit, Palette, draw, fit, legend
from rfscope.text.words import COLOURS, left_out

__all__ = ["comparison", "verdict"]

Lines: TypeAlias = Iterator[RenderableType]

_MAP_ROWS = 32
_ROWS_OF_MAPS = 2
"""Maps are made smaller until they fit into so many rows."""


def comparison(compared: Comparison, console: Console) -> Lines:
    """The same facts of several networks side by side.

    Args:
        compared: The networks.
        console: Where it will be shown; asked for its width and colours only.
    """
    analyses = compared.analyses
    yield from _facts(compared, console.width)
    yield from _causes(compared, console.width)
    axes = [str(analysis.network.dims) for analysis in analyses]
    if len(set(axes)) > 1:
        yield f"The networks have {', '.join(axes[:-1])} and {axes[-1]} axes; a list of rates has 2 without --dims."
        yield ""
    counted = {}
    for analysis in analyses:
        counts = _counts(analysis, len(analyses))
        if isinstance(counts, LimitError):
            yield f"{analysis.name}: {left_out('the counts, their row and map', counts)}"
            yield ""
        else:
            counted[analysis] = counts
    if counted:
        yield from _rows(counted, console)
        yield from _maps(counted, console)


def _facts(compared: Comparison, room: int) -> Lines:
    """One column a network, and where they do not fit beside each other a second table below the first."""
    labels = max(map(len, compared.rows)) + GAP
    columns = [max(map(len, column)) for column in zip(*compared.rows.values(), strict=True)]
    widths = [panel_width(analysis.name, width) for analysis, width in zip(compared.analyses, columns, strict=True)]
    for row in in_rows(widths, room - labels):
        table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
        table.add_column("", no_wrap=True)
        for place in row:
            table.add_column(Text(compared.analyses[place].name), overflow="fold", width=min(widths[place], room))
        for label, cells in compared.rows.items():
            styles = [
                f"bold {COLOURS[compared.analyses[place].verdict]}" if label == "verdict" else "" for place in row
            ]
            texts = [Text(cells[place], style) for place, style in zip(row, styles, strict=True)]
            table.add_row(Text(label, style="dim"), *texts)
        yield table
        yield ""


def _causes(compared: Comparison, width: int) -> Lines:
    """Where a verdict comes from that no fact shows: the image is read, but a map inside the network is not."""
    unseen = [one for one in compared.analyses if one.verdict in ("holes", "gridding") and not _skips_pixels(one)]
    for analysis in unseen:
        said = " ".join(causes(analysis)).removeprefix("But ")
        yield from wrapped(f"{analysis.name}: {said}", width)
    if unseen:
        yield ""


def _skips_pixels(analysis: Analysis) -> bool:
    """Whether it is seen in the table that pixels are skipped."""
    found = limits.within(lambda: analysis.output.is_placed and bool(analysis.output.coverage.holes))
    return not isinstance(found, LimitError) and found


def _counts(analysis: Analysis, among: int) -> UsageCounts | LimitError:
    with limits.shared("map-bytes", among):
        return limits.within(lambda: analysis.output.counts)


def _rows(counted: Mapping[Analysis, UsageCounts], console: Console) -> Lines:
    """The centre rows under each other."""
    maps = list(counted.values())
    shares, ascii_only = any(map(are_shares, maps)), console.options.ascii_only
    yield Text(f"centre rows ({row_legend(maps)})", style="dim")
    rows = [row_text(counts, console.width, shares=shares, ascii_only=ascii_only) for counts in maps]
    for row in rows:
        yield Text(row.center(max(map(len, rows))).rstrip())
    yield ""


def _maps(counted: Mapping[Analysis, UsageCounts], console: Console) -> Lines:
    """The maps side by side, on one scale of pixels and of counts, with one legend."""
    palette = palette_of(console)
    scale = _scale(counted, palette, console.width)
    drawn = [Panel(analysis.name, draw(counts, palette, scale).body) for analysis, counts in counted.items()]
    yield from side_by_side(drawn, console.width)
    yield Text(", ".join(legend(list(counted.values()), palette, scale)), style="dim")


def _scale(counted: Mapping[Analysis, UsageCounts], palette: Palette, room: int) -> Fit:
    """The largest scale at which the maps take few rows; each gets the columns that it needs, not an equal share."""
    maps = list(counted.values())
    scale = fit(maps, palette, columns=room, rows=_MAP_ROWS)
    for columns in range(room, 7, -1):
        scale = fit(maps, palette, columns=columns, rows=_MAP_ROWS)
        shapes = [scale.shape(counts)[1] * scale.wide for counts in maps]
        widths = [panel_width(analysis.name, width) for analysis, width in zip(counted, shapes, strict=True)]
        rows = len(in_rows(widths, room))
        if rows == 1 or (rows <= _ROWS_OF_MAPS and scale.wide == 1):
            break
    return scale


def verdict(expectation: Expectation) -> str:
    """Whether two networks see the same, in one sentence."""
    if expectation.met:
        return f"Expected {expectation.what}: met, for every output of the coarser grid."
    return f"Expected {expectation.what}: NOT met; {expectation.first_difference}."
