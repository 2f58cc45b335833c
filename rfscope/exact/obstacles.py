"""What keeps a network from running on a stream: layers that need the whole signal, or its length, or its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import IDENTITY, Adaptive, Read, Resize, Table, Whole, Window, pace
from rfscope.network.sizes import settle

__all__ = ["Obstacle", "OnStream", "as_stream"]

Kind: TypeAlias = Literal["data", "global", "merge", "padding", "size", "unknown"]


class Obstacle(NamedTuple):
    """Why a network cannot run on a stream.

    Attributes:
        kind: What kind of reason it is.
        node: The layer.
        message: What is the matter, in one sentence without a full stop.
        do: What to do about it; empty where nothing helps.
    """

    kind: Kind
    node: str
    message: str
    do: str = ""


class OnStream(NamedTuple):
    """A network as it runs on a stream.

    Attributes:
        network: Windows, transposed windows and tables of no particular size; None where there are obstacles.
        recurrent: The layers that read all that has passed: in the network, they read their own position.
        obstacles: What keeps it from running so.
    """

    network: Network | None
    recurrent: tuple[str, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()


def as_stream(network: Network, sized: Network) -> OnStream:
    """A network without the end of its signal.

    Args:
        network: With one axis, as it was given.
        sized: The same or a larger one, settled: paddings that depend on the signal's length are as in this one.
    """
    found = [obstacle for node in network.nodes if (obstacle := _obstacle(node, sized.by_name[node.name])) is not None]
    found += [_of_the_place(name) for name in network.placed_along(0)]
    if found:
        return OnStream(None, obstacles=tuple(found))
    recurrent = tuple(node.name for node in network.nodes if node.is_global)
    nodes = tuple(replace(node, reads=(_in_time(node, sized.by_name[node.name]),)) for node in network.nodes)
    endless, _ = settle(replace(network, nodes=nodes, input=None))
    uneven = next(_uneven(endless), None)
    if uneven is not None:
        return OnStream(None, obstacles=(uneven,))
    return OnStream(endless, recurrent)


def _in_time(node: Node, sized: Node) -> Read:
    """What a layer reads, of no particular signal."""
    read = node.reads[0]
    if isinstance(read, Whole):
        return IDENTITY
    if isinstance(read, Window) and read.known_padding is None:
        return sized.reads[0]
    return read


def _obstacle(node: Node, sized: Node) -> Obstacle | None:
    """Why a layer cannot run on a stream."""
    read = node.reads[0]
    if isinstance(read, Whole) and read.ahead:
        return _everything(node)
    if node.is_unknown:
        why = f" ({node.why})" if node.why else ""
        return Obstacle("unknown", node.name, f"nobody knows what {node.op}{why} reads", "look at a part before it")
    if node.data_dependent:
        what = "reads where the data says, and so perhaps what has not come yet"
        return Obstacle("data", node.name, what, "bound what it may read, or leave it out")
    return _of_padding(node, sized) or _of_size(node)


def _of_padding(node: Node, sized: Node) -> Obstacle | None:
    """Padding before the signal that needs its end."""
    read = sized.reads[0]
    if node.padding_mode == "circular" and isinstance(read, Window) and max(read.known_padding or (1, 0)) > 0:
        what = "pads the beginning with the signal's end"
        return Obstacle("padding", node.name, what, "pad with zeros, or by repeating or reflecting")
    if isinstance(read, Window) and read.known_padding is None:
        what = "pads the beginning by a number that depends on the signal's length"
        return Obstacle("padding", node.name, what, "write the padding in numbers, or give --input for one length")
    return None


def _of_size(node: Node) -> Obstacle | None:
    """Outputs whose places depend on the signal's length."""
    read = node.reads[0]
    fits_corners = isinstance(read, Resize) and read.align_corners
    if fits_corners or isinstance(read, Adaptive) or (isinstance(read, Table | Resize) and read.size is not None):
        what = "fits the signal's corners" if fits_corners else "makes a number of outputs that is written down"
        do = "scale by a factor, with align_corners off"
        return Obstacle("size", node.name, f"{what}, so that its outputs lie where the signal's length says", do)
    return None


def _of_the_place(name: str) -> Obstacle:
    """What comes from no sample: it counts from the signal's beginning, or is made of its length."""
    what = "takes in what may depend on the place or on the signal's length, and which no buffer holds"
    return Obstacle("data", name, what, "give it to the network as an input, chunk by chunk")


def _everything(node: Node) -> Obstacle:
    """What reads the whole signal, and what to do instead."""
    if node.op == "recurrence":
        return Obstacle("global", node.name, "runs over the signal backwards, too", "let it run forward only")
    do = "let it read what has passed, or take its statistics from elsewhere: a running mean, a norm over channels"
    return Obstacle("global", node.name, f"reads the whole signal ({node.op})", do)


def _uneven(network: Network) -> Iterator[Obstacle]:
    """Merges of maps that do not keep pace."""
    strides = {INPUT: Fraction(1)}
    for node in network.nodes:
        found = dict.fromkeys(strides[name] for name in node.inputs)
        if len(found) > 1:
            paces = " and ".join(map(str, found))
            what = f"merges maps with one position per {paces} samples: they drift apart"
            yield Obstacle("merge", node.name, what, "bring both to one stride")
        strides[node.name] = next(iter(found)) * pace(node.reads[0])
