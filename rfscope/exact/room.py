"""How much memory a walk through dense maps takes, found from the sizes of the maps before any of them is made.

The walk of ``walk`` is gone through once more with shapes in the place of arrays. What counts is what is alive at
once: maps that still wait for another reader, the two that a layer turns into each other axis by axis, the sum of what
several readers use, and the maps that are kept for later. A part of a map that is cut off keeps the whole alive.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import prod
from typing import NamedTuple

from rfscope import limits
from rfscope.exact.regions import Region
from rfscope.exact.walk import reach_back, repeated_taps, rows_at_once
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import IDENTITY
from rfscope.network.sizes import Sizes, size_read

__all__ = ["Room", "check_room", "walk_room"]


class Room(NamedTuple):
    """What a walk takes.

    Attributes:
        most: Bytes of the maps that are alive at once, at most.
        kept: Bytes of the maps that are kept to the end.
        cells: Cells of all maps together, plane by plane.
    """

    most: int
    kept: int
    cells: int


@dataclass(frozen=True, slots=True, eq=False)
class _Array:
    """Memory that lives as long as a part of it does."""

    bytes: int


class _Shape(NamedTuple):
    """A region without its planes."""

    start: tuple[int, ...]
    size: tuple[int, ...]
    array: _Array


def check_room(network: Network, used: Region, *, sizes: Sizes | None, keep: Collection[str] = ()) -> None:
    """Refuse a walk back from some outputs that takes too much memory, or goes through too many cells.

    Args:
        network: A settled network that ends at the outputs.
        used: The outputs.
        sizes: Sizes of the maps; None on an unbounded grid.
        keep: Maps that are kept to the end.

    Raises:
        LimitError: It takes more bytes than the limit ``map-bytes``, or more cells than ``walk``.
        UnsupportedError: Where a layer reads is unknown.
    """
    cell, planes, where = used.planes.itemsize, len(used.planes), network.outputs[0]
    room = walk_room(network, used.start, used.size, cell=cell, planes=planes, sizes=sizes, keep=keep)
    limits.check("map-bytes", room.most, where=where)
    limits.check("walk", room.cells, where=where)


def walk_room(
    network: Network,
    start: Sequence[int],
    size: Sequence[int],
    *,
    cell: int,
    planes: int,
    sizes: Sizes | None,
    keep: Collection[str],
) -> Room:
    """The memory of a walk back from some outputs.

    Args:
        network: A settled network that ends at the outputs.
        start: The first of the outputs, per axis.
        size: How many there are.
        cell: Bytes of one cell of one plane.
        planes: Planes of each map.
        sizes: Sizes of the maps; None on an unbounded grid.
        keep: Maps that are kept to the end.

    Raises:
        UnsupportedError: Where a layer reads is unknown.
    """
    unit = cell * planes
    output = network.outputs[0]
    by_name, local = network.by_name, network.local
    first = _Shape(tuple(start), tuple(size), _Array(unit * prod(size)))
    pending: dict[str, list[_Shape]] = {output: [_clipped(first, sizes, output)]}
    kept: list[_Array] = []
    seen = first.array  # whoever looks at the maps still holds the one before
    most = cells = 0
    for name in [*reversed(list(by_name)), INPUT]:
        if name not in pending:
            continue
        alive = [*kept, seen, *(shape.array for shapes in pending.values() for shape in shapes)]
        here = _summed(pending.pop(name), unit)
        most = max(most, _bytes([*alive, here.array]))
        cells += planes * prod(here.size)
        if name in keep:
            kept.append(here.array)
        if name == INPUT or name not in local or 0 in here.size:
            continue
        seen = here.array
        alive = [*kept, seen, *(shape.array for shapes in pending.values() for shape in shapes)]
        node = by_name[name]
        before, own = (here, 0) if name in network.pointwise else _read(here, node, unit, planes)
        most = max(most, _bytes(alive) + own)
        folded, own = _folded(before, node, sizes, unit)
        most = max(most, _bytes([*alive, before.array]) + own)
        for source in node.inputs:
            if source in local:
                pending.setdefault(source, []).append(_clipped(folded, sizes, source))
    return Room(most, _bytes(kept), cells)


def _bytes(arrays: Sequence[_Array]) -> int:
    return sum(array.bytes for array in dict.fromkeys(arrays))


def _stop(shape: _Shape) -> tuple[int, ...]:
    return tuple(first + length for first, length in zip(shape.start, shape.size, strict=True))


def _summed(shapes: Sequence[_Shape], unit: int) -> _Shape:
    if len(shapes) == 1:
        return shapes[0]
    filled = [shape for shape in shapes if 0 not in shape.size] or shapes[:1]
    start = tuple(map(min, zip(*(shape.start for shape in filled), strict=True)))
    stop = tuple(map(max, zip(*map(_stop, filled), strict=True)))
    size = tuple(last - first for first, last in zip(start, stop, strict=True))
    return _Shape(start, size, _Array(unit * prod(size)))


def _clipped(shape: _Shape, sizes: Sizes | None, name: str) -> _Shape:
    size = None if sizes is None else sizes[name]
    if size is None:
        return shape
    first = tuple(max(0, start) for start in shape.start)
    last = tuple(max(0, min(stop, length)) for stop, length in zip(_stop(shape), size, strict=True))
    return _Shape(first, tuple(max(0, b - a) for a, b in zip(first, last, strict=True)), shape.array)


def _read(shape: _Shape, node: Node, unit: int, planes: int) -> tuple[_Shape, int]:
    """What a node reads of its input, and the most memory on the way, the map before not counted."""
    rows, at_once = shape.size[0], rows_at_once(shape.size, planes, node)
    if rows <= at_once:
        return _read_along(range(len(node.reads)), shape, node, unit)
    block = _Shape(shape.start, (at_once, *shape.size[1:]), _Array(unit * at_once * prod(shape.size[1:])))
    part, most = _read_along(range(1, len(node.reads)), block, node, unit)
    ends = [reach_back(*along, node.name) for along in zip(node.reads, shape.start, shape.size, strict=True)]
    size = tuple(length for _, length in ends)
    whole = _Array(unit * prod(size))
    held = 0 if part.array is block.array else part.array.bytes
    return (
        _Shape(tuple(first for first, _ in ends), size, whole),
        whole.bytes + max(most, held + _together(part.size, 0, node, unit)),
    )


def _read_along(axes: range, shape: _Shape, node: Node, unit: int) -> tuple[_Shape, int]:
    """What a node reads of its input along some axes, and the most memory on the way, axis by axis."""
    start, size, most = list(shape.start), list(shape.size), 0
    array = shape.array
    for axis in reversed(axes):
        read = node.reads[axis]
        if read == IDENTITY:
            continue
        before, together = 0 if array is shape.array else array.bytes, _together(size, axis, node, unit)
        start[axis], size[axis] = reach_back(read, start[axis], size[axis], node.name)
        array = _Array(unit * prod(size))
        most = max(most, before + together + array.bytes)
    return _Shape(tuple(start), tuple(size), array), most


def _together(size: Sequence[int], axis: int, node: Node, unit: int) -> int:
    """The memory in which taps that lie a stride apart are added up for all places within a stride."""
    repeated = repeated_taps(node.reads[axis])
    return unit * prod(size) // size[axis] * (size[axis] + repeated - 1) if repeated else 0


def _folded(shape: _Shape, node: Node, sizes: Sizes | None, unit: int) -> tuple[_Shape, int]:
    """The shape with what lies in the padding put back onto the map, and the memory that takes on the way."""
    length = None if sizes is None or node.padding_mode == "zeros" else size_read(node, sizes)
    if length is None or 0 in shape.size:
        return shape, 0
    start, size, array, most = list(shape.start), list(shape.size), shape.array, 0
    for axis, inside in enumerate(length):
        if start[axis] < 0 or start[axis] + size[axis] > inside:
            before = 0 if array is shape.array else array.bytes
            start[axis], size[axis] = 0, inside
            array = _Array(unit * prod(size))
            most = max(most, before + array.bytes)
    return _Shape(tuple(start), tuple(size), array), most
