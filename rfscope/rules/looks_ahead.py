"""RFS204: a network in time that reads the future."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rfscope.errors import NetworkError
from rfscope.exact.ahead import look_ahead
from rfscope.exact.analysis import Analysis
from rfscope.exact.fields import AllGlobal, Seen, node_fields
from rfscope.network.graph import Network
from rfscope.network.reads import Read, Window
from rfscope.rules.axes import layer_text
from rfscope.rules.base import Finding, Threshold, rule

__all__ = ["looks_ahead"]


@rule(
    code="RFS204",
    name="looks-ahead",
    level="error",
    thresholds=[Threshold("max_lookahead", int, "Positions that a 1-D network may read ahead (RFS204)")],
)
def looks_ahead(analysis: Analysis, *, max_lookahead: int | None) -> Iterator[Finding]:
    """A 1-D network reads further ahead of the output's own samples than ``max-lookahead`` allows.

    Off unless the maximum is set; 0 asks for a causal network. Padding on both sides, where all of it should be
    before, is the usual cause. The samples up to the next output's are an output's own, and not ahead. Where strides
    are undone by up-sampling, outputs mostly read the rest of their frame ahead: such a network runs on a stream in
    chunks of a frame. Paths through global operations read everything, and so what lies ahead, too;
    recurrences that run forward do not.

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
        found = _ahead(analysis, name, max_lookahead)
        if found:
            yield Finding(
                message=f"{layer_text(name)} reads {found[0]}, and {max_lookahead} are allowed",
                details="It cannot run on a stream without waiting for what it reads ahead",
                help=found[1],
                node=name,
            )


def _ahead(analysis: Analysis, name: str, most: int) -> tuple[str, str] | None:
    """What an output reads ahead, and what to do about it; None if that is allowed."""
    seen = analysis.fields[name]
    everywhere = seen.through if isinstance(seen, AllGlobal) else seen[0].global_through
    if isinstance(seen, AllGlobal) and not everywhere:
        return "an unknown number of samples ahead", "say what the unknown operations before it read"
    past = look_ahead(analysis.network, name) if everywhere else None
    if past is not None:
        return None if past <= most else (f"{_samples(past)} ahead", "")
    if everywhere or isinstance(seen, AllGlobal):
        return f"everything ahead, through {layer_text(everywhere[0])}", "let it read what has passed, and nothing else"
    reach = seen[0].reach
    if reach is None:
        return "an unknown number of samples ahead, as its padding depends on the input's size", "give an input size"
    if reach[1] > most:
        return f"{_samples(reach[1])} ahead", _advice(analysis, name, reach[1], most)
    return None


def _advice(analysis: Analysis, name: str, ahead: int, most: int) -> str:
    """To put all padding before, if that helps; then a frame is left, which is read before it can be answered."""
    try:
        left = _reach(node_fields(_padded_before(analysis.network))[name])
    except NetworkError:
        left = None
    if left is not None and left <= most:
        return "put all padding of its layers before the input, and none after it"
    frame = max(int(seen[0].stride) for seen in analysis.fields.values() if not isinstance(seen, AllGlobal))
    if left is None or not 0 < left < frame:
        return ""
    first = "" if left == ahead else "put all padding before the input; what is left is "
    part = "one frame" if left == frame - 1 else "part of a frame"
    samples = _samples(left)
    return f"{first}{samples} = {part} of {frame}: run it in chunks of {frame}, or accept {samples} of latency"


def _reach(seen: Seen) -> int | None:
    reach = None if isinstance(seen, AllGlobal) else seen[0].reach
    return None if reach is None else reach[1]


def _padded_before(network: Network) -> Network:
    """The network with what its windows are padded by all before."""

    def moved(read: Read) -> Read:
        if not isinstance(read, Window) or read.known_padding is None or min(read.known_padding) < 0:
            return read
        return replace(read, padding=(sum(read.known_padding), 0))

    nodes = tuple(replace(node, reads=tuple(map(moved, node.reads))) for node in network.nodes)
    return replace(network, nodes=nodes)


def _samples(count: int) -> str:
    return "1 sample" if count == 1 else f"{count} samples"
