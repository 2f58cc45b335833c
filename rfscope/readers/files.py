"""The bytes of a file that somebody else may have made."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from rfscope import limits
from rfscope.errors import TargetError

__all__ = ["read_bytes"]


def read_bytes(path: Path, limit: str, *, where: str | None = None, expected: str = "a file") -> bytes:
    """What a regular file holds. Pipes and devices are refused before they are opened: they may never end.

    Args:
        path: The file.
        limit: The name of the limit on its size, which is looked at before it is read.
        where: How to call it in error texts.
        expected: What it should be.

    Raises:
        TargetError: It is not there, is no regular file, or cannot be read.
        LimitError: It is larger than the limit.
    """
    where = where or str(path)
    try:
        _check_regular(path.stat(), where, expected)
        with os.fdopen(
            os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb"
        ) as stream:
            status = os.fstat(stream.fileno())
            _check_regular(status, where, expected)
            limits.check(limit, status.st_size, where=where)
            data = stream.read(limits.limit(limit) + 1)
    except FileNotFoundError:
        raise TargetError("no such file", where=where) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise TargetError(f"cannot read the file ({reason})", where=where) from None
    limits.check(limit, len(data), where=where)
    return data


def _check_regular(status: os.stat_result, where: str, expected: str) -> None:
    """Refuse what is no regular file: when it is named, and once more when it is open."""
    if stat.S_ISDIR(status.st_mode):
        raise TargetError("a directory", where=where, expected=expected)
    if not stat.S_ISREG(status.st_mode):
        raise TargetError("not a regular file", where=where, expected=expected)
