"""``rfscope suggest``: dilation rates for a receptive field, the best of all that have no holes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from rfscope.cli.options import AsJson, sizes
from rfscope.cli.suggest_inside import Within, suggest_inside
from rfscope.cli.unfold import unfolded
from rfscope.errors import RfscopeError, shorten
from rfscope.readers.rates import is_rates

__all__ = ["register"]

_LAYERS, _RATES = "The layers", "The rates"

OfNetwork = Annotated[
    str | None, typer.Argument(metavar="[TARGET]", help="A network, some layers of which may change (--change).")
]
Verify = Annotated[bool, typer.Option("--verify", help="Compare the best answer with real convolutions (torch).")]
Field = Annotated[int | None, typer.Option("--field", metavar="N", help="Receptive field along an axis.")]
AtLeast = Annotated[bool, typer.Option("--at-least", help="A larger field will do; the nearest possible is taken.")]
AtMost = Annotated[bool, typer.Option("--at-most", help="A smaller field will do; the nearest possible is taken.")]
Count = Annotated[
    int | None,
    typer.Option("--layers", metavar="N", help="How many; the fewest that do if not given.", rich_help_panel=_LAYERS),
]
Kernels = Annotated[
    str,
    typer.Option(
        "-k",
        "--kernel",
        metavar="K",
        help="Kernel size: one number, or one per layer (3,3,5).",
        rich_help_panel=_LAYERS,
    ),
]
Axes = Annotated[int, typer.Option("--dims", metavar="1|2|3", help="Spatial axes.", rich_help_panel=_LAYERS)]
Causal = Annotated[bool, typer.Option("--causal", help="The layers never read ahead.", rich_help_panel=_LAYERS)]
Near = Annotated[
    str | None,
    typer.Option("--near", metavar="R,R,...", help="Change these rates as little as possible.", rich_help_panel=_RATES),
]
MaxRate = Annotated[
    int | None, typer.Option("--max-rate", metavar="R", help="The largest rate.", rich_help_panel=_RATES)
]
InputSize = Annotated[
    str | None,
    typer.Option(
        "--input",
        metavar="SIZE",
        help="Size of the map they run on (64,64): larger rates than half of it read padding only.",
        rich_help_panel=_RATES,
    ),
]
Hdc = Annotated[bool, typer.Option("--hdc", help="Only schedules with M_2 <= K.", rich_help_panel=_RATES)]
Rank = Annotated[
    str,
    typer.Option("--rank", metavar="A,B,...", help="What comes first: isolated, index, step, paths, max_rate."),
]
Top = Annotated[int, typer.Option("--top", metavar="N", min=1, max=1000, help="How many to show.")]
Check = Annotated[
    Path | None,
    typer.Option("--check", metavar="FILE", help="Check what suggest --json wrote, by other means than the search."),
]


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("suggest", no_args_is_help=True)(unfolded(_suggest))


def _suggest(
    context: typer.Context,
    inside: Within,
    word: OfNetwork = None,
    field: Field = None,
    at_least: AtLeast = False,
    at_most: AtMost = False,
    layers: Count = None,
    kernel: Kernels = "3",
    dims: Axes = 2,
    causal: Causal = False,
    near: Near = None,
    max_rate: MaxRate = None,
    input: InputSize = None,
    hdc: Hdc = False,
    rank: Rank = "",
    top: Top = 5,
    verify: Verify = False,
    check: Check = None,
    json: AsJson = False,
) -> None:
    """Find the dilation rates with which layers see a wished field without holes, the best of all first."""
    if inside.given:
        wished = {
            "field": field,
            "at_least": at_least,
            "at_most": at_most,
            "max_rate": max_rate,
            "input": sizes(input, "--input"),
            "rank": tuple(filter(None, rank.split(","))),
            "top": top,
        }
        suggest_inside(context, word, inside, wished, verify=verify, json=json)
        return
    if word is not None and not is_rates(word):
        do = f"write rfscope suggest {word} --change LAYERS --field N"
        raise RfscopeError("no layers to change", got=shorten(word), do=do)
    if word is not None:
        asked = f"rfscope suggest --field {word}" if word.isdecimal() else f"rfscope repair {word}"
        raise RfscopeError("suggest takes options and no target", got=shorten(word), do=f"write {asked}")
    if check is not None:
        _checked(context, check)
        return
    if at_least and at_most:
        raise RfscopeError("--at-least and --at-most exclude each other", do="leave one out, or both")
    from rfscope.api.schedules import suggest

    found = suggest(
        field=field,
        at_least=at_least,
        at_most=at_most,
        layers=layers,
        kernel=sizes(kernel, "--kernel") or (),
        dims=dims,
        causal=causal,
        near=sizes(near, "--near"),
        max_rate=max_rate,
        input=sizes(input, "--input"),
        hdc=hdc,
        rank=tuple(filter(None, rank.split(","))),
        top=top,
    )
    if json:
        from rfscope.cli.output import write
        from rfscope.text.as_json import dump
        from rfscope.text.suggestion_json import suggestion_data

        write(dump(suggestion_data(found)))
    else:
        from rfscope.cli.output import show
        from rfscope.text.suggestion import suggestion

        show(context.obj, lambda _: suggestion(found))
    if not found.feasible:
        raise typer.Exit(1)


def _checked(context: typer.Context, file: Path) -> None:
    from rfscope.cli.output import show
    from rfscope.design.checker import check_file

    checked = check_file(file)
    show(context.obj, lambda _: [*checked.lines])
    if not checked.holds:
        raise typer.Exit(1)
