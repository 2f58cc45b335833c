"""What to write instead of a schedule that has holes or gridding, with the price of each choice.

Three kinds: *widest* is as wide as its layers can be without holes, and no wider than the schedule was; *nearest*
changes its rates least; *longer* has one layer more and keeps the field, or adds to it what a dense layer would. Each
is sound, in its own order of layers, by the definitions of the verdict: no holes, no dilated stage at the end whose
rates share a factor, and a gridding index of at most 0.5.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile
from math import gcd
from typing import Literal, TypeAlias

from rfscope.design.changes import Changed, OutOfReach, Search
from rfscope.errors import LimitError
from rfscope.exact.gridding import gridding_index
from rfscope.exact.judgement import STRIPED_ABOVE
from rfscope.exact.meeting import meeting
from rfscope.exact.taps import Taps, extent_of, hole_free, repair, total_paths
from rfscope.network.reads import Window
from rfscope.wording import rates_text

__all__ = ["Choice", "Kind", "choices", "sound"]

Kind: TypeAlias = Literal["widest", "nearest", "longer", "lowered"]

_STEPS = 3_000
"""Layers tried in one search, some hundredths of a second; a schedule that takes more is only lowered."""

_LAYERS = 64
"""Layers of the longest schedule that is searched."""

_COMPARED = 16
"""Schedules of equally few changes of which the most even is looked for."""

_LONGEST = 4_096
"""Positions of the longest field that is searched: each choice is judged by how often it reads each of them."""


@dataclass(frozen=True)
class Choice:
    """A schedule to write instead, with its price.

    Attributes:
        kinds: What it is, one or more of "widest", "nearest" and "longer"; "lowered" if the schedule is too long to
            be searched, and this is the nearest that raises no rate.
        taps: Kernel and rate of each layer, in the order of the schedule that it replaces.
        field: Positions from the first that one output reads to the last.
        index: The gridding index.
        common: Layers back at which two adjacent outputs first read a common position; None if they never do.
    """

    kinds: tuple[Kind, ...]
    taps: tuple[Taps, ...]
    field: int
    index: float
    common: int | None

    def __repr__(self) -> str:
        rates = rates_text(self.rates, [taps.kernel for taps in self.taps])
        layers = "1 layer" if self.common == 1 else f"{self.common} layers"
        common = "no common input" if self.common is None else f"first common input {layers} back"
        return f"<Choice {rates}: field {self.field}, gridding index {self.index:.2f}, {common}>"

    @property
    def kind(self) -> Kind:
        """The first of its kinds."""
        return self.kinds[0]

    @property
    def rates(self) -> tuple[int, ...]:
        """The rate of each layer."""
        return tuple(rate for _, rate in self.taps)


def choices(taps: Sequence[Taps], *, causal: bool = False) -> tuple[Choice, ...]:
    """What to write instead of a schedule: each choice once, the widest first, the one with a layer more last.

    Of two layers of one kernel the one of smaller rate is given no larger one, so the schedule keeps its order. There
    is no choice for a schedule that is sound, or that has a single layer of more than one tap.

    Args:
        taps: Kernel and rate of each layer, first layer first, all in one unit.
        causal: Whether separate grids are meant, as in WaveNet: then only holes count.

    Example:
        >>> for choice in choices([Taps(3, 2), Taps(3, 4), Taps(3, 8)]):
        ...     print(choice.kinds, choice.rates, choice.field, round(choice.index, 2), choice.common)
        ('widest', 'nearest') (1, 3, 8) 25 0.11 3
        ('longer',) (2, 4, 8, 1) 31 0.33 1
    """
    if sum(layer.kernel > 1 for layer in taps) < 2 or sound(taps, causal=causal):
        return ()
    if extent_of(taps) > _LONGEST or len(taps) > _LAYERS:
        return _merged([_lowered(taps, causal)])
    nearest = _best("nearest", taps, Search(taps, _STEPS), causal) or _lowered(taps, causal)
    return _merged([_widest(taps, causal), nearest, _longer(taps, causal)])


def sound(taps: Sequence[Taps], *, causal: bool = False) -> bool:
    """Whether a chain, alone, has no holes and is not called gridding.

    Example:
        >>> sound([Taps(3, 1), Taps(3, 2), Taps(3, 4)]), sound([Taps(3, 2), Taps(3, 4), Taps(3, 1)])
        (False, True)
    """
    if not hole_free(taps):
        return False
    if causal:
        return True
    last = [*takewhile(lambda layer: layer.rate > 1, (layer for layer in reversed(taps) if layer.kernel > 1))]
    shared = len(last) > 1 and gcd(*(layer.rate for layer in last)) > 1
    return not shared and gridding_index(taps, above=STRIPED_ABOVE) <= STRIPED_ABOVE


def _widest(taps: Sequence[Taps], causal: bool) -> Choice | None:
    steps = _STEPS
    for field in range(min(extent_of(taps), total_paths(taps)), 0, -1):
        search = Search(taps, steps, least=field, most=field)
        found = _best("widest", taps, search, causal)
        if found is not None or search.steps < 0:
            return found
        steps = search.steps
    return None


def _longer(taps: Sequence[Taps], causal: bool) -> Choice | None:
    """One layer more, of the kernel that most layers have; it may add to the field what a dense one would."""
    new = Counter(layer.kernel for layer in taps if layer.kernel > 1).most_common(1)[0][0]
    size = extent_of(taps)
    return _best("longer", taps, Search(taps, _STEPS, least=size, most=size + new - 1, new=new), causal)


def _best(kind: Kind, taps: Sequence[Taps], search: Search, causal: bool) -> Choice | None:
    """The best of the sound schedules with the fewest changes; None if there is none, or too many steps lead there."""
    with suppress(OutOfReach):
        for alike in search.by_distance():
            written = (next(filter(partial(sound, causal=causal), _orders(taps, one)), None) for one in alike)
            fit = [one for one in written if one is not None]
            if fit:
                earliest = min(_meets(kind, one) for one in fit)
                first = [one for one in fit if _meets(kind, one) == earliest][:_COMPARED]
                return min((_judged(kind, one) for one in first), key=_even)
    return None


def _orders(taps: Sequence[Taps], layers: Sequence[Changed]) -> Iterator[tuple[Taps, ...]]:
    """A changed schedule in the order of the old one; those of equal rate are told apart, rising first, then falling.

    A layer that is new stands in front of the first of larger rate, or else at the end.
    """
    new = [Taps(layer.kernel, layer.rate) for layer in layers if layer.place is None]
    for sign in (1, -1):
        rates = [rate for _, rate in taps]
        for kernel, old in {(layer.kernel, layer.rate) for layer in taps}:
            places = [place for place, layer in enumerate(taps) if layer == (kernel, old)]
            given = sorted((layer.rate for layer in layers if layer.place in places), reverse=sign < 0)
            for place, rate in zip(places, given, strict=False):  # a kernel of 1 is given nothing
                rates[place] = rate
        changed = [Taps(layer.kernel, rate) for layer, rate in zip(taps, rates, strict=True)]
        if not new:
            yield tuple(changed)
            continue
        larger = [place for place, layer in enumerate(changed) if layer.kernel > 1 and layer.rate > new[0].rate]
        for place in (*larger[:1], len(changed)):
            yield (*changed[:place], *new, *changed[place:])


def _judged(kind: Kind, taps: tuple[Taps, ...]) -> Choice:
    return Choice((kind,), taps, extent_of(taps), gridding_index(taps), _common(taps))


def _common(taps: Sequence[Taps]) -> int | None:
    return meeting([Window(kernel=kernel, dilation=rate) for kernel, rate in taps]).depth


def _meets(kind: Kind, taps: Sequence[Taps]) -> tuple[int, ...]:
    """Sort key among schedules of equally few changes: adjacent outputs meet early; a layer more sees little more."""
    common = _common(taps) or len(taps) + 1
    return (extent_of(taps), common) if kind == "longer" else (common,)


def _even(choice: Choice) -> tuple[int, int, tuple[int, ...]]:
    """Sort key among these: even to a hundredth, then wide."""
    return round(100 * choice.index), -choice.field, choice.rates


def _lowered(taps: Sequence[Taps], causal: bool) -> Choice | None:
    """The schedule with every rate lowered that opens a hole, where that is sound and not too long to be judged."""
    lower = [Changed(place, taps[place].kernel, rate) for place, rate in enumerate(repair(taps).repaired)]
    with suppress(LimitError):
        fit = next(filter(partial(sound, causal=causal), _orders(taps, lower)), None)
        return _judged("lowered", fit) if fit is not None else None
    return None


def _merged(found: Iterable[Choice | None]) -> tuple[Choice, ...]:
    """Each schedule once, with all its kinds."""
    kept: dict[tuple[Taps, ...], Choice] = {}
    for choice in filter(None, found):
        known = kept.get(choice.taps)
        kept[choice.taps] = choice if known is None else replace(known, kinds=known.kinds + choice.kinds)
    return tuple(kept.values())
