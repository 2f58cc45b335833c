"""What schedules could be changed to, each with its price."""

from __future__ import annotations

from dataclasses import replace

import pytest

import rfscope as rf
from rfscope.design.edits import Edit
from rfscope.design.repairs import Repaired, repaired
from rfscope.errors import RfscopeError
from rfscope.exact.taps import Taps
from rfscope.network.reads import Window

TABLE = {
    "1,2,9": [
        "now 1,2,9 holes",
        "nearest 1,3,9 gridding by 1",
        "nearest without grids 1,3,8 ok by 2",
        "lowered 1,2,7 ok by 2",
        "dense layer behind 1,2,9,1 ok by 0",
    ],
    "2,4,8": ["now 2,4,8 holes", "nearest 1,3,8 ok by 2", "dense layer behind 2,4,8,1 ok by 0"],
    "1,2,4,8": [
        "now 1,2,4,8 gridding",
        "nearest without grids 1,2,4,9 ok by 1",
        "dense layer behind 1,2,4,8,1 ok by 0",
    ],
    "2,2,2": [
        "now 2,2,2 holes",
        "nearest 1,2,2 gridding by 1",
        "nearest without grids 2,2,1 ok by 1",
        "same field 1,2,3 ok by 2",
        "dense layer behind 2,2,2,1 ok by 0",
    ],
    "6,12,18": [
        "now 6,12,18 holes",
        "nearest 1,3,9 gridding by 23",
        "nearest without grids 1,3,8 ok by 24",
        "dense layer behind 1,3,9,1 ok by 23",
    ],
    "1,2,5": ["now 1,2,5 ok"],
}


@pytest.mark.parametrize("rates", TABLE)
def test_by_hand(rates: str) -> None:
    assert [_text(one) for one in repaired([Taps(3, int(rate)) for rate in rates.split(",")])] == TABLE[rates]


def _text(one: Repaired) -> str:
    moved = "" if one.answer.distance is None else f" by {one.answer.distance}"
    return f"{one.kind} {','.join(map(str, one.answer.rates))} {one.answer.verdict}{moved}"


def test_a_dense_layer_behind_makes_it_three_times_as_even() -> None:
    now, *_, dense = repaired([Taps(3, rate) for rate in (1, 2, 4, 8)])
    assert [one.answer.index for one in (now, dense)] == pytest.approx([1 / 3, 1 / 9])
    assert [one.answer.common for one in (now, dense)] == [4, 1]


def test_only_lower() -> None:
    kinds = [one.kind for one in repaired([Taps(3, 1), Taps(3, 2), Taps(3, 9)], lower_only=True)]
    assert kinds == ["now", "lowered"]


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ("1,2,9", ["now 1,2,9 holes", "nearest 1,3,9 gridding by 1", "dense layer behind 1,2,9,1 ok by 0"]),
        ("2,4,8", ["now 2,4,8 holes", "dense layer behind 2,4,8,1 ok by 0"]),
        ("6,12,18", ["now 6,12,18 holes"]),
    ],
)
def test_only_raise(rates: str, expected: list[str]) -> None:
    found = repaired([Taps(3, int(rate)) for rate in rates.split(",")], raise_only=True)
    assert [_text(one) for one in found] == expected


def test_to_lower_only_and_to_raise_only_contradict() -> None:
    with pytest.raises(RfscopeError, match="exclude each other"):
        repaired([Taps(3, 1), Taps(3, 2)], lower_only=True, raise_only=True)


@pytest.mark.parametrize("target", ["1,2,9", "zoo:resnet-v1c-50-d8", "zoo:wavenet", "zoo:drn-a-18"])
def test_edits_make_the_schedule(target: str) -> None:
    analysis = rf.analyze(target)
    schedules = [one for one in analysis.schedules if one.serial_runs]
    for (_, choices), schedule in zip(rf.repair(analysis), schedules, strict=True):
        for one in choices[1:]:
            changed = analysis.network
            for edit in one.edits:
                changed = _edited(changed, edit)
            again = next(other for other in rf.analyze(changed).schedules if other.nodes == schedule.nodes)
            assert again.taps == one.answer.taps[: len(schedule.taps)]
            assert all(again.piece.network.by_name[name].reads for name in schedule.nodes)


def test_edits_keep_the_sizes_of_maps() -> None:
    network = rf.chain([1, 2, 9], kernel=[2, 3, 3], dims=1, causal=True)
    analysis = rf.analyze(network)
    ((_, choices),) = rf.repair(analysis)
    for one in choices[1:]:
        changed = network
        for edit in one.edits:
            assert edit.padding[0][1] == 0
            changed = _edited(changed, edit)
        assert rf.analyze(changed, input=100).sizes == rf.analyze(network, input=100).sizes


def _edited(network: rf.Network, edit: Edit) -> rf.Network:
    def written(node: rf.Node) -> rf.Node:
        reads = []
        for read, rate, padding in zip(node.reads, edit.dilation, edit.padding, strict=True):
            assert isinstance(read, Window)
            reads.append(replace(read, dilation=rate, padding=padding))
        return replace(node, reads=tuple(reads))

    return replace(network, nodes=tuple(written(node) if node.name == edit.node else node for node in network.nodes))


def test_only_what_keeps_the_field() -> None:
    found = repaired([Taps(3, 1), Taps(3, 2), Taps(3, 9)], keep_field=True)
    assert [(one.kind, one.answer.field) for one in found] == [("now", 25), ("nearest without grids", 25)]


@pytest.mark.parametrize("rates", TABLE)
def test_the_verdict_is_that_of_analyze(rates: str) -> None:
    for one in repaired([Taps(3, int(rate)) for rate in rates.split(",")]):
        assert rf.analyze(one.answer.network()).judgement.verdict == one.answer.verdict


def test_of_a_network_each_dilated_schedule() -> None:
    ((where, choices),) = rf.repair("zoo:resnet-v1c-50-d8")
    assert where.startswith("resnet-v1c-50-d8, layer2")
    assert [one.answer.verdict for one in choices] == ["gridding", "ok", "ok"]
    assert rf.repair(rf.analyze("1,1,1")) == ()
