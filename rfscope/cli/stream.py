"""``rfscope stream``: with what latency a network runs on a stream, in what chunks, and what is to be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rfscope.activity import doing
from rfscope.cli.options import OF_PART, AllowImport, AsJson, Given, PartOptions, TargetArgument, examine_at
from rfscope.cli.unfold import unfolded
from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis
from rfscope.exact.streaming import Stream, stream
from rfscope.readers.rates import is_rates
from rfscope.targets import Reading, module_of

if TYPE_CHECKING:
    from rfscope.verification.streams import StreamVerification

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
    found = stream(analysis, chunk=chunk)
    verification = None
    if verify and found.streamable:
        whole = part.node is None and part.between is None
        verification = _verification(analysis, found, target, given, whole=whole, allow_import=allow_import)
    if json:
        from rfscope.cli.output import write
        from rfscope.text.as_json import dump
        from rfscope.text.stream_json import stream_data

        record: Any = None if verification is None else verification.record()
        write(dump(stream_data(found, record)))
    else:
        from rfscope.cli.output import show
        from rfscope.text.stream import stream_text

        said = () if verification is None else ("", str(verification))
        show(context.obj, lambda console: [*stream_text(found, console.width, every=every_buffer), *said])
    if verification is not None and not verification.equal:
        raise typer.Exit(1)


def _verification(
    analysis: Analysis, found: Stream, target: str, given: Reading, *, whole: bool, allow_import: bool
) -> StreamVerification:
    module = module_of(target, given, allow_import=allow_import) if whole else None
    with doing("verifying") as show:
        from rfscope.verification.streams import verify_stream

        return verify_stream(analysis, found, module=module, progress=show)
