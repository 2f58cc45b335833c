"""The list of rules at several widths."""

from __future__ import annotations

import pytest

from rfscope.rules import RULES
from tests.program import rfscope


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_list_of_rules_is_wrapped_at_the_width(width: int) -> None:
    out = rfscope("rule", env={"COLUMNS": str(width)}).out
    lines = out.splitlines()
    assert max(map(len, lines)) <= min(width, 100)
    heads = [line.split()[:3] for line in lines if line.startswith("RFS")]
    assert heads == [[rule.code, rule.name, rule.level] for rule in RULES]
    said = " ".join(" ".join(line.split("  ")[-1] if line.startswith("RFS") else line for line in lines).split())
    assert all(rule.page.summary.split()[-1] in said for rule in RULES)


def test_a_page_is_wrapped_at_the_width() -> None:
    lines = rfscope("rule", "RFS101", env={"COLUMNS": "60"}).out.splitlines()
    assert max(len(line) for line in lines if not line.startswith((" ", "Bad", "Good"))) <= 60
