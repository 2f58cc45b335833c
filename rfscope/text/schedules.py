"""What is true of a schedule, in users' words: the published rules, the exact test, its runs, what to write instead."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.exact.pieces import Piece, Run
from rfscope.exact.schedule import judge
from rfscope.exact.taps import Taps
from rfscope.rules.common_factor import run_text
from rfscope.rules.suggestions import instead_of_holes
from rfscope.text.facts import distance_text, meeting_text
from rfscope.wording import percent, rates_text

__all__ = ["advice", "exact_test", "published_rules", "run_facts", "safe_rates"]


def published_rules(schedule: Piece) -> str:
    """The published rules as published, each with its verdict."""
    failing = [group for group in schedule.groups if group.ok is False]
    where = f" for {rates_text(failing[0].rates)}" if failing and len(schedule.groups) > 1 else ""
    factor = f"common factor {schedule.factor} fails" if schedule.factor > 1 else "no common factor holds"
    return f"{distance_text(schedule)}{where}; {factor}."


def exact_test(analysis: Analysis, schedule: Piece) -> str:
    """The exact test's verdict on the schedule, and on the network where other layers make a difference."""
    bad = analysis.judgement.has_holes(schedule)
    if schedule.hole_free:
        return "no holes on the main path, but beside it" if bad else "no holes"
    return "holes" if bad or not schedule.serial_runs else "holes on the main path, which other layers fill"


def run_facts(run: Run, axes: int) -> str:
    """What is true of one dilated run over so many axes."""
    rates = rates_text([taps.rate for taps in run.taps], [taps.kernel for taps in run.taps])
    if len(run.line) < len(run.steps) and not run.pyramid:
        rates = run_text(run)
    if run.pyramid:
        facts = [
            f"branch of rate {taps.rate} needs a lead-in field of {taps.rate}, has {run.lead_in}" for taps in run.taps
        ]
        return f"Parallel branches {rates}: {'; '.join(facts)}"
    facts = [f"lead-in field {run.lead_in}", f"reads {percent(run.own_share(axes))} of its own window"]
    if len(run.steps) > 1:
        facts.append("neighbours never meet in it" if run.never_meets else "neighbours meet in it")
    place = f"{run.steps[0].name} .. {run.steps[-1].name}" if len(run.steps) > 1 else run.steps[0].name
    return f"Dilated run {place} ({rates}): {', '.join(facts)}"


def advice(analysis: Analysis, schedule: Piece) -> str | None:
    """What to write instead and how it would do, if the schedule has holes and the rules know a better one."""
    if schedule.hole_free or not analysis.judgement.has_holes(schedule):
        return None
    found = instead_of_holes(analysis, schedule)
    if found is None:
        return None
    repaired = judge(map(Taps, schedule.kernels, found))
    met, index = repaired.meeting, repaired.gridding_index
    meet = "neighbours never meet" if met.depth is None else f"neighbours meet {meeting_text(met)}"
    striped = "unknown (too long to compute)" if index is None else f"{index:.2f}"
    facts = [f"sees {repaired.extent}", "no holes", f"striped {striped}", meet]
    several = schedule.is_all_of(analysis.network) and not any(analysis.judgement.safe_rates(schedule))
    how = "No single change removes the holes; write" if several else "Instead:"
    return f"{how} {rates_text(found, schedule.kernels)} ({', '.join(facts)})"


def safe_rates(analysis: Analysis, schedule: Piece) -> Iterator[tuple[str, str]]:
    """Each layer's rates that leave no holes while the others keep theirs; none if other layers decide."""
    if schedule.hole_free != analysis.judgement.has_holes(schedule):
        for node, safe in zip(schedule.nodes, analysis.judgement.safe_rates(schedule), strict=True):
            yield node, "none" if safe is None else str(safe[0]) if safe[0] == safe[1] else f"{safe[0]} to {safe[1]}"
