from __future__ import annotations

from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.coverage import chain_coverage
from rfscope.exact.taps import Taps, axis_support, hole_free, input_taps, repair
from rfscope.network.reads import Window
from tests import oracle
from tests.exact import schedules


def layers(kernels: st.SearchStrategy[int], rates: int, most: int) -> st.SearchStrategy[list[Taps]]:
    return st.lists(st.builds(Taps, kernels, st.integers(1, rates)), min_size=1, max_size=most)


def wide(least: int = 1, most: int = 3) -> st.SearchStrategy[list[Window]]:
    """Strided chains."""
    window = st.builds(Window, kernel=st.integers(least, 4), stride=st.integers(1, 3), dilation=st.integers(1, 6))
    return st.lists(window, min_size=1, max_size=most)


@pytest.mark.parametrize("kernel", [2, 3, 4])
@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_closed_form_on_every_small_schedule(kernel: int, count: int) -> None:
    for rates in product(range(1, 7), repeat=count):
        taps = [Taps(kernel, rate) for rate in rates]
        assert hole_free(taps) == schedules.reads_all(taps), rates


@given(layers(st.integers(1, 7), 30, 6), st.randoms())
def test_coverage_does_not_depend_on_the_order(schedule: list[Taps], random: Random) -> None:
    shuffled = random.sample(schedule, len(schedule))
    assert hole_free(schedule) == hole_free(shuffled) == schedules.reads_all(schedule)


@given(wide())
def test_the_closed_form_over_strides(windows: list[Window]) -> None:
    assert hole_free(input_taps(windows)) == (not oracle.missing(oracle.trace_line(windows)[0]))


# Repairs


@pytest.mark.parametrize("kernel", [2, 3, 4])
def test_a_repair_at_equal_kernels_is_nearest(kernel: int) -> None:
    """Nearest in the sum of what is lowered, in the largest lowering and in the sum of squares, by trying all."""
    for rates in product(range(1, 6), repeat=3):
        repaired = repair([Taps(kernel, rate) for rate in rates]).repaired
        lowered = [rate - ours for rate, ours in zip(rates, repaired, strict=True)]
        for other in product(*(range(1, rate + 1) for rate in rates)):
            if schedules.reads_all((kernel, rate) for rate in other):
                change = [rate - theirs for rate, theirs in zip(rates, other, strict=True)]
                assert sum(lowered) <= sum(change)
                assert max(lowered) <= max(change)
                assert sum(x * x for x in lowered) <= sum(x * x for x in change)
                assert all(ours >= theirs for ours, theirs in zip(sorted(repaired), sorted(other), strict=True))


@settings(max_examples=30)
@given(st.integers(2, 6), st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_a_repair_at_equal_kernels_is_among_the_nearest(kernel: int, rates: list[int]) -> None:
    assert repair([Taps(kernel, rate) for rate in rates]).repaired in schedules.nearest([kernel] * len(rates), rates)


def test_a_repair_may_lower_more_layers_than_another_of_the_same_sum() -> None:
    assert repair([Taps(3, rate) for rate in (3, 4, 12)]).repaired == (1, 3, 9)
    assert set(schedules.nearest([3, 3, 3], [3, 4, 12])) == {(1, 3, 9), (3, 1, 9)}  # the second leaves the 3 alone


def test_a_repair_at_mixed_kernels_need_not_be_nearest() -> None:
    assert repair([Taps(2, 1), Taps(2, 5), Taps(3, 5)]).repaired == (1, 2, 4)
    assert schedules.nearest([2, 2, 3], [1, 5, 5]) == [(1, 5, 2)]


@settings(max_examples=40)
@given(layers(st.integers(1, 6), 14, 5))
def test_no_lowered_rate_can_be_raised_again(schedule: list[Taps]) -> None:
    found = repair(schedule)
    repaired = [Taps(layer.kernel, rate) for layer, rate in zip(schedule, found.repaired, strict=True)]
    assert schedules.reads_all(repaired)
    for place, (old, new) in enumerate(zip(schedule, repaired, strict=True)):
        for rate in range(new.rate + 1, old.rate + 1):
            assert not schedules.reads_all([*repaired[:place], Taps(old.kernel, rate), *repaired[place + 1 :]])


@given(layers(st.integers(2, 5), 12, 5))
def test_a_repair_of_a_repair_changes_nothing(schedule: list[Taps]) -> None:
    repaired = repair(schedule).repaired
    again = repair([Taps(layer.kernel, rate) for layer, rate in zip(schedule, repaired, strict=True)])
    assert (again.repaired, again.first_bad) == (repaired, None)


def test_kernels_of_one_are_passed_over() -> None:
    found = repair([Taps(1, 9), Taps(3, 1), Taps(1, 2), Taps(3, 4)])
    assert found.repaired == (9, 1, 2, 3)
    assert found.first_bad == 3
    assert hole_free([Taps(1, 9), Taps(3, 1)])


# Sub-grids


@given(layers(st.integers(1, 4), 8, 3))
def test_at_stride_1_sub_grids_are_the_groups_of_outputs_that_share_inputs(taps: list[Taps]) -> None:
    line = schedules.schedule_line(taps)
    (classes,) = chain_coverage([taps], [1]).subgrids
    outputs = 2 * oracle.span(line)[1] + classes
    assert len(oracle.groups_that_share(line, 1, outputs)) == classes if len(line) > 1 else classes == 1


@given(wide(least=2))
def test_outputs_that_share_inputs_are_of_one_class(windows: list[Window]) -> None:
    line, stride = oracle.trace_line(windows)[0], oracle.strides_of(windows)
    (classes,) = chain_coverage([input_taps(windows)], [stride]).subgrids
    outputs = 2 * oracle.span(line)[1] // stride + classes
    groups = oracle.groups_that_share(line, stride, outputs)
    assert all(len({output % classes for output in group}) == 1 for group in groups)
    assert len(groups) >= classes


# Holes and limits


@given(wide())
def test_holes_and_gaps_along_one_axis(windows: list[Window]) -> None:
    line = oracle.trace_line(windows)[0]
    found = chain_coverage([input_taps(windows)], [oracle.strides_of(windows)])
    assert found.hole_offsets == (tuple(oracle.missing(line))[:1000],)
    assert found.largest_gap == (oracle.largest_gap(line),)
    assert (found.used, found.holes) == (len(line), len(oracle.missing(line)))


def test_only_the_first_thousand_holes_are_listed_and_all_are_counted() -> None:
    found = chain_coverage([[Taps(3, 3000)]], [1])
    assert (found.size, found.used, found.holes) == ((6001,), 3, 5998)
    assert found.hole_offsets == (tuple(range(1, 1001)),)
    assert (found.largest_gap, found.subgrids) == ((3000,), (3000,))


def test_axes_are_judged_one_by_one() -> None:
    found = chain_coverage([[Taps(3, 1)], [Taps(3, 2)], [Taps(1, 1)]], [1, 2, 1])
    assert (found.size, found.pixels, found.used, found.holes) == ((3, 5, 1), 15, 9, 6)
    assert (found.largest_gap, found.subgrids) == ((1, 2, 1), (1, 1, 1))
    assert found.hole_offsets == ((), (1, 3), ())
    assert found.share == pytest.approx(9 / 15)


def test_a_field_over_the_limit_is_refused() -> None:
    with limits.raised({"axis": 8}), pytest.raises(LimitError, match="'axis'"):
        axis_support([Taps(3, 4)])
    with limits.raised({"axis": 9}):
        assert axis_support([Taps(3, 4)]) == 0b100010001
