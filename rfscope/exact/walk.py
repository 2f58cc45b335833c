"""One walk backwards through a network: how often each position of every map is used by some outputs.

The usage of a map is the sum over its readers of their usage, spread out the way they read; along each axis in turn,
as reads are products over the axes. Starting from one output with a count of 1 that gives the exact number of paths
from every position to it. Maps are dense boxes of int64. Where the total number of paths, which is known beforehand,
exceeds that, a count is kept as several digits to the base 2^48, in planes of int64.

Asked for the counts of one output of a network with branches (``paths``), and with booleans in the place of digits for
what neighbouring outputs share. ``lines`` walks the same way with the set of positions that an output uses along one
axis: it cannot count, but takes a bit a position, so that every phase of every output can be looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import singledispatch
from math import gcd, prod
from typing import TYPE_CHECKING, Any, TypeAlias

from rfscope import limits
from rfscope.errors import UnsupportedError
from rfscope.exact.counts import DIGIT_BITS, MOST_ADDED, anywhere
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import IDENTITY, Read, Table, TransposedWindow, Window
from rfscope.network.sizes import Sizes, size_read

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, Any]

__all__ = ["Region", "everything", "fold", "one_output", "one_use", "path_bounds", "uses", "walk", "walk_back"]


_AT_ONCE = 2**15
"""Cells that are carried at once: few enough to stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Region:
    """Counts over a box of positions of one map; outside the box they are 0.

    Attributes:
        start: First position of the box, per axis.
        planes: int64 of shape (digits, *sizes), least significant digit first; or booleans of shape (outputs, *sizes),
            which say for each of several outputs where the counts are not 0 (adding booleans is OR).
    """

    start: tuple[int, ...]
    planes: Array

    @property
    def size(self) -> tuple[int, ...]:
        """Size of the box per axis."""
        return tuple(self.planes.shape[1:])

    def used(self) -> Array:
        """Where the counts are not 0: booleans of the box's shape."""
        return anywhere(self.planes)


def path_bounds(network: Network, output: str) -> dict[str, int]:
    """At least as many paths as lead from all of each map to one position of the output.

    Args:
        network: A settled network.
        output: Name of the node whose output is looked at.
    """
    bounds = {output: 1}
    for node in reversed(network.nodes):
        if node.name in bounds and not node.is_global:
            fan = bounds[node.name]
            for read in node.reads:
                fan *= _most_taps(read)
            for name in node.inputs:
                bounds[name] = bounds.get(name, 0) + fan
    return bounds


