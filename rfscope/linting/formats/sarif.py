"""For code scanning: SARIF 2.1.0, as GitHub reads it."""

from __future__ import annotations

import json
import re
from typing import Any

from rfscope._version import __version__
from rfscope.linting.formats.fingerprints import fingerprints
from rfscope.linting.paths import as_uri
from rfscope.linting.run import Report, TargetFindings
from rfscope.rules import RULES, Finding, Level, Rule

__all__ = ["sarif"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ABOUT = "https://arxiv.org/abs/1702.08502"
"""Where to learn more: the paper that the gridding effect and its published rules come from."""

_URL = re.compile(r"https?://[^\s,;)]+")
_LEVELS: dict[Level, str] = {"error": "error", "warning": "warning", "info": "note"}
_SEVERITIES: dict[Level, str] = {"error": "error", "warning": "warning", "info": "recommendation"}
_HEURISTIC = ("RFS103", "RFS104", "RFS105")
"""Rules of thumb; the others are exact."""


def sarif(report: Report) -> str:
    """One run with every rule, every finding, and a notification for each target that could not be judged."""
    results = [
        _result(judgement, finding, fingerprint)
        for (judgement, finding), fingerprint in zip(report, fingerprints(report), strict=True)
    ]
    failures = [judgement for judgement in report.judgements if judgement.failure is not None]
    run = {
        "tool": {
            "driver": {
                "name": "rfscope",
                "version": __version__,
                "semanticVersion": __version__,
                "informationUri": _ABOUT,
                "rules": [_rule(rule) for rule in RULES],
            }
        },
        "automationDetails": {"id": "rfscope/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not failures,
                "toolExecutionNotifications": [
                    {
                        "level": "error",
                        "message": {"text": _plain(judgement.failure or "")},
                        "locations": [{"physicalLocation": {"artifactLocation": {"uri": as_uri(judgement.target)}}}],
                    }
                    for judgement in failures
                ],
            }
        ],
        "results": results,
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    page = rule.page
    explanation = " ".join(page.explanation.split())
    example = "```\n{}\n```"
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": page.summary},
        "fullDescription": {"text": explanation},
        "helpUri": found[0] if (found := _URL.findall(page.source)) else _ABOUT,
        "help": {
            "text": f"{page.summary} {explanation}\n\nBad:\n{page.bad}\n\nGood:\n{page.good}\n\nSource: {page.source}",
            "markdown": f"{page.summary}\n\n{explanation}\n\nBad:\n\n{example.format(page.bad)}\n\n"
            f"Good:\n\n{example.format(page.good)}\n\nSource: {page.source}",
        },
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
        "properties": {
            "precision": "medium" if rule.code in _HEURISTIC else "very-high",
            "problem.severity": _SEVERITIES[rule.level],
            "tags": ["receptive-field"],
        },
    }


def _result(judgement: TargetFindings, finding: Finding, fingerprint: str) -> dict[str, Any]:
    origin = finding.origin
    name = "" if origin else f"{judgement.label}: "
    return {
        "ruleId": finding.code,
        "ruleIndex": next(index for index, rule in enumerate(RULES) if rule.code == finding.code),
        "level": _LEVELS[finding.level or "error"],
        "message": {"text": _plain(f"{name}{finding.node}: {finding.advised('. Help: ')}")},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": as_uri(judgement.file(finding))},
                    "region": _region(judgement, finding),
                },
                "logicalLocations": [{"name": finding.node, "kind": "module"}],
            }
        ],
        "partialFingerprints": {"rfscope/v1": fingerprint},
    }


def _region(judgement: TargetFindings, finding: Finding) -> dict[str, Any]:
    """Where a finding is in its file, and what stands there."""
    origin, there = finding.origin, judgement.excerpt(finding)
    if origin is None or origin.row is None:
        return {"startLine": 1}
    region: dict[str, Any] = {"startLine": origin.row}
    if origin.column:
        region["startColumn"] = origin.column
    if origin.column and there:
        region["endColumn"] = origin.column + there.width
    if there:
        region["snippet"] = {"text": there.marked}
    return region


def _plain(text: str) -> str:
    """A message in which nothing is a link."""
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]") if "](" in text else text
