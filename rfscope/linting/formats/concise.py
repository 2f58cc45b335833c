"""For editors and logs: one short line a finding."""

from __future__ import annotations

from rfscope.linting.run import Report

__all__ = ["concise"]


def concise(report: Report) -> str:
    """One line a finding: where, code, level, and the sentence that says it all."""
    return "".join(
        f"{judgement.place(finding)}: {finding.code} {finding.level}: {finding.message}\n"
        for judgement, finding in report
    )
