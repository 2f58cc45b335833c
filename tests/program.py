"""The real program as a subprocess."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

_KEPT = {key: value for key, value in os.environ.items() if key not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"}}


class Answer(NamedTuple):
    """What the program left behind."""

    code: int
    out: str
    err: str


def rfscope(
    *words: str,
    stdin: bytes = b"",
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    out: int | None = None,
) -> Answer:
    """Run ``rfscope`` with these words; ``out`` is a file descriptor to write to instead of a pipe."""
    done = subprocess.run(
        [sys.executable, "-m", "rfscope", *words],
        input=stdin,
        stdout=subprocess.PIPE if out is None else out,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env={**_KEPT, "PYTHONUTF8": "1", **(env or {})},
        timeout=120,
        check=False,
    )
    return Answer(done.returncode, (done.stdout or b"").decode(errors="replace"), done.stderr.decode(errors="replace"))
