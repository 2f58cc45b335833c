"""RFS106: parallel branches wider than what leads to them."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.rules.axes import layer_text, only_axis
from rfscope.rules.base import Finding, rule

__all__ = ["sparse_pyramid"]


@rule(code="RFS106", name="sparse-pyramid", level="info", key="dilation")
def sparse_pyramid(analysis: Analysis) -> Iterator[Finding]:
    """A parallel dilated branch whose rate exceeds the field of the dense layers before it.

    Branches side by side, as in atrous spatial pyramid pooling, are meant to sample far context sparsely. A branch of
    rate r reads all of it only if every position it looks at already stands for r positions: if the dense layers
    before it have a field of r. The finding is a fact to know and not an accusation;
    it does not change the verdict.

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
    for branch in analysis.judgement.sparse:
        yield Finding(
            message=f"{layer_text(branch.layer)} samples: its rate is {branch.rate}, the field of the dense layers "
            f"before it {branch.field}",
            details="It reads far context and skips part of what lies between its taps, as pyramids are meant to. With "
            f"a field of {branch.rate} before it, it would read all that it spans",
            help="",
            node=branch.layer,
            axis=only_axis(branch.axes, analysis),
            about=branch.branches,
        )
