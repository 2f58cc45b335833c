"""One walk backwards through a network: how often some outputs use each position of every map.

Each reader of a map adds its own usage to the map's, spread out the way it reads. Reads are products over the axes, so
the usage is spread along one axis after the other. A walk that starts at one output with a count of 1 gives the exact
number of paths from every position to that output. Maps are dense boxes of int64. The total number of paths is known
beforehand; if int64 cannot hold it, a count is kept as several digits to the base 2^48, one plane of int64 each.

``dense`` walks with digits to count the paths to one output of a network with branches, and ``meeting`` with booleans
to find what neighbouring outputs share. ``lines`` walks the same way with sets of positions along one axis: it cannot
count, but takes only one bit a position, which is little enough for every phase of every output.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import singledispatch
from itertools import accumulate
from math import gcd, prod
from typing import TYPE_CHECKING, Any, TypeAlias

from rfscope import limits
from rfscope.errors import UnsupportedError
from rfscope.exact.digits import MOST_ADDED
from rfscope.exact.regions import Region, axis_view, carried, check_added, clipped, folded, multiplied, summed, zeros
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import IDENTITY, Read, Table, TransposedWindow, Window
from rfscope.network.sizes import Sizes

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, Any]

__all__ = ["path_bounds", "reach_back", "repeated_taps", "rows_at_once", "walk", "walk_back"]

_SMALL = 32
"""The part of the memory allowed that a walk takes before it asks."""

_AT_ONCE = 2**14
"""Cells that are spread at once: few enough to stay in the processor's cache."""


def path_bounds(network: Network, output: str) -> dict[str, int]:
    """An upper bound, for each map, on the paths from all of it to one position of the output.

    Args:
        network: A settled network.
        output: Name of the node that makes the output.
    """
    bounds, pointwise = {output: 1}, network.pointwise
    for node in reversed(network.nodes):
        if node.name in bounds and not node.is_global:
            fan = bounds[node.name]
            for read in () if node.name in pointwise else node.reads:
                fan *= _most_taps(read)
            for name in node.inputs:
                bounds[name] = bounds.get(name, 0) + fan
    return bounds


def walk_back(
    network: Network,
    output: str,
    used: Region,
    *,
    sizes: Sizes | None = None,
    keep: Collection[str] | None = None,
    weights: Mapping[str, Sequence[int]] | None = None,
    ask: Callable[[], None] | None = None,
) -> dict[str, Region]:
    """How often some outputs use the positions of each map.

    Args:
        network: A settled network whose paddings are known.
        output: Name of the node whose outputs these are.
        used: How often each of its outputs is used.
        sizes: Sizes of the maps: what lies outside a map is padding and not a position; None for an unbounded grid.
        keep: Maps that are wanted in addition to the input; None for all.
        weights: By what numbers each node multiplies what it passes on, each at most ``MOST_ADDED``; None for none.
        ask: As for ``walk``.

    Returns:
        Per map its usage. Maps that no path reaches are missing, as are those behind global operations.

    Raises:
        LimitError: A map has more cells than the limit ``cells``.
        UnsupportedError: Where a layer reads is unknown.
    """
    found = walk(network, output, used, sizes=sizes, weights=weights, ask=ask)
    return {name: region for name, region in found if name == INPUT or keep is None or name in keep}


