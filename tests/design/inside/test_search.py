"""What is suggested for whole networks: the numbers of a dilated ResNet, brute force on small ones, real modules."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

import rfscope as rf
from rfscope import limits
from rfscope.design.inside.answer import InsideAnswer, InsideSuggestion
from rfscope.design.inside.changing import Tied
from rfscope.design.inside.judging import Judge
from rfscope.design.inside.resolving import changing
from rfscope.design.inside.search import suggest_inside
from rfscope.design.inside.wish import InsideWish
from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.reads import Window
from rfscope.readers.spec import read_spec
from rfscope.targets import examine

D8 = "zoo:resnet-v1c-50-d8"
LAST = "layer4.*.conv2"


def _suggested(target: Any, *patterns: str, tied: Tied | None = None, **wish: Any) -> InsideSuggestion:
    return suggest_inside(changing(examine(target), patterns, tied), InsideWish(**wish))


@pytest.fixture(scope="module")
def d8() -> InsideSuggestion:
    return _suggested(D8, LAST, field=600, how="at-least", top=30)


def test_a_dilated_resnet(d8: InsideSuggestion) -> None:
    assert (d8.field, d8.certificate.candidates, d8.certificate.claim) == (607, 190, "optimal")
    assert (d8.certificate.combinations, d8.certificate.examined, d8.certificate.judged) == (19**3, 19**3, 190)
    best = d8.answers[0]
    assert (best.rates, best.isolated, best.distance, best.verdict) == ((6, 7, 8), 1, 11, "ok")
    alike = InsideAnswer(d8.changing, (7, 7, 7))
    assert (alike.field, alike.isolated, alike.distance) == ((607, 607), 4, 11)
    assert rf.lint(best.analysis) == ()


def test_all_of_its_candidates_are_hole_free(d8: InsideSuggestion) -> None:
    judge = Judge(d8.changing)
    triples = [(a, b, 21 - a - b) for a in range(1, 20) for b in range(1, 21 - a)]
    assert len(triples) == 190
    assert not any(judge.facts(one).holes for one in triples)
    assert sum(judge.facts(one).grids == 1 for one in triples) == d8.sound


def test_its_front(d8: InsideSuggestion) -> None:
    assert d8.front is not None
    assert [(one.rates, one.isolated, one.distance) for one in d8.front] == [((6, 7, 8), 1, 11), ((9, 11, 1), 0, 17)]


def test_the_engine_says_the_field_that_is_printed(d8: InsideSuggestion) -> None:
    for answer in d8.answers[::10]:
        assert analyze(answer.network).output.size == answer.field == (607, 607)


@pytest.mark.parametrize(
    ("wish", "field", "fields"),
    [
        ({"field": 607}, 607, None),
        ({"field": 600}, None, (591, 607)),
        ({"field": 600, "how": "at-most"}, 591, None),
        ({"field": 431}, 431, None),
        ({"field": 300}, None, (319,)),
        ({"field": 300, "how": "at-most"}, None, (319,)),
        ({"field": 607, "max_rate": 6}, None, (559,)),
    ],
    ids=str,
)
def test_fields_that_can_be_had(wish: dict[str, Any], field: int | None, fields: tuple[int, ...] | None) -> None:
    found = _suggested(D8, LAST, **wish)
    assert found.field == field
    assert found.feasible == (field is not None)
    assert (found.certificate.claim == "infeasible") == (field is None)
    if fields is not None:
        assert found.fields == fields


def test_the_present_rates_may_be_the_best() -> None:
    found = _suggested("1,2,5", "conv*", field=17)
    assert found.answers[0].edits == ()
    assert found.answers[0].distance == 0


def _by_brute_force(analysis: Analysis, names: list[str], field: int, largest: int) -> set[tuple[int, ...]]:
    may = changing(analysis, names)
    rates = product(range(1, largest + 1), repeat=len(names))
    return {one for one in rates if may.analyzed(one).output.size[0] == field}


@pytest.mark.parametrize("field", [15, 18, 21])
def test_all_choices_are_found(field: int) -> None:
    first, second = rf.conv(3, name="a"), rf.conv(3, dilation=2, name="b")
    branches = [second, rf.conv(4, name="c", inputs="a"), rf.merge("m", ["b", "c"])]
    network = rf.assemble([first, *branches, rf.conv(3, stride=2, padding=1, name="d"), rf.conv(2, name="e")])
    found = _suggested(network, "b", "c", field=field, how="at-least", top=1000)
    if found.field is not None:
        brute = _by_brute_force(examine(network), ["b", "c"], found.field, max(found.certificate.largest or ()) + 2)
        assert found.certificate.candidates == len(brute)
        assert {answer.chosen for answer in found.answers} == brute


def test_a_field_that_one_branch_alone_reaches() -> None:
    found = _suggested("zoo:aspp-on-65", "rate*", field=49)
    best = found.answers[0]
    assert best.distance == 0
    assert best.through == ("rate24",)
    assert 0 < len(best.through) < len(best.rates)


def test_the_nearest_repair_of_a_network_that_is_dilated_throughout() -> None:
    target = "zoo:resnet-v1c-50-d8-uncontracted"
    ((_, choices),) = rf.repair(examine(target, between=("layer2", "layer4")))
    kinds = {one.kind: (one.answer.rates, one.answer.distance) for one in choices}
    assert kinds["nearest"] == ((1, 2, 2, 2, 2, 2, 4, 4, 4), 1)


def test_order_ties_and_patterns() -> None:
    rising = _suggested(D8, LAST, field=607, keep_order=True, top=40)
    assert all(list(answer.rates) == sorted(answer.rates) for answer in rising.answers)
    assert rising.certificate.candidates == 37  # partitions of 21 into three
    one = _suggested(D8, "layer[34].*.conv2", tied=Tied(("layer3", "layer4")), field=900, how="at-least", top=2)
    assert one.changing.variables == 2
    assert {len(set(answer.rates[:6])) for answer in one.answers} == {1}
    three = _suggested(D8, "layer3.*.conv2", tied=Tied(period=3), field=500, how="at-least", top=2)
    assert all(answer.rates[:3] == answer.rates[3:] for answer in three.answers)


def test_too_many_choices_are_said_to_be_so() -> None:
    with limits.raised({"candidates": 3_000}):
        found = _suggested(D8, "layer[34].*.conv2", field=600, how="at-least")
    assert found.certificate.claim == "best-found"
    assert (found.certificate.examined or 0) <= 3_000 < (found.certificate.combinations or 0)
    assert found.answers[0].rank is None


def test_no_time_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import rfscope.design.inside.search as searching

    ticks = iter(range(0, 10_000, 3))
    monkeypatch.setattr(searching, "monotonic", lambda: next(ticks))
    found = _suggested(D8, LAST, field=607)
    assert found.certificate.claim == "best-found"
    assert (found.certificate.judged or 0) < 190
    assert found.front is None


def test_separate_grids_are_no_fault_of_a_causal_network() -> None:
    network = rf.chain([1, 2, 4, 8], kernel=2, dims=1, causal=True)
    found = _suggested(network, "conv*", field=14, how="at-least")
    assert found.feasible
    assert all(answer.verdict == "ok" for answer in found.answers)
    windows = [node.reads[0] for node in found.answers[0].network.nodes]
    assert all(isinstance(one, Window) and one.padding == (one.dilation, 0) for one in windows)


def test_holes_that_no_rates_close() -> None:
    network = rf.chain([2, 2])
    found = _suggested(network, "conv2", field=21)
    assert (found.feasible, found.sound, found.answers[0].verdict) == (False, 0, "holes")


def test_rates_on_the_modules_of_torch_give_the_printed_field() -> None:
    from tests.design.inside import nets

    for make, patterns in ((nets.Shared, ("body", "last")), (nets.Reflecting, ("[ab]",))):
        module = make()
        answer = _suggested(module, *patterns, field=33, how="at-least").answers[0]
        _set(module, answer)
        again = rf.analyze(module)
        assert tuple(again.output.size) == answer.field
        assert again.verdict == answer.verdict
        assert again.output.coverage.used == answer.analysis.output.coverage.used


def _set(module: Any, answer: InsideAnswer) -> None:
    for edit in answer.edits:
        layer = module.get_submodule(edit.node)
        layer.dilation = edit.dilation
        if layer.padding != "same":
            layer.padding = tuple(one[0] for one in edit.padding)
            assert all(one[0] == one[1] for one in edit.padding)
        reversed_twice = [one for pad in reversed(edit.padding) for one in pad]
        layer._reversed_padding_repeated_twice = reversed_twice


REFUSED = {
    "nothing": (("x*",), "no layer of this name"),
    "a near miss": (("plane",), "did you mean 'plain'?"),
    "strided": (("down",), "cannot change a strided layer at .*down: got stride 2"),
    "transposed": (("up",), "cannot change a transposed convolution at .*up"),
    "one tap": (("point",), "no rate to change"),
    "a global operation": (("gate.0",), "no rate to change"),
    "behind a global operation": (("gate.1",), "no rate to change"),
    "two rates": (("uneven",), "rates that differ along the axes at .*uneven"),
    "an empty pattern": ((" ",), "an empty pattern"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_layers_that_cannot_be_changed_are_named(case: str) -> None:
    from tests.design.inside.nets import Odd

    patterns, says = REFUSED[case]
    with pytest.raises(RfscopeError, match=says):
        changing(_odd(Odd), patterns)


_ODD: list[Analysis] = []


def _odd(make: Any) -> Analysis:
    if not _ODD:
        _ODD.append(examine(make()))
    return _ODD[0]


def _read(*layers: dict[str, Any]) -> Analysis:
    text = json.dumps({"rfscope": 1, "layers": layers})
    return analyze(read_spec(text.encode(), file="x.json", format="json", allow_unknown=True).network)


CONV = {"op": "conv", "kernel": 3}


@pytest.mark.parametrize(
    ("between", "says"),
    [({"op": "mystery"}, "not analyzed"), ({"op": "global"}, "sees nothing through at x.json.*b")],
    ids=["unknown", "global"],
)
def test_what_no_field_leads_through_is_named(between: dict[str, Any], says: str) -> None:
    with pytest.raises(RfscopeError, match=says):
        changing(_read({**CONV, "name": "a"}, {**between, "name": "m"}, {**CONV, "name": "b"}), ["b"])


def test_a_module_that_is_called_twice_has_one_rate() -> None:
    from tests.design.inside.nets import Shared

    found = changing(examine(Shared()), ["body.*"])
    (layer,) = found.layers
    assert (layer.name, layer.uses, found.variables) == ("body.0", ("body.0", "body.0.2"), 1)


@pytest.mark.parametrize(
    ("tied", "says"),
    [(Tied(("nothing",)), "no changed layer of this name"), (Tied(period=4), "expected 1 to 3")],
    ids=["no such layer", "too long a pattern"],
)
def test_ties_that_tie_nothing(tied: Tied, says: str) -> None:
    with pytest.raises(RfscopeError, match=says):
        changing(examine(D8), [LAST], tied)


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"field": 0}, "bad field"),
        ({"field": 5, "max_rate": 0}, "bad largest rate"),
        ({"field": 5, "rank": ("index",)}, "unknown criterion"),
        ({"field": 10**9}, "over the limit 'axis'"),
    ],
)
def test_bad_wishes(wish: dict[str, Any], says: str) -> None:
    with pytest.raises(RfscopeError, match=says):
        InsideWish(**wish)
