"""``rfscope plot`` takes what the functions take."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.program import rfscope


def test_a_picture_for_a_column_says_its_caption_on_the_terminal(tmp_path: Path) -> None:
    words = ("plot", "compare", "1,2,5", "2,4,8", "--labels", "ours,HDC", "--width", "column", "-o", "a.svg")
    code, out, err = rfscope(*words, cwd=tmp_path)
    assert (code, err.partition(" x ")[0]) == (0, "wrote a.svg, 3.35")
    assert [line[:13] for line in out.splitlines()] == ["(a) ours: OK,", "(b) HDC: HOLE"]
    data = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert ">(a) ours</text>" in data
    assert "HOLES" not in data


def test_every_option_reaches_the_picture(tmp_path: Path) -> None:
    words = ("--width", "5", "--height", "4", "--dpi", "72", "--title", "Mine", "--labels", "a,b", "--caption")
    code, out, err = rfscope(
        "plot", "2,4,8", *words, "--cmap", "cividis", "--dark", "--log", "-o", "a.svg", cwd=tmp_path
    )
    assert (code, out, err) == (0, "", "wrote a.svg, 5.00 x 4.00 in\n")
    data = (tmp_path / "a.svg").read_text(encoding="utf-8")
    for said in ("Mine", "a,b: HOLES", "paths per pixel (log scale)"):
        assert said in data
    assert "fill: #121212" in data


BAD = {
    "a width": (
        ("--width", "page"),
        "bad width of a picture: got page, expected column, text, slide or 3 to 40 inches",
    ),
    "a map": (("--cmap", "jet"), "colour map not fit for counts: got 'jet'"),
}


@pytest.mark.parametrize(("options", "said"), BAD.values(), ids=BAD)
def test_what_cannot_be_is_said_in_one_line(options: tuple[str, ...], said: str, tmp_path: Path) -> None:
    code, out, err = rfscope("plot", "1,2,5", *options, "-o", "a.png", cwd=tmp_path)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: {said}")
    assert not list(tmp_path.iterdir())


def test_a_map_in_the_terminal_has_no_paper() -> None:
    assert rfscope("plot", "1,2,5", "--dark") == (
        2,
        "",
        "error: only for a picture at --dark; name its file with -o\n",
    )
