"""Networks read at a stand-in size: whether they read the same at any other size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from rfscope.errors import NetworkError, UnsupportedError
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Read, Resize, Table, TransposedWindow, Window

__all__ = [
    "FURTHER",
    "LARGER",
    "SHORT",
    "SIZES",
    "check_alike",
    "contradiction",
    "depends_on_size",
    "has_absolute_places",
    "unlike",
]

SIZES: Mapping[int, tuple[int, ...]] = {
    1: (4096, 16384, 1024, 512),
    2: (256, 224, 384, 512, 1024, 128),
    3: (64, 128, 32),
}
"""Sizes per axis at which a network is read that was given none, by the number of axes; the first that it takes.

They are multiples of all usual strides: what a network does with them it does with larger ones, too.
"""

FURTHER: Mapping[int, tuple[int, ...]] = {
    1: (4097, 16385, 256, 48000),
    2: (257, 225, 473, 513, 64, 32, 28, 2048),
    3: (96, 65, 33, 16),
}
"""Sizes for networks that take none of the usual ones: one above multiples, for aligned corners, and small ones."""

SHORT = (128, 512)
"""Lengths to begin with where every position takes a step of its own."""

LARGER: Mapping[int, tuple[int, ...]] = {1: (16384, 65536), 2: (512, 1024, 2048), 3: (128, 256)}
"""Sizes for networks whose maps become too small at the usual ones."""

_PLACED = frozenset(["slice", "pad", "beside", "concat", "roll"])


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


def contradiction(network: Network) -> NetworkError | None:
    """A merge of branches that are not in step, as an error; None if there is none.

    On an image that is too small for its pyramid, a network enlarges a map by less than it was reduced by.
    """
    steps: dict[str, tuple[Fraction | None, ...]] = {INPUT: (Fraction(1),) * network.dims}
    for node in network.nodes:
        entering = [steps[name] for name in node.inputs]
        found: list[Fraction | None] = []
        for axis, read in enumerate(() if node.is_global else node.reads):
            known = {step[axis] for step in entering} - {None}
            if len(known) > 1:
                got = ", ".join(str(step) for step in sorted(filter(None, known)))
                what, expected = "a merge of different strides", "one effective stride"
                return NetworkError(what, where=node.place, got=got, expected=expected)
            found.append(_step(read, known.pop() if known else None))
        steps[node.name] = tuple(found) or (None,) * network.dims
    return None


def _step(read: Read, before: Fraction | None) -> Fraction | None:
    """The distance of neighbouring outputs of a read in pixels; None where there is none, or it is not known."""
    match read:
        case Window(stride=stride):
            factor = Fraction(stride)
        case TransposedWindow(stride=stride):
            factor = Fraction(1, stride)
        case Table() if read.shift:
            factor = Fraction(read.shift, read.period)
        case Resize(scale=scale, align_corners=False) if scale is not None:
            factor = 1 / scale
        case _:
            return None
    return None if before is None else before * factor


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
