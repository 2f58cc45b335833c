"""A network on a stream: how long its outputs wait, what it has to remember, and what it cannot do there.

It is exact: with what is said to be kept, and each layer padding its own beginning and end, chunks give what the whole
signal gives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from rfscope.errors import TargetError
from rfscope.exact.analysis import Analysis
from rfscope.exact.buffers import Buffer, buffers, chunk_ends
from rfscope.exact.obstacles import Obstacle, as_stream
from rfscope.exact.starting import first_samples, settled_after
from rfscope.exact.waiting import Line, lattice, map_lines
from rfscope.network.graph import Network
from rfscope.network.parts import up_to

__all__ = ["Fed", "Hidden", "Stream", "stream"]

_BYTES = 4
"""Of a value in float32."""


class Hidden(NamedTuple):
    """What a recurrence remembers.

    Attributes:
        node: The layer.
        values: Numbers that it carries from one position to the next, of one signal; None where nobody says.
    """

    node: str
    values: int | None


class Fed(NamedTuple):
    """What holds if the samples come in chunks of another length than asked for.

    Attributes:
        chunk: Samples in a chunk.
        latency: Samples from an output's own first sample to the end of the chunk that brings it, at most.
        first_output: Samples that have come when the first output does.
        positions: Positions to keep in all, each buffer as large as it ever is.
    """

    chunk: int
    latency: Fraction
    first_output: int
    positions: int


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A network with one axis, on a stream. Lengths are in samples of the input; None where it cannot run so.

    Attributes:
        name: The network's name.
        node: The output.
        why_not: Why it cannot run on a stream; empty if it can.
        lookahead: Samples after its own that an output needs, over all phases; below 0 if it needs not all of its own.
        latency: Samples from an output's own first sample until it is final, at most; fed sample by sample.
        first_output: Samples until the first output.
        history: Samples before its own that an output needs; None if they are unlimited.
        chunk: The least length of chunks with which every layer makes the same number of outputs each time.
        period, shift: Outputs after which everything repeats, and samples from one such period to the next.
        shorter: Outputs that a whole signal lacks beside ``period / shift`` for each sample; below 0 if it has more.
        recurrent: Layers that remember all that has passed: their hidden states are to be kept as well.
        hidden: What these remember.
        buffers: What is kept of each map from one chunk of ``chunk`` samples to the next.
        settled: Samples until which nothing of a map is to be forgotten, as layers that reflect the beginning wait for
            what they reflect; 0 where there are none.
        fed: What holds for a chunk that was asked for.
        sample_rate: Samples a second, in Hz; None if nobody said.

    Example:
        >>> import rfscope as rf
        >>> found = rf.stream("1,2,4", dims=1, causal=True, sample_rate=16_000)
        >>> found.causal, found.latency, found.history, found.positions, found.latency_ms
        (True, Fraction(1, 1), 14, 14, 0.0625)
    """

    name: str
    node: str
    why_not: tuple[Obstacle, ...] = ()
    lookahead: int | None = None
    latency: Fraction | None = None
    first_output: int | None = None
    history: int | None = None
    chunk: int | None = None
    period: int | None = None
    shift: int | None = None
    shorter: int | None = None
    recurrent: tuple[str, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    buffers: tuple[Buffer, ...] = ()
    settled: int = 0
    fed: Fed | None = None
    sample_rate: float | None = None

    @property
    def streamable(self) -> bool:
        """Whether it can run on a stream and give what it gives of the whole signal."""
        return not self.why_not

    @property
    def causal(self) -> bool:
        """Whether no output needs a sample after its own."""
        return self.lookahead is not None and self.lookahead <= 0

    @property
    def hop(self) -> Fraction | None:
        """Samples from one output to the next."""
        return None if self.period is None or self.shift is None else Fraction(self.shift, self.period)

    @property
    def state(self) -> Mapping[str, Buffer]:
        """What is kept of each map, by the name of the layer that makes it."""
        return {buffer.node: buffer for buffer in self.buffers}

    @property
    def positions(self) -> int:
        """Positions that are kept in all."""
        return sum(buffer.positions for buffer in self.buffers)

    @property
    def values(self) -> int | None:
        """Numbers that are kept in all, hidden states too; None where channels or such a state are not known."""
        found = [*(buffer.values for buffer in self.buffers), *(one.values for one in self.hidden)]
        known = [values for values in found if values is not None]
        return sum(known) if len(known) == len(found) else None

    @property
    def bytes(self) -> int | None:
        """Their memory in float32."""
        return None if self.values is None else _BYTES * self.values

    @property
    def lookahead_ms(self) -> float | None:
        """The look-ahead in milliseconds; None without a sample rate."""
        return self.milliseconds(self.lookahead)

    @property
    def latency_ms(self) -> float | None:
        """The latency in milliseconds; None without a sample rate."""
        return self.milliseconds(self.latency)

    @property
    def first_output_ms(self) -> float | None:
        """The time until the first output in milliseconds; None without a sample rate."""
        return self.milliseconds(self.first_output)

    @property
    def history_ms(self) -> float | None:
        """The history in milliseconds; None without a sample rate, or if it is unlimited."""
        return self.milliseconds(self.history)

    def milliseconds(self, samples: int | Fraction | None) -> float | None:
        """How long so many samples last; None if that or the rate is not known."""
        if samples is None or self.sample_rate is None:
            return None
        return float(samples * 1000 / Fraction(self.sample_rate))

    def __repr__(self) -> str:
        if self.why_not:
            return f"<Stream of {self.name}: NOT STREAMABLE, {self.why_not[0].message}>"
        kind = "causal" if self.causal else f"looks {self.lookahead} ahead"
        return f"<Stream of {self.name}: {kind}, latency {self.latency}, chunks of {self.chunk}>"


def stream(analysis: Analysis, *, chunk: int | None = None) -> Stream:
    """How a network runs on a stream.

    Args:
        analysis: Of a network with one axis; of several outputs, the first.
        chunk: Samples that come at once, if also asked for.

    Raises:
        TargetError: It has more than one axis.
        LimitError: It repeats only after more outputs, or more such chunks, than the limit ``phases``.
    """
    network = analysis.given or analysis.network
    if network.dims > 1:
        got = f"{network.dims} axes"
        do = "add --dims 1 to a list of rates" if analysis.provenance.from_rates else None
        raise TargetError("a network without a time axis", where=network.name, got=got, expected="1 axis, time", do=do)
    name = network.outputs[0]
    rate = analysis.provenance.sample_rate
    found = as_stream(up_to(network, name), analysis.network)
    if found.obstacles or found.network is None:
        return Stream(name=network.name, node=name, why_not=found.obstacles, sample_rate=rate)
    lines = map_lines(found.network)
    end, length = lines[name], lattice(lines)
    waits = [(end.final.at(at), at) for at in range(end.period)]
    first = first_samples(found.network, name)
    return Stream(
        name=network.name,
        node=name,
        lookahead=max(wait - _behind(end, at) for wait, at in waits),
        latency=max(wait - at * end.stride for wait, at in waits),
        first_output=first,
        history=None if found.recurrent else max(0, *(_own(end, at) - end.oldest.at(at) for at in range(end.period))),
        chunk=length,
        period=end.period,
        shift=end.shift,
        shorter=-end.exists.up_to(0),
        recurrent=found.recurrent,
        hidden=tuple(Hidden(name, found.network.by_name[name].carries) for name in found.recurrent),
        buffers=buffers(found.network, lines, length),
        settled=settled_after(found.network),
        fed=None if chunk is None else _fed(found.network, lines, name, chunk, first),
        sample_rate=rate,
    )


def _own(line: Line, output: int) -> int:
    """The first of an output's own samples."""
    return output * line.shift // line.period


def _behind(line: Line, output: int) -> int:
    """The first sample behind an output's own."""
    return -(-(output + 1) * line.shift // line.period)


def _fed(network: Network, lines: Mapping[str, Line], name: str, chunk: int, first: int) -> Fed:
    """What holds for chunks of some length: an output comes at the end of a chunk."""
    end = lines[name]
    latency = max(at + chunk - end.final.up_to(at) * end.stride for at in chunk_ends(lines, chunk))
    positions = sum(buffer.positions for buffer in buffers(network, lines, chunk))
    return Fed(chunk, latency, -(-first // chunk) * chunk, positions)
