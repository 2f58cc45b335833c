"""``rfscope compare``: the same facts of several networks side by side."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from rfscope.activity import doing
from rfscope.cli.options import AsJson, Given, TargetArguments, examine_all
from rfscope.cli.unfold import unfolded
from rfscope.errors import TargetError
from rfscope.exact.same import expect

__all__ = ["register"]


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("compare", no_args_is_help=True)(unfolded(_compare))


class Expect(StrEnum):
    """What may be expected of two networks."""

    SAME_FIELD = "same-field"
    SAME_READS = "same-reads"


ExpectedVerdict = Annotated[
    Expect | None,
    typer.Option(
        "--expect",
        metavar="same-field|same-reads",
        help="Exit with 1 unless the first two outputs see, or read, the same.",
    ),
]


def _compare(
    context: typer.Context,
    targets: TargetArguments,
    given: Given,
    expected: ExpectedVerdict = None,
    json: AsJson = False,
) -> None:
    """Put two or more networks side by side, and check that two see the same."""
    if len(targets) < 2:
        raise TargetError("one target is nothing to compare", got=targets[0], expected="two or more targets")
    analyses = examine_all(targets, given)
    expectation = None if expected is None else expect(expected.value, analyses[0], analyses[1])
    if json:
        from rfscope.cli.output import write
        from rfscope.text.as_json import comparison_data, dump

        with doing("counting"):
            text = dump(comparison_data(analyses, expectation))
        write(text)
    else:
        from rfscope.cli.output import show
        from rfscope.text.comparison import comparison, verdict
        from rfscope.text.facts import Comparison

        said = () if expectation is None else ("", verdict(expectation))
        show(context.obj, lambda console: [*comparison(Comparison(analyses), console), *said])
    if expectation is not None and not expectation.met:
        raise typer.Exit(1)
