"""The judgement against brute force and in all places that say it, and its edges.

RFSCOPE_JUDGED=2000 judges so many random networks; it takes some minutes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from math import prod

import pytest

import rfscope as rf
from rfscope import limits
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.graph import INPUT, Node
from rfscope.network.reads import IDENTITY, TransposedWindow, Unknown, Whole, Window
from rfscope.network.sizes import settle
from tests import oracle
from tests.exact.dags import graph_of, random_of, random_spec, read
from tests.verdicts import everywhere

NETWORKS = int(os.environ.get("RFSCOPE_JUDGED", "200"))
SHARES = 8
MOST_PHASES = 100


def narrowed(node: Node, axes: frozenset[int]) -> Node:
    """A node whose windows along some axes have their middle tap alone."""
    reads = list(node.reads)
    for axis in axes:
        read = reads[axis]
        assert isinstance(read, Window)
        middle = oracle.read_by(read, 0)[(read.kernel - 1) // 2]
        reads[axis] = Window(stride=read.stride, padding=(-middle, 0))
    return replace(node, reads=tuple(reads))


def brute(analysis: Analysis) -> Iterator[str]:
    """The maps with holes, and INPUT for an output that reads nothing, over all outputs and all their phases."""
    judged: dict[str, set[int]] = {INPUT: set(range(analysis.network.dims))}
    branches: dict[str, set[int]] = {}
    for schedule in analysis.schedules:
        for run in schedule.runs:
            for step in run.steps if run.pyramid else ():
                branches.setdefault(step.name, set()).update(schedule.axes)
        if any(not run.pyramid for run in schedule.runs):
            judged.setdefault(schedule.piece.entry, set()).update(schedule.axes)
    nodes = (narrowed(node, frozenset(branches.get(node.name, ()))) for node in analysis.network.nodes)
    network = replace(analysis.network, nodes=tuple(nodes))
    for output in analysis.outputs:
        bounded = any(field.bounded for field in output.axes)
        sizes = analysis.sizes if bounded else None
        for position in product(*(range(field.period) for field in output.axes)):
            seen = oracle.trace(network, output.node, position, sizes)
            if not seen[INPUT] and not any(seen[node.name] for node in analysis.network.nodes if node.is_global):
                yield INPUT
            for name, axes in judged.items():
                if seen[name] and any(oracle.largest_gap_on_lines(seen[name], axis) > 1 for axis in axes):
                    yield name


def few_phases(analysis: Analysis) -> bool:
    return all(prod(field.period for field in output.axes) <= MOST_PHASES for output in analysis.outputs)


@pytest.mark.parametrize("part", range(SHARES))
def test_verdicts_are_equal_in_all_places_and_holes_equal_brute_force(part: int) -> None:
    judged = bad = 0
    for seed in range(part, NETWORKS, SHARES):
        network = read(random_spec(random_of(10_000 + seed)))
        if graph_of(network) is None:
            continue
        analysis = analyze(network)
        said = everywhere(analysis)
        assert set(said.values()) == {(analysis.verdict or "unknown").upper()}, (seed, said)
        if not few_phases(analysis):
            continue
        found = set(brute(analysis))
        assert (analysis.verdict == "holes") == bool(found), seed
        named = {one.map for one in analysis.judgement.skipped}
        assert named <= found, seed
        assert bool(named or analysis.judgement.empty) == bool(found), seed
        judged += 1
        bad += bool(found)
    assert judged > 0.8 * len(range(part, NETWORKS, SHARES))
    assert 0 < bad < judged
    print(f"{judged} judged, {bad} with holes")  # noqa: T201 - the figure


def up(kernel: int, stride: int, *inputs: str) -> Node:
    return Node(name="up", op="transposed_conv", reads=(TransposedWindow(kernel=kernel, stride=stride),), inputs=inputs)


def add(*inputs: str, dims: int = 1) -> Node:
    return Node(name="sum", op="add", reads=(IDENTITY,) * dims, inputs=inputs)


def layer(name: str, *inputs: str, kernel: int = 3, rate: int = 1, stride: int = 1) -> Node:
    return rf.conv(name, kernel=kernel, dilation=rate, stride=stride, padding=(rate, rate), dims=1, inputs=inputs)


def judged(*nodes: Node, outputs: tuple[str, ...] = ()) -> Analysis:
    return analyze(rf.assemble("net", nodes, outputs=outputs))


def test_every_phase_counts() -> None:
    """Of two phases the second reads 0 and 2 of the image and not 1."""
    odd = up(2, 2, "d")
    analysis = judged(layer("d", kernel=2, rate=2), odd, layer("mix", kernel=2))
    assert set(brute(analysis)) == {INPUT}
    assert analysis.verdict == "holes"


def test_the_worst_output_counts() -> None:
    nodes = [layer("a"), layer("b", rate=2), layer("c", INPUT, rate=2)]
    assert judged(*nodes, outputs=("b",)).verdict == "ok"
    assert judged(*nodes, outputs=("b", "c")).verdict == "holes"


def test_one_cause_is_told_once_and_two_are_told_twice() -> None:
    deep = [layer("down", kernel=3, stride=2), layer("a", rate=2), layer("b", rate=4)]
    assert [one.map for one in judged(*deep).judgement.skipped] == ["down"]
    both = [layer("x", rate=2), layer("y", rate=2), layer("down", kernel=1, stride=2), *deep[1:]]
    assert [one.map for one in judged(*both).judgement.skipped] == ["down", INPUT]


def test_a_gap_that_is_there_only_once_another_is_filled_is_not_told() -> None:
    network = read(random_spec(random_of(10_519)))
    analysis = analyze(network)
    assert {one.map for one in analysis.judgement.skipped} == set(brute(analysis)) == {"n4"}


def test_a_shortcut_with_a_dense_layer_lets_neighbours_meet_in_the_stage() -> None:
    nodes = [layer("in"), layer("a", rate=2), layer("b", rate=4)]
    assert judged(*nodes).verdict == "gridding"
    assert judged(*nodes, layer("beside", "in"), add("b", "beside")).verdict == "ok"
    assert judged(*nodes, add("b", "in")).verdict == "gridding"


@pytest.mark.parametrize(("kernel", "verdict"), [(2, "gridding"), (4, "ok")])
def test_only_a_transposed_convolution_that_overlaps_mixes(kernel: int, verdict: str) -> None:
    window = TransposedWindow(kernel=kernel, stride=2)
    end = Node(name="up", op="transposed_conv", reads=(window,), inputs=("b",))
    assert judged(layer("in"), layer("a", rate=2), layer("b", rate=4), end).verdict == verdict


def test_mixing_towards_one_output_does_not_excuse_another() -> None:
    nodes = [layer("in"), layer("a", rate=2), layer("b", rate=4), layer("dense")]
    assert judged(*nodes).verdict == "ok"
    assert judged(*nodes, outputs=("dense", "b")).verdict == "gridding"


def test_outputs_that_nothing_reaches_are_empty_whatever_lies_before_them() -> None:
    """A layer that may read anything excuses no output that does not read it."""
    sparse = up(1, 2, "gate")
    everything = Node(name="pool", op="global", reads=(Whole(),), inputs=("a",))
    gated = judged(layer("a"), everything, replace(add("a", "pool"), name="gate"), sparse)
    assert (gated.verdict, gated.judgement.empty) == ("holes", ("up",))
    bent = replace(layer("gate", "a"), data_dependent=True)
    assert judged(layer("a"), bent, sparse).judgement.empty == ("up",)
    unknown = Node(name="mystery", op="mystery", reads=(Unknown(),), inputs=("a",))
    assert judged(layer("a"), unknown, replace(add("a", "mystery"), name="gate"), sparse).judgement.empty == ("up",)
    assert judged(layer("a"), everything, up(1, 2, "a"), add("up", "pool")).judgement.empty == ()


def test_what_is_not_known_has_no_verdict_unless_it_is_bad() -> None:
    unknown = Node(name="mystery", op="mystery", reads=(Unknown(),), inputs=("a",))
    assert judged(layer("a"), unknown, add("a", "mystery")).verdict is None
    assert judged(layer("a", rate=2), unknown, add("a", "mystery")).verdict == "holes"
    assert judged(layer("a"), unknown).judgement.unknown == "mystery was not analyzed"


def test_over_a_limit_there_is_no_verdict_and_no_crash() -> None:
    analysis = judged(layer("a"), layer("b", rate=2), add("a", "b"))
    with limits.raised({"judged": 1}):
        assert analysis.verdict is None
        assert "judged" in (analysis.judgement.unknown or "")


def test_long_chains_and_deep_networks_are_quick() -> None:
    from time import perf_counter

    chain = rf.analyze(rf.chain([1, 2, 4, 8, 16] * 600, dims=1))
    assert len(chain.schedules) == 1  # what the pieces take is not looked at here
    start = perf_counter()
    assert chain.verdict == "gridding"
    blocks: list[Node] = [layer("in")]
    for number in range(300):
        before = blocks[-1].name
        one = layer(f"c{number}", before, rate=2 ** (number % 5))
        blocks += [one, replace(add(before, one.name), name=f"s{number}")]
    assert judged(*blocks).verdict == "gridding"
    assert perf_counter() - start < 30  # a second or two on a machine that is not busy


def test_sizes_do_not_change_the_verdict() -> None:
    network = rf.chain([2, 4, 8])
    assert analyze(network, input=(8, 8)).verdict == "holes"
    assert settle(network, (8, 8)).sizes is not None


def test_a_cross_has_no_holes_and_a_diagonal_has() -> None:
    cross = [rf.conv("wide", kernel=(1, 3), inputs=[INPUT]), rf.conv("tall", kernel=(3, 1), inputs=[INPUT])]
    net = rf.assemble("cross", [*cross, add("wide", "tall", dims=2)])
    assert analyze(net).verdict == "ok"
    far = [rf.conv("wide", kernel=(1, 3), dilation=2, inputs=[INPUT]), *cross[1:]]
    stacked = rf.assemble("far", [*far, add("wide", "tall", dims=2), rf.conv("d", dilation=2)])
    assert (analyze(stacked).verdict == "holes") == bool(set(brute(analyze(stacked))))
