"""The facts of many schedules at once, as columns: field, holes, common factor, M_2, isolated layers, gridding index.

Each function takes the rates of many schedules of the same kernels, one schedule a column of an array of shape
(layers, schedules), first layer first, and gives one value a schedule. The definitions are those of the functions for
one schedule, in ``taps``, ``schedule``, ``meeting`` and ``gridding``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from rfscope import limits

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Evenness",
    "evenness",
    "factors",
    "fields",
    "group_rule",
    "hole_free",
    "indices",
    "isolated",
    "m2",
    "widths",
]

Rates: TypeAlias = "NDArray[np.integer[Any]]"
"""The rates of many schedules: (layers, schedules)."""

_TRIED = 5_000
"""Combinations of the last rates that are tried for all schedules together; behind them each is walked alone."""

_CELLS = 2**22
"""Cells that are worked on together: what fits a cache."""


def fields(kernels: Sequence[int], rates: Rates) -> NDArray[np.int64]:
    """The receptive field of each schedule: ``1 + sum (k - 1) r``."""
    import numpy as np

    found: NDArray[np.int64] = 1 + (np.asarray(kernels, np.int64) - 1) @ rates
    return found


def hole_free(kernels: Sequence[int], rates: Rates) -> NDArray[np.bool_]:
    """Whether each schedule reads every position of its field.

    Example:
        >>> import numpy as np
        >>> hole_free([3, 3, 3], np.array([[1, 2], [2, 4], [5, 8]])).tolist()
        [True, False]
    """
    import numpy as np

    spatial = [layer for layer, kernel in enumerate(kernels) if kernel > 1]
    rates, steps = rates[spatial], np.asarray([kernels[layer] - 1 for layer in spatial], rates.dtype)
    if len(set(steps.tolist())) > 1:
        order = np.argsort(rates, axis=0, kind="stable")
        rates, steps = np.take_along_axis(rates, order, 0), steps[order]
    else:
        rates, steps = np.sort(rates, axis=0), np.broadcast_to(steps[:, None], rates.shape)
    reach, free = np.ones(rates.shape[1], rates.dtype), np.ones(rates.shape[1], bool)
    for rate, step in zip(rates, steps, strict=True):
        free &= rate <= reach
        reach += step * rate
    return free


def factors(rates: Rates) -> NDArray[np.int64]:
    """The greatest common divisor of the rates of each schedule."""
    import numpy as np

    found: NDArray[np.int64] = np.gcd.reduce(rates, axis=0)
    return found


def m2(rates: Rates) -> NDArray[np.int64]:
    """The distance M_2 of each schedule of two or more layers (Wang et al. 2018, equation 2)."""
    import numpy as np

    distance: NDArray[np.int64] = rates[-1]
    for rate in rates[-2:0:-1]:
        distance = np.maximum(np.abs(distance - 2 * rate), rate)
    return distance


def group_rule(kernels: Sequence[int], rates: Rates) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The published distance rule, group by group of rates that do not fall.

    Returns:
        Whether M_2 <= K in each group of two or more rates; and whether there is such a group.
    """
    import numpy as np

    passes, judged = np.ones(rates.shape[1], bool), np.zeros(rates.shape[1], bool)
    distance = rates[-1]  # M of the layer behind, in its own group
    for layer in range(len(rates) - 2, -1, -1):
        rate, together = rates[layer], rates[layer] <= rates[layer + 1]
        first = together if layer == 0 else together & (rates[layer - 1] > rate)
        judged |= first
        passes &= ~first | (distance <= kernels[layer])
        distance = np.where(together, np.maximum(np.abs(distance - 2 * rate), rate), rate)
    return passes, judged


