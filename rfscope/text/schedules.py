"""What is true of a schedule, in users' words: the published rules, the exact test, its dilated stages, safe rates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rfscope.exact.analysis import Analysis
from rfscope.exact.pieces import Piece, Run
from rfscope.rules.common_factor import run_text
from rfscope.text.facts import distance_text, factor_text
from rfscope.wording import rates_text

__all__ = ["exact_test", "few_rates", "published_rules", "run_facts", "safe_rates"]


_LONG_ROW = re.compile(r"[0-9]+(,[0-9]+)+")
_WRITTEN = 14
"""Rates of one row that are all written."""


def published_rules(schedule: Piece) -> str:
    """The published rules as published, each with its verdict."""
    failing = [group for group in schedule.groups if group.ok is False]
    where = f" for {few_rates(rates_text(failing[0].rates))}" if failing and len(schedule.groups) > 1 else ""
    return f"{distance_text(schedule)}{where}; gcd {factor_text(schedule)}."


def exact_test(analysis: Analysis, schedule: Piece) -> str:
    """The exact test's verdict on the schedule, and on the network where other layers make a difference."""
    bad = analysis.judgement.has_holes(schedule)
    if schedule.hole_free:
        return "no holes on the main path, but beside it" if bad else "no holes"
    return "holes" if bad or not schedule.serial_runs else "holes on the main path, which other layers fill"


def few_rates(text: str) -> str:
    """Rates as they are written, with the middle of a long row left out.

    Example:
        >>> few_rates(",".join(["1"] * 4 + ["2"] * 20 + ["4"]))
        '1,1,1,1,2,2,…,2,2,2,4'
    """
    return _LONG_ROW.sub(lambda row: _ends(row.group().split(",")), text)


def _ends(rates: Sequence[str]) -> str:
    return ",".join(rates if len(rates) <= _WRITTEN else [*rates[:6], "…", *rates[-4:]])


def run_facts(run: Run, *, alone: bool) -> str:
    """What is true of one dilated stage; its rates, too, unless it is alone at its output stride."""
    rates = rates_text([taps.rate for taps in run.taps], [taps.kernel for taps in run.taps])
    if len(run.line) < len(run.steps) and not run.pyramid:
        rates = run_text(run)
    before = f"field of the layers before: {run.lead_in}"
    rates = few_rates(rates)
    if run.pyramid:
        sampling = [str(taps.rate) for taps in run.taps if taps.rate > run.lead_in]
        more = "exceeds it and samples" if len(sampling) == 1 else "exceed it and sample"
        fact = f"; {', '.join(sampling)} {more}, as a pyramid may" if sampling else "; no rate exceeds it"
        return f"Parallel branches {rates}: {before}{fact}"
    facts = [before]
    if len(run.steps) > 1:
        facts.append(f"adjacent outputs {'share no input' if run.never_meets else 'share inputs'} in it")
    place = f"{run.steps[0].name} .. {run.steps[-1].name}" if len(run.steps) > 1 else run.steps[0].name
    return f"Dilated stage {place}{'' if alone else f' ({rates})'}: {'; '.join(facts)}"


def safe_rates(analysis: Analysis, schedule: Piece) -> Iterator[tuple[str, str]]:
    """Each layer's rates that leave no holes while the others keep theirs; none if other layers decide."""
    if schedule.hole_free != analysis.judgement.has_holes(schedule):
        for node, safe in zip(schedule.nodes, analysis.judgement.safe_rates(schedule), strict=True):
            yield node, "none" if safe is None else str(safe[0]) if safe[0] == safe[1] else f"{safe[0]} to {safe[1]}"
