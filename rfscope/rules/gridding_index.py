"""RFS105: counts that repeat like a grid."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.errors import LimitError
from rfscope.exact import gridding
from rfscope.exact.analysis import Analysis
from rfscope.exact.pieces import Piece
from rfscope.exact.taps import Taps
from rfscope.rules.axes import layers_text, only_axis
from rfscope.rules.base import Finding, Threshold, rule
from rfscope.rules.suggestions import RatesByLayer, first_sound, spared
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

    The index goes from 0, smooth, to 1, separate grids. It is the largest magnitude of the usage counts' Fourier
    transform at the frequencies of the grids that the rates could leave, relative to the sum of the counts: a
    heuristic for plain chains. Schedules with holes or a common factor have findings of their own and are left out,
    and causal networks, too.

    Bad:  1,1,1,1,1,11
    Good: 1,1,1,1,5,11
    Source: the transform of a product of dilated kernels is the product of their Dirichlet kernels.
    """
    for schedule in () if analysis.judgement.all_causal else analysis.judgement.even:
        yield from _findings(analysis, schedule, max_gridding_index)


def _findings(analysis: Analysis, schedule: Piece, most: float) -> Iterator[Finding]:
    first, axis = schedule.serial_runs[0].steps[0].name, only_axis(schedule.axes, analysis)
    try:
        index = gridding.gridding_index(schedule.taps, above=most)  # only what is above: much faster on long schedules
    except LimitError as error:
        yield Finding(
            message=f"the gridding index of {layers_text(schedule.nodes)} was not computed",
            details=f"{str(error)[0].upper()}{str(error)[1:]}",
            help="raise the limit, or judge the schedule by its holes and factors alone",
            node=first,
            axis=axis,
            level="info",
        )
        return
    if index > most:
        changes = () if spared(schedule) else _smoother(schedule, most)
        found = first_sound(analysis, "RFS105", first, schedule.axes, changes)
        rates = schedule.rates if found is None else [found[name] for name in schedule.nodes]
        before, after = rates_text(schedule.rates, schedule.kernels), rates_text(rates, schedule.kernels)
        yield Finding(
            message=f"gridding index {index:.2f}, above {most:g}: the counts of {layers_text(schedule.nodes)} repeat "
            "like a grid",
            details=f"Every position is read, but some far more often than others. The rates are {before}",
            help="" if found is None else f"write {after} instead of {before}",
            node=first,
            axis=axis,
            about=schedule.nodes,
        )


def _smoother(schedule: Piece, most: float) -> Iterator[RatesByLayer]:
    """The largest rate lowered, least first, where that brings the index down far enough."""
    place = max(range(len(schedule.taps)), key=lambda at: schedule.taps[at].rate)
    for rate in range(schedule.rates[place] - 1, 0, -1):
        taps = [*schedule.taps[:place], Taps(schedule.kernels[place], rate), *schedule.taps[place + 1 :]]
        if gridding.gridding_index(taps, above=most) <= most:
            yield {**dict(zip(schedule.nodes, schedule.rates, strict=True)), schedule.nodes[place]: rate}
