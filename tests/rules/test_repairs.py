"""What RFS101 advises to write instead: 2,000 schedules, judged again, and the small ones held against all others.

The nearest schedule without holes is passed over where a rule warns of it, as RFS102 does of 1,2,2.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from math import prod

import pytest

import rfscope as rf
from rfscope.rules import Finding
from tests.exact import schedules

SCHEDULES = 2_000


def some_schedules() -> list[tuple[list[int], list[int]]]:
    """Rates and kernels: half with equal kernels, half with mixed ones."""
    draw = random.Random(2018)  # noqa: S311 - the same schedules every time
    found = []
    for number in range(SCHEDULES):
        length = draw.randint(1, 5)
        rates = [draw.randint(1, 9 if length > 3 else 14) for _ in range(length)]
        equal = [draw.randint(2, 5)] * length
        found.append((rates, equal if number % 2 else [draw.randint(2, 5) for _ in range(length)]))
    return found


def linted(rates: list[int], kernels: list[int]) -> list[Finding]:
    target = f"{','.join(map(str, rates))}@{','.join(map(str, kernels))}"
    return [one for one in rf.lint(rf.analyze(target, dims=1)) if one.code == "RFS101"]


def advised(finding: Finding) -> list[int]:
    """The rates that a finding tells to write."""
    match = re.match(r"write ([0-9,]+)(@[0-9,]+)? instead of", finding.help)
    assert match
    return [int(rate) for rate in match[1].split(",")]


def warned(rates: Iterable[int], kernels: list[int]) -> bool:
    target = f"{','.join(map(str, rates))}@{','.join(map(str, kernels))}"
    return any(one.level != "info" for one in rf.lint(rf.analyze(target, dims=1)))


def lowest(rates: list[int], kernels: list[int]) -> tuple[int, ...]:
    """The repair that the schedule itself knows, whatever rules say of it."""
    target = f"{','.join(map(str, rates))}@{','.join(map(str, kernels))}"
    return rf.analyze(target, dims=1).schedules[0].repair.repaired


@pytest.fixture(scope="module")
def repaired() -> list[tuple[list[int], list[int], list[int]]]:
    """Rates, kernels and advice of those that have holes."""
    found = []
    for rates, kernels in some_schedules():
        findings = linted(rates, kernels)
        assert bool(findings) == (not schedules.reads_all(list(zip(kernels, rates, strict=True))))
        if findings and len(rates) == 1:  # its rate was chosen for its reach
            assert "instead of" not in findings[0].help
        elif findings:
            found.append((rates, kernels, advised(findings[0])))
    return found


def test_every_repair_has_no_holes(repaired: list[tuple[list[int], list[int], list[int]]]) -> None:
    assert len(repaired) > SCHEDULES // 2
    for _, kernels, advice in repaired:
        assert not warned(advice, kernels)
        assert schedules.reads_all(list(zip(kernels, advice, strict=True)))


def test_with_equal_kernels_a_repair_is_nearest(repaired: list[tuple[list[int], list[int], list[int]]]) -> None:
    """Small ones: every schedule that raises no rate is tried."""
    small = [one for one in repaired if len(set(one[1])) == 1 and prod(one[0]) <= 3_000]
    assert len(small) > 400
    for rates, kernels, advice in small:
        repair = lowest(rates, kernels)
        assert repair in schedules.nearest(kernels, rates)
        assert tuple(advice) == repair or warned(repair, kernels)


def test_with_mixed_kernels_no_rate_can_be_put_back(repaired: list[tuple[list[int], list[int], list[int]]]) -> None:
    mixed = [one for one in repaired if len(set(one[1])) > 1]
    assert len(mixed) > 400
    for rates, kernels, advice in mixed:
        repair = lowest(rates, kernels)
        assert tuple(advice) == repair or warned(repair, kernels)
        for place, (old, new) in enumerate(zip(rates, repair, strict=True)):
            assert new <= old
            put_back = [*repair[:place], old, *repair[place + 1 :]]
            assert new == old or not schedules.reads_all(list(zip(kernels, put_back, strict=True)))
