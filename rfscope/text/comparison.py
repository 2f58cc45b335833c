"""Several networks in columns: the facts, the centre rows under each other, the maps on one scale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis
from rfscope.exact.counts import UsageCounts
from rfscope.exact.same import Expectation
from rfscope.text.facts import Comparison
from rfscope.text.report import palette_of
from rfscope.text.terminal_map import draw, fit, row_text
from rfscope.text.words import COLOURS, left_out

__all__ = ["comparison", "verdict"]

Lines: TypeAlias = Iterator[RenderableType]

_MAP_ROWS = 32


def comparison(compared: Comparison, console: Console) -> Lines:
    """The same facts of several networks side by side.

    Args:
        compared: The networks.
        console: Where it will be shown; asked for its width and colours only.
    """
    analyses = compared.analyses
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("")
    for analysis in analyses:
        table.add_column(Text(analysis.name), overflow="fold")
    colours = [f"bold {COLOURS[analysis.verdict]}" for analysis in analyses]
    for label, cells in compared.rows.items():
        styles = colours if label == "verdict" else [""] * len(cells)
        table.add_row(Text(label, style="dim"), *(Text(*cell) for cell in zip(cells, styles, strict=True)))
    yield table
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
        yield from _rows(counted, console.width)
        yield from _maps(counted, console)


def _counts(analysis: Analysis, among: int) -> UsageCounts | LimitError:
    with limits.shared("map-bytes", among):
        return limits.within(lambda: analysis.output.counts)


def _rows(counted: Mapping[Analysis, UsageCounts], width: int) -> Lines:
    """The centre rows under each other."""
    yield Text("centre rows (paths per pixel, . = never read)", style="dim")
    rows = [row_text(counts, width - 2) for counts in counted.values()]
    for row in rows:
        yield Text(row.center(max(map(len, rows))).rstrip())
    yield ""


def _maps(counted: Mapping[Analysis, UsageCounts], console: Console) -> Lines:
    """The maps side by side, on one scale of pixels and of counts."""
    palette = palette_of(console)
    analyses, maps = list(counted), list(counted.values())
    scale = fit(maps, palette, columns=max(8, console.width // len(maps) - 2), rows=_MAP_ROWS)
    drawn = [draw(counts, palette, scale) for counts in maps]
    named = [Group(Text(analysis.name), one.body) for analysis, one in zip(analyses, drawn, strict=True)]
    yield Columns(named, padding=(0, 2))
    for analysis, one in zip(analyses, drawn, strict=True):
        yield Text(f"{analysis.name}: {one.caption}", style="dim")


def verdict(expectation: Expectation) -> str:
    """Whether two networks see the same, in one sentence."""
    if expectation.met:
        return f"Expected {expectation.what}: met, for every output of the coarser grid."
    return f"Expected {expectation.what}: NOT met; {expectation.first_difference}."
