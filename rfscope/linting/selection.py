"""Which rules are on, and at which level: codes, prefixes of codes, and names, the most specific one winning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rfscope.rules import RULES, Level, Rule, unknown_rule

__all__ = ["ALL_RULES", "as_prefix", "best", "is_on", "prefix_of"]

ALL_RULES = "RFS"
"""What every code begins with."""


def as_prefix(key: str, where: str | None = None) -> str:
    """The prefix of codes that a user's word for one or more rules stands for.

    Raises:
        RfscopeError: It is neither a rule's name nor the beginning of a code.

    Example:
        >>> as_prefix("holes"), as_prefix("rfs1")
        ('RFS101', 'RFS1')
    """
    found = prefix_of(key)
    if found is None:
        raise unknown_rule(key, where)
    return found


def prefix_of(key: str) -> str | None:
    """The prefix of codes that a word stands for; None if it is neither a rule's name nor the beginning of a code."""
    for known in RULES:
        if key == known.name or (key and known.code.startswith(key.upper())):
            return known.code if key == known.name else key.upper()
    return None


def is_on(rule: Rule, select: Iterable[str], ignore: Iterable[str]) -> bool:
    """Whether a rule is selected; of a select and an ignore the longer prefix wins, and of equals the ignore.

    A rule that is off by default counts as ignored by the prefix of all rules.

    Example:
        >>> [is_on(rule, ["RFS1", "RFS903"], ["RFS10", "RFS9"]) for rule in (RULES[0], RULES[-1])]
        [False, True]
    """
    ignored = _longest(rule, ignore if rule.default else [*ignore, ALL_RULES])
    return len(_longest(rule, select)) > len(ignored)


def best(rule: Rule, levels: Mapping[str, Level]) -> Level | None:
    """The level that the longest fitting prefix sets for a rule, if one does.

    Example:
        >>> best(RULES[0], {"RFS": "info", "RFS101": "warning"})
        'warning'
    """
    return levels.get(_longest(rule, levels))


def _longest(rule: Rule, prefixes: Iterable[str]) -> str:
    """The longest prefix that fits a rule's code; empty if none does."""
    return max((prefix for prefix in prefixes if rule.code.startswith(prefix)), key=len, default="")
