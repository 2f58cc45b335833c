"""The best tile for a budget: the least work among all tiles that fit, rectangles and strips among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import floor, prod
from typing import NamedTuple

__all__ = ["Choices", "best_tile", "choices"]


class Choices(NamedTuple):
    """The tiles that are worth a thought along one axis.

    Attributes:
        size: Of the image.
        tiles: For each number of tiles that one can have, the smallest size of each.
    """

    size: int
    tiles: tuple[tuple[int, int], ...]


def choices(size: int, lattice: int, lost: Fraction) -> Choices:
    """The smallest tile for each number of tiles along an axis, the image in one piece first.

    Args:
        size: Of the image.
        lattice: Tiles begin at multiples of it.
        lost: How much of a tile with inner sides is not kept.

    Example:
        >>> choices(100, 1, Fraction(16)).tiles[:3]
        ((1, 100), (2, 58), (3, 44))
    """
    found: dict[int, int] = {1: size}
    for tile in range(size - lattice, 0, -lattice):
        step = floor((tile - lost) / lattice) * lattice
        if step <= 0:
            break
        found[1 - -(size - tile) // step] = tile
    return Choices(size, tuple(found.items()))


def best_tile(axes: Sequence[Choices], most: Fraction) -> tuple[int, ...] | None:
    """The tile of the least work that has no more positions than fit; of equals, that of the fewest tiles.

    Args:
        axes: What there is to choose from along each axis.
        most: Positions that fit.

    Returns:
        Its size per axis; None if not even the smallest fits.
    """
    ranked = [((_work(counted), prod(count for count, _ in counted)), counted) for counted in _fitting(axes, most)]
    if not ranked:
        return None
    return tuple(tile for _, tile in min(ranked)[1])


def _work(counted: Sequence[tuple[int, int]]) -> int:
    return prod(count * tile for count, tile in counted)


def _fitting(axes: Sequence[Choices], most: Fraction) -> Iterator[tuple[tuple[int, int], ...]]:
    """Of all rectangles those that fit, with the last axis as long as it can be: the fewest pieces of least work."""
    *others, last = axes
    for first in product(*(axis.tiles for axis in others)):
        area = prod(tile for _, tile in first)
        fits = [one for one in last.tiles if one[1] * area <= most]
        if fits:
            yield (*first, min(fits, key=lambda one: (one[0] * one[1], one[0])))
