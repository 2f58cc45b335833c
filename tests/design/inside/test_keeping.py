"""The rates that keep what pretrained weights read, rates as a config says them, and the checker of networks."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import rfscope as rf
from rfscope.api.inside import inside
from rfscope.design.checker import check
from rfscope.design.inside import checker
from rfscope.design.inside.config import as_options
from rfscope.design.inside.keeping import kept
from rfscope.design.inside.wish import InsideWish
from rfscope.errors import RfscopeError
from rfscope.exact.analysis import analyze
from rfscope.network.graph import Network
from rfscope.network.residual import stage_rates
from rfscope.targets import examine
from rfscope.text.as_json import dump
from rfscope.text.inside_json import inside_data
from rfscope.zoo import load
from rfscope.zoo.resnet import DEPTHS, stages

STRIDED, D8, UNCONTRACTED = ("zoo:resnet-v1c-50", "zoo:resnet-v1c-50-d8", "zoo:resnet-v1c-50-d8-uncontracted")


def test_what_strides_were_is_what_rates_must_be() -> None:
    found = kept(examine(UNCONTRACTED), examine(STRIDED))
    names = [layer.name for layer in found.changing.layers]
    assert (names, found.chosen, found.expectation.met) == (["layer3.0.conv2", "layer4.0.conv2"], (1, 2), True)
    assert found.others == ()


def test_rates_that_already_keep_it() -> None:
    found = kept(examine(D8), examine(STRIDED), ["layer4.*.conv2"])
    assert (found.chosen, found.expectation.met, found.changing.present) == ((2, 4, 4), True, (2, 4, 4))


def test_by_the_package() -> None:
    found = rf.suggest(UNCONTRACTED, keep_reads=STRIDED)
    assert (found.feasible, found.answers[0].rates, found.certificate.claim) == (True, (1, 2), "computed")
    wider = rf.suggest(UNCONTRACTED, keep_reads=STRIDED, field=600, at_least=True)
    assert (wider.feasible, wider.answers) == (False, ())
    tied = rf.suggest(D8, change="layer4", same_rate_in="layer4", field=607)
    assert [edit.dilation for edit in tied.answers[0].edits] == [(7, 7)] * 3


def test_layers_that_may_not_change_are_named() -> None:
    found = kept(examine(UNCONTRACTED), examine(STRIDED), ["layer4.*.conv2"])
    assert not found.expectation.met
    assert found.others == (("layer3.0.conv2", 1),)


def _two(stride: int, rate: int) -> Network:
    return rf.chain([1, rate], stride=[stride, 1])


def test_what_no_rates_keep() -> None:
    with pytest.raises(RfscopeError, match="no rate keeps what is read at conv2: got 1/2"):
        kept(analyze(_two(2, 1)), analyze(_two(1, 1)))
    with pytest.raises(RfscopeError, match="no layer in common"):
        kept(examine(D8), examine("zoo:u-net"))


def test_a_dilated_network_may_become_a_strided_one() -> None:
    found = kept(analyze(_two(2, 3)), analyze(_two(1, 2)))
    assert (found.chosen, found.expectation.met) == ((1,), True)


RATES = {
    "multi_grid": ([1, 2, 2, 2, 2, 2], [6, 7, 8], {"multi_grid": (6, 7, 8)}),
    "dilations": ([1, 2, 2, 2, 2, 2], [3, 6, 6], {"dilations": (1, 1, 2, 6)}),
    "not contracted": ([2] * 6, [4] * 3, {"contract_dilation": False}),
    "no option": ([1, 2, 2, 5, 2, 2], [2, 4, 4], None),
}


@pytest.mark.parametrize("name", RATES)
def test_rates_as_options_of_a_config(name: str) -> None:
    third, fourth, options = RATES[name]
    blocks = DEPTHS[50]
    rates = [*stage_rates(blocks)[:2], third, fourth]
    then = stages(rates, (1, 2, 1, 1), deep_stem=True).network()
    assert as_options(load("resnet-v1c-50-d8"), then) == options


def _data(target: str = D8, *patterns: str, **wish: Any) -> Any:
    given = {"field": 600, "how": "at-least", **wish}
    found = inside(examine(target), InsideWish(**given), patterns or ("layer4.*.conv2",))
    return json.loads(dump(inside_data(found)))


@pytest.fixture(scope="module")
def answered() -> str:
    return json.dumps(_data(field=480))


def test_right_answers_hold(answered: str) -> None:
    checked = check(json.loads(answered))
    assert checked.holds, checked.lines
    assert any("choices of rates have it" in line for line in checked.lines)


@pytest.mark.parametrize(
    ("wish", "patterns"), [({"field": 25, "how": "exactly"}, ("conv*",)), ({"field": 26, "how": "at-most"}, ("conv3",))]
)
def test_other_right_answers_hold(wish: dict[str, Any], patterns: tuple[str, ...]) -> None:
    checked = check(_data("1,2,5", *patterns, **wish))
    assert checked.holds, checked.lines


def test_what_cannot_be_had_is_checked_too() -> None:
    data = _data(field=480, how="exactly")
    assert (data["feasible"], data["answers"], data["certificate"]["claim"]) == (False, [], "infeasible")
    checked = check(data)
    assert checked.holds, checked.lines
    assert "no choice of rates has the wished field" in checked.lines
    data["wish"]["field"] = 479
    assert not check(data).holds


FORGED: dict[str, Callable[[Any], None]] = {
    "one less": lambda data: data["certificate"].update(candidates=data["certificate"]["candidates"] - 1),
    "another digest": lambda data: data["certificate"].update(digest="0" * 64),
    "fewer choices": lambda data: data["certificate"].update(combinations=7),
    "another field": lambda data: data["answers"][0].update(field=[607, 608]),
    "another wish": lambda data: data["wish"].update(field=800),
    "another edit": lambda data: data["answers"][0]["edits"][0].update(dilation=[1, 1]),
    "rates too small": lambda data: data["bounds"].update(largest_rates=[5, 5, 5]),
    "another distance": lambda data: data["answers"][0].update(distance=1),
    "said to be infeasible": lambda data: data.update(feasible=False),
    "not all gone through": lambda data: data["certificate"].update(examined=1),
    "optimal by some": lambda data: data["certificate"].update(method="some"),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_forged_answers_do_not(forge: Callable[[Any], None], answered: str) -> None:
    data = json.loads(answered)
    forge(data)
    checked = check(data)
    assert not checked.holds
    assert any(line.startswith("WRONG: ") for line in checked.lines)


def test_holes_that_are_kept_quiet() -> None:
    data = _data("2,2", "conv2", field=13, how="exactly")
    data["answers"][0]["verdict"] = "ok"
    assert not check(data).holds


def test_it_shares_no_code_with_the_search() -> None:
    tree = ast.parse(Path(checker.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert not any(name.startswith("rfscope") for name in imported)
