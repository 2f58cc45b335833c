"""Settings of the rules: defaults, a configuration file's, those of one network in it, and the command line's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from rfscope.linting.selection import best, is_on
from rfscope.rules import LEVELS, RULES, Finding, Level, Rule

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of the rules from one place, or from all of them combined; prefixes of codes stand for rules.

    Attributes:
        select: Rules to apply instead of those chosen so far; None leaves them, at first all.
        ignore: Rules to leave out, with reasons, instead of those left out so far; None leaves them.
        extend_select: Further rules to apply.
        extend_ignore: Further rules to leave out, with reasons.
        level: Levels of rules, where they are not the rules' own.
        thresholds: Numbers by the names of the rules' parameters, where they are set.

    Example:
        >>> from rfscope.rules import RULES
        >>> strict = Settings().after(Settings(ignore={"RFS104": "style"}, level={"RFS102": "error"}))
        >>> [rule.code for rule in RULES if rule.code < "RFS2" and strict.applies(rule)]
        ['RFS101', 'RFS102', 'RFS103', 'RFS105', 'RFS106']
    """

    select: tuple[str, ...] | None = None
    ignore: Mapping[str, str] | None = None
    extend_select: tuple[str, ...] = ()
    extend_ignore: Mapping[str, str] = field(default_factory=dict)
    level: Mapping[str, Level] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)

    @property
    def selected(self) -> tuple[str, ...]:
        """The rules that are applied, by prefixes of their codes."""
        select = ("RFS",) if self.select is None else self.select
        return tuple(dict.fromkeys((*select, *self.extend_select)))

    @property
    def ignored(self) -> Mapping[str, str]:
        """The rules that are left out, with reasons."""
        kept = {prefix: why for prefix, why in (self.ignore or {}).items() if prefix not in self.extend_select}
        return {**kept, **self.extend_ignore}

    def after(self, more: Settings) -> Settings:
        """These settings, overridden by those of one more place.

        A ``select`` starts afresh: what was ignored so far is forgotten with what was selected.
        """
        afresh = more.select is not None
        both = replace(
            more,
            select=more.select if afresh else self.selected,
            ignore=more.ignore if more.ignore is not None else {} if afresh else self.ignored,
        )
        return Settings(
            select=both.selected,
            ignore=both.ignored,
            level={**self.level, **more.level},
            thresholds={**self.thresholds, **more.thresholds},
        )

    @property
    def applied(self) -> tuple[Rule, ...]:
        """The rules that are on."""
        return _applied(self.selected, tuple(self.ignored))

    def applies(self, rule: Rule) -> bool:
        """Whether a rule is on."""
        return rule in self.applied

    def level_for(self, rule: Rule) -> Level:
        """The level of a rule."""
        return best(rule, self.level) or rule.level

    def level_of(self, rule: Rule, finding: Finding) -> Level:
        """The level of a finding: its rule's, unless the rule gave this case a milder one."""
        if rule.law and best(rule, self.level):
            return self.level_for(rule)
        milder = finding.level not in (None, rule.level)
        return (
            min(self.level_for(rule), finding.level or rule.level, key=LEVELS.index) if milder else self.level_for(rule)
        )


@cache
def _applied(select: tuple[str, ...], ignore: tuple[str, ...]) -> tuple[Rule, ...]:
    """Asked for every network that is judged, and mostly alike for all of them."""
    return tuple(rule for rule in RULES if is_on(rule, select, ignore))
