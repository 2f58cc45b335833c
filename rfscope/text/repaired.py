"""The answer to ``repair``: what a schedule could be changed to, each with its price."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from rfscope.design.repairs import Repaired
from rfscope.text.words import COLOURS
from rfscope.wording import rates_text

__all__ = ["repaired_text"]

_WORDS = ("", "rates", "verdict")
_NOT_SEARCHED = "The nearest schedule is not shown: it is not among what was asked for, or takes too long to find."
_NOTE = "Each schedule is judged as a chain of its own; a step is a change of one rate by 1."


def repaired_text(found: Sequence[tuple[str, Sequence[Repaired]]]) -> Iterator[RenderableType]:
    """Schedules, each by what it is called, and what they could be changed to."""
    if not found:
        yield "No layers that follow each other are dilated; there is nothing to repair."
        return
    for number, (where, choices) in enumerate(found):
        if number:
            yield ""
        yield Text(f"{where}: {_headline(choices)}", style="bold")
        yield ""
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for name in ("", "rates", "changed by", "field", "common input", "gridding index", "verdict"):
            table.add_column(name, justify="left" if name in _WORDS else "right", no_wrap=not name, overflow="fold")
        for one in choices:
            answer = one.answer
            longer = len(answer.rates) > len(choices[0].answer.rates)
            moved = "" if answer.distance is None else _changes(answer.distance, longer)
            common = "none" if answer.common is None else f"{answer.common} back"
            index = "unknown" if answer.index is None else f"{answer.index:.2f}"
            verdict = Text(one.answer.verdict.upper(), style=COLOURS[one.answer.verdict])
            rates = rates_text(answer.rates, answer.kernels)
            table.add_row(one.kind, rates, moved, str(answer.field), common, index, verdict)
        yield table
        if choices[0].answer.verdict == "holes" and "nearest" not in {one.kind for one in choices}:
            yield Text(_NOT_SEARCHED)
    yield ""
    yield Text(_NOTE, style="dim")


def _changes(steps: int, longer: bool) -> str:
    moved = f"{steps} step{'s' * (steps != 1)}"
    return f"{moved}, 1 layer" if longer and steps else "1 layer" if longer else moved


def _headline(choices: Sequence[Repaired]) -> str:
    """What to write, in one sentence."""
    now, *others = choices
    if now.answer.verdict == "ok":
        return "no holes and no gridding; nothing to repair."
    best = next((one for one in others if one.answer.verdict == "ok"), None) or next(iter(others), None)
    if best is None:
        return "no schedule as asked for is without holes."
    return f"write {rates_text(best.answer.rates, best.answer.kernels)} instead of {rates_text(now.answer.rates)}."
