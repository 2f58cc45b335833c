"""Golden texts: what people read, kept in files. Set RFSCOPE_UPDATE_GOLDEN=1 to write them anew, and read the diff."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def check(name: str, text: str) -> None:
    """Compare a text with the golden file of that name."""
    path = FOLDER / f"{name}.txt"
    if os.environ.get("RFSCOPE_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
