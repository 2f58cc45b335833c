"""Read the bytes of a file that somebody else may have made, or of standard input."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from rfscope import limits
from rfscope.errors import TargetError, near

__all__ = ["is_regular", "opened", "read_bytes", "read_head", "standard_input"]

_MOST_NAMES, _ALIKE = 1_000, 0.85
"""Names of files that are looked through for the one that was meant, and how alike they must be."""

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_bytes(path: Path, limit: str, *, where: str | None = None, expected: str = "a file") -> bytes:
    """What a regular file holds.

    Args:
        path: The file.
        limit: The name of the limit on its size, which is checked before it is read.
        where: How to call it in error texts.
        expected: What it should be.

    Raises:
        TargetError: As for ``opened``.
        LimitError: It is larger than the limit.
    """
    where = where or str(path)
    with opened(path, where=where, expected=expected) as stream:
        limits.check(limit, _size(stream), where=where)
        data = _read(stream, limits.limit(limit) + 1)
    limits.check(limit, len(data), where=where)
    return data


def read_head(path: Path, limit: str) -> bytes:
    """The content of a regular file, up to one byte more than the limit.

    Args:
        path: The file.
        limit: The name of the limit on its size.

    Raises:
        TargetError: As for ``opened``.
    """
    with opened(path) as stream:
        return _read(stream, limits.limit(limit) + 1)


@contextmanager
def opened(path: Path, *, where: str | None = None, expected: str = "a file") -> Iterator[BinaryIO]:
    """A regular file, open to be read. Pipes and devices are refused before they are opened: they may never end.

    Args:
        path: The file.
        where: How to call it in error texts.
        expected: What it should be.

    Raises:
        TargetError: It is not there, is no regular file, or cannot be read.
    """
    where = where or str(path)
    try:
        _check_regular(_status(path, where), where, expected)
        with os.fdopen(os.open(path, _FLAGS), "rb") as stream:
            _check_regular(os.fstat(stream.fileno()), where, expected)
            yield stream
    except FileNotFoundError:
        raise TargetError("no such file", where=where, do=_meant(path)) from None
    except OSError as error:
        raise TargetError(f"cannot read the file ({error.strerror or error})", where=where) from None


def _meant(path: Path) -> str | None:
    """A hint at a file beside it whose name is much like it."""
    try:
        with os.scandir(path.parent) as entries:
            names = [entry.name for entry in islice(entries, _MOST_NAMES) if entry.name != path.name]
    except OSError:
        return None
    close = near(path.name, sorted(names), cutoff=_ALIKE)
    return f"did you mean {str(path.parent / close)!r}?" if close else None


def is_regular(path: Path) -> bool:
    """Whether a path leads to a regular file.

    Raises:
        OSError: Nothing that can be read stands there.
    """
    return stat.S_ISREG(path.stat().st_mode)


def _status(path: Path, where: str) -> os.stat_result:
    try:
        return path.stat()
    except ValueError as error:  # a name that no file can have
        raise TargetError(f"cannot read the file ({error})", where=where) from None


def _check_regular(status: os.stat_result, where: str, expected: str) -> None:
    """Refuse anything but a regular file; called with its name, and again once it is open."""
    mode = status.st_mode
    if stat.S_ISDIR(mode):
        raise TargetError("a directory", where=where, expected=expected)
    if not stat.S_ISREG(mode):
        got = "a pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"
        raise TargetError("cannot read the file", where=where, got=got, expected="a regular file")


def _size(stream: BinaryIO) -> int:
    return os.fstat(stream.fileno()).st_size


def _read(stream: BinaryIO, most: int) -> bytes:
    """At most so many bytes; memory is asked for as the file says it needs it, and for more only if it holds more."""
    size = _size(stream)
    data = stream.read(min(size + 1, most))
    return data if len(data) <= size else data + stream.read(most - len(data))


def standard_input() -> bytes:
    """What stands on standard input.

    Raises:
        TargetError: It cannot be read.
        LimitError: It is larger than a spec may be.
    """
    if sys.stdin is None:  # closed by whoever started us
        raise TargetError("standard input is closed", do="pipe a spec into it, or name a file")
    try:
        data = sys.stdin.buffer.read(limits.limit("spec-bytes") + 1)
    except OSError as error:
        raise TargetError("cannot read standard input", got=error.strerror or str(error)) from None
    limits.check("spec-bytes", len(data), where="standard input")
    return data
