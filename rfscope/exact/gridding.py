"""The gridding index: how strongly a schedule's usage counts repeat at the spacing of one of its rates.

The Fourier transform of a plain chain's counts at frequency ``w`` is, relative to their sum, the product over its
layers of ``D(k, a w)`` with ``D(k, x) = sin(k x / 2) / (k sin(x / 2))``. The index is its largest magnitude at the
frequencies ``2 pi m / a``, ``m = 1 .. a // 2``, of the grids that its rates ``a`` above 1 could leave. It is a
heuristic: it ignores the order of the layers, and a value of 0 can be a cancellation (1,3,9) rather than smoothness.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import asin, pi, sin
from typing import TYPE_CHECKING, Any, TypeAlias

from rfscope import limits
from rfscope.exact.taps import Taps

if TYPE_CHECKING:
    import numpy as np

__all__ = ["gridding_index"]

_IN_PYTHON = 20_000
"""Up to so many factors, plain Python is done before numpy is imported."""

_BLOCK = 2**18
"""Frequencies that numpy handles together."""

_WeightedTaps: TypeAlias = Sequence[tuple[Taps, int]]
"""Distinct layers, each with how often it occurs."""


def gridding_index(schedule: Sequence[Taps], *, above: float = 0.0) -> float:
    """The largest relative energy of a grid, 0 to 1; 1 means sub-grids that never meet.

    Args:
        schedule: Kernel and rate of each layer, taken as a plain chain at stride 1.
        above: Returned in place of any smaller value; a high one is much faster on long schedules.

    Raises:
        LimitError: It takes more factors than the limit ``index-terms``.

    Example:
        >>> round(gridding_index([Taps(3, 1), Taps(3, 2), Taps(3, 4)]), 3)
        0.333
    """
    layers = sorted(Counter(taps for taps in schedule if taps.kernel > 1).items(), key=_largest_rate_first)
    rates = _coarsest(sorted({taps.rate for taps, _ in layers if taps.rate > 1}))
    terms = sum(rate // 2 for rate in rates) * len(layers)
    limits.check("index-terms", terms, where="gridding index")
    peak = _peak if terms <= _IN_PYTHON else _peak_with_numpy
    highest = above
    for rate in rates:
        highest = max(highest, peak(rate, [(taps, times) for taps, times in layers if taps.rate % rate], highest))
    return highest


def _largest_rate_first(layer: tuple[Taps, int]) -> int:
    """Sort key: at the frequencies of one rate, the factors of other large rates scatter and drop most of them."""
    return -layer[0].rate


def _coarsest(rates: Sequence[int]) -> list[int]:
    """The rates that divide no other: the frequencies of a divisor are among those of its multiple."""
    return [rate for place, rate in enumerate(rates) if not any(other % rate == 0 for other in rates[place + 1 :])]


def _peak(rate: int, layers: _WeightedTaps, highest: float) -> float:
    """The largest magnitude at the frequencies of one rate, or ``highest`` if none is above it."""
    for m in range(1, rate // 2 + 1):
        magnitude = 1.0
        for (kernel, other), times in layers:
            turn = m * other % rate  # the angle a w is turn / rate of a full circle; exact, so that zeros are zeros
            if turn:
                magnitude *= abs(sin(pi * (kernel * turn % rate) / rate) / (kernel * sin(pi * turn / rate))) ** times
            if magnitude <= highest:
                break
        highest = max(highest, magnitude)
    return highest


def _last_frequency(rate: int, layers: _WeightedTaps, highest: float) -> int:
    """Where to stop: behind it a dense layer alone is at most ``highest``, as ``|D(k, x)| <= 1 / (k sin(x / 2))``."""
    last = rate // 2
    for (kernel, other), times in layers:
        if other == 1 and kernel * highest ** (1 / times) > 1:
            last = min(last, int(rate / pi * asin(1 / (kernel * highest ** (1 / times)))) + 1)
    return last


def _peak_with_numpy(rate: int, layers: _WeightedTaps, highest: float) -> float:
    """The same for many frequencies at once."""
    import numpy as np

    last = _last_frequency(rate, layers, highest)
    for first in range(1, last + 1, _BLOCK):
        highest = _block_peak(np.arange(first, min(first + _BLOCK, last + 1)), rate, layers, highest)
    return highest


def _block_peak(m: np.ndarray[Any, Any], rate: int, layers: _WeightedTaps, highest: float) -> float:
    """The largest magnitude at some frequencies, dropping those that have fallen to ``highest`` after each layer."""
    import numpy as np

    magnitude = np.ones(len(m))
    for (kernel, other), times in layers:
        turn = m * (other % rate) % rate
        below = kernel * np.sin(pi / rate * turn)
        above = np.sin(pi / rate * (kernel * turn % rate))
        with np.errstate(invalid="ignore"):
            magnitude *= np.where(turn == 0, 1.0, np.abs(above / below)) ** times
        kept = magnitude > highest
        m, magnitude = m[kept], magnitude[kept]
        if not len(m):
            break
    return float(magnitude.max(initial=highest))
