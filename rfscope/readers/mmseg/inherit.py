"""A config and what it inherits through ``_base_``, as one table. Files are parsed and never run."""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Mapping
from pathlib import Path

from rfscope import limits
from rfscope.errors import TargetError, shorten
from rfscope.network.graph import Origin
from rfscope.readers.files import read_bytes
from rfscope.readers.mmseg.statements import bases, names
from rfscope.readers.mmseg.values import ConfigValue, Key, Unread, merge, table

__all__ = ["read_table"]

_TOKEN = re.compile(
    r"""
    (?P<skip> \#[^\n]* | \"{3}(?:[^\\]|\\.)*?(?:\"{3}|\Z) | '{3}(?:[^\\]|\\.)*?(?:'{3}|\Z)
      | "(?:[^"\\\n]|\\.)*+"? | '(?:[^'\\\n]|\\.)*+'? )
  | (?P<open> [\[({] ) | (?P<close> [\])}] )
  | (?P<dots> (?<!\w)\w++(?:[\s\\]*+\.[\s\\]*+\w++)++ )
    """,
    re.VERBOSE | re.DOTALL,
)

_CODING = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n?|\n))?[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)"
)
"""The comment in the first or second line by which Python knows the encoding of a file."""

_UTF8 = frozenset(["utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"])
_LATIN = frozenset(["latin-1", "latin1", "iso-8859-1", "iso-8859-15", "iso-latin-1", "cp1252"])
"""What reads ASCII as UTF-8 does."""


def read_table(path: Path) -> ConfigValue:
    """Read a config and the files it inherits, merged.

    Args:
        path: A ``.py`` file. Other files are read only where a ``_base_`` names them, and only ``.py`` files.

    Raises:
        TargetError: A file cannot be read or is not Python, a base is missing, inherits itself, or cannot be merged.
        LimitError: A file is too large, or something is nested too deeply.
    """
    return _read(path, str(path), (), {})


def _read(path: Path, named_at: str, above: tuple[Path, ...], done: dict[Path, ConfigValue]) -> ConfigValue:
    """Read one file; ``above`` are the files that lead to it, ``named_at`` is where it is named."""
    try:
        here = Path(os.path.realpath(path))
    except ValueError as error:
        raise TargetError(f"cannot read the file ({error})", where=named_at) from None
    if here in above:
        loop = " -> ".join(one.name for one in (*above[above.index(here) :], here))
        raise TargetError("a config that inherits itself", where=named_at, got=loop)
    limits.check("nesting", len(above) + 1, where=named_at)
    if here not in done:
        file = str(path)
        tree = _parsed(_text(path, named_at), file)
        inherited: dict[Key, ConfigValue] = {}
        for name, place in bases(tree, file):
            _add(inherited, _read(_base_path(path, name, place), place, (*above, here), done), place)
        base = table(inherited, Origin(file=file))
        done[here] = merge(names(tree, file, base), base)
    return done[here]


def _base_path(path: Path, name: str, place: str) -> Path:
    if "::" in name or not name.endswith(".py"):
        raise TargetError("cannot read this base", where=place, got=repr(name), expected="the path of a .py file")
    return path.parent / name


def _add(inherited: dict[Key, ConfigValue], base: ConfigValue, place: str) -> None:
    """Add the names of one base to those of the others; no two may define the same."""
    entries = base.data if isinstance(base.data, Mapping) else {}
    twice = next((key for key in entries if key in inherited and not _both_unread(entries[key], inherited[key])), None)
    if twice is not None:
        raise TargetError("a name that two bases define", where=place, got=repr(twice), expected="each name once")
    inherited |= entries


def _both_unread(one: ConfigValue, other: ConfigValue) -> bool:
    """Whether neither base says what a name is: both may only import it."""
    return isinstance(one.data, Unread) and isinstance(other.data, Unread)


def _text(path: Path, named_at: str) -> str:
    where = str(path) if named_at == str(path) else f"{named_at}, {path}"
    data = read_bytes(path, "spec-bytes", where=where, expected="a config")
    _check_coding(data, where)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        got = f"the byte 0x{data[error.start]:02x} at offset {error.start}"
        raise TargetError("not UTF-8 text", where=where, got=got, do="save it as UTF-8") from None


def _check_coding(data: bytes, where: str) -> None:
    """Refuse a file that tells Python to read it as something else than UTF-8.

    Raises:
        TargetError: It does.
    """
    found = _CODING.match(data)
    if found is None:
        return
    name = found[1].decode().lower().replace("_", "-")
    if name not in _UTF8 and not (name in _LATIN and data.isascii()):
        got = f"the coding {shorten(found[1].decode())}"
        raise TargetError("not UTF-8 text", where=where, got=got, do="save it as UTF-8, without a coding line")


def _parsed(text: str, file: str) -> ast.Module:
    _check_nesting(text, file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of invalid escapes and the like, which change nothing here
            return ast.parse(text)
    except SyntaxError as error:
        where = ":".join(str(part) for part in (file, error.lineno, error.offset) if part)
        raise TargetError(f"not Python ({error.msg})", where=where) from None
    except (RecursionError, MemoryError):
        raise TargetError("nested too deeply", where=file, expected="a config of plain literals") from None
    except ValueError as error:
        raise TargetError(f"not Python ({error})", where=file) from None


def _check_nesting(text: str, file: str) -> None:
    """Refuse brackets nested too deeply, and names of too many parts, before the parser sees them.

    It is no match for either: its time for a dotted name grows with the square of its parts.
    """
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += (token["open"] is not None) - (token["close"] is not None)
        deepest = max(depth, (token["dots"] or "").count("."))
        if deepest > limits.limit("nesting"):
            row = text.count("\n", 0, token.start()) + 1
            limits.check("nesting", deepest, where=f"{file}:{row}")
