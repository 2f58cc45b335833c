"""Apply the design rules to a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from rfscope.exact.analysis import Analysis
from rfscope.exact.surgery import Trained
from rfscope.linting.folding import folded
from rfscope.linting.paths import as_shown, as_text
from rfscope.linting.settings import Settings
from rfscope.linting.sources import Excerpt, excerpt, placed, shown
from rfscope.linting.suppressions import split, suppressions
from rfscope.network.graph import Origin
from rfscope.rules import LEVELS, Finding, Level, find_rule
from rfscope.rules.unused_suppression import unused_suppression

__all__ = ["Report", "TargetFindings", "judge", "reaches", "tally_text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFindings:
    """What the rules say of one target.

    Attributes:
        target: The network as the user named it; a format writes this and files by ``linting.paths``.
        findings: What was found, in the order of the rules and, within a rule, of the layers.
        judged: The schedules that were judged, in words.
        sources: The text at the places of findings, where it can be read.
        suppressed: How many findings comments suppress.
        failure: Why the target could not be judged; None if it was.
    """

    target: str
    findings: tuple[Finding, ...] = ()
    judged: tuple[str, ...] = ()
    sources: Mapping[Origin, Excerpt] = field(default_factory=dict)
    suppressed: int = 0
    failure: str | None = None

    @property
    def label(self) -> str:
        """The target in one printable line."""
        return as_shown(self.target)

    def place(self, finding: Finding) -> str:
        """Where a finding is, in one printable line: file, row and column as far as they are known, else the target."""
        origin = finding.origin
        return str(replace(origin, file=as_shown(origin.file))) if origin else self.label

    def file(self, finding: Finding) -> str:
        """The file that a finding is in, else the target."""
        return finding.origin.file if finding.origin else self.target

    def excerpt(self, finding: Finding) -> Excerpt | None:
        """What stands where a finding is, if it can be read."""
        return self.sources.get(finding.origin) if finding.origin else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The findings for many targets, in the order in which they were named.

    Attributes:
        judgements: One for each target.
        fail_level: The level from which a finding fails the run.
        brief: Whether to show findings alone, without what was judged.
        width: Columns that texts for people may take.
        passed_over: Files that were found and are no networks.
    """

    judgements: tuple[TargetFindings, ...]
    fail_level: Level = "error"
    brief: bool = False
    width: int = 80
    passed_over: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[tuple[TargetFindings, Finding]]:
        """Every finding, with the target's findings that it belongs to."""
        return ((judgement, finding) for judgement in self.judgements for finding in judgement.findings)

    def fails(self, finding: Finding) -> bool:
        """Whether a finding fails the run."""
        return LEVELS.index(finding.level or "error") >= LEVELS.index(self.fail_level)


def judge(
    target: str,
    analysis: Analysis,
    settings: Settings | None = None,
    place: Origin | None = None,
    trained: Trained | None = None,
) -> TargetFindings:
    """Apply the rules to an analysis.

    Args:
        target: The network as the user named it.
        analysis: Its analysis; in the text of a spec that it came from, comments suppress findings.
        settings: Which rules, at which levels, with which thresholds.
        place: Where the target is named, for findings that have no place in a file of the user's.
        trained: It and the network that its weights come from, if it has any.
    """
    settings = settings or Settings()
    source = analysis.provenance.source
    rules = settings.applied
    options = {**settings.thresholds, "trained": trained}
    raised = [finding for rule in rules for finding in rule.findings(analysis, options)]
    raised = folded(raised, lambda finding: settings.level_of(find_rule(finding.code), finding))
    found, unused = split(raised, suppressions(source, analysis.network), rules, analysis.network)
    suppressed = len(raised) - len(found)
    if unused_suppression in rules:
        found += unused_suppression.findings(analysis, {"unused": unused})
    if source is None:
        found = placed(found, target, place)
    origins = {finding.origin: shown(finding.origin) for finding in found if finding.origin}
    sources = {origins[origin]: there for origin in origins if (there := excerpt(origin, source))}
    return TargetFindings(
        target=as_text(target),
        findings=tuple(
            replace(
                finding,
                level=settings.level_of(find_rule(finding.code), finding),
                origin=finding.origin and origins[finding.origin],
            )
            for finding in found
        ),
        judged=tuple(_judged(analysis, settings)),
        sources=sources,
        suppressed=suppressed,
    )


def _judged(analysis: Analysis, settings: Settings) -> Iterator[str]:
    """The schedules that were judged, and the inputs and limits that were not."""
    for schedule in analysis.schedules:
        yield f"{schedule.label} ({schedule.rates_written})"
    left = [name for name in analysis.provenance.inputs if name != analysis.provenance.of]
    untimed = analysis.network.dims > 1 and settings.thresholds.get("max_lookahead") is not None
    if (left or untimed) and not analysis.schedules:
        yield "no dilated layer"
    if untimed:
        yield "not its look-ahead, which only a 1-D network has (rates: --dims 1)"
    if left:
        yield f"what it reads of its input {analysis.provenance.of} alone; see --of {' or --of '.join(left)}"


def reaches(report: Report) -> bool:
    """Whether any finding fails the run."""
    return any(report.fails(finding) for _, finding in report)


def tally_text(report: Report) -> str:
    """How many findings there are at each level, in words, the gravest level first, and how many are suppressed."""
    found = Counter(finding.level for _, finding in report)
    counts = [(found[level], level) for level in reversed(LEVELS)]
    said = ", ".join(f"{count} {level}{'' if count == 1 or level == 'info' else 's'}" for count, level in counts)
    suppressed = sum(judgement.suppressed for judgement in report.judgements)
    return f"{said}; {suppressed} suppressed by comments" if suppressed else said
