"""How a network runs on a stream, as an object that prints the answer of the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from rfscope.errors import TargetError
from rfscope.exact.analysis import Analysis
from rfscope.exact.obstacles import Obstacle
from rfscope.exact.streaming import Stream as Numbers
from rfscope.exact.streaming import stream
from rfscope.targets import Reading, Target, module_of, module_without_data

if TYPE_CHECKING:
    import torch

    from rfscope.verification.streams import StreamVerification

__all__ = ["Stream", "make_stream"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Stream(Numbers):
    """How a network runs on a stream. Printed, it is the answer of the command line.

    Attributes:
        verification: What running it in chunks found; None if nobody asked, or it cannot run so.

    Example:
        >>> import rfscope as rf
        >>> rf.stream("1,2,4", causal=True)
        <Stream of 1,2,4: causal, latency 1, chunks of 1>
    """

    verification: StreamVerification | None = None

    @classmethod
    def of(cls, found: Numbers, verification: StreamVerification | None = None) -> Stream:
        """The same numbers with their text.

        Args:
            found: The numbers.
            verification: What running it found.
        """
        return cls(**{field.name: getattr(found, field.name) for field in fields(Numbers)}, verification=verification)

    def __str__(self) -> str:
        from rfscope.answers.printed import printed
        from rfscope.text.stream import stream_text

        said = printed(lambda console: stream_text(self, console.width))
        return said if self.verification is None else f"{said}\n\n{self.verification}"


def make_stream(
    analysis: Analysis,
    target: Target | None,
    reading: Reading,
    *,
    chunk: int | None = None,
    is_part: bool = False,
    verify: bool = False,
    allow_import: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Stream:
    """How what a user names runs on a stream: a module is also looked at where its signal is longer.

    Args:
        analysis: Of the network.
        target: What it was read from; None if only the analysis is known.
        reading: What the target leaves open.
        chunk: Samples that come at once, if also asked for.
        is_part: Whether the analysis is of a part of the target, which is not run by itself.
        verify: Whether to run what can run on a stream.
        allow_import: Whether torch may load a ``.pt2`` file.
        progress: As for ``verify_stream``.

    Raises:
        RfscopeError: It cannot run on a stream for want of an axis, or the module cannot be run.
    """
    module = None if target is None else module_without_data(target, reading)
    if module is not None and analysis.given is not None:  # what depends on the place is then known better
        analysis = replace(analysis, given=replace(analysis.given, placed=()))
    found = stream(analysis, chunk=chunk)
    if module is not None and found.chunk is not None:
        obstacles = tuple(_when_longer(module, analysis, found.chunk))
        if obstacles:
            found = Numbers(name=found.name, node=found.node, why_not=obstacles, sample_rate=found.sample_rate)
    if not verify or not found.streamable:
        return Stream.of(found)
    from rfscope.verification.streams import verify_stream

    runs = None if target is None or is_part else module_of(target, reading, allow_import=allow_import)
    return Stream.of(found, verify_stream(analysis, found, module=runs, progress=progress))


def _when_longer(module: torch.nn.Module, analysis: Analysis, chunk: int) -> Iterator[Obstacle]:
    """What a module does otherwise at a longer signal, and what it draws at random."""
    from rfscope.readers.torch.at_two_sizes import longer

    (length,) = analysis.provenance.size or analysis.network.input or (0,)
    try:
        told = longer(module, length, chunk, analysis.provenance.of, analysis.name)
    except TargetError:
        what = f"the module takes {length} samples, and not {length + chunk}"
        yield Obstacle("size", analysis.name, what, "let it take signals of any length")
        return
    for name in told.placed:
        what = "takes in what depends on the place or on the signal's length, and which no buffer holds"
        yield Obstacle("data", name, what, "give it to the network as an input, chunk by chunk")
    for name in told.random:
        yield Obstacle("data", name, "draws random numbers, others in each run", "give them as an input")
    for name in told.apart:
        if name in analysis.network.by_name:
            what = f"reads other places where the signal is {chunk} longer"
            yield Obstacle("size", name, what, "count positions from the beginning, and leave none out at the end")
