"""For editors and logs: one line a finding."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.linting.run import Judgement

__all__ = ["concise"]


def concise(judgements: Sequence[Judgement]) -> str:
    """One line a finding: where, code, level, message."""
    lines = [
        f"{judgement.origin(finding) or judgement.target}: {finding.code} {finding.level}: {finding.message}\n"
        for judgement in judgements
        for finding in judgement.findings
    ]
    return "".join(lines)
