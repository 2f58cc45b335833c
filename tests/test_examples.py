"""Every example runs, and what it prints is kept as a golden text."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import golden

FOLDER = Path(__file__).parent.parent / "examples"
GALLERY = "gallery.py"
"""It draws into docs/pictures; tests/docs runs it, and all that it runs."""
TABLES = "gridding_tables.py"
"""What it prints is a part of docs/evidence.md, which tests/docs makes anew."""
SCRIPTS = sorted(path.name for path in FOLDER.glob("*.py") if path.name not in (GALLERY, TABLES))


@pytest.mark.parametrize("name", SCRIPTS)
def test_script(name: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, FOLDER / name], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    golden.check(f"example {name}", done.stdout)


def test_lint_in_ci() -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["sh", "examples/lint-in-ci.sh"],  # noqa: S607 - the shell of the system
        cwd=FOLDER.parent,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    golden.check("example lint-in-ci.sh", done.stdout)


def test_every_example_is_run() -> None:
    known = {
        *SCRIPTS,
        GALLERY,
        TABLES,
        "lint-in-ci.sh",
        "context-module.toml",
        "small-u-net.toml",
        "excused.toml",
        "configs",
        "dilated-stage.onnx",
    }
    assert {path.name for path in FOLDER.iterdir() if path.name != "__pycache__"} == known
