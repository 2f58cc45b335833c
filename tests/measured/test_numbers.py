"""The numbers that are said of a map of weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from rfscope.exact.gridding import gridding_index
from rfscope.exact.taps import Taps, axis_counts
from rfscope.measured.extent import above_peak, half_radius, sides
from rfscope.measured.grids import grid_share, mass_by_position
from rfscope.measured.moments import marginal, moments
from rfscope.measured.replknet import high_contribution

if TYPE_CHECKING:
    import numpy as np


def random_map(*shape: int, seed: int = 0) -> np.ndarray[Any, Any]:
    import numpy as np

    return np.random.default_rng(seed).random(shape) ** 4


@pytest.mark.parametrize("rates", [(1, 2, 5), (1, 2, 4), (2, 4, 8), (1, 1, 1, 1)], ids=str)
def test_moments_of_counts_are_those_of_the_closed_form(rates: tuple[int, ...]) -> None:
    taps = [Taps(3, rate) for rate in rates]
    variance = sum(rate**2 * (3**2 - 1) / 12 for rate in rates)
    assert moments(axis_counts(taps)).std ** 2 == pytest.approx(variance, abs=1e-12)


@pytest.mark.parametrize("rates", [(1, 2, 5), (1, 2, 4), (2, 4, 8), (1, 2, 9), (3, 6)], ids=str)
def test_the_grid_share_of_counts_at_all_rates_is_the_gridding_index(rates: tuple[int, ...]) -> None:
    taps = [Taps(3, rate) for rate in rates]
    found = max(grid_share(axis_counts(taps), rate) for rate in rates if rate > 1)
    assert found == pytest.approx(gridding_index(taps), abs=1e-12)


def test_the_grid_share_does_not_see_where_a_grid_begins() -> None:
    assert grid_share([0, 0, 0, 1, 0, 0, 2, 0], 3) == pytest.approx(1)
    assert grid_share([1] * 12, 4) == pytest.approx(0, abs=1e-12)
    assert mass_by_position([0, 0, 0, 1, 0, 0, 2, 0], 3) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize("shape", [(9,), (8, 8), (7, 10), (5, 6, 7)], ids=str)
def test_squares_and_radii_hold_what_they_say(shape: tuple[int, ...]) -> None:
    import numpy as np

    values = random_map(*shape)
    centre = [(length - 1) / 2 for length in shape]
    grid = np.indices(shape)
    far = [np.abs(line - middle) for line, middle in zip(grid, centre, strict=True)]
    for part, side in zip((0.2, 0.3, 0.5, 0.99), sides(values, centre), strict=True):
        inside = np.logical_and.reduce([line <= (side - 1) / 2 for line in far])
        less = np.logical_and.reduce([line <= (side - 2) / 2 for line in far])
        assert values[inside].sum() >= part * values.sum() * (1 - 1e-9)
        assert values[less].sum() < part * values.sum()
    radius = half_radius(values, centre)
    away = np.sqrt(sum(line**2 for line in far))
    assert values[away <= radius + 1e-9].sum() >= values.sum() / 2
    assert values[away < radius - 1e-9].sum() < values.sum() / 2
    assert above_peak(values, np.ones(shape, dtype=bool)) == (values >= values.max() / 100).mean()


def by_the_script(mean_gradients: np.ndarray[Any, Any]) -> list[tuple[int, float] | None]:
    """RepLKNet's definition written down once more, plainly: grow a box until it holds more than the part."""
    import numpy as np

    rescaled = np.log10(mean_gradients + 1)
    rescaled = rescaled / np.max(rescaled)
    rows, columns = rescaled.shape
    answers: list[tuple[int, float] | None] = []
    for wanted in (0.2, 0.3, 0.5, 0.99):
        answer = None
        reach = 1
        while reach < rows // 2 and answer is None:
            top, left = rows // 2 - reach, columns // 2 - reach
            box = rescaled[top : rows // 2 + 1 + reach, left : columns // 2 + 1 + reach]
            if np.sum(box) / np.sum(rescaled) > wanted:
                answer = (2 * reach + 1, (2 * reach + 1) / rows * (2 * reach + 1) / columns)
            reach += 1
        answers.append(answer)
    return answers


@pytest.mark.parametrize("scale", [1e-6, 1e-2, 1.0, 1000.0])
@pytest.mark.parametrize("shape", [(32, 32), (33, 33), (40, 56), (64, 64)], ids=str)
def test_replknets_numbers_equal_their_definition_to_the_last_digit(shape: tuple[int, int], scale: float) -> None:
    import numpy as np

    rows, columns = (np.arange(length) - length // 2 for length in shape)
    hill = np.exp(-(rows[:, None] ** 2 + columns**2) / 30) + 0.01 * random_map(*shape)
    found = [None if one.side is None else (one.side, one.area) for one in high_contribution(scale * hill)]
    assert found == by_the_script(scale * hill)


def test_replknets_numbers_depend_on_the_scale() -> None:
    import numpy as np

    line = np.arange(257) - 128
    hill = 10 * np.exp(-(line[:, None] ** 2 + line**2) / 2000)
    small, large = (high_contribution(scale * hill)[0].side or 0 for scale in (1.0, 1000.0))
    assert large > 1.4 * small


def test_marginals_add_up() -> None:
    values = random_map(4, 5, 6)
    assert [marginal(values, axis).shape for axis in range(3)] == [(4,), (5,), (6,)]
    assert marginal(values, 1)[2] == pytest.approx(values[:, 2].sum())
