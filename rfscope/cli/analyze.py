"""``rfscope analyze``: what one output sees, whether it has holes, and what to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from rfscope.cli.options import (
    AllLayers,
    AsJson,
    Between,
    Device,
    Dims,
    Input,
    Kernel,
    Phase,
    State,
    Target,
    Verify,
    WithCounts,
    add_commands,
    shape_of,
    sizes,
)
from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.parts import part_of
from rfscope.targets import resolve

if TYPE_CHECKING:
    from rfscope.verification import Verification

__all__ = ["register"]

Rates = Annotated[str, typer.Argument(help="Dilation rates, layer by layer: 1,2,5, or 1,2,5@3,3,5 with kernels.")]
Stride = Annotated[str | None, typer.Option("--stride", help="Stride, one number or one per layer.", show_default="1")]
Causal = Annotated[bool, typer.Option("--causal", help="Pad before only, so that no layer reads ahead.")]


def register(app: typer.Typer, words: Sequence[str]) -> None:
    """Add the command to the program."""
    group = typer.Typer(no_args_is_help=True, help="What one output sees, its holes, and the design rules.")
    add_commands(group, words, {"rates": _rates, "model": _model})
    app.add_typer(group, name="analyze")


def _rates(
    context: typer.Context,
    rates: Rates,
    kernel: Kernel = None,
    stride: Stride = None,
    dims: Dims = None,
    causal: Causal = False,
    json: AsJson = False,
    counts: WithCounts = False,
    verify: Verify = False,
    device: Device = "auto",
    every_layer: AllLayers = False,
) -> None:
    """Analyze a plain chain of convolutions, given as a list of dilation rates."""
    analysis = analyze(resolve(rates, shape_of(kernel, dims, stride, causal=causal)))
    _answer(context.obj, analysis, json=json, counts=counts, device=device if verify else None, every=every_layer)


def _model(
    context: typer.Context,
    target: Target,
    kernel: Kernel = None,
    dims: Dims = None,
    input: Input = None,
    output: Annotated[str | None, typer.Option("--output", help="Layer or module to look at.")] = None,
    between: Between = None,
    phase: Phase = None,
    at: Annotated[str | None, typer.Option("--at", help="Output to look at, with an input size: I,J.")] = None,
    json: AsJson = False,
    counts: WithCounts = False,
    verify: Verify = False,
    device: Device = "auto",
    every_layer: AllLayers = False,
) -> None:
    """Analyze a network: a spec file, a published network, or a list of rates."""
    size = sizes(input, "--input")
    network = part_of(resolve(target, shape_of(kernel, dims), input=size), output, between)
    bounded = size is not None or network.input is not None
    if (phase if bounded else at) is not None:
        wrong, right = ("--phase", "--at") if bounded else ("--at", "--phase")
        raise RfscopeError(f"{wrong} {'with' if bounded else 'without'} an input size", do=f"use {right}")
    position = sizes(at, "--at") or sizes(phase, "--phase")
    analysis = analyze(network, input=size, position=position)
    _answer(context.obj, analysis, json=json, counts=counts, device=device if verify else None, every=every_layer)


def _answer(state: State, analysis: Analysis, *, json: bool, counts: bool, device: str | None, every: bool) -> None:
    verification = None if device is None else _verification(analysis, device)
    if json:
        _write_json(analysis, verification, counts=counts)
    else:
        _show(state, analysis, verification, every=every)
    if verification is not None and not verification.equal:
        raise typer.Exit(1)


def _verification(analysis: Analysis, device: str) -> Verification:
    from rfscope.cli.progress import progress
    from rfscope.verification import verify

    with progress("verifying") as show:
        return verify(analysis, device=device, progress=show)


def _write_json(analysis: Analysis, verification: Verification | None, *, counts: bool) -> None:
    from rfscope.cli.output import write
    from rfscope.text.as_json import analysis_data, dump

    record = None if verification is None else verification.record()
    write(dump(analysis_data(analysis, counts=counts, verification=record)))


def _show(state: State, analysis: Analysis, verification: Verification | None, *, every: bool) -> None:
    from rfscope.cli.output import show
    from rfscope.text.report import report

    said = () if verification is None else ("", str(verification))
    show(state, lambda console: [*report(analysis, console, every_layer=every), *said])
