"""Specs with hostile names, and reports of any kind, for the tests of the formats."""

from __future__ import annotations

import json
from pathlib import Path

HOSTILE = [
    "a\nb",
    "x\r\n::error::forged",
    "::error file=a::forged",
    "  ::warning::forged",
    "two words ::error::forged",
    "##[error]forged",
    "a ##[group]b",
    "###[endgroup]",
    "%0A::error::forged",
    "\x1b[31mred\x1b[0m",
    "\N{GRINNING FACE} face",
    "[bold]rich[/bold]",
    "]]>",
    "a|b",
    "<b>&amp;</b>",
    "[link](http://example.org)",
    "`code`",
    "{0}",
    "*b*_c_~~d~~ $m$",
    "@someone #1",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnirts",
    "\N{LINE SEPARATOR}line",
    "'\"quotes\\",
    "\ufffe\uffff\x00",
]


def write_hostile(folder: Path) -> list[str]:
    """A spec with one layer, of that name, for each hostile name; they have holes."""
    folder.mkdir()
    for number, name in enumerate(HOSTILE):
        layer = {"op": "conv", "name": name, "kernel": 3, "dilation": 2}
        text = json.dumps({"rfscope": 1, "name": name, "layers": [layer]})
        (folder / f"{number:02}.json").write_text(text, encoding="utf-8")
    return [path.name for path in sorted(folder.iterdir())]


def idle(count: int) -> str:
    """A spec whose every layer has a finding of RFS305."""
    layers = [{"op": "conv", "kernel": 1, "dilation": 2, "name": f"layer{number}"} for number in range(count)]
    return json.dumps({"rfscope": 1, "layers": layers})
