"""What schedules could be changed to, each with its price."""

from __future__ import annotations

import pytest

import rfscope as rf
from rfscope.design.repairs import Repaired, repaired
from rfscope.exact.taps import Taps

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
