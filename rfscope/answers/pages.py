"""What a notebook shows of analyses, comparisons, layers and findings. The words are those of the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rfscope import limits
from rfscope.answers.html import badge, bare, element, image, page, table
from rfscope.answers.picture import picture
from rfscope.errors import LimitError, RfscopeError
from rfscope.exact.analysis import Analysis
from rfscope.exact.counts import UsageCounts
from rfscope.text.facts import Comparison
from rfscope.text.instead import advice, choice_columns, offered
from rfscope.text.layers import layer_columns, total
from rfscope.text.words import COLOURS, heading, left_out, sentences, verdict
from rfscope.wording import count_text, unit

if TYPE_CHECKING:
    from rfscope.answers.findings import Findings
    from rfscope.text.columns import Column

__all__ = ["of_analysis", "of_comparison", "of_findings", "of_layers"]

_LEVELS = {"error": "red", "warning": "yellow", "info": "blue"}


def of_analysis(analysis: Analysis) -> str:
    """The verdict, what one output sees, what to write instead, the map and the layers."""
    name, _, layers = heading(analysis).partition(" | ")
    head = element("p", element("b", name), f" {layers}", _verdict(analysis))
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
        told.append(element("li", *parts, *([element("p", f"Help: {finding.help}.")] if finding.help else [])))
    seen = "; ".join(judged.judged) or "no dilated layer"
    said = element("p", f"Judged {judged.label}: {seen}. {findings.tally}.", of="rf-dim")
    return page(*([element("ul", *told)] if told else []), said)


def _verdict(analysis: Analysis) -> bare:
    return badge(verdict(analysis), COLOURS[analysis.verdict])


def _instead(analysis: Analysis) -> Iterator[bare]:
    """What to write instead, as a table with prices or as a sentence."""
    choices = offered(analysis)
    if choices:
        yield _columns(choice_columns(analysis, choices))
    elif said := advice(analysis):
        yield element("p", element("b", said))


def _layers(analysis: Analysis, *, every: bool) -> Iterator[bare]:
    yield element("div", _columns(layer_columns(analysis, every_layer=every)), of="rf-scroll")
    yield element("p", total(analysis), of="rf-dim")


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


def _figure(analysis: Analysis, counts: UsageCounts | LimitError | None, among: Sequence[UsageCounts] = ()) -> bare:
    """A map and what it shows, or why there is none."""
    drawn = counts if isinstance(counts, RfscopeError | None) else limits.within(lambda: picture(counts, among))
    name = [element("b", analysis.name)] if among else []
    if isinstance(drawn, LimitError):
        return element("figure", *name, element("p", left_out("the map", drawn), of="rf-dim"))
    if drawn is None or counts is None or isinstance(counts, LimitError):
        return element("figure", *name, element("p", "no map: it is not known which it reads, or nothing", of="rf-dim"))
    one = unit(len(counts.size)).removesuffix("s")
    parts = [f"paths per {one}, 1 to {count_text(counts.max)}" + ("; pale orange: never read" if drawn.holes else "")]
    parts += ["the middle plane across the first axis"] if len(counts.size) > 2 else []
    parts += [f"a cell is {drawn.block} {one}s along each axis; brown: partly read"] if drawn.block > 1 else []
    says = "; ".join(parts)
    caption = element("figcaption", says, of="rf-dim")
    return element("figure", *name, image(drawn.url, drawn.width, drawn.height, f"{analysis.name}: {says}"), caption)
