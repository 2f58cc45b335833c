"""What to write instead of a schedule, against all schedules that could be written."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache, reduce
from itertools import combinations, product
from math import prod
from operator import or_
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rfscope as rf
from rfscope.design.instead import Choice, choices, sound
from rfscope.exact.taps import Taps


def _taps(rates: str, kernels: Sequence[int] = ()) -> tuple[Taps, ...]:
    numbers = [int(rate) for rate in rates.split(",")]
    return tuple(map(Taps, kernels or (3,) * len(numbers), numbers))


TABLE = [
    pytest.param("2,4,8", ["widest+nearest 1,3,8 sees 25 common 3", "longer 2,4,8,1 sees 31 common 1"], id="2,4,8"),
    pytest.param(
        "2,2,2",
        ["widest 1,2,3 sees 13 common 2", "nearest 2,2,1 sees 11 common 1", "longer 2,2,2,1 sees 15 common 1"],
        id="2,2,2: the last one dense is one change, the first one would leave grids",
    ),
    pytest.param(
        "1,2,9",
        ["widest+nearest 1,3,8 sees 25 common 3", "longer 1,1,2,9 sees 27 common 3"],
        id="1,2,9: 1,3,9 is nearer and has no holes, but falls apart into grids",
    ),
    pytest.param(
        "1,2,4,8",
        [
            "widest 1,3,4,7 sees 31 common 2",
            "nearest 1,2,4,9 sees 33 common 2",
            "longer 1,2,4,8,1 sees 33 common 1",
        ],
        id="1,2,4,8: no holes; a dense layer behind",
    ),
    pytest.param(
        "6,12,18",
        ["widest+nearest 1,3,8 sees 25 common 3", "longer 1,3,9,23 sees 73 common 3"],
        id="6,12,18: far from anything",
    ),
    pytest.param("10,20,30", ["widest+nearest 1,3,8 sees 25 common 3"], id="10,20,30: four layers cannot see 121"),
    pytest.param(
        "8,4,2",
        ["widest 9,3,1 sees 27 common 1", "nearest 8,3,1 sees 25 common 1", "longer 8,4,2,1 sees 31 common 1"],
        id="8,4,2: falling order is kept",
    ),
    pytest.param("1,2,5", [], id="1,2,5 is sound"),
    pytest.param("1,1,1", [], id="dense"),
    pytest.param("7", [], id="a single layer"),
]


@pytest.mark.parametrize(("rates", "expected"), TABLE)
def test_by_hand(rates: str, expected: list[str]) -> None:
    assert [_text(choice) for choice in choices(_taps(rates))] == expected


def _text(choice: Choice) -> str:
    rates = ",".join(map(str, choice.rates))
    return f"{'+'.join(choice.kinds)} {rates} sees {choice.field} common {choice.common}"


def test_a_kernel_of_1_counts_for_nothing_and_keeps_its_place() -> None:
    assert choices(_taps("7,1", (1, 3))) == ()
    rates = [choice.rates for choice in choices(_taps("2,7,4,8", (3, 1, 3, 3)))]
    assert rates == [(1, 7, 3, 8), (2, 7, 4, 8, 1)]


def test_of_a_causal_schedule_only_the_holes_count() -> None:
    assert choices(_taps("1,2,4,8"), causal=True) == ()
    assert [choice.rates for choice in choices(_taps("2,4,8"), causal=True)] == [(1, 3, 9), (1, 3, 8), (1, 2, 4, 8)]


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Taps, ...]:
    kernels = draw(st.sampled_from([(3, 3), (3, 3, 3), (2, 2, 2), (2, 2, 2, 2), (5, 5), (2, 3), (3, 5), (2, 3, 3)]))
    order = draw(st.permutations(kernels))
    return tuple(Taps(kernel, draw(st.integers(1, 12))) for kernel in order)


@given(schedules())
@settings(max_examples=150, deadline=None)
def test_against_all_schedules_of_the_same_layers(taps: tuple[Taps, ...]) -> None:
    found = {kind: choice for choice in choices(taps) for kind in choice.kinds}
    if sound(taps):
        assert not found
        return
    others = [other for other in _same_order(taps) if sound(other)]
    size = _field(taps)
    nearest = min(_distance(taps, other) for other in others)
    assert _distance(taps, found["nearest"].taps) == nearest
    widest = max(_field(other) for other in others if _field(other) <= size)
    assert found["widest"].field == widest
    closest = min(_distance(taps, other) for other in others if _field(other) == widest)
    assert _distance(taps, found["widest"].taps) == closest
    for choice in found.values():
        assert choice.field == _field(choice.taps)
        assert sound(choice.taps)
        assert {choice.field - size, 0} <= set(range(max(kernel for kernel, _ in taps))) or choice.kind != "longer"


@given(st.lists(st.integers(1, 7), min_size=2, max_size=3))
@settings(max_examples=25, deadline=None)
def test_one_layer_more_against_all_of_them(rates: list[int]) -> None:
    taps = tuple(Taps(3, rate) for rate in rates)
    found = [choice for choice in choices(taps) if "longer" in choice.kinds]
    size, best = _field(taps), None
    for new, *others in [] if sound(taps) else _without_holes((3,) * (len(taps) + 1)):
        other = tuple(Taps(3, rate) for rate in others)
        if not size <= _field(other) + 2 * new <= size + 2 or not _in_order(taps, other):
            continue
        larger = [place for place, layer in enumerate(other) if layer.rate > new]
        for place in (*larger[:1], len(other)):
            if sound((*other[:place], Taps(3, new), *other[place:])):
                best = min(_distance(taps, other), best if best is not None else 10**9)
    assert (best is None) == (not found)
    if found:
        apart = [_distance(taps, (*found[0].taps[:at], *found[0].taps[at + 1 :])) for at in range(len(taps) + 1)]
        assert min(apart) == best


def _same_order(taps: Sequence[Taps]) -> Iterator[tuple[Taps, ...]]:
    """Those without holes, of the same kernels, whose rates stand in the same order."""
    kernels = [kernel for kernel, _ in taps]
    others = (tuple(map(Taps, kernels, rates)) for rates in _without_holes(tuple(kernels)))
    return (other for other in others if _in_order(taps, other))


def _in_order(taps: Sequence[Taps], others: Sequence[Taps]) -> bool:
    """Whether, kernel by kernel, no smaller rate became the larger one; those that were equal all rise or all fall."""
    told_apart = set()
    for (old, new), (later, its) in combinations(zip(taps, others, strict=True), 2):
        if old.kernel == later.kernel and (later.rate - old.rate) * (its.rate - new.rate) < 0:
            return False
        if old == later and new != its:
            told_apart.add(new.rate < its.rate)
    return len(told_apart) < 2


@cache
def _without_holes(kernels: tuple[int, ...]) -> list[tuple[int, ...]]:
    """All rates with which some layers read every position, found by reading."""
    largest = prod(kernels) // min(kernels)
    return [rates for rates in product(range(1, largest + 1), repeat=len(kernels)) if _reads_all(kernels, rates)]


def _reads_all(kernels: Sequence[int], rates: Sequence[int]) -> bool:
    if 1 not in rates:
        return False
    read = 1
    for kernel, rate in zip(kernels, rates, strict=True):
        read = reduce(or_, (read << tap * rate for tap in range(kernel)))
    return not read & read + 1


def _field(taps: Sequence[Taps]) -> int:
    return 1 + sum((kernel - 1) * rate for kernel, rate in taps)


def _distance(taps: Sequence[Taps], others: Sequence[Taps]) -> int:
    return sum(abs(one.rate - other.rate) for one, other in zip(taps, others, strict=True))


@given(st.lists(st.integers(1, 9), min_size=2, max_size=5), st.sampled_from([2, 3, 5]))
@settings(max_examples=40, deadline=None)
def test_sound_is_what_the_verdict_says(rates: list[int], kernel: int) -> None:
    verdict = rf.analyze(rates, kernel=kernel, dims=1).judgement.verdict
    taps = [Taps(kernel, rate) for rate in rates]
    if verdict == "ok" and not sound(taps):  # behind a dense layer the verdict does not ask for the index
        assert 1 in rates[rates.index(max(rates)) :]
    else:
        assert sound(taps) == (verdict == "ok")
    for choice in choices(taps):
        assert rf.analyze([*choice.rates], kernel=kernel, dims=1).judgement.verdict == "ok"


@pytest.mark.parametrize(
    "taps",
    [
        pytest.param([Taps(3, 2**power) for power in range(10)], id="powers of two"),
        pytest.param([Taps(3, 2)] * 1_000, id="a thousand layers"),
        pytest.param([Taps(3, 12 * (1 + layer)) for layer in range(12)], id="far from anything"),
        pytest.param([Taps(2 + layer % 6, 7 * layer + 1) for layer in range(12)], id="six kernels"),
        pytest.param([Taps(3, 1_000_000), Taps(3, 2)], id="rates of a million"),
        pytest.param([Taps(3, 1), Taps(3, 2)] * 6 + [Taps(3, 200)], id="one far away"),
    ],
)
def test_long_schedules_take_no_long_time(taps: list[Taps]) -> None:
    start = perf_counter()
    found = choices(taps)
    assert perf_counter() - start < 5
    assert all(sound(choice.taps) for choice in found)


def test_a_schedule_too_long_to_be_searched_is_lowered() -> None:
    (choice,) = choices([Taps(3, 2)] * 1_000)
    assert (choice.kinds, choice.rates, choice.field) == (("lowered",), (*(2,) * 999, 1), 3_999)
    assert choices([Taps(3, 1_000_000), Taps(3, 1_000_000)])[0].rates == (1, 3)


def test_no_number_library_is_loaded() -> None:
    code = (
        "import sys; from rfscope.design.instead import choices; from rfscope.exact.taps import Taps;"
        "assert choices([Taps(3, 2), Taps(3, 4), Taps(3, 8)]); assert not {'numpy', 'scipy', 'torch'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
