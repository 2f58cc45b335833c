"""What a notebook shows of analyses, comparisons, layers and findings. The words are those of the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rfscope import limits
from rfscope.answers.html import badge, bare, element, image, page, table
from rfscope.answers.picture import Picture, picture
from rfscope.errors import LimitError, RfscopeError
from rfscope.exact.analysis import Analysis
from rfscope.exact.counts import UsageCounts
from rfscope.text.facts import Comparison
from rfscope.text.instead import choice_columns, instead, offered
from rfscope.text.layers import layer_columns, meanings, total
from rfscope.text.rows import are_shares
from rfscope.text.words import COLOURS, left_out, sentences, shape, verdict
from rfscope.wording import count_text, unit

if TYPE_CHECKING:
    from rfscope.answers.findings import Findings
    from rfscope.text.columns import Column

__all__ = ["of_analysis", "of_comparison", "of_findings", "of_layers"]

_ANY_WIDTH = 10_000
"""Columns for texts that a page breaks by itself."""

_LEVELS = {"error": "red", "warning": "yellow", "info": "blue"}


def of_analysis(analysis: Analysis) -> str:
    """The verdict, what one output sees, what to write instead, the map and the layers."""
    head = element("p", element("b", analysis.name), f" {shape(analysis)}", _verdict(analysis))
    notes = (element("p", note, of="rf-dim") for note in analysis.provenance.notes)
    lines = (element("p", sentence) for sentence in sentences(analysis))
    return page(head, *lines, *_instead(analysis), *notes, *_map(analysis), *_layers(analysis, every=False))


def of_layers(analysis: Analysis) -> str:
    """The table of all layers."""
    return page(*_layers(analysis, every=True))


def of_comparison(compared: Comparison) -> str:
    """The facts of each network side by side, and the maps on one scale."""
    analyses = compared.analyses
    rows = [
        (label, *map(_verdict, analyses)) if label == "verdict" else (label, *cells)
        for label, cells in compared.rows.items()
    ]
    facts = table(["", *(analysis.name for analysis in analyses)], rows)
    counted = [_counts(analysis, len(analyses)) for analysis in analyses]
    known = [counts for counts in counted if not isinstance(counts, LimitError | None)]
    maps = (_figure(analysis, counts, known) for analysis, counts in zip(analyses, counted, strict=True))
    return page(element("div", facts, of="rf-scroll"), element("div", *maps, of="rf-side"))


def of_findings(findings: Findings) -> str:
    """Each finding with its place, what it means and what helps; then how many there are."""
    judged = findings.judgement
    told = []
    for finding in findings:
        level = finding.level or "error"
        axis = "" if finding.axis is None else f", axis {finding.axis}"
        place = f"{judged.place(finding)}: {finding.node}{axis}"
        parts = [
            element("b", f"{finding.code} {finding.name}"),
            badge(level, _LEVELS[level]),
            element("span", f" at {place}", of="rf-dim"),
            element("p", f"{finding.message}."),
        ]
        parts += [element("p", f"{finding.details}.", of="rf-dim")] if finding.details else []
        parts += [element("p", f"Help: {finding.help}.")] if finding.help else []
        told.append(element("li", *parts))
    seen = "; ".join(judged.judged) or "no dilated layer"
    said = element("p", f"Judged {judged.label}: {seen}. {findings.tally}.", of="rf-dim")
    return page(*([element("ul", *told)] if told else []), said)


def _verdict(analysis: Analysis) -> bare:
    return badge(verdict(analysis), COLOURS[analysis.verdict])


def _instead(analysis: Analysis) -> Iterator[bare]:
    """What to write instead, as a table with prices or as a sentence."""
    if (offer := offered(analysis)) is not None:
        yield _columns(choice_columns(analysis, *offer))
    elif said := " ".join(line.plain for line in instead(analysis, _ANY_WIDTH)):
        yield element("p", element("b", said))


def _layers(analysis: Analysis, *, every: bool) -> Iterator[bare]:
    columns = layer_columns(analysis, every_layer=every)
    said = meanings(analysis, columns)
    yield element("div", _columns(columns), of="rf-scroll")
    yield element("p", f"{total(analysis)} ({said})", of="rf-dim")


def _columns(columns: Sequence[Column]) -> bare:
    """A table of those columns that say anything."""
    shown = [column for column in columns if any(column.cells)]
    rows = zip(*(column.cells for column in shown), strict=True)
    return table([column.title for column in shown], rows, [column.right for column in shown])


def _map(analysis: Analysis) -> Iterator[bare]:
    counts = _counts(analysis, 1)
    if counts is not None:
        yield _figure(analysis, counts)


def _counts(analysis: Analysis, among: int) -> UsageCounts | LimitError | None:
    """How often each pixel is used; None if that is not known or nothing is."""
    if not analysis.outputs or not analysis.output.is_placed:
        return None
    with limits.shared("map-bytes", among):
        return limits.within(lambda: analysis.output.counts)


def _says(counts: UsageCounts, drawn: Picture) -> Iterator[str]:
    """What the colours of a map mean."""
    one = unit(len(counts.size)).removesuffix("s")
    if are_shares(counts):
        yield f"paths per {one}, as a share of the largest count ({count_text(counts.max)})"
    else:
        yield f"paths per {one}, 1 to {counts.max}" if counts.max > 1 else f"one path per {one}"
    if drawn.holes:
        yield "pale orange: never read"
    if len(counts.size) > 2:
        yield "the middle plane across the first axis"
    if drawn.block > 1:
        yield f"a cell is {drawn.block} {one}s along each axis"
        if drawn.holes:
            yield "brown: partly read"


def _figure(analysis: Analysis, counts: UsageCounts | LimitError | None, among: Sequence[UsageCounts] = ()) -> bare:
    """A map and what it shows, or why there is none."""
    drawn = counts if isinstance(counts, RfscopeError | None) else limits.within(lambda: picture(counts, among))
    name = [element("b", analysis.name)] if among else []
    if isinstance(drawn, LimitError):
        return element("figure", *name, element("p", left_out("the map", drawn), of="rf-dim"))
    if drawn is None or counts is None or isinstance(counts, LimitError):
        return element("figure", *name, element("p", "no map: it is not known which it reads, or nothing", of="rf-dim"))
    says = "; ".join(_says(counts, drawn))
    caption = element("figcaption", says, of="rf-dim")
    return element("figure", *name, image(drawn.url, drawn.width, drawn.height, f"{analysis.name}: {says}"), caption)
