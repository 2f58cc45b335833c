"""One cause, one finding: what other rules say of a layer that leaves holes is told with the holes.

Folded is what was found, so a rule that is not applied folds nothing and is folded into nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rfscope.rules import LEVELS, Finding, Level

__all__ = ["folded"]

_INTO = "RFS101"
_FROM = ("RFS102", "RFS103", "RFS105", "RFS301")


def folded(findings: Sequence[Finding], level_of: Callable[[Finding], Level]) -> list[Finding]:
    """The findings, those that have the same cause as holes put into the finding of the holes.

    Args:
        findings: What was found, in the order of the rules.
        level_of: The level at which a finding is reported: one that is graver than the holes' speaks for itself.
    """
    told = list(findings)
    for holes in [one for one in findings if one.code == _INTO]:
        rank = LEVELS.index(level_of(holes))
        same = [
            one
            for one in told
            if one.code in _FROM
            and set(holes.about) & set(one.about)
            and holes.axis in (None, one.axis)
            and LEVELS.index(level_of(one)) <= rank
        ]
        if same:
            words = "".join(f"; {_brief(one)} ({one.code})" for one in same)
            codes = tuple(dict.fromkeys(one.code for one in same))
            told[told.index(holes)] = replace(holes, message=holes.message + words, folded=codes)
            told = [one for one in told if one not in same]
    return told


def _brief(finding: Finding) -> str:
    """What a finding says first."""
    return finding.message.partition(": ")[0].partition("; ")[0]
