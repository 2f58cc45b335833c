"""The best schedules for a wish, and how it is known that they are.

All schedules without holes are counted first. Up to the limit ``candidates`` they are then all looked at, which proves
the answer; of more, or where that takes too long, a fair sample is. Where they cannot even be counted, some are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from rfscope import limits
from rfscope.design.answer import Answer
from rfscope.design.certificate import Certificate, Watched
from rfscope.design.compared import OutOfTime, as_wished, everything, number, sample, sample_size, some, wholly
from rfscope.design.counting import Counts
from rfscope.design.kernels import fields_beside, lightest, most_of
from rfscope.design.known import known_schedules
from rfscope.design.layers import Layers
from rfscope.design.nearest import Bounds, nearest
from rfscope.design.nearest_strided import nearest_strided
from rfscope.design.ranking import DEFAULT, FRONT, Pool, first_by
from rfscope.design.wish import Refusal, Wish, fewest_layers, fields_of, refusal
from rfscope.errors import RfscopeError
from rfscope.exact.taps import Taps, hole_free
from rfscope.network.graph import Network

__all__ = ["Suggestion", "suggest"]

_CONFIDENCE = 0.95

_QUICK = ("isolated", "max_rate", "wide", "near")
"""Criteria that take no longer for a larger field,"""

_SHORT = 2**15
"""and the field up to which others are used where schedules cannot be counted."""

_FIELDS = 32
"""Fields that are tried, one after the other, where all schedules of one skip positions behind strides."""

_FEW = 100_000
"""Most schedules that are looked at to show what was not asked for: one layer more, or another field."""


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """Schedules that have the wished field, best first; or why there is none.

    Attributes:
        wish: What was wished.
        layers: The layers that were looked at.
        field: The field of the answers; None if there are none.
        answers: The best schedules in rising order of rates.
        front: Those that no other beats in all of isolated layers, index and step; None if not all were compared.
        known: Published schedules among all candidates, with their ranks where these are known.
        longer: The best schedule of one layer more; None if it was not asked or there is none.
        beside: Where there is none, the best schedules of the nearest fields that can be had, unless these are many.
        refusal: Why there is none.
        certificate: How this is known.
    """

    wish: Wish
    layers: Layers
    field: int | None = None
    answers: tuple[Answer, ...] = ()
    front: tuple[Answer, ...] | None = None
    known: tuple[Answer, ...] = ()
    longer: Answer | None = None
    beside: tuple[Answer, ...] = ()
    refusal: Refusal | None = None
    certificate: Certificate

    @property
    def feasible(self) -> bool:
        """Whether there is an answer."""
        return bool(self.answers)

    def network(self) -> Network:
        """The best schedule as a network.

        Raises:
            RfscopeError: There is no answer.
        """
        if not self.answers:
            raise RfscopeError("no schedule", where="the wish", expected="one that can be met")
        return self.answers[0].network()


def suggest(wish: Wish) -> Suggestion:
    """Find the best schedules without holes for a wish.

    Raises:
        LimitError: There are too many schedules to count.

    Example:
        >>> found = suggest(Wish(field=65, layers=5))
        >>> found.answers[0].rates, found.certificate.candidates, found.certificate.claim
        ((1, 3, 5, 8, 15), 108, 'optimal')
    """
    if wish.near is not None:
        return _near(wish, wish.near)
    layers = _layers(wish)
    fields = [] if layers is None else [*islice(fields_of(wish, layers), _FIELDS if wish.strided else 1)]
    if layers is None or not fields:
        return _refused(wish, layers or most_of(wish))
    tried = (_found(wish, layers, field) for field in fields)
    found, field = next((one for one in tried if one.answers), None) or _found(wish, layers, fields[0]), fields[0]
    if wish.strided or len(wish.kernels) > 1 or wish.among or not found.answers or found.certificate.method != "all":
        return found
    more = wish.of(len(layers.written) + (wish.sawtooth or 1))
    return found if more.narrowest > field else replace(found, longer=_first_of_few(wish, more, field))


def _first_of_few(wish: Wish, layers: Layers, field: int) -> Answer | None:
    """The best schedule of some layers, if there are so few that this takes no time."""
    many = number(Counts(layers, field), field)
    if many is None or not 0 < many <= _FEW:
        return None
    return next(iter(_found(replace(wish, top=1), layers, field, front=False).answers), None)


def _near(wish: Wish, near: tuple[int, ...]) -> Suggestion:
    """The nearest to some rates, in their order."""
    layers = wish.of(len(near))
    least = wish.field if wish.how != "at-most" else None
    most = wish.field if wish.how != "at-least" else None
    taps, bounds = tuple(map(Taps, wish.kernels_in_order, near)), Bounds(least or 1, most, wish.max_rate)
    found = nearest_strided(taps, layers.strides, bounds) if layers.strides else nearest(taps, bounds)
    if found is None:
        return _refused(wish, layers)
    answer = replace(_answer(wish, found.taps), distance=found.distance)
    certificate = replace(found.certificate, criteria=("distance",))
    return Suggestion(wish=wish, layers=layers, field=answer.field, answers=(answer,), certificate=certificate)


def _layers(wish: Wish) -> Layers | None:
    """The layers that are looked at; None if none of the kernels to choose from will do."""
    if wish.among:
        return lightest(wish)
    if wish.many is not None:
        return wish.of(wish.many)
    fewest = fewest_layers(wish)
    return wish.of(fewest or 1)


def _refused(wish: Wish, layers: Layers) -> Suggestion:
    why = refusal(wish, layers)
    if wish.among and why.why == "no such field":
        why = replace(why, fields=fields_beside(wish))
    bound = {"too wide": why.widest, "too narrow": why.narrowest}.get(why.why)
    reason = "each layer multiplies the field by at most its kernel" if why.why == "too wide" else why.why
    certificate = Certificate(claim="infeasible", method="closed-form", candidates=0, bound=bound, why=reason)
    others = why.fields if why.why == "no such field" and wish.near is None and not wish.among else ()
    beside = tuple(best for field in others if (best := _first_of_few(wish, layers, field)) is not None)
    return Suggestion(wish=wish, layers=layers, beside=beside, refusal=why, certificate=certificate)


def _found(wish: Wish, layers: Layers, field: int, *, front: bool = True) -> Suggestion:
    counts = Counts(layers, field)
    many = number(counts, field)
    if many is None:
        return _from_some(wish, layers, field)
    if many > limits.limit("candidates"):
        return _from_sample(wish, counts, field)
    criteria, watched = _criteria(wish), Watched(everything(layers, field))
    blocks = as_wished(watched, wish, layers)
    whole = front and wholly(many, field)
    try:
        pool = Pool.of(blocks) if whole else first_by(blocks, criteria[0], wish.top)
    except OutOfTime:
        return _from_sample(wish, counts, field, why=f"no time to see all in {limits.limit('search-seconds')} s")
    if watched.examined != many:
        raise AssertionError(f"{many} schedules were counted, {watched.examined} were found")
    answers = _answers(wish, pool, criteria)
    found = Suggestion(
        wish=wish,
        layers=layers,
        field=field,
        answers=answers,
        known=_known(wish, layers, field),
        certificate=Certificate(
            claim="optimal" if answers else "infeasible",
            method="all",
            criteria=criteria,
            candidates=many,
            counted_by="recurrence",
            examined=many,
            digest=watched.digest,
            why=None if answers else _none_of_them(wish),
        ),
    )
    return _with_front(found, pool, criteria) if whole and answers else found


def _none_of_them(wish: Wish) -> str:
    if wish.strided:
        return "all of them skip positions of a map that dilated layers behind a stride read"
    return "M_2 exceeds the kernel in all of them"


def _from_sample(wish: Wish, counts: Counts, field: int, why: str | None = None) -> Suggestion:
    criteria, many = _criteria(wish), counts.of(field)
    pool = Pool.of(as_wished(sample(counts, field), wish, counts.layers))
    samples = sample_size(counts)
    certificate = Certificate(
        claim="best-found",
        method="sample",
        criteria=criteria,
        candidates=many,
        counted_by="recurrence",
        examined=samples,
        better_share_below=1 - (1 - _CONFIDENCE) ** (1 / samples),
        confidence=_CONFIDENCE,
        why=why,
    )
    answers = _answers(wish, pool, criteria, ranked=False)
    return Suggestion(
        wish=wish,
        layers=counts.layers,
        field=field,
        answers=answers,
        known=_known(wish, counts.layers, field),
        certificate=certificate,
    )


def _from_some(wish: Wish, layers: Layers, field: int) -> Suggestion:
    """The best of some, where there are too many to count."""
    pool = Pool.of(as_wished(some(layers, field), wish, layers))
    criteria = tuple(one for one in _criteria(wish) if field <= _SHORT or one in _QUICK)
    certificate = Certificate(
        claim="best-found", method="drawn", criteria=criteria, examined=len(pool), why="too many to be counted"
    )
    answers = _answers(wish, pool, criteria, ranked=False)
    return Suggestion(wish=wish, layers=layers, field=field, answers=answers, certificate=certificate)


def _with_front(found: Suggestion, pool: Pool, criteria: Sequence[str]) -> Suggestion:
    """The same with those that no other beats, and with the ranks of published ones."""
    unbeaten = pool.unbeaten(_meant(found.wish, FRONT))
    best = set(unbeaten.schedules)

    def placed(answer: Answer) -> Answer:
        return replace(answer, rank=pool.rank(answer.taps, criteria), front=answer.taps in best)

    return replace(
        found,
        answers=tuple(map(placed, found.answers)),
        front=tuple(placed(_answer(found.wish, taps)) for taps in unbeaten.best(len(unbeaten), criteria)),
        known=tuple(one for one in map(placed, found.known) if one.rank is not None),
    )


def _criteria(wish: Wish) -> tuple[str, ...]:
    """What schedules are ranked by."""
    criteria = wish.rank or _meant(wish, DEFAULT)
    if wish.prefer is None or wish.prefer in criteria:
        return criteria
    place = len(criteria) if wish.rank else criteria.index("step")
    return (*criteria[:place], wish.prefer, *criteria[place:])


def _meant(wish: Wish, criteria: Sequence[str]) -> tuple[str, ...]:
    """Without what says nothing: separate grids do no harm to causal layers, and an index is of one resolution."""
    left_out = ["isolated"] * wish.causal + ["index"] * wish.strided
    return tuple(one for one in criteria if one not in left_out)


def _answers(wish: Wish, pool: Pool, criteria: Sequence[str], *, ranked: bool = True) -> tuple[Answer, ...]:
    best = pool.best(wish.top, criteria)
    return tuple(_answer(wish, taps, rank if ranked else None) for rank, taps in enumerate(best, 1))


def _answer(wish: Wish, taps: tuple[Taps, ...], rank: int | None = None) -> Answer:
    strides = wish.of(len(taps)).strides
    return Answer(taps, dims=wish.dims, causal=wish.causal, strides=strides, rank=rank)


def _known(wish: Wish, layers: Layers, field: int) -> tuple[Answer, ...]:
    """Published schedules of these layers and this field."""
    if layers.strides:
        return ()
    found = []
    for rising, _ in known_schedules(layers.written):
        rates = rising[:: layers.teeth] * layers.teeth
        if tuple(sorted(rates)) != rising:
            continue
        taps = tuple(map(Taps, layers.written, rates))
        answer = _answer(wish, taps)
        if answer.field == field and hole_free(taps) and answer.max_rate <= (wish.max_rate or answer.max_rate):
            found.append(answer)
    return tuple(found)
