from __future__ import annotations

import io
import sys

import pytest

from rfscope.cli import progress as module
from rfscope.cli.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def written(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, patience: float) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(module, "_PATIENCE", patience)
    monkeypatch.setenv("TERM", "xterm")
    with progress("verifying") as show:
        for done in range(1, 4):
            show(done, 3)
    return stream.getvalue()


def test_nothing_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert written(monkeypatch, io.StringIO(), -1) == ""


def test_nothing_for_short_work(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "verifying" not in written(monkeypatch, Terminal(), 60)


def test_a_bar_for_long_work(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "verifying" in written(monkeypatch, Terminal(), -1)
