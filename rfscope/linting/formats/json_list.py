"""For scripts: a list of findings in JSON."""

from __future__ import annotations

import json
from typing import Any

from rfscope.linting.paths import in_utf8
from rfscope.linting.run import Report, TargetFindings
from rfscope.rules import Finding

__all__ = ["json_list"]


def json_list(report: Report) -> str:
    """A JSON list with one object a finding; empty if there is none."""
    return json.dumps([_record(judgement, finding) for judgement, finding in report]) + "\n"


def _record(judgement: TargetFindings, finding: Finding) -> dict[str, Any]:
    origin = finding.origin
    return {
        "code": finding.code,
        "name": finding.name,
        "level": finding.level,
        "message": finding.message,
        "details": finding.details,
        "help": finding.help,
        "target": in_utf8(judgement.target),
        "node": finding.node,
        "axis": finding.axis,
        "filename": in_utf8(origin.file) if origin else None,
        "location": {"row": origin.row, "column": origin.column} if origin and origin.row else None,
        "url": None,
    }
