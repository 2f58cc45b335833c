"""All schedules of a family: so many layers of one kernel, rates rising up to a largest one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb
from typing import TYPE_CHECKING

from rfscope import limits
from rfscope.design.known import known_schedules
from rfscope.errors import RfscopeError
from rfscope.exact import batch
from rfscope.exact.judgement import STRIPED_ABOVE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Family", "family"]

_MOST, _LAYERS, _CHOSEN = 200_000, 64, 20
"""Schedules of a family, their layers, and layers or rates beyond which they are not counted, at most."""


@dataclass(frozen=True, eq=False)
class Family:
    """The facts of all schedules of a family, each as a chain of its own, in the order of their rates.

    Attributes:
        kernel: Taps of each layer.
        rates: The rates, (layers, schedules).
        fields: The receptive field of each.
        indices: The gridding index of each.
        holes: Whether it has holes.
        gridding: Whether it has none, and its verdict is GRIDDING.
    """

    kernel: int
    rates: NDArray[np.int32]
    fields: NDArray[np.int64]
    indices: NDArray[np.float64]
    holes: NDArray[np.bool_]
    gridding: NDArray[np.bool_]

    def known(self) -> dict[int, str]:
        """The published ones: the number of each, and who published it."""
        import numpy as np

        layers, found = len(self.rates), {}
        for rates, who in known_schedules([self.kernel] * layers):
            places = np.flatnonzero((self.rates == np.array(rates)[:, None]).all(axis=0))
            found.update(dict.fromkeys(places.tolist(), who))
        return found


def family(layers: int, max_rate: int, kernel: int = 3) -> Family:
    """Work out the facts of a family.

    Raises:
        RfscopeError: A number is below 1, or the kernel has a single tap.
        LimitError: There are too many schedules to draw.

    Example:
        >>> found = family(layers=3, max_rate=9)
        >>> found.rates.shape, int(found.holes.sum()), found.known()[11]
        ((3, 165), 147, 'TCN, Bai et al. 2018')
    """
    import numpy as np

    for name, value, least in (("number of layers", layers, 1), ("largest rate", max_rate, 1), ("kernel", kernel, 2)):
        if type(value) is not int or value < least:
            raise RfscopeError(f"bad {name}", where="the family", got=value, expected=f"a whole number from {least} on")
    limits.check("layers", layers, where="the family")
    limits.check("rate", max_rate, where="the family")
    limits.check("kernel", kernel, where="the family")
    few = min(layers, max_rate - 1) <= _CHOSEN and layers <= _LAYERS
    many = comb(layers + max_rate - 1, layers) if few else None
    if many is None or many > _MOST:
        got, do = many or "more", "give fewer layers or a smaller largest rate"
        raise RfscopeError("too many schedules to draw", where="the family", got=got, expected=f"up to {_MOST}", do=do)
    rates = np.array(list(combinations_with_replacement(range(1, max_rate + 1), layers)), np.int32).T
    kernels = [kernel] * layers
    indices, holes = batch.indices(kernels, rates), ~batch.hole_free(kernels, rates)
    dilated = np.where(rates > 1, rates, 0)  # at the end of a rising schedule
    shared = (np.gcd.reduce(dilated, axis=0) > 1) & ((dilated > 0).sum(axis=0) > 1)
    gridding = ~holes & (shared | (indices > STRIPED_ABOVE))
    return Family(kernel, rates, batch.fields(kernels, rates), indices, holes, gridding)
