"""The pages that people read, and the blocks in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = {
    path.relative_to(ROOT).as_posix(): path
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md")))
}

_FENCE = re.compile(r"^```(?P<language>\S*)[^\n]*\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# (?P<name>[\w-]+\.(?:toml|yaml|py))\n")


class Block(NamedTuple):
    """A fenced block.

    Attributes:
        language: What the fence says.
        body: The lines between the fences.
        start, stop: Where the body stands in the page.
    """

    language: str
    body: str
    start: int
    stop: int

    @property
    def file(self) -> str | None:
        """The file that it is, where its first line is a comment with nothing but a name."""
        found = _FILE.match(self.body)
        return found["name"] if found else None


def blocks(text: str, *languages: str) -> list[Block]:
    """The blocks of a page, or those in some languages."""
    found = [Block(one["language"], one["body"], *one.span("body")) for one in _FENCE.finditer(text)]
    return [block for block in found if not languages or block.language in languages]


def prose(text: str, *, code: bool = False) -> str:
    """A page without its blocks, and without the code in its lines unless ``code`` is set."""
    rest = _FENCE.sub("", text)
    return rest if code else re.sub(r"`[^`\n]+`", "", rest)