def walk(
    network: Network,
    output: str,
    used: Region,
    *,
    sizes: Sizes | None = None,
    weights: Mapping[str, Sequence[int]] | None = None,
    ask: Callable[[], None] | None = None,
) -> Iterator[tuple[str, Region]]:
    """The same map by map, from the output to the input, so that no map is kept longer than it is needed.

    Most walks are small. Whether one that is not takes too much memory is for ``room`` to say, which is asked once,
    while little is taken.

    Raises:
        LimitError: A map has more cells than the limit ``cells``, or all together have more than ``walk``.
        UnsupportedError: Where a layer reads is unknown.
    """
    pending: dict[str, list[Region]] = {output: [clipped(used, sizes, output)]}
    few = min(limits.limit("map-bytes") // _SMALL, limits.limit("walk"))
    by_name, local, pointwise, cells = network.by_name, network.local, network.pointwise, 0
    for name in [*reversed(list(by_name)), INPUT]:
        if name not in pending:
            continue
        here = summed(pending.pop(name), name)
        cells += here.planes.size
        if cells * here.planes.itemsize > few:
            limits.check("walk", cells, where=output)
            if ask is not None:
                ask()
                ask = None
        yield name, here
        if name == INPUT or name not in local or 0 in here.size:
            continue
        node = by_name[name]
        before = here if name in pointwise else folded(_read(here, node), node, sizes)
        if weights is not None:
            before = multiplied(before, weights[name])
        for source in node.inputs:
            if source in local:
                pending.setdefault(source, []).append(clipped(before, sizes, source))
        del here, before  # or they would stay alive until the next ones are made


def _most_taps(read: Read) -> int:
    """The most positions that one output reads."""
    if isinstance(read, Window):
        return read.kernel
    if isinstance(read, TransposedWindow):
        return -(-read.kernel * gcd(read.stride, read.dilation) // read.stride)
    if isinstance(read, Table):
        return max(stop - start for start, stop in zip(read.starts, read.stops, strict=True))
    return 1  # a global operation leads nowhere


def _most_readers(read: Read, start: int, size: int) -> int:
    """The most of the outputs ``start .. start + size - 1`` that read one position."""
    if not isinstance(read, Table):
        return min(read.kernel, size) if isinstance(read, Window | TransposedWindow) else size
    steps = Counter[int]()  # how many outputs begin and end to read where
    for one in map(read.range, range(start, start + size)):
        steps[one.start] += 1
        steps[one.stop] -= 1
    return max(accumulate(steps[place] for place in sorted(steps)))


def _read(used: Region, node: Node) -> Region:
    """What a node reads of its input.

    Of a large map rows are taken a block at a time: each is spread along all other axes, and then onto the rows that it
    reads. So the processor's cache holds what comes in between, and memory only the result.
    """
    start, planes, across = used.start, used.planes, range(1, len(node.reads))
    rows, at_once = planes.shape[1], rows_at_once(used.size, len(planes), node)
    if rows <= at_once:
        return _read_along(range(len(node.reads)), used, node)
    readers = _most_readers(node.reads[0], start[0], rows) if used.has_digits else 1
    check_added(planes, readers, node.name)
    covered = [_spread(*along, node.name)[1:] for along in zip(node.reads, start, used.size, strict=True)]
    total = zeros(planes, [size for size, _ in covered], node.name)
    first = tuple(place for _, place in covered)
    for row in range(0, rows, at_once):
        block = Region((start[0] + row, *start[1:]), planes[:, row : row + at_once])
        part = _read_along(across, block, node)
        spread, size, begin = _spread(node.reads[0], block.start[0], block.size[0], node.name)
        spread(axis_view(total, 0)[begin - first[0] :][:size], axis_view(part.planes, 0))
    return Region(first, carried(total) if readers > 1 else total)


def rows_at_once(size: Sequence[int], planes: int, node: Node) -> int:
    """How many rows of a map are spread at once: all where each position is a step of its own, so that steps stay few.

    Args:
        size: Of the map.
        planes: How many it has.
        node: What reads.
    """
    cells = planes * prod(size)
    if cells <= _AT_ONCE or any(isinstance(read, Table) for read in node.reads[1:]):
        return size[0]
    return max(1, _AT_ONCE * size[0] // cells)


def _read_along(axes: range, used: Region, node: Node) -> Region:
    """What a node reads of its input along some axes: along the last one first, while rows are still few."""
    start, planes, added, has_digits = list(used.start), used.planes, 1, used.has_digits
    for axis in reversed(axes):
        read = node.reads[axis]
        if read != IDENTITY:
            readers = _most_readers(read, start[axis], planes.shape[axis + 1]) if has_digits else 1
            check_added(planes, readers, node.name)
            if added * readers > MOST_ADDED:
                planes, added = carried(planes), 1
            added *= readers
            spread, size, start[axis] = _spread(read, start[axis], planes.shape[axis + 1], node.name)
            sizes = (*planes.shape[1 : axis + 1], size, *planes.shape[axis + 2 :])
            wider = zeros(planes, sizes, node.name)
            spread(axis_view(wider, axis), axis_view(planes, axis))
            planes = wider
    return Region(tuple(start), carried(planes) if added > 1 else planes)


def reach_back(read: Read, start: int, size: int, where: str) -> tuple[int, int]:
    """The first of the inputs that usage of some outputs spreads over, and how many they are, along one axis.

    Args:
        read: What the layer reads.
        start: The first of the outputs.
        size: How many there are.
        where: The layer's name, for the error text.

    Raises:
        UnsupportedError: Where the layer reads is unknown.
    """
    _, length, first = _spread(read, start, size, where)
    return first, length


def repeated_taps(read: Read) -> int:
    """How many taps of a strided window lie a stride apart; 0 where adding them up for all outputs does not pay."""
    if not isinstance(read, Window) or read.stride == 1 or read.dilation > 1 or read.kernel < 2 * read.stride:
        return 0
    return read.kernel // read.stride


_Spread: TypeAlias = "Callable[[Array, Array], None]"
"""Adds the usage of outputs, the axis in question first, to that of the inputs they read."""


@singledispatch
def _spread(read: Read, start: int, size: int, where: str) -> tuple[_Spread, int, int]:  # noqa: ARG001 - any other read is a TypeError
    """How usage spreads from outputs ``start .. start + size - 1``; how many inputs that covers, and the first."""
    raise TypeError(read)


@_spread.register(Window)
def _(read: Window, start: int, size: int, where: str) -> tuple[_Spread, int, int]:
    padding = read.known_padding
    if padding is None:
        raise UnsupportedError("the padding depends on the input's size", where=where, do="give it: input, or --input")
    stride, covered, repeated = read.stride, (size - 1) * read.stride + 1, repeated_taps(read)

    def spread(inputs: Array, outputs: Array) -> None:
        alone = range(read.kernel)
        if repeated:  # taps that lie a stride apart add up alike for every place within a stride: once for all
            together = _overlapped(outputs, repeated)
            for place in range(stride):
                inputs[place : place + (len(together) - 1) * stride + 1 : stride] += together
            alone = alone[repeated * stride :]
        for tap in alone:
            first = tap * read.dilation
            inputs[first : first + covered : stride] += outputs

    return spread, covered + read.extent - 1, start * read.stride - padding[0]


def _overlapped(outputs: Array, count: int) -> Array:
    """So many copies of usage, each one position on, added up along the first axis."""
    import numpy as np

    total = np.zeros_like(outputs, shape=(len(outputs) + count - 1, *outputs.shape[1:]))
    total[: len(outputs)] = outputs
    for shift in range(1, count):
        total[shift : shift + len(outputs)] += outputs
    return total


@_spread.register(TransposedWindow)
def _(read: TransposedWindow, start: int, size: int, where: str) -> tuple[_Spread, int, int]:  # noqa: ARG001 - cannot fail
    before, _ = read.known_padding
    first = -(-(start + before - (read.extent - 1)) // read.stride)
    last = (start + size - 1 + before) // read.stride

    def spread(inputs: Array, outputs: Array) -> None:
        for tap in range(read.kernel):  # output i * stride - before + tap * dilation reads input i
            shift = tap * read.dilation - before
            low = max(first, -(-(start - shift) // read.stride))
            high = min(last, (start + size - 1 - shift) // read.stride)
            if low <= high:
                at = low * read.stride + shift - start
                inputs[low - first : high - first + 1] += outputs[
                    at : at + (high - low) * read.stride + 1 : read.stride
                ]

    return spread, max(0, last - first + 1), first


@_spread.register(Table)
def _(read: Table, start: int, size: int, where: str) -> tuple[_Spread, int, int]:  # noqa: ARG001 - cannot fail
    ranges = [read.range(output) for output in range(start, start + size)]
    first = min(one.start for one in ranges)

    def spread(inputs: Array, outputs: Array) -> None:
        for one, used in zip(ranges, outputs, strict=True):
            inputs[one.start - first : one.stop - first] += used

    return spread, max(one.stop for one in ranges) - first, first
