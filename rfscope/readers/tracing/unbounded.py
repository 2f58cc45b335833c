"""Networks read at a stand-in size: whether they read the same at any other size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rfscope.errors import NetworkError, UnsupportedError
from rfscope.network.graph import Network, Node
from rfscope.network.reads import Window

__all__ = ["SIZES", "check_alike", "depends_on_size", "has_absolute_places", "unlike"]

SIZES: Mapping[int, tuple[int, ...]] = {
    1: (4096, 16384, 1024, 512),
    2: (256, 224, 384, 512, 1024, 128),
    3: (64, 128, 32),
}
"""Sizes per axis at which a network is read that was given none, by the number of axes; the first that it takes.

They are multiples of all usual strides: what a network does with them it does with larger ones, too.
"""

_PLACED = frozenset(["slice", "pad", "concat", "roll"])


def has_absolute_places(network: Network) -> bool:
    """Whether there are crops or paddings, which may fit one size only."""
    return any(node.op in _PLACED and _moves(node.reads) for node in network.nodes)


def _moves(reads: Sequence[Any]) -> bool:
    return any(getattr(read, "padding", (0, 0)) != (0, 0) for read in reads)


def depends_on_size(network: Network) -> bool:
    """Whether some read of a network depends on the size of its input."""
    from rfscope.network.sizes import settle

    try:
        settled = settle(network).network
    except NetworkError:
        return True
    local = settled.local
    return any(
        isinstance(read, Window) and read.known_padding is None
        for node in settled.nodes
        if node.name in local
        for read in node.reads
    )


def check_alike(network: Network, again: Network, name: str) -> None:
    """Refuse a network that reads elsewhere at another size.

    Args:
        network: What was read at one size.
        again: What was read at another one.
        name: What it is called in the error text.

    Raises:
        UnsupportedError: They differ.
    """
    if (node := unlike(network, again)) is not None:
        where, do = f"{name}, {node.name}", "give it: input, or --input"
        raise UnsupportedError("what it reads depends on the input's size", where=where, do=do)


def unlike(network: Network, again: Network) -> Node | None:
    """The first node of a network that reads elsewhere at another size.

    Args:
        network: What was read at one size.
        again: What was read at another one.

    Returns:
        The node; None if both read alike.
    """
    for node, other in zip(network.nodes, again.nodes, strict=False):
        if replace(node, reads=_kept(node.reads)) != replace(other, reads=_kept(other.reads)):
            return node
    return None


def _kept(reads: Sequence[Any]) -> tuple[Any, ...]:
    """Reads without crops behind the last output, which no output on an unbounded grid sees."""
    kept = []
    for read in reads:
        padding = getattr(read, "padding", None)
        kept.append(replace(read, padding=(padding[0], 0)) if isinstance(padding, tuple) else read)
    return tuple(kept)
