"""RFS901: operations that were not analyzed."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.rules.axes import layer_text
from rfscope.rules.base import Finding, rule

__all__ = ["unknown_operation"]


@rule(code="RFS901", name="unknown-operation", level="error", key="op")
def unknown_operation(analysis: Analysis) -> Iterator[Finding]:
    """An operation that rfscope does not know, so that nobody can say what it reads.

    It is never taken for one that reads the position it stands at. Paths through it are left out, and what is said of
    the layers after it is a lower bound: they may see more, and read pixels that look like holes.

    Bad:
        [[layers]]
        op = "conv"
        kernel = 3
        [[layers]]
        op = "my_own_sampler"
    Good:
        [[layers]]
        op = "conv"
        kernel = 3
    Source: rfscope; the rule that what was not analyzed is part of the result.
    """
    for node in analysis.network.nodes:
        if node.is_unknown:
            yield Finding(
                message=f"{layer_text(node.name)} ({node.op}) was not analyzed: "
                f"{node.why or 'the operation is not known'}",
                details="What is known of the layers after it is a lower bound",
                help="write it with operations that are known, or look at what lies before it with "
                "rfscope analyze TARGET --node NAME",
                node=node.name,
            )
