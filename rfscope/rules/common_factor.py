"""RFS102: rates that share a factor."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.exact.pieces import Piece, Run
from rfscope.exact.stages import Apart
from rfscope.rules.axes import only_axis
from rfscope.rules.base import Finding, rule
from rfscope.rules.suggestions import coprime, first_sound, spared
from rfscope.wording import percent, rates_text, schedule_text

__all__ = ["common_factor", "run_text"]

_KEPT = "no pixel is lost: other layers fill every hole"

_MIX = "a dense layer (3x3, rate 1) behind them lets the images meet again"


@rule(code="RFS102", name="common-factor", level="warning", key="dilation")
def common_factor(analysis: Analysis) -> Iterator[Finding]:
    """The rates of consecutive dilated layers share a factor, and nothing behind them mixes.

    Every layer of such a run stays on the sub-grid it starts from, so neighbouring outputs never read a common
    position inside it, shortcuts beside it included: the map falls into interleaved images that do not talk to each
    other. No pixel need be lost, as a dense layer before the run may have filled every hole, but the result tends to
    show stripes or a grid.

    A dense layer behind, or a transposed convolution whose kernel exceeds its stride, at any resolution, lets the
    images meet again, and in a causal 1-D network the separate phases are a design: there the finding is for
    information.

    Bad:  1,2,4
    Good: 1,2,5
    Source: Wang et al., "Understanding Convolution for Semantic Segmentation", WACV 2018, section 3.2; Wang and Ji,
    "Smoothed Dilated Convolutions", KDD 2018, for the interleaved images.
    """
    schedules = {id(run): schedule for schedule in analysis.schedules for run in schedule.runs}
    for apart in analysis.judgement.apart:
        yield _finding(analysis, schedules[id(apart.run)], apart)


def _finding(analysis: Analysis, schedule: Piece, apart: Apart) -> Finding:
    run = apart.run
    first, last = run.steps[0].name, run.steps[-1].name
    images = run.splits ** len(schedule.axes)
    lost = "pixels are lost, too" if analysis.judgement.has_holes(schedule) else _KEPT
    own = percent(run.own_share(len(schedule.axes)))
    because = ""
    if apart.mixed_by is not None:
        because = f"; {apart.mixed_by} behind it lets the images meet again"
    elif apart.causal:
        because = "; in a causal network that is a design and not an accident"
    return Finding(
        message=f"the rates {run_text(run)} of {first} .. {last} share the factor {run.factor}: neighbouring "
        f"outputs read no common position in this run, which works on {images} interleaved images that may drift "
        f"apart into stripes or a grid; it reads {own} of its own window; {lost}{because}",
        help=_advice(analysis, schedule, run) if apart.accused else "",
        node=first,
        axis=only_axis(schedule.axes, analysis),
        level=None if apart.accused else "info",
        about=tuple(step.name for step in run.steps),
    )


def _advice(analysis: Analysis, schedule: Piece, run: Run) -> str:
    if analysis.judgement.has_holes(schedule):
        return "close the holes first (RFS101); then see that the rates of the run share no factor"
    rates = {step.name: step.taps.rate for step in run.steps}
    if spared(schedule) or len(run.line) < len(run.steps):  # pretrained, or partly side by side
        return _MIX
    found = first_sound(analysis, "RFS102", run.steps[0].name, schedule.axes, coprime(rates))
    if found is None:
        return f"no change of one of these rates that was tried passes every rule; {_MIX}"
    before, after = (rates_text(list(one.values())) for one in (rates, found))
    return f"change one of the rates so that they share no factor: {after} instead of {before}"


def run_text(run: Run) -> str:
    """The rates of a run in order, those that stand side by side apart: ``2,4, then side by side 6 | 12``."""
    return schedule_text([[[(0, step.taps.rate) for step in line] for line in lines] for lines in run.segments])
