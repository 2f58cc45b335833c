"""Apply the design rules to a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from rfscope.errors import clean
from rfscope.exact.analysis import Analysis
from rfscope.linting.folding import folded
from rfscope.linting.settings import Settings
from rfscope.linting.sources import Source, line_of, shown, source_of
from rfscope.linting.suppressions import split, suppressions
from rfscope.network.graph import Origin
from rfscope.rules import LEVELS, RULES, Finding, Level, find_rule
from rfscope.rules.unused_suppression import unused_suppression

__all__ = ["Judgement", "Report", "judge", "reaches", "tally_text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the rules say of one target.

    Attributes:
        target: The network as the user named it.
        findings: What was found, in the order of the rules and, within a rule, of the layers.
        judged: The schedules that were judged, in words.
        sources: The lines that findings are about, where they can be read.
        failure: Why the target could not be judged; None if it was.
    """

    target: str
    findings: tuple[Finding, ...] = ()
    judged: tuple[str, ...] = ()
    sources: Mapping[Origin, str] = field(default_factory=dict)
    failure: str | None = None

    def place(self, finding: Finding) -> str:
        """Where a finding is: file, row and column as far as they are known, else the target."""
        return str(finding.origin or self.target)

    def file(self, finding: Finding) -> str:
        """The file that a finding is in, else the target."""
        return finding.origin.file if finding.origin else self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What there is to be shown of many targets, in the order in which they were named.

    Attributes:
        judgements: One for each target.
        fail_level: The level from which a finding fails the run.
        brief: Whether to show findings alone, without what was judged.
        width: Columns that texts for people may take.
    """

    judgements: tuple[Judgement, ...]
    fail_level: Level = "error"
    brief: bool = False
    width: int = 100

    def __iter__(self) -> Iterator[tuple[Judgement, Finding]]:
        """Every finding, with the judgement that it belongs to."""
        return ((judgement, finding) for judgement in self.judgements for finding in judgement.findings)

    def fails(self, finding: Finding) -> bool:
        """Whether a finding fails the run."""
        return LEVELS.index(finding.level or "error") >= LEVELS.index(self.fail_level)


def judge(target: str, analysis: Analysis, settings: Settings | None = None, source: Source | None = None) -> Judgement:
    """Apply the rules to an analysis.

    Args:
        target: The network as the user named it.
        analysis: Its analysis.
        settings: Which rules, at which levels, with which thresholds.
        source: The text of its spec, in which comments suppress findings; by default the file it was read from.
    """
    settings = settings or Settings()
    source = source or source_of(analysis.network)
    rules = [rule for rule in RULES if settings.applies(rule)]
    found = [finding for rule in rules for finding in rule.findings(analysis, settings.thresholds)]
    found = folded(found, lambda finding: settings.level_of(find_rule(finding.code), finding))
    found, unused = split(found, suppressions(source, analysis.network), rules)
    if unused_suppression in rules:
        found += unused_suppression.findings(analysis, {"unused": unused})
    sources = {finding.origin: line_of(finding.origin, source) for finding in found if finding.origin}
    return Judgement(
        target=clean(target),
        findings=tuple(_shown(finding, settings) for finding in found),
        judged=tuple(
            f"{schedule.piece.label} ({','.join(map(str, schedule.rates))})" for schedule in analysis.schedules
        ),
        sources={shown(origin): line for origin, line in sources.items() if line},
    )


def _shown(finding: Finding, settings: Settings) -> Finding:
    """A finding at the level that is set for it, with its place as it is shown."""
    rule = find_rule(finding.code)
    origin = shown(finding.origin) if finding.origin else None
    return replace(finding, level=settings.level_of(rule, finding), origin=origin)


def reaches(report: Report) -> bool:
    """Whether any finding fails the run."""
    return any(report.fails(finding) for _, finding in report)


def tally_text(report: Report) -> str:
    """How many findings there are at each level, in words, the gravest level first."""
    found = Counter(finding.level for _, finding in report)
    counts = [(found[level], level) for level in reversed(LEVELS)]
    return ", ".join(f"{count} {level}{'' if count == 1 or level == 'info' else 's'}" for count, level in counts)
