"""The reader's remarks on a network, and its table of networks for comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.same import expect
from rfscope.network.provenance import Provenance
from rfscope.wording import size_text

__all__ = ["reader_notes"]


def reader_notes(provenance: Provenance) -> Iterator[RenderableType]:
    """The notes line by line, then a table of what each network sees, and whether it reads the same as the last."""
    yield from map(Text, provenance.notes)
    if provenance.notes:
        yield ""
    if provenance.beside:
        yield _table([analyze(one) for one in provenance.beside])
        yield ""


def _table(analyses: Sequence[Analysis]) -> Table:
    last = analyses[-1]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("with", "sees", "step", "reads as the last one"):
        table.add_column(title)
    for analysis in analyses:
        steps = dict.fromkeys(str(axis.stride) for axis in analysis.output.axes)
        said = "" if analysis is last else _held_against(analysis, last)
        table.add_row(*map(Text, (analysis.name, size_text(analysis.output.size), size_text(steps), said)))
    return table


def _held_against(analysis: Analysis, last: Analysis) -> str:
    try:
        same = expect("same-reads", analysis, last).met
    except RfscopeError:  # too large, or of grids that do not fit
        return "not known"
    return "yes, each pixel as often" if same else "no"
