"""Maps of counts as planes of digits: int64 arrays of shape (digits, *sizes), to the base 2^48, least digit first.

Whatever is made of such a map is made of a few of its rows at a time, for the map itself may take most of the memory
that there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

__all__ = ["DIGIT_BITS", "MOST_ADDED", "anywhere", "exact_sum", "extreme", "lines_used", "row_blocks"]

DIGIT_BITS = 48
"""Bits of a digit of a dense count."""

MOST_ADDED = 2 ** (63 - DIGIT_BITS)
"""Digits that may be added up before they are carried over: their sum stays below 2^63."""

_AT_ONCE = 2**18
"""Cells from which other arrays are made at a time."""


def row_blocks(size: Sequence[int], step: int = 1) -> Iterator[slice]:
    """Parts of a map along its first axis, few enough cells each that what is made of them takes little memory.

    Args:
        size: The map's size per axis.
        step: Of how many places along the first axis each part is a multiple, but for the last.
    """
    rows = max(1, _AT_ONCE // max(1, prod(size[1:])) // step) * step
    for first in range(0, size[0], rows):
        yield slice(first, min(first + rows, size[0]))


def extreme(counts: np.ndarray[Any, Any], which: Literal["min", "max"]) -> int:
    """The smallest or the largest of some counts, digit by digit among those that equal it in the digits before."""
    left, value = counts, 0
    for place in range(len(left) - 1, -1, -1):
        digit = int(getattr(left[place], which)())
        left, value = left[:place, left[place] == digit], value << DIGIT_BITS | digit
    return value


def anywhere(planes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Where any plane is not 0: booleans, without the axis of the planes."""
    found: np.ndarray[Any, Any] = planes[0] != 0
    for plane in planes[1:]:
        found |= plane != 0
    return found


def lines_used(used: np.ndarray[Any, Any]) -> list[list[int]]:
    """Per axis, the places of the lines across it on which any pixel is used.

    Args:
        used: Booleans, one axis of the array per axis of the network.
    """
    import numpy as np

    axes = range(used.ndim)
    lines = [used.any(axis=tuple(other for other in axes if other != axis)) for axis in axes]
    return [np.flatnonzero(line).tolist() for line in lines]


def exact_sum(planes: np.ndarray[Any, Any], axes: tuple[int, ...]) -> Any:
    """Sums over some axes as Python integers, added up in parts of so many bits that none overflows."""
    width = 63 - prod(planes.shape[1 + axis] for axis in axes).bit_length()
    total: Any = 0
    for place, plane in enumerate(planes):
        bits = int(plane.max(initial=0)).bit_length()
        for low in range(0, max(bits, 1), width):
            part = plane if bits <= width else plane >> low & (2**width - 1)
            total = total + (part.sum(axis=axes).astype(object) << (place * DIGIT_BITS + low))
    return total
