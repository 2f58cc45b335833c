"""Columns of facts of many schedules, against the facts of each."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfscope.exact import batch
from rfscope.exact.judged import judge
from rfscope.exact.taps import Taps, axis_counts


@st.composite
def _many(draw: st.DrawFn) -> tuple[list[int], list[list[int]]]:
    layers = draw(st.integers(2, 6))
    kernel = st.sampled_from([2, 3, 5]) if draw(st.booleans()) else st.sampled_from([1, 2, 3, 3, 5])
    kernels = draw(st.lists(kernel, min_size=layers, max_size=layers))
    rates = st.lists(st.integers(1, draw(st.sampled_from([4, 12, 40]))), min_size=layers, max_size=layers)
    return kernels, draw(st.lists(rates, min_size=1, max_size=8))


@given(_many())
@settings(max_examples=150, deadline=None)
def test_columns_are_what_each_schedule_says(many: tuple[list[int], list[list[int]]]) -> None:
    kernels, schedules = many
    rates = np.array(schedules, np.int32).T
    judged = [judge(map(Taps, kernels, each)) for each in schedules]
    passes, said = batch.group_rule(kernels, rates)
    groups = [bool(ok) if any_group else None for ok, any_group in zip(passes, said, strict=True)]
    assert batch.fields(kernels, rates).tolist() == [one.extent for one in judged]
    assert batch.hole_free(kernels, rates).tolist() == [one.hole_free for one in judged]
    assert batch.factors(rates).tolist() == [one.factor for one in judged]
    assert batch.m2(rates).tolist() == [one.m2 for one in judged]
    assert groups == [one.m2_ok for one in judged]
    assert batch.isolated(kernels, rates).tolist() == [one.meeting.isolated for one in judged]
    assert batch.indices(kernels, rates) == pytest.approx([one.gridding_index for one in judged], abs=1e-12)


@given(_many(), st.floats(0, 1))
@settings(max_examples=50, deadline=None)
def test_above_a_bound_the_index_is_not_told(many: tuple[list[int], list[list[int]]], most: float) -> None:
    kernels, schedules = many
    rates = np.array(schedules, np.int32).T
    every, some = batch.indices(kernels, rates), batch.indices(kernels, rates, most)
    assert np.array_equal(some, np.where(every <= most, every, np.inf))


@pytest.mark.parametrize(
    ("rates", "step", "paths"),
    [
        ("1,1,1", 1 / 3, 3),
        ("1,2,3", 0.2, 2),
        ("1,2,5", 1 / 3, 1),
        ("1,2,4", 0.5, 1),
        ("1,2,4,8", 0.6, 1),
        ("1,3,9", 0, 1),
        ("1,2,5,9", 0.5, 1),
        ("1,2,4,8,1", 0.2, 8),
        ("1,1,2,4,8,16,1", 0.125, 28),
    ],
)
def test_evenness_of_schedules_that_people_know(rates: str, step: float, paths: int) -> None:
    numbers = [int(rate) for rate in rates.split(",")]
    found = batch.evenness([3] * len(numbers), np.array([numbers]).T)
    assert (found.step[0], found.paths[0]) == (pytest.approx(step), paths)


@given(st.lists(st.tuples(st.integers(2, 5), st.integers(1, 9)), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_evenness_is_of_the_usage_counts(layers: list[tuple[int, int]]) -> None:
    counts = axis_counts([Taps(*layer) for layer in layers])
    middle = counts[len(counts) // 4 : len(counts) - len(counts) // 4]
    steps = [1.0 if a + b == 0 else abs(a - b) / (a + b) for a, b in pairwise(middle)]
    found = batch.evenness([kernel for kernel, _ in layers], np.array([[rate for _, rate in layers]]).T)
    assert found.paths[0] == min(middle)
    assert found.step[0] == pytest.approx(max(steps, default=0))


def test_the_published_rule_against_the_truth() -> None:
    agree = passing = failing = every = 0
    for layers in range(2, 6):
        rates = np.array(list(product(range(1, 11), repeat=layers)), np.int32).T
        free, rule = batch.hole_free([3] * layers, rates), batch.m2(rates) <= 3
        every += len(free)
        agree += int((free == rule).sum())
        passing += int((rule & ~free).sum())
        failing += int((~rule & free).sum())
    assert (every, round(100 * agree / every, 1), passing, failing) == (111_100, 72.0, 9_636, 21_470)


def test_a_million_schedules_of_six_layers() -> None:
    rates = np.indices((10,) * 6, np.int32).reshape(6, -1) + 1
    free = sum(int(batch.hole_free([3] * 6, rates[:, at : at + 2**15]).sum()) for at in range(0, 10**6, 2**15))
    assert free == 355_267
