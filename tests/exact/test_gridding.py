from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact import gridding
from rfscope.exact.gridding import gridding_index
from rfscope.exact.taps import Taps
from tests import oracle
from tests.exact.schedules import schedule_line

schedules = st.lists(st.builds(Taps, st.integers(1, 7), st.integers(1, 40)), max_size=6)


@given(schedules)
def test_the_index_is_the_largest_magnitude_of_the_transform_of_the_counts(schedule: list[Taps]) -> None:
    rates = [taps.rate for taps in schedule if taps.kernel > 1]
    wanted = oracle.index(schedule_line(schedule), rates) if rates else 0.0
    assert gridding_index(schedule) == pytest.approx(wanted, abs=1e-12)


def test_the_index_by_the_sum_as_it_is_written() -> None:
    """The oracle folds the counts; here every term is written out."""
    line = schedule_line(((3, 1), (3, 2), (3, 9)))
    total, highest = sum(line.values()), 0.0
    for rate in (2, 9):
        for m in range(1, rate // 2 + 1):
            waves = [
                n * complex(math.cos(2 * math.pi * m * i / rate), math.sin(2 * math.pi * m * i / rate))
                for i, n in line.items()
            ]
            highest = max(highest, abs(sum(waves)) / total)
    assert oracle.index(line, [1, 2, 9]) == pytest.approx(highest, abs=1e-12)
    assert gridding_index([Taps(3, 1), Taps(3, 2), Taps(3, 9)]) == pytest.approx(highest, abs=1e-12)


@settings(max_examples=50)
@given(schedules, st.floats(0.0, 1.0))
def test_with_numpy_and_without_it_is_the_same(schedule: list[Taps], above: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gridding, "_IN_PYTHON", -1)
        with_numpy = gridding_index(schedule, above=above)
    assert gridding_index(schedule, above=above) == pytest.approx(with_numpy, abs=1e-12)


@given(schedules, st.floats(0.0, 1.0))
def test_below_the_floor_the_floor_is_returned(schedule: list[Taps], above: float) -> None:
    assert gridding_index(schedule, above=above) == pytest.approx(max(above, gridding_index(schedule)), abs=1e-12)


@given(schedules, st.permutations(range(6)))
def test_the_order_does_not_matter(schedule: list[Taps], order: list[int]) -> None:
    shuffled = [schedule[place] for place in order if place < len(schedule)]
    assert gridding_index(shuffled) == pytest.approx(gridding_index(schedule), abs=1e-12)


@pytest.mark.parametrize(
    ("rates", "index"),
    [
        pytest.param([], 0.0, id="nothing"),
        pytest.param([1, 1, 1], 0.0, id="no-dilation"),
        pytest.param([1, 3, 9], 0.0, id="cancellation"),
        pytest.param([2, 2, 2], 1.0, id="even-rates"),
        pytest.param([3, 6, 9], 1.0, id="factor-3"),
        pytest.param([1, 2], 1 / 3, id="1-2"),
    ],
)
def test_values(rates: list[int], index: float) -> None:
    assert gridding_index([Taps(3, rate) for rate in rates]) == pytest.approx(index, abs=1e-12)


def test_zeros_are_exactly_zero() -> None:
    """A rate whose kernel cancels a grid leaves no rounding error behind."""
    assert gridding_index([Taps(3, 3**power) for power in range(9)]) == 0.0


def test_a_wide_schedule_uses_numpy_and_agrees_with_a_sparse_transform() -> None:
    schedule = [Taps(3, 1), Taps(3, 50), Taps(3, 9_973), Taps(5, 30_011)]
    terms = sum(taps.rate // 2 for taps in schedule) * len(schedule)
    assert terms > gridding._IN_PYTHON
    line = schedule_line(schedule)
    assert gridding_index(schedule) == pytest.approx(oracle.index(line, [50, 9_973, 30_011]), abs=1e-9)


def test_too_many_terms_are_refused() -> None:
    with limits.raised({"index-terms": 9}), pytest.raises(LimitError, match="index-terms"):
        gridding_index([Taps(3, 1), Taps(3, 10)])
    with limits.raised({"index-terms": 10}):
        assert gridding_index([Taps(3, 1), Taps(3, 10)]) > 0.8
