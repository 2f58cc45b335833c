"""Schedules that people know by name, to be told where they stand among all others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rfscope.wording import rates_text

__all__ = ["known_as", "known_schedules"]

_OF_3_TAPS = {
    (1, 2, 3): "Wang et al. 2018",
    (1, 2, 5): "Wang et al. 2018",
    (1, 2, 5, 9): "Wang et al. 2018",
    (1, 1, 2, 2, 3, 3): "Wang et al. 2018, as 1,2,3,1,2,3",
    (1, 1, 2, 2, 5, 5): "Wang et al. 2018, as 1,2,5,1,2,5",
    (1, 1, 1, 2, 4, 8, 16): "Yu and Koltun 2016, as 1,1,2,4,8,16,1",
    (1, 1, 2, 2, 4): "DRN-C, Yu et al. 2017, as 1,2,4,2,1",
}
"""Rates rising."""


def known_as(kernels: Sequence[int], rates: Sequence[int]) -> str | None:
    """Who published a schedule of these layers, in whatever order.

    Example:
        >>> known_as([3, 3, 3], [5, 2, 1]), known_as([2] * 4, [1, 2, 4, 8]), known_as([3], [1])
        ('Wang et al. 2018', 'WaveNet, van den Oord et al. 2016', None)
    """
    who = dict(known_schedules(kernels)).get(tuple(sorted(rates)))
    return who and who.removesuffix(f", as {rates_text(rates)}")


def known_schedules(kernels: Sequence[int]) -> Iterator[tuple[tuple[int, ...], str]]:
    """The published schedules of some layers, rates rising, and who published each."""
    if len(set(kernels)) != 1:
        return
    if kernels[0] == 3:
        yield from ((rates, who) for rates, who in _OF_3_TAPS.items() if len(rates) == len(kernels))
    if len(kernels) > 2:
        powers = tuple(2**power for power in range(len(kernels)))
        yield powers, "WaveNet, van den Oord et al. 2016" if kernels[0] == 2 else "TCN, Bai et al. 2018"
