"""RFS102: rates that share a factor."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from rfscope.exact.analysis import Analysis
from rfscope.exact.pieces import Run
from rfscope.exact.schedule import common_factor as factor_of
from rfscope.exact.verdict import Schedule
from rfscope.rules.axes import axes_of
from rfscope.rules.base import Finding, Level, rule
from rfscope.wording import percent, rates_text

__all__ = ["common_factor"]

_KEPT = "no pixel is lost: the other layers at this resolution fill every hole"


@rule(code="RFS102", name="common-factor", level="warning", key="dilation")
def common_factor(analysis: Analysis) -> Iterator[Finding]:
    """The rates of consecutive dilated layers share a factor.

    Every layer of such a run stays on the sub-grid it starts from, so neighbouring outputs of the run never read a
    common position inside it: the map falls into interleaved images that do not talk to each other. No pixel need be
    lost, as a dense layer before the run may have filled every hole, but the result tends to show stripes or a grid.

    A dense layer behind the run lets the images meet again, and in a causal 1-D network the separate phases are a
    design and not an accident: there the finding is for information.

    Bad:  1,2,4
    Good: 1,2,5
    Source: Wang et al., "Understanding Convolution for Semantic Segmentation", WACV 2018, section 3.2; Wang and Ji,
    "Smoothed Dilated Convolutions", KDD 2018, for the interleaved images.
    """
    for schedule in analysis.schedules:
        for run in schedule.runs:
            if run.never_meets:
                for axis in axes_of(schedule, analysis):
                    yield _finding(analysis, schedule, run, axis)


def _finding(analysis: Analysis, schedule: Schedule, run: Run, axis: int | None) -> Finding:
    first, last = run.steps[0].name, run.steps[-1].name
    rates = tuple(taps.rate for taps in run.taps)
    images = run.splits ** len(schedule.axes)
    level, because = _mildness(analysis, run)
    lost = "pixels are lost, too" if schedule.has_holes else _KEPT
    own = percent(run.own_share(len(schedule.axes)))
    return Finding(
        message=f"the rates {rates_text(rates)} of {first} .. {last} share the factor {run.factor}: neighbouring "
        f"outputs read no common position in this run, which works on {images} interleaved images that may drift "
        f"apart into stripes or a grid; it reads {own} of its own window; {lost}{because}",
        help=_advice(schedule, rates),
        node=first,
        axis=axis,
        level=level,
    )


def _mildness(analysis: Analysis, run: Run) -> tuple[Level | None, str]:
    if run.lead_out:
        layers = "a dense layer behind it lets" if run.lead_out == 1 else f"{run.lead_out} dense layers behind it let"
        return "info", f"; {layers} the images meet again"
    if analysis.causal:
        return "info", "; in a causal network that is a design and not an accident"
    return None, ""


def _advice(schedule: Schedule, rates: tuple[int, ...]) -> str:
    if schedule.has_holes:
        return "close the holes first (RFS101); then see that the rates of the run share no factor"
    return f"change one of the rates so that they share no factor, such as {rates_text(_coprime(rates))}"


def _coprime(rates: tuple[int, ...]) -> tuple[int, ...]:
    """The rates with the last of the largest lowered until no factor is left; that opens no hole."""
    place = max(range(len(rates)), key=lambda at: (rates[at], at))
    others = factor_of([rate for at, rate in enumerate(rates) if at != place])
    lowered = next(rate for rate in range(rates[place] - 1, 0, -1) if gcd(rate, others) == 1)
    return (*rates[:place], lowered, *rates[place + 1 :])
