"""``rfscope repair``: what a schedule with holes or gridding could be changed to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from rfscope.cli.options import AsJson, Given, TargetArgument, Where, examine_at
from rfscope.cli.unfold import unfolded

__all__ = ["register"]

LowerOnly = Annotated[bool, typer.Option("--lower-only", help="Raise no rate and add no layer.")]
RaiseOnly = Annotated[bool, typer.Option("--raise", help="Lower no rate.")]
KeepField = Annotated[bool, typer.Option("--keep-field", help="Only what keeps the receptive field.")]


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("repair", no_args_is_help=True)(unfolded(_repair))


def _repair(
    context: typer.Context,
    target: TargetArgument,
    given: Given,
    part: Where,
    lower_only: LowerOnly = False,
    raise_only: RaiseOnly = False,
    keep_field: KeepField = False,
    json: AsJson = False,
) -> None:
    """Find the nearest schedules without holes, and what each choice costs."""
    from rfscope.api.schedules import repair

    analysis = examine_at(target, given, part)
    found = repair(analysis, lower_only=lower_only, raise_only=raise_only, keep_field=keep_field)
    if json:
        from rfscope.cli.output import write
        from rfscope.text.as_json import dump
        from rfscope.text.suggestion_json import repaired_data

        write(dump(repaired_data(found)))
    else:
        from rfscope.cli.output import show
        from rfscope.text.repaired import repaired_text

        show(context.obj, lambda _: repaired_text(found))
