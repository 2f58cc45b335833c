"""What a schedule could be changed to, each with its price, beside what it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rfscope import limits
from rfscope.design.answer import Answer
from rfscope.design.certificate import Certificate
from rfscope.design.edits import Edit
from rfscope.design.instead import choices, sound
from rfscope.design.nearest import Bounds, Nearest, distance, nearest
from rfscope.errors import LimitError, RfscopeError
from rfscope.exact.taps import Taps, extent_of, hole_free, repair

__all__ = ["RepairKind", "Repaired", "repaired"]

_LONGEST = 200
"""Layers of the longest schedule whose nearest of the same field is looked for."""

RepairKind: TypeAlias = Literal[
    "now", "nearest", "nearest without grids", "lowered", "same field", "dense layer behind"
]


@dataclass(frozen=True)
class Repaired:
    """A schedule, or what it could be changed to.

    Attributes:
        kind: As it is; the nearest without holes; the nearest that is not called gridding either; the nearest
            without holes that raises no rate; the nearest of the same field; with one dense layer more at its end.
        answer: The schedule.
        certificate: How it is known that none is nearer, for those that claim it.
        edits: What to write into the layers of the network that it is a schedule of; of layers that are added, nothing.
    """

    kind: RepairKind
    answer: Answer
    certificate: Certificate | None = None
    edits: tuple[Edit, ...] = ()


def repaired(
    taps: Sequence[Taps],
    *,
    dims: int = 2,
    causal: bool = False,
    lower_only: bool = False,
    raise_only: bool = False,
    keep_field: bool = False,
) -> tuple[Repaired, ...]:
    """A schedule as it is, and what it could be changed to, each schedule once; nothing for one that is sound.

    The nearest is left out where it takes more steps than the limit ``candidates``.

    Args:
        taps: Kernel and rate of each layer, first layer first, all in one unit.
        dims: Spatial axes.
        causal: Whether separate grids are meant: then only holes count.
        lower_only: Leave out what raises a rate or adds a layer.
        raise_only: Leave out what lowers a rate; the nearest is then the nearest that lowers none.
        keep_field: Leave out what changes the field.

    Example:
        >>> for one in repaired([Taps(3, 1), Taps(3, 2), Taps(3, 9)]):
        ...     print(one.kind, one.answer.rates, one.answer.field, one.answer.distance, one.answer.verdict)
        now (1, 2, 9) 25 None holes
        nearest (1, 3, 9) 27 1 gridding
        nearest without grids (1, 3, 8) 25 2 ok
        lowered (1, 2, 7) 21 2 ok
        dense layer behind (1, 2, 9, 1) 27 0 ok
    """
    found: dict[tuple[Taps, ...], Repaired] = {}
    if lower_only and raise_only:
        raise RfscopeError("--lower-only and --raise exclude each other", do="leave one out, or both")
    for kind, other, apart, certificate in _all_kinds(tuple(taps), causal, lowers=not raise_only):
        lowers = any(new.rate < old.rate for new, old in zip(other, taps, strict=False))
        raises = any(new.rate > old.rate for new, old in zip(other, taps, strict=False)) or len(other) > len(taps)
        left_out = (
            (lower_only and raises) or (raise_only and lowers) or (keep_field and extent_of(other) != extent_of(taps))
        )
        if kind == "now" or not left_out:
            answer = Answer(other, dims=dims, causal=causal, distance=apart)
            found.setdefault(other, Repaired(kind, answer, certificate))
    return tuple(found.values())


def _all_kinds(
    taps: tuple[Taps, ...], causal: bool, *, lowers: bool
) -> Iterator[tuple[RepairKind, tuple[Taps, ...], int | None, Certificate | None]]:
    yield "now", taps, None, None
    if sound(taps, causal=causal):
        return
    closest = _unless_too_long(taps, Bounds(lowers=lowers))
    if closest is not None:
        yield "nearest", closest.taps, closest.distance, closest.certificate
    for choice in choices(taps, causal=causal):
        if "nearest" in choice.kinds:
            yield "nearest without grids", choice.taps, distance(taps, choice.taps), None
    lower = tuple(Taps(layer.kernel, rate) for layer, rate in zip(taps, repair(taps).repaired, strict=True))
    yield "lowered", lower, distance(taps, lower), None
    size = extent_of(taps)
    same = _unless_too_long(taps, Bounds(least=size, most=size, lowers=lowers)) if len(taps) <= _LONGEST else None
    if same is not None:
        yield "same field", same.taps, same.distance, same.certificate
    dense = Taps(next((layer.kernel for layer in reversed(taps) if layer.kernel > 1), 3), 1)
    if hole_free((*taps, dense)):
        yield "dense layer behind", (*taps, dense), 0, None
    elif closest is not None:
        yield "dense layer behind", (*closest.taps, dense), closest.distance, None


def _unless_too_long(taps: tuple[Taps, ...], bounds: Bounds) -> Nearest | None:
    found = limits.within(lambda: nearest(taps, bounds))
    return None if isinstance(found, LimitError) else found
