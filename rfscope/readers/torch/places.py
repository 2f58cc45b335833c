"""Where in the user's code an operation was called: the innermost line on the stack that is not torch's."""

from __future__ import annotations

import os
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from rfscope.network.graph import Origin

__all__ = ["Places", "shown"]


class Places:
    """Finds lines on the stack, and remembers what it knows of files."""

    def __init__(self, outermost: CodeType) -> None:
        """Look no further out than a call of the given code, which is rfscope's own."""
        import torch

        self._outermost = outermost
        self._torch = os.path.dirname(torch.__file__) + os.sep  # noqa: PTH120 - compared as text, for speed
        self._users: dict[str, bool] = {}
        self._origins: dict[tuple[str, int], Origin] = {}

    def __call__(self, frame: Any) -> Origin | None:
        """The user's line nearest to a frame; None if only torch lies between it and rfscope."""
        here: FrameType | None = frame
        while here is not None and here.f_code is not self._outermost:
            file = here.f_code.co_filename
            if self._is_users(file):
                return self._origin(file, here.f_lineno)
            here = here.f_back
        return None

    def _is_users(self, file: str) -> bool:
        known = self._users.get(file)
        if known is None:
            known = not file.startswith((self._torch, "<"))
            self._users[file] = known
        return known

    def _origin(self, file: str, row: int) -> Origin:
        if (file, row) not in self._origins:
            self._origins[file, row] = Origin(file=shown(file), row=row)
        return self._origins[file, row]


def shown(file: str) -> str:
    """A file as it is named in texts: as seen from the working folder if it lies in it."""
    path = Path(file)
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except (OSError, ValueError):  # elsewhere, or the current folder is gone
        return path.as_posix()
