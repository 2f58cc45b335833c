"""Between which bounds a share lies of which a random sample shows a part."""

from __future__ import annotations

from typing import NamedTuple

from rfscope.errors import MissingExtraError

__all__ = ["Interval", "interval"]


class Interval(NamedTuple):
    """Where a share lies that a sample was drawn for.

    Attributes:
        share: That of the sample.
        low, high: The exact interval (Clopper and Pearson) that holds the true share with a confidence of 95 %.
    """

    share: float
    low: float
    high: float


def interval(found: int, drawn: int) -> Interval:
    """Where the share of all schedules lies of which a sample shows so many.

    Raises:
        MissingExtraError: Scipy is not installed.

    Source:
        Clopper and Pearson 1934, "The use of confidence or fiducial limits illustrated in the case of the binomial".

    Example:
        >>> [round(value, 3) for value in interval(3510, 10_000)]
        [0.351, 0.342, 0.36]
    """
    try:
        from scipy.stats import binomtest
    except ImportError:
        raise MissingExtraError("the interval of a sample needs scipy", do="pip install scipy") from None
    bounds = binomtest(found, drawn).proportion_ci(confidence_level=0.95, method="exact")
    return Interval(found / drawn, float(bounds.low), float(bounds.high))
