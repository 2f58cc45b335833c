"""RFS102: rates that share a factor."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.exact.pieces import Piece, Run
from rfscope.exact.stages import Apart
from rfscope.rules.axes import layer_text, layers_text, only_axis
from rfscope.rules.base import Finding, rule
from rfscope.rules.suggestions import KEEP_TRAINED, coprime, first_sound, spared
from rfscope.wording import rates_text, schedule_text

__all__ = ["common_factor", "run_text"]

_MIX = "a dense layer (rate 1, more than one tap) after them lets the images meet again"


@rule(code="RFS102", name="common-factor", level="warning", key="dilation")
def common_factor(analysis: Analysis) -> Iterator[Finding]:
    """The rates of consecutive dilated layers share a factor, and nothing after them mixes.

    Every layer of such a dilated stage stays on the sub-grid it starts from, so adjacent outputs never read a common
    position inside it, shortcuts beside it included: the map falls into interleaved images that do not talk to each
    other. No pixel need be lost, as a dense layer before the stage may have filled every hole. A grid may show then,
    and need not.

    A dense layer after it, or a transposed convolution whose kernel exceeds its stride, at any output stride, lets the
    images meet again, and in a causal 1-D network the separate phases are by design: there the finding is for
    information. The verdict on a network without holes is GRIDDING if and only if this rule or RFS105, with its
    default threshold, warns.

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
    names = tuple(step.name for step in run.steps)
    images = run.splits ** len(schedule.axes)
    if apart.mixed_by is not None:
        so, then = f", but {layer_text(apart.mixed_by)} mixes what they keep apart", ""
    elif apart.causal:
        so, then = ", which is by design in a causal network", ""
    else:
        so = f": {images} interleaved images that never meet"
        then = "Adjacent outputs read nothing in common there: a grid may show"
    lost = "Positions are skipped, too (RFS101)"
    kept = "No position is lost: other layers fill every hole"
    return Finding(
        message=f"{layers_text(names)} share the factor {run.factor}{so}",
        details=". ".join(
            filter(
                None,
                [
                    f"Their rates are {run_text(run)}, at output stride {schedule.resolution}",
                    then,
                    lost if analysis.judgement.has_holes(schedule) else kept,
                ],
            )
        ),
        help=_advice(analysis, schedule, run) if apart.accused else "",
        node=names[0],
        axis=only_axis(schedule.axes, analysis),
        level=None if apart.accused else "info",
        about=names,
    )


def _advice(analysis: Analysis, schedule: Piece, run: Run) -> str:
    if analysis.judgement.has_holes(schedule):
        return "close the holes first (RFS101); then see that the rates share no factor"
    rates = {step.name: step.taps.rate for step in run.steps}
    if spared(schedule):
        return f"{_MIX}; {KEEP_TRAINED}"
    if len(run.line) < len(run.steps):  # partly side by side
        return _MIX
    found = first_sound(analysis, "RFS102", run.steps[0].name, schedule.axes, coprime(rates))
    if found is None:
        return f"no change of one of these rates that was tried passes every rule; {_MIX}"
    before, after = (rates_text(list(one.values())) for one in (rates, found))
    return f"change one of the rates so that they share no factor: {after} instead of {before}"


def run_text(run: Run) -> str:
    """The rates of a run in order, those that stand side by side apart: ``2,4, then side by side 6 | 12``."""
    return schedule_text([[[(0, step.taps.rate) for step in line] for line in lines] for lines in run.segments])
