"""A dilation schedule outside any network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rfscope.exact.schedule import Schedule
from rfscope.exact.taps import Taps

__all__ = ["judge"]


@dataclass(frozen=True)
class _OfTaps(Schedule):
    """A schedule outside any network.

    Attributes:
        taps: Kernel and rate of each layer, all in one unit.
    """

    taps: tuple[Taps, ...] = ()


def judge(taps: Iterable[Taps]) -> Schedule:
    """Judge a schedule.

    Args:
        taps: Kernel and rate of each layer, first layer first, all in one unit.

    Example:
        >>> found = judge([Taps(3, 2), Taps(3, 2), Taps(3, 2)])
        >>> found.m2_ok, found.hole_free, found.agrees, found.repair.repaired
        (True, False, False, (1, 2, 2))
    """
    return _OfTaps(tuple(taps))
