"""``rfscope tile``: how to cut an image so that what is put together equals the output of the whole image."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rfscope.cli.options import AsJson, Device, Given, NodeName, TargetArgument, untimed
from rfscope.cli.unfold import unfolded
from rfscope.cli.values import sizes
from rfscope.errors import RfscopeError

if TYPE_CHECKING:
    from rfscope.answers.tiles import TilePlan, Wanted
    from rfscope.targets import Reading

__all__ = ["bytes_of", "register"]

_PANEL = "The tiles"
_UNITS = {"": 1, "b": 1, **{f"{one}{end}": base**power
          for power, one in enumerate("kmgt", start=1) for end, base in (("b", 1000), ("ib", 1024))}}  # fmt: skip
_BYTES = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*([a-z]*)", re.IGNORECASE)

Tile = Annotated[
    str | None,
    typer.Option(
        "--tile", metavar="SIZE", help="Largest size of a tile: one number, or one per axis.", rich_help_panel=_PANEL
    ),
]
Memory = Annotated[
    str | None,
    typer.Option(
        "--memory",
        metavar="BYTES",
        help="Memory for the maps of one tile, such as 8GiB: the tile of the least work is chosen.",
        rich_help_panel=_PANEL,
    ),
]
Equal = Annotated[
    bool, typer.Option("--equal", help="Tiles of just the size that --tile says.", rich_help_panel=_PANEL)
]
Dtype = Annotated[
    str, typer.Option("--dtype", metavar="TYPE", help="Type of the numbers, for memory.", rich_help_panel=_PANEL)
]
Batch = Annotated[
    int, typer.Option("--batch", metavar="N", help="Images in a batch, for memory.", rich_help_panel=_PANEL)
]
Expect = Annotated[
    str | None,
    typer.Option("--expect", metavar="exact", help="Exit with 1 unless tiles are exact.", rich_help_panel=_PANEL),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="bioimageio|monai|torch",
        help="Write the plan as others take it.",
        rich_help_panel=_PANEL,
    ),
]
VerifyTiles = Annotated[bool, typer.Option("--verify", help="Run the module in torch, whole and tiled, and compare.")]
Tolerance = Annotated[
    float,
    typer.Option("--tolerance", metavar="T", help="Largest difference over the standard deviation for --verify."),
]


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("tile", no_args_is_help=True)(unfolded(_tile))


def _tile(
    context: typer.Context,
    target: TargetArgument,
    given: Given,
    tile: Tile = None,
    memory: Memory = None,
    node: NodeName = None,
    equal: Equal = False,
    dtype: Dtype = "float32",
    batch: Batch = 1,
    expect: Expect = None,
    format: Format = None,
    verify: VerifyTiles = False,
    tolerance: Tolerance = 1e-9,
    device: Device = "auto",
    json: AsJson = False,
) -> None:
    """Say how to cut an image into tiles so that the result equals that of the whole."""
    untimed(given)
    if expect not in (None, "exact"):
        raise RfscopeError("bad --expect", got=repr(expect), expected="exact")
    is_sized = given.input is not None or bool(given.shapes)
    if is_sized == (tile is None and memory is None):
        do = "give --tile or --memory" if is_sized else "give --input, and --tile or --memory"
        raise RfscopeError("tiles need the size of the image and their own", do=f"{do}; without any the rule is said")
    if not is_sized:
        exact = _say_rule(context.obj, target, given, node, format, json=json)
        if verify:
            raise RfscopeError("--verify needs a size", do="give --input and --tile")
    else:
        from rfscope.answers.tiles import Wanted, make_plan

        wanted = Wanted(
            tile=sizes(tile, "--tile"),
            memory=None if memory is None else bytes_of(memory),
            node=node,
            equal=equal,
            dtype=dtype,
            batch=batch,
            allow_inexact=verify,
        )
        plan = make_plan(target, given, wanted)
        exact = plan.exact
        found = _verified(target, given, wanted, plan, tolerance, device) if verify and plan.count else None
        _write(context.obj, plan, found, format, json=json, verify=verify)
        if found is not None and not found.as_planned:
            raise typer.Exit(1)
    if expect == "exact" and not exact:
        raise typer.Exit(1)


def bytes_of(text: str) -> int:
    """Bytes of a text such as ``8GiB``, ``500 MB`` or ``4096``.

    Raises:
        RfscopeError: It says none.

    Example:
        >>> bytes_of("8GiB"), bytes_of("1.5 kb"), bytes_of("100")
        (8589934592, 1500, 100)
    """
    match = _BYTES.fullmatch(text.strip())
    if match is None or match[2].lower() not in _UNITS:
        raise RfscopeError("bad --memory", got=repr(text), expected="bytes, such as 8GiB or 500MB")
    return int(float(match[1]) * _UNITS[match[2].lower()])


def _say_rule(state: Any, target: str, given: Reading, node: str | None, format: str | None, *, json: bool) -> bool:
    from rfscope.answers.tiles import rules_of
    from rfscope.cli.output import show, write

    network, rules = rules_of(target, given, node)
    if format is not None:
        from rfscope.text.tile_formats import written

        write(written(format, network.name, rules, None))
    elif json:
        from rfscope.text.as_json import dump
        from rfscope.text.tile_json import rule_data

        write(dump(rule_data(network, rules)))
    else:
        from rfscope.text.tile import rule_text

        show(state, lambda console: rule_text(network, rules, console.width))
    return all(rule is not None and rule.exact for rule in rules)


def _verified(target: str, given: Reading, wanted: Wanted, plan: TilePlan, tolerance: float, device: str) -> Any:
    """The module run whole and tiled.

    Raises:
        RfscopeError: There is no module, or it cannot be run.
    """
    from rfscope.activity import doing
    from rfscope.answers.tiles import verify_plan

    with doing("verifying"):
        return verify_plan(target, replace(given), wanted, plan, tolerance=tolerance, device=device)


def _write(state: Any, plan: TilePlan, found: Any, format: str | None, *, json: bool, verify: bool) -> None:
    from rfscope.cli.output import show, write

    if format is not None:
        from rfscope.text.tile_formats import written

        write(written(format, plan.name, None, plan))
    elif json:
        from rfscope.text.as_json import dump
        from rfscope.text.tile_json import plan_data

        write(dump(plan_data(plan, None if found is None else found.record())))
    else:
        from rfscope.text.tile import plan_text

        said = () if found is None else ("", str(found))
        if verify and found is None:
            said = ("", "Not run in torch: there are no tiles.")
        show(state, lambda console: [*plan_text(plan, console.width), *said])
