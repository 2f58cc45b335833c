"""The nearest schedule without holes, in three ways and by brute force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, reduce
from itertools import product
from math import prod
from operator import or_
from random import Random
from typing import Any

import pytest

from rfscope import limits
from rfscope.design import nearest as module
from rfscope.design.nearest import Bounds, Nearest, by_integer_program, by_placing, by_search, nearest
from rfscope.errors import LimitError
from rfscope.exact.taps import Taps

optimize = pytest.importorskip("scipy.optimize")

TABLE = [
    ((2, 4, 8), Bounds(), (1, 3, 8), 2),
    ((2, 2, 2), Bounds(), (1, 2, 2), 1),
    ((1, 2, 9), Bounds(), (1, 3, 9), 1),
    ((2, 2, 2), Bounds(13, 13), (1, 2, 3), 2),
    ((2, 4, 8), Bounds(27, 27), (1, 3, 9), 3),
    ((6, 12, 18), Bounds(), (1, 3, 9), 23),
    ((2, 4, 8, 16), Bounds(61), (1, 3, 9, 17), 4),
    ((1, 1, 9), Bounds(), (1, 3, 9), 2),
    ((8, 4, 2), Bounds(), (8, 3, 1), 2),
    ((1, 2, 9), Bounds(max_rate=5), (1, 2, 5), 4),
]


@pytest.mark.parametrize(("rates", "bounds", "expected", "distance"), TABLE)
def test_by_hand(rates: tuple[int, ...], bounds: Bounds, expected: tuple[int, ...], distance: int) -> None:
    found = nearest([Taps(3, rate) for rate in rates], bounds)
    assert found is not None
    assert (tuple(rate for _, rate in found.taps), found.distance) == (expected, distance)


def test_the_nearest_to_2_4_8_is_the_only_one() -> None:
    found = by_search([Taps(3, 2), Taps(3, 4), Taps(3, 8)], Bounds())
    assert found is not None
    assert found.certificate.examined == 1


def test_out_of_reach() -> None:
    assert nearest([Taps(3, 2), Taps(3, 4), Taps(3, 8)], Bounds(29, 29)) is None


def _bounds(random: Random, kernels: Sequence[int]) -> Bounds:
    field = random.randint(1 + sum(kernel - 1 for kernel in kernels), min(prod(kernels) + 3, 60))
    largest = random.randint(1, 9)
    return random.choice(
        [Bounds(), Bounds(field, field), Bounds(field), Bounds(max_rate=largest), Bounds(field, lowers=False)]
    )


Way = Callable[[Sequence[Taps], Bounds], Nearest | None]


@pytest.mark.parametrize("way", [by_search, by_integer_program, by_placing])
def test_250_wishes_of_one_kernel(way: Way) -> None:
    random = Random(5)  # noqa: S311
    infeasible = 0
    for _ in range(250):
        kernel = random.choice([2, 3, 5])
        kernels = (kernel,) * random.randint(1, 4 if kernel == 2 else 3)
        taps, bounds = [Taps(kernel, random.randint(1, 14)) for _ in kernels], _bounds(random, kernels)
        expected, found = _by_force(taps, bounds), way(taps, bounds)
        infeasible += expected is None
        assert (None if found is None else found.distance) == expected, (taps, bounds)
    assert 10 < infeasible < 200


@pytest.mark.parametrize("way", [by_search, by_placing])
def test_646_wishes_of_mixed_kernels(way: Way) -> None:
    random = Random(6)  # noqa: S311
    for _ in range(646):
        kernels = tuple(sorted(random.choice([2, 3, 4, 5]) for _ in range(random.randint(2, 3))))
        taps, bounds = [Taps(kernel, random.randint(1, 14)) for kernel in kernels], _bounds(random, kernels)
        found = way(taps, bounds)
        assert (None if found is None else found.distance) == _by_force(taps, bounds), (taps, bounds)


def _by_force(taps: Sequence[Taps], bounds: Bounds) -> int | None:
    """The distance to the nearest of all."""
    distances = [
        sum(abs(one - other.rate) for one, other in zip(rates, taps, strict=True))
        for field, rates in _without_holes(tuple(layer.kernel for layer in taps))
        if bounds.least <= field <= (bounds.most or field)
        and max(rates) <= (bounds.max_rate or max(rates))
        and (bounds.lowers or all(one >= other.rate for one, other in zip(rates, taps, strict=True)))
    ]
    return min(distances, default=None)


@cache
def _without_holes(kernels: tuple[int, ...]) -> list[tuple[int, tuple[int, ...]]]:
    """All fields and rates with which some layers read every position, found by reading."""
    found = []
    for rates in product(range(1, prod(kernels) // min(kernels) + 1), repeat=len(kernels)):
        read = 1 if 1 in rates else 0
        for kernel, rate in zip(kernels, rates, strict=True):
            read = reduce(or_, (read << tap * rate for tap in range(kernel)))
        if read and not read & read + 1:
            found.append((read.bit_length(), rates))
    return found


def test_long_ones_are_solved_as_integer_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    taps = [Taps(3, 1 + place**2 * 7 % 501) for place in range(60)]
    monkeypatch.setattr(module, "_STEPS", 10)
    found = nearest(taps, Bounds(least=20_001))
    assert found is not None
    assert found.certificate.method == "milp"
    assert found.certificate.solver is not None
    assert found.certificate.solver.dual_bound == pytest.approx(found.distance)


def test_a_solver_that_leaves_a_gap_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    solve = optimize.milp

    def with_a_gap(*args: Any, **options: Any) -> Any:
        solved = solve(*args, **options)
        solved.mip_dual_bound -= 2
        return solved

    monkeypatch.setattr(optimize, "milp", with_a_gap)
    found = by_integer_program([Taps(3, 6), Taps(3, 12), Taps(3, 18)], Bounds())
    assert found is not None
    assert (found.distance, found.certificate.method) == (23, "dynamic-program")


def test_without_scipy_the_dynamic_program_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    monkeypatch.setattr(module, "_STEPS", 1)
    found = nearest([Taps(3, 6), Taps(3, 12), Taps(3, 18)])
    assert found is not None
    assert (found.distance, found.certificate.method) == (23, "dynamic-program")
    with limits.raised({"candidates": 100}), pytest.raises(LimitError, match="nearest"):
        nearest([Taps(3, 100 * layer) for layer in range(1, 9)])
