"""What is offered instead of a schedule: a choice with prices, true of the whole network, or what else helps."""

from __future__ import annotations

import re
from typing import Any

import pytest

import rfscope as rf
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import assemble, conv, merge
from rfscope.network.graph import INPUT
from rfscope.text.instead import instead


def offered(analysis: Analysis, width: int = 80) -> list[str]:
    return [line.plain for line in instead(analysis, width)]


def rows(analysis: Analysis) -> list[tuple[str, str, str]]:
    """Rates, kind and field of each choice."""
    lines = offered(analysis)
    assert lines[0].split("  ")[0] == "instead"
    assert len(lines) <= 4
    found = [re.split(r"  +", line) for line in lines[1:]]
    return [(rates, kind, field) for rates, kind, field, *_ in found]


@pytest.mark.parametrize(
    ("rates", "shape"),
    [
        pytest.param("2,4,8", {}, id="holes"),
        pytest.param("1,2,9", {}, id="a rate too far"),
        pytest.param("2,2,2", {}, id="equal"),
        pytest.param("1,2,4,8,16", {}, id="gridding"),
        pytest.param("1,1,1,1,1,11", {}, id="index"),
        pytest.param("2,4,8", {"dims": 1, "causal": True}, id="causal"),
        pytest.param("2,4@5,3", {"dims": 3}, id="kernels"),
    ],
)
def test_every_choice_is_true(rates: str, shape: dict[str, Any]) -> None:
    found = rows(rf.analyze(rates, **shape))
    assert found
    for written, _, field in found:
        there = rf.analyze(written, **shape)
        assert there.verdict == "ok"
        assert field == "x".join(map(str, there.output.size))


def test_the_price_is_told() -> None:
    assert offered(rf.analyze("2,4,8")) == [
        "instead                   field  gridding index  first common input",
        "1,3,8    widest, nearest  25x25            0.11  3 layers back",
        "2,4,8,1  one layer more   31x31            0.33  1 layer back",
    ]
    assert [line.split()[0] for line in offered(rf.analyze("2,4,8"), 40)] == ["instead", "1,3,8", "2,4,8,1"]


def test_of_a_part_the_field_is_that_of_the_network() -> None:
    front = [conv("conv1", stride=2), conv("conv2", stride=2), conv("conv3", kernel=9, stride=2)]
    stage = [conv(f"conv{number}", dilation=2) for number in (4, 5, 6)]
    assert rows(analyze(assemble("net", [*front, *stage]))) == [
        ("1,2,3", "same field", "135x135"),
        ("2,2,1", "nearest", "119x119"),
    ]


def test_nothing_is_offered_where_nothing_is_wrong() -> None:
    assert offered(rf.analyze("1,2,5")) == []
    assert offered(rf.analyze("zoo:deeplab-v1")) == []


def test_a_single_layer_has_no_other_rate() -> None:
    [line] = offered(rf.analyze("4"), 120)
    assert line == "Instead: dense layers (rate 1) with a field of 4 or more before conv1 fill the holes."
    assert rf.analyze("1,1,4").verdict == "ok"  # a field of 5
    assert rf.analyze("1,4").verdict == "holes"  # a field of 3


def test_of_a_pretrained_backbone_rates_are_kept() -> None:
    text = " ".join(offered(rf.analyze("zoo:resnet-v1c-50-d8")))
    assert text == (
        "Instead: a dense layer (rate 1) after layer4.2.conv2 lets the images mix. "
        "Other rates would change what pretrained weights read."
    )


def test_a_branch_beside_others_keeps_its_rates() -> None:
    def stacks(before: str) -> list[Any]:
        branches = [conv("a1", dilation=2, inputs=[before]), conv("a2", dilation=2, inputs=["a1"])]
        branches += [conv("b1", dilation=3, inputs=[before]), conv("b2", dilation=3, inputs=["b1"])]
        return [*branches, merge("sum", ["a2", "b2"])]

    found = analyze(assemble("two stacks", stacks(INPUT)))
    assert found.verdict == "holes"
    [line] = offered(found, 120)
    assert line == "Instead: dense layers (rate 1) with a field of 3 or more before this stage fill the holes."
    assert analyze(assemble("after a dense layer", [conv("in"), *stacks("in")])).verdict != "holes"


def test_axes_of_their_own_are_no_chain_of_squares() -> None:
    wide = [conv(f"conv{rate}", kernel=(1, 3), dilation=rate) for rate in (2, 4, 8)]
    for rates, _, field in rows(analyze(assemble("wide", wide))):
        assert (rates, field) == ("1,3,8", "1x25")


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_what_is_to_be_written_is_never_cut(width: int) -> None:
    found = rf.analyze(",".join(["1", "2", "4", "8", "16"] * 6))
    lines = offered(found, width)
    assert max(map(len, lines)) <= width
    assert "…" not in "".join(lines)
    assert ",".join(["1", "2", "4", "8", "16"] * 5) in "".join(lines)
