"""RFS204: a network in time that reads the future."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.rules.base import Finding, rule

__all__ = ["looks_ahead"]


@rule(code="RFS204", name="looks-ahead", level="error")
def looks_ahead(analysis: Analysis, *, max_lookahead: int | None = None) -> Iterator[Finding]:
    """A 1-D network reads further behind the output's own position than ``max-lookahead`` allows.

    Off unless the maximum is set; 0 asks for a causal network. Padding on both sides, where all of it should be
    before, is the usual cause.

    Bad:
        max-lookahead = 0
        dims = 1
        [[layers]]
        op = "conv"
        kernel = 3
        padding = "same"
    Good:
        max-lookahead = 0
        dims = 1
        [[layers]]
        op = "conv"
        kernel = 3
        padding = [[2, 0]]
    Source: van den Oord et al., "WaveNet", 2016, for causal convolutions.
    """
    if max_lookahead is None or analysis.network.dims > 1:
        return
    for output in analysis.outputs:
        reach = output.axes[0].reach
        if reach is not None and reach[1] > max_lookahead:
            yield Finding(
                message=f"{output.node} reads {reach[1]} positions ahead, and {max_lookahead} are allowed",
                help="put the padding of its layers before the input, and none behind",
                node=output.node,
            )
