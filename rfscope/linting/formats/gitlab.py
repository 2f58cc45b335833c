"""For GitLab: a code quality report, shown in merge requests."""

from __future__ import annotations

import json
from typing import Any

from rfscope.linting.formats.fingerprints import fingerprints
from rfscope.linting.paths import in_utf8
from rfscope.linting.run import Report, TargetFindings
from rfscope.rules import Finding

__all__ = ["gitlab"]

_SEVERITY = {"error": "major", "warning": "minor", "info": "info"}


def gitlab(report: Report) -> str:
    """A JSON list with one object a finding, in the six fields that GitLab reads."""
    records = [
        _record(judgement, finding, fingerprint)
        for (judgement, finding), fingerprint in zip(report, fingerprints(report), strict=True)
    ]
    return json.dumps(records) + "\n"


def _record(judgement: TargetFindings, finding: Finding, fingerprint: str) -> dict[str, Any]:
    row = finding.origin.row if finding.origin else None
    return {
        "description": f"{finding.node}: {finding.advised('. Help: ')}",
        "check_name": f"{finding.code} {finding.name}",
        "fingerprint": fingerprint,
        "severity": _SEVERITY[finding.level or "error"],
        "location": {"path": in_utf8(judgement.file(finding)), "lines": {"begin": row or 1}},
    }
