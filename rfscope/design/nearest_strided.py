"""The nearest schedule of layers with strides between them that leaves no holes, on the input or on a map on the way.

The dynamic program finds the nearest that reads all of the input, so that none is nearer. If that one skips positions
of a map behind a stride, all schedules are gone through, those of the fewest changes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count, islice
from time import monotonic

from rfscope import limits
from rfscope.design.certificate import Certificate
from rfscope.design.layers import Layers
from rfscope.design.nearest import Bounds, Nearest, by_placing
from rfscope.design.strides import on_input, reads_all_behind
from rfscope.errors import LimitError
from rfscope.exact.meeting import meeting
from rfscope.exact.taps import Taps, extent_of
from rfscope.network.reads import Window

__all__ = ["nearest_strided"]

_BLOCK = 2**14
"""Schedules that are looked at together."""


def nearest_strided(taps: Sequence[Taps], strides: Sequence[int], bounds: Bounds) -> Nearest | None:
    """Find the nearest schedule without holes; None if there is none within the bounds.

    Of those equally near it is the one whose adjacent outputs meet first, then the widest; if the dynamic program's
    answer will do, it is that.

    Args:
        taps: Kernel and rate of each layer.
        strides: Stride of each layer.
        bounds: What else is asked.

    Raises:
        LimitError: It takes more steps than the limit ``candidates``, or longer than ``search-seconds``.

    Example:
        >>> found = nearest_strided([Taps(3, 2), Taps(3, 2), Taps(3, 2)], (1, 2, 1), Bounds())
        >>> [rate for _, rate in found.taps], found.distance
        ([1, 2, 1], 2)
    """
    first = by_placing(taps, bounds, strides)
    if first is None or _sound([first.taps], strides, bounds):
        return first
    kernels, rates = zip(*taps, strict=True)
    layers = Layers.of(kernels, bounds.max_rate, strides=tuple(strides))
    largest = [(layers.widest - 1) // own for own in layers.each]
    farthest = sum(max(rate - 1, most - rate) for rate, most in zip(rates, largest, strict=True))
    examined, end = 0, monotonic() + limits.limit("search-seconds")
    for apart in count(first.distance):
        if apart > farthest:
            return None
        found: list[tuple[Taps, ...]] = []
        others = _at(rates, apart)
        while block := [*islice(others, _BLOCK)]:
            examined += len(block)
            limits.check("candidates", examined, where="the nearest schedule")
            if monotonic() > end:
                do = "give fewer layers or smaller rates, or more time with --limit search-seconds=N"
                raise LimitError("no time to find the nearest schedule", where="the rates to be near to", do=do)
            found += _sound([tuple(map(Taps, kernels, one)) for one in block], strides, bounds)
        if found:
            best = min(found, key=lambda one: _price(one, strides))
            return Nearest(best, apart, Certificate(claim="optimal", method="deepening", examined=examined))
    return None


def _sound(schedules: Sequence[tuple[Taps, ...]], strides: Sequence[int], bounds: Bounds) -> list[tuple[Taps, ...]]:
    """Those within the bounds that skip nothing, on the input and on each map that dilated layers read."""
    import numpy as np

    from rfscope.exact import batch

    kernels = [kernel for kernel, _ in schedules[0]]
    rates = np.array([[rate for _, rate in one] for one in schedules], np.int64).T
    whole = np.array([[rate for _, rate in on_input(one, strides)] for one in schedules], np.int64).T
    kept = batch.hole_free(kernels, whole) & reads_all_behind(kernels, strides, rates)
    return [one for one, fine in zip(schedules, kept, strict=True) if fine and bounds.hold(one, strides)]


def _price(taps: tuple[Taps, ...], strides: Sequence[int]) -> tuple[int, int, tuple[Taps, ...]]:
    windows = [
        Window(kernel=one.kernel, dilation=one.rate, stride=stride) for one, stride in zip(taps, strides, strict=True)
    ]
    return meeting(windows).isolated, -extent_of(on_input(taps, strides)), taps


def _at(rates: Sequence[int], apart: int) -> Iterator[tuple[int, ...]]:
    """All rates that are so many steps away."""
    if not rates:
        if not apart:
            yield ()
        return
    for steps in range(apart + 1) if len(rates) > 1 else (apart,):
        for rate in {rates[0] - steps, rates[0] + steps}:
            if rate >= 1:
                yield from ((rate, *rest) for rest in _at(rates[1:], apart - steps))
