"""Colours that can be told apart, and numbers that can be read on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np  # noqa: TID253
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb  # noqa: TID253

from rfscope.plots.bars import _BAR
from rfscope.plots.style import HOLE, colours, digit_size, ink, tick_step, ticks


def linear(colour: Sequence[float]) -> list[float]:
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]]


def luminance(colour: Sequence[float]) -> float:
    return float(np.dot(linear(colour), [0.2126, 0.7152, 0.0722]))


def lightness(colour: Sequence[float]) -> float:
    """CIE L*, 0 to 100: what is left of a colour in grey."""
    return float(116 * np.cbrt(luminance(colour)) - 16)


def lab(light: Any) -> Any:
    """CIE L*a*b* of linear RGB: distances of 2 are just noticed."""
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(np.array(to_xyz) @ light / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


SHADES = [tuple(colours()(place)[:3]) for place in range(colours().N)]

DEUTERANOPE = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
PROTANOPE = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
"""Machado, Oliveira and Fernandes 2009, severity 1."""


def test_holes_are_lighter_than_every_count() -> None:
    assert min(lightness(to_rgb(HOLE)) - lightness(shade) for shade in SHADES) > 20


def test_holes_are_darker_than_paper() -> None:
    assert lightness((1, 1, 1)) - lightness(to_rgb(HOLE)) > 10


def test_holes_differ_from_bars() -> None:
    assert lightness(to_rgb(HOLE)) - lightness(to_rgb(_BAR)) > 20


def test_more_is_darker_in_even_steps() -> None:
    steps = -np.diff([lightness(shade) for shade in SHADES])
    assert steps.min() > 0
    assert steps.max() < 3 * steps.mean()


@pytest.mark.parametrize("eye", [DEUTERANOPE, PROTANOPE], ids=["deuteranope", "protanope"])
def test_holes_differ_from_every_count_without_red_or_green(eye: list[list[float]]) -> None:
    hole, *shades = (lab(np.clip(np.array(eye) @ linear(shade), 0, 1)) for shade in (to_rgb(HOLE), *SHADES))
    assert min(np.linalg.norm(hole - shade) for shade in shades) > 15


def test_numbers_stand_out_on_every_colour() -> None:
    worst = min(contrast(to_rgb(ink(*shade)), shade) for shade in SHADES)
    assert worst > 4.5


@given(st.floats(1, 60), st.floats(1, 60), st.integers(1, 10**30))
def test_numbers_fit_or_are_left_out(width: float, height: float, largest: int) -> None:
    size = digit_size(width, height, largest)
    if size is not None:
        assert 5 <= size <= 8
        assert size < height
        assert 0.64 * size * len(str(largest)) < width


@given(st.integers(1, 5000), st.floats(0.05, 10))
def test_ticks_are_symmetric_inside_and_few(size: int, length: float) -> None:
    places = ticks(size, tick_step(size, length))
    assert places == [-place for place in reversed(places)]
    assert max(places) <= (size - 1) / 2
    assert len(places) <= max(2, 4 * length)
