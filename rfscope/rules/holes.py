"""RFS101: pixels that are never read."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.exact.coverage import Coverage
from rfscope.exact.taps import Taps, extent_of
from rfscope.exact.verdict import Schedule
from rfscope.rules.axes import axes_of
from rfscope.rules.base import Finding, rule
from rfscope.wording import first_few, percent, rates_text, size_text

__all__ = ["holes"]

_WHY = "what lies there is lost to it, and neighbours that skip other positions disagree with it: expect a grid pattern"


@rule(code="RFS101", name="holes", level="error", key="dilation")
def holes(analysis: Analysis) -> Iterator[Finding]:
    """Positions inside the receptive field that no output of the layers at one resolution reads.

    An output skips part of what it spans, so detail there is lost to it, and neighbouring outputs that skip different
    parts disagree: a grid pattern. The test is exact. Sort the layers by rate; none may exceed the receptive field
    of those sorted before it. So a rate of 1 is necessary, the order of the layers does not matter, and the message
    can name the layer and the largest rate that would be allowed there.

    Dense layers at the same resolution, before or behind, count: they can close holes. Layers at another resolution
    do not.

    Bad:  2,4,8
    Good: 1,3,8
    Source: Wang et al., "Understanding Convolution for Semantic Segmentation", WACV 2018, section 3.2, for the effect;
    Brown, "Note on complete sequences of integers", 1961, for the exact test.
    """
    for schedule in analysis.schedules:
        if schedule.has_holes:
            for axis in axes_of(schedule, analysis):
                yield _finding(schedule, axis)
        for head in schedule.piece.judged_heads:
            found = schedule.piece.coverage_at(head)
            if found.holes:
                for axis in axes_of(schedule, analysis):
                    yield _head(head, found, axis)


def _head(name: str, found: Coverage, axis: int | None) -> Finding:
    """Holes seen from an output of the network beside the main path."""
    return Finding(
        message=f"{_reads(name, found)}; {_never(found)}; {_WHY}",
        help="lower the rates that lead to it, or put dense layers before them; rfscope analyze --output names them",
        node=name,
        axis=axis,
    )


def _reads(what: str, found: Coverage) -> str:
    share = percent(found.share)
    return f"one output of {what} reads {found.used} of the {found.pixels} positions it spans ({share})"


def _never(found: Coverage) -> str:
    return f"never read, from the first position: {_missing(found)}"


def _finding(schedule: Schedule, axis: int | None) -> Finding:
    reads, never = _reads(schedule.piece.label, schedule.coverage), _never(schedule.coverage)
    place = schedule.repair.first_bad
    if place is None:  # the main path has none: a branch beside it spans more than it reads
        return _beside(schedule, axis, reads, never)
    layer, rate, allowed = schedule.nodes[place], schedule.rates[place], schedule.repair.allowed[place]
    most = f"at most {allowed} leaves" if allowed > 1 else "only 1 leaves"
    before = rates_text(schedule.rates, schedule.kernels)
    after = rates_text(schedule.repair.repaired, schedule.kernels)
    span = size_text([extent_of(map(Taps, schedule.kernels, schedule.repair.repaired))] * len(schedule.axes))
    return Finding(
        message=f"{reads}: {layer} has rate {rate}, and {most} no holes; {never}; {_WHY}{_unseen(schedule)}",
        help=f"write {after} instead of {before}: it spans {span} and reads all of it",
        node=layer,
        axis=axis,
    )


def _unseen(schedule: Schedule) -> str:
    """Why the published rule passes a schedule that has holes, if it does."""
    if not schedule.m2_ok:
        return ""
    first = set(schedule.kernels) == {3} or min(schedule.rates) > 1
    why = "it never looks at the first rate of a rise" if first else "its constant is meant for kernels of 3"
    return f"; the published rule M_2 <= K passes here, for {why}"


def _beside(schedule: Schedule, axis: int | None, reads: str, never: str) -> Finding:
    """Holes that a branch beside the main path leaves: its largest rate is named."""
    aside = [step for run in schedule.serial_runs for step in run.steps if step.name not in schedule.nodes]
    widest = max(aside or schedule.runs[0].steps, key=lambda step: step.taps.rate)
    return Finding(
        message=f"{reads}: {widest.name}, beside the main path, has rate {widest.taps.rate}; {never}; {_WHY}",
        help="lower the rate, or put dense layers before it until their field is as large",
        node=widest.name,
        axis=axis,
    )


def _missing(found: Coverage) -> str:
    """The first holes: along the axes of a chain, else as places."""
    if found.hole_offsets is not None:
        return first_few(max(found.hole_offsets, key=len))
    return first_few(["/".join(map(str, place)) for place in found.hole_list or ()])
