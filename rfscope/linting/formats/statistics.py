"""How often each rule found something, the most frequent first."""

from __future__ import annotations

import json
from collections import Counter
from typing import NamedTuple

from rfscope.linting.run import Report
from rfscope.rules import RULES, Level, Rule

__all__ = ["statistics", "statistics_json"]


class _Row(NamedTuple):
    rule: Rule
    level: Level
    times: int


def statistics(report: Report) -> str:
    """One line for each rule and level: count, code, name, level."""
    rows = _rows(report)
    width = max((len(str(row.times)) for row in rows), default=0)
    return "".join(f"{row.times:>{width}}  {row.rule.code}  {row.rule.name:<20}  {row.level}\n" for row in rows)


def statistics_json(report: Report) -> str:
    """A JSON list with one object for each rule and level."""
    return (
        json.dumps(
            [
                {"code": row.rule.code, "name": row.rule.name, "level": row.level, "count": row.times}
                for row in _rows(report)
            ]
        )
        + "\n"
    )


def _rows(report: Report) -> list[_Row]:
    counted = Counter((finding.code, finding.level) for _, finding in report)
    rows = [
        _Row(rule, level, times)
        for rule in RULES
        for (code, level), times in counted.items()
        if code == rule.code and level
    ]
    return sorted(rows, key=lambda row: -row.times)
