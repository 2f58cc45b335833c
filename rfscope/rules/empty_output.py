"""RFS306: outputs that read nothing."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.network.reads import TransposedWindow
from rfscope.rules.base import Finding, rule

__all__ = ["empty_output"]


@rule(code="RFS306", name="empty-output", level="error")
def empty_output(analysis: Analysis) -> Iterator[Finding]:
    """Some outputs read no pixel at all.

    A transposed convolution whose kernel is smaller than its stride leaves outputs that no tap reaches. They hold the
    bias and nothing else, in a regular pattern over the whole map, and no layer of one tap behind it changes that.

    Bad:
        [[layers]]
        op = "transposed_conv"
        kernel = 1
        stride = 2
    Good:
        [[layers]]
        op = "transposed_conv"
        kernel = 2
        stride = 2
    Source: the definition of the transposed convolution.
    """
    for name in analysis.judgement.empty:
        output = next(output for output in analysis.outputs if output.node == name)
        sparse = [
            node
            for node in output.network.nodes
            for read in node.reads
            if isinstance(read, TransposedWindow) and read.kernel < read.stride
        ]
        cause = f": the kernel of {sparse[-1].name} is smaller than its stride" if sparse else ""
        yield Finding(
            message=f"some outputs of {name} read no pixel{cause}; they hold the same value whatever the image is",
            help="make the kernel as large as the stride" if sparse else "",
            node=sparse[-1].name if sparse else name,
        )
