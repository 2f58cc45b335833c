"""Frames: one for each map, read back from the file, the same bytes every time."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from rfscope.errors import OutputError, RfscopeError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.plots.frames import animate_layers, animation
from rfscope.plots.look import LIGHT
from tests.plots.reading import aspp, of
from tests.program import rfscope

OFF = (233, 233, 233)


def frames(data: bytes) -> list[Image.Image]:
    found = []
    with Image.open(BytesIO(data)) as file:
        for place in range(getattr(file, "n_frames", 1)):
            file.seek(place)
            found.append(file.convert("RGB"))
    return found


def near(picture: Image.Image, colour: tuple[int, ...]) -> int:
    """Dots of a colour, or nearly so: a file has few colours."""
    counts: Any = picture.getcolors(2**20)
    return sum(many for many, one in counts if max(abs(a - b) for a, b in zip(one, colour, strict=True)) < 6)


CASES: dict[str, tuple[Analysis, int]] = {
    "2,4,8": (of([2, 4, 8]), 3),
    "ASPP": (analyze(aspp()), 2),
    "3-D": (of([1, 2], dims=3), 2),
    "1-D": (of([1, 2, 4], kernel=2, dims=1, causal=True), 4),
}


@pytest.mark.parametrize("format", ["gif", "apng"])
@pytest.mark.parametrize(("analysis", "number"), CASES.values(), ids=CASES)
def test_a_frame_for_each_map(analysis: Analysis, number: int, format: str) -> None:
    data, size = animation(analysis, format)
    found = frames(data)
    assert size == (number, *found[0].size)
    assert len(found) == number
    assert len({frame.tobytes() for frame in found}) == number
    assert {frame.getpixel((1, 1)) for frame in found} == {(255, 255, 255)}
    assert len(data) < 200_000


def test_holes_have_their_colour_only_where_they_are_real() -> None:
    hole = tuple(bytes.fromhex(LIGHT.hole[1:]))
    first, second, last = frames(animation(of([2, 4, 8]), "gif")[0])
    assert [near(frame, hole) > 500 for frame in (first, second, last)] == [False, False, True]
    assert [near(frame, OFF) > 500 for frame in (first, second, last)] == [True, True, False]
    assert not any(near(frame, hole) > 500 for frame in frames(animation(of([1, 2, 5]), "gif")[0]))


def test_the_same_bytes_and_the_time_of_each_frame() -> None:
    data, _ = animation(of([1, 2]), "gif", seconds=0.5)
    assert data == animation(of([1, 2]), "gif", seconds=0.5)[0]
    with Image.open(BytesIO(data)) as file:
        times = []
        for place in range(2):
            file.seek(place)
            times.append(file.info["duration"])
    assert times == [500, 1500]


def test_files_are_written_by_their_suffix(tmp_path: Path) -> None:
    animate_layers("1,2", tmp_path / "a.gif")
    assert (tmp_path / "a.gif").read_bytes().startswith(b"GIF89a")
    done = rfscope("plot", "layers", "1,2", "-o", "b.apng", cwd=tmp_path)
    assert (done.code, done.err) == (0, "wrote b.apng, 2 frames, 644 x 662 pixels\n")
    assert b"acTL" in (tmp_path / "b.apng").read_bytes()


REFUSED: dict[str, tuple[str, float, str]] = {
    "format": ("a.png", 1, "unknown format of an animation: got png, expected gif or apng"),
    "time": ("a.gif", 0, "bad time of a frame"),
}


@pytest.mark.parametrize(("name", "seconds", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_written_is_refused(name: str, seconds: float, said: str, tmp_path: Path) -> None:
    with pytest.raises(RfscopeError, match=said):
        animate_layers("1,2", tmp_path / name, seconds=seconds)
    with pytest.raises(OutputError, match="cannot write"):
        animate_layers("1", tmp_path / "nowhere" / "a.gif")


def test_frames_may_be_dark_and_have_no_other_options(tmp_path: Path) -> None:
    assert frames(animation(of([2, 4]), "gif", dark=True)[0])[0].getpixel((1, 1)) == (18, 18, 18)
    done = rfscope("plot", "layers", "1,2", "-o", "a.gif", "--title", "t", cwd=tmp_path)
    assert (done.code, done.err) == (2, "error: only for a picture that stands still at --title; leave it out\n")


def test_a_heatmap_does_not_move() -> None:
    assert "expected png, svg or pdf" in rfscope("plot", "heatmap", "1", "-o", "a.gif").err
