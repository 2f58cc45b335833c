"""Usage counts: how many paths lead from each input position to one output, exactly.

Along one axis of a chain the counts are the coefficients of a product of polynomials, one factor
``1 + x^a + ... + x^((k-1) a)`` per layer of ``k`` taps that lie ``a`` input positions apart. The map over all axes is
the outer product of the axes, so a chain is kept as one line of counts per axis.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from operator import add, or_
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from rfscope import limits
from rfscope.exact.packed import copies, unpack
from rfscope.network.reads import Window

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "DIGIT_BITS",
    "Counts",
    "DenseCounts",
    "Taps",
    "UsageCounts",
    "axis_counts",
    "axis_support",
    "extent_of",
    "input_taps",
    "lines_used",
    "total_paths",
]


DIGIT_BITS = 48
"""Bits of a digit of a dense count: sums of up to 2^15 digits stay below 2^63 before they are carried over."""


class Taps(NamedTuple):
    """A layer along one axis, as the input or the resolution it is looked at from sees it.

    Attributes:
        kernel: How many positions it reads.
        rate: How far apart they are.
    """

    kernel: int
    rate: int


def input_taps(windows: Iterable[Window]) -> tuple[Taps, ...]:
    """The taps of each layer of a chain in input positions: the rate times the strides before it."""
    taps, stride = [], 1
    for window in windows:
        taps.append(Taps(window.kernel, window.dilation * stride))
        stride *= window.stride
    return tuple(taps)


def extent_of(taps: Iterable[Taps]) -> int:
    """Positions from the first that a chain reads to the last: ``1 + sum (k - 1) a``."""
    return 1 + sum((kernel - 1) * rate for kernel, rate in taps)


def total_paths(taps: Iterable[Taps]) -> int:
    """How many paths lead from the input to one output: the product of the kernels."""
    return prod(kernel for kernel, _ in taps)


def axis_support(taps: Sequence[Taps]) -> int:
    """The positions that one output of a chain reads, as a packed set; position 0 is the first of its field.

    Raises:
        LimitError: The field is longer than the limit ``axis``.

    Example:
        >>> bin(axis_support([Taps(3, 2), Taps(2, 4)]))
        '0b101010101'
    """
    limits.check("axis", extent_of(taps))
    support = 1
    for kernel, rate in taps:
        support = copies(support, rate, kernel, or_)
    return support


def axis_counts(taps: Sequence[Taps]) -> tuple[int, ...]:
    """Paths from each position of the field to one output of a chain, along one axis, exact at any size.

    Raises:
        LimitError: The field is longer than the limit ``axis``, or its counts need more than ``axis-bits``.

    Example:
        >>> axis_counts([Taps(3, 1), Taps(3, 2)])
        (1, 1, 2, 1, 2, 1, 1)
    """
    size = extent_of(taps)
    limits.check("axis", size)
    width = _digit_bytes(total_paths(taps))
    limits.check("axis-bits", size * width * 8)
    line = 1
    for kernel, rate in taps:
        line = copies(line, rate * width * 8, kernel, add)
    return unpack(line, size, width)


def _digit_bytes(largest: int) -> int:
    """Bytes that hold every count: a machine word where one is wide enough."""
    needed = (largest.bit_length() + 7) // 8
    return next((word for word in (1, 2, 4, 8) if word >= needed), needed)


@dataclass(frozen=True)
class Counts:
    """How often each input pixel is used by one output of a chain: paths from the pixel to the output.

    Attributes:
        factors: One line of counts per axis; a pixel's count is the product of its axes' entries.
    """

    factors: tuple[tuple[int, ...], ...]

    @property
    def size(self) -> tuple[int, ...]:
        """Pixels along each axis."""
        return tuple(len(factor) for factor in self.factors)

    @cached_property
    def paths(self) -> int:
        """All paths from any pixel to the output."""
        return prod(sum(factor) for factor in self.factors)

    @cached_property
    def min(self) -> int:
        """Smallest count; 0 where there is a hole."""
        return prod(min(factor, default=0) for factor in self.factors)

    @cached_property
    def max(self) -> int:
        """Largest count."""
        return prod(max(factor, default=0) for factor in self.factors)

    def marginal(self, axis: int) -> tuple[int, ...]:
        """Paths from each line of pixels across an axis, up to a common factor."""
        return self.factors[axis]

    def map(self) -> np.ndarray[Any, Any]:
        """The dense map, one axis of the array per axis of the network: int64, or Python integers beyond it.

        Raises:
            LimitError: The map has more cells than the limit ``cells``.
        """
        limits.check("cells", prod(self.size))
        import numpy as np

        kind: type = np.int64 if self.max < 2**63 else object
        dense: np.ndarray[Any, Any] = np.array(self.factors[0], dtype=kind)
        for factor in self.factors[1:]:
            dense = np.multiply.outer(dense, np.array(factor, dtype=kind))
        return dense


@dataclass(frozen=True, eq=False)
class DenseCounts:
    """How often each input pixel is used by one output of a network with branches.

    Attributes:
        planes: int64 of shape (digits, *sizes): the digits of the counts to the base 2^48, least significant first; or
            a single plane of counts below 2^63.
    """

    planes: np.ndarray[Any, Any]

    @property
    def size(self) -> tuple[int, ...]:
        """Pixels along each axis."""
        return tuple(self.planes.shape[1:])

    @cached_property
    def used(self) -> np.ndarray[Any, Any]:
        """Where the counts are not 0: booleans, one axis of the array per axis of the network."""
        import numpy as np

        return np.asarray(self.planes.any(axis=0))

    @cached_property
    def array(self) -> np.ndarray[Any, Any]:
        """The map: int64, or Python integers beyond it."""
        counts: np.ndarray[Any, Any] = self.planes[-1]
        for digit in self.planes[-2::-1]:
            counts = (counts.astype(object) << DIGIT_BITS) + digit
        return counts

    @cached_property
    def paths(self) -> int:
        """All paths from any pixel to the output."""
        return int(_exact_sum(self.planes, tuple(range(len(self.size)))))

    @cached_property
    def min(self) -> int:
        """Smallest count; 0 where there is a hole."""
        return self._extreme("min") if self.used.all() and self.used.size else 0

    @cached_property
    def max(self) -> int:
        """Largest count."""
        return self._extreme("max") if self.used.any() else 0

    def _extreme(self, which: Literal["min", "max"]) -> int:
        """The smallest or the largest count: digit by digit, among those that have it in all digits before."""
        left, value = self.planes.reshape(len(self.planes), -1), 0
        for place in range(len(left) - 1, -1, -1):
            digit = int(getattr(left[place], which)())
            left, value = left[:, left[place] == digit], value << DIGIT_BITS | digit
        return value

    def marginal(self, axis: int) -> tuple[int, ...]:
        """Paths from each line of pixels across an axis."""
        others = tuple(other for other in range(len(self.size)) if other != axis)
        return tuple(int(count) for count in _exact_sum(self.planes, others))

    def map(self) -> np.ndarray[Any, Any]:
        """The dense map."""
        return self.array


def lines_used(used: np.ndarray[Any, Any]) -> list[list[int]]:
    """Per axis, the places of the lines across it on which any pixel is used.

    Args:
        used: Booleans, one axis of the array per axis of the network.
    """
    import numpy as np

    axes = range(used.ndim)
    lines = [used.any(axis=tuple(other for other in axes if other != axis)) for axis in axes]
    return [np.flatnonzero(line).tolist() for line in lines]


def _exact_sum(planes: np.ndarray[Any, Any], axes: tuple[int, ...]) -> Any:
    """Sums over some axes as Python integers, added up in parts of 21 bits so that none overflows."""
    total: Any = 0
    for place, plane in enumerate(planes):
        for bits in (0, 21, 42):
            part = (plane >> bits & (2**21 - 1)).sum(axis=axes)
            total = total + (part.astype(object) << (place * DIGIT_BITS + bits))
    return total


UsageCounts: TypeAlias = Counts | DenseCounts
