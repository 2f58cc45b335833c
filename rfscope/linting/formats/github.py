"""For GitHub: workflow commands, which the runner shows as annotations on the lines of a change."""

from __future__ import annotations

import re

from rfscope.linting.paths import as_shown, in_utf8
from rfscope.linting.run import Report, TargetFindings
from rfscope.rules import Finding

__all__ = ["github"]

_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|##\[")
"""Control characters, and the runner's other form of a command; line ends are escaped as it undoes it."""

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def github(report: Report) -> str:
    """One command a finding, and one a target that could not be judged."""
    failures = [
        f"::error title=rfscope::{_data(judgement.failure)}\n"
        for judgement in report.judgements
        if judgement.failure is not None
    ]
    return "".join([*(_command(judgement, finding) for judgement, finding in report), *failures])


def _command(judgement: TargetFindings, finding: Finding) -> str:
    origin = finding.origin
    place = {"file": _file(origin.file), "line": origin.row, "col": origin.column} if origin else {}
    properties = {**place, "title": f"{finding.code} {finding.name}"}
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value is not None)
    where = finding.node if origin else f"{judgement.label}: {finding.node}"
    message = _data(f"{where}: {finding.advised(chr(10))}")
    return f"::{_COMMANDS[finding.level or 'error']} {written}::{message}\n"


def _file(name: str) -> str:
    """A file's name as it is, for a property can hold any text, but for what has no business in a log."""
    return as_shown(name) if _UNSAFE.search(name) else in_utf8(name)


def _data(text: str) -> str:
    """Escape a command's message."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape the value of a command's property."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
