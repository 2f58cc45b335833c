"""One cause, one finding: what other rules say of a layer that leaves holes becomes part of the finding of the holes.

So does what is said of a layer that leaves outputs empty.

Only findings are folded, so a rule that is off folds nothing and is folded into nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

from rfscope.rules import LEVELS, Finding, Level

__all__ = ["folded"]

_FROM = {"RFS101": ("RFS102", "RFS103", "RFS105", "RFS301"), "RFS306": ("RFS302",)}
"""By the rule whose findings tell them, the rules whose findings are told."""


def folded(findings: Sequence[Finding], level_of: Callable[[Finding], Level]) -> list[Finding]:
    """The findings; one that has the same cause as holes becomes part of the finding of the holes.

    Args:
        findings: What was found, in the order of the rules.
        level_of: The level at which a finding is reported: one that is graver than the holes' speaks for itself.
    """
    told: list[Finding | None] = list(findings)
    about: dict[str, list[int]] = defaultdict(list)
    for place, finding in enumerate(findings):
        for layer in finding.about:
            about[layer].append(place)
    for place, holes in enumerate(findings):
        if holes.code in _FROM:
            rank = LEVELS.index(level_of(holes))
            near = sorted({other for layer in holes.about for other in about[layer]})
            same = {
                other: one
                for other in near
                if (one := told[other])
                and one.code in _FROM[holes.code]
                and holes.axis in (None, one.axis)
                and LEVELS.index(level_of(one)) <= rank
            }
            also = "; ".join(f"{_brief(one)} ({one.code})" for one in same.values())
            details = ". ".join(filter(None, (holes.details, also and f"Also: {also}")))
            codes = tuple(dict.fromkeys(one.code for one in same.values()))
            told[place] = replace(holes, details=details, folded=codes)
            for other in same:
                told[other] = None
    return [one for one in told if one is not None]


def _brief(finding: Finding) -> str:
    """What a finding says first."""
    return finding.message.partition(": ")[0].partition("; ")[0]