def one_output(position: Sequence[int], bound: int) -> Region:
    """A single output used once, with digits enough for so many paths."""
    import numpy as np

    digits = 1 if bound < 2**63 else -(-bound.bit_length() // DIGIT_BITS)
    planes = np.zeros((digits, *(1 for _ in position)), dtype=np.int64)
    planes[0] = 1
    return Region(tuple(position), planes)


def one_use(position: Sequence[int]) -> Region:
    """A single output, of which only what it uses is asked, and not how often."""
    import numpy as np

    return Region(tuple(position), np.ones((1, *(1 for _ in position)), dtype=bool))


def everything(size: Sequence[int], where: str) -> Region:
    """All outputs of a finite map, of which only what they use together is asked.

    Raises:
        LimitError: The map has more cells than the limit ``cells``.
    """
    import numpy as np

    limits.check("cells", prod(size), where=where)
    return Region((0,) * len(size), np.ones((1, *size), dtype=bool))


def uses(positions: Sequence[Sequence[int]]) -> Region:
    """Several outputs, of which only what each of them uses is asked, and not how often."""
    import numpy as np

    start, last = (tuple(map(end, zip(*positions, strict=True))) for end in (min, max))
    planes = np.zeros((len(positions), *(b - a + 1 for a, b in zip(start, last, strict=True))), dtype=bool)
    for output, position in enumerate(positions):
        planes[(output, *(at - first for at, first in zip(position, start, strict=True)))] = True
    return Region(start, planes)


def walk_back(
    network: Network,
    output: str,
    used: Region,
    *,
    sizes: Sizes | None = None,
    keep: Collection[str] | None = None,
) -> dict[str, Region]:
    """How often the positions of each map are used by some outputs.

    Args:
        network: A settled network whose paddings are known.
        output: Name of the node whose outputs these are.
        used: How often each of its outputs is used.
        sizes: Sizes of the maps: what lies outside a map is padding and not a position; None for an unbounded grid.
        keep: Maps that are wanted besides the input; None for all.

    Returns:
        Per map its usage. Maps that no path reaches are missing, as are those behind global operations.

    Raises:
        LimitError: A map has more cells than the limit ``cells``.
        UnsupportedError: Where a layer reads is unknown.
    """
    found = walk(network, output, used, sizes=sizes)
    return {name: region for name, region in found if name == INPUT or keep is None or name in keep}


def walk(network: Network, output: str, used: Region, *, sizes: Sizes | None = None) -> Iterator[tuple[str, Region]]:
    """The same map by map, from the output to the input, so that no map is kept longer than it is needed.

    Raises:
        LimitError: A map has more cells than the limit ``cells``, or all together have more than ``walk``.
        UnsupportedError: Where a layer reads is unknown.
    """
    pending: dict[str, list[Region]] = {output: [_clipped(used, sizes, output)]}
    by_name, local, cells = network.by_name, network.local, 0
    for name in [*reversed(list(by_name)), INPUT]:
        if name not in pending:
            continue
        here = _sum(pending.pop(name), name)
        cells += here.planes.size
        limits.check("walk", cells, where=output)
        yield name, here
        if name == INPUT or name not in local or 0 in here.size:
            continue
        node = by_name[name]
        before = _folded(_read(here, node), node, sizes)
        for source in node.inputs:
            if source in local:
                pending.setdefault(source, []).append(_clipped(before, sizes, source))


def _most_taps(read: Read) -> int:
    """The most positions that one output reads."""
    if isinstance(read, Window):
        return read.kernel
    if isinstance(read, TransposedWindow):
        return -(-read.kernel * gcd(read.stride, read.dilation) // read.stride)
    if isinstance(read, Table):
        return max(stop - start for start, stop in zip(read.starts, read.stops, strict=True))
    return 1  # a global operation leads nowhere


def _sum(regions: Sequence[Region], where: str) -> Region:
    """Add up what several readers use of one map."""
    if len(regions) == 1:
        return regions[0]
    filled = [region for region in regions if 0 not in region.size] or list(regions[:1])
    start = tuple(map(min, zip(*(region.start for region in filled), strict=True)))
    stop = tuple(map(max, zip(*(_stop(region) for region in filled), strict=True)))
    size = tuple(last - first for first, last in zip(start, stop, strict=True))
    first, *others = sorted(filled, key=lambda region: region.size != size)  # one that covers all is copied
    total = first.planes.copy() if first.size == size else _zeros(first.planes, size, where)
    for region in others if first.size == size else filled:
        box = [slice(at - low, at - low + n) for at, low, n in zip(region.start, start, region.size, strict=True)]
        total[(slice(None), *box)] += region.planes
    return Region(start, _carried(total))


def _stop(region: Region) -> tuple[int, ...]:
    return tuple(start + size for start, size in zip(region.start, region.size, strict=True))


def _clipped(region: Region, sizes: Sizes | None, name: str) -> Region:
    """Without what lies outside the map, which is padding."""
    size = sizes[name] if sizes is not None else None
    if size is None:
        return region
    first = tuple(max(0, start) for start in region.start)
    last = tuple(max(0, min(stop, length)) for stop, length in zip(_stop(region), size, strict=True))
    box = [slice(a - start, max(a, b) - start) for a, b, start in zip(first, last, region.start, strict=True)]
    return Region(first, region.planes[(slice(None), *box)])


def _folded(region: Region, node: Node, sizes: Sizes | None) -> Region:
    """What a node reads in its padding put back onto the map, where the padding repeats the map."""
    if node.padding_mode == "zeros" or sizes is None or (size := size_read(node, sizes)) is None or 0 in region.size:
        return region
    start, planes = list(region.start), region.planes
    for axis, length in enumerate(size):
        first, last = start[axis], start[axis] + planes.shape[axis + 1]
        if first < 0 or last > length:
            shape = (*planes.shape[1 : axis + 1], length, *planes.shape[axis + 2 :])
            whole = _zeros(planes, shape, node.name)
            inside, outside = _axis_view(whole, axis), _axis_view(planes, axis)
            for place in range(first, last):
                inside[fold(place, length, node.padding_mode)] += outside[place - first]
            start[axis], planes = 0, _carried(whole)
    return Region(tuple(start), planes)


def fold(place: int, length: int, padding_mode: str) -> int:
    """The position of a map of which a position in its padding, or on it, is a copy.

    Example:
        >>> [[fold(place, 4, mode) for place in (-2, 4)] for mode in ("reflect", "replicate", "circular")]
        [[2, 2], [0, 3], [2, 0]]
    """
    if padding_mode == "replicate" or length == 1:
        return min(max(place, 0), length - 1)
    if padding_mode == "circular":
        return place % length
    around = place % (2 * length - 2)
    return min(around, 2 * length - 2 - around)


def _read(used: Region, node: Node) -> Region:
    """What a node reads of its input, one axis after the other; the last first, while rows are still few."""
    start, planes, added = list(used.start), used.planes, 1
    for axis in reversed(range(len(node.reads))):
        read = node.reads[axis]
        if read is not IDENTITY and read != IDENTITY:
            taps = _most_taps(read)
            if added * taps > MOST_ADDED:
                planes, added = _carried(planes), 1
            added *= taps
            spread, size, start[axis] = _spread(read, start[axis], planes.shape[axis + 1], node.name)
            sizes = (*planes.shape[1 : axis + 1], size, *planes.shape[axis + 2 :])
            wider = _zeros(planes, sizes, node.name)
            spread(_axis_view(wider, axis), _axis_view(planes, axis))
            planes = wider
    return Region(tuple(start), _carried(planes) if added > 1 else planes)


_Spread: TypeAlias = "Callable[[Array, Array], None]"
"""Adds the usage of outputs, the axis in question first, to that of the inputs they read."""


def _axis_view(planes: Array, axis: int) -> Array:
    """A view with the axis in question first."""
    return planes.swapaxes(0, axis + 1)


@singledispatch
def _spread(read: Read, start: int, size: int, where: str) -> tuple[_Spread, int, int]:  # noqa: ARG001 - any other read is a TypeError
    """How usage spreads from outputs ``start .. start + size - 1``; how many inputs that covers, and the first."""
    raise TypeError(read)


@_spread.register(Window)
def _(read: Window, start: int, size: int, where: str) -> tuple[_Spread, int, int]:
    padding = read.known_padding
    if padding is None:
        raise UnsupportedError("the padding depends on the input's size", where=where, do="give it: input, or --input")
    stride, covered = read.stride, (size - 1) * read.stride + 1
    repeated = read.kernel // stride if stride > 1 and read.dilation == 1 else 0

    def spread(inputs: Array, outputs: Array) -> None:
        alone = range(read.kernel)
        if repeated > 1:  # taps that lie a stride apart add up alike for every place within a stride: once for all
            together = _summed(outputs, repeated)
            for place in range(stride):
                inputs[place : place + (len(together) - 1) * stride + 1 : stride] = together
            alone = alone[repeated * stride :]
        for tap in alone:
            first = tap * read.dilation
            inputs[first : first + covered : stride] += outputs

    return spread, covered + read.extent - 1, start * read.stride - padding[0]


def _summed(outputs: Array, count: int) -> Array:
    """So many copies of usage, each one position on, added up along the first axis."""
    import numpy as np

    total = np.zeros_like(outputs, shape=(len(outputs) + count - 1, *outputs.shape[1:]))
    for shift in range(count):
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


def _zeros(like: Array, size: Sequence[int], where: str) -> Array:
    import numpy as np

    limits.check("cells", prod(size), where=where)
    return np.zeros((len(like), *size), dtype=like.dtype)


def _carried(planes: Array) -> Array:
    """Carry what exceeds a digit over to the next one."""
    if planes.dtype == bool or len(planes) == 1:
        return planes
    rows = max(1, _AT_ONCE * planes.shape[1] // max(1, planes[0].size))
    for first in range(0, planes.shape[1], rows):
        part = planes[:, first : first + rows]
        for digit in range(len(part) - 1):
            part[digit + 1] += part[digit] >> DIGIT_BITS
            part[digit] &= 2**DIGIT_BITS - 1
    return planes
