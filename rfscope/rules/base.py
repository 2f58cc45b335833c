"""What a rule is and what it finds. A rule is a function of an analysis; its docstring is its manual page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias

from rfscope.exact.analysis import Analysis
from rfscope.network.graph import Origin

__all__ = ["LEVELS", "Check", "Finding", "Level", "Page", "Rule", "Suppression", "rule"]

Level: TypeAlias = Literal["error", "warning", "info"]

LEVELS: tuple[Level, ...] = ("info", "warning", "error")
"""Rising."""

Check: TypeAlias = Callable[..., Iterator["Finding"]]
"""Takes an analysis, and options as keywords; yields findings without code, name and level unless it deviates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule at one place.

    Attributes:
        message: What is the matter, where, and why it matters.
        help: What to write instead; empty where nothing need be changed.
        node: Name of the layer it is about.
        axis: The axis it is about; None if it holds along all of them.
        level: How bad it is; filled in by the rule unless the case is milder than usual.
        code, name: The rule's; filled in by the rule.
        origin: Where the layer was written, if anywhere; filled in by the rule unless it is about another place.
        about: All the layers that have a part in it.
        folded: Codes of the findings with the same cause that are told in this one.
    """

    message: str
    help: str
    node: str
    axis: int | None = None
    level: Level | None = None
    code: str = ""
    name: str = ""
    origin: Origin | None = None
    about: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()

    def advised(self, between: str) -> str:
        """The message, and behind it the help if there is any."""
        return between.join(filter(None, (self.message, self.help)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A comment in a spec that asks to pass over findings: ``# rfscope: ignore[RFS101] reason``.

    Attributes:
        rules: The rules it names, as written.
        reason: Why, in the user's words.
        origin: Where the comment stands.
        layer: Row of the layer it is about; None if it stands on no layer's line.
    """

    rules: tuple[str, ...]
    reason: str
    origin: Origin
    layer: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """A rule's manual page, read from its docstring.

    Attributes:
        summary: The first line.
        explanation: What it looks for and why that is bad.
        bad, good: A target that breaks the rule and one that keeps it: rates, or the layers of a spec, behind the
            settings that matter.
        source: Where the rule comes from.
    """

    summary: str
    explanation: str
    bad: str
    good: str
    source: str


@dataclass(frozen=True)
class Rule:
    """A design rule.

    Attributes:
        code: Its number, for ever.
        name: Its name, accepted wherever the code is.
        level: How bad a finding is, as a rule.
        check: The function that finds.
        default: Whether it is on unless it is ignored; one that is not has to be selected by more than ``RFS``.
        law: Whether a level that a user sets holds for the cases, too, that it judges milder by itself.
    """

    code: str
    name: str
    level: Level
    check: Check
    default: bool = True
    law: bool = False

    @property
    def options(self) -> tuple[str, ...]:
        """What its check takes besides the analysis."""
        return tuple(self.check.__kwdefaults__ or {})

    @property
    def thresholds(self) -> tuple[str, ...]:
        """Those of its options that are numbers: settings of users."""
        defaults = self.check.__kwdefaults__ or {}
        return tuple(name for name, value in defaults.items() if value is None or isinstance(value, int | float))

    def findings(self, analysis: Analysis, options: Mapping[str, Any] | None = None) -> Iterator[Finding]:
        """Apply the rule to an analysis; ``options`` not meant for this rule are passed over."""
        wanted = {name: value for name, value in (options or {}).items() if name in self.options}
        by_name = analysis.network.by_name
        for finding in self.check(analysis, **wanted):
            origin = finding.origin or by_name[finding.node].origin
            level = finding.level or self.level
            yield replace(finding, code=self.code, name=self.name, level=level, origin=origin)

    @cached_property
    def page(self) -> Page:
        """The manual page."""
        from inspect import getdoc
        from textwrap import dedent

        text = (getdoc(self.check) or "").replace("``", "")
        body, _, fields = text.partition("\n\nBad:")
        summary, _, explanation = body.partition("\n\n")
        bad, _, rest = fields.partition("\nGood:")
        good, _, source = rest.partition("\nSource:")
        return Page(summary.strip(), explanation.strip(), dedent(bad).strip(), dedent(good).strip(), source.strip())


def rule(*, code: str, name: str, level: Level, default: bool = True, law: bool = False) -> Callable[[Check], Rule]:
    """Make a rule of a function."""
    return lambda check: Rule(code, name, level, check, default, law)
