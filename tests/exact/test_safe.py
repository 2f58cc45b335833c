"""Safe rates: the table, and brute force; RFSCOPE_SAFE=all tries every schedule of up to 4 layers, rates to 12."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations_with_replacement, product
from time import perf_counter

import pytest

import rfscope as rf
from rfscope.exact.safe import safe_rates
from rfscope.exact.taps import Taps

Safe = tuple[tuple[int, int] | None, ...]

TABLE: list[tuple[str, int, Safe]] = [
    ("2,4,8", 3, (None, None, (1, 1))),
    ("1,2,5", 3, ((1, 1), (1, 3), (1, 7))),
    ("1,3,9", 3, ((1, 1), (3, 3), (1, 9))),
    ("1,3,2", 3, ((1, 1), (1, 7), (1, 9))),
    ("2,2,2,1", 3, ((1, 11), (1, 11), (1, 11), (1, 1))),
    ("1,2,9", 3, (None, (3, 3), (1, 7))),
    ("1,1,7", 3, ((2, 3), (2, 3), (1, 5))),
    ("2,3", 3, ((1, 1), (1, 1))),
    ("1,2,4,8,16", 3, ((1, 1), (1, 3), (1, 7), (1, 15), (1, 31))),
    ("2,2,1,6", 2, ((2, 4), (2, 4), (1, 1), (1, 6))),
    ("1,2,4,8", 2, ((1, 1), (2, 2), (4, 4), (1, 8))),
    ("1,1,1,1,1,11", 3, ((1, 9), (1, 9), (1, 9), (1, 9), (1, 9), (1, 11))),
]


@pytest.mark.parametrize(("rates", "kernel", "safe"), TABLE, ids=[f"{row[0]}@{row[1]}" for row in TABLE])
def test_the_table(rates: str, kernel: int, safe: Safe) -> None:
    assert safe_rates([Taps(kernel, int(rate)) for rate in rates.split(",")]) == safe
    analysis = rf.analyze(rates, kernel=kernel)
    assert analysis.judgement.safe_rates(analysis.schedules[0]) == safe


@lru_cache(200_000)
def reached(kernels_and_rates: tuple[tuple[int, int], ...]) -> int:
    """The positions that a chain reads, bit by bit."""
    places = {0}
    for kernel, rate in kernels_and_rates:
        places = {place + tap * rate for place in places for tap in range(kernel)}
    return sum(1 << place for place in places)


def good(others: tuple[tuple[int, int], ...], kernel: int, rate: int) -> bool:
    bits, found = reached(others), 0
    for tap in range(kernel):
        found |= bits << tap * rate
    return found & (found + 1) == 0


@lru_cache(200_000)
def interval(others: tuple[tuple[int, int], ...], kernel: int) -> tuple[int, int] | None:
    """Every rate tried, up to where the layer lies behind all that the others see."""
    rates = [rate for rate in range(1, reached(others).bit_length() + 2) if good(others, kernel, rate)]
    assert not rates or rates == list(range(rates[0], rates[-1] + 1))
    return (rates[0], rates[-1]) if rates else None


def tried(schedule: list[Taps]) -> Iterator[tuple[int, int] | None]:
    for place, (kernel, _) in enumerate(schedule):
        yield interval(tuple(sorted([*schedule[:place], *schedule[place + 1 :]])), kernel)


def every() -> Iterator[list[Taps]]:
    layers = [Taps(kernel, rate) for kernel, rate in product(range(2, 6), range(1, 13))]
    for length in range(1, 5):
        for schedule in combinations_with_replacement(layers, length):  # the order changes nothing: tested below
            yield list(schedule)


def some() -> Iterator[list[Taps]]:
    draw = random.Random(7)  # noqa: S311 - the same schedules every time
    for _ in range(600):
        yield [Taps(draw.randint(2, 5), draw.randint(1, 12)) for _ in range(draw.randint(1, 4))]


def test_equals_brute_force() -> None:
    claims = 0
    for schedule in every() if os.environ.get("RFSCOPE_SAFE") == "all" else some():
        found = safe_rates(schedule)
        assert found == tuple(tried(schedule)), schedule
        claims += len(found)
    assert claims > 1_000
    print(claims, "claims")  # noqa: T201 - the figure


def test_the_order_of_the_layers_changes_nothing() -> None:
    for schedule in some():
        found = dict(zip(schedule, safe_rates(schedule), strict=True))
        assert safe_rates(schedule[::-1]) == tuple(found[taps] for taps in schedule[::-1])


def test_ten_thousand_layers_are_quick() -> None:
    draw = random.Random(3)  # noqa: S311
    schedule = [Taps(draw.randint(2, 5), draw.randint(1, 10**6)) for _ in range(10_000)]
    start = perf_counter()
    assert len(safe_rates(schedule)) == 10_000
    assert perf_counter() - start < 5  # 0.1 s on a machine that is not busy; the naive form takes 100 s
