"""An analysis in a dozen facts, each a label and a text: what a table, a notebook and a comparison show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis
from rfscope.exact.closed_form import chain_windows
from rfscope.exact.meeting import Meeting
from rfscope.exact.output import Output
from rfscope.exact.pieces import Piece
from rfscope.text.in_time import hop_text, length_text
from rfscope.wording import percent, size_text

__all__ = ["Comparison", "depth_text", "distance_text", "factor_text", "facts", "meeting_text"]


_LARGE = "left out (limit)"


def facts(analysis: Analysis) -> dict[str, str]:
    """What is known of a network's first output, label by label; what passes a limit is said to be left out.

    Example:
        >>> import rfscope as rf
        >>> facts(rf.analyze("2,4,8"))["read"]
        '225 of 841 (27 %)'
    """
    return {
        **_verdict(analysis.output),
        **_in_time(analysis),
        "verdict": (analysis.verdict or "unknown").upper(),
        "weights per channel": str(sum(node.taps for node in analysis.network.nodes if node.has_weights)),
        "M_2 (Wang 2018)": ", ".join(distance_text(schedule) for schedule in analysis.schedules) or "not dilated",
        "gcd of the rates": ", ".join(factor_text(schedule) for schedule in analysis.schedules) or "not dilated",
    }


def _verdict(output: Output) -> dict[str, str]:
    """What an output sees and reads; only what it sees if the places of its layers are unknown."""
    labels = ("read", "largest gap", "first common input", "gridding index", "spread (std)")
    if not output.is_placed:
        size = size_text("?" if length is None else length for length in output.size)
        return {"verdict": "", "receptive field": size, **dict.fromkeys((*labels, "interleaved images"), "unknown")}
    found = limits.within(lambda: output.coverage)
    if isinstance(found, LimitError):
        spans, reads, jump, images = size_text(output.size), _LARGE, _LARGE, _LARGE
    else:
        reads = f"{found.used} of {found.pixels} ({percent(found.share)})"
        spans, jump, images = size_text(found.size), str(max(found.largest_gap)), str(prod(found.subgrids))
    texts = (reads, jump, _meets(output), _index(output), _spread(output))
    return {
        "verdict": "",
        "receptive field": spans,
        **dict(zip(labels, texts, strict=True)),
        "interleaved images": images,
    }


def _in_time(analysis: Analysis) -> dict[str, str]:
    """How far a network with one axis reads back and ahead."""
    output, rate = analysis.output, analysis.provenance.sample_rate
    if output.hop is None:
        return {}
    back, ahead = length_text(output.history, rate), length_text(output.lookahead, rate)
    hop = length_text(output.hop.numerator, rate) if output.hop.denominator == 1 else hop_text(output.hop, rate)
    return {"history": back, "look-ahead": ahead, "hop": hop}


def _meets(output: Output) -> str:
    meeting = limits.within(lambda: output.meeting)
    if isinstance(meeting, LimitError):
        return _LARGE
    return "no adjacent output" if meeting is None else meeting_text(meeting)


def _index(output: Output) -> str:
    """The gridding index; it is known of chains of windows alone, whose frequency response is a product."""
    if output.gridding_index is not None:
        return f"{max(output.gridding_index):.2f}"
    return "unknown (no chain)" if chain_windows(output.network) is None else _LARGE


def _spread(output: Output) -> str:
    spread = limits.within(lambda: output.spread)
    return _LARGE if isinstance(spread, LimitError) else size_text([f"{std:.1f}" for std in dict.fromkeys(spread.std)])


def meeting_text(meeting: Meeting) -> str:
    """Where adjacent outputs have their first common input.

    Example:
        >>> from rfscope.exact.meeting import Meeting
        >>> meeting_text(Meeting(isolated=1, depth=2))
        '2 layers back'
    """
    return depth_text(meeting.depth)


def depth_text(depth: int | None) -> str:
    """So many layers back, or none."""
    return "none" if depth is None else "1 layer back" if depth == 1 else f"{depth} layers back"


def distance_text(schedule: Piece) -> str:
    """The published distance of the worst group, and the kernel it must not exceed.

    Example:
        >>> import rfscope as rf
        >>> distance_text(rf.analyze("1,2,9").schedules[0])
        'M_2 = 5 > 3: fail'
    """
    judged = [group for group in schedule.groups if group.ok is not None]
    if not judged:
        return "M_2 needs two rates that do not fall"
    failing = [group for group in judged if not group.ok]
    worst = max(failing or judged, key=lambda group: group.m2 or 0)
    sign, says = (">", "fail") if failing else ("<=", "pass")
    return f"M_2 = {worst.m2} {sign} {worst.kernel}: {says}"


def factor_text(schedule: Piece) -> str:
    """The greatest common divisor of the rates, and whether the published rule passes it.

    Example:
        >>> import rfscope as rf
        >>> factor_text(rf.analyze("2,4,8").schedules[0])
        '2: fail'
    """
    return f"{schedule.factor}: {'fail' if schedule.factor > 1 else 'pass'}"


@dataclass(frozen=True)
class Comparison:
    """Several networks side by side.

    Attributes:
        analyses: Their analyses.
    """

    analyses: tuple[Analysis, ...]

    @cached_property
    def rows(self) -> dict[str, tuple[str, ...]]:
        """Label by label, the fact of each network."""
        columns = [facts(analysis) for analysis in self.analyses]
        labels = dict.fromkeys(label for column in columns for label in column)
        return {label: tuple(column.get(label, "") for column in columns) for label in labels}

    def __repr__(self) -> str:
        return f"<Comparison of {'; '.join(repr(analysis)[1:-1] for analysis in self.analyses)}>"