def isolated(kernels: Sequence[int], rates: Rates, most: int | None = None, hop: int = 1) -> NDArray[np.int64]:
    """How many layers of each schedule, back from the exit, two adjacent outputs share nothing in.

    They share a position on the input of the last ``m`` layers iff their distance is a sum of ``c_i r_i`` over their
    rates with ``|c_i| <= k_i - 1``.

    Args:
        kernels: Taps of each layer.
        rates: The rates, (layers, schedules).
        most: Where more layers are isolated than this, any larger number may be given.
        hop: Positions from one output to the next; behind strides, all rates are in positions of the input.

    Returns:
        The number of isolated layers of more than one tap; all of them where the outputs never meet.

    Example:
        >>> import numpy as np
        >>> isolated([3, 3, 3], np.array([[1, 2, 5], [1, 3, 9], [2, 4, 8], [1, 2, 1]]).T).tolist()
        [1, 2, 3, 0]
    """
    import numpy as np

    spatial = [layer for layer, kernel in enumerate(kernels) if kernel > 1]
    rates, steps = rates[spatial], [kernels[layer] - 1 for layer in spatial]
    found = np.full(rates.shape[1], len(spatial))
    apart = np.flatnonzero(hop % np.gcd.reduce(rates, axis=0) == 0) if spatial else np.arange(0)
    tried = 1
    for back in range(1, len(spatial) + 1):
        tried *= 2 * steps[-back] + 1
        if not len(apart) or (most is not None and back > most + 1):
            break
        if tried > _TRIED:
            found[apart] = [_alone(steps, column, back, hop) for column in rates[:, apart].T.tolist()]
            break
        last = rates[len(spatial) - back :, apart]
        meet = np.zeros(len(apart), bool)
        for factors_of in _combinations(steps[len(spatial) - back :]):
            meet |= np.abs(np.asarray(factors_of, rates.dtype) @ last) == hop
        found[apart[meet]] = back - 1
        apart = apart[~meet]
    return found


