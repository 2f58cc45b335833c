"""How findings on a schedule name its axes."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.exact.verdict import Schedule

__all__ = ["axes_of"]


def axes_of(schedule: Schedule, analysis: Analysis) -> Iterator[int | None]:
    """The axes that findings on a schedule name: none if it holds along all of them."""
    if len(schedule.axes) == analysis.network.dims:
        yield None
    else:
        yield from schedule.axes
