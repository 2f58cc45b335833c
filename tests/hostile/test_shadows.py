"""Nothing in the current folder is ever imported, whatever the command, with and without torch."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.hostile.children import Asked, answers
from tests.hostile.shadows import plant

PLAIN = """
    analyze rates 1,2,5 --json --counts | analyze rates 2,4,8 | analyze model net.toml --input 32,32
    analyze model net.yaml --json | analyze model net.json | analyze model net.onnx --json | analyze model fcn-r50-d8.py
    analyze model zoo:hdc-2-4-8 | compare 1,2,5 net.toml | compare 1,2 2,4 --json | plot heatmap 1,2,5
    plot heatmap 1,2,5 -o ../a.png | plot compare 1,2,5 2,4,8 -o ../b.svg | plot layers net.onnx -o ../c.pdf
    plot growth net.toml 1,2 -o ../d.png | lint . | lint --jobs 2 . | lint --jobs 2 --output-format sarif 1 2 3
    lint more --output-format junit | lint more --output-format gitlab | lint more --statistics | rule | rule RFS101
    plot tree 1,2 --dims 1 -o ../t.png | suggest --field 17 --layers 3 | repair 2,4,8 --json | explain hole | explain
    report 1,2 net.toml -o ../r.html | play 1,2 -o ../p.html | zoo | zoo --json | schema spec
    stream 1,2,4 --causal --json | schema config | --help | --version
"""

WITH_TORCH = """
    analyze rates 1,2,5 --verify --json | analyze model net.onnx --verify | analyze model net.pt2 --json
    plot heatmap net.pt2 -o ../e.png | lint . | lint --jobs 2 net.pt2 net.toml | lint --jobs 2 .
"""


def asked(commands: str, folder: Path) -> list[Asked]:
    lines = [line for part in commands.split("\n") for line in part.split("|")]
    return [Asked(folder, line.split(), 120) for line in lines if line.strip()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "work"
    made.mkdir()
    return made


def test_no_command_imports_from_the_current_folder_without_torch(folder: Path) -> None:
    mark = plant(folder)
    commands = asked(PLAIN, folder)
    found = answers(commands, blocked="torch")
    assert [(one.words, answer) for one, answer in zip(commands, found, strict=True) if answer.code not in (0, 1)] == []
    assert not mark.exists(), mark.read_text()


def test_no_command_imports_from_the_current_folder_with_torch(folder: Path) -> None:
    import torch

    mark = plant(folder)
    net = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3, dilation=2), torch.nn.ReLU(), torch.nn.Conv2d(2, 1, 3))
    torch.export.save(torch.export.export(net, (torch.zeros(1, 1, 32, 32),)), folder / "net.pt2")
    commands = asked(WITH_TORCH, folder)
    found = answers(commands)
    assert [(one.words, answer) for one, answer in zip(commands, found, strict=True) if answer.code not in (0, 1)] == []
    assert not mark.exists(), mark.read_text()


def program() -> list[str]:
    return [str(Path(sys.executable).with_name("rfscope"))]


def module() -> list[str]:
    return [sys.executable, "-m", "rfscope"]


def loaded_by_python() -> frozenset[str]:
    """The modules that Python itself imports for ``-m``, some of them from the current folder."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", "import runpy, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return frozenset({"rfscope", *done.stdout.split()})


STARTED = ["lint --jobs 2 .", "plot growth 1,2 net.yaml -o ../a.png", "compare net.onnx net.json"]


@pytest.mark.parametrize("start", [program, module], ids=["rfscope", "python -m rfscope"])
def test_however_it_is_started(start: object, folder: Path) -> None:
    but = loaded_by_python() if start is module else frozenset()
    mark = plant(folder, but=frozenset(but))
    words = module() if start is module else program()
    for line in STARTED:
        done = run([*words, *line.split()], folder)
        assert done.returncode in (0, 1), done.stderr
        assert [line for line in done.stderr.splitlines() if not line.startswith("wrote ")] == []
    assert not mark.exists(), mark.read_text()


def test_what_is_planted_leaves_marks(folder: Path) -> None:
    mark = plant(folder, but=frozenset(sys.stdlib_module_names))
    run([*program(), "lint", "1"], folder, PYTHONPATH=str(folder))
    assert "sitecustomize" in mark.read_text().split()


def test_a_module_that_is_named_is_found_in_the_current_folder(folder: Path) -> None:
    """Even by a process that is not the first; it alone opens the current folder."""
    (folder / "helper.py").write_text("RATES = (2, 4)\n", encoding="utf-8")
    text = (
        "import torch\n\n\ndef build():\n    from helper import RATES\n\n"
        "    return torch.nn.Sequential(*(torch.nn.Conv2d(1, 1, 3, dilation=rate) for rate in RATES))\n"
    )
    (folder / "mine.py").write_text(text, encoding="utf-8")
    words = ["lint", "--jobs", "2", "--select", "RFS101", "--output-format", "concise", "mine:build", "1"]
    done = run([*program(), *words], folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("mine.py:4:1: RFS101 error: ")


def run(words: Sequence[str], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **more}
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=200, check=False)
