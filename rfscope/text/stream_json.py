"""A stream as plain data for JSON."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rfscope.exact.streaming import Fed, Stream
from rfscope.text.as_json import SCHEMA_VERSION, TOOL

__all__ = ["stream_data"]


def stream_data(found: Stream, verification: dict[str, Any] | None = None) -> dict[str, Any]:
    """Everything known of a network on a stream.

    Args:
        found: How it runs there.
        verification: The record of a verification, if one was run.
    """
    times: dict[str, int | Fraction | None] = {
        "lookahead": found.lookahead,
        "latency": found.latency,
        "first_output": found.first_output,
        "history": found.history,
        "chunk": found.chunk,
    }
    lengths = {key: found.milliseconds(length) for key, length in times.items()}
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": TOOL,
        "name": found.name,
        "node": found.node,
        "streamable": found.streamable,
        "why_not": [why._asdict() for why in found.why_not],
        "causal": found.causal,
        **{key: _number(length) for key, length in times.items()},
        "period": found.period,
        "shift": found.shift,
        "hop": _number(found.hop),
        "shorter": found.shorter,
        "sample_rate": found.sample_rate,
        "milliseconds": None if found.sample_rate is None else lengths,
        "recurrent": list(found.recurrent),
        "settled": found.settled,
        "state": _state(found) if found.streamable else None,
        "fed": None if found.fed is None else _fed(found, found.fed),
        "verification": verification,
    }


def _state(found: Stream) -> dict[str, Any]:
    maps = [{**buffer._asdict(), "values": buffer.values} for buffer in found.buffers]
    hidden = [one._asdict() for one in found.hidden]
    return {
        "positions": found.positions,
        "values": found.values,
        "bytes": found.bytes,
        "maps": maps,
        "hidden": hidden,
    }


def _fed(found: Stream, fed: Fed) -> dict[str, Any]:
    times: dict[str, int | Fraction] = {"latency": fed.latency, "first_output": fed.first_output}
    lengths = {key: found.milliseconds(length) for key, length in times.items()}
    return {
        "chunk": fed.chunk,
        **{key: _number(length) for key, length in times.items()},
        "positions": fed.positions,
        "milliseconds": None if found.sample_rate is None else lengths,
    }


def _number(value: int | Fraction | None) -> int | str | None:
    """A number when whole, else text such as 1/2."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else str(value)
    return value
