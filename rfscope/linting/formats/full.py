"""For people: every finding with its help, then what was judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill

from rfscope.linting.run import Judgement, tally
from rfscope.rules import Finding

__all__ = ["full"]

_WIDTH = 100


def full(judgements: Sequence[Judgement]) -> str:
    """Every finding: where, which rule, what, why and what to write instead; then what was judged."""
    if not judgements:
        return ""
    blocks = [_finding(judgement, finding) for judgement in judgements for finding in judgement.findings]
    return "\n\n".join([*blocks, "\n".join(_judged(judgements))]) + "\n"


def _finding(judgement: Judgement, finding: Finding) -> str:
    origin = judgement.origin(finding)
    axis = "" if finding.axis is None else f", axis {finding.axis}"
    place = f"{origin}: {finding.node}" if origin else f"{judgement.target}: {finding.node}"
    head = f"{finding.level}[{finding.code}] {finding.name} at {place}{axis}"
    return "\n".join([head, _indented(f"{finding.message}."), _indented(f"help: {finding.help}")])


def _indented(text: str) -> str:
    return fill(
        text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def _judged(judgements: Sequence[Judgement]) -> Iterator[str]:
    for judgement in judgements:
        schedules = [
            f"{schedule.piece.label} ({','.join(map(str, schedule.rates))})"
            for schedule in judgement.analysis.schedules
        ]
        yield f"Judged {judgement.target}: {'; '.join(schedules) or 'no dilated layer'}."
    counts = [
        f"{count} {level if count == 1 or level == 'info' else f'{level}s'}"
        for level, count in tally(judgements).items()
    ]
    yield f"{', '.join(counts)}."
