"""What a notebook shows."""

from __future__ import annotations

from base64 import b64decode, b64encode
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

import rfscope as rf
from rfscope import limits
from rfscope.answers.picture import _palette, png
from tests.answers.reading import Page

if TYPE_CHECKING:
    import numpy as np

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"


def page(shown: Any) -> Page:
    return Page(shown._repr_html_())


def pixels(url: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
    import numpy as np
    from matplotlib.image import imread

    found = imread(BytesIO(b64decode(url.partition(",")[2])), format="png")
    return np.round(found[..., :3] * 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("target", "options", "colour", "said"),
    [
        pytest.param("2,4,8", {}, "red", ["HOLES", "1,3,8", "gridding index"], id="holes"),
        pytest.param("1,2,4,8,16", {}, "yellow", ["GRIDDING", "1,2,4,8"], id="gridding"),
        pytest.param("1,2,5", {}, "green", ["OK", "17x17", "conv3", "safe rates"], id="ok"),
        pytest.param("1,2,5", {"dims": 1, "sample_rate": 16_000}, "green", ["ms", "16 kHz", "samples"], id="1-D"),
        pytest.param("1,2,5", {"dims": 3}, "green", ["17x17x17", "middle plane"], id="3-D"),
        pytest.param("1,2,5", {"input": (64, 64)}, "green", ["64x64"], id="finite"),
        pytest.param("zoo:resnet-v1c-50-d8", {}, "yellow", ["GRIDDING", "72 layers", "23,474,016"], id="long"),
    ],
)
def test_an_analysis(target: str, options: dict[str, Any], colour: str, said: list[str]) -> None:
    shown = page(rf.analyze(target, **options))
    assert shown.badges() == [colour]
    assert len(shown.images()) == 1
    assert [text for text in said if text not in shown.text] == []


def test_the_sentences_are_those_of_the_text() -> None:
    analysis = rf.analyze("2,4,8")
    shown, printed = " ".join(page(analysis).text.split()), " ".join(str(analysis).split())
    for sentence in ("One output sees 29x29 pixels but reads only 225 of these 841 (27 %).", "Expect a grid pattern."):
        assert sentence in shown
        assert sentence in printed


def test_layers_are_shown_one_a_row() -> None:
    assert page(rf.analyze("zoo:resnet-v1c-50-d8").layers).text.count("layer3.") == 25
    assert "conv2 3x3, d2" in page(rf.analyze("1,2,5").layers).text


def test_a_comparison_has_one_scale() -> None:
    shown = page(rf.compare("1,2,5", "2,4,8"))
    assert shown.badges() == ["green", "red"]
    widths = [int(image["width"]) for image in shown.images()]
    assert widths[0] * 29 == widths[1] * 17
    assert "1,2,5 paths per pixel, 1 to 4 2,4,8 paths per pixel, 1 to 9; pale orange: never read" in shown.text


def test_findings() -> None:
    shown = page(rf.lint("2,4,8"))
    assert shown.badges() == ["red"]
    assert "RFS101 holes error at 2,4,8: conv1" in shown.text
    clean = page(rf.lint("1,2,5"))
    assert clean.badges() == []
    assert "0 errors, 0 warnings, 0 info" in clean.text


def hostile() -> rf.Network:
    return rf.assemble(
        [rf.conv(HOSTILE, kernel=3, dilation=2), rf.conv(f"{HOSTILE}2", kernel=3, dilation=4)], name=HOSTILE
    )


@pytest.mark.parametrize(
    "shown",
    [
        pytest.param(lambda: rf.analyze(hostile()), id="analysis"),
        pytest.param(lambda: rf.analyze(hostile()).layers, id="layers"),
        pytest.param(lambda: rf.compare(hostile(), hostile()), id="comparison"),
        pytest.param(lambda: rf.lint(hostile()), id="findings"),
    ],
)
def test_names_are_escaped(shown: Any) -> None:
    html = shown()._repr_html_()
    found = Page(html)
    assert "<script" not in html
    assert "alert(1)" in found.text
    assert all(image["src"].startswith("data:") for image in found.images())


def test_the_reader_of_pages_can_fail() -> None:
    for wrong in ("<p>", "<script></script>", "<p onclick='x'></p>", "<img src='http://x/y.png'>", "<b><p></b></p>"):
        with pytest.raises(AssertionError):
            Page(wrong)


def test_a_picture_shows_each_pixel() -> None:
    counts = rf.analyze("2,4,8").output.counts
    [image] = page(rf.analyze("2,4,8")).images()
    drawn = pixels(image["src"])
    assert drawn.shape == (29, 29, 3)
    assert ((drawn == _palette()[0]).all(axis=2) == (counts.map() == 0)).all()
    dark = drawn.sum(axis=2)
    assert dark[counts.map() == 9].max() < dark[counts.map() == 1].min()


def test_a_large_map_is_merged_into_cells_and_says_so() -> None:
    shown = page(rf.analyze("1,2,5,9,17,33,65,129"))
    [image] = shown.images()
    assert max(pixels(image["src"]).shape) <= 128
    assert "a cell is 5 pixels along each axis" in shown.text


def test_a_png_is_what_its_rows_say() -> None:
    url = "data:image/png;base64,"
    made = png([bytes([0, 1]), bytes([1, 1])], [(255, 0, 0), (0, 0, 255)])
    assert pixels(url + b64encode(made).decode()).tolist() == [[[255, 0, 0], [0, 0, 255]], [[0, 0, 255], [0, 0, 255]]]


def test_what_passes_a_limit_is_left_out_with_its_reason() -> None:
    block = rf.assemble([rf.conv(3, dilation=200), rf.conv(1, inputs="input"), rf.merge(["conv1", "conv2"])])
    with limits.raised({"cells": 1000}):
        shown = page(rf.analyze(block))
    assert shown.images() == []
    assert "Left out: the map" in shown.text
