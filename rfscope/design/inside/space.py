"""All choices of rates that may have a wished field, gone through in blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import prod
from time import monotonic
from typing import TYPE_CHECKING

from rfscope import limits
from rfscope.design.inside.changing import Changing
from rfscope.design.inside.intervals import OneByOne, Recursion
from rfscope.design.inside.wish import InsideWish

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

__all__ = ["Found", "Space", "gone_through", "space_of"]

_BLOCK = 2**15
_PERIODS = (3, 2, 1, 4)
"""Layers after which rates repeat, where all choices are too many: the first are those of a stage."""


@dataclass(frozen=True)
class Space:
    """The choices of rates that are looked at.

    Attributes:
        low: The smallest rate of each number.
        high: The largest: a larger one passes the wished field whatever the others are.
    """

    low: tuple[int, ...]
    high: tuple[int, ...]

    @property
    def many(self) -> int:
        """How many choices there are."""
        return prod(last - first + 1 for first, last in zip(self.low, self.high, strict=True))

    def blocks(self) -> Iterator[Numbers]:
        """All of them, sorted: one row a number, one column a choice."""
        import numpy as np

        sides = [last - first + 1 for first, last in zip(self.low, self.high, strict=True)]
        low = np.array(self.low, np.int64)[:, None]
        for first in range(0, self.many, _BLOCK):
            places = np.arange(first, min(first + _BLOCK, self.many))
            yield np.stack(np.unravel_index(places, sides)).astype(np.int64) + low

    def likely(self, most: int) -> Iterator[Numbers]:
        """Some of them, where all are too many: rates that repeat after a few layers.

        Args:
            most: How many at most.
        """
        import numpy as np

        numbers = len(self.low)
        for period in _PERIODS:
            if period < numbers:
                low = [max(self.low[place::period]) for place in range(period)]
                high = [max(min(self.high[place::period]), low[place]) for place in range(period)]
                tied = Space(tuple(low), tuple(high))
                if tied.many <= most:
                    most -= tied.many
                    rows = [place % period for place in range(numbers)]
                    for block in tied.blocks():
                        yield np.ascontiguousarray(block[rows])


@dataclass(frozen=True)
class Found:
    """What has the wished field.

    Attributes:
        space: What was looked at.
        rates: One row for each number of a rate, one column a choice.
        size: The field that they have; None if there are none.
        fields: The nearest fields on either side of the wished one, or the only one, that were seen.
        examined: How many choices were looked at.
        whole: Whether these were all.
    """

    space: Space
    rates: Numbers
    size: int | None
    fields: tuple[int, ...]
    examined: int
    whole: bool


def space_of(changing: Changing, wish: InsideWish, fields: Recursion | OneByOne) -> Space:
    """The rates that may be of use: the field grows with every rate."""
    import numpy as np

    low = [1] * changing.variables
    for layer, number in zip(changing.layers, changing.variable, strict=True):
        low[number] = max(low[number], layer.least)
    most = wish.max_rate or limits.limit("rate")

    def size(number: int, rate: int) -> int:
        """The field with one rate, all others as small as they may be."""
        column = np.array([[rate if place == number else least] for place, least in enumerate(low)], np.int64)
        return _compared(wish, fields.sizes(column)).item()

    cap, beyond = wish.wanted, int(wish.how == "exactly")  # one further, to tell what lies above
    if wish.how == "at-least":
        first = (_first(partial(size, number), wish.wanted, least, most) for number, least in enumerate(low))
        reached = [size(number, rate) for number, rate in enumerate(first)]
        cap = min((one for one in reached if one >= cap), default=max(reached))
    above = [_first(partial(size, number), cap + 1, least, most) for number, least in enumerate(low)]
    high = []
    for number, (rate, least) in enumerate(zip(above, low, strict=True)):
        passed = rate > least and size(number, rate) > cap
        high.append(rate - 1 + beyond if passed else rate)
    return Space(tuple(low), tuple(high))


def _compared(wish: InsideWish, sizes: Numbers) -> Numbers:
    """Of the fields along all axes, the one that has to be as wished."""
    compared: Numbers = sizes.min(axis=0) if wish.how == "at-least" else sizes.max(axis=0)
    return compared


def _first(size: Callable[[int], int], wanted: int, low: int, most: int) -> int:
    """The first rate with which the field is no smaller than some number; the largest rate where none is."""
    if size(low) >= wanted or most <= low:
        return low
    step, under = 1, low
    while under + step < most and size(under + step) < wanted:
        under, step = under + step, 2 * step
    over = min(under + step, most)
    while over - under > 1:
        middle = (under + over) // 2
        under, over = (middle, over) if size(middle) < wanted else (under, middle)
    return over


def gone_through(changing: Changing, wish: InsideWish, fields: Recursion | OneByOne) -> Found:
    """The choices of rates that have the wished field, of all or of the likely ones where all are too many."""
    import numpy as np

    space = space_of(changing, wish, fields)
    most = min(limits.limit("candidates"), fields.most or limits.limit("candidates"))
    whole, examined, end = space.many <= most, 0, monotonic() + limits.limit("search-seconds")
    size: int | None = None
    kept: list[Numbers] = []
    near: dict[int, int] = {}
    for block in space.blocks() if whole else space.likely(most):
        if monotonic() > end:
            whole = False
            break
        examined += block.shape[1]
        rates = block[:, _in_order(changing, block)] if wish.keep_order else block
        sizes = fields.sizes(rates)
        own = _compared(wish, sizes)
        _note(near, wish.wanted, own)
        fit = _fit(wish, sizes)
        if not fit.any():
            continue
        best = int(own[fit].max() if wish.how == "at-most" else own[fit].min())
        if size is None or (best > size if wish.how == "at-most" else best < size):
            size, kept = best, []
        if best == size:
            kept.append(rates[:, fit & (own == best)])
    rates = np.concatenate(kept, axis=1) if kept else np.zeros((changing.variables, 0), np.int64)
    return Found(space, rates, size, tuple(sorted(near.values())), examined, whole)


def _fit(wish: InsideWish, sizes: Numbers) -> NDArray[np.bool_]:
    """Which choices have the wished field along every axis."""
    fit: NDArray[np.bool_] = {
        "exactly": sizes == wish.wanted,
        "at-least": sizes >= wish.wanted,
        "at-most": (sizes >= 0) & (sizes <= wish.wanted),
    }[wish.how].all(axis=0)
    return fit


def _note(near: dict[int, int], wanted: int, sizes: Numbers) -> None:
    """Keep the nearest fields below and above the wished one."""
    below, above = sizes[(sizes >= 0) & (sizes < wanted)], sizes[sizes > wanted]
    if len(below):
        near[-1] = max(near.get(-1, 0), int(below.max()))
    if len(above):
        near[1] = min(near.get(1, int(above.min())), int(above.min()))


def _in_order(changing: Changing, rates: Numbers) -> NDArray[np.bool_]:
    """Which choices keep the order of the layers' rates."""
    import numpy as np

    kept = np.ones(rates.shape[1], bool)
    order = sorted(range(len(changing.layers)), key=lambda place: changing.layers[place].rate)  # stable
    for one, other in pairwise(order):
        kept &= rates[changing.variable[one]] <= rates[changing.variable[other]]
    return kept
