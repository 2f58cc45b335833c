"""RFS205: a network in time whose outputs come too late."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.exact.streaming import Stream, stream
from rfscope.rules.axes import layer_text
from rfscope.rules.base import Finding, Threshold, rule

__all__ = ["latency_above_maximum"]


@rule(
    code="RFS205",
    name="latency-above-maximum",
    level="error",
    thresholds=[
        Threshold("max_latency_ms", float, "Milliseconds that an output of a 1-D network may be late (RFS205)"),
        Threshold("sample_rate", float, "Samples a second of a 1-D network's input, in Hz (RFS205)", least=1),
    ],
)
def latency_above_maximum(
    analysis: Analysis, *, max_latency_ms: float | None, sample_rate: float | None
) -> Iterator[Finding]:
    """On a stream, an output of a 1-D network comes later than ``max-latency-ms`` allows.

    Off unless the maximum is set, and with it ``sample-rate``. The latency is counted from an output's own first
    sample until everything that it reads has come, however fast the machine: a causal network has at most that of one
    hop, and each layer that looks ahead adds to it. What cannot run on a stream at all is found, too.

    Bad:
        max-latency-ms = 20
        sample-rate = 100
        dims = 1
        [[layers]]
        op = "conv"
        kernel = 5
        padding = "same"
    Good:
        max-latency-ms = 20
        sample-rate = 100
        dims = 1
        [[layers]]
        op = "conv"
        kernel = 5
        padding = [[4, 0]]
    Source: Defossez et al., "High Fidelity Neural Audio Compression", 2022, for the latency of a causal codec.
    """
    rate = analysis.provenance.sample_rate or sample_rate
    if max_latency_ms is None or analysis.network.dims > 1:
        return
    found = stream(analysis)
    allowed = f"and {max_latency_ms:g} are allowed"
    if found.why_not:
        why = found.why_not[0]
        message = f"{layer_text(found.node)} cannot run on a stream, {allowed.replace('are', 'ms of latency are')}"
        yield Finding(message=message, details=f"Layer {why.node} {why.message}", help=why.do, node=found.node)
        return
    late = float((found.latency or 0) * 1000) / rate if rate else None
    if late is None:
        message = f"nobody knows the latency of {layer_text(found.node)} in ms, {allowed}"
        yield Finding(message=message, help="set sample-rate", node=found.node)
    elif late > max_latency_ms:
        message = f"{layer_text(found.node)} has a latency of {late:.4g} ms, {allowed}"
        yield Finding(message=message, details=_parts(found), help=_advice(found), node=found.node)


def _parts(found: Stream) -> str:
    """What the latency is made of."""
    ahead = max(0, found.lookahead or 0)
    return f"An output is final {float(found.latency or 0):.4g} samples after its own first: it looks {ahead} ahead"


def _advice(found: Stream) -> str:
    if found.causal:
        return "lessen the stride: a causal network waits for up to one hop"
    return "put the padding of its layers before the input; rfscope stream shows the latency of each --node"
