"""Which outputs of a tile equal the whole's: an interval of positions of every map, found in one pass forward.

A position of a tile's map is kept if all that it reads is: positions that are kept, or padding that is padding in the
whole, too. Padding at an inner side of a tile replaces data and is never kept, which is why halos grow by each layer's
own padding.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import singledispatch
from typing import NamedTuple

from rfscope.exact.correspondence import Along, Correspondence
from rfscope.network.graph import INPUT, Node
from rfscope.network.reads import Read, Table, TransposedWindow, Window

__all__ = ["Kept", "kept"]

_FAR = 2**64
"""Further than any map reaches: padding that a tile shares with the whole goes on without end."""


class Kept(NamedTuple):
    """Positions of a tile's map, from ``first`` up to but without ``stop``; none if they are not in this order."""

    first: int
    stop: int


def kept(
    whole: Along, tile: Along, how: Correspondence, begin: int, *, inner: Collection[str] = ()
) -> Mapping[str, Kept]:
    """The positions of each of a tile's maps that equal the whole's, on any weights.

    Args:
        whole: The network on the whole.
        tile: The network on the tile.
        how: How their maps correspond.
        begin: Where the tile begins, on the lattice.
        inner: ``"before"`` or ``"after"`` for sides that are taken for inner ones wherever they lie.

    Source:
        By induction along the graph: output ``j`` of the tile reads ``j s - p + t d``, and output ``j + delta`` of the
        whole reads the same, ``delta_source`` further on.
    """
    found = {INPUT: Kept(0, tile.size)}
    for node, counterpart in zip(whole.network.nodes, tile.network.nodes, strict=True):
        size = tile.sizes[node.name]
        if node.name not in how.places or size is None:
            continue
        (read,) = counterpart.reads
        first, stop = -_FAR, _FAR
        for name in node.inputs:
            if name in found:
                one = _with_padding(node, read, name, found[name], (whole, tile, how, begin, inner))
                first, stop = max(first, one.first), min(stop, one.stop)
        made = _made(read, Kept(first, stop))
        found[node.name] = Kept(max(0, made.first), min(size, made.stop))
    return found


def _with_padding(
    node: Node,
    read: Read,
    name: str,
    own: Kept,
    where: tuple[Along, Along, Correspondence, int, Collection[str]],
) -> Kept:
    """What is kept of a map and of the padding around it: without end at a border that the tile shares."""
    whole, tile, how, begin, inner = where
    size, full, moved = tile.sizes[name], whole.sizes[name], how.moved(name, begin)
    if size is None or full is None or node.padding_mode == "circular":
        return own
    before, after = _fold(node, read)
    first, stop = own
    if first <= 0 and moved == 0 and "before" not in inner and own.stop > before:
        first = -_FAR
    if own.stop >= size and size + moved == full and "after" not in inner and own.first < size - after:
        stop = _FAR
    return Kept(first, stop)


def _fold(node: Node, read: Read) -> tuple[int, int]:
    """How far from its border a map is repeated in the padding on either side."""
    if node.padding_mode == "reflect" and isinstance(read, Window):
        before, after = read.known_padding or (0, 0)
        return max(0, before), max(0, after) + (read.stride - 1) * read.ceil_mode
    return 0, 0


@singledispatch
def _made(read: Read, source: Kept) -> Kept:
    """The outputs that read nothing but what is kept."""
    raise TypeError(read, source)


@_made.register(Window)
def _(read: Window, source: Kept) -> Kept:
    before, _ = read.known_padding or (0, 0)
    stop = (source.stop - read.extent + before) // read.stride + 1
    return Kept(-(-(source.first + before) // read.stride), stop)


@_made.register(TransposedWindow)
def _(read: TransposedWindow, source: Kept) -> Kept:
    before, _ = read.known_padding
    return Kept((source.first - 1) * read.stride - before + read.extent, source.stop * read.stride - before)


@_made.register(Table)
def _(read: Table, source: Kept) -> Kept:
    phases = list(enumerate(zip(read.starts, read.stops, strict=True)))
    late = [phase + read.period * (-(-(source.first - start) // read.shift) - 1) for phase, (start, _) in phases]
    early = [phase + read.period * ((source.stop - stop) // read.shift + 1) for phase, (_, stop) in phases]
    return Kept(max(late) + 1, min(early))
