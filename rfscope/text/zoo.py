"""Published networks as people read them: a list, one in detail, printed numbers beside computed ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from rfscope.exact.analysis import Analysis
from rfscope.exact.fields import AllGlobal
from rfscope.text.words import COLOURS, verdict
from rfscope.wording import size_text
from rfscope.zoo.checking import CheckedEntry, agree
from rfscope.zoo.entry import PrintedNumber
from rfscope.zoo.quantities import quantity_of

__all__ = ["detail", "field_text", "overview", "printed_and_computed"]

Lines: TypeAlias = Iterator[RenderableType]

_LEGEND = "(in brackets: the source does not print it; derived by other means)"


def overview(families: Mapping[str, Sequence[CheckedEntry]]) -> Lines:
    """One line a network, family by family."""
    table = _table("network", "year", "receptive field", "verdict")
    for number, (family, checks) in enumerate(families.items()):
        if number:
            table.add_row()
        table.add_row(Text(family, style="dim"))
        for check in checks:
            analysis = check.analysis
            word = Text(verdict(analysis), style=COLOURS[analysis.verdict])
            table.add_row(Text(check.name), "" if check.year is None else str(check.year), field_text(analysis), word)
    yield table
    yield ""
    yield Text(
        f"{sum(map(len, families.values()))} networks, each family by year. "
        "rfscope zoo NAME tells more of one, rfscope analyze zoo:NAME all; "
        "rfscope zoo --check compares the numbers that the papers print with those computed."
    )


def field_text(analysis: Analysis) -> str:
    """What one output sees, or several outputs in turn; of a global one what lies before."""
    axes = analysis.output.axes
    spans = [str(axis.size_min) if axis.size_min == axis.size_max else None for axis in axes]
    if None in spans:
        smallest, largest = (size_text(getattr(axis, end) for axis in axes) for end in ("size_min", "size_max"))
        size = f"{smallest} to {largest}"
    else:
        size = size_text(spans)
    seen = analysis.fields[analysis.network.outputs[0]]
    return f"global, before that {size}" if isinstance(seen, AllGlobal) else size


def detail(check: CheckedEntry) -> Lines:
    """One network: who published it, what it sees, and its numbers."""
    analysis = check.analysis
    yield Text.assemble((check.name, "bold"), "  ", (verdict(analysis), f"bold {COLOURS[analysis.verdict]}"))
    yield Text(check.source)
    yield Text(f"receptive field: {field_text(analysis)}")
    if check.note:
        yield Text(check.note)
    yield ""
    table = _table("quantity", "printed as", "computed", "what it is")
    for quantity, row in zip(check.computed, _rows(check), strict=True):
        table.add_row(*row, Text(quantity_of(quantity).says, style="dim"))
    yield table
    yield ""
    yield Text(_LEGEND, style="dim")
    yield Text(f"rfscope analyze zoo:{check.name} tells all; rfscope explain TERM what a word means.", style="dim")


def printed_and_computed(checks: Sequence[CheckedEntry]) -> Lines:
    """Every network in one table, with numbers that lead to the notes below it."""
    notes = list(dict.fromkeys(check.note for check in checks if check.note))
    table = _table("network", "quantity", "printed as", "computed")
    for check in checks:
        name = f"{check.name} [{notes.index(check.note) + 1}]" if check.note else check.name
        for row in _rows(check):
            table.add_row(Text(name), *row)
            name = ""
    yield table
    yield ""
    for number, note in enumerate(notes, start=1):
        yield Text(f"[{number}] {note}", style="dim")
    yield Text(_LEGEND, style="dim")
    yield ""
    agreeing = sum(check.agrees for check in checks)
    yield Text(f"{agreeing} of {len(checks)} networks agree in every number; rfscope zoo NAME names the source of one.")


def _rows(check: CheckedEntry) -> Iterator[tuple[Text, ...]]:
    """Per quantity, its name, what is printed, and what is computed."""
    for quantity, computed in check.computed.items():
        printed = check.printed.get(quantity)
        expected = check.derived[quantity] if printed is None else printed
        shown = f"({_text(expected)})" if printed is None else _text(expected)
        differs = not agree(expected, computed)
        said = f"{_text(computed)} DIFFERS" if differs else _text(computed)
        yield Text(quantity), Text(shown), Text(said, style="bold red" if differs else "")


def _text(value: PrintedNumber) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in ("network", "quantity"))
    return table
