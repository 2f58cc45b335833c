"""The best schedules for a wish, and how it is known that they are.

All schedules without holes are counted first. Up to the limit ``candidates`` they are then all looked at, which proves
the answer; of more, a fair sample is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rfscope import limits
from rfscope.design.answer import Answer
from rfscope.design.candidates import Candidates, all_candidates, sampled
from rfscope.design.certificate import Certificate, Watched
from rfscope.design.counting import Counts
from rfscope.design.known import known_schedules
from rfscope.design.layers import Layers
from rfscope.design.ranking import DEFAULT, FRONT, Pool, first_by
from rfscope.design.wish import Refusal, Wish, fewest_layers, field_of, refusal
from rfscope.exact.batch import group_rule
from rfscope.exact.taps import Taps, hole_free

__all__ = ["Suggestion", "suggest"]

_COMPARED_WHOLLY = 4_000_000
"""Schedules times positions of their field up to which all are ranked, and those found that no other beats."""

_SAMPLES = 2_000
_CONFIDENCE = 0.95
_SEED = 0

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


def suggest(wish: Wish) -> Suggestion:
    """Find the best schedules without holes for a wish.

    Raises:
        LimitError: There are too many schedules to count.

    Example:
        >>> found = suggest(Wish(field=65, layers=5))
        >>> found.answers[0].rates, found.certificate.candidates, found.certificate.claim
        ((1, 3, 5, 8, 15), 108, 'optimal')
    """
    layers = _layers(wish)
    field = field_of(wish, layers)
    if field is None:
        return _refused(wish, layers)
    found = _found(wish, layers, field)
    if len(wish.kernels) > 1 or not found.answers:
        return found
    more = wish.of(len(layers) + 1)
    if more.narrowest > field or Counts(more, field).of(field) > _ONE_MORE:
        return found
    longer = _found(replace(wish, top=1), more, field).answers
    return replace(found, longer=longer[0] if longer else None)


def _layers(wish: Wish) -> Layers:
    if wish.layers is not None or len(wish.kernels) > 1:
        return wish.of(wish.layers or len(wish.kernels))
    fewest = fewest_layers(wish)
    return wish.of(fewest or 1)


def _refused(wish: Wish, layers: Layers) -> Suggestion:
    why = refusal(wish, layers)
    bound = {"too wide": why.widest, "too narrow": why.narrowest}.get(why.why)
    reason = "each layer multiplies the field by at most its kernel" if why.why == "too wide" else why.why
    certificate = Certificate(claim="infeasible", method="closed-form", candidates=0, bound=bound, why=reason)
    return Suggestion(wish=wish, layers=layers, refusal=why, certificate=certificate)


def _found(wish: Wish, layers: Layers, field: int) -> Suggestion:
    counts = Counts(layers, field)
    many, criteria = counts.of(field), _criteria(wish)
    if many > limits.limit("candidates"):
        drawn = _drawn(counts, field)
        pool = _filtered(Pool.of(drawn), wish)
        certificate = Certificate(
            claim="best-found",
            method="sample",
            criteria=criteria,
            candidates=many,
            counted_by="recurrence",
            examined=_SAMPLES,
            better_share_below=1 - (1 - _CONFIDENCE) ** (1 / _SAMPLES),
            confidence=_CONFIDENCE,
        )
        return Suggestion(
            wish=wish, layers=layers, field=field, answers=_answers(wish, pool, criteria), certificate=certificate
        )
    watched = Watched(all_candidates(layers, field))
    whole = many * field <= _COMPARED_WHOLLY
    blocks = _each_filtered(watched, wish)
    pool = Pool.of(blocks) if whole else first_by(blocks, criteria[0], wish.top)
    if watched.examined != many:
        raise AssertionError(f"{many} schedules were counted, {watched.examined} were found")
    certificate = Certificate(
        claim="optimal",
        method="all",
        criteria=criteria,
        candidates=many,
        counted_by="recurrence",
        examined=watched.examined,
        digest=watched.digest,
    )
    answers = _answers(wish, pool, criteria)
    front, known = None, _known(wish, layers, field)
    if whole and answers:
        unbeaten = pool.unbeaten(FRONT)
        best = set(unbeaten.schedules)
        answers = tuple(replace(answer, front=answer.taps in best) for answer in answers)
        known = tuple(
            replace(one, rank=pool.rank(one.taps, criteria), front=one.taps in best)
            for one in known
            if pool.rank(one.taps, criteria)
        )
        ranked = unbeaten.best(len(unbeaten), criteria)
        front = tuple(_answer(wish, taps, rank=pool.rank(taps, criteria), front=True) for taps in ranked)
    return Suggestion(
        wish=wish,
        layers=layers,
        field=field,
        answers=answers,
        front=front,
        known=known,
        certificate=certificate,
    )


def _criteria(wish: Wish) -> tuple[str, ...]:
    """What schedules are ranked by; separate grids do no harm to a causal network."""
    return wish.rank or tuple(one for one in DEFAULT if not wish.causal or one != "isolated")


def _answers(wish: Wish, pool: Pool, criteria: Sequence[str]) -> tuple[Answer, ...]:
    best = pool.best(wish.top, criteria)
    return tuple(_answer(wish, taps, rank=rank) for rank, taps in enumerate(best, 1))


def _answer(wish: Wish, taps: tuple[Taps, ...], *, rank: int | None = None, front: bool | None = None) -> Answer:
    return Answer(taps, dims=wish.dims, causal=wish.causal, rank=rank, front=front)


def _drawn(counts: Counts, field: int) -> Iterator[Candidates]:
    """A fair sample, those of one order of kernels together, each once."""
    import numpy as np

    for schedule in sorted(set(sampled(counts, field, _SAMPLES, _SEED))):
        kernels, rates = zip(*schedule, strict=True)
        yield Candidates(kernels, np.array([rates], np.int32).T)


def _each_filtered(blocks: Iterable[Candidates], wish: Wish) -> Iterator[Candidates]:
    for block in blocks:
        if wish.hdc:
            passes, _ = group_rule(block.kernels, block.rates)
            yield Candidates(block.kernels, block.rates[:, passes])
        else:
            yield block


def _filtered(pool: Pool, wish: Wish) -> Pool:
    return Pool.of(_each_filtered(pool.blocks, wish))


def _known(wish: Wish, layers: Layers, field: int) -> tuple[Answer, ...]:
    """Published schedules of these layers and this field."""
    found = []
    for rates, _ in known_schedules(layers.kernels):
        taps = tuple(map(Taps, layers.kernels, rates))
        answer = _answer(wish, taps)
        if answer.field == field and hole_free(taps) and answer.max_rate <= (wish.max_rate or answer.max_rate):
            found.append(answer)
    return tuple(found)
