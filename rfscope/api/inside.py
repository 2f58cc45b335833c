"""Which rates to give some layers of a whole network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rfscope.design.inside.answer import InsideAnswer, InsideCertificate, InsideSuggestion
from rfscope.design.inside.changing import Tied, changing
from rfscope.design.inside.config import as_options
from rfscope.design.inside.keeping import kept
from rfscope.design.inside.search import suggest_inside
from rfscope.design.inside.wish import InsideWish
from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis
from rfscope.linting.run import judge

__all__ = ["inside"]


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
