"""How findings are written: one file a format, each a function from a report to text.

How to add a format: write a file here with such a function, and add one line to ``FORMATS``. The command line takes
its names from there.

Names were cleaned of control characters and line ends when the networks were made; each format escapes its own syntax.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import NamedTuple

from rfscope.errors import RfscopeError
from rfscope.linting.run import Report

__all__ = ["FORMATS", "Format", "check_statistics", "written"]


class Format(NamedTuple):
    """A format.

    Attributes:
        function: The function that writes a report, in the module of its name.
        statistics: The one of ``statistics`` that counts findings in this format; empty if it cannot.
    """

    function: str
    statistics: str = ""


FORMATS: Mapping[str, Format] = {
    "full": Format("full", "statistics"),
    "concise": Format("concise", "statistics"),
    "json": Format("json_list", "statistics_json"),
    "github": Format("github"),
    "gitlab": Format("gitlab"),
    "sarif": Format("sarif"),
    "junit": Format("junit"),
    "markdown": Format("markdown"),
}


def written(report: Report, format: str, *, statistics: bool = False) -> str:
    """Write a report in a format; with ``statistics``, only how often each rule found something."""
    function = FORMATS[format].statistics if statistics else FORMATS[format].function
    module = import_module(f"{__name__}.{'statistics' if statistics else function}")
    write: Callable[[Report], str] = getattr(module, function)
    return write(report)


def check_statistics(format: str) -> None:
    """Refuse to count findings in a format that cannot.

    Raises:
        RfscopeError: It cannot.
    """
    if not FORMATS[format].statistics:
        able = ", ".join(name for name, known in FORMATS.items() if known.statistics)
        raise RfscopeError("no statistics in this format", got=format, expected=able)
