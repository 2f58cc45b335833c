"""How many schedules have no holes, all of them, and a fair sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from itertools import product
from operator import or_

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfscope import limits
from rfscope.design.candidates import all_candidates, sampled
from rfscope.design.counting import Counts
from rfscope.design.layers import Layers
from rfscope.errors import LimitError

FIELDS = {
    (3, 17): 2,
    (3, 27): 1,
    (4, 29): 10,
    (4, 61): 5,
    (5, 65): 108,
    (5, 101): 129,
    (6, 65): 351,
    (6, 127): 2_136,
    (7, 129): 10_318,
    (7, 255): 92_536,
    (8, 257): 670_456,
    (8, 511): 8_714_753,
    (9, 513): 99_572_471,
    (10, 1025): 34_038_776_580,
    (12, 1025): 3_038_051_710_118,
}
UP_TO_60 = {2: (1, 2, 6, 27, 192), 3: (1, 3, 18, 204, 939), 5: (1, 5, 37, 67, 71), 7: (1, 7, 16, 16, 12)}
RATES_UP_TO_64 = (1, 3, 18, 232, 6_943, 234_900, 5_084_828, 79_433_065)


@pytest.mark.parametrize(("layers", "field"), FIELDS)
def test_of_a_field(layers: int, field: int) -> None:
    assert Counts(Layers.of([3] * layers), field).of(field) == FIELDS[layers, field]


@pytest.mark.parametrize(("layers", "expected"), [*enumerate(RATES_UP_TO_64, 1)])
def test_of_rates_up_to_64(layers: int, expected: int) -> None:
    some = Layers.of([3] * layers, 64)
    assert Counts(some, some.widest).up_to(some.widest) == expected


@pytest.mark.parametrize("kernel", UP_TO_60)
def test_of_fields_up_to_60(kernel: int) -> None:
    found = tuple(Counts(Layers.of([kernel] * layers), 60).up_to(60) for layers in range(1, 6))
    assert found == UP_TO_60[kernel]


@pytest.mark.parametrize(("layers", "field"), [(3, 17), (4, 61), (5, 65), (6, 127), (7, 255)])
def test_as_many_are_found_as_counted(layers: int, field: int) -> None:
    blocks = [block.rates for block in all_candidates(Layers.of([3] * layers), field)]
    assert sum(block.shape[1] for block in blocks) == FIELDS[layers, field]


@given(st.lists(st.sampled_from([2, 3, 4, 5, 7]), min_size=1, max_size=3), st.sampled_from([None, 5, 9]), st.data())
@settings(max_examples=30, deadline=None)
def test_against_all_rates(kernels: list[int], max_rate: int | None, data: st.DataObject) -> None:
    layers = Layers.of(kernels, max_rate)
    assert _widest(layers) == layers.widest
    field = data.draw(st.integers(layers.narrowest, min(layers.widest, 30)))
    found = [
        tuple(sorted(zip(rates, block.kernels, strict=True)))
        for block in all_candidates(layers, field)
        for rates in block.rates.T.tolist()
    ]
    expected = {
        tuple(sorted(zip(rates, layers.kernels, strict=True)))
        for rates in product(range(1, min(layers.largest_rate(field), max_rate or field) + 1), repeat=len(kernels))
        if 1 in rates and _read(layers.kernels, rates) + 1 == 1 << field
    }
    assert len(found) == len(set(found)) == Counts(layers, field).of(field)
    assert set(found) == expected


def _widest(layers: Layers) -> int:
    """In every order of kernels, each rate as large as may be."""
    reached: set[tuple[tuple[int, ...], int]] = {((), 1)}
    for _ in layers.kernels:
        reached = {
            (tuple(sorted((*placed, kernel))), reach + (kernel - 1) * min(reach, layers.max_rate or reach))
            for placed, reach in reached
            for kernel in set(layers.kernels)
            if placed.count(kernel) < layers.kernels.count(kernel)
        }
    return max(reach for _, reach in reached)


def _read(kernels: Sequence[int], rates: Sequence[int]) -> int:
    read = 1
    for kernel, rate in zip(kernels, rates, strict=True):
        read = reduce(or_, (read << tap * rate for tap in range(kernel)))
    return read


def test_a_sample_is_fair() -> None:
    drawn = Counter(sampled(Counts(Layers.of([3] * 5), 65), 65, 10_800, seed=0))
    assert len(drawn) == 108
    assert sum((many - 100) ** 2 / 100 for many in drawn.values()) < 107 + 4 * (2 * 107) ** 0.5


def test_a_sample_of_mixed_kernels_is_fair() -> None:
    counts = Counts(Layers.of([2, 3, 3, 5]), 31)
    drawn = Counter(sampled(counts, 31, 100 * counts.of(31), seed=1))
    assert len(drawn) == counts.of(31) == 50
    assert sum((many - 100) ** 2 / 100 for many in drawn.values()) < 49 + 4 * 98**0.5


def test_too_much_to_count_is_refused() -> None:
    with pytest.raises(LimitError, match="'counting'"):
        Counts(Layers.of([3] * 20), 100_001).of(100_001)
    with limits.raised({"counting": 10}), pytest.raises(LimitError):
        Counts(Layers.of([3] * 5), 65).of(65)
