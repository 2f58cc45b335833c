"""How much memory the maps of a network take at once, from their sizes alone."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from rfscope.errors import NetworkError
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import TransposedWindow, Window
from rfscope.network.sizes import settle

__all__ = ["entering_channels", "live_values"]


def live_values(network: Network, size: Sequence[int]) -> int | None:
    """The most values that are alive at once where each map is kept until its last reader has run.

    It is less than what a program takes, which may keep maps longer, and needs room to work in.

    Args:
        network: The network.
        size: Size of its input per axis.

    Returns:
        The number of values; None where channels are not known.

    Raises:
        NetworkError: The network does not take this size.

    Example:
        >>> from dataclasses import replace
        >>> from rfscope.network.build import assemble, conv
        >>> node = replace(conv(3, dims=1), in_channels=2, out_channels=5)
        >>> live_values(assemble([node]), [10])
        70
    """
    channels = _channels(network)
    if channels is None:
        return None
    settled, sizes = settle(network, size)
    if sizes is None:
        raise NetworkError("a size is needed", where=network.name)
    values = {name: channels[name] * prod(found) if (found := sizes[name]) else channels[name] for name in channels}
    last = {name: at for at, node in enumerate(settled.nodes) for name in (*node.inputs, node.name)}
    last |= dict.fromkeys(network.outputs, len(settled.nodes))
    ends: dict[int, list[str]] = {}
    for name, at in last.items():
        ends.setdefault(at, []).append(name)
    alive = most = values[INPUT]
    for at, node in enumerate(settled.nodes):
        alive += values[node.name]
        most = max(most, alive)
        alive -= sum(values[name] for name in ends.get(at, ()))
    return most


def entering_channels(network: Network) -> int | None:
    """Channels of the network's input, told by the first layer with weights; None where that is not known.

    What stands before it may pad, pool or normalize, and must not change the channels.
    """
    same = {INPUT}
    for node in network.nodes:
        if same.issuperset(node.inputs) and node.in_channels is not None:
            return node.in_channels
        if same.issuperset(node.inputs) and node.op not in ("concat", "pixel_shuffle", "pixel_unshuffle"):
            same.add(node.name)
    return None


def _channels(network: Network) -> dict[str, int] | None:
    """The channels of every map; None where one is not known."""
    entering = entering_channels(network)
    if entering is None:
        return None
    found = {INPUT: entering}
    for node in network.nodes:
        own = _made(node, [found[name] for name in node.inputs])
        if own is None:
            return None
        found[node.name] = own
    return found


def _made(node: Node, before: Sequence[int]) -> int | None:
    if node.out_channels is not None:
        return node.out_channels
    if node.has_weights:
        return None
    if node.op == "concat":
        return sum(before)
    if node.op == "pixel_shuffle":
        return before[0] // prod(read.stride for read in node.reads if isinstance(read, TransposedWindow))
    if node.op == "pixel_unshuffle":
        return before[0] * prod(read.stride for read in node.reads if isinstance(read, Window))
    return max(before)
