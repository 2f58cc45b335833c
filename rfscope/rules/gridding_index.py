"""RFS105: counts that repeat like a grid."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact import gridding
from rfscope.exact.analysis import Analysis
from rfscope.exact.verdict import Schedule
from rfscope.rules.base import Finding, rule
from rfscope.rules.wording import axes_of, rates_text

__all__ = ["gridding_index"]


@rule(code="RFS105", name="gridding-index", level="warning")
def gridding_index(analysis: Analysis, *, max_gridding_index: float = 0.5) -> Iterator[Finding]:
    """Every pixel is read, but how often repeats like a grid: the gridding index is above the allowed value.

    The index is the largest magnitude of the usage counts' Fourier transform at the frequencies of the grids that
    the rates could leave, relative to the sum of the counts: 0 is smooth, 1 are sub-grids that never meet. It is a
    heuristic for plain chains. Schedules with holes or a common factor have findings of their own and are left out.

    Bad:  1,6@2,3
    Good: 1,2,5
    Source: the transform of a product of dilated kernels is the product of their Dirichlet kernels.
    """
    for schedule in analysis.schedules:
        if (
            schedule.runs
            and schedule.hole_free
            and not any(_split(run.splits, len(run.steps)) for run in schedule.runs)
        ):
            index = _index_above(schedule, max_gridding_index)
            if index is not None:
                for axis in axes_of(schedule, analysis):
                    yield Finding(
                        message=f"gridding index {index:.2f}, above {max_gridding_index:g}: every position is read, but the "
                        f"usage counts of the rates {rates_text(schedule.rates, schedule.kernels)} repeat like a grid",
                        help="add a layer of a rate that shares no factor with the largest ones, or lower the largest rate",
                        node=schedule.runs[0].steps[0].name,
                        axis=axis,
                    )


def _split(splits: int, layers: int) -> bool:
    return splits > 1 and layers > 1


def _index_above(schedule: Schedule, threshold: float) -> float | None:
    """The index where it is above the threshold; asking only for that is much faster on long schedules."""
    index = gridding.gridding_index(schedule.taps, above=threshold)
    return index if index > threshold else None
