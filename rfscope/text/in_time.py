"""How far an output of a network with one axis reads back and ahead, in samples and, with a sample rate, in time."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rfscope.exact.output import Output
from rfscope.wording import count_text, milliseconds, ms_text

if TYPE_CHECKING:
    from rfscope.text import records

__all__ = ["hop_text", "length_text", "time_data"]


def time_data(output: Output, rate: float | None) -> records.InTime:
    """The lengths as plain data; nothing of a network with several axes.

    Args:
        output: The output.
        rate: Samples a second, where it is known.
    """
    if output.hop is None:
        return {}
    lengths = {"history": output.history, "lookahead": output.lookahead, "hop": output.hop}
    times = {
        key: None if length is None or rate is None else milliseconds(length, rate) for key, length in lengths.items()
    }
    return {
        "history": output.history,
        "lookahead": output.lookahead,
        "hop": output.hop.numerator if output.hop.denominator == 1 else str(output.hop),
        "sample_rate": rate,
        "milliseconds": None if rate is None else times,
    }


def length_text(length: int | None, rate: float | None) -> str:
    """So many samples, and how long they last.

    Example:
        >>> length_text(1, None), length_text(2046, 24_000), length_text(None, None)
        ('1 sample', '2046 samples (85.3 ms)', 'unknown')
    """
    if length is None:
        return "unknown"
    text = "1 sample" if length == 1 else f"{count_text(length)} samples"
    return text if rate is None else f"{text} ({ms_text(length, rate)})"


def hop_text(hop: Fraction, rate: float | None) -> str:
    """How often there is an output.

    Example:
        >>> hop_text(Fraction(320), 24_000), hop_text(Fraction(1), None), hop_text(Fraction(1, 256), None)
        ('one output per 320 samples (13.3 ms)', 'one output per sample', '256 outputs per sample')
    """
    outputs = "one output" if hop.denominator == 1 else f"{hop.denominator} outputs"
    samples = "sample" if hop.numerator == 1 else f"{count_text(hop.numerator)} samples"
    time = "" if rate is None else f" ({ms_text(Fraction(hop.numerator), rate)})"
    return f"{outputs} per {samples}{time}"
