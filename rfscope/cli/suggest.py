"""``rfscope suggest``: dilation rates for a receptive field, the best of all that have no holes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rfscope.cli.options import AsJson
from rfscope.cli.suggest_inside import Within, suggest_inside
from rfscope.cli.unfold import unfolded
from rfscope.cli.wishes import Wished
from rfscope.errors import RfscopeError, shorten
from rfscope.readers.rates import is_rates

if TYPE_CHECKING:
    from rfscope.design.axes import PerAxis
    from rfscope.design.suggestion import Suggestion
    from rfscope.verification import Verification

__all__ = ["register"]

OfNetwork = Annotated[
    str | None, typer.Argument(metavar="[TARGET]", help="A network, some layers of which may change (--change).")
]
Check = Annotated[
    Path | None,
    typer.Option("--check", metavar="FILE", help="Check what suggest --json wrote, by other means than the search."),
]
Verify = Annotated[bool, typer.Option("--verify", help="Compare the best schedule with real convolutions (torch).")]


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("suggest", no_args_is_help=True)(unfolded(_suggest))


def _suggest(
    context: typer.Context,
    wished: Wished,
    inside: Within,
    word: OfNetwork = None,
    verify: Verify = False,
    check: Check = None,
    json: AsJson = False,
) -> None:
    """Find the dilation rates with which layers see a wished field without holes, the best of all first."""
    if check is not None:
        _checked(context, check)
        return
    if inside.given:
        suggest_inside(context, word, inside, wished, verify=verify, json=json)
        return
    if word is not None and not is_rates(word):
        do = f"write rfscope suggest {word} --change LAYERS --field N"
        raise RfscopeError("no layers to change", got=shorten(word), do=do)
    if word is not None:
        asked = f"rfscope suggest --field {word}" if word.isdecimal() else f"rfscope repair {word}"
        raise RfscopeError("suggest takes options and no target", got=shorten(word), do=f"write {asked}")
    from rfscope.api.schedules import suggest

    found = suggest(**wished)
    verification = _verified(found) if verify and found.feasible else None
    if json:
        from rfscope.cli.output import write
        from rfscope.text.as_json import dump
        from rfscope.text.suggestion_json import suggestion_data

        write(dump(suggestion_data(found, None if verification is None else verification.record())))
    else:
        from rfscope.cli.output import show
        from rfscope.text.suggestion import suggestion

        said = () if verification is None else ("", str(verification))
        show(context.obj, lambda _: [*suggestion(found), *said])
    if not found.feasible or (verification is not None and not verification.equal):
        raise typer.Exit(1)


def _verified(found: Suggestion | PerAxis) -> Verification:
    """Real convolutions on the best schedule."""
    from rfscope.activity import doing
    from rfscope.exact.analysis import analyze

    with doing("verifying") as show:
        from rfscope.verification import verify

        return verify(analyze(found.network()), progress=show)


def _checked(context: typer.Context, file: Path) -> None:
    for other in context.command.params:
        said = context.get_parameter_source(other.name or "")
        if other.name != "check" and said is not None and said.name == "COMMANDLINE":
            got = "a target" if other.param_type_name == "argument" else other.opts[0]
            raise RfscopeError("--check takes a file and nothing else", got=got, do="leave it out")
    from rfscope.cli.output import show
    from rfscope.design.checker import check_file

    checked = check_file(file)
    show(context.obj, lambda _: [*checked.lines])
    if not checked.holds:
        raise typer.Exit(1)
