"""The answer to ``stream``: whether it can run so, how long its outputs wait, and what is to be kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from rich.cells import cell_len, set_cell_size
from rich.console import RenderableType
from rich.text import Text

from rfscope.exact.streaming import Stream
from rfscope.text.columns import Column, table, wrapped
from rfscope.text.in_time import hop_text, length_text
from rfscope.wording import bytes_text, count_text, first_few

__all__ = ["latency_line", "stream_text", "verdict"]

_ROWS = 24
"""Buffers that are shown unless all are."""
_REASONS = 4


def verdict(found: Stream) -> str:
    """Whether it can run on a stream, in a word or two."""
    if found.why_not:
        return "NOT STREAMABLE"
    return "CAUSAL" if found.causal else "LOOKS AHEAD"


def stream_text(found: Stream, width: int, *, every: bool = False) -> Iterator[RenderableType]:
    """The whole answer.

    Args:
        found: How a network runs on a stream.
        width: Signs across.
        every: Whether all buffers are shown.
    """
    yield _heading(found, width)
    if found.why_not:
        yield from _paragraph(_why_not(found), width)
        return
    yield from _paragraph([*_times(found), *_feeding(found)], width)
    if found.buffers:
        yield ""
        yield from _buffers(found, width, every=every)


def latency_line(found: Stream) -> str:
    """What ``analyze`` says of a network in time that can run on a stream.

    Example:
        >>> import rfscope as rf
        >>> latency_line(rf.stream("1,2,4", causal=True, sample_rate=16_000))
        'On a stream its latency is 1 sample (0.0625 ms); rfscope stream says what to keep.'
    """
    chunks = "" if found.chunk == 1 else f", in chunks of {length_text(found.chunk, None)}"
    return f"On a stream its latency is {_length(found, found.latency)}{chunks}; rfscope stream says what to keep."


def _heading(found: Stream, width: int) -> Text:
    said, colour = verdict(found), "red" if found.why_not else "green" if found.causal else "yellow"
    about = "" if found.hop is None else f" | {hop_text(found.hop, found.sample_rate)}"
    room = max(4, width - cell_len(about) - cell_len(said) - 2)
    name = found.name if cell_len(found.name) <= room else f"{set_cell_size(found.name, room - 1).rstrip()}…"
    gap = " " * max(2, width - cell_len(name) - cell_len(about) - cell_len(said))
    return Text.assemble(name, about, gap, (said, f"bold {colour}"))


def _paragraph(sentences: Iterable[str], width: int) -> Iterator[Text]:
    for sentence in sentences:
        yield from wrapped(sentence, width)


def _why_not(found: Stream) -> Iterator[str]:
    for why in found.why_not[:_REASONS]:
        yield f"{why.node} {why.message}.{f' To do: {why.do}.' if why.do else ''}"
    more = len(found.why_not) - _REASONS
    if more > 0:
        yield f"So do {count_text(more)} more: {first_few([why.node for why in found.why_not[_REASONS:]])}."


def _times(found: Stream) -> Iterator[str]:
    ahead = found.lookahead or 0
    looks = f"Looks {_length(found, ahead)} ahead" if ahead > 0 else "Looks at nothing ahead"
    yield f"{looks}; latency {_length(found, found.latency)}, first output after {_length(found, found.first_output)}."
    if found.settled and found.first_output is not None and found.first_output > (found.latency or 0):
        yield "The first ones come later, as padding before the signal reflects what comes first."
    if found.recurrent:
        yield f"Its history is unlimited, through {first_few(found.recurrent)}: keep what that remembers."
    elif found.history == 0:
        yield "It reads nothing before an output's own samples."
    else:
        begun = "" if found.chunk == 1 else f", begun at a multiple of {count_text(found.chunk or 1)}"
        yield f"Without buffers: repeat {_length(found, found.history)} before each chunk{begun}."
    if found.shorter and found.hop is not None:
        outputs = f"{abs(found.shorter)} output{'' if abs(found.shorter) == 1 else 's'}"
        side = "fewer" if found.shorter > 0 else "more"
        yield f"A whole signal has {outputs} {side} than {hop_text(found.hop, None)}."


def _feeding(found: Stream) -> Iterator[str]:
    kept = _kept(found)
    if found.chunk == 1:
        yield f"Feed any number of samples at a time. {kept}"
    else:
        yield f"Feed multiples of {_length(found, found.chunk)}. {kept}"
    if found.settled:
        yield f"Until {_length(found, found.settled)} have come, forget nothing: the beginning is reflected."
    if (fed := found.fed) is not None:
        yield (
            f"In chunks of {_length(found, fed.chunk)}: latency {_length(found, fed.latency)}, first output after "
            f"{_length(found, fed.first_output)}, at most {count_text(fed.positions)} positions kept."
        )


def _kept(found: Stream) -> str:
    if not found.buffers and not found.hidden:
        return "Nothing is to be kept in between."
    kept = []
    if found.buffers:
        buffers = "1 buffer" if len(found.buffers) == 1 else f"{len(found.buffers)} buffers"
        positions = "1 position" if found.positions == 1 else f"{count_text(found.positions)} positions"
        kept.append(f"{positions} in {buffers}")
    if found.hidden:
        states = "a hidden state" if len(found.hidden) == 1 else f"{len(found.hidden)} hidden states"
        kept.append(f"{states}{_remembered(found)}")
    said = f"Keep {' and '.join(kept)}"
    if found.values is not None and found.bytes is not None:
        return f"{said}: {count_text(found.values)} values, {bytes_text(found.bytes)} in float32."
    return f"{said}; of how many channels, no layer says."


def _remembered(found: Stream) -> str:
    """How much of all that is kept are hidden states."""
    known = [one.values for one in found.hidden if one.values is not None]
    return f" of {count_text(sum(known))} values" if len(known) == len(found.hidden) else ""


def _buffers(found: Stream, width: int, *, every: bool) -> Iterator[Text]:
    shown = found.buffers if every or len(found.buffers) <= _ROWS else found.buffers[:_ROWS]
    columns = [
        Column("buffer (outputs of)", [buffer.node for buffer in shown]),
        Column("positions", [str(buffer.positions) for buffer in shown], right=True, telling=3),
        Column("channels", ["" if buffer.channels is None else str(buffer.channels) for buffer in shown], True, 2),
        Column("begins as", [buffer.begins for buffer in shown], telling=1),
    ]
    yield from table(columns, width)
    if len(shown) < len(found.buffers):
        yield from wrapped(f"({len(found.buffers) - len(shown)} more: --all shows them)", width, "dim")


def _length(found: Stream, samples: int | Fraction | None) -> str:
    """So many samples, and how long they last."""
    if not isinstance(samples, Fraction) or samples.denominator == 1:
        return length_text(None if samples is None else int(samples), found.sample_rate)
    time = found.milliseconds(samples)
    return f"{float(samples):.4g} samples{'' if time is None else f' ({time:.3g} ms)'}"
