"""RFS306: outputs that read nothing."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from rfscope.exact.analysis import Analysis
from rfscope.exact.output import Output
from rfscope.network.graph import Node
from rfscope.network.reads import TransposedWindow
from rfscope.rules.axes import layer_text
from rfscope.rules.base import Finding, rule

__all__ = ["empty_output"]


@rule(code="RFS306", name="empty-output", level="error")
def empty_output(analysis: Analysis) -> Iterator[Finding]:
    """Some outputs read no pixel at all.

    A transposed convolution whose kernel is smaller than its stride, or whose rate shares a factor with its stride,
    leaves outputs that no tap reaches. They hold the bias and nothing else, in a regular pattern over the whole map,
    and no layer of one tap after it changes that.

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
        node, cause, cure = next(_sparse(output), (None, "", ""))
        yield Finding(
            message=f"some outputs of {layer_text(name)} read nothing{cause}",
            details="They hold the same value whatever the input is",
            help=cure,
            node=name if node is None else node.name,
            about=() if node is None else (node.name,),
        )


def _sparse(output: Output) -> Iterator[tuple[Node, str, str]]:
    """The layers that leave outputs without an input, last first, each with the reason and what to do."""
    for node in reversed(output.network.nodes):
        for read in node.reads:
            if isinstance(read, TransposedWindow) and read.kernel < read.stride:
                yield (
                    node,
                    f": the kernel of {layer_text(node.name)} is smaller than its stride",
                    "make it as large as the stride",
                )
            elif isinstance(read, TransposedWindow) and gcd(read.stride, read.dilation) > 1:
                rates = f"its taps lie {read.dilation} apart and its inputs {read.stride}"
                yield (
                    node,
                    f": of {layer_text(node.name)}, {rates}, so that all fall on the same outputs",
                    "use a rate of 1",
                )
