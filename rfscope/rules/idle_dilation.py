"""RFS305: dilation that does nothing."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.network.reads import Window
from rfscope.rules.axes import layer_text
from rfscope.rules.base import Finding, rule

__all__ = ["idle_dilation"]


@rule(code="RFS305", name="idle-dilation", level="info", key="dilation")
def idle_dilation(analysis: Analysis) -> Iterator[Finding]:
    """A rate above 1 on a kernel of one tap.

    One tap has no other to be set apart from, so the rate changes nothing. Often a kernel was meant to be 3, or a
    rate was copied from the layer before.

    Bad:  1,2@3,1
    Good: 1,2@3,3
    Source: the definition of dilation.
    """
    for node in analysis.network.nodes:
        windows = [read if isinstance(read, Window) else None for read in node.reads]
        idle = [axis for axis, window in enumerate(windows) if window and window.kernel == 1 and window.dilation > 1]
        if idle and all(window is None or window.kernel == 1 for window in windows):
            rate = max(window.dilation for window in windows if window)
            yield Finding(
                message=f"{layer_text(node.name)} has rate {rate} on a kernel of 1, where a rate does nothing",
                details="Perhaps a larger kernel was meant",
                help="write rate 1, or the kernel that was meant",
                node=node.name,
                axis=None if len(idle) == len(windows) else idle[0],
            )
