"""RFS302: transposed convolutions that write unevenly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import prod

from rfscope.exact.analysis import Analysis
from rfscope.network.reads import TransposedWindow
from rfscope.rules.axes import layer_text, only_axis
from rfscope.rules.base import Finding, rule

__all__ = ["uneven_overlap"]


@rule(code="RFS302", name="uneven-overlap", level="warning", key="kernel")
def uneven_overlap(analysis: Analysis) -> Iterator[Finding]:
    """A transposed convolution whose kernel is no multiple of its stride: a checkerboard.

    Adjacent outputs are then made from different numbers of inputs: with a kernel of 3 and a stride of 2 every
    second one from two and the others from one, in 2-D four against one. Trained weights can even that out and seldom
    do.

    Bad:
        [[layers]]
        op = "transposed_conv"
        kernel = 3
        stride = 2
    Good:
        [[layers]]
        op = "transposed_conv"
        kernel = 4
        stride = 2
    Source: Odena et al., "Deconvolution and Checkerboard Artifacts", Distill 2016.
    """
    for node in analysis.network.nodes:
        if node.op == "transposed_conv":
            overlaps = [_overlap(read) for read in node.reads if isinstance(read, TransposedWindow)]
            uneven = [axis for axis, (least, most) in enumerate(overlaps) if least < most]
            if uneven:
                least, most = (prod(side) for side in zip(*overlaps, strict=True))
                yield Finding(
                    message=f"outputs of {layer_text(node.name)} are made from {least} to {most} inputs: expect a "
                    "checkerboard",
                    details="How many depends on where they stand, for its kernel is no multiple of its stride",
                    help="make the kernel a multiple of the stride, or resize and convolve",
                    node=node.name,
                    axis=only_axis(uneven, analysis),
                    about=(node.name,),
                )


def _overlap(read: TransposedWindow) -> tuple[int, int]:
    """The least and the most inputs that an output is made from."""
    phases = Counter(tap * read.dilation % read.stride for tap in range(read.kernel))
    counts = [phases[phase] for phase in range(read.stride)]
    return min(counts), max(counts)
