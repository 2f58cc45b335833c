"""Processes that run the program on hostile input, and what they left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_SCRIPT = Path(__file__).with_name("bounded.py")
_ENVIRONMENT = {**os.environ, "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "COLUMNS": "100"}

GIB = 1 << 30
"""Memory that nothing may need more of. Address space, which can be bounded, is taken in larger pieces."""


class Asked(NamedTuple):
    """A command to run: where, the words after the program's name, and its seconds of processor time."""

    folder: Path
    words: Sequence[str]
    seconds: int = 20


class Answer(NamedTuple):
    """What a command left behind: the code is that of the signal, negative, where the process was ended by one.

    The memory is that of its process, in bytes, if never before had it had so much; else 0.
    """

    code: int
    err: str = ""
    seconds: float = 0.0
    memory: int = 0


def answers(asked: Sequence[Asked], *, blocked: str = "", memory: int = 0) -> list[Answer]:
    """Run commands in one process, or in another one from where it was ended.

    Args:
        asked: The commands.
        blocked: A library that cannot be imported in it.
        memory: Bytes of address space that it has; 0 for all there are.
    """
    lines = [json.dumps([str(one.folder), list(one.words), one.seconds]) + "\n" for one in asked]
    done = subprocess.run(
        [sys.executable, "-P", str(_SCRIPT), blocked, str(memory)],
        input="".join(lines),
        capture_output=True,
        text=True,
        env=_ENVIRONMENT,
        check=False,
    )
    found = [Answer(*json.loads(line)) for line in done.stdout.splitlines()]
    if len(found) < len(asked):
        found.append(Answer(done.returncode, done.stderr))
        found += answers(asked[len(found) :], blocked=blocked, memory=memory) if asked[len(found) :] else []
    return found
