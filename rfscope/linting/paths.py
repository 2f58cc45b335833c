"""Names of files in reports: as they are if the format can hold any text, else escaped so that they can be restored."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import quote

from rfscope.errors import clean

__all__ = ["as_shown", "as_text", "as_uri", "in_utf8"]

_ESCAPED = re.compile(r"""[\\"]|:(?=:)|\#(?=\#\[)|[^ -~]""")
"""What is escaped between quotes: these themselves, what begins a command of a CI runner, what is not printable."""

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\", '"': '\\"'}
_ASCII, _BYTES, _BASIC = 0x7F, range(0xDC80, 0xDD00), 0xFFFF


def as_text(name: str) -> str:
    """A name as UTF-8 text whatever the locale says; bytes that are not UTF-8 become lone surrogates, as in Python."""
    return os.fsencode(name).decode("utf-8", "surrogateescape") if "\0" not in name and _is_of_system(name) else name


def _is_of_system(name: str) -> bool:
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return True


def as_shown(name: str) -> str:
    r"""A name in one printable line: as it is if it is printable, else quoted with escapes as in C.

    ``\n`` and the like, ``\u`` with four and ``\U`` with eight digits for characters, ``\x`` with two for bytes that
    are no UTF-8. So two names never look alike, and each can be had back.

    Example:
        >>> print(as_shown("a b.toml"), as_shown("a\nb"), as_shown("a\u00a0b"), as_shown("a\udc80b"))
        a b.toml "a\nb" "a\u00a0b" "a\x80b"
    """
    if clean(name) == name and not name.startswith('"'):
        return name
    return f'"{_ESCAPED.sub(lambda found: _escape(found[0]), name)}"'


def _escape(char: str) -> str:
    code = ord(char)
    if char in _SHORT:
        return _SHORT[char]
    if code > _ASCII and char.isprintable():
        return char
    if code <= _ASCII or code in _BYTES:
        return f"\\x{code & 0xFF:02x}"
    return f"\\u{code:04x}" if code <= _BASIC else f"\\U{code:08x}"


def in_utf8(name: str) -> str:
    """A name for a format that holds any text of Unicode: as it is, or as it is shown where it is no such text."""
    return as_shown(name) if any("\ud800" <= char <= "\udfff" for char in name) else name


def as_uri(name: str) -> str:
    r"""A name as a reference that no scheme can be read into: percent-encoded, byte by byte.

    Example:
        >>> as_uri("a b#c:d.toml"), as_uri("/tmp/a\u00a0b"), as_uri("a\udc80b")
        ('a%20b%23c%3Ad.toml', 'file:///tmp/a%C2%A0b', 'a%80b')
    """
    data = name.encode("utf-8", "surrogateescape" if _only_bytes(name) else "surrogatepass")
    if PurePosixPath(name).is_absolute():
        return f"file://{quote(data)}"
    if PureWindowsPath(name).is_absolute() and PureWindowsPath(name).drive.endswith(":"):
        return f"file:///{quote(data, safe='/:')}"
    return quote(data, safe="/,")


def _only_bytes(name: str) -> bool:
    return all(ord(char) in _BYTES for char in name if "\ud800" <= char <= "\udfff")
