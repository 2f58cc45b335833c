"""Residues: enough primes, all of them primes, all of them small enough."""

from __future__ import annotations

from math import isqrt, prod

import pytest

import rfscope as rf
from rfscope.verification.residues import EXACT, moduli


@pytest.mark.parametrize("largest", [EXACT, EXACT + 1, 3**60, 3**180, 10**300], ids=str)
@pytest.mark.parametrize("taps", [1, 9, 27, 2**30, 2**40])
def test_enough_small_primes(largest: int, taps: int) -> None:
    primes = moduli(largest, taps)
    assert prod(primes) > largest >= prod(primes[:-1])
    assert len(set(primes)) == len(primes)
    for prime in primes:
        assert prime < 2**26
        assert prime * taps < EXACT
        assert all(prime % divisor for divisor in range(2, isqrt(prime) + 1))


def test_none_below_what_float64_holds() -> None:
    assert moduli(EXACT - 1, 9) == ()


def test_sums_of_what_float64_holds_may_be_beyond_it() -> None:
    net = rf.assemble([rf.pool(15, stride=15, dims=1), *(rf.conv(3, dims=1) for _ in range(33))])
    assert rf.analyze(net).output.counts.paths == 15 * 3**33 > EXACT > 3**33
    found = rf.verify(net, device="cpu")
    assert found.equal, found.first_difference