def _combinations(steps: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """The factors of the last rates, one of each pair of opposite ones; those that leave out the first came before."""
    for factors_of in product(*(range(-step, step + 1) for step in steps)):
        if factors_of[0] > 0:
            yield factors_of


def _alone(steps: Sequence[int], rates: Sequence[int], back: int, hop: int) -> int:
    """The isolated layers of one schedule whose adjacent outputs are known to share nothing less than so far back."""
    reads = 1
    for layer, (step, rate) in enumerate(zip(reversed(steps), reversed(rates), strict=True), 1):
        for _ in range(step):
            reads |= reads << rate
        if layer >= back and reads & reads << hop:
            return layer - 1
    return len(rates)


def indices(kernels: Sequence[int], rates: Rates, most: float = 1.0) -> NDArray[np.float64]:
    """The gridding index of each schedule.

    Args:
        kernels: Taps of each layer.
        rates: The rates, (layers, schedules).
        most: Above it the index is not of interest, and infinity is given.

    Raises:
        LimitError: A table takes more cells than the limit ``axis``.

    Example:
        >>> import numpy as np
        >>> indices([3, 3, 3], np.array([[1, 2, 5], [1, 2, 4]]).T).round(3).tolist()
        [0.111, 0.333]
    """
    import numpy as np

    spatial = [layer for layer, kernel in enumerate(kernels) if kernel > 1]
    rates, kernels = rates[spatial], [kernels[layer] for layer in spatial]
    found = np.zeros(rates.shape[1])
    if not rates.size:
        return found
    limits.check("axis", int(rates.max()))
    for grid in range(int(rates.max()), 1, -1):  # the finest frequencies drop the most
        rows = np.flatnonzero((rates == grid).any(axis=0) & (found <= most))
        if len(rows):
            found[rows] = _peaks(kernels, rates[:, rows], grid, found[rows], most)
    found[found > most] = np.inf
    return found


def _peaks(
    kernels: Sequence[int], rates: Rates, grid: int, found: NDArray[np.float64], most: float
) -> NDArray[np.float64]:
    """The largest relative energy of each schedule at the frequencies of one grid, or what was found before."""
    import numpy as np

    responses = {kernel: _response(kernel, grid) for kernel in set(kernels)}
    found, alive, first, many = found.copy(), np.arange(rates.shape[1]), 1, 4
    while first <= grid // 2 and len(alive):
        m = np.arange(first, min(first + many, grid // 2 + 1))
        for start in range(0, len(alive), max(1, _CELLS // len(m))):
            rows = alive[start : start + max(1, _CELLS // len(m))]
            energy = np.ones((len(m), len(rows)))
            for kernel, rate in zip(kernels, rates[:, rows], strict=True):
                energy *= responses[kernel][m[:, None] * (rate % grid) % grid]
            found[rows] = np.maximum(found[rows], energy.max(axis=0))
        alive = alive[found[alive] <= most]
        first, many = first + many, 4 * many
    return found


def _response(kernel: int, grid: int) -> NDArray[np.float64]:
    """``|D(k, x)|`` at the turns 0, 1/grid, ... of a circle; exact zeros are zeros."""
    import numpy as np

    turns = np.arange(1, grid)
    above, below = np.sin(np.pi * (kernel * turns % grid) / grid), kernel * np.sin(np.pi * turns / grid)
    return np.concatenate(([1.0], np.abs(above / below)))


def widths(kernels: Sequence[int], rates: Rates) -> NDArray[np.float64]:
    """The standard deviation of each schedule's usage counts as a part of its field.

    Example:
        >>> import numpy as np
        >>> widths([3, 3, 3], np.array([[1, 2, 5], [1, 3, 9]]).T).round(3).tolist()
        [0.263, 0.288]
    """
    import numpy as np

    squares = (np.asarray(kernels, float) ** 2 - 1) @ rates.astype(float) ** 2
    found: NDArray[np.float64] = np.sqrt(squares / 12) / fields(kernels, rates)
    return found


class Evenness(NamedTuple):
    """How evenly schedules use the middle half of their fields, along one axis.

    Attributes:
        step: The largest difference of two adjacent counts relative to their sum: 0 flat, 1 where one is a hole.
        paths: The smallest count.
    """

    step: NDArray[np.float64]
    paths: NDArray[np.float64]


def evenness(kernels: Sequence[int], rates: Rates) -> Evenness:
    """How evenly each schedule uses the middle half of its field; all fields must be equal.

    Example:
        >>> import numpy as np
        >>> evenness([3, 3, 3], np.array([[1, 2, 5], [1, 3, 9]]).T[:, :1]).step.round(2).tolist()
        [0.33]
    """
    import numpy as np

    size = int(fields(kernels, rates[:, :1])[0])
    half = size // 2 + 1  # counts are the same from both ends
    step, paths = np.empty(rates.shape[1]), np.empty(rates.shape[1])
    block = max(1, _CELLS // half)
    for first in range(0, rates.shape[1], block):
        counts = _counts(kernels, rates[:, first : first + block], half)
        middle = counts[:, size // 4 :]
        rows = slice(first, first + block)
        paths[rows] = middle.min(axis=1)
        apart, both = np.abs(np.diff(middle, axis=1)), middle[:, 1:] + middle[:, :-1]
        step[rows] = np.divide(apart, both, out=np.ones_like(apart), where=both > 0).max(axis=1, initial=0.0)
    return Evenness(step, paths)


def _counts(kernels: Sequence[int], rates: Rates, size: int) -> NDArray[np.float64]:
    """Paths from each of the first positions of the field, (schedules, positions); exact below 2^53."""
    import numpy as np

    many = rates.shape[1]
    counts = np.zeros((many, size))
    counts[:, 0] = 1
    for kernel, rate in zip(kernels, rates, strict=True):
        own = counts
        counts = own.copy()
        for one in np.unique(rate).tolist():  # schedules of one rate are shifted together
            rows = np.flatnonzero(rate == one)
            for shift in range(one, min(kernel * one, size), one):
                counts[rows, shift:] += own[rows, : size - shift]
    return counts
