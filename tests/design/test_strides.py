"""Schedules with strides between the layers: all of them, and what is said of them, against the engine."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Sequence
from functools import reduce
from itertools import accumulate, product
from operator import mul, or_
from typing import Any

import pytest

import rfscope as rf
from rfscope.design.answer import Answer
from rfscope.design.candidates import all_candidates, sampled
from rfscope.design.checker import check
from rfscope.design.compared import as_wished
from rfscope.design.counting import Counts
from rfscope.design.layers import Layers
from rfscope.design.ranking import CRITERIA, Pool
from rfscope.design.suggestion import suggest
from rfscope.design.wish import Wish
from rfscope.errors import RfscopeError
from rfscope.exact.taps import axis_counts, input_taps
from rfscope.network.build import chain
from rfscope.network.reads import Window
from rfscope.text.suggestion_json import suggestion_data
from tests.program import rfscope

WISHES = int(os.environ.get("RFSCOPE_STRIDE_WISHES", "60"))


def _wish(seed: int) -> tuple[tuple[int, ...], tuple[int, ...], int | None, int]:
    """Kernels, strides, largest rate and field of some layers."""
    drawn = random.Random(seed)  # noqa: S311 - of no secret
    many = drawn.randint(1, 4)
    kernels = tuple(drawn.choice([2, 3, 3, 4, 5, 7]) for _ in range(many))
    if drawn.random() < 0.5:
        kernels = kernels[:1] * many
    strides = tuple(drawn.choice([1, 1, 2, 3]) for _ in range(many))
    if max(strides) == 1:
        strides = (drawn.choice([2, 3]), *strides[1:])
    layers = Layers.of(kernels, strides=strides)
    top = max(layers.narrowest, min(layers.widest, 60))
    return kernels, strides, drawn.choice([None, None, 2, 4]), drawn.randint(layers.narrowest, top)


def _jumps(strides: tuple[int, ...]) -> list[int]:
    return [*accumulate(strides[:-1], mul, initial=1)]


def _read(kernels: tuple[int, ...], rates: Sequence[int]) -> int:
    found = 1
    for kernel, rate in zip(kernels, rates, strict=True):
        found = reduce(or_, (found << tap * rate for tap in range(kernel)))
    return found


def _by_hand(
    kernels: tuple[int, ...], strides: tuple[int, ...], most: int | None, field: int | None
) -> set[tuple[int, ...]]:
    """Every assignment of rates that reads every position; rates of layers that can be exchanged rise."""
    jumps, found = _jumps(strides), set()
    steps = [(kernel - 1) * jump for kernel, jump in zip(kernels, jumps, strict=True)]
    limit = 10**6 if field is None else field - 1
    ranges = [range(1, min((limit - sum(steps) + step) // step, most or limit) + 1) for step in steps]
    alike = [*zip(kernels, jumps, strict=True)]
    for rates in product(*ranges):
        rises = all(
            rates[one] <= rates[two] for two in range(len(rates)) for one in range(two) if alike[one] == alike[two]
        )
        on_input = [rate * jump for rate, jump in zip(rates, jumps, strict=True)]
        reads = 1 + sum((kernel - 1) * rate for kernel, rate in zip(kernels, on_input, strict=True)) == field
        if rises and reads and _read(kernels, on_input) + 1 == 1 << (field or 0):
            found.add(rates)
    return found


@pytest.mark.parametrize("part", range(6))
def test_all_schedules_are_those_of_brute_force(part: int) -> None:
    """With ``RFSCOPE_STRIDE_WISHES=634`` as many wishes."""
    seen = 0
    for seed in range(part, WISHES, 6):
        kernels, strides, most, field = _wish(seed)
        layers = Layers.of(kernels, most, strides=strides)
        found = [tuple(rates) for block in all_candidates(layers, field) for rates in block.rates.T.tolist()]
        expected = _by_hand(kernels, strides, most, field)
        assert len(found) == len(set(found)) == Counts(layers, field).of(field), (kernels, strides, most, field)
        assert set(found) == expected, (kernels, strides, most, field)
        seen += len(found)
    assert seen > 0


@pytest.mark.parametrize(
    ("kernels", "strides", "most"),
    [((3, 3, 3), (1, 2, 1), None), ((2, 5, 3), (2, 1, 1), 2), ((3, 2, 3), (3, 1, 2), 3), ((2, 2), (3, 1), None)],
)
def test_widest(kernels: tuple[int, ...], strides: tuple[int, ...], most: int | None) -> None:
    layers = Layers.of(kernels, most, strides=strides)
    fields = [field for field in range(1, 61) if _by_hand(kernels, strides, most, field)]
    assert layers.widest == max(fields, default=0) < 60


@pytest.mark.parametrize(
    ("kernels", "strides", "field"),
    [
        ((3,) * 4, (1, 2, 1, 1), 33),
        ((3, 2, 3), (1, 1, 2), 13),
        ((5, 3, 3), (1, 2, 1), 25),
        ((3,) * 4, (2, 1, 1, 3), 31),
    ],
)
@pytest.mark.parametrize("causal", [False, True])
def test_facts_are_those_of_the_engine(
    kernels: tuple[int, ...], strides: tuple[int, ...], field: int, causal: bool
) -> None:
    """What is left out has holes by the engine's verdict, what is kept has none; facts and criteria are its own."""
    layers = Layers.of(kernels, strides=strides)
    wish = Wish(field=field, kernels=kernels, strides=strides, layers=len(kernels), causal=causal, dims=1)
    kept = Pool.of(as_wished(all_candidates(layers, field), wish, layers))
    schedules = Pool.of(all_candidates(layers, field)).schedules
    assert kept.schedules
    values = {taps: place for place, taps in enumerate(kept.schedules)}
    columns = {name: kept.values(name) for name in CRITERIA if name != "index"}
    for taps in schedules:
        rates = [rate for _, rate in taps]
        analysis = rf.analyze(chain(rates, kernel=kernels, stride=strides, dims=1, causal=causal))
        assert (analysis.verdict != "holes") == (taps in values), rates
        answer = Answer(taps, dims=1, causal=causal, strides=strides)
        assert answer.verdict == analysis.verdict
        assert (answer.field,) == analysis.output.size
        assert answer.isolated == sum(not layer.neighbour_share[0] for layer in analysis.layers)
        windows = [node.reads[0] for node in analysis.network.nodes]
        assert answer.on_input == input_taps([one for one in windows if isinstance(one, Window)])
        counts = axis_counts(answer.on_input)
        assert answer.paths == min(counts[len(counts) // 4 : len(counts) - len(counts) // 4])
        assert (answer.index, answer.m2, answer.m2_ok) == (None, None, None)
        if taps in values:
            own = {name: column[values[taps]] for name, column in columns.items()}
            assert own["isolated"] == answer.isolated
            assert own["paths"] == -answer.paths
            assert own["max_rate"] == answer.max_rate
            assert own["step"] == pytest.approx(answer.step, abs=1e-3)
            assert own["near"] == -own["wide"] == pytest.approx(answer.width, abs=1e-2)


def test_a_sample_is_of_them() -> None:
    layers = Layers.of([3] * 4, strides=(1, 2, 1, 1))
    all_of_them = {
        tuple(zip(block.kernels, rates, strict=True))
        for block in all_candidates(layers, 33)
        for rates in block.rates.T.tolist()
    }
    drawn = sampled(Counts(layers, 33), 33, 60 * len(all_of_them), seed=0)
    many = [drawn.count(one) for one in all_of_them]
    assert set(drawn) == all_of_them
    assert sum((one - 60) ** 2 / 60 for one in many) < len(many) + 4 * (2 * len(many)) ** 0.5


@pytest.mark.parametrize(
    "wish",
    [
        Wish(field=33, layers=4, strides=(1, 2, 1, 1)),
        Wish(field=25, kernels=(5, 3, 3), strides=(1, 2, 1)),
        Wish(field=21, layers=3, strides=(1, 2, 1), max_rate=7),
        Wish(field=17, layers=3, strides=(2, 1, 1), how="at-least"),
        Wish(field=25, layers=3, strides=(1, 2, 1)),
        Wish(field=9, layers=2, kernels=(2,), strides=(3,)),
    ],
    ids=str,
)
def test_the_checker_agrees(wish: Wish) -> None:
    found = suggest(wish)
    data = json.loads(json.dumps(suggestion_data(found)))
    assert data["wish"]["strides"] == [*wish.of(len(found.layers)).strides]
    checked = check(data)
    assert checked.holds, checked.lines
    if found.answers:
        assert any("none is better" in line for line in checked.lines)
        data["answers"] = data["answers"][1:] or [{**data["answers"][0], "isolated": 9}]
        assert not check(data).holds


def test_the_checker_finds_what_skips_behind_a_stride() -> None:
    data = json.loads(json.dumps(suggestion_data(suggest(Wish(field=21, layers=3, strides=(1, 2, 1))))))
    data["answers"][0]["rates"] = [1, 3, 3]
    assert any(line.startswith("WRONG: 1,3,3 skips no position") for line in check(data).lines)


@pytest.mark.parametrize("part", range(3))
def test_the_nearest_is_that_of_brute_force(part: int) -> None:
    """The engine says which schedules have holes; nothing nearer than the answer has none."""
    for seed in range(part, WISHES // 2, 3):
        kernels, strides, most, field = _wish(seed)
        drawn = random.Random(seed)  # noqa: S311 - of no secret
        near = tuple(drawn.randint(1, 4) for _ in kernels)
        wish = Wish(field=drawn.choice([None, None, field]), near=near, kernels=kernels, strides=strides, max_rate=most)
        found = suggest(wish)
        expected = _nearest_by_hand(wish, strides)
        assert (found.answers[0].distance if found.answers else None) == expected, wish
        assert check(json.loads(json.dumps(suggestion_data(found)))).holds
        assert all(answer.verdict != "holes" for answer in found.answers)


def _nearest_by_hand(wish: Wish, strides: tuple[int, ...]) -> int | None:
    near, kernels = wish.near or (), wish.kernels_in_order
    steps = [(kernel - 1) * jump for kernel, jump in zip(kernels, _jumps(strides), strict=True)]
    far = 9 if wish.field is None else wish.field
    largest = [
        min(wish.max_rate or far, far if wish.field is None else 1 + (far - 1 - sum(steps)) // one) for one in steps
    ]
    by_distance = sorted(
        (sum(abs(one - other) for one, other in zip(near, rates, strict=True)), rates)
        for rates in product(*(range(1, most + 1) for most in largest))
        if wish.field in (None, 1 + sum(step * rate for step, rate in zip(steps, rates, strict=True)))
    )
    for apart, rates in by_distance:
        on_input = [rate * jump for rate, jump in zip(rates, _jumps(strides), strict=True)]
        size = 1 + sum((kernel - 1) * rate for kernel, rate in zip(kernels, on_input, strict=True))
        if _read(kernels, on_input) + 1 != 1 << size:
            continue
        if rf.analyze(chain(rates, kernel=kernels, stride=strides, dims=1)).verdict != "holes":
            return apart
    return None


def test_a_field_that_will_do_is_looked_for() -> None:
    """Of field 23 and 25 all schedules skip positions behind the stride."""
    assert not suggest(Wish(field=25, layers=3, strides=(1, 2, 1))).answers
    found = suggest(Wish(field=25, layers=3, strides=(1, 2, 1), how="at-most"))
    assert (found.field, found.answers[0].rates) == (21, (1, 7, 1))


@pytest.mark.parametrize(
    "option", [{"kernels": (3, 5)}, {"sawtooth": 2}, {"hdc": True}, {"rank": ("index",)}, {"stride": (1, 0)}]
)
def test_what_contradicts_strides_is_refused(option: dict[str, Any]) -> None:
    with pytest.raises(RfscopeError, match="stride"):
        rf.suggest(**{"field": 33, "layers": None if "kernels" in option else 4, "stride": 2, **option})


def test_strides_of_one_are_none() -> None:
    assert rf.suggest(field=17, layers=3, stride=1).answers == rf.suggest(field=17, layers=3).answers


def test_program() -> None:
    found = rfscope("suggest", "--field", "33", "--layers", "4", "--stride", "1,2,1,1", "--verify")
    assert found.code == 0
    assert "4 layers of 3x3, layer 2 of stride 2" in found.out
    refused = rfscope("suggest", "--field", "9", "--layers", "3", "--stride", "1,2")
    assert refused.code == 2
    assert "got 2, expected 3, one per layer" in refused.err
