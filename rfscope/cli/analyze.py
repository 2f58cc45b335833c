"""``rfscope analyze``: what one output sees, whether it has holes, and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rfscope.activity import doing
from rfscope.cli.options import (
    AllLayers,
    AllowImport,
    AsJson,
    Device,
    Given,
    TargetArgument,
    Verify,
    Where,
    WithCounts,
    examine_at,
)
from rfscope.cli.program import Command
from rfscope.cli.state import State
from rfscope.cli.unfold import unfolded
from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis
from rfscope.targets import module_of

if TYPE_CHECKING:
    import torch

    from rfscope.verification import Verification

__all__ = ["register"]

NoFile = Annotated[str | None, typer.Option("-o", "--output", hidden=True, help="Refused: the answer goes to stdout.")]
WithMap = Annotated[
    bool | None, typer.Option("--map/--no-map", help="Draw the usage map; by default if it fits the screen.")
]


class Analyze(Command):
    """``analyze rates 1,2,5`` and ``analyze model net.toml`` are ``analyze 1,2,5`` and ``analyze net.toml``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words behind the command."""
        return super().parse_args(ctx, args[1:] if args[:1] in (["rates"], ["model"]) else args)


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("analyze", cls=Analyze, no_args_is_help=True)(unfolded(_analyze))


def _analyze(
    context: typer.Context,
    target: TargetArgument,
    part: Where,
    given: Given,
    json: AsJson = False,
    counts: WithCounts = False,
    every_layer: AllLayers = False,
    with_map: WithMap = None,
    verify: Verify = False,
    device: Device = "auto",
    allow_import: AllowImport = False,
    output: NoFile = None,
) -> None:
    """Say what one output sees, which pixels it skips, and what to write instead."""
    if output is not None:
        raise RfscopeError(
            "analyze writes no file", got=f"--output {output}", do=f"--node {output} looks at a layer, > at a file"
        )
    analysis = examine_at(target, given, part)
    whole = part.node is None and part.between is None
    module = module_of(target, given, allow_import=allow_import) if verify and whole else None
    verification = _verification(analysis, module, device) if verify else None
    if json:
        _write_json(analysis, verification, counts=counts)
    else:
        _show(context.obj, analysis, verification, every=every_layer, drawn=with_map)
    if verification is not None and not verification.equal:
        raise typer.Exit(1)


def _verification(analysis: Analysis, module: torch.nn.Module | None, device: str) -> Verification:
    with doing("verifying") as show:
        from rfscope.verification import verify

        return verify(analysis, module=module, device=device, progress=show)


def _write_json(analysis: Analysis, verification: Verification | None, *, counts: bool) -> None:
    from rfscope.cli.output import write
    from rfscope.text.as_json import analysis_data, dump

    record: Any = None if verification is None else verification.record()
    with doing("counting"):
        text = dump(analysis_data(analysis, counts=counts, verification=record))
    write(text)


def _show(
    state: State, analysis: Analysis, verification: Verification | None, *, every: bool, drawn: bool | None
) -> None:
    from rfscope.cli.output import show
    from rfscope.text.report import report

    said = () if verification is None else ("", str(verification))
    show(state, lambda console: [*report(analysis, console, every_layer=every, with_map=drawn), *said])
