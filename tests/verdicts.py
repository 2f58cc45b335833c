"""The verdict on a network as every place says it."""

from __future__ import annotations

import json
import re

from rich.console import Console

import rfscope as rf
from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis
from rfscope.plots.caption import caption, label
from rfscope.text.as_json import analysis_data, dump
from rfscope.text.facts import Comparison
from rfscope.text.report import report

__all__ = ["everywhere", "headed"]


def everywhere(analysis: Analysis) -> dict[str, str]:
    """The verdict in capitals by the place that says it: in Python, in JSON, compared, under a picture, by lint."""
    said = {
        "Python": _capital(analysis.verdict),
        "JSON": _capital(json.loads(dump(analysis_data(analysis)))["verdict"]),
        "lint": _linted(analysis),
    }
    if analysis.outputs:  # else there is nothing to compare or to draw
        said["compare"] = Comparison((analysis,)).rows["verdict"][0]
        if analysis.output.is_placed:
            said["caption"] = _captioned(analysis)
    return said


def headed(analysis: Analysis) -> str:
    """The verdict in the first line of the answer to ``analyze``."""
    [said] = re.findall(
        r"\b(?:HOLES|GRIDDING|OK|GLOBAL|UNKNOWN)\b", str(next(iter(report(analysis, Console(width=100)))))
    )
    return str(said)


def _capital(verdict: str | None) -> str:
    return (verdict or "unknown").upper()


def _captioned(analysis: Analysis) -> str:
    try:
        return caption(analysis).removeprefix(f"{label(analysis)}: ").partition(",")[0]
    except LimitError:  # what a picture would show is too large to be drawn
        return _capital(analysis.verdict)


def _linted(analysis: Analysis) -> str:
    """What the findings alone say; for what findings do not tell apart, what the analysis says."""
    found = rf.lint(analysis)
    if {"RFS101", "RFS306"} & {one.code for one in found}:
        return "HOLES"
    if {"RFS102", "RFS105"} & {one.code for one in found if one.level == "warning"}:
        return "GRIDDING"
    sound = analysis.verdict in {"ok", "global", None}
    return _capital(analysis.verdict) if sound else "not HOLES, not GRIDDING"
