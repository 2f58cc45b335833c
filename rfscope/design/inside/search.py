"""The best choices of rates for a wish of a network, and how it is known that they are.

The fields of all choices are worked out in columns. Those that have the wished field are judged by sets of positions,
the nearest to what is given first. The engine judges the best again, and is the only source of what is said of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from rfscope import limits
from rfscope.design.inside.answer import InsideAnswer, InsideCertificate, InsideSuggestion
from rfscope.design.inside.changing import Changing
from rfscope.design.inside.intervals import recursion
from rfscope.design.inside.judging import Facts, Judge
from rfscope.design.inside.space import Found, gone_through
from rfscope.design.inside.wish import DEFAULT, InsideWish
from rfscope.errors import NetworkError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["suggest_inside"]

_AGAIN = 20
"""How many of the best the engine judges."""

_ALL_JUDGED = 2_000
"""Choices up to which all are judged, and not only until no other can be better."""

_WORSE = {"ok": 0, "global": 0, None: 1, "gridding": 2, "holes": 3}


class _Judged(NamedTuple):
    """A choice of rates, and what is found of it."""

    rates: tuple[int, ...]
    distance: int
    facts: Facts

    @property
    def value(self) -> tuple[int, int]:
        return self.facts.isolated, self.distance

    @property
    def sound(self) -> bool:
        return not self.facts.holes and self.facts.grids == 1


def suggest_inside(changing: Changing, wish: InsideWish) -> InsideSuggestion:
    """Find the best choices of rates.

    Raises:
        RfscopeError: The network cannot be analyzed with them.
    """
    fields = recursion(changing)
    found = gone_through(changing, wish, fields)
    if found.size is None:
        return InsideSuggestion(
            wish=wish, changing=changing, space=found.space, fields=found.fields, certificate=_refused(wish, found)
        )
    nearest = _by_distance(changing, found.rates)
    judged, in_time = _judge(changing, nearest, wish)
    ranked = sorted(judged, key=lambda one: _key(one, wish.criteria))
    front = _front(ranked) if len(judged) == len(nearest) else None
    proved, best = found.whole and in_time, {one.value for one in front or ()}
    placed = [
        InsideAnswer(
            changing, one.rates, rank=place if proved else None, front=None if front is None else one.value in best
        )
        for place, one in enumerate(ranked, 1)
        if place <= max(_AGAIN, wish.top) or one in (front or ())
    ]
    again = [one for one in placed[: max(_AGAIN, wish.top)] if _stands(one)]
    again.sort(key=lambda one: _WORSE[one.verdict])
    shown = {one.rates for one in front or ()}
    return InsideSuggestion(
        wish=wish,
        changing=changing,
        space=found.space,
        field=found.size,
        answers=tuple(again[: wish.top]),
        front=None if front is None else tuple(one for one in placed if one.chosen in shown and _stands(one)),
        sound=sum(one.sound for one in judged),
        certificate=InsideCertificate(
            claim="optimal" if proved else "best-found",
            method="all" if found.whole else "some",
            criteria=wish.criteria,
            candidates=len(nearest),
            counted_by=fields.name,
            combinations=found.space.many,
            examined=found.examined,
            judged=len(judged),
            digest=_digest(found.rates),
            largest=found.space.high,
        ),
    )


def _stands(answer: InsideAnswer) -> bool:
    """Whether the network can be analyzed with its rates: padding that repeats a map may not be longer than the map."""
    try:
        return answer.analysis is not None
    except NetworkError:
        return False


def _refused(wish: InsideWish, found: Found) -> InsideCertificate:
    return InsideCertificate(
        claim="infeasible" if found.whole else "best-found",
        method="all" if found.whole else "some",
        criteria=wish.criteria,
        candidates=0,
        combinations=found.space.many,
        examined=found.examined,
        largest=found.space.high,
        why="no choice of rates has the field",
    )


def _by_distance(changing: Changing, rates: NDArray[np.int64]) -> list[tuple[tuple[int, ...], int]]:
    """The choices, nearest first; of equally near ones that of the smallest rates first. With the distance of each."""
    import numpy as np

    present = np.array(changing.present)[:, None]
    apart = np.abs(rates[list(changing.variable)] - present).sum(axis=0)
    order = np.lexsort((*rates[::-1], rates.max(axis=0), apart))
    return list(zip(map(tuple, rates[:, order].T.tolist()), apart[order].tolist(), strict=True))


def _judge(
    changing: Changing, nearest: Sequence[tuple[tuple[int, ...], int]], wish: InsideWish
) -> tuple[list[_Judged], bool]:
    """Judge choices until no other can be among the best; whether there was time for that."""
    judge, judged, end = Judge(changing), list[_Judged](), monotonic() + limits.limit("search-seconds")
    enough = max(_AGAIN, wish.top) if wish.criteria == DEFAULT and len(nearest) > _ALL_JUDGED else len(nearest)
    best = 0
    for rates, distance in nearest:
        if best >= enough:
            break
        if monotonic() > end:
            return judged, False
        with suppress(NetworkError):  # padding that repeats a map may not be longer than the map
            judged.append(_Judged(rates, distance, judge.facts(rates)))
            best += judged[-1].sound and judged[-1].facts.isolated <= 1
    return judged, True


def _key(one: _Judged, criteria: Sequence[str]) -> tuple[object, ...]:
    values = {
        "grids": one.facts.grids,
        "isolated": max(1, one.facts.isolated),
        "distance": one.distance,
        "max_rate": max(one.rates),
    }
    return (one.facts.holes, *(values[name] for name in criteria), one.rates)


def _front(ranked: Sequence[_Judged]) -> list[_Judged]:
    """The sound choices than which no other meets earlier and is as near, or is nearer and meets as early.

    Of those that are equal in both the first.
    """
    found = list[_Judged]()
    for one in sorted((one for one in ranked if one.sound), key=lambda one: one.value):  # stable
        if not found or one.distance < found[-1].distance:
            found.append(one)
    return found


def _digest(rates: NDArray[np.int64]) -> str:
    import numpy as np

    order = np.lexsort(rates[::-1])
    return hashlib.sha256(np.ascontiguousarray(rates[:, order].T, "<i4").tobytes()).hexdigest()
