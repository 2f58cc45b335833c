"""The terminal map in every palette: reduced where its pattern shows, cut to its centre where it would not."""

from __future__ import annotations

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rfscope as rf
from rfscope.exact.centre import centre_of
from rfscope.text.rows import row_legend, row_text
from rfscope.text.terminal_map import Palette, draw, fit

HOLE = {Palette.SHADES: "·", Palette.ASCII: "."}
SIGNS = [Palette.SHADES, Palette.ASCII]


@pytest.mark.parametrize("palette", Palette)
@pytest.mark.parametrize(("rates", "columns"), [("1,2,9", 7), ("1,1,1,1,1,11,23,90", 20), ("1,1,1,1,40", 30)])
def test_a_reduced_map_keeps_holes_visible_and_says_so(palette: Palette, rates: str, columns: int) -> None:
    counts = rf.analyze(rates).output.counts
    drawn = draw(counts, palette, fit([counts], palette, columns=columns, rows=columns))
    assert max(map(len, drawn.body.plain.split("\n"))) <= columns
    if counts.min == 0 and palette is not Palette.COLOUR:
        assert "~" in drawn.body.plain or HOLE[palette] in drawn.body.plain
    assert ("partly read" in drawn.caption) == ("reduced to" in drawn.caption and counts.min == 0)
    assert ("reduced to" in drawn.caption) != ("at the centre are shown" in drawn.caption)


@pytest.mark.parametrize("palette", SIGNS)
@pytest.mark.parametrize("rates", ["2,4,8", "2,2,2,2,2", "3,6,12,24", "4,8", "2,4,8,16,32"])
@pytest.mark.parametrize("room", [8, 9, 13, 14, 25, 40])
def test_a_grid_of_holes_is_shown_as_that_grid_in_any_room(palette: Palette, rates: str, room: int) -> None:
    """Each sign is a pixel, read or not: what is partly read tells nothing of a grid."""
    counts = rf.analyze(rates).output.counts
    drawn = draw(counts, palette, fit([counts], palette, columns=room, rows=room))
    lines = drawn.body.plain.split("\n")
    wide = len(lines[0]) // len(lines)
    shown = [[sign != HOLE[palette] for sign in line[::wide]] for line in lines]
    height, width = len(shown), len(shown[0])
    whole = counts.map() > 0
    top, left = (len(whole) - height) // 2, (len(whole[0]) - width) // 2
    assert shown == whole[top : top + height, left : left + width].tolist()
    assert "~" not in drawn.body.plain
    assert (f"only the {height}x{width} pixels at the centre" in drawn.caption) == (height < len(whole))


def test_holes_without_a_grid_are_reduced() -> None:
    """The nine blobs of a dense stack behind one large rate."""
    counts = rf.analyze("1,1,1,1,40").output.counts
    drawn = draw(counts, Palette.SHADES, fit([counts], Palette.SHADES, columns=30, rows=30))
    assert "reduced to 3x3 pixels a sign" in drawn.caption
    assert "·" in drawn.body.plain


def test_stripes_that_a_reduced_map_would_hide_are_shown_at_the_centre() -> None:
    counts = rf.analyze("1,2,4,8,16").output.counts
    drawn = draw(counts, Palette.SHADES, fit([counts], Palette.SHADES, columns=40, rows=32))
    assert "only the 31x31 pixels at the centre are shown" in drawn.caption
    even, odd = (sum(counts.row[first::2]) for first in (0, 1))
    assert abs(even - odd) > 0.2 * (even + odd)


def test_stripes_that_are_hidden_are_spoken_of() -> None:
    striped, smooth = (
        rf.analyze(rates).output.counts for rates in (",".join("12222") + ",4,8,16,32,64", "1,2,5,10,20")
    )
    for counts, told in ((striped, True), (smooth, False)):
        drawn = draw(counts, Palette.SHADES, fit([counts], Palette.SHADES, columns=30, rows=32))
        assert "reduced to" in drawn.caption
        assert ("stripes within a sign do not show" in drawn.caption) == told


def test_map_signs_rise_with_the_counts() -> None:
    counts = rf.analyze("1,1,1,1", dims=1).output.counts
    drawn = draw(counts, Palette.ASCII, fit([counts], Palette.ASCII, columns=9, rows=5))
    assert counts.map().tolist() == [1, 4, 10, 16, 19, 16, 10, 4, 1]
    assert drawn.body.plain == ":-+#@#+-:"


def test_counts_of_any_length_are_drawn_as_shares() -> None:
    counts = rf.analyze(",".join(["1"] * 200)).output.counts
    drawn = draw(counts, Palette.SHADES, fit([counts], Palette.SHADES, columns=40, rows=20))
    assert "0 % to 100 % of the largest count (" in drawn.caption
    assert "e" in drawn.caption.partition("count (")[2]
    assert "█" in drawn.body.plain


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
@pytest.mark.parametrize("rates", ["1,2,5", "2,4,8", "1,1,1,1,1,1", "1,2,5,9,17,33", "3", ",".join("1" * 40)])
def test_row_fits(rates: str, columns: int) -> None:
    assert len(row_text(rf.analyze(rates).output.counts, columns)) <= columns


def test_centre_row_is_the_map_s_own() -> None:
    counts = rf.analyze("1,1").output.counts
    assert row_text(counts, 80) == "36963"
    assert counts.map()[2].tolist() == [3, 6, 9, 6, 3]


def test_a_cut_row_ends_in_an_ellipsis_and_never_in_the_sign_of_never_read() -> None:
    counts = rf.analyze("2,4,8").output.counts
    assert row_text(counts, 29) == "1.1.2.1.3.2.3.1.3.2.3.1.2.1.1"
    assert row_text(counts, 15) == "… .2.3.1.3.2. …"
    assert row_text(counts, 15, ascii_only=True) == "< .2.3.1.3.2. >"


def test_the_row_of_a_deep_network_is_in_tenths_of_its_largest_count() -> None:
    counts = rf.analyze(",".join(["1"] * 12)).output.counts
    row, most = counts.row, counts.max
    assert most >= 10**6
    assert row_text(counts, 80) == "".join(str(min(9, 10 * count // most)) for count in row)
    assert row_text(rf.analyze("1,1").output.counts, 80, shares=True) == "36963"
    assert row_text(rf.analyze("1,1", dims=1).output.counts, 80, shares=True) == "36963"
    assert row_legend([counts]).startswith(f"paths per pixel, 0 to 9 = tenths of the largest count, {most}")


@given(
    rates=st.lists(st.integers(1, 4), min_size=1, max_size=4),
    room=st.lists(st.integers(2, 30), min_size=2, max_size=2),
)
def test_the_centre_is_cut_out_of_the_middle(rates: list[int], room: list[int]) -> None:
    counts = rf.analyze(",".join(map(str, rates))).output.counts
    part, whole = centre_of(counts, room).map(), counts.map()
    cut = [(of - kept) // 2 for of, kept in zip(whole.shape, part.shape, strict=True)]
    assert (part == whole[cut[0] : cut[0] + part.shape[0], cut[1] : cut[1] + part.shape[1]]).all()
    for of, kept, most in zip(whole.shape, part.shape, room, strict=True):
        assert kept in {min(of, most), most - 1}
        assert ceil((of - kept) / 2) * 2 == of - kept
