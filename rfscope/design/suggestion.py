"""The best schedules for a wish, and how it is known that they are.

All schedules without holes are counted first. Up to the limit ``candidates`` they are then all looked at, which proves
the answer; of more, or where that takes too long, a fair sample is. Where they cannot even be counted, some are drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from rfscope import limits
from rfscope.design.answer import Answer
from rfscope.design.candidates import Candidates, all_candidates, sampled, strolled
from rfscope.design.certificate import Certificate, Watched
from rfscope.design.counting import Counts
from rfscope.design.kernels import fields_beside, lightest, most_of
from rfscope.design.known import known_schedules
from rfscope.design.layers import Layers
from rfscope.design.nearest import Bounds, nearest
from rfscope.design.ranking import DEFAULT, FRONT, Pool, first_by
from rfscope.design.wish import Refusal, Wish, fewest_layers, field_of, refusal
from rfscope.errors import LimitError, RfscopeError
from rfscope.exact.batch import group_rule
from rfscope.exact.taps import Taps, hole_free
from rfscope.network.graph import Network

__all__ = ["Suggestion", "compared", "suggest"]

_COMPARED_WHOLLY = 4_000_000
"""Schedules times positions of their field up to which all are ranked, and those found that no other beats."""

_LONGEST = 200
"""Layers, of rates of their own, of the longest schedule that is searched: the search goes one call deeper for each."""

_SAMPLES, _WALKED = 2_000, 4_000_000
"""Schedules of a sample, and the rates that are gone through for all of them together, at most."""

_CONFIDENCE = 0.95
_SEED = 0

_QUICK = ("isolated", "max_rate", "wide", "near")
"""Criteria that take no longer for a larger field."""

_DRAWN = 1_000_000_000
"""Layers times positions of all schedules that are drawn where they cannot be counted: some seconds."""

_ONE_MORE = 100_000
"""Most schedules of one layer more that are looked at, to show what the layer would bring."""


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
    field = None if layers is None else field_of(wish, layers)
    if layers is None or field is None:
        return _refused(wish, layers or most_of(wish))
    found = _found(wish, layers, field)
    if len(wish.kernels) > 1 or wish.among or not found.answers or found.certificate.method != "all":
        return found
    more = wish.of(len(layers.written) + (wish.sawtooth or 1))
    if more.narrowest > field:
        return found
    many = _number(Counts(more, field), field)
    if many is None or not 0 < many <= _ONE_MORE:
        return found
    longer = _found(replace(wish, top=1), more, field, front=False).answers
    return replace(found, longer=longer[0] if longer else None)


def compared(found: Suggestion) -> Pool:
    """The schedules that answers were chosen from; of more than can be compared, a sample."""
    if found.field is None:
        return Pool(())
    counts, most = Counts(found.layers, found.field), _COMPARED_WHOLLY // found.field
    many = _number(counts, found.field)
    if many is None:
        drawn: Iterable[Candidates] = [_once(strolled(found.layers, found.field, min(_SAMPLES, most + 1), _SEED))]
    else:
        drawn = all_candidates(found.layers, found.field) if many <= most else _sample(counts, found.field)
    return Pool.of(_as_wished(drawn, found.wish, found.layers))


def _near(wish: Wish, near: tuple[int, ...]) -> Suggestion:
    """The nearest to some rates, in their order."""
    layers = wish.of(len(near))
    least = wish.field if wish.how != "at-most" else None
    most = wish.field if wish.how != "at-least" else None
    found = nearest(tuple(map(Taps, wish.kernels_in_order, near)), Bounds(least or 1, most, wish.max_rate))
    if found is None:
        return _refused(wish, layers)
    answer = replace(_answer(wish, found.taps), distance=found.distance)
    certificate = replace(found.certificate, criteria=("distance",))
    return Suggestion(wish=wish, layers=layers, field=answer.field, answers=(answer,), certificate=certificate)


def _layers(wish: Wish) -> Layers | None:
    """The layers that are looked at; None if none of the kernels to choose from will do."""
    if wish.among:
        return lightest(wish)
    if wish.layers is not None or len(wish.kernels) > 1:
        return wish.of(wish.layers or len(wish.kernels))
    fewest = fewest_layers(wish)
    return wish.of(fewest or 1)


def _refused(wish: Wish, layers: Layers) -> Suggestion:
    why = refusal(wish, layers)
    if wish.among and why.why == "no such field":
        why = replace(why, fields=fields_beside(wish))
    bound = {"too wide": why.widest, "too narrow": why.narrowest}.get(why.why)
    reason = "each layer multiplies the field by at most its kernel" if why.why == "too wide" else why.why
    certificate = Certificate(claim="infeasible", method="closed-form", candidates=0, bound=bound, why=reason)
    return Suggestion(wish=wish, layers=layers, refusal=why, certificate=certificate)


def _number(counts: Counts, field: int) -> int | None:
    """How many schedules there are; None if they are too many, or too long, to be counted.

    Raises:
        LimitError: They are, and are of several kernels, of which none are drawn without their number.
    """
    many = limits.within(lambda: counts.of(field)) if len(counts.layers.kernels) <= _LONGEST else None
    if not isinstance(many, int) and len(counts.layers.classes) > 1:
        do = "wish for a smaller field, fewer layers, or layers of one kernel"
        raise LimitError("too many schedules to count", where="layers of several kernels", do=do)
    return many if isinstance(many, int) else None


def _found(wish: Wish, layers: Layers, field: int, *, front: bool = True) -> Suggestion:
    counts = Counts(layers, field)
    many = _number(counts, field)
    if many is None:
        return _from_some(wish, layers, field)
    if many > limits.limit("candidates"):
        return _from_sample(wish, counts, field)
    criteria, watched = _criteria(wish), Watched(_in_time(all_candidates(layers, field)))
    blocks = _as_wished(watched, wish, layers)
    whole = front and many * field <= _COMPARED_WHOLLY
    try:
        pool = Pool.of(blocks) if whole else first_by(blocks, criteria[0], wish.top)
    except _OutOfTime:
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
            why=None if answers else "M_2 exceeds the kernel in all of them",
        ),
    )
    return _with_front(found, pool, criteria) if whole and answers else found


class _OutOfTime(Exception):  # noqa: N818 - an answer, not an error
    """Looking at all schedules takes longer than the limit ``search-seconds``."""


def _in_time(blocks: Iterable[Candidates]) -> Iterator[Candidates]:
    end = monotonic() + limits.limit("search-seconds")
    for block in blocks:
        if monotonic() > end:
            raise _OutOfTime
        yield block


def _from_sample(wish: Wish, counts: Counts, field: int, why: str | None = None) -> Suggestion:
    criteria, many = _criteria(wish), counts.of(field)
    pool = Pool.of(_as_wished(_sample(counts, field), wish, counts.layers))
    samples = _samples(counts)
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
    many = min(_SAMPLES, max(1, _DRAWN // (len(layers.written) * field)))
    drawn = strolled(layers, field, many, _SEED)
    pool = Pool.of(_as_wished([_once(drawn)], wish, layers))
    criteria = tuple(one for one in _criteria(wish) if many == _SAMPLES or one in _QUICK)
    certificate = Certificate(
        claim="best-found", method="drawn", criteria=criteria, examined=len(pool), why="too many to be counted"
    )
    answers = _answers(wish, pool, criteria, ranked=False)
    return Suggestion(wish=wish, layers=layers, field=field, answers=answers, certificate=certificate)


def _with_front(found: Suggestion, pool: Pool, criteria: Sequence[str]) -> Suggestion:
    """The same with those that no other beats, and with the ranks of published ones."""
    unbeaten = pool.unbeaten([one for one in FRONT if one != "isolated" or not found.wish.causal])
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
    """What schedules are ranked by; separate grids do no harm to a causal network."""
    criteria = wish.rank or tuple(one for one in DEFAULT if not wish.causal or one != "isolated")
    if wish.prefer is None or wish.prefer in criteria:
        return criteria
    place = len(criteria) if wish.rank else criteria.index("step")
    return (*criteria[:place], wish.prefer, *criteria[place:])


def _answers(wish: Wish, pool: Pool, criteria: Sequence[str], *, ranked: bool = True) -> tuple[Answer, ...]:
    best = pool.best(wish.top, criteria)
    return tuple(_answer(wish, taps, rank if ranked else None) for rank, taps in enumerate(best, 1))


def _answer(wish: Wish, taps: tuple[Taps, ...], rank: int | None = None) -> Answer:
    return Answer(taps, dims=wish.dims, causal=wish.causal, rank=rank)


def _samples(counts: Counts) -> int:
    return max(1, min(_SAMPLES, _WALKED // counts.rates))


def _sample(counts: Counts, field: int) -> Iterator[Candidates]:
    """A fair sample, each schedule once."""
    import numpy as np

    for schedule in sorted(set(sampled(counts, field, _samples(counts), _SEED))):
        kernels, rates = zip(*schedule, strict=True)
        yield Candidates(kernels, np.array([rates], np.int32).T)


def _once(block: Candidates) -> Candidates:
    """Each schedule once, in the order of their rates."""
    import numpy as np

    return Candidates(block.kernels, np.unique(block.rates, axis=1))


def _as_wished(blocks: Iterable[Candidates], wish: Wish, layers: Layers) -> Iterator[Candidates]:
    """Schedules as they are written, one tooth behind the other, that keep to the published rule where it is wished."""
    import numpy as np

    for tooth in blocks:
        block = Candidates(tooth.kernels * layers.teeth, np.tile(tooth.rates, (layers.teeth, 1)))
        if not wish.hdc:
            yield block
            continue
        kept, _ = group_rule(block.kernels, block.rates)
        if kept.any():
            yield Candidates(block.kernels, block.rates[:, kept])


def _known(wish: Wish, layers: Layers, field: int) -> tuple[Answer, ...]:
    """Published schedules of these layers and this field."""
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
