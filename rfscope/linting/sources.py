"""The texts in which findings stand: a spec's own, and any other file's lines."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from rfscope.errors import clean
from rfscope.linting.paths import as_text
from rfscope.network.graph import Origin
from rfscope.network.source import Source
from rfscope.rules import Finding

__all__ = ["Excerpt", "excerpt", "placed", "shown"]

_WIDEST = 200
"""Characters of a line that are kept before a place, of what stands there, and behind: a JSON file may be one line."""

_INSTALLED = {"site-packages", "dist-packages"}
_TOKEN = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'|\s+\#|.""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A place in its line, cleaned and, if the line is long, cut to the part around it.

    Attributes:
        before, marked, behind: What is before the place, what stands there (a key with its value, a whole layer), and
            what is behind it.
        width: Columns in the file that what stands there takes.
    """

    before: str
    marked: str
    behind: str
    width: int

    @property
    def line(self) -> str:
        """All of it."""
        return f"{self.before}{self.marked}{self.behind}"


def excerpt(origin: Origin, source: Source | None) -> Excerpt | None:
    """The text at an origin; None if it names no line, or the line is empty or cannot be read."""
    line = _line(origin, source)
    at = (origin.column or 1) - 1
    there = line[at : at + _WIDEST]
    marked = there[: _end(there)].rstrip() if origin.column else there.rstrip()
    if not marked:
        return None
    end = at + len(marked)
    return Excerpt(
        before=_plain(line[max(0, at - _WIDEST) : at]),
        marked=_plain(marked),
        behind=_plain(line[end : end + _WIDEST].rstrip()),
        width=len(marked),
    )


def _line(origin: Origin, source: Source | None) -> str:
    """The line that an origin names; empty if there is none."""
    if origin.row is None:
        return ""
    if source is None:
        from linecache import checkcache, getline

        checkcache(origin.file)  # a file may change while a program that lints runs on
        return getline(origin.file, origin.row)
    return source.lines[origin.row - 1] if origin.row <= len(source.lines) else ""


def _end(text: str) -> int:
    """The end of the first item of a text: at the comma or bracket behind it, or at a comment unless it is one itself.

    Example:
        >>> [_end(text) for text in ('"op": "a, b", "kernel": 3}', "dilation = [2, 2]  # wide", "# a, b")]
        [12, 17, 6]
    """
    end = depth = 0
    for token in _TOKEN.finditer(text) if text[:1] != "#" else ():
        written = token[0]
        depth += (written in "([{") - (written in ")]}")
        if depth < 0 or (depth == 0 and written == ",") or (written != "#" and written[-1] == "#"):
            return end
        end = token.end()
    return len(text)


def _plain(text: str) -> str:
    return clean(text.replace("\t", " "))


def placed(findings: Sequence[Finding], target: str, place: Origin | None) -> list[Finding]:
    """Findings, each moved to a place that the user can change.

    One that is in no file, in a file that is not here (a program exported elsewhere) or in an installed library stands
    at the file that the target is, else at the line of the configuration that names it, else at the line that defines
    what it names; where there is none of these, it stays.

    Args:
        findings: What was found.
        target: The network as the user named it.
        place: The line of the configuration that names it, if one does.
    """
    origins = {finding.origin for finding in findings}
    moved = {origin for origin in origins if origin is None or not _is_own(origin.file)}
    if not moved:
        return list(findings)
    from rfscope.readers.torch.factory import defined_at

    there = Origin(file=target) if _exists(target) else place or defined_at(target)
    return [replace(one, origin=there) if there and one.origin in moved else one for one in findings]


def _is_own(file: str) -> bool:
    """Whether a file is here, and no part of an installed library."""
    return _INSTALLED.isdisjoint(Path(file).parts) and _exists(file)


def _exists(file: str) -> bool:
    try:
        return Path(file).exists()
    except (OSError, ValueError):  # no name that a file could have
        return False


def shown(origin: Origin) -> Origin:
    """An origin as reports carry it: relative to the working directory where it lies inside."""
    file = origin.file
    if Path(file).is_absolute():
        with suppress(FileNotFoundError):  # the working directory is gone
            relative = os.path.relpath(file)
            file = file if relative.startswith(os.pardir) else relative
    return replace(origin, file=as_text(Path(file).as_posix() if os.sep in file else file), keys={})
