"""For people: every finding with its line and its help, then what was judged."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

from rfscope.linting.run import Report, TargetFindings, tally_text
from rfscope.rules import Finding

__all__ = ["full"]

_MOST_JUDGED = 10
"""Targets that are named at the end, each with what was judged of it; of more only the number."""


def full(report: Report) -> str:
    """Every finding: where, which rule, its line, what, why and what to write instead; then what was judged."""
    blocks = [_told(judgement, finding, report.width) for judgement, finding in report]
    judged = any(judgement.failure is None for judgement in report.judgements)
    if not report.brief and (judged or report.passed_over):
        blocks.append("\n".join(_judged(report)))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _told(judgement: TargetFindings, finding: Finding, width: int) -> str:
    axis = "" if finding.axis is None else f", axis {finding.axis}"
    head = f"{finding.level}[{finding.code}] {finding.name} at {judgement.place(finding)}: {finding.node}{axis}"
    help_text = f"help: {finding.help}" if finding.help else ""
    texts = [f"{finding.message}.", finding.details and f"{finding.details}.", help_text]
    said = [_indented(text, width) for text in texts if text]
    return "\n".join([head, *_line(judgement, finding, width), *said])


def _line(judgement: TargetFindings, finding: Finding, columns: int) -> Iterator[str]:
    """The line that a finding is about, with a mark under the place in it; of a long line the part around it."""
    origin, there = finding.origin, judgement.excerpt(finding)
    if origin and there:
        number, at = str(origin.row), len(there.before)
        width = columns - len(number) - 5
        first = max(0, at - width // 4) if len(there.line) > width else 0
        yield f"  {number} | {there.line[first : first + width]}"
        if origin.column:
            yield f"  {' ' * len(number)} | {' ' * (at - first)}{'^' * min(len(there.marked), width - at + first)}"


def _indented(text: str, width: int) -> str:
    return fill(
        text, width, initial_indent="  ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def _judged(report: Report) -> Iterator[str]:
    judged = [judgement for judgement in report.judgements if judgement.failure is None]
    if len(judged) > _MOST_JUDGED:
        yield f"Judged {len(judged)} networks."
    else:
        for judgement in judged:
            yield f"Judged {judgement.label}: {'; '.join(judgement.judged) or 'no dilated layer'}."
    broken = len(report.judgements) - len(judged)
    if broken:
        yield f"Not judged: {broken} of {len(report.judgements)}; see the error{'s' if broken > 1 else ''}."
    count = len(report.passed_over)
    files = "1 file that is no spec" if count == 1 else f"{count} files that are no specs"
    yield f"{tally_text(report)}.{f' Passed over: {files}; see --show-files.' if count else ''}"
