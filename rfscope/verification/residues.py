"""Residues: exact integers of any size from floating-point arithmetic that is exact up to 2^53.

A number below the product of some primes is known from its remainders. Where the paths are too many for float64, a
whole network is computed once for each prime and every value on the way reduced: a layer then adds up at most as many
numbers below the prime as it has taps, and the sum stays below 2^53.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt

__all__ = ["EXACT", "moduli"]

EXACT = 2**53
"""All integers up to this one are float64 numbers."""

_LARGEST = 2**26
"""Products of two numbers below it are exact too."""


def moduli(largest: int, taps: int) -> tuple[int, ...]:
    """The primes whose remainders determine an integer; none where float64 holds it as it is.

    Args:
        largest: The largest integer that may come up.
        taps: The most numbers added up before they are reduced.

    Example:
        >>> moduli(3**33, 9), moduli(3**34, 9)
        ((), (67108859, 67108837, 67108819))
    """
    found: list[int] = []
    if largest < EXACT:
        return ()
    candidates, product = _primes_below(min(_LARGEST, EXACT // taps)), 1
    while product <= largest:
        found.append(next(candidates))
        product *= found[-1]
    return tuple(found)


def _primes_below(bound: int) -> Iterator[int]:
    """Primes below a bound, falling, without 2."""
    for number in range((bound - 2) | 1, 2, -2):
        if all(number % divisor for divisor in range(3, isqrt(number) + 1, 2)):
            yield number
