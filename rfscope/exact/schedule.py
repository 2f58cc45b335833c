"""The published design rules for dilation schedules, as published.

Wang et al., "Understanding Convolution for Semantic Segmentation" (WACV 2018), section 3.2: the distance M_2 must not
exceed the kernel, the rates should share no common factor, and they should rise and start again like a sawtooth.
The distance rule is exact where the paper uses it (3x3 kernels, rates that never fall, starting at 1). Elsewhere it
never looks at the first rate, depends on an order that coverage does not depend on, and has a constant meant for 3
taps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

__all__ = ["common_factor", "groups", "is_sawtooth", "max_distances"]


def max_distances(rates: Sequence[int]) -> tuple[int, ...]:
    """The largest distance between nonzero values after each layer: M_1 .. M_n of Wang et al. 2018, equation 2.

    ``M_n = r_n``; ``M_i = max(M_(i+1) - 2 r_i, 2 r_i - M_(i+1), r_i)``.

    Example:
        >>> max_distances([1, 2, 9])
        (3, 5, 9)
    """
    distances: list[int] = []
    for rate in reversed(rates):
        later = distances[-1] if distances else rate
        distances.append(max(later - 2 * rate, 2 * rate - later, rate))
    return tuple(reversed(distances))


def groups(rates: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Split a schedule into its maximal runs of rates that do not fall, as (first, behind last) indices.

    Example:
        >>> groups([1, 2, 5, 1, 2, 5])
        ((0, 3), (3, 6))
    """
    breaks = [place for place in range(1, len(rates)) if rates[place] < rates[place - 1]]
    edges = [0, *breaks, len(rates)] if rates else []
    return tuple(pairwise(edges))


def is_sawtooth(rates: Sequence[int]) -> bool:
    """Whether the rates rise strictly and start again alike: 1,2,3,1,2,3; the last rise may be cut short.

    Example:
        >>> is_sawtooth([1, 2, 5, 1, 2]), is_sawtooth([2, 2, 2])
        (True, False)
    """
    teeth = [tuple(rates[first:stop]) for first, stop in groups(rates)]
    if not teeth or len(teeth[0]) < 2:
        return False
    tooth, *later = teeth
    rises = all(low < high for low, high in pairwise(tooth))
    whole = all(other == tooth for other in later[:-1])
    return rises and whole and all(other == tooth[: len(other)] for other in later[-1:])


def common_factor(rates: Sequence[int]) -> int:
    """The greatest common divisor of the rates; 1 if there are none.

    Example:
        >>> common_factor([2, 4, 8])
        2
    """
    return math.gcd(*rates) or 1
