"""A list of networks, each judged in a process of its own: what hangs, dies or cannot be read is a row like others."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from rfscope import limits
from rfscope.errors import LimitError, RfscopeError, TargetError
from rfscope.exact.analysis import Analysis
from rfscope.exact.fields import AllGlobal
from rfscope.exact.output import Output
from rfscope.exact.pieces import Run
from rfscope.network.graph import INPUT
from rfscope.surveying.children import DiedError, StoppedError, away, in_child
from rfscope.surveying.columns import Column, Table
from rfscope.targets import Reading, examine
from rfscope.wording import first_few, schedule_text, size_text

__all__ = ["Networks", "Subject"]

Row = dict[str, Any]


class Subject(NamedTuple):
    """A network to be surveyed.

    Attributes:
        name: What it is called in the table.
        target: The target that is read.
        reading: What that leaves open.
        imports: What its worker imports beforehand, once for all networks.
        size: Spatial size of the input that it is made for, where it may take no other.
        refused: Why it cannot be judged; None if it may be.
    """

    name: str
    target: str
    reading: Reading = Reading()
    imports: tuple[str, ...] = ()
    size: tuple[int, ...] | None = None
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Networks:
    """A list of networks.

    Attributes:
        subjects: The networks.
        columns: What is said of each.
        chunk: How many networks a job has.
    """

    subjects: tuple[Subject, ...]
    columns: tuple[Column, ...]
    chunk: int = 1

    @property
    def rows(self) -> int:
        """How many networks there are."""
        return len(self.subjects)

    @property
    def words(self) -> str:
        """Which they are, for people."""
        first, last = self.subjects[0].name, self.subjects[-1].name
        return f"{first} to {last} ({self.rows} networks)" if self.rows > 1 else first

    @property
    def key(self) -> dict[str, Any]:
        """What tells it from other surveys."""
        return {"networks": [[one.name, one.target, repr(one.reading.given)] for one in self.subjects]}

    def job(self, first: int, stop: int) -> Some:
        """The networks from one number up to another."""
        return Some(self.subjects[first:stop], self.columns, limits.in_force())


class Some(NamedTuple):
    """Some networks, with the limits that hold for them."""

    subjects: tuple[Subject, ...]
    columns: tuple[Column, ...]
    limits: Mapping[str, int]

    def table(self) -> Table:
        """Judge each, in a child of a process that is kept for that."""
        verify = any(column.name == "verified" for column in self.columns)
        found = [_outcome(_Question(subject, self.limits, verify)) for subject in self.subjects]
        return self._made([row for row, _ in found], again=any(again for _, again in found))

    def failed(self, why: str) -> Table:
        """Say of each why it is not judged."""
        return self._made([_mistaken(subject, why) for subject in self.subjects], again=True)

    def _made(self, rows: Sequence[Row], *, again: bool) -> Table:
        tally: dict[str, int] = {"networks": len(rows)}
        for row in rows:
            word = row.get("verdict") or ("no verdict" if row.get("field") else "no answer")
            tally[word] = tally.get(word, 0) + 1
            if word == "no answer":
                why = f"why: {row.get('why', 'others')}"
                tally[why] = tally.get(why, 0) + 1
            if row.get("verified"):
                said = f"verified: {row['verified'].partition(':')[0]}"
                tally[said] = tally.get(said, 0) + 1
        columns = {column.name: [row.get(column.name) for row in rows] for column in self.columns}
        return Table(columns, tally, again=again, mistaken="no answer" in tally)


class _Question(NamedTuple):
    subject: Subject
    limits: Mapping[str, int]
    verify: bool


def _outcome(question: _Question) -> tuple[Row, bool]:
    """The row of a network, and whether it should be tried again."""
    if question.subject.refused is not None:
        return _mistaken(question.subject, question.subject.refused), False
    try:
        return away(_asked, question), False
    except RfscopeError as error:
        row = _mistaken(question.subject, _relative(error.line), error.what)
        return row, isinstance(error, StoppedError | DiedError)


def _mistaken(subject: Subject, said: str, why: str = "others") -> Row:
    return {"target": subject.name, "error": said, "why": why}


def _relative(text: str) -> str:
    """A text in which files of libraries have no folder of this machine."""
    folders = sorted({*filter(None, sys.path)}, key=len, reverse=True)
    for folder in folders:
        text = text.replace(f"{folder}{os.sep}", "")
    return text


def _asked(question: _Question) -> Row:
    """Import what networks of this kind need, and judge one in a child; in a process that is kept."""
    from rfscope.surveying.models import imported

    imported(question.subject.imports)
    with limits.raised(question.limits):
        return in_child(_judged, question)


def _judged(question: _Question) -> Row:
    """The row of a network."""
    subject = question.subject
    with limits.raised({"import-seconds": limits.limit("seconds")}):
        analysis = _examined(subject)
        row = {"target": subject.name, **_facts(analysis)}
        if question.verify:
            row["verified"] = _verified(subject, analysis)
    return row


def _examined(subject: Subject) -> Analysis:
    """The analysis of a network: at any size, or where it does not run at those that are tried, at its own."""
    try:
        return examine(subject.target, subject.reading)
    except TargetError:
        if subject.size is None or subject.reading.input is not None:
            raise
        return examine(subject.target, replace(subject.reading, input=subject.size))


def _facts(analysis: Analysis) -> Row:
    """What the table says of a network."""
    seen = analysis.fields[analysis.network.outputs[0]]
    output = analysis.outputs[0] if analysis.outputs else None
    beside = () if output is None else dict.fromkeys(name for axis in output.axes for name in axis.global_through)
    verdict, why = _verdict(analysis)
    return {
        "field": None if output is None else _field_text(output),
        "output_stride": None if output is None else "x".join(dict.fromkeys(str(axis.stride) for axis in output.axes)),
        "verdict": verdict,
        "node": None if output is None else output.node,
        "outputs": len(analysis.network.outputs),
        "global_at": first_few(_ending(seen, beside)) if isinstance(seen, AllGlobal) and seen.through else None,
        "global_beside": first_few(tuple(beside)) if beside else None,
        "hole_free": None if output is None else _known(output),
        "dilated": "; ".join(_dilated(analysis)) or None,
        "layers": len(analysis.network.nodes),
        "weights": analysis.parameters,
        "read_at": _read_at(analysis),
        "error": why,
    }


def _ending(seen: AllGlobal, beside: Collection[str]) -> Sequence[str]:
    """The global operations behind the field: those that the field does not leave out already, as far as there are."""
    return [name for name in seen.through if name not in beside] or seen.through


def _verdict(analysis: Analysis) -> tuple[str | None, str | None]:
    """The verdict, and if there is none, why not."""
    try:
        verdict = analysis.verdict
    except RfscopeError as error:
        return None, f"no verdict: {error.line}"
    return verdict, f"no verdict: {analysis.judgement.unknown}" if verdict is None else None


def _known(output: Output) -> bool | None:
    found = limits.within(lambda: output.hole_free)
    return None if isinstance(found, LimitError) else found


def _field_text(output: Output) -> str:
    """The field per axis, over all phases."""
    sizes = []
    for axis in output.axes:
        low, high = axis.size_min, axis.size_max
        sizes.append("?" if low is None else str(low) if low == high else f"{low}-{high}")
    bound = "at least " if any(axis.lower_bound for axis in output.axes) else ""
    return f"{bound}{size_text(sizes)}"


def _dilated(analysis: Analysis) -> Iterator[str]:
    """The dilated runs, each with its place."""
    for piece in analysis.schedules:
        for run in piece.runs:
            yield f"{_rates(run)} at stride {piece.resolution} ({_place(run)})"


def _rates(run: Run) -> str:
    return schedule_text([[[(0, step.taps.rate) for step in line] for line in lines] for lines in run.segments])


def _place(run: Run) -> str:
    first, last = run.steps[0].name, run.steps[-1].name
    return first if first == last else f"{first} to {last}"


def _read_at(analysis: Analysis) -> str | None:
    """The size that it was read at, if it holds for no other."""
    if analysis.sizes is not None and (given := analysis.sizes[INPUT]) is not None:
        return size_text(given)
    size, notes = analysis.provenance.size, analysis.provenance.notes
    return size_text(size) if size is not None and notes and " only" in notes[-1] else None


def _verified(subject: Subject, analysis: Analysis) -> str:
    """What real convolutions say: agree, or differ and where, or why they were not asked."""
    from rfscope.targets import module_of
    from rfscope.verification import verify

    try:
        found = verify(analysis, module=module_of(subject.target, subject.reading))
    except RfscopeError as error:
        return f"not run: {error.line}"
    if not found.equal:
        return f"differ: {found.first_difference}"
    return "agree"
