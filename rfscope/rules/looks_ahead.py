"""RFS204: a network in time that reads the future."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.exact.fields import AllGlobal, Seen
from rfscope.rules.base import Finding, Threshold, rule

__all__ = ["looks_ahead"]


@rule(
    code="RFS204",
    name="looks-ahead",
    level="error",
    thresholds=[Threshold("max_lookahead", int, "Positions that a 1-D network may read ahead (RFS204)")],
)
def looks_ahead(analysis: Analysis, *, max_lookahead: int | None) -> Iterator[Finding]:
    """A 1-D network reads further behind the output's own position than ``max-lookahead`` allows.

    Off unless the maximum is set; 0 asks for a causal network. Padding on both sides, where all of it should be
    before, is the usual cause. Paths through global operations read everything, and so what lies ahead, too.

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
    for name in analysis.network.outputs:
        found = _ahead(analysis.fields[name], max_lookahead)
        if found:
            yield Finding(
                message=f"{name} reads {found[0]}, and {max_lookahead} are allowed: it cannot run on a stream without "
                "waiting",
                help=found[1],
                node=name,
            )


def _ahead(seen: Seen, most: int) -> tuple[str, str] | None:
    """What an output reads ahead, and what to do about it; None if that is allowed."""
    everywhere = seen.through if isinstance(seen, AllGlobal) else seen[0].global_through
    if everywhere or isinstance(seen, AllGlobal):
        return f"everything ahead, through {everywhere[0]}", "let it read what has passed, and nothing else"
    reach = seen[0].reach
    if reach is None:
        return "nobody knows how far ahead, for its padding depends on the size of the input", "give an input size"
    if reach[1] > most:
        positions = "1 position" if reach[1] == 1 else f"{reach[1]} positions"
        return f"{positions} ahead", "put the padding of its layers before the input, and none behind"
    return None
