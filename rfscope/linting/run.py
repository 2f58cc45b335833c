"""Apply the design rules to networks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rfscope.exact.analysis import Analysis
from rfscope.network.graph import Origin
from rfscope.rules import LEVELS, RULES, Finding, Level

__all__ = ["Judgement", "judge", "reaches", "tally"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of one network.

    Attributes:
        target: The network as the user named it.
        analysis: Its analysis.
        findings: What was found, in the order of the rules and, within a rule, of the layers.
    """

    target: str
    analysis: Analysis
    findings: tuple[Finding, ...]

    def origin(self, finding: Finding) -> Origin | None:
        """Where the layer that a finding is about was written."""
        return self.analysis.network.by_name[finding.node].origin


def judge(target: str, analysis: Analysis, options: Mapping[str, Any] | None = None) -> Judgement:
    """Apply the rules to an analysis.

    Args:
        target: The network as the user named it.
        analysis: Its analysis.
        options: Settings of rules by the names of their keyword parameters, such as ``min_receptive_field``.
    """
    return Judgement(target, analysis, tuple(found for rule in RULES for found in rule.findings(analysis, options)))


def reaches(judgements: Iterable[Judgement], level: Level) -> bool:
    """Whether any finding is at or above a level."""
    least = LEVELS.index(level)
    found = (finding.level for judgement in judgements for finding in judgement.findings)
    return any(LEVELS.index(one) >= least for one in found if one)


def tally(judgements: Iterable[Judgement]) -> dict[Level, int]:
    """How many findings there are at each level, the gravest level first."""
    found = [finding.level for judgement in judgements for finding in judgement.findings]
    return {level: found.count(level) for level in reversed(LEVELS)}
