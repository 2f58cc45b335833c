"""Put a report together: facts as records, words by those who have them, all of it escaped by the template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rfscope._version import __version__
from rfscope.exact.analysis import Analysis
from rfscope.linting.run import TargetFindings, judge
from rfscope.linting.settings import Settings
from rfscope.reporting.maps import Maps, maps_of
from rfscope.rules import find_rule
from rfscope.rules.base import Page
from rfscope.text import schedules, words
from rfscope.text.columns import Column
from rfscope.text.facts import Comparison
from rfscope.text.instead import choice_columns, instead, offered
from rfscope.text.layers import layer_columns, total
from rfscope.web import as_json, part, policy

if TYPE_CHECKING:
    from rfscope.verification import Verification

__all__ = ["Chapter", "report"]

_COUNTS = 1_800_000
"""Bytes of exact counts in a report: with the pictures it stays below 3 MB."""


_ANY_WIDTH = 10**6


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One network in a report.

    Attributes:
        analysis: Its analysis.
        findings: What the rules say of it; by default all of them at their own levels.
        verification: What real convolutions said of it; None if nobody asked.
    """

    analysis: Analysis
    findings: TargetFindings | None = None
    verification: Verification | None = None

    @property
    def judged(self) -> TargetFindings:
        """What the rules say of it."""
        return self.findings or judge(self.analysis.name, self.analysis, Settings())


@dataclass(frozen=True, kw_only=True)
class _Stage:
    """The layers at one output stride: where they are, and what is true of them."""

    place: str
    facts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Table:
    """A table: heads, which of them stand to the right, and rows."""

    heads: Sequence[str]
    right: Sequence[bool]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """What the template shows of a network."""

    name: str
    verdict: str
    style: str
    sentences: Sequence[str]
    notes: Sequence[str]
    advice: str
    instead: _Table | None
    findings: TargetFindings
    pages: Mapping[str, Page]
    stages: Sequence[_Stage]
    layers: _Table
    total: str
    maps: Maps
    dims: int
    verification: Verification | None = field(default=None)


def report(chapters: Sequence[Chapter], *, command: str = "") -> str:
    """Write a report on some networks as one HTML file that loads nothing.

    Args:
        chapters: The networks.
        command: How the report was made, to be made again.

    Raises:
        RfscopeError: A network cannot be analyzed as far as a report needs.
    """
    from jinja2 import Environment, StrictUndefined

    shown = [_shown(chapter, _COUNTS // len(chapters)) for chapter in chapters]
    script = part("rfscope.web", "colours.js") + part(__package__, "report.js")
    style = part("rfscope.web", "look.css") + part(__package__, "report.css")
    template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    compared = Comparison(tuple(chapter.analysis for chapter in chapters)) if len(chapters) > 1 else None
    maps = [{"maps": one.maps.shown, "of": one.maps.of or {}, "dims": one.dims} for one in shown]
    return template.from_string(part(__package__, "report.html")).render(
        networks=shown,
        compared=compared,
        command=command,
        version=__version__,
        policy=policy(script, style),
        script=script,
        style=style,
        data=as_json(maps),
    )


def _shown(chapter: Chapter, budget: int) -> _Shown:
    analysis, judged = chapter.analysis, chapter.judged
    offer = offered(analysis)
    return _Shown(
        name=analysis.name,
        verdict=words.verdict(analysis),
        style=analysis.verdict or "unknown",
        sentences=[*words.sentences(analysis)],
        notes=analysis.provenance.notes,
        advice="" if offer else " ".join(line.plain for line in instead(analysis, _ANY_WIDTH)),
        instead=_table(choice_columns(analysis, *offer)) if offer else None,
        findings=judged,
        pages={finding.code: find_rule(finding.code).page for finding in judged.findings},
        stages=[*_stages(analysis)],
        layers=_table(layer_columns(analysis, every_layer=True)),
        total=total(analysis),
        maps=maps_of(analysis, budget),
        dims=analysis.network.dims,
        verification=chapter.verification,
    )


def _stages(analysis: Analysis) -> Iterator[_Stage]:
    for schedule in analysis.schedules:
        axes = "" if len(schedule.axes) == analysis.network.dims else f", axis {schedule.axes[0]}"
        place = f"Consecutive layers at output stride {schedule.resolution}{axes}: {schedule.label}"
        facts = [f"{schedules.run_facts(run, alone=False)}." for run in schedule.runs]
        if schedule.taps:
            facts.append(f"Rates {schedules.few_rates(schedule.written)}.")
            facts.append(f"Published rules (Wang et al. 2018): {schedules.published_rules(schedule)}")
            facts.append(f"Exact test: {schedules.exact_test(analysis, schedule)}.")
        yield _Stage(place=place, facts=tuple(facts))


def _table(columns: Sequence[Column]) -> _Table:
    """Those columns that say anything."""
    shown = [column for column in columns if any(column.cells)]
    return _Table(
        heads=[column.title for column in shown],
        right=[column.right for column in shown],
        rows=[*zip(*(column.cells for column in shown), strict=True)],
    )
