"""Which rates to give some layers of a whole network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rfscope.api.given import input_of
from rfscope.design.inside.answer import InsideAnswer, InsideCertificate, InsideSuggestion
from rfscope.design.inside.changing import Tied
from rfscope.design.inside.config import as_options
from rfscope.design.inside.keeping import kept
from rfscope.design.inside.resolving import changing
from rfscope.design.inside.search import suggest_inside
from rfscope.design.inside.wish import InsideWish
from rfscope.design.wish import How
from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis
from rfscope.linting.run import judge
from rfscope.targets import Reading, Target, analysis_of, examine

__all__ = ["OF_SCHEDULES", "inside", "of_config", "of_network", "one_field"]


OF_SCHEDULES = ("layers", "kernels", "stride", "dims", "causal", "near", "sawtooth", "hdc", "prefer")
"""What is asked of schedules alone: a network has its layers."""


def of_network(
    target: Target | Analysis,
    change: str | Sequence[str],
    wished: Mapping[str, Any],
    *,
    reference: Target | Analysis | None,
    same_rate_in: str | Sequence[str],
    pattern: int | None,
    **further: Any,
) -> InsideSuggestion:
    """The answer of ``rf.suggest`` to a wish for a network.

    Args:
        target: The network.
        change: Which layers may change.
        wished: What is wished: field, at_least, at_most, input, and what is for schedules alone.
        reference: What pretrained weights come from.
        same_rate_in: Layers or modules, the layers in which have one rate.
        pattern: Layers after which the rates repeat.
        further: What else a wish for a network says.

    Raises:
        RfscopeError: The wish cannot be answered.
    """
    if beside := [name for name in OF_SCHEDULES if wished[name]]:
        them = " and ".join(beside)
        raise RfscopeError(f"{them} cannot be asked of a network (target)", do=f"leave out {them}")
    if wished["at_least"] and wished["at_most"]:
        raise RfscopeError("at_least and at_most exclude each other", do="leave one out")
    how: How = "at-least" if wished["at_least"] else "at-most" if wished["at_most"] else "exactly"
    size, _ = input_of(wished["input"])
    analysis, other = (
        examine(one, Reading(input=size)) if size and not isinstance(one, Analysis) else analysis_of(one)
        for one in (target, target if reference is None else reference)
    )
    return inside(
        analysis,
        InsideWish(field=one_field(wished["field"]), how=how, **further),
        _names(change),
        Tied(_names(same_rate_in), pattern),
        reference=None if reference is None else other,
        is_config=of_config(target),
    )


def one_field(field: int | Sequence[int] | None) -> int | None:
    """The wished field, which is the same along every axis.

    Raises:
        RfscopeError: It is not.
    """
    if not isinstance(field, Sequence):
        return field
    if len(set(field)) != 1:
        got = ",".join(map(str, field))
        expected = "one number: the layers of a network keep one rate for all axes"
        raise RfscopeError("a field per axis", where="the wish", got=got, expected=expected)
    return field[0]


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def inside(
    analysis: Analysis,
    wish: InsideWish,
    patterns: Sequence[str],
    tied: Tied | None = None,
    *,
    reference: Analysis | None = None,
    is_config: bool = False,
) -> InsideSuggestion:
    """Answer a wish for a network.

    Args:
        analysis: The network.
        wish: What is wished.
        patterns: Which layers may change.
        tied: Which of them have one rate.
        reference: What pretrained weights come from, if what they read is to be kept.
        is_config: Whether the network was read from a config.

    Raises:
        RfscopeError: A layer cannot be changed, or the network cannot be analyzed with other rates.
    """
    if reference is None:
        if not patterns:
            raise RfscopeError("no layers to change", expected="names of layers", do="say --change 'layer4.*.conv2'")
        found = suggest_inside(changing(analysis, patterns, tied), wish)
    else:
        found = _kept(analysis, wish, patterns, reference)
    front = None if found.front is None else tuple(_finished(one, is_config) for one in found.front)
    return replace(found, answers=tuple(_finished(one, is_config) for one in found.answers), front=front)


def _kept(analysis: Analysis, wish: InsideWish, patterns: Sequence[str], reference: Analysis) -> InsideSuggestion:
    """The rates that keep what weights read, and whether they have the wished field."""
    same = kept(analysis, reference, patterns)
    answer = InsideAnswer(same.changing, same.chosen)
    sizes = [size or 0 for size in answer.field]
    fits = (
        wish.field is None
        or {
            "exactly": set(sizes) == {wish.field},
            "at-least": min(sizes) >= wish.field,
            "at-most": max(sizes) <= wish.field,
        }[wish.how]
    )
    met = same.expectation.met
    return InsideSuggestion(
        wish=wish,
        changing=same.changing,
        field=min(sizes),
        answers=(answer,) if fits and met else (),
        kept=same,
        certificate=InsideCertificate(
            claim="computed" if met and fits else "infeasible",
            method="computed",
            why="the rates times the strides that were taken out",
        ),
    )


def _finished(answer: InsideAnswer, is_config: bool) -> InsideAnswer:
    """An answer with what lint says of it, and how a config says it."""
    found = judge(answer.analysis.name, answer.analysis).findings
    said = tuple((one.level or "error", one.code, one.node) for one in found)
    options = as_options(answer.changing.given, answer.network) if is_config else None
    made = replace(answer, findings=said, options=options, is_config=is_config)
    made.__dict__["analysis"] = answer.analysis
    return made


def of_config(target: object) -> bool:
    """Whether a target is a config."""
    return isinstance(target, str | Path) and Path(target).suffix == ".py"
