"""What takes long is said on a terminal, and nowhere else."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rfscope.activity import Activity, doing, heard
from rfscope.cli import progress as module
from rfscope.cli.progress import shown, wiped

SLOW = """
import time
import torch

def net():
    time.sleep({seconds})
    return torch.nn.Conv1d(1, 1, 3)
"""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def written(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, patience: float) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(module, "_PATIENCE", patience)
    monkeypatch.setattr(module, "_STEP", 0.005)
    with shown():
        with doing("judging") as show:
            show(2, 3)
            time.sleep(0.05)
            with doing("importing torch"):
                time.sleep(0.05)
        wiped()
        stream.write("the answer\n")
    return stream.getvalue()


def test_nothing_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert written(monkeypatch, io.StringIO(), -1) == "the answer\n"


def test_nothing_for_short_work(monkeypatch: pytest.MonkeyPatch) -> None:
    assert written(monkeypatch, Terminal(), 60) == "the answer\n"


def test_what_is_done_and_how_far_and_nothing_of_it_beside_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    said = written(monkeypatch, Terminal(), -1)
    lines = [line for line in said.split("\r\x1b[K") if line]
    assert lines == ["judging: 2 of 3 (0 s)", "importing torch (0 s)", "the answer\n"]
    assert "\r\x1b[Kthe answer" in said


@pytest.mark.parametrize(
    ("done", "total", "after", "said"),
    [(5, 20, 10, "10 s, about 30 s left"), (5, 20, 2, "2 s"), (0, 20, 10, "10 s"), (0, None, 10, "10 s")],
)
def test_how_long_the_rest_takes(done: int, total: int | None, after: float, said: str) -> None:
    activity = Activity("measuring")
    activity.done, activity.total, activity.began = done, total, 100.0
    assert module._times(activity, 100.0 + after) == said


def test_what_is_done_is_known_to_those_who_listen_alone() -> None:
    with doing("counting") as show:
        show(1, 2)
    with heard() as stack:
        with doing("reading a"), doing("importing torch") as show:
            show(1, 2)
            assert [str(activity) for activity in stack] == ["reading a", "importing torch: 1 of 2"]
        with pytest.raises(ValueError, match="no"), doing("reading b"):
            raise ValueError("no")
        assert stack == []


def on_a_terminal(folder: Path, *words: str) -> tuple[str, str]:
    """What the program writes to standard output, and what to standard error where that is a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "rfscope", *words]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
        os.close(theirs)
        out = process.communicate(timeout=60)[0]
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        said = b""
        try:
            while part := terminal.read(4096):
                said += part
        except OSError:  # so a terminal ends
            pass
    return out, said.decode()


@pytest.mark.skipif(sys.platform != "linux", reason="needs pseudo-terminals as Linux has them")
def test_the_program_says_what_a_slow_network_is_waiting_for(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW.format(seconds=1.3))
    out, said = on_a_terminal(tmp_path, "analyze", "slow:net", "--input", "64", "--json")
    assert out.startswith('{"schema_version"')
    assert "building slow:net (" in said
    assert re.fullmatch(r"(\r\x1b\[K[^\r\x1b\n]*)+", said)
    assert said.endswith("\r\x1b[K")
