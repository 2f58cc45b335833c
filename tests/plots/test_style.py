"""Colours that can be told apart, and numbers that can be read on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np  # noqa: TID253
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb  # noqa: TID253

from rfscope.errors import RfscopeError
from rfscope.plots.look import DARK, LIGHT, Palette, counts_colours, look_of
from rfscope.plots.style import digit_size, ink, tick_places


def linear(colour: Sequence[float]) -> list[float]:
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]]


def luminance(colour: Sequence[float]) -> float:
    return float(np.dot(linear(colour), [0.2126, 0.7152, 0.0722]))


def lightness(colour: Sequence[float]) -> float:
    """CIE L*, 0 to 100: what is left of a colour in grey."""
    light = luminance(colour)
    return float(116 * np.cbrt(light) - 16) if light > 0.008856 else 903.3 * light


def lab(light: Any) -> Any:
    """CIE L*a*b* of linear RGB: distances of 2 are just noticed."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(np.array(to_xyz) @ light / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


PAPERS = {"light": LIGHT, "dark": DARK}
MAPS = ("viridis", "cividis", "magma", "Blues", "Greys")


def shades(palette: Palette, name: str = "viridis") -> list[tuple[float, ...]]:
    colours = counts_colours(name, dark=palette is DARK)
    return [tuple(colours(place)[:3]) for place in range(colours.N)]


DEUTERANOPE = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
PROTANOPE = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
"""Machado, Oliveira and Fernandes 2009, severity 1."""


EYES = {
    "as it is": np.eye(3).tolist(),
    "deuteranope": DEUTERANOPE,
    "protanope": PROTANOPE,
}


def seen(colour: Sequence[float], eye: list[list[float]]) -> Any:
    return np.clip(np.array(eye) @ linear(colour), 0, 1)


@pytest.mark.parametrize("eye", EYES.values(), ids=EYES)
@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
@pytest.mark.parametrize("name", MAPS)
def test_holes_differ_from_every_count_in_lightness(name: str, paper: Palette, eye: list[list[float]]) -> None:
    hole, *counts = (float(lab(seen(colour, eye))[0]) for colour in (to_rgb(paper.hole), *shades(paper, name)))
    assert min(abs(hole - count) for count in counts) >= 15


@pytest.mark.parametrize("eye", EYES.values(), ids=EYES)
@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_holes_differ_from_every_count_in_colour(paper: Palette, eye: list[list[float]]) -> None:
    hole, *counts = (lab(seen(colour, eye)) for colour in (to_rgb(paper.hole), *shades(paper)))
    assert min(np.linalg.norm(hole - count) for count in counts) > 15


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_what_is_not_read_differs_from_paper_and_from_what_is_on_no_path(paper: Palette) -> None:
    hole, off, ground = (lightness(to_rgb(colour)) for colour in (paper.hole, paper.off, paper.paper))
    assert abs(hole - ground) > 10
    assert abs(off - ground) > 5
    far = lab(np.array(linear(to_rgb(paper.hole)))) - lab(np.array(linear(to_rgb(paper.off))))
    assert np.linalg.norm(far) > 15
    assert abs(lightness(to_rgb(paper.bar)) - hole) > 20
    assert contrast(to_rgb(paper.ink), to_rgb(paper.paper)) > 7


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
@pytest.mark.parametrize("name", MAPS)
def test_more_is_farther_from_the_paper_in_even_steps(name: str, paper: Palette) -> None:
    away = 1 if paper is DARK else -1
    steps = away * np.diff([lightness(shade) for shade in shades(paper, name)])
    assert steps.min() > -0.7
    assert steps.max() < 4 * steps.mean()


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
@pytest.mark.parametrize("name", MAPS)
def test_numbers_stand_out_on_every_colour(name: str, paper: Palette) -> None:
    worst = min(contrast(to_rgb(ink(*shade)), shade) for shade in shades(paper, name))
    assert worst > 4.5


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no such map": ({"cmap": "rainbows"}, "no such colour map: got 'rainbows'"),
    "up and down": ({"cmap": "jet"}, "colour map not fit for counts: got 'jet', expected one whose lightness rises"),
    "a width": ({"width": "page"}, "bad width of a picture: got page, expected column, text, slide or 3 to 40 inches"),
    "too wide": ({"width": 100}, "bad width of a picture: got 100"),
    "a height": ({"height": "nan"}, "bad height of a picture: got nan, expected 0.8 to 40 inches"),
    "dots": ({"dpi": True}, "bad dpi of a picture: got True, expected 30 to 2400 dots per inch"),
}


@pytest.mark.parametrize(("options", "text"), BAD.values(), ids=BAD)
def test_looks_that_there_are_not(options: dict[str, Any], text: str) -> None:
    with pytest.raises(RfscopeError, match=text):
        look_of(**options)


@given(st.floats(1, 60), st.floats(1, 60), st.integers(1, 10**30))
def test_numbers_fit_or_are_left_out(width: float, height: float, largest: int) -> None:
    size = digit_size(width, height, largest)
    if size is not None:
        assert 6 <= size <= 8
        assert size < height
        assert 0.64 * size * len(str(largest)) < width


@given(st.integers(1, 5000), st.floats(0.05, 10), st.floats(0.1, 0.5))
def test_ticks_are_symmetric_inside_few_and_never_alone(size: int, length: float, label: float) -> None:
    places = tick_places(size, length, label)
    assert places == [-place for place in reversed(places)]
    assert len(places) != 1
    assert len(places) <= 9
    if places:
        assert max(places) <= (size - 1) / 2
        assert (places[1] - places[0]) * length / size >= label
