"""The part of usage counts around their centre: what is drawn where all of them would not fit."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.exact.counts import Counts, UsageCounts
from rfscope.exact.dense_counts import DenseCounts

__all__ = ["centre_of", "kept"]


def centre_of(counts: UsageCounts, most: Sequence[int]) -> UsageCounts:
    """Leave out as much at both ends of each axis as it takes to have at most so many pixels there.

    Args:
        counts: The usage counts.
        most: Pixels along each axis, at least 1.

    Example:
        >>> centre_of(Counts(((1, 2, 3, 2, 1), (1, 2, 1))), (3, 4)).size
        (3, 3)
    """
    parts = [_middle(length, kept(length, room)) for length, room in zip(counts.size, most, strict=True)]
    if isinstance(counts, Counts):
        factors = (factor[part] for factor, part in zip(counts.factors, parts, strict=True))
        return Counts(tuple(factors), counts.weight)
    if isinstance(counts, DenseCounts):
        return DenseCounts(counts.planes[(slice(None), *parts)])
    raise TypeError(type(counts))


def kept(length: int, room: int) -> int:
    """How much of an axis is kept: as much is left out at one end as at the other.

    Example:
        >>> kept(125, 32), kept(20, 32)
        (31, 20)
    """
    return length if length <= room else room - (length - room) % 2


def _middle(length: int, part: int) -> slice:
    return slice((length - part) // 2, (length + part) // 2)
