"""RFS203: dilated kernels larger than their map."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.exact.finite import padding_shares
from rfscope.network.reads import Read, Window
from rfscope.network.sizes import size_read
from rfscope.rules.axes import layer_text, only_axis
from rfscope.rules.base import Finding, rule
from rfscope.rules.suggestions import first_sound, spared
from rfscope.wording import percent

__all__ = ["kernel_beyond_map"]


@rule(code="RFS203", name="kernel-beyond-map", level="warning", key="dilation")
def kernel_beyond_map(analysis: Analysis) -> Iterator[Finding]:
    """A dilated kernel covers more than the whole feature map: its outer taps see mostly padding.

    Needs an input size. With a rate near the size of the map a 3x3 kernel becomes a 1x1: only the middle tap still
    falls on the map.

    Bad:
        input = [16, 16]
        [[layers]]
        op = "conv"
        kernel = 3
        dilation = 12
        padding = "same"
    Good:
        input = [64, 64]
        [[layers]]
        op = "conv"
        kernel = 3
        dilation = 12
        padding = "same"
    Source: Chen et al., "Rethinking Atrous Convolution for Semantic Image Segmentation", 2017, section 3.3.
    """
    if analysis.sizes is None:
        return
    shares = padding_shares(analysis.network, analysis.sizes)
    for node in analysis.network.nodes:
        size = size_read(node, analysis.sizes)
        if size is not None:
            pairs = [(read, length) for read, length in zip(node.reads, size, strict=True)]
            beyond = [axis for axis, (read, length) in enumerate(pairs) if _extent(read) > length]
            if beyond:
                read, length = pairs[beyond[0]]
                yield Finding(
                    message=f"the kernel of {layer_text(node.name)} covers {_extent(read)} positions of a map of "
                    f"{length}: {percent(shares[node.name])} of its taps read padding",
                    help=_advice(analysis, node.name, beyond, [(read, length) for read, length in pairs]),
                    node=node.name,
                    axis=only_axis(beyond, analysis),
                )


def _advice(analysis: Analysis, name: str, axes: list[int], pairs: list[tuple[Read, int]]) -> str:
    """The largest rate that fits, if it brings nothing else."""
    if any(spared(schedule) and name in schedule.network.by_name for schedule in analysis.schedules):
        return "use a larger input"  # its weights were trained with this rate
    fitting = [(length - 1) // (read.kernel - 1) for read, length in pairs if isinstance(read, Window) and read.dilated]
    rate = min(fitting, default=0)
    if rate > 0 and first_sound(analysis, "RFS203", name, axes, [{name: rate}]):
        return f"write a rate of at most {rate}, or use a larger input"
    return "use a larger input"


def _extent(read: Read) -> int:
    """What a dilated kernel covers; 0 for anything else."""
    return read.extent if isinstance(read, Window) and read.dilated else 0
