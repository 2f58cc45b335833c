"""Which outputs are looked at: the one asked for, its other phases, and the same a period further on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

from rfscope.exact.output import Output
from rfscope.verification.canvas import Position

__all__ = ["a_period_further", "positions"]

_MOST = 128
"""Phases looked at, if their maps are small: all of a U-Net of 3 levels in 2-D, and along each axis of one of 5."""

_PIXELS = 2**24
"""Pixels of the fields of all phases looked at."""


def positions(output: Output) -> list[Position]:
    """The position of an output, then those of others that see something else.

    On an unbounded grid these are its other phases; where there are too many, or their maps too large, those along each
    axis and along the diagonal. On an input of a given size, the first and the last output of the map.
    """
    here = output.position
    if output.sizes is not None:
        last = tuple(length - 1 for length in output.sizes[output.node] or ())
        return list(dict.fromkeys([here, (0,) * len(here), last]))
    periods = [field.period for field in output.axes]
    pixels = prod(field.size_max or 1 for field in output.axes)
    room = min(_MOST, _PIXELS // pixels)
    if prod(periods) <= room:
        steps = list(product(*map(range, periods)))
    else:
        longest = max(2, room // (len(here) + 1))
        units = [*_units(len(here)), (1,) * len(here)]
        steps = [tuple(step * one for one in unit) for step in range(min(longest, max(periods))) for unit in units]
    moved = (tuple(map(sum, zip(here, step, strict=True))) for step in steps)
    return list(dict.fromkeys([here, *moved]))


def a_period_further(position: Position, periods: Sequence[int]) -> list[Position]:
    """The outputs a period on along each axis, and along all at once.

    Example:
        >>> a_period_further((0, 0), (2, 3))
        [(2, 0), (0, 3), (2, 3)]
    """
    turns = dict.fromkeys([*_units(len(position)), (1,) * len(position)])
    return [
        tuple(at + turn * period for at, turn, period in zip(position, turned, periods, strict=True))
        for turned in turns
    ]


def _units(dims: int) -> list[Position]:
    return [tuple(int(place == axis) for place in range(dims)) for axis in range(dims)]
