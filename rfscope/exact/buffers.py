"""What a network on a stream keeps of its maps: the last positions of each that layers have yet to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import lcm
from typing import Literal, NamedTuple, TypeAlias

from rfscope import limits
from rfscope.exact.waiting import Line, lattice, oldest_read
from rfscope.network.channels import map_channels
from rfscope.network.graph import Network, Node
from rfscope.network.reads import Window

__all__ = ["Buffer", "buffers", "chunk_ends"]

Begins: TypeAlias = Literal["nothing", "padding", "reflect", "replicate", "zeros"]


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


def buffers(network: Network, lines: Mapping[str, Line], chunk: int) -> tuple[Buffer, ...]:
    """What is to be kept of each map from one chunk of some length to the next.

    Args:
        network: One that ``as_stream`` made.
        lines: Its ``map_lines``.
        chunk: Samples in a chunk; what suffices for chunks of 1 does for any, even of changing lengths.
    """
    return tuple(_buffers(network, lines, chunk_ends(lines, chunk)))


def chunk_ends(lines: Mapping[str, Line], chunk: int) -> range:
    """The ends of chunks after which everything repeats."""
    found = range(0, lcm(lattice(lines), chunk), chunk)
    limits.check("phases", len(found))
    return found


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
