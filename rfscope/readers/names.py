"""Names of Python objects, ``package.module:name``, and files that could be taken for one."""

from __future__ import annotations

import os
import re
from pathlib import Path

__all__ = ["as_file", "runs_code"]

_OBJECT = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")


def runs_code(target: str, base: Path | None = None) -> bool:
    """Whether a target means a Python object, whose module would be imported: this runs the user's code.

    It does if it is written as ``package.module:name`` and nothing of that name exists, not even a link that leads
    nowhere: a name that comes from a folder never runs anything.

    Args:
        target: What the user wrote.
        base: The folder that files are named from, if it is not the working directory.

    Example:
        >>> [runs_code(text) for text in ("mypkg.models:build", "zoo:espnet", "net.toml", "./odd:name", "x-y:z")]
        [True, False, False, False, False]
    """
    if target.startswith("zoo:") or _OBJECT.fullmatch(target) is None:
        return False
    return not (os.path.lexists(target) or (base is not None and os.path.lexists(base / target)))


def as_file(name: str) -> str:
    """A file's name, written so that it cannot be taken for a Python object, whatever becomes of the file.

    Example:
        >>> as_file("net.toml"), as_file("planted:build")
        ('net.toml', './planted:build')
    """
    return f"./{name}" if _OBJECT.fullmatch(name) else name
