"""Columns of schedules are what each schedule has alone, whatever the block and the job it comes in."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfscope.errors import RfscopeError
from rfscope.exact.judged import judge
from rfscope.exact.taps import Taps
from rfscope.surveying.columns import SCHEDULES, chosen, named
from rfscope.surveying.interval import interval
from rfscope.surveying.schedules import Schedules, schedules
from rfscope.surveying.tables import rows

ALL = [column.name for column in SCHEDULES]


def space(layers: list[int], rates: list[int], columns: list[str] = ALL, **more: Any) -> Schedules:
    return schedules(layers, rates, named(SCHEDULES, columns), **more)


def alone(kernels: tuple[int, ...], rates: tuple[int, ...]) -> tuple[Any, ...]:
    """A row, by the functions for one schedule."""
    one = judge([Taps(kernel, rate) for kernel, rate in zip(kernels, rates, strict=True)])
    whole = None if one.m2 is None else one.m2 <= kernels[0]
    facts = (one.extent, one.hole_free, one.factor, one.m2, one.m2_ok, whole, one.meeting.isolated)
    return list(rates), *facts, pytest.approx(one.gridding_index), None


@pytest.mark.parametrize(
    ("layers", "rates", "kernels"),
    [
        ([1], [1, 2, 7], (3,)),
        ([1, 2, 3], [1, 2, 3, 5], (3,)),
        ([4], [1, 3, 4], (2,)),
        ([3], [1, 2, 4, 9], (3, 5, 2)),
        ([2, 5], [1, 2], (3,)),
    ],
    ids=str,
)
def test_every_row_is_what_the_schedule_has_alone(
    layers: list[int], rates: list[int], kernels: tuple[int, ...]
) -> None:
    made = space(layers, rates, kernels=kernels)
    every = [one for count in layers for one in product(rates, repeat=count)]
    expected = [alone(kernels * len(one) if len(kernels) == 1 else kernels, one) for one in every]
    assert made.rows == len(every)
    assert list(rows(made.columns, made.job(0, made.rows).table().columns)) == expected


@given(st.integers(0, 84), st.integers(0, 84))
def test_a_job_is_a_part_of_the_whole(first: int, stop: int) -> None:
    made = space([1, 2, 3], [1, 2, 5, 6])
    whole = list(rows(made.columns, made.job(0, made.rows).table().columns))
    if first < stop:
        assert list(rows(made.columns, made.job(first, stop).table().columns)) == whole[first:stop]


def test_a_sample_does_not_depend_on_its_jobs() -> None:
    made = space([6], [1, 2, 3, 4], ["rates", "hole_free"], sample=70_000, seed=3)
    whole = list(rows(made.columns, made.job(0, 70_000).table().columns))
    parts = [made.job(first, stop).table() for first, stop in ((0, 5), (5, 40_000), (40_000, 70_000))]
    assert [row for part in parts for row in rows(made.columns, part.columns)] == whole
    other = space([6], [1, 2, 3, 4], ["rates", "hole_free"], sample=70_000, seed=4)
    assert list(rows(made.columns, other.job(0, 70_000).table().columns)) != whole


def test_six_layers_of_rates_to_ten() -> None:
    made = space([6], list(range(1, 11)), [])
    tallies = [
        made.job(first, min(first + made.chunk, made.rows)).table().tally for first in range(0, 10**6, made.chunk)
    ]
    assert sum(tally["schedules"] for tally in tallies) == 10**6
    assert sum(tally["hole_free"] for tally in tallies) == 355_267


def test_the_published_rule_beside_the_truth() -> None:
    made = space([2, 3, 4, 5], list(range(1, 11)), [])
    tally = made.job(0, made.rows).table().tally
    wrong = tally["whole_passes_with_holes"], tally["whole_fails_without_holes"]
    assert wrong == (9_636, 21_470)
    assert round(100 * (1 - sum(wrong) / tally["whole_judged"]), 1) == 72.0
    falling = made.rows - tally["groups_judged"]  # the rule says nothing of those
    holes = falling - (
        tally["hole_free"]
        - tally["groups_passes"]
        + tally["groups_passes_with_holes"]
        - tally["groups_fails_without_holes"]
    )
    assert (tally["groups_passes_with_holes"] + holes, tally["groups_fails_without_holes"]) == (4_307, 23_496)


def test_a_sample_says_between_which_bounds_the_truth_lies() -> None:
    made = space([6], list(range(1, 11)), [], sample=10_000)
    found = interval(made.job(0, 10_000).table().tally["hole_free"], 10_000)
    assert found.low < 0.355267 < found.high
    assert found.high - found.low < 0.02


@pytest.mark.parametrize(("found", "drawn"), [(0, 10), (10, 10), (351, 1_000)])
def test_the_bounds_are_exact(found: int, drawn: int) -> None:
    """At either bound, what was found or more extreme has a probability of 2.5 %."""
    from scipy.stats import binom

    bounds = interval(found, drawn)
    assert bounds.low == 0 if found == 0 else binom.sf(found - 1, drawn, bounds.low) == pytest.approx(0.025)
    assert bounds.high == 1 if found == drawn else binom.cdf(found, drawn, bounds.high) == pytest.approx(0.025)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "rate 0": ({"rates": [0, 1]}, "bad rates: got 0"),
    "no rates": ({"rates": []}, "bad rates: got none"),
    "no layer": ({"layers": [0]}, "bad layers: got 0"),
    "kernel 0": ({"kernels": (0,)}, "bad kernel: got 0"),
    "kernels": ({"kernels": (3, 5, 3)}, "bad kernel: got 3 numbers, expected one number, or one per layer"),
    "several kernels": ({"layers": [2, 3], "kernels": (3, 5)}, "bad kernel: got 2 numbers"),
    "too many": ({"layers": [100], "rates": [1, 2]}, "too many schedules: got 2^100 schedules, expected at most 2^62"),
    "a sample of two": ({"layers": [1, 2], "sample": 5}, "bad sample: got 5 of 2 numbers of layers"),
    "an empty sample": ({"sample": 0}, "bad sample: got 0 of 1 numbers"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_space_that_is_none_is_refused(case: str) -> None:
    given, said = REFUSED[case]
    with pytest.raises(RfscopeError) as caught:
        space(**{"layers": [2], "rates": [1, 2], **given})
    assert str(caught.value).startswith(said)


def test_a_column_that_takes_long_is_asked_for() -> None:
    usual = [column.name for column in chosen(SCHEDULES, None)]
    assert "gridding_index" not in usual
    assert usual[0] == "rates"
    with pytest.raises(RfscopeError, match=r"no such column: got 'feild'.*did you mean 'field'"):
        chosen(SCHEDULES, ["feild"])
