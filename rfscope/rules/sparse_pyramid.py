"""RFS106: parallel branches wider than what leads to them."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.rules.axes import only_axis
from rfscope.rules.base import Finding, rule

__all__ = ["sparse_pyramid"]


@rule(code="RFS106", name="sparse-pyramid", level="info", key="dilation")
def sparse_pyramid(analysis: Analysis) -> Iterator[Finding]:
    """A parallel dilated branch whose rate exceeds the field of the dense layers before it.

    Branches side by side, as in atrous spatial pyramid pooling, are meant to sample far context sparsely. A branch of
    rate r reads all of it only if every position it looks at already stands for r positions: if the dense layers
    before it have a field of r. The finding is a fact to know and not an accusation.

    Bad:
        [[layers]]
        op = "conv"
        name = "in"
        kernel = 3
        padding = "same"
        [[layers]]
        op = "conv"
        name = "near"
        inputs = ["in"]
        kernel = 3
        dilation = 2
        padding = "same"
        [[layers]]
        op = "conv"
        name = "far"
        inputs = ["in"]
        kernel = 3
        dilation = 6
        padding = "same"
        [[layers]]
        op = "concat"
        inputs = ["near", "far"]
    Good:
        [[layers]]
        op = "conv"
        name = "in"
        kernel = 7
        padding = "same"
        [[layers]]
        op = "conv"
        name = "near"
        inputs = ["in"]
        kernel = 3
        dilation = 2
        padding = "same"
        [[layers]]
        op = "conv"
        name = "far"
        inputs = ["in"]
        kernel = 3
        dilation = 6
        padding = "same"
        [[layers]]
        op = "concat"
        inputs = ["near", "far"]
    Source: Chen et al., "Rethinking Atrous Convolution for Semantic Image Segmentation", 2017, for the pyramid.
    """
    for schedule in analysis.schedules:
        for run in schedule.runs:
            for step in run.steps if run.pyramid else ():
                if step.taps.rate > run.lead_in:
                    yield Finding(
                        message=f"{step.name}, a branch of rate {step.taps.rate}, needs a field of "
                        f"{step.taps.rate} before it to read all that it spans, and has {run.lead_in}: it samples "
                        "far context, and skips part of what lies between its taps",
                        help="",
                        node=step.name,
                        axis=only_axis(schedule.axes, analysis),
                        about=tuple(one.name for one in run.steps),
                    )
