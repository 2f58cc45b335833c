"""Streams that are closed or full: what can be written is written, and the exit code is that of the work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.program import rfscope

NET = "rfscope = 1\n[[layers]]\nop = 'conv'\nkernel = 3\ndilation = 2\n"
CLOSED = "error: cannot write the output: standard output is closed\n"
FULL = "error: cannot write the output: No space left on device\n"
MISSING = "error: no such file at missing.toml\n"

CASES = [
    ("net.toml 2>&-", 1, "out", ""),
    ("net.toml missing.toml 2>&-", 2, "out", ""),
    ("1,2,5 2>&-", 0, "", ""),
    ("net.toml 2>/dev/full", 1, "out", ""),
    ("net.toml missing.toml 2>/dev/full", 2, "out", ""),
    ("net.toml <&- 2>&-", 1, "out", ""),
    ("net.toml >&- 2>&-", 2, "", ""),
    ("net.toml >&-", 2, "", CLOSED),
    ("net.toml >/dev/full", 2, "", FULL),
    ("net.toml >/dev/full 2>/dev/full", 2, "", ""),
    ("net.toml -o found >&-", 1, "found", "wrote found\n"),
    ("net.toml missing.toml -o found >&-", 2, "found", f"{MISSING}wrote found\n"),
    ("net.toml missing.toml -o found <&- >&- 2>&-", 2, "found", ""),
    ("net.toml -o found >/dev/full 2>/dev/full", 1, "found", ""),
]


@pytest.mark.parametrize(("words", "code", "where", "said"), CASES, ids=[case[0] for case in CASES])
def test_findings_come_all_the_same(words: str, code: int, where: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(NET)
    command = f"{sys.executable} -m rfscope lint --isolated --output-format concise {words}"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S607
    assert (done.returncode, done.stderr) == (code, said)
    found = tmp_path / "found"
    texts = {"out": done.stdout, "found": found.read_text() if found.exists() else ""}
    assert {name for name, text in texts.items() if text} == {where} - {""}
    assert all(text in ("", texts[where]) and "RFS101" in texts[where] for text in texts.values() if where)


@pytest.mark.parametrize("words", ["analyze rates 2,4,8 --json", "lint 2,4 1,2,4 --jobs 2 --output-format json"])
def test_other_commands_do_not_need_standard_error(words: str) -> None:
    command = f"{sys.executable} -m rfscope {words} 2>&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)  # noqa: S607
    usual = rfscope(*words.split())
    assert (done.returncode, done.stdout) == (usual.code, usual.out)
    assert done.stdout
