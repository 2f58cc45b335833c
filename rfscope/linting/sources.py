"""The texts in which findings stand: a spec's own, and any other file's lines."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from rfscope import limits
from rfscope.errors import RfscopeError, clean
from rfscope.network.graph import Network, Origin
from rfscope.readers.spec import Format, decoded, format_of, sniffed

__all__ = ["Source", "line_of", "shown", "source_of", "spec_source"]

_WIDEST_LINE = 2_000
"""Characters of a line that are kept before and behind the place in it: a JSON file may be one long line."""


@dataclass(frozen=True)
class Source:
    """The text of a spec.

    Attributes:
        text: The text.
        format: What it is written in.
    """

    text: str
    format: Format

    @cached_property
    def lines(self) -> list[str]:
        """Its lines."""
        return self.text.split("\n")


def spec_source(data: bytes, file: str) -> Source:
    """The text of a spec that has no file name to tell its format.

    Raises:
        TargetError: It is not text in a known format.
    """
    text = decoded(data, file)
    return Source(text, sniffed(text, file))


def source_of(network: Network) -> Source | None:
    """The text of the spec that a network was read from; None if it was read from something else."""
    origin = network.nodes[0].origin
    kind = format_of(origin.file) if origin else None
    if origin is None or kind is None:
        return None
    try:
        with Path(origin.file).open("rb") as stream:
            return Source(decoded(stream.read(limits.limit("spec-bytes") + 1), origin.file), kind)
    except (OSError, ValueError, RfscopeError):  # it has gone since it was read
        return None


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
