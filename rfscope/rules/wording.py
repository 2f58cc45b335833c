"""Words for numbers, shared by all who write for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import floor

from rfscope.exact.analysis import Analysis
from rfscope.exact.verdict import Schedule

__all__ = ["axes_of", "first_few", "percent", "rates_text", "size_text"]


def rates_text(rates: Sequence[int], kernels: Sequence[int] = ()) -> str:
    """Rates as a user types them, with the kernels behind an @ where they differ from layer to layer.

    Example:
        >>> rates_text([1, 2, 5]), rates_text([1, 2], [3, 5])
        ('1,2,5', '1,2@3,5')
    """
    text = ",".join(map(str, rates))
    return f"{text}@{','.join(map(str, kernels))}" if len(set(kernels)) > 1 else text


def size_text(size: Sequence[int]) -> str:
    """A size over several axes.

    Example:
        >>> size_text([29, 29])
        '29x29'
    """
    return "x".join(map(str, size))


def percent(share: float) -> str:
    """A share in whole per cent, never rounded up to all or down to nothing.

    Example:
        >>> percent(0.2675), percent(0.9996), percent(0.0001), percent(1)
        ('27 %', '99.9 %', 'under 1 %', '100 %')
    """
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return f"{floor(share * 1000) / 10:g} %"
    return f"{share * 100:.0f} %"


def first_few(numbers: Sequence[int], most: int = 4) -> str:
    """The first few of a list, and dots where there are more."""
    return ", ".join(map(str, numbers[:most])) + (", ..." if len(numbers) > most else "")


def axes_of(schedule: Schedule, analysis: Analysis) -> Iterator[int | None]:
    """The axes that findings on a schedule name: none if it holds along all of them."""
    if len(schedule.axes) == analysis.network.dims:
        yield None
    else:
        yield from schedule.axes
