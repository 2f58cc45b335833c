"""The distribution is rfscope-nn, and nobody is told to install a name of the public index that belongs to others."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

TEXTS = sorted(
    path
    for pattern in ("*.md", "*.toml", "*.yml", ".*.yaml", "docs/*.md", ".ci/*", ".github/**/*.yml", "examples/**/*.*")
    for path in ROOT.glob(pattern)
    if path.is_file() and path.suffix not in {".png", ".onnx", ".pyc"}
) + sorted(ROOT.glob("rfscope/**/*.py"))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_only_libraries_are_installed_by_name(path: Path) -> None:
    """Everything else is installed from the repository: a folder, an address, or this project's own groups."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"rfscope\[(torch|onnx|yaml|test)", text)
    for words in re.findall(r"pip3? install ([^`\n&|;#)]*)", text):
        assert not [word for word in words.split() if re.match(r"[\"']?rfscope", word)], words


def test_the_distribution_and_its_extras_have_one_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == "rfscope-nn"
    assert project["scripts"] == {"rfscope": "rfscope.cli:main"}
    assert "rfscope-nn[onnx,torch,yaml]" in project["optional-dependencies"]["test"]
