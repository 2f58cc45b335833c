"""Functions called in other processes: in order, whatever they do, and importing nothing from the current folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rfscope.linting.workers import elsewhere
from tests.linting import calls

ROOT = Path(__file__).parents[2]


def test_results_come_in_order() -> None:
    assert list(elsewhere(calls.squared, range(40), 3)) == [number * number for number in range(40)]


def test_processes_are_others_and_no_more_than_asked_for() -> None:
    assert 1 <= len(set(elsewhere(calls.process, range(10), 2)) - {os.getpid()}) <= 2
    assert len(set(elsewhere(calls.process, range(1), 8))) == 1


def test_a_process_that_dies_is_replaced() -> None:
    assert list(elsewhere(calls.dies_of_three, range(6), 1)) == [0, 1, 2, None, 4, 5]


def test_what_is_raised_there_is_raised_here() -> None:
    with pytest.raises(KeyError, match="7") as caught:
        list(elsewhere(calls.raises, [7, 8], 2))
    assert "in raises" in caught.value.__notes__[0]


def test_what_is_printed_there_does_not_get_between(capfd: pytest.CaptureFixture[str]) -> None:
    assert list(elsewhere(calls.prints, [1, 2], 1)) == ["", ""]
    assert capfd.readouterr() == ("", "printed 1\nwritten\nprinted 2\nwritten\n")


def test_whoever_stops_asking_does_not_wait() -> None:
    start = time.monotonic()
    found = elsewhere(calls.sleeps, [0, 1, 1], 2)
    assert next(found) == 0
    found.close()  # type: ignore[attr-defined]  # a generator
    assert time.monotonic() - start < 30


def test_the_current_folder_is_not_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("pickle", "signal", "traceback", "subprocess"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(name)\n", encoding="utf-8")
    [path] = elsewhere(calls.modules, [0], 1)
    assert path is not None
    assert not {"", str(tmp_path)} & set(path)


@pytest.mark.skipif(sys.platform == "win32", reason="no process groups")
def test_an_interrupt_ends_every_process() -> None:
    """As Ctrl-C in a terminal, which reaches all of them: no traceback, no process left."""
    script = (
        "from rfscope.linting.workers import elsewhere; from tests.linting.calls import sleeps, process\n"
        "print(*elsewhere(process, [0], 1), flush=True)\n"
        "print(*elsewhere(sleeps, [1, 1], 2))\n"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )
    assert started.stdout is not None
    assert started.stdout.readline().strip().isdigit()
    time.sleep(1)
    os.killpg(started.pid, signal.SIGINT)
    _, err = started.communicate(timeout=60)
    assert started.returncode in (1, -signal.SIGINT)
    assert err.count(b"Traceback") <= 2  # this script's own
    with pytest.raises(ProcessLookupError):
        os.killpg(started.pid, 0)
