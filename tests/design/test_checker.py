"""The independent checker: right answers hold, forged ones do not."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rfscope as rf
from rfscope.design import brute, checker
from rfscope.design.checker import check, check_file
from rfscope.design.ranking import CRITERIA
from rfscope.errors import TargetError
from rfscope.text.as_json import dump
from rfscope.text.suggestion_json import suggestion_data


def _data(**wish: Any) -> Any:
    return json.loads(dump(suggestion_data(rf.suggest(**wish))))


@pytest.mark.parametrize(
    "wish",
    [
        {"field": 65, "layers": 5},
        {"field": 31, "kernel": (2, 3, 3, 5)},
        {"field": 29, "layers": 3},
        {"field": 65, "layers": 5, "max_rate": 11},
        {"field": 40, "layers": 6, "kernel": 2, "rank": ("index", "paths")},
        {"near": (6, 12, 18)},
        {"field": 101, "sawtooth": 3},
        {"field": (65, 33)},
        {"field": 65, "kernel": 3, "kernels": (3, 5), "prefer": "wide"},
        {"near": (2, 4, 8, 16), "field": 61, "at_least": True},
    ],
)
def test_right_answers_hold(wish: dict[str, Any]) -> None:
    checked = check(_data(**wish))
    assert checked.holds, checked.lines


@st.composite
def _wishes(draw: st.DrawFn) -> dict[str, Any]:
    kernels = draw(st.lists(st.sampled_from([2, 3, 4, 5, 7]), min_size=1, max_size=4))
    wish: dict[str, Any] = {"kernel": kernels, "field": draw(st.integers(1, 32))}
    if draw(st.booleans()):
        wish["near"] = draw(st.lists(st.integers(1, 7), min_size=len(kernels), max_size=len(kernels)))
    else:
        wish["hdc"], wish["causal"] = draw(st.booleans()), draw(st.booleans())
        wish["rank"] = draw(st.lists(st.sampled_from(list(CRITERIA)), unique=True))
        wish["prefer"] = draw(st.sampled_from([None, "wide", "near"]))
        if len(kernels) == 1:
            wish["sawtooth"] = draw(st.sampled_from([None, 1, 2, 3]))
            wish["kernel"] = kernels[0]
    wish[draw(st.sampled_from(["at_least", "at_most", "dims"]))] = True
    return {**wish, "max_rate": draw(st.sampled_from([None, None, 1, 4, 9]))}


@given(_wishes())
@settings(max_examples=40, deadline=None)
def test_whatever_is_wished(wish: dict[str, Any]) -> None:
    found = rf.suggest(**wish)
    checked = check(json.loads(dump(suggestion_data(found))))
    assert checked.holds, checked.lines
    assert found.feasible or found.certificate.claim == "infeasible"


def _swap(data: Any) -> None:
    data["answers"][0], data["answers"][1] = data["answers"][1], data["answers"][0]


def _with_holes(data: Any) -> None:
    data["answers"][0]["rates"] = [2, 2, 5, 8, 15]


FORGED: dict[str, Callable[[Any], None]] = {
    "one less": lambda data: data["certificate"].update(candidates=107),
    "another digest": lambda data: data["certificate"].update(digest="0" * 64),
    "another order": _swap,
    "holes": _with_holes,
    "another index": lambda data: data["answers"][0].update(gridding_index=0.01),
    "another wish": lambda data: data["wish"].update(field=63),
    "the best left out": lambda data: data["answers"].pop(0),
    "said to be infeasible": lambda data: data.update(feasible=False),
    "claims infeasible": lambda data: data["certificate"].update(claim="infeasible"),
    "optimal by a sample": lambda data: data["certificate"].update(method="sample"),
    "not all examined": lambda data: data["certificate"].update(examined=3),
    "another rank": lambda data: data["answers"][1].update(rank=7),
    "no front": lambda data: data.update(front=[]),
    "a front of one more": lambda data: data["front"].append(data["answers"][3]),
    "a common input": lambda data: data["answers"][0].update(first_common_input=4),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_forged_answers_do_not(forge: Callable[[Any], None]) -> None:
    data = _data(field=65, layers=5)
    forge(data)
    checked = check(data)
    assert not checked.holds
    assert any(line.startswith("WRONG: ") for line in checked.lines)


def test_a_nearer_field_is_found() -> None:
    data = _data(field=28, layers=4, at_least=True)
    assert check(data).holds
    data["wish"]["field"] = 20
    assert "WRONG: no field nearer to the wished one can be had: 21 can" in check(data).lines
    data = _data(field=1000, layers=3, at_least=True)
    assert check(data).holds
    data["wish"]["field"] = 20
    assert "WRONG: no field that would do can be had: 21 can" in check(data).lines


@pytest.mark.parametrize(
    "wish",
    [{"field": 256}, {"field": 1000}, {"field": 1_000_000, "layers": 12}, {"field": 60_001, "layers": 11, "top": 1}],
    ids=["even", "even in 7", "wide", "long"],
)
def test_a_check_ends_soon(wish: dict[str, Any]) -> None:
    data, begun = _data(**wish), process_time()
    assert check(data).holds
    assert process_time() - begun < 20


def test_a_nearer_one_is_found() -> None:
    data = _data(near=(1, 2, 9))
    data["answers"] = [{**_data(near=(1, 2, 7))["answers"][0], "distance": 2}]
    assert "WRONG: 1,3,9 is nearer and has no holes" in check(data).lines


def test_1626_of_97840_ways_to_share_out_the_rates() -> None:
    ways = found = 0
    for kernel in (2, 3, 5, 7):
        for layers in range(1, 6):
            for total in range(layers, 59 // (kernel - 1) + 1):
                for rates in brute.shared([kernel] * layers, [1] * layers, total * (kernel - 1), None, 10**6):
                    ways += 1
                    found += brute.Chain([kernel] * layers, rates, [1] * layers).reads_all()
    assert (ways, found) == (97_840, 1_626)


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b"{}", b'{"answers": 3}', b'{"answers": [{"field": 1e999, "rates": [1], "kernels": [3]}]}', b"\xff"],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(TargetError, match=r"x\.json"):
        check_file(tmp_path / "x.json")


def test_it_shares_no_code_with_the_search() -> None:
    own = {"brute", "checker", "checker_all"}
    for name in own:
        tree = ast.parse(Path(checker.__file__).with_name(f"{name}.py").read_text(encoding="utf-8"))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
        assert {one for one in imported if one.startswith("rfscope")} <= {
            "rfscope.design.inside.checker",
            "rfscope.errors",
            *(f"rfscope.design.{one}" for one in own),
        }
