"""``rfscope zoo``: published networks, with the numbers that their papers print and those computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rfscope.cli.options import AsJson

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from rfscope.zoo import CheckedEntry
    from rfscope.zoo.entry import PrintedNumber

__all__ = ["register"]

_LEGEND = "(in brackets: the source does not print it; derived by other means)"

Name = Annotated[str | None, typer.Argument(help="A published network; without one, all are shown.")]


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("zoo")(_zoo)


def _zoo(context: typer.Context, name: Name = None, as_json: AsJson = False) -> None:
    """Show published networks, printed and computed numbers side by side."""
    from rfscope import zoo

    checks = [zoo.check(entry) for entry in ((zoo.find(name),) if name else zoo.entries())]
    if as_json:
        from rfscope.cli.output import write
        from rfscope.text.as_json import dump

        write(dump([_record(check) for check in checks]))
    else:
        from rfscope.cli.output import show

        show(context.obj, lambda _: _one(checks[0]) if name else _all(checks))


def _record(check: CheckedEntry) -> dict[str, Any]:
    return {
        "name": check.name,
        "source": check.source,
        "printed": check.printed,
        "derived": check.derived,
        "computed": check.computed,
        "agrees": check.agrees,
        "note": check.note,
    }


def _one(check: CheckedEntry) -> Iterator[RenderableType]:
    from rich.text import Text

    from rfscope.zoo.quantities import quantity_of

    yield Text(check.name, style="bold")
    yield Text(check.source)
    if check.note:
        yield Text(check.note)
    yield ""
    table = _table("quantity", "printed as", "computed", "what it is")
    for quantity, row in zip(check.computed, _rows(check), strict=True):
        table.add_row(*row, Text(quantity_of(quantity).says, style="dim"))
    yield table
    yield ""
    yield Text(_LEGEND, style="dim")


def _all(checks: Sequence[CheckedEntry]) -> Iterator[RenderableType]:
    """Every network in one table, with numbers that lead to the notes below it."""
    from rich.text import Text

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
    from rich.text import Text

    from rfscope.zoo.checking import agree

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
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in ("network", "quantity"))
    return table
