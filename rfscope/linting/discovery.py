"""Folders and globs: which of their files are networks."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from rfscope import limits
from rfscope.errors import TargetError
from rfscope.readers.rates import is_rates
from rfscope.readers.spec import Format, format_of

__all__ = ["expand", "is_spec", "runs_code"]

_EXPORTS = (".onnx", ".pt2")
_SETTINGS = ("pyproject.toml", "rfscope.toml")
_PASSED_OVER = ("node_modules", "__pycache__")
_WILD = re.compile(r"[*?[]")
_VERSION = {
    "toml": re.compile(rb"""^(?:\xef\xbb\xbf)?[ \t]*["']?rfscope["']?[ \t]*=[ \t]*[0-9]""", re.MULTILINE),
    "yaml": re.compile(
        rb"""(?:^(?:\xef\xbb\xbf)?|(?:\A\s*\{|,)\s*)["']?rfscope["']?[ \t]*:[ \t]+[0-9]""", re.MULTILINE
    ),
    "json": re.compile(rb""""rfscope"\s*:\s*[0-9]"""),
}
"""The key that every spec has at its top, with a number as its value."""

_TABLE = re.compile(rb"^[ \t]*\[", re.MULTILINE)


def expand(target: str, *, only_specs: bool = False, base: Path | None = None) -> Iterator[str]:
    """The targets that a word names: the networks in a folder or behind a glob, else the word itself.

    Folders are searched to the bottom, names in order, hidden ones left out. Of what is found there, files that do
    not say ``rfscope = 1`` are passed over, and so are the settings of rfscope; a file that is named is never.

    Args:
        target: What the user wrote.
        only_specs: Whether a file that is named is passed over, too, if it is no spec.
        base: The folder that files are named from, if it is not the working directory.

    Raises:
        TargetError: There is no network in the folder, or none that the glob fits.
    """
    place = _place(target, base)
    if place is None:
        yield target
    elif place.is_dir():
        yield from _some(_inside(place), target, "folder")
    elif _WILD.search(target) and not place.exists():
        yield from _some(_fitting(str(place)), target, "glob")
    elif not only_specs or _is_network(place):
        yield _as_file(place) if base or (runs_code(target) and _exists(place)) else target


def runs_code(target: str) -> bool:
    """Whether a target may be a Python object, whose module would be imported: one with a colon and without a slash.

    Example:
        >>> [runs_code(text) for text in ("mypkg.models:build", "zoo:hdc-2,2,2", "1,2,5", "./odd:name.toml")]
        [True, False, False, False]
    """
    return ":" in target and "/" not in target and not target.startswith("zoo:")


def is_spec(head: bytes, kind: Format) -> bool:
    """Tell whether a file is meant as a spec of a network.

    Example:
        >>> is_spec(b"rfscope = 1", "toml"), is_spec(b"[tool.rfscope]", "toml"), is_spec(b'{"rfscope": "^1"}', "json")
        (True, False, False)
    """
    top = _TABLE.split(head, maxsplit=1)[0] if kind == "toml" else head
    return _VERSION[kind].search(top) is not None


def _place(target: str, base: Path | None) -> Path | None:
    """The file, folder or glob that a target is, if it is one."""
    place = (base or Path()) / target
    looks_like_one = _exists(place) or _WILD.search(target) or format_of(target) or Path(target).suffix in _EXPORTS
    if target == "-" or "\0" in target or target.startswith("zoo:") or is_rates(target) or not looks_like_one:
        return None
    return place


def _exists(place: Path) -> bool:
    try:
        return place.exists()
    except (OSError, ValueError):  # no name that a file could have
        return False


def _some(found: Iterable[Path], target: str, kind: str) -> Iterator[str]:
    files = list(found)
    if not files:
        expected = "a spec with the line rfscope = 1 (TOML; rfscope: 1 in YAML), or an .onnx or .pt2 file"
        raise TargetError(f"no network in the {kind}", where=target, expected=expected)
    yield from map(_as_file, files)


def _as_file(path: Path) -> str:
    """A file's name that cannot be taken for a Python object's: nobody's file may have a module imported."""
    return f"./{path}" if runs_code(str(path)) else str(path)


def _inside(folder: Path) -> Iterator[Path]:
    """The networks in a folder and below, in the order of their names."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _PASSED_OVER)
        yield from (
            path for name in sorted(files) if not name.startswith(".") and _is_network(path := Path(here, name))
        )


def _fitting(pattern: str) -> Iterator[Path]:
    from glob import iglob

    for path in map(Path, sorted(iglob(pattern, recursive=True))):  # noqa: PTH207 - the pattern may be absolute
        if path.is_dir():
            yield from _inside(path)
        elif _is_network(path) and not any(part in _PASSED_OVER for part in path.parts if part not in pattern):
            yield path


def _is_network(path: Path) -> bool:
    kind = format_of(path.name)
    if kind is None or path.name in _SETTINGS:
        return path.suffix.lower() in _EXPORTS
    try:
        with path.open("rb") as stream:
            return is_spec(stream.read(limits.limit("spec-bytes")), kind)
    except OSError:
        return True  # which reading it will explain
