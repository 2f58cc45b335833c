"""``rfscope zoo``: published networks, what each sees, and the numbers of their papers beside those computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rfscope.cli.completion import published
from rfscope.cli.options import AsJson
from rfscope.errors import RfscopeError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rfscope.zoo import CheckedEntry

__all__ = ["register"]

Name = Annotated[
    str | None, typer.Argument(help="A published network; without one, all are listed.", autocompletion=published)
]
Check = Annotated[
    bool, typer.Option("--check", help="Compare all printed numbers with those computed; exit with 1 if some differ.")
]


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("zoo")(_zoo)


def _zoo(context: typer.Context, name: Name = None, check: Check = False, as_json: AsJson = False) -> None:
    """List published networks, or show one with the numbers its paper prints."""
    from rfscope import zoo

    if name and check:
        raise RfscopeError("a network and --check together", got=repr(name), do="give one of them")
    chosen = (zoo.find(name),) if name else zoo.entries()
    if as_json:
        from rfscope.cli.output import write
        from rfscope.text.as_json import dump

        family_of = {entry.name: family for family, members in zoo.families().items() for entry in members}
        write(dump([_record(zoo.check(entry), family_of[entry.name]) for entry in chosen]))
    else:
        from rfscope.cli.output import show

        checks = {entry.name: zoo.check(entry) for entry in chosen}
        show(context.obj, lambda _: _shown(checks, one=name is not None, check=check))
        if check and not all(one.agrees for one in checks.values()):
            raise typer.Exit(1)


def _shown(checks: Mapping[str, CheckedEntry], *, one: bool, check: bool) -> Iterable[RenderableType]:
    from rfscope import zoo
    from rfscope.text.zoo import detail, overview, printed_and_computed

    if one:
        return detail(*checks.values())
    if check:
        return printed_and_computed(list(checks.values()))
    return overview({family: [checks[entry.name] for entry in members] for family, members in zoo.families().items()})


def _record(check: CheckedEntry, family: str) -> dict[str, Any]:
    return {
        "name": check.name,
        "family": family,
        "year": check.year,
        "source": check.source,
        "verdict": check.analysis.verdict,
        "field": [[axis.size_min, axis.size_max] for axis in check.analysis.output.axes],
        "printed": check.printed,
        "derived": check.derived,
        "computed": check.computed,
        "agrees": check.agrees,
        "note": check.note,
    }
