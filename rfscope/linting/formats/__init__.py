"""How findings are written: one file a format, each a function from a report to text.

Names were cleaned of control characters and line ends when the networks were made; each format escapes its own syntax.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from rfscope.linting.run import Report

__all__ = ["FORMATS", "STATISTICS", "written"]

FORMATS: Mapping[str, str] = {
    "full": "full",
    "concise": "concise",
    "json": "json_list",
    "github": "github",
    "gitlab": "gitlab",
    "sarif": "sarif",
    "junit": "junit",
    "markdown": "markdown",
}
"""The module of each format, and the function in it."""

STATISTICS: Mapping[str, str] = {"full": "statistics", "concise": "statistics", "json": "statistics_json"}
"""Of the formats that can count findings, the function that does."""


def written(report: Report, format: str, *, statistics: bool = False) -> str:
    """Write a report in a format; with ``statistics``, only how often each rule found something."""
    name = STATISTICS[format] if statistics else FORMATS[format]
    module = import_module(f"rfscope.linting.formats.{'statistics' if statistics else name}")
    write: Callable[[Report], str] = getattr(module, name)
    return write(report)
