"""The spread of the path counts: how far from the centre the paths to one output begin, per axis.

In a plain linear chain with independent zero-mean weights the normalised counts are the expected squared gradient
(Luo et al., "Understanding the Effective Receptive Field", NeurIPS 2016). With residuals, norms or training they are
not, so this is a statement about paths and not about trained weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import sqrt
from typing import NamedTuple

from rfscope.exact.taps import Taps

__all__ = ["Spread", "line_deviation", "mass_radius", "standard_deviation"]

_MASS = Fraction(9545, 10_000)
"""The share of a normal distribution within two standard deviations."""


class Spread(NamedTuple):
    """How far the paths to one output spread.

    Attributes:
        std: Standard deviation of the counts per axis, in input pixels.
        radius95: Smallest distance from the centre within which 95.45 % of the paths begin, per axis.
    """

    std: tuple[float, ...]
    radius95: tuple[Fraction, ...]


def standard_deviation(taps: Iterable[Taps]) -> float:
    """Standard deviation of a chain's counts along an axis: ``sqrt(sum a^2 (k^2 - 1) / 12)``.

    Example:
        >>> standard_deviation([Taps(3, 1), Taps(3, 1), Taps(3, 1)]) == 2**0.5
        True
    """
    return sqrt(Fraction(sum(rate**2 * (kernel**2 - 1) for kernel, rate in taps), 12))


def mass_radius(counts: Sequence[int]) -> Fraction:
    """Smallest distance from the middle of a line of counts that holds 95.45 % of their sum.

    Example:
        >>> mass_radius([1, 1, 2, 1, 2, 1, 1])
        Fraction(3, 1)
    """
    needed, total = _MASS * sum(counts), len(counts)
    if not needed:
        return Fraction(0)
    first, last = (total - 1) // 2, total // 2
    held = counts[first] if first == last else counts[first] + counts[last]
    while held < needed:
        first, last = first - 1, last + 1
        held += counts[first] + counts[last]
    return Fraction(last - first, 2)


def line_deviation(counts: Sequence[int]) -> float:
    """Standard deviation of a line of counts about their mean, from integers.

    Example:
        >>> line_deviation([1, 1, 2, 1, 2, 1, 1]) == standard_deviation([Taps(3, 1), Taps(3, 2)])
        True
    """
    total = sum(counts)
    if not total:
        return 0.0
    first = sum(place * count for place, count in enumerate(counts))
    second = sum(place * place * count for place, count in enumerate(counts))
    return sqrt(Fraction(second * total - first * first, total * total))
