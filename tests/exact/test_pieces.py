"""Pieces and runs of chains, by hand; random ones are compared with brute force in test_many_chains."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import assemble, chain, conv
from rfscope.network.graph import Node
from rfscope.network.provenance import Provenance
from rfscope.network.reads import IDENTITY, TransposedWindow, Window

WRITTEN = Provenance(from_rates=True)
"""A list of rates, every schedule of which is of interest."""


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
    (schedule,) = analyze(chain(rates, kernel=kernel), provenance=WRITTEN).schedules
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
    found = analyze(chain([1, 1], stride=[2, 1], dims=1), provenance=WRITTEN)
    assert [int(schedule.piece.resolution) for schedule in found.schedules] == [1, 2]
    assert [schedule.rates for schedule in found.schedules] == [(1,), (1,)]
    assert analyze(chain([1, 2], kernel=1), provenance=WRITTEN).schedules == ()


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


# Branches


def add(name: str, *inputs: str) -> Node:
    return Node(name=name, op="add", reads=(IDENTITY,), inputs=inputs)


def layer(name: str, *inputs: str, rate: int = 1, kernel: int = 3, stride: int = 1) -> Node:
    return conv(name, inputs=inputs, dilation=rate, kernel=kernel, stride=stride, padding=(rate, rate), dims=1)


def branches(*before: Node, entry: str, rates: Sequence[int], behind: Sequence[Node] = ()) -> Analysis:
    """Branches of one layer each behind a node, added up."""
    side = [layer(f"rate{rate}", entry, rate=rate) for rate in rates]
    return analyze(assemble("n", [*before, *side, add("sum", *(node.name for node in side)), *behind]))


def test_branches_behind_dense_layers_are_a_pyramid() -> None:
    before = [layer("a", "input"), layer("b", "a"), layer("c", "b")]
    found = branches(*before, entry="c", rates=[6, 12, 18], behind=[layer("head", "sum")])
    (schedule,) = found.schedules
    (run,) = schedule.runs
    assert [taps.rate for taps in run.taps] == [6, 12, 18]
    assert (run.pyramid, run.lead_in, run.lead_out, run.never_meets) == (True, 7, 1, False)
    assert schedule.rates == (1, 1, 1, 1)  # the pyramid is left out of what the published rules see
    assert not found.judgement.has_holes(schedule)


def test_a_pyramid_without_anything_before_it_is_not_accused() -> None:
    found = branches(entry="input", rates=[2, 4, 8])
    assert [(run.pyramid, run.lead_in) for run in found.schedules[0].runs] == [(True, 1)]
    assert found.verdict == "ok"


def test_branches_on_a_dilated_backbone_are_part_of_its_run() -> None:
    before = [layer("a", "input"), layer("b", "a", rate=2), layer("c", "b", rate=4)]
    (schedule,) = branches(*before, entry="c", rates=[12, 24]).schedules
    (run,) = schedule.runs
    assert ([taps.rate for taps in run.taps], run.pyramid) == ([2, 4, 12, 24], False)
    assert (run.factor, run.lead_in, run.never_meets) == (2, 3, True)
    assert [step.name for step in run.line][:2] == ["b", "c"]


def test_a_dense_layer_on_one_of_two_paths_separates() -> None:
    nodes = [layer("a", "input", rate=2), layer("b", "a"), add("s", "a", "b"), layer("c", "s", rate=4)]
    (schedule,) = analyze(assemble("n", nodes)).schedules
    assert [[taps.rate for taps in run.taps] for run in schedule.runs] == [[2], [4]]
    assert [(run.lead_in, run.lead_out) for run in schedule.runs] == [(1, 1), (3, 0)]


def test_a_head_beside_the_exit_does_not_count_as_lead_out() -> None:
    """The dense layer of an auxiliary head does not let the outputs of the main path meet."""
    nodes = [layer("a", "input", rate=2), layer("b", "a", rate=4), layer("c", "b", rate=8), layer("aux", "a")]
    (schedule,) = analyze(assemble("n", nodes, outputs=["c", "aux"])).schedules
    (run,) = schedule.runs
    assert (schedule.piece.exit, run.lead_out) == ("c", 0)


def test_a_head_beside_the_exit_does_not_change_the_step() -> None:
    """Outputs two apart undo a factor of two, whatever else reads the run."""
    nodes = [layer("a", "input", rate=2), layer("b", "a", rate=4, stride=2), layer("aux", "a")]
    (schedule,) = analyze(assemble("n", nodes, outputs=["b", "aux"])).schedules
    (run,) = schedule.runs
    assert (schedule.piece.exit, run.step, run.splits, run.never_meets) == ("b", 2, 1, False)


def test_a_pyramid_on_the_main_path_is_not_accused_for_a_run_beside_it() -> None:
    nodes = [
        layer("a", "input"),
        layer("near", "a", rate=4),
        layer("far", "a", rate=8),
        add("sum", "near", "far"),
        layer("beside", "input", rate=2),
        add("other", "beside", "input"),
    ]
    found = analyze(assemble("n", nodes, outputs=["sum", "other"]))
    assert [run.pyramid for run in found.schedules[0].runs] == [True, False]
    assert [one.output for one in found.judgement.skipped] == ["other"]


def test_up_sampling_ends_a_piece_and_its_maps_start_another() -> None:
    up = Node(name="up", op="transposed_conv", reads=(TransposedWindow(kernel=2, stride=2),), inputs=("down",))
    nodes = [
        layer("a", "input", rate=2),
        layer("down", "a", stride=2),
        up,
        add("cat", "up", "a"),
        layer("b", "cat", rate=4),
    ]
    found = analyze(assemble("n", nodes))
    assert [(schedule.piece.entry, schedule.piece.exit) for schedule in found.schedules] == [("input", "b")]
    assert [schedule.rates for schedule in found.schedules] == [(2, 4)]
