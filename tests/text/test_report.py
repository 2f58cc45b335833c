"""What people read, as golden texts, and the terminal map in every palette."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest
from rich.console import Console, RenderableType

import rfscope as rf
from rfscope.network.provenance import Provenance
from rfscope.plots.view import view
from rfscope.text.comparison import comparison
from rfscope.text.report import report, usage_map
from rfscope.text.rows import row_text
from tests import golden


def console(width: int = 80, *, colour: bool = False) -> Console:
    return Console(
        file=StringIO(),
        width=width,
        force_terminal=colour,
        color_system="truecolor" if colour else None,
        highlight=False,
    )


def printed(parts: Iterable[RenderableType], on: Console) -> str:
    with on.capture() as captured:
        for part in parts:
            on.print(part)
    return captured.get()


CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "1,2,5": ("1,2,5", {}),
    "2,4,8": ("2,4,8", {}),
    "1,2,9": ("1,2,9", {}),
    "1,2,4": ("1,2,4", {}),
    "1,5,2": ("1,5,2", {}),
    "strided": ("1,2,9,1", {"stride": [1, 1, 2, 1]}),
    "wavenet": (",".join(str(2**i) for i in range(10)), {"kernel": 2, "dims": 1, "causal": True}),
    "3-D": ("1,2", {"dims": 3}),
    "single": ("3", {"dims": 1}),
}


@pytest.mark.parametrize("name", CASES)
def test_report(name: str) -> None:
    rates, shape = CASES[name]
    golden.check(f"report {name}", printed(report(rf.analyze(rates, **shape), on := console()), on))


@pytest.mark.parametrize(
    ("rates", "says"),
    [
        ("2,4,8", "rule and test agree"),
        ("2,2,4", "M_2 and test differ"),  # the gcd of 2 fails, as the test does
        ("1,5,2", "rule and test differ"),
    ],
)
def test_what_differs_from_the_test_is_named(rates: str, says: str) -> None:
    assert says in printed(report(rf.analyze(rates), on := console()), on)


def test_a_row_of_a_table_in_a_note_stays_as_it_is() -> None:
    analysis = rf.analyze("1,2")
    noted = replace(analysis, provenance=Provenance(notes=("a note in  one line:", "  stage   rates", "  layer1  1,2")))
    said = printed(report(noted, on := console()), on)
    assert "a note in one line:\n  stage   rates\n  layer1  1,2\n" in said


def test_a_verdict_has_one_colour_wherever_it_is_shown() -> None:
    for rates, colour, word in (("1,2,5", 32, "OK"), ("1,2,4", 33, "GRIDDING"), ("2,4,8", 31, "HOLES")):
        shown = f"\x1b[1;{colour}m{word}"
        assert shown in printed(report(rf.analyze(rates), on := console(colour=True)), on)
        assert shown in printed(comparison(rf.compare(rates, "1"), on := console(colour=True)), on)


def test_of_three_axes_a_plane_is_shown_that_is_read() -> None:
    """The centre of one layer of two taps at rate 2 is never read; terminal and picture show the plane beside it."""
    analysis = rf.analyze("2@2", dims=3)
    text = printed(usage_map(analysis, on := console(), rows=40), on)
    shown = view(analysis.output.counts)
    assert shown.plane == Fraction(-1)
    assert shown.used == 4
    assert "plane at -1 across the first axis, 1 path per voxel" in text
    rows = text.splitlines()[:3]
    assert [row[::2] for row in rows] == ["░·░", "···", "░·░"]
    assert row_text(analysis.output.counts, 40) == "1.1"


def test_map_in_colour_has_holes_in_their_own_colour() -> None:
    """Asked of the styles, not of the terminal's codes: rich remembers the codes of whoever drew a style first."""
    on = console(colour=True)
    drawn = [piece for part in usage_map(rf.analyze("2,4,8"), on, rows=40) for piece in on.render(part)]
    colours = {piece.style.color.get_truecolor().hex for piece in drawn if piece.style and piece.style.color}
    assert "#fdd0a2" in colours  # the hole colour, as foreground of half blocks
    text = "".join(piece.text for piece in drawn)
    assert text.count("▀") == 29 * 15
