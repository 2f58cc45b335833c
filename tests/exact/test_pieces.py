"""Pieces and runs of chains, by hand; random ones are compared with brute force in test_many_chains."""

from __future__ import annotations

import pytest

from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import assemble, chain, conv
from rfscope.network.graph import Node
from rfscope.network.reads import Window


def line(*windows: Window) -> Analysis:
    nodes = [Node(name=f"w{number}", op="conv", reads=(window,), inputs=()) for number, window in enumerate(windows)]
    return analyze(assemble("line", nodes))


def rates_of(found: Analysis) -> list[list[list[int]]]:
    return [[[taps.rate for taps in run.taps] for run in schedule.runs] for schedule in found.schedules]


def dilated(*rates: int, stride: int = 1) -> list[Window]:
    """Windows of three taps, the last with the stride."""
    last = len(rates) - 1
    return [Window(kernel=3, dilation=rate, stride=stride if n == last else 1) for n, rate in enumerate(rates)]


@pytest.mark.parametrize(
    ("rates", "kernel", "runs"),
    [
        pytest.param([2, 4, 8], 3, [([2, 4, 8], 1, 0, 2)], id="2-4-8"),
        pytest.param([1, 2, 5], 3, [([2, 5], 3, 0, 1)], id="1-2-5"),
        pytest.param([1, 2, 4], 3, [([2, 4], 3, 0, 2)], id="1-2-4"),
        pytest.param([1, 1, 2, 4, 8, 16, 1], 3, [([2, 4, 8, 16], 5, 1, 2)], id="context-module"),
        pytest.param([1, 3], [5, 7], [([3], 5, 0, 3)], id="large-kernel-attention"),
        pytest.param([1, 2, 5, 1, 2, 5], 3, [([2, 5], 3, 1, 1), ([2, 5], 3, 0, 1)], id="two-sawteeth"),
        pytest.param([2, 1, 1, 4], 3, [([2], 1, 2, 2), ([4], 5, 0, 4)], id="dense-between"),
        pytest.param([2, 1, 4], [3, 1, 3], [([2, 4], 1, 0, 2)], id="pointwise-does-not-separate"),
        pytest.param([5, 2, 4], [1, 3, 3], [([2, 4], 1, 0, 2)], id="dilated-pointwise-is-not-dilated"),
        pytest.param([1, 1, 2], [3, 1, 3], [([2], 3, 0, 2)], id="lead-in-over-pointwise"),
        pytest.param([1, 1, 1], 3, [], id="nothing-dilated"),
    ],
)
def test_runs_of_a_chain(
    rates: list[int], kernel: int | list[int], runs: list[tuple[list[int], int, int, int]]
) -> None:
    """Rates, lead-in, lead-out and classes of each run."""
    (schedule,) = analyze(chain(rates, kernel=kernel)).schedules
    found = schedule.runs
    assert [([taps.rate for taps in run.taps], run.lead_in, run.lead_out, run.splits) for run in found] == runs
    assert not any(run.pyramid for run in found)


def test_a_strided_layer_belongs_to_the_resolution_it_reads_and_ends_its_piece() -> None:
    found = line(*dilated(1, 2, stride=2), *dilated(2, 4, stride=3), *dilated(1, 1), *dilated(8))
    assert [schedule.piece.resolution for schedule in found.schedules] == [1, 2, 6]
    assert [schedule.piece.stride for schedule in found.schedules] == [2, 3, 1]
    assert [(s.piece.entry, s.piece.exit, s.piece.label) for s in found.schedules] == [
        ("input", "w1", "w0 .. w1"),
        ("w1", "w3", "w2 .. w3"),
        ("w3", "w6", "w4 .. w6"),
    ]
    assert rates_of(found) == [[[2]], [[2, 4]], [[8]]]
    assert [schedule.rates for schedule in found.schedules] == [(1, 2), (2, 4), (1, 1, 8)]


def test_a_step_undoes_a_factor() -> None:
    """Outputs two apart of rates 2, 4 all read even positions of one class; three apart leaves both classes."""
    runs = [line(*dilated(2, 4, stride=stride)).schedules[0].runs[0] for stride in (1, 2, 3)]
    assert [(run.factor, run.step, run.splits) for run in runs] == [(2, 1, 2), (2, 2, 1), (2, 3, 2)]
    assert [run.never_meets for run in runs] == [True, False, True]


def test_a_lone_dilated_layer_is_a_run_that_is_not_accused() -> None:
    (run,) = line(*dilated(1, 4)).schedules[0].runs
    assert (run.splits, run.never_meets) == (4, False)


def test_only_dilated_pieces_have_a_schedule_unless_rates_were_written() -> None:
    assert line(Window(kernel=3, stride=2), Window(kernel=3)).schedules == ()
    found = analyze(chain([1, 1], stride=[2, 1], dims=1))
    assert [(schedule.piece.resolution, schedule.rates) for schedule in found.schedules] == [(1, (1,)), (2, (1,))]
    assert analyze(chain([1, 2], kernel=1)).schedules == ()


def test_axes_that_are_alike_share_a_schedule_and_others_have_their_own() -> None:
    nodes = [
        conv("a", kernel=3, dilation=(1, 2, 1), dims=3),
        conv("b", kernel=3, dilation=(2, 4, 2), dims=3),
    ]
    found = analyze(assemble("n", nodes))
    assert [(schedule.axes, schedule.rates) for schedule in found.schedules] == [((0, 2), (1, 2)), ((1,), (2, 4))]
    assert [schedule.coverage.size for schedule in found.schedules] == [(7, 7), (13,)]


def test_own_share_is_over_as_many_axes_as_asked() -> None:
    (run,) = analyze(chain([1, 2, 5])).schedules[0].runs
    assert [run.own_share(axes) for axes in (1, 2, 3)] == pytest.approx([9 / 15, 0.36, 0.216])
    assert run.isolated == 1
