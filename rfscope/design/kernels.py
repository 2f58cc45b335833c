"""Which kernels to take for a field, of those that may be chosen from: the fewest weights that have it."""

from __future__ import annotations

from dataclasses import replace
from heapq import heappop, heappush
from itertools import islice
from math import gcd, prod

from rfscope.design.layers import Layers
from rfscope.design.wish import Wish, field_of
from rfscope.errors import LimitError

__all__ = ["fields_beside", "lightest", "most_of", "weights"]

_TRIED = 5_000
"""Sets of kernels that are tried."""

_ASIDE = 8
"""How far from a field that cannot be had others are looked for."""


def weights(kernels: tuple[int, ...], dims: int) -> int:
    """Weights from one channel to another: of a kernel of ``k`` taps along each of ``d`` axes, ``k ** d``.

    Example:
        >>> weights((3, 3, 3, 3), 2), weights((2, 2, 2, 3, 3), 1)
        (36, 12)
    """
    return sum(kernel**dims for kernel in kernels)


def lightest(wish: Wish) -> Layers | None:
    """The layers of the fewest weights that have the wished field without holes; of these the fewest; None if none do.

    Raises:
        LimitError: More sets of kernels would have to be tried than is of use, or one's schedules counted.

    Example:
        >>> found = lightest(Wish(field=65, among=(2, 3, 5, 7)))
        >>> found and found.kernels
        (2, 2, 2, 2, 2, 2, 2)
    """
    among = wish.choice
    apart = gcd(*(kernel - 1 for kernel in among))
    if wish.how == "exactly" and (wish.wanted - 1) % apart:
        return None
    waiting: list[tuple[int, int, tuple[int, ...]]] = [(0, 0, ())]
    tried = 0
    while waiting:
        _, many, kernels = heappop(waiting)
        layers = Layers.of(kernels, wish.max_rate)
        if many and many == (wish.layers or many) and _may_do(wish, layers) and field_of(wish, layers) is not None:
            return layers
        tried += 1
        if tried > _TRIED:
            raise LimitError("too many kernels to choose", where="the wish", do="say --layers, or --kernel for each")
        for kernel in among:
            longer = (*kernels, kernel)
            if kernel >= max(kernels, default=0) and many < (wish.layers or wish.wanted) and _fits(wish, longer):
                heappush(waiting, (weights(longer, wish.dims), len(longer), longer))
    return None


def fields_beside(wish: Wish) -> tuple[int, ...]:
    """The nearest fields, below and above the wished one, that layers of these kernels have, if they are near."""
    found = []
    for way in (-1, 1):
        others = (wish.wanted + way * apart for apart in range(1, _ASIDE + 1))
        possible = (field for field in others if field > 0 and lightest(replace(wish, field=field)) is not None)
        found += [*islice(possible, 1)]
    return tuple(found)


def most_of(wish: Wish) -> Layers:
    """The layers of a wish that none of its kernels can meet: the largest kernel, as often as is wished or would do."""
    largest, many = wish.choice[-1], wish.layers or 1
    while wish.layers is None and Layers.of([largest] * many, wish.max_rate).widest < wish.wanted:
        many += 1
    return Layers.of([largest] * many, wish.max_rate)


def _fits(wish: Wish, kernels: tuple[int, ...]) -> bool:
    """Whether the field is not too large already, with all rates 1."""
    return wish.how == "at-least" or 1 + sum(kernel - 1 for kernel in kernels) <= wish.wanted


def _may_do(wish: Wish, layers: Layers) -> bool:
    """Whether the wished field is in reach by a bound that is quick to tell."""
    return prod(layers.kernels) >= wish.wanted and (
        wish.max_rate is None or 1 + wish.max_rate * (layers.narrowest - 1) >= wish.wanted
    )
