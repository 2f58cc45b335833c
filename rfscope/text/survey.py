"""What a survey came to, for people: how many of the schedules or networks are how."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["networks_text", "schedules_text"]

Bounds = Callable[[int, int], tuple[float, float, float]]
"""The share of a sample and the interval that holds the true one."""


def schedules_text(
    tally: Mapping[str, int], what: str, kernel: int, bounds: Bounds | None = None
) -> Iterator[RenderableType]:
    """How many schedules have no holes, and how often the published rule says the same.

    Args:
        tally: What was counted.
        what: Which schedules they are.
        kernel: Taps of the first layer, for the rule's words.
        bounds: Of a sample, the interval of a share.
    """
    yield f"{what}\n"
    yield _table(list(_facts(tally, kernel)), bounds)
    if tally.get("failed"):
        yield f"\n{_count(tally['failed'])} were not judged; their rows say why."


def _count(number: int) -> str:
    return f"{number:,}"


def _facts(tally: Mapping[str, int], kernel: int) -> Iterator[tuple[str, int, int]]:
    """Lines of a table: words, how many, and of how many."""
    many = tally.get("schedules", 0)
    yield "without holes", tally.get("hole_free", 0), many
    yield "rates share a factor", tally.get("common_factor", 0), many
    for name, words in (("whole", "of the whole schedule"), ("groups", "group by group")):
        judged = tally.get(f"{name}_judged", 0)
        if judged:
            wrong = tally[f"{name}_passes_with_holes"], tally[f"{name}_fails_without_holes"]
            yield f"M_2 <= {kernel} {words}: pass", tally[f"{name}_passes"], judged
            yield "  rule and test agree", judged - sum(wrong), judged
            yield "  differ: pass, but with holes", wrong[0], judged
            yield "  differ: fail, but without holes", wrong[1], judged


def _table(facts: Sequence[tuple[str, int, int]], bounds: Bounds | None) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for head in ("", "schedules", "share", *(["95 % interval"] if bounds else [])):
        table.add_column(head, justify="right" if head else "left", no_wrap=True)
    for words, number, of in facts:
        cells = [words, f"{number:,}", f"{100 * number / of:.{2 if bounds else 1}f} %" if of else ""]
        if bounds:
            _, low, high = bounds(number, of)
            cells.append(f"{100 * low:.2f} to {100 * high:.2f} %")
        table.add_row(*map(Text, cells))
    return table


def networks_text(tally: Mapping[str, int], rows: Sequence[Mapping[str, Any]] = ()) -> Iterator[RenderableType]:
    """A line a network where they are given, how many have which verdict, and why others have no answer."""
    if rows:
        yield from _lines(rows)
        yield ""
    many = tally.get("networks", 0)
    verdicts = [name for name in ("holes", "gridding", "ok", "global", "no verdict", "no answer") if tally.get(name)]
    words = {"holes": "HOLES", "gridding": "GRIDDING", "ok": "OK", "global": "GLOBAL"}
    said = ", ".join(f"{_count(tally[name])} {words.get(name, name)}" for name in verdicts)
    yield f"{_count(many)} network{'s' if many != 1 else ''}: {said}"
    reasons = {name[5:]: number for name, number in tally.items() if name.startswith("why: ")}
    for reason, number in sorted(reasons.items(), key=lambda one: (-one[1], one[0])):
        yield f"  no answer, {_count(number)}: {reason}"
    verified = {name[10:]: number for name, number in tally.items() if name.startswith("verified: ")}
    for outcome, number in sorted(verified.items()):
        yield f"  verified, {_count(number)}: {outcome}"


def _lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[RenderableType]:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("network", "field", "stride", "verdict", "dilated stages, or why not"):
        table.add_column(head, overflow="fold")
    for row in rows:
        verdict = row.get("verdict")
        cells = [row["target"], row.get("field"), row.get("output_stride"), verdict and verdict.upper()]
        table.add_row(*(Text(cell or "-") for cell in cells), Text(row.get("error") or row.get("dilated") or ""))
    yield table
