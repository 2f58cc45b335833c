"""Networks side by side: what is where, at which width, on which scale."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from rich.console import Console

import rfscope as rf
from rfscope.text.comparison import comparison
from rfscope.text.side_by_side import GAP, in_rows
from tests import golden

CASES = {
    "1,2,5 2,4,8": (80, ["1,2,5", "2,4,8"]),
    "2,4,8 1,3,8 1,2,5": (80, ["2,4,8", "1,3,8", "1,2,5"]),
    "at 60 columns": (60, ["2,4,8", "1,3,8", "1,2,5"]),
    "at 120 columns": (120, ["2,4,8", "1,3,8", "1,2,5"]),
    "of which one is cut": (80, ["2,4,8,16", "1,2,5"]),
    "of deep ones": (80, ["zoo:resnet-v1c-50-d8", "zoo:deeplab-v1", "1,2,5"]),
}


def compared(targets: list[str], width: int) -> str:
    console = Console(file=StringIO(), width=width, highlight=False)
    with console.capture() as captured:
        for part in comparison(rf.compare(*targets), console):
            console.print(part)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())  # as the program writes it


@pytest.mark.parametrize("name", CASES)
def test_comparison(name: str) -> None:
    width, targets = CASES[name]
    text = compared(targets, width)
    assert max(map(len, text.splitlines())) <= width
    golden.check("compare" if name == "1,2,5 2,4,8" else f"compare {name}", text)


@pytest.mark.parametrize("width", [60, 80, 100, 120])
@pytest.mark.parametrize("targets", [["2,4,8", "1,3,8", "1,2,5"], ["2,4,8"] * 5, ["2,4,8,16,32,64", "1,1"]])
def test_at_any_width_the_map_of_even_rates_shows_every_second_row(targets: list[str], width: int) -> None:
    lines = compared(targets, width).splitlines()
    body = lines[max(place for place, line in enumerate(lines) if line.startswith("centre rows")) :]
    assert "~" not in "".join(body)
    assert any("·" * 15 in line for line in body)
    assert any(re.search(r"[░▒▓█]·[░▒▓█]·|([░▒▓█])\1··([░▒▓█])\2··", line) for line in body)


def test_maps_that_do_not_fit_beside_each_other_stand_below() -> None:
    heads = [line.split() for line in compared(["2,4,8", "1,3,8", "1,2,5"], 60).splitlines()]
    assert ["2,4,8", "1,3,8"] in heads
    assert ["1,2,5"] in heads


def test_the_counts_of_deep_networks_are_shares_of_the_largest() -> None:
    text = compared(["zoo:resnet-v1c-50-d8", "1,2,5"], 80)
    assert "0 to 9 = tenths of the largest count" in text
    assert "0 % to 100 % of the largest count" in text
    assert "e1" not in text.partition("centre rows")[2]


@pytest.mark.parametrize("room", [10, 29, 60, 80])
def test_rows_of_panels_take_as_many_as_fit(room: int) -> None:
    widths = [29, 25, 17, 8, 8, 60, 3]
    rows = in_rows(widths, room)
    assert [place for row in rows for place in row] == list(range(len(widths)))
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        taken = sum(widths[place] for place in row) + GAP * (len(row) - 1)
        assert taken <= room or len(row) == 1
        assert after is None or taken + GAP + widths[after[0]] > room


def test_networks_of_unlike_axes_are_told_apart() -> None:
    text = str(rf.compare(rf.analyze("1,2", dims=1), "1,2"))
    assert "The networks have 1 and 2 axes; a list of rates has 2 without --dims." in text
    assert "axes" not in str(rf.compare("1,2", "1,3"))
