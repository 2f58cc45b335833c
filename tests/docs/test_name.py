"""The distribution is rfscope-nn, and nobody is told to install a name of the public index that belongs to others."""

from __future__ import annotations

import re
import tomllib

from tests.docs.pages import ROOT

TEXTS = sorted(
    path
    for pattern in ("*.md", "*.toml", "*.yml", ".*.yaml", "docs/*.md", ".ci/*", ".github/**/*.yml", "examples/**/*.*")
    for path in ROOT.glob(pattern)
    if path.is_file() and path.suffix not in {".png", ".onnx", ".pyc"}
) + sorted(ROOT.glob("rfscope/**/*.py"))

_EXTRA = re.compile(r"(?<!-)\brfscope\[(torch|onnx|yaml|test)")
_INSTALL = re.compile(r"pip3? install ([^`\n&|;#)]*)")


def test_only_libraries_are_installed_by_name() -> None:
    """Everything else is installed from the repository: a folder, an address, or this project's own groups."""
    assert len(TEXTS) > 100
    assert [path.name for path in TEXTS if _EXTRA.search(path.read_text(encoding="utf-8"))] == []
    advised = [line for path in TEXTS for line in _INSTALL.findall(path.read_text(encoding="utf-8"))]
    assert advised
    assert [line for line in advised if re.search(r"(^|\s)[\"']?rfscope", line)] == []


def test_the_distribution_and_its_extras_have_one_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == "rfscope-nn"
    assert project["scripts"] == {"rfscope": "rfscope.cli:main"}
    assert "rfscope-nn[dask,onnx,parquet,search,torch,yaml]" in project["optional-dependencies"]["test"]
