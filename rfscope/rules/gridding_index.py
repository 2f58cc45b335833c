"""RFS105: counts that repeat like a grid."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.errors import LimitError
from rfscope.exact import gridding
from rfscope.exact.analysis import Analysis
from rfscope.exact.verdict import Schedule
from rfscope.rules.axes import axes_of
from rfscope.rules.base import Finding, Threshold, rule
from rfscope.wording import rates_text

__all__ = ["gridding_index"]


@rule(
    code="RFS105",
    name="gridding-index",
    level="warning",
    key="dilation",
    thresholds=[Threshold("max_gridding_index", float, "Gridding index above which RFS105 warns", most=1, default=0.5)],
)
def gridding_index(analysis: Analysis, *, max_gridding_index: float) -> Iterator[Finding]:
    """Every pixel is read, but how often repeats like a grid: the gridding index is above the allowed value.

    The index is the largest magnitude of the usage counts' Fourier transform at the frequencies of the grids that
    the rates could leave, relative to the sum of the counts: 0 is smooth, 1 are sub-grids that never meet. It is a
    heuristic for plain chains. Schedules with holes or a common factor have findings of their own and are left out.

    Bad:  1,1,1,1,1,11
    Good: 1,1,1,1,5,11
    Source: the transform of a product of dilated kernels is the product of their Dirichlet kernels.
    """
    for schedule in analysis.schedules:
        if schedule.serial_runs and not schedule.has_holes and not any(run.never_meets for run in schedule.runs):
            for axis in axes_of(schedule, analysis):
                yield from _findings(schedule, max_gridding_index, axis)


def _findings(schedule: Schedule, most: float, axis: int | None) -> Iterator[Finding]:
    first = schedule.serial_runs[0].steps[0].name
    try:
        index = gridding.gridding_index(schedule.taps, above=most)  # only what is above: much faster on long schedules
    except LimitError as error:
        yield Finding(
            message=f"the gridding index of {schedule.piece.label} was not computed: {error}",
            help="raise the limit, or judge the schedule by its holes and factors alone",
            node=first,
            axis=axis,
            level="info",
        )
        return
    if index > most:
        yield Finding(
            message=f"gridding index {index:.2f}, above {most:g}: every position is read, but the usage counts "
            f"of the rates {rates_text(schedule.rates, schedule.kernels)} repeat like a grid",
            help="add a layer with a rate between the largest and the others, or lower the largest",
            node=first,
            axis=axis,
        )
