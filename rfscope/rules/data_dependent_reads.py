"""RFS902: layers that read where the data tells them to."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.rules.axes import layer_text
from rfscope.rules.base import Finding, rule

__all__ = ["data_dependent_reads"]


@rule(code="RFS902", name="data-dependent-reads", level="info", key="op")
def data_dependent_reads(analysis: Analysis) -> Iterator[Finding]:
    """A deformable convolution or a sampling layer: what is known of its reads is a lower bound.

    It is analyzed on its undeformed grid. Offsets that it learns move its taps elsewhere, so fields, counts and holes
    after it are those of the regular grid and not of any one image.

    Bad:
        [[layers]]
        op = "deformable_conv"
        kernel = 3
    Good:
        [[layers]]
        op = "conv"
        kernel = 3
    Source: Dai et al., "Deformable Convolutional Networks", ICCV 2017.
    """
    for node in analysis.network.nodes:
        if node.data_dependent:
            yield Finding(
                message=f"{layer_text(node.name)} reads where the data tells it to: from there on, fields are lower "
                "bounds",
                help="",
                node=node.name,
            )
