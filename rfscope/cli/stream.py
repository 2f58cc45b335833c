"""``rfscope stream``: with what latency a network runs on a stream, in what chunks, and what is to be kept."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from rfscope.activity import doing
from rfscope.answers.stream import make_stream
from rfscope.cli.options import OF_PART, AllowImport, AsJson, Given, PartOptions, TargetArgument, examine_at
from rfscope.cli.unfold import unfolded
from rfscope.errors import RfscopeError
from rfscope.readers.rates import is_rates

__all__ = ["register"]

Part = Annotated[PartOptions, OF_PART.without("at", "phase")]
"""Which part is looked at: what is said of it holds for all of its outputs together."""

Chunk = Annotated[
    int | None, typer.Option("--chunk", metavar="C", help="Samples that come at once, if also to be told for these.")
]
AllBuffers = Annotated[bool, typer.Option("--all", help="Show every buffer.")]
Verify = Annotated[
    bool, typer.Option("--verify", help="Run it in chunks, and a module on beginnings of a signal, and compare.")
]


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("stream", no_args_is_help=True)(unfolded(_stream))


def _stream(
    context: typer.Context,
    target: TargetArgument,
    part: Part,
    given: Given,
    chunk: Chunk = None,
    json: AsJson = False,
    every_buffer: AllBuffers = False,
    verify: Verify = False,
    allow_import: AllowImport = False,
) -> None:
    """Say with what latency a network runs on a stream, in what chunks, and what it has to remember."""
    if chunk is not None and chunk < 1:
        raise RfscopeError("bad --chunk", got=chunk, expected="samples, a whole number of 1 or more")
    if is_rates(target) and given.dims is None:
        given = replace(given, dims=1)
    analysis = examine_at(target, given, part)
    is_part = part.node is not None or part.between is not None
    with doing("verifying") if verify else contextlib.nullcontext() as show_progress:
        found = make_stream(
            analysis,
            target,
            given,
            chunk=chunk,
            is_part=is_part,
            verify=verify,
            allow_import=allow_import,
            progress=show_progress,
        )
    verification = found.verification
    if json:
        from rfscope.cli.output import write
        from rfscope.text.as_json import dump
        from rfscope.text.stream_json import stream_data

        write(dump(stream_data(found, None if verification is None else verification.record())))
    else:
        from rfscope.cli.output import show
        from rfscope.text.stream import stream_text

        said = () if verification is None else ("", str(verification))
        show(context.obj, lambda console: [*stream_text(found, console.width, every=every_buffer), *said])
    if verification is not None and not verification.equal:
        raise typer.Exit(1)
