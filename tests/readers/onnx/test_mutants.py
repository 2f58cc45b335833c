"""Damaged ONNX files given to the real program: each is read or refused, soon, in little memory, and none ends it."""

from __future__ import annotations

import subprocess
import sys

MUTANTS = 400

KILLS = """
import os, signal, sys
from pathlib import Path
import rfscope.cli
from tests.readers.onnx import mutants
from tests.readers.onnx.mutants import outcomes

def run(words):
    data = Path(words[-1]).read_bytes()
    if data == b"kill":
        os.kill(os.getpid(), signal.SIGSEGV)
    while data == b"loop":
        pass
    return data[0]

rfscope.cli.run = run
mutants.SECONDS = 1
print(list(outcomes([b"\x01", b"kill", b"\x03", b"loop", b"\x02"], Path(sys.argv[1]))))
"""


def python(*words: str) -> str:
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=200, check=True)
    return done.stdout


def test_mutants_are_read_or_refused() -> None:
    """Some are read and some refused, so that both ways are tried."""
    found = dict(part.split(": ") for part in python("-m", "tests.readers.onnx.mutants", str(MUTANTS)).split(", "))
    assert set(found) == {"exit 0", "exit 1", "exit 2"}
    assert sum(map(int, found.values())) == MUTANTS
    assert int(found["exit 0"]) + int(found["exit 1"]) >= MUTANTS / 6


def test_what_dies_or_never_ends_is_seen(tmp_path: object) -> None:
    found = python("-c", KILLS, str(tmp_path))
    assert found == "['exit 1', 'signal 11', 'exit 3', 'too long', 'exit 2']\n"
