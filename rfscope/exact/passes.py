"""How often an image would have to be gone through where tiles cannot be exact."""

from __future__ import annotations

from collections.abc import Collection

from rfscope.network.graph import INPUT, Network
from rfscope.network.reads import Whole

__all__ = ["passes"]


def passes(network: Network, axes: Collection[int]) -> int:
    """Passes over an image, tile by tile, that gather what operations read of a whole map, before one for the output.

    It is the number of such operations on the longest path: each needs what the one before it makes. A recurrence that
    runs forward is none of them, as it carries a state from tile to tile.

    Args:
        network: The network.
        axes: The axes along which an image is cut.

    Example:
        >>> from rfscope.network.build import assemble, conv
        >>> passes(assemble([conv(3), conv(3)]), [0, 1])
        0
    """
    found = {INPUT: 0}
    for node in network.nodes:
        reads = [node.reads[axis] for axis in axes]
        gathers = any(isinstance(read, Whole) and read.ahead for read in reads)
        found[node.name] = max(found[name] for name in node.inputs) + gathers
    return max(found[name] for name in network.outputs)
