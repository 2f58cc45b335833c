"""A notebook that runs the README's Python, and shows what it makes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.answers.reading import Page

ROOT = Path(__file__).parent.parent.parent
SHOWN = {
    "analysis": "import rfscope as rf\nrf.analyze('2,4,8')",
    "layers": "rf.analyze('2,4,8').layers",
    "comparison": "rf.compare('1,2,5', '2,4,8')",
    "findings": "rf.lint('2,4,8')",
    "text": "print(rf.analyze('2,4,8'))",
    "picture": "import sys\n'matplotlib' in sys.modules",
}


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each cell leaves behind, the last output of it; the README's cells run behind those that show."""
    import nbformat
    from nbclient import NotebookClient

    folder = tmp_path_factory.mktemp("notebook")
    shutil.copytree(ROOT / "examples", folder / "examples")
    readme = re.findall(
        r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    cells = [*SHOWN.values(), *readme]
    made: Any = nbformat.v4  # which has no types
    notebook = made.new_notebook(cells=[made.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(folder)}}).execute()
    assert readme
    return {name: cell["outputs"][-1] for name, cell in zip(SHOWN, notebook.cells, strict=False)}


@pytest.mark.parametrize("name", ["analysis", "layers", "comparison", "findings"])
def test_a_page_is_whole_and_safe(name: str, outputs: dict[str, Any]) -> None:
    assert Page(outputs[name]["data"]["text/html"]).text


def test_text_is_printed_80_columns_wide(outputs: dict[str, Any]) -> None:
    lines = outputs["text"]["text"].splitlines()
    assert lines[0] == f"{'2,4,8 | 3x3, stride 1':<75}HOLES"
    assert "\x1b" not in outputs["text"]["text"]


def test_pages_need_no_matplotlib(outputs: dict[str, Any]) -> None:
    assert outputs["picture"]["data"]["text/plain"] == "False"
