"""The texts in which findings stand: a spec's own, and any other file's lines."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from rfscope.errors import clean
from rfscope.network.graph import Origin
from rfscope.network.provenance import Source

__all__ = ["line_of", "shown"]

_WIDEST_LINE = 2_000
"""Characters of a line that are kept before and behind the place in it: a JSON file may be one long line."""


def line_of(origin: Origin, source: Source | None) -> str:
    """The line that an origin names, cleaned; empty if it is not known or cannot be read."""
    if origin.row is None:
        return ""
    if source is None:
        from linecache import getline

        line = getline(origin.file, origin.row)
    else:
        line = source.lines[origin.row - 1] if origin.row <= len(source.lines) else ""
    kept = line[: (origin.column or 1) + _WIDEST_LINE]
    return clean(kept.rstrip().replace("\t", " "))


def shown(origin: Origin) -> Origin:
    """An origin as it is shown: cleaned, and relative to the working directory where it lies inside."""
    file = origin.file
    if Path(file).is_absolute():
        relative = os.path.relpath(file)
        file = file if relative.startswith(os.pardir) else relative
    return replace(origin, file=clean(Path(file).as_posix() if os.sep in file else file))
