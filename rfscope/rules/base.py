"""What a rule is and what it finds. A rule is a function of an analysis; its docstring is its manual page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple, TypeAlias

from rfscope.exact.analysis import Analysis
from rfscope.network.graph import Origin

__all__ = ["LEVELS", "Check", "Finding", "Level", "Page", "Rule", "Suppression", "Threshold", "rule"]

Level: TypeAlias = Literal["error", "warning", "info"]

LEVELS: tuple[Level, ...] = ("info", "warning", "error")
"""Rising."""

Check: TypeAlias = Callable[..., Iterator["Finding"]]
"""Takes an analysis, and options as keywords; yields findings without code, name and level unless it deviates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule at one place.

    Attributes:
        message: What is the matter, and where: one short sentence that says it all, without a full stop.
        details: What else is known of it, in sentences; the last has no full stop, either.
        help: What to write instead; empty where nothing need be changed.
        node: Name of the layer it is about.
        axis: The axis it is about; None if it holds along all of them.
        level: How bad it is; filled in by the rule unless the case is milder than usual.
        key: The key of the layer that caused it, as specs write it; the rule's unless it says another.
        folded: Codes of other rules that found the same, which this finding tells for them.
        code, name: The rule's; filled in by the rule.
        origin: Where that key or else the layer was written, if anywhere; filled in by the rule unless it is about
            another place.
        about: All the layers that have a part in it.
    """

    message: str
    help: str
    node: str
    details: str = ""
    axis: int | None = None
    level: Level | None = None
    key: str | None = None
    folded: tuple[str, ...] = ()
    code: str = ""
    name: str = ""
    origin: Origin | None = None
    about: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The message and the details, without the last full stop."""
        return ". ".join(filter(None, (self.message, self.details)))

    def advised(self, between: str) -> str:
        """The text, and then the help if there is any."""
        return between.join(filter(None, (self.text, self.help)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression:
    """A comment in a spec that asks to pass over findings: ``# rfscope: ignore[RFS101] reason``.

    Attributes:
        rules: The rules it names, as written.
        reason: Why, in the user's words.
        origin: Where the comment stands; each rule that it names is a key of it.
        layer: Row of the layer it is about; None if it stands on no layer's line.
        partly: Whether it names other rules, too, that do find something there.
        instead: What to do about the one word that it names, where that is no rule; else None.
    """

    rules: tuple[str, ...]
    reason: str
    origin: Origin
    layer: int | None
    partly: bool = False
    instead: str | None = None


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


class Threshold(NamedTuple):
    """A number that users set for a rule: an option of the command line, a key of configurations, one in Python.

    Attributes:
        name: The keyword parameter of the rule's check; with hyphens, the option and the key.
        kind: Whether it is a whole number or any.
        says: What it is, for help texts.
        least, most: Its range.
        default: What the check is given where it is not set.
    """

    name: str
    kind: type[int | float]
    says: str
    least: int = 0
    most: int | None = None
    default: float | None = None

    @property
    def key(self) -> str:
        """Its name as it is written outside of Python."""
        return self.name.replace("_", "-")


@dataclass(frozen=True)
class Rule:
    """A design rule.

    Attributes:
        code: Its number, for ever.
        name: Its name, accepted wherever the code is.
        level: How bad a finding is, as a rule.
        check: The function that finds.
        key: The key of a layer that its findings are about, as specs write it; None if they are about the whole layer.
        thresholds: The numbers that users set for it.
        default: Whether it is on unless it is ignored; one that is not has to be selected by more than ``RFS``.
        law: Whether a level that a user sets holds for the cases, too, that it judges milder by itself.
    """

    code: str
    name: str
    level: Level
    check: Check
    key: str | None = None
    thresholds: tuple[Threshold, ...] = ()
    default: bool = True
    law: bool = False

    @property
    def options(self) -> Mapping[str, Any]:
        """The options that its check takes in addition to the analysis, and their defaults."""
        own = {threshold.name: threshold.default for threshold in self.thresholds}
        return {**(self.check.__kwdefaults__ or {}), **own}

    def findings(self, analysis: Analysis, options: Mapping[str, Any] | None = None) -> Iterator[Finding]:
        """Apply the rule to an analysis; ``options`` not meant for this rule are passed over."""
        wanted = {name: (options or {}).get(name, default) for name, default in self.options.items()}
        by_name = analysis.network.by_name
        for finding in self.check(analysis, **wanted):
            key, layer = finding.key or self.key, by_name[finding.node].origin
            origin = finding.origin or (layer and layer.at(key))
            level = finding.level or self.level
            yield replace(finding, code=self.code, name=self.name, level=level, key=key, origin=origin)

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


def rule(
    *,
    code: str,
    name: str,
    level: Level,
    key: str | None = None,
    thresholds: Sequence[Threshold] = (),
    default: bool = True,
    law: bool = False,
) -> Callable[[Check], Rule]:
    """Make a rule of a function."""
    return lambda check: Rule(code, name, level, check, key, tuple(thresholds), default, law)
