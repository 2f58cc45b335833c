"""Boxes of counts on one map: how they begin, are added up, clipped to the map, and folded back onto it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

from rfscope import limits
from rfscope.errors import UnsupportedError
from rfscope.exact.digits import DIGIT_BITS, MOST_ADDED, anywhere
from rfscope.network.graph import Node
from rfscope.network.sizes import Sizes, size_read

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, Any]

__all__ = [
    "Region",
    "axis_view",
    "carried",
    "check_added",
    "clipped",
    "everything",
    "fold",
    "folded",
    "multiplied",
    "one_output",
    "one_use",
    "summed",
    "trimmed",
    "uses",
    "zeros",
]

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

    @property
    def has_digits(self) -> bool:
        """Whether a count has several digits, so that a digit may exceed 64 bits when many are added."""
        return len(self.planes) > 1 and self.planes.dtype != bool

    def used(self) -> Array:
        """Where the counts are not 0: booleans of the box's shape."""
        return anywhere(self.planes)


def one_output(position: Sequence[int], bound: int) -> Region:
    """A single output used once, with enough digits for so many paths."""
    import numpy as np

    digits = 1 if bound < 2**63 else -(-bound.bit_length() // DIGIT_BITS)
    planes = np.zeros((digits, *(1 for _ in position)), dtype=np.int64)
    planes[0] = 1
    return Region(tuple(position), planes)


def one_use(position: Sequence[int]) -> Region:
    """A single output, to find what it uses but not how often."""
    import numpy as np

    return Region(tuple(position), np.ones((1, *(1 for _ in position)), dtype=bool))


def everything(size: Sequence[int], where: str) -> Region:
    """All outputs of a finite map, to find what they use together but not how often.

    Raises:
        LimitError: The map has more cells than the limit ``cells``.
    """
    import numpy as np

    limits.check("cells", prod(size), where=where)
    return Region((0,) * len(size), np.ones((1, *size), dtype=bool))


def uses(positions: Sequence[Sequence[int]]) -> Region:
    """Several outputs, to find what each of them uses but not how often."""
    import numpy as np

    start, last = (tuple(map(end, zip(*positions, strict=True))) for end in (min, max))
    planes = np.zeros((len(positions), *(b - a + 1 for a, b in zip(start, last, strict=True))), dtype=bool)
    for output, position in enumerate(positions):
        planes[(output, *(at - first for at, first in zip(position, start, strict=True)))] = True
    return Region(start, planes)


def summed(regions: Sequence[Region], where: str) -> Region:
    """Add up what several readers use of one map."""
    if len(regions) == 1:
        return regions[0]
    filled = [region for region in regions if 0 not in region.size] or list(regions[:1])
    if len(filled) == 1:
        return filled[0]
    start = tuple(map(min, *(region.start for region in filled)))
    stop = tuple(map(max, *map(_stop, filled)))
    size = tuple(map(int.__sub__, stop, start))
    first, *others = sorted(filled, key=lambda region: region.size != size)  # one that covers all is copied
    total = first.planes.copy() if first.size == size else zeros(first.planes, size, where)
    for region in others if first.size == size else filled:
        box = [slice(at - low, at - low + n) for at, low, n in zip(region.start, start, region.size, strict=True)]
        total[(slice(None), *box)] += region.planes
    return Region(start, carried(total))


def multiplied(region: Region, factors: Sequence[int]) -> Region:
    """The counts multiplied by some numbers, each at most ``MOST_ADDED``."""
    planes = region.planes
    for factor in factors:
        if factor > 1:
            planes = carried(planes * factor)
    return Region(region.start, planes)


def trimmed(region: Region) -> Region | None:
    """The region from the first position used to the last along each axis; None if none is used."""
    planes, first = region.planes, list(region.start)
    for axis in range(len(first)):
        lines = axis_view(planes, axis)
        places = range(len(lines))
        begin = next((place for place in places if lines[place].any()), None)  # next to none is unused at either end
        if begin is None:
            return None
        end = next(place for place in reversed(places) if lines[place].any())
        planes = axis_view(lines[begin : end + 1], axis)
        first[axis] += begin
    return Region(tuple(first), planes)


def _stop(region: Region) -> tuple[int, ...]:
    return tuple(map(int.__add__, region.start, region.size))


def clipped(region: Region, sizes: Sizes | None, name: str) -> Region:
    """The region without what lies outside the map, which is padding."""
    size = sizes[name] if sizes is not None else None
    if size is None:
        return region
    first = tuple(max(0, start) for start in region.start)
    last = tuple(max(0, min(stop, length)) for stop, length in zip(_stop(region), size, strict=True))
    box = [slice(a - start, max(a, b) - start) for a, b, start in zip(first, last, region.start, strict=True)]
    return Region(first, region.planes[(slice(None), *box)])


def folded(region: Region, node: Node, sizes: Sizes | None) -> Region:
    """The region with what lies in the padding put back onto the map, if the padding repeats the map."""
    if node.padding_mode == "zeros" or sizes is None or (size := size_read(node, sizes)) is None or 0 in region.size:
        return region
    start, planes = list(region.start), region.planes
    for axis, length in enumerate(size):
        first, last = start[axis], start[axis] + planes.shape[axis + 1]
        if first < 0 or last > length:
            shape = (*planes.shape[1 : axis + 1], length, *planes.shape[axis + 2 :])
            check_added(planes, 1 + max(0, -first) + max(0, last - length), node.name)
            whole = zeros(planes, shape, node.name)
            inside, outside = axis_view(whole, axis), axis_view(planes, axis)
            for place in range(first, last):
                inside[fold(place, length, node.padding_mode)] += outside[place - first]
            start[axis], planes = 0, carried(whole)
    return Region(tuple(start), planes)


def fold(place: int, length: int, padding_mode: str) -> int:
    """The position on a map that a position in its padding, or on it, copies.

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


def axis_view(planes: Array, axis: int) -> Array:
    """A view with the axis in question first."""
    return planes.swapaxes(0, axis + 1)


def zeros(like: Array, size: Sequence[int], where: str) -> Array:
    """Planes of no counts, as many and of the type of others.

    Raises:
        LimitError: One has more cells than the limit ``cells``.
    """
    import numpy as np

    cells = prod(size)
    limits.check("cells", cells, where=where)
    limits.check("map-bytes", cells * len(like) * like.itemsize, where=where)
    return np.zeros((len(like), *size), dtype=like.dtype)


def check_added(planes: Array, most: int, where: str) -> None:
    """Refuse to add up so many counts of several digits that the sum of a digit could exceed 64 bits.

    Raises:
        UnsupportedError: There are too many.
    """
    if len(planes) > 1 and planes.dtype != bool and most > MOST_ADDED:
        expected = f"at most {MOST_ADDED}"
        raise UnsupportedError("counts beyond 64 bits added up too often", where=where, got=most, expected=expected)


def carried(planes: Array) -> Array:
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
