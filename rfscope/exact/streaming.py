"""A network on a stream: how long its outputs wait, what it has to remember, and what it cannot do there.

It is exact: with what is said to be kept, and each layer padding its own beginning and end, chunks give what the whole
signal gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Literal, NamedTuple, TypeAlias

from rfscope import limits
from rfscope.errors import TargetError
from rfscope.exact.analysis import Analysis
from rfscope.exact.obstacles import Obstacle, as_stream
from rfscope.exact.starting import first_samples, settled_after
from rfscope.exact.waiting import INPUT_LINE, Line, joined, oldest_read, through
from rfscope.network.channels import map_channels
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.parts import up_to
from rfscope.network.reads import Window

__all__ = ["Buffer", "Fed", "Stream", "buffers", "lattice", "map_lines", "stream"]

Begins: TypeAlias = Literal["nothing", "padding", "reflect", "replicate", "zeros"]
_BYTES = 4
"""Of a value in float32."""


class Buffer(NamedTuple):
    """What is kept of one map from one chunk to the next.

    Attributes:
        node: The layer whose outputs they are, or the network's input.
        positions: How many of its last positions.
        channels: Values that each of them has; None if no layer says.
        begins: What stands before the signal's first sample: the padding of the layers that read it. What a pooling
            layer pads with is its own.
    """

    node: str
    positions: int
    channels: int | None
    begins: Begins

    @property
    def values(self) -> int | None:
        """Numbers in it; None if the channels are not known."""
        return None if self.channels is None else self.positions * self.channels


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
        """Numbers that are kept in all, hidden states aside; None if the channels of a map are not known."""
        found = [buffer.values for buffer in self.buffers]
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
        buffers=buffers(found.network, lines, length),
        settled=settled_after(found.network),
        fed=None if chunk is None else _fed(found.network, lines, name, chunk, first),
        sample_rate=rate,
    )


def map_lines(network: Network) -> Mapping[str, Line]:
    """When the positions of every map are final.

    Args:
        network: One that ``as_stream`` made.
    """
    lines = {INPUT: INPUT_LINE}
    for node in network.nodes:
        lines[node.name] = through(node.reads[0], joined([lines[name] for name in node.inputs]))
    return lines


def lattice(lines: Mapping[str, Line]) -> int:
    """The least length of chunks with which every map grows by as many positions each time."""
    return lcm(*(line.shift for line in lines.values()))


def buffers(network: Network, lines: Mapping[str, Line], chunk: int) -> tuple[Buffer, ...]:
    """What is to be kept of each map from one chunk of some length to the next.

    Args:
        network: One that ``as_stream`` made.
        lines: Its ``map_lines``.
        chunk: Samples in a chunk; what suffices for chunks of 1 does for any, even of changing lengths.
    """
    return tuple(_buffers(network, lines, _ends(lines, chunk)))


def _ends(lines: Mapping[str, Line], chunk: int) -> range:
    """The ends of chunks after which everything repeats."""
    found = range(0, lcm(lattice(lines), chunk), chunk)
    limits.check("phases", len(found))
    return found


def _own(line: Line, output: int) -> int:
    """The first of an output's own samples."""
    return output * line.shift // line.period


def _behind(line: Line, output: int) -> int:
    """The first sample behind an output's own."""
    return -(-(output + 1) * line.shift // line.period)


def _fed(network: Network, lines: Mapping[str, Line], name: str, chunk: int, first: int) -> Fed:
    """What holds for chunks of some length: an output comes at the end of a chunk."""
    end = lines[name]
    latency = max(at + chunk - end.final.up_to(at) * end.stride for at in _ends(lines, chunk))
    positions = sum(buffer.positions for buffer in buffers(network, lines, chunk))
    return Fed(chunk, latency, -(-first // chunk) * chunk, positions)


def _buffers(network: Network, lines: Mapping[str, Line], times: Sequence[int]) -> Iterator[Buffer]:
    """What is to be kept of each map after so many samples, at most over some times."""
    channels = map_channels(network)
    readers: dict[str, list[Node]] = {}
    for node in network.nodes:
        for name in dict.fromkeys(node.inputs):
            readers.setdefault(name, []).append(node)
    made = network.by_name
    for name, reading in readers.items():
        kept = max(_kept(lines[name], lines[node.name], node, at) for node in reading for at in times)
        if kept > 0:
            yield Buffer(name, kept, channels[name], _begins(made.get(name), reading))


def _kept(line: Line, behind: Line, node: Node, time: int) -> int:
    """Positions of a map that a layer has yet to read after so many samples.

    The end of a signal that is reflected or repeated there is needed once the signal has ended.
    """
    read = node.reads[0]
    again = {"reflect": 1, "replicate": 1}.get(node.padding_mode, 0)
    if again and isinstance(read, Window):
        after = (read.known_padding or (0, 0))[1]
        again = after + 1 if node.padding_mode == "reflect" else int(after > 0)
        again = again if after > 0 else 0
    return max(again, line.final.up_to(time) - oldest_read(read, behind.final.up_to(time)))


def _begins(made: Node | None, reading: Sequence[Node]) -> Begins:
    """What stands in a buffer before the first sample."""
    padded = [node for node in [made, *reading] if node is not None and _padding_before(node) > 0]
    layers = [node for node in padded if node is not made or node.op == "pad"]
    if not layers:
        return "nothing"
    if any(node.op == "pool" for node in layers):
        return "padding"
    mode = layers[0].padding_mode
    return "reflect" if mode == "reflect" else "replicate" if mode == "replicate" else "zeros"


def _padding_before(node: Node) -> int:
    read = node.reads[0]
    return (read.known_padding or (0, 0))[0] if isinstance(read, Window) else 0
