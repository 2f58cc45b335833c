"""RFS105: counts that repeat like a grid."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact import gridding
from rfscope.exact.analysis import Analysis
from rfscope.exact.verdict import Schedule
from rfscope.rules.axes import axes_of
from rfscope.rules.base import Finding, rule
from rfscope.wording import rates_text

__all__ = ["gridding_index"]


@rule(code="RFS105", name="gridding-index", level="warning")
def gridding_index(analysis: Analysis, *, max_gridding_index: float = 0.5) -> Iterator[Finding]:
    """Every pixel is read, but how often repeats like a grid: the gridding index is above the allowed value.

    The index is the largest magnitude of the usage counts' Fourier transform at the frequencies of the grids that
    the rates could leave, relative to the sum of the counts: 0 is smooth, 1 are sub-grids that never meet. It is a
    heuristic for plain chains. Schedules with holes or a common factor have findings of their own and are left out.

    Bad:  1,1,1,1,1,11
    Good: 1,1,1,1,5,11
    Source: the transform of a product of dilated kernels is the product of their Dirichlet kernels.
    """
    for schedule in analysis.schedules:
        if schedule.runs and schedule.hole_free and not any(run.never_meets for run in schedule.runs):
            index = _index_above(schedule, max_gridding_index)
            if index is not None:
                rates = rates_text(schedule.rates, schedule.kernels)
                for axis in axes_of(schedule, analysis):
                    yield Finding(
                        message=f"gridding index {index:.2f}, above {max_gridding_index:g}: every position is read, "
                        f"but the usage counts of the rates {rates} repeat like a grid",
                        help="add a layer with a rate between the largest and the others, or lower the largest",
                        node=schedule.runs[0].steps[0].name,
                        axis=axis,
                    )


def _index_above(schedule: Schedule, threshold: float) -> float | None:
    """The index where it is above the threshold; asking only for that is much faster on long schedules."""
    index = gridding.gridding_index(schedule.taps, above=threshold)
    return index if index > threshold else None
