"""RFS104: rates without a sawtooth."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.rules.axes import axes_of
from rfscope.rules.base import Finding, rule
from rfscope.wording import rates_text

__all__ = ["no_sawtooth"]


@rule(code="RFS104", name="no-sawtooth", level="info", key="dilation")
def no_sawtooth(analysis: Analysis) -> Iterator[Finding]:
    """Two or more dilated layers whose rates do not rise and start again alike.

    The published advice is to let the rates rise and then begin again with the same rise, 1,2,5,1,2,5: small rates see
    near detail, large ones far context, and each rise can be judged by itself. It is advice on style; coverage does
    not depend on the order of the layers.

    Bad:  1,5,2
    Good: 1,2,5,1,2,5
    Source: Wang et al., "Understanding Convolution for Semantic Segmentation", WACV 2018, section 3.2.
    """
    for schedule in analysis.schedules:
        if sum(rate > 1 for rate in schedule.rates) > 1 and not schedule.sawtooth:
            for axis in axes_of(schedule, analysis):
                yield Finding(
                    message=f"the rates {rates_text(schedule.rates, schedule.kernels)} of {schedule.piece.label} "
                    "do not rise and start again alike; that is a matter of style, and loses no pixel by itself",
                    help="let them rise strictly and begin again with the same rise, such as 1,2,5,1,2,5",
                    node=schedule.nodes[0],
                    axis=axis,
                )
