"""``rfscope analyze``: what one output sees, whether it has holes, and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rfscope.cli.options import (
    AllLayers,
    AllowImport,
    AllowUnknown,
    AsJson,
    Device,
    Dims,
    Given,
    Kernel,
    State,
    TargetArgument,
    Verify,
    Where,
    WithCounts,
    add_commands,
    examine_at,
)
from rfscope.exact.analysis import Analysis
from rfscope.targets import Reading, examine, module_of

if TYPE_CHECKING:
    import torch

    from rfscope.verification import Verification

__all__ = ["register"]

RatesArgument = Annotated[
    str, typer.Argument(help="Dilation rates, layer by layer: 1,2,5, or 1,2,5@3,3,5 with kernels.")
]
Stride = Annotated[str | None, typer.Option("--stride", help="Stride, one number or one per layer.", show_default="1")]
WithMap = Annotated[
    bool | None, typer.Option("--map/--no-map", help="Draw the usage map; by default if it fits the screen.")
]
CausalOption = Annotated[bool, typer.Option("--causal", help="Pad before only, so that no layer reads ahead.")]


def register(app: typer.Typer, words: Sequence[str]) -> None:
    """Add the command to the program."""
    group = typer.Typer(no_args_is_help=True, help="What one output sees, its holes, and the design rules.")
    add_commands(group, words, {"rates": _rates, "model": _model})
    app.add_typer(group, name="analyze")


def _rates(
    context: typer.Context,
    rates: RatesArgument,
    kernel: Kernel = None,
    stride: Stride = None,
    dims: Dims = None,
    causal: CausalOption = False,
    json: AsJson = False,
    counts: WithCounts = False,
    verify: Verify = False,
    device: Device = "auto",
    every_layer: AllLayers = False,
    with_map: WithMap = None,
) -> None:
    """Analyze a plain chain of convolutions, given as a list of dilation rates."""
    analysis = examine(rates, Reading(kernel=kernel, stride=stride, dims=dims, causal=causal))
    verification = _verification(analysis, None, device) if verify else None
    _answer(context.obj, analysis, verification, json=json, counts=counts, every=every_layer, drawn=with_map)


def _model(
    context: typer.Context,
    target: TargetArgument,
    given: Given,
    place: Where,
    output: Annotated[
        str | None, typer.Option("--node", "--output", help="Layer or module to look at.", metavar="NAME")
    ] = None,
    json: AsJson = False,
    counts: WithCounts = False,
    verify: Verify = False,
    device: Device = "auto",
    allow_unknown: AllowUnknown = False,
    allow_import: AllowImport = False,
    every_layer: AllLayers = False,
    with_map: WithMap = None,
) -> None:
    """Analyze a network: a spec file, a published network, or a list of rates."""
    reading = replace(given, allow_unknown=allow_unknown)
    analysis = examine_at(target, reading, place, output=output)
    whole = output is None and place.between is None
    module = module_of(target, reading, allow_import=allow_import) if verify and whole else None
    verification = _verification(analysis, module, device) if verify else None
    _answer(context.obj, analysis, verification, json=json, counts=counts, every=every_layer, drawn=with_map)


def _answer(
    state: State,
    analysis: Analysis,
    verification: Verification | None,
    *,
    json: bool,
    counts: bool,
    every: bool,
    drawn: bool | None,
) -> None:
    if json:
        _write_json(analysis, verification, counts=counts)
    else:
        _show(state, analysis, verification, every=every, drawn=drawn)
    if verification is not None and not verification.equal:
        raise typer.Exit(1)


def _verification(analysis: Analysis, module: torch.nn.Module | None, device: str) -> Verification:
    from rfscope.cli.progress import progress
    from rfscope.verification import verify

    with progress("verifying") as show:
        return verify(analysis, module=module, device=device, progress=show)


def _write_json(analysis: Analysis, verification: Verification | None, *, counts: bool) -> None:
    from rfscope.cli.output import write
    from rfscope.text.as_json import analysis_data, dump

    record: Any = None if verification is None else verification.record()
    write(dump(analysis_data(analysis, counts=counts, verification=record)))


def _show(
    state: State, analysis: Analysis, verification: Verification | None, *, every: bool, drawn: bool | None
) -> None:
    from rfscope.cli.output import show
    from rfscope.text.report import report

    said = () if verification is None else ("", str(verification))
    show(state, lambda console: [*report(analysis, console, every_layer=every, with_map=drawn), *said])
