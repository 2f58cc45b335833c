"""For pull requests and step summaries: a table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rfscope.linting.run import Report, TargetFindings, tally_text
from rfscope.rules import Finding

__all__ = ["markdown"]

_LONGEST = 60_000
"""Characters of table: a comment on a pull request holds 65,536."""

_SYNTAX = re.compile(r"[\\`*_\[\]|~$<>&@#]")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "@&#8203;", "#": "#&#8203;"}
"""What a backslash does not disarm; the space without width keeps a name from calling people or issues."""


def markdown(report: Report) -> str:
    """A table of findings, those that fit a comment, and what was judged."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    judged = sum(judgement.failure is None for judgement in report.judgements)
    yield f"**rfscope**: {tally_text(report)} in {judged} network{'' if judged == 1 else 's'}."
    rows = [_row(judgement, finding) for judgement, finding in report]
    if rows:
        yield from ("", "| level | rule | where | what | instead |", "|---|---|---|---|---|")
        length = 0
        for number, row in enumerate(rows):
            length += len(row) + 1
            if length > _LONGEST:
                yield from ("", f"{len(rows) - number} more findings are left out here.")
                break
            yield row
    failures = [line for one in report.judgements if one.failure is not None for line in one.failure.split("\n")]
    if failures:
        yield from ("", "Not judged:", "")
        yield from (f"* {_escaped(failure)}" for failure in failures[:20])
    if len(failures) > 20:
        yield f"* and {len(failures) - 20} more"


def _row(judgement: TargetFindings, finding: Finding) -> str:
    axis = "" if finding.axis is None else f", axis {finding.axis}"
    where = f"{judgement.place(finding)}: {finding.node}{axis}"
    cells = (str(finding.level), f"{finding.code} {finding.name}", where, finding.text, finding.help)
    return f"| {' | '.join(map(_escaped, cells))} |"


def _escaped(text: str) -> str:
    """Text in which nothing is syntax."""
    return _SYNTAX.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), text)
