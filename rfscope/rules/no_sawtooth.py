"""RFS104: rates without a sawtooth."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.exact.pieces import Piece
from rfscope.rules.axes import layers_text, only_axis
from rfscope.rules.base import Finding, rule
from rfscope.wording import rates_text

__all__ = ["no_sawtooth"]

_FIELDS = ((1, 2, 5), (1, 2, 3), (1, 2))
"""Rises that are known to be sound for kernels of 3, the widest first; for kernels of 2 only the last is."""


@rule(code="RFS104", name="no-sawtooth", level="info", key="dilation", default=False)
def no_sawtooth(analysis: Analysis) -> Iterator[Finding]:
    """Two or more dilated layers whose rates do not rise and start again alike.

    The published advice is to let the rates rise and then begin again with the same rise, 1,2,5,1,2,5: small rates see
    near detail, large ones far context, and each rise can be judged by itself. It is advice on style; coverage does
    not depend on the order of the layers. Off unless selected.

    Bad:  1,5,2
    Good: 1,2,5,1,2,5
    Source: Wang et al., "Understanding Convolution for Semantic Segmentation", WACV 2018, section 3.2.
    """
    found: dict[tuple[object, ...], list[Piece]] = {}
    for schedule in analysis.schedules:
        if sum(rate > 1 for rate in schedule.published_rates) > 1 and not schedule.sawtooth:
            place = (schedule.resolution, schedule.entry, schedule.rates, schedule.kernels)
            found.setdefault(place, []).append(schedule)
    for same in found.values():
        schedule = same[0]
        rates = rates_text(schedule.rates, schedule.kernels)
        yield Finding(
            message=f"the rates of {layers_text(schedule.nodes)} do not rise and start again alike",
            details=f"They are {rates}. That is a matter of style, and loses no position by itself",
            help="let them rise strictly and begin again with the same rise, such as "
            f"{_example(min(schedule.kernels))}",
            node=schedule.nodes[0],
            axis=only_axis({axis for one in same for axis in one.axes}, analysis),
            about=schedule.nodes,
        )


def _example(kernel: int) -> str:
    """Two rises without holes or common factor, for so many taps."""
    rise = next(
        rise for rise in _FIELDS if all(rate <= field for rate, field in zip(rise, _reach(rise, kernel), strict=True))
    )
    return rates_text(rise * 2)


def _reach(rise: tuple[int, ...], kernel: int) -> list[int]:
    """The field before each layer."""
    return [1 + (kernel - 1) * sum(rise[:place]) for place in range(len(rise))]
