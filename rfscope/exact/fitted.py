"""Merges to which a map is padded or cropped because a size is not what strides divide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.parts import ancestors
from rfscope.network.reads import Resize, Table, TransposedWindow, Window

__all__ = ["Fitted", "fitted"]


class Fitted(NamedTuple):
    """A map that was made to fit.

    Attributes:
        merge: The layer that joins it with another map.
        by: What pads or crops it.
        before, after: Positions that are added on either side; below 0 if they are cut off.
    """

    merge: str
    by: str
    before: int
    after: int


def fitted(network: Network, axis: int) -> Iterator[Fitted]:
    """Where maps of which one went down and up again are padded or cropped to be joined.

    To be cropped alike on both sides is how networks without padding are made, and is none of these.

    Args:
        network: The network at one size of its input.
        axis: The axis.

    Example:
        >>> from rfscope.network.build import assemble, conv, merge, pool, transposed_conv
        >>> fit = conv("fit", kernel=1, padding=(0, 1), dims=1)
        >>> up = [pool(2, stride=2, dims=1), transposed_conv(2, stride=2, dims=1), fit]
        >>> list(fitted(assemble([*up, merge(["input", "fit"], dims=1)]), 0))
        [Fitted(merge='add1', by='fit', before=0, after=1)]
    """
    rising = {node.name for node in network.nodes if _rises(node, axis)}
    for node in network.nodes:
        if len(node.inputs) < 2:
            continue
        ways = {name: rising & ancestors(network, name) for name in node.inputs}
        for name in node.inputs:
            by = _by(network, name, axis)
            if by is None or all(way == ways[name] for way in ways.values()):
                continue
            read = by.reads[axis]
            before, after = (read.known_padding or (0, 0)) if isinstance(read, Window) else (0, 0)
            if before != after or before > 0:
                yield Fitted(node.name, by.name, before, after)


def _rises(node: Node, axis: int) -> bool:
    """Whether a layer makes more positions than it reads."""
    read = node.reads[axis]
    if isinstance(read, Table):
        return read.period > read.shift
    return isinstance(read, Resize) or (isinstance(read, TransposedWindow) and read.stride > 1)


def _by(network: Network, name: str, axis: int) -> Node | None:
    """What pads or crops a map before it is joined; layers that read position by position may stand between."""
    while name != INPUT:
        node = network.by_name[name]
        read = node.reads[axis]
        if not isinstance(read, Window) or (read.kernel, read.stride) != (1, 1):
            return None
        if any(read.known_padding or (0, 0)):
            return node
        if len(node.inputs) > 1:
            return None
        (name,) = node.inputs
    return None
