"""How findings name the axes they are about."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from rfscope.exact.analysis import Analysis
from rfscope.exact.verdict import Schedule

__all__ = ["axes_of", "only_axis"]


def only_axis(axes: Collection[int], analysis: Analysis) -> int | None:
    """The axis that a finding on some axes names: none if it holds along all of them, else the first."""
    return None if len(axes) == analysis.network.dims else min(axes)


def axes_of(schedule: Schedule, analysis: Analysis) -> Iterator[int | None]:
    """The axes that findings on a schedule name: none if it holds along all of them."""
    if len(schedule.axes) == analysis.network.dims:
        yield None
    else:
        yield from schedule.axes
