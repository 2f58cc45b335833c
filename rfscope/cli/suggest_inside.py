"""``rfscope suggest TARGET --change LAYERS``: other rates for some layers of a whole network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from rfscope.cli.options import Arguments, NodeName, Of
from rfscope.cli.unfold import From
from rfscope.cli.values import arguments_of
from rfscope.errors import RfscopeError

if TYPE_CHECKING:
    from rfscope.design.inside.answer import InsideSuggestion
    from rfscope.design.wish import How
    from rfscope.verification import Verification

__all__ = ["Inside", "Within", "suggest_inside"]

_PANEL = "Whole networks"

Change = Annotated[
    list[str] | None,
    typer.Option(
        "--change",
        metavar="LAYERS",
        help="Layers or modules of TARGET that may have other rates, such as 'layer4.*.conv2'; as often as needed.",
        rich_help_panel=_PANEL,
    ),
]
Exactly = Annotated[
    bool, typer.Option("--exactly", help="No other field will do, as by default.", rich_help_panel=_PANEL)
]
KeepOrder = Annotated[
    bool,
    typer.Option(
        "--keep-order", help="A layer of larger rate stays one; equal rates may only rise.", rich_help_panel=_PANEL
    ),
]
SameRateIn = Annotated[
    list[str] | None,
    typer.Option(
        "--same-rate-in",
        metavar="LAYERS",
        help="The layers that change there have one rate.",
        rich_help_panel=_PANEL,
    ),
]
Pattern = Annotated[
    int | None,
    typer.Option("--pattern", metavar="N", min=1, help="The rates repeat after N layers.", rich_help_panel=_PANEL),
]
KeepReads = Annotated[
    str | None,
    typer.Option(
        "--keep-reads",
        metavar="TARGET",
        help="The network that pretrained weights come from: only rates with which they read the same.",
        rich_help_panel=_PANEL,
    ),
]


class Inside(NamedTuple):
    """What is said of a network.

    Attributes:
        change: Patterns of names.
        exactly: Whether only the wished field will do.
        keep_order: Whether larger rates stay larger.
        same_rate_in: Patterns of names of layers of one rate.
        pattern: Layers after which the rates repeat.
        keep_reads: The network that pretrained weights come from.
        node: The layer or module whose output is looked at.
        of: The input, by name.
        arguments: What a factory is called with.
    """

    change: tuple[str, ...]
    exactly: bool
    keep_order: bool
    same_rate_in: tuple[str, ...]
    pattern: int | None
    keep_reads: str | None
    node: str | None
    of: str | None
    arguments: dict[str, Any] | list[Any] | None

    @property
    def given(self) -> list[str]:
        """The options that are set."""
        values = self._asdict()
        names = {"of": "--of", "arguments": "--args", "node": "--node"}
        return [names.get(name, f"--{name.replace('_', '-')}") for name, value in values.items() if value]


def _inside(
    change: Change = None,
    exactly: Exactly = False,
    keep_order: KeepOrder = False,
    same_rate_in: SameRateIn = None,
    pattern: Pattern = None,
    keep_reads: KeepReads = None,
    node: NodeName = None,
    of: Of = None,
    arguments: Arguments = None,
) -> Inside:
    return Inside(
        tuple(change or ()),
        exactly,
        keep_order,
        tuple(same_rate_in or ()),
        pattern,
        keep_reads,
        node,
        of,
        arguments_of(arguments),
    )


Within = Annotated[Inside, From(_inside)]


def suggest_inside(
    context: typer.Context, target: str | None, inside: Inside, wished: Mapping[str, Any], *, verify: bool, json: bool
) -> None:
    """Answer a wish for a network.

    Args:
        context: The command's.
        target: The network.
        inside: What is said of it.
        wished: What is wished: field, at_least, at_most, max_rate, rank, top, input.
        verify: Whether real convolutions are compared with the best answer.
        json: Whether to write JSON.

    Raises:
        RfscopeError: The wish cannot be answered.
    """
    if target is None:
        do = f"rfscope suggest TARGET {inside.given[0]} ..."
        raise RfscopeError(f"no network for {' and '.join(inside.given)}", expected="a target", do=do)
    from rfscope.api.inside import OF_SCHEDULES

    if beside := [name for name in OF_SCHEDULES if wished.get(name)]:
        options = " and ".join(f"--{name}" for name in beside)
        raise RfscopeError(f"{options} cannot be asked of a network (--change)", do=f"leave out {options}")
    found = _found(target, inside, wished)
    verification = _verified(found) if verify and found.answers else None
    if json:
        from rfscope.cli.output import write
        from rfscope.text.as_json import dump
        from rfscope.text.inside_json import inside_data

        write(dump(inside_data(found, None if verification is None else verification.record())))
    else:
        from rfscope.cli.output import show
        from rfscope.text.inside import inside_text

        said = () if verification is None else ("", str(verification))
        show(context.obj, lambda _: [*inside_text(found), *said])
    if not found.feasible or (verification is not None and not verification.equal):
        raise typer.Exit(1)


def _found(target: str, inside: Inside, wished: Mapping[str, Any]) -> InsideSuggestion:
    from rfscope.activity import doing
    from rfscope.api.inside import inside as answered
    from rfscope.api.inside import of_config, one_field
    from rfscope.design.inside.changing import Tied
    from rfscope.design.inside.wish import InsideWish
    from rfscope.targets import Reading, examine

    reading = Reading(input=wished.get("input"), of=inside.of, arguments=inside.arguments)
    wish = InsideWish(
        field=one_field(wished.get("field")),
        how=_how(inside, wished),
        max_rate=wished.get("max_rate"),
        keep_order=inside.keep_order,
        rank=tuple(wished.get("rank") or ()),
        top=wished.get("top", 5),
    )
    analysis = examine(target, reading, output=inside.node)
    keep = inside.keep_reads
    reference = None if keep is None else examine(keep, Reading(input=reading.input), output=inside.node)
    tied = Tied(inside.same_rate_in, inside.pattern)
    with doing("looking at rates"):
        return answered(analysis, wish, inside.change, tied, reference=reference, is_config=of_config(target))


def _how(inside: Inside, wished: Mapping[str, Any]) -> How:
    said = [name for name in ("at_least", "at_most") if wished.get(name)] + ["exactly"] * inside.exactly
    if len(said) > 1:
        options = " and ".join(f"--{name.replace('_', '-')}" for name in said)
        raise RfscopeError(f"{options} exclude each other", do="leave one out")
    return "at-least" if "at_least" in said else "at-most" if "at_most" in said else "exactly"


def _verified(found: InsideSuggestion) -> Verification:
    """Real convolutions in the changed network."""
    from rfscope.activity import doing

    with doing("verifying") as show:
        from rfscope.verification import verify

        return verify(found.answers[0].analysis, progress=show)
