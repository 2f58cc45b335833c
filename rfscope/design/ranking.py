"""Which of many schedules without holes come first, by one criterion after another, and which no other beats in all.

The criteria are structural. In training, none of them told one schedule without holes from another; that there are no
holes, and no common factor, is what did.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from rfscope.design.candidates import Candidates
from rfscope.exact import batch
from rfscope.exact.taps import Taps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["CRITERIA", "DEFAULT", "FRONT", "Pool", "first_by"]

DEFAULT = ("isolated", "index", "step", "max_rate")
"""What schedules are ranked by; what is still equal is ranked by the rates themselves, small ones first."""

FRONT = ("isolated", "index", "step")
"""What no other schedule is better in, of those that are shown beside the best."""

_Values: TypeAlias = "NDArray[np.float64]"

_DIGITS = {"index": 2, "step": 3, "wide": 2, "near": 2}
"""Digits to which a criterion is compared when schedules are ranked, so that what is as good as equal is equal."""

_ALIKE = 10
"""Digits in which equal numbers agree, however they were computed."""


def _isolated(block: Candidates, most: float) -> _Values:
    few = None if most > len(block.kernels) else int(most)
    return batch.isolated(block.kernels, block.on_input, few, prod(block.strides)).astype(float)


def _index(block: Candidates, most: float) -> _Values:
    return batch.indices(block.kernels, block.rates, min(1.0, most))


def _step(block: Candidates, _most: float) -> _Values:
    return batch.evenness(block.kernels, block.on_input).step


def _paths(block: Candidates, _most: float) -> _Values:
    """More is better."""
    paths = batch.evenness(block.kernels, block.on_input).paths
    return paths * -1.0


def _max_rate(block: Candidates, _most: float) -> _Values:
    largest: _Values = block.rates.max(axis=0).astype(float)
    return largest


def _wide(block: Candidates, most: float) -> _Values:
    """More is better."""
    return -_near(block, most)


def _near(block: Candidates, _most: float) -> _Values:
    return batch.widths(block.kernels, block.on_input)


CRITERIA: Mapping[str, Callable[[Candidates, float], _Values]] = {
    "isolated": _isolated,
    "index": _index,
    "step": _step,
    "paths": _paths,
    "max_rate": _max_rate,
    "wide": _wide,
    "near": _near,
}
"""Each gives a value to every schedule, less is better; above the second argument any larger value may be given."""


def _compared(block: Candidates, criterion: str, most: float = float("inf")) -> _Values:
    """The values as they are compared."""
    digits = _DIGITS.get(criterion, 0)
    return CRITERIA[criterion](block, most + 10**-digits / 2).round(digits)


@dataclass(frozen=True)
class Pool:
    """Schedules of the same field, in rising order of rates.

    Attributes:
        blocks: The schedules, those of one order of kernels together.
    """

    blocks: tuple[Candidates, ...]

    @classmethod
    def of(cls, blocks: Iterable[Candidates]) -> Pool:
        """Join blocks."""
        import numpy as np

        found = defaultdict(list)
        for block in blocks:
            found[block.kernels, block.strides].append(block.rates)
        blocks_of = ((kernels, np.hstack(rates), strides) for (kernels, strides), rates in found.items())
        return cls(tuple(Candidates(*block) for block in blocks_of))

    def __len__(self) -> int:
        return sum(block.rates.shape[1] for block in self.blocks)

    def values(self, criterion: str) -> _Values:
        """What a criterion says of each schedule, as it is compared."""
        import numpy as np

        return np.concatenate([_compared(block, criterion) for block in self.blocks] or [np.zeros(0)])

    def where(self, kept: NDArray[np.bool_]) -> Pool:
        """Some of the schedules."""
        found, first = [], 0
        for block in self.blocks:
            own = kept[first : first + block.rates.shape[1]]
            first += block.rates.shape[1]
            if own.any():
                found.append(block._replace(rates=block.rates[:, own]))
        return Pool(tuple(found))

    @cached_property
    def schedules(self) -> list[tuple[Taps, ...]]:
        """Each schedule."""
        return [tuple(map(Taps, block.kernels, rates)) for block in self.blocks for rates in block.rates.T.tolist()]

    def best(self, many: int, criteria: Sequence[str]) -> list[tuple[Taps, ...]]:
        """The first of them, by one criterion and, where that is equal, the next; none is looked at for nothing.

        Example:
            >>> from rfscope.design.candidates import all_candidates
            >>> from rfscope.design.layers import Layers
            >>> pool = Pool.of(all_candidates(Layers.of([3] * 5), 65))
            >>> [rate for _, rate in pool.best(1, DEFAULT)[0]]
            [1, 3, 5, 8, 15]
        """
        import numpy as np

        if len(self) <= 1 or many < 1:
            return self.schedules[: max(0, many)]
        if not criteria:
            return sorted(self.schedules, key=_by_rates)[:many]
        found: list[tuple[Taps, ...]] = []
        values = self.values(criteria[0])
        for value in np.unique(values).tolist():
            found += self.where(values == value).best(many - len(found), criteria[1:])
            if len(found) >= many:
                break
        return found

    def rank(self, taps: tuple[Taps, ...], criteria: Sequence[str]) -> int | None:
        """The place of one of the schedules among all, 1 for the first; None if it is not among them."""
        import numpy as np

        if taps not in self._places:
            return None
        place, before = self._places[taps], np.zeros(len(self), bool)
        alike = np.ones(len(self), bool)
        for criterion in criteria:
            values = self._values(criterion)
            before |= alike & (values < values[place])
            alike &= values == values[place]
        tied = [self.schedules[other] for other in np.flatnonzero(alike)]
        return 1 + int(before.sum()) + sum(_by_rates(other) < _by_rates(taps) for other in tied)

    @cached_property
    def _places(self) -> dict[tuple[Taps, ...], int]:
        return {taps: place for place, taps in enumerate(self.schedules)}

    @cached_property
    def _known_values(self) -> dict[str, _Values]:
        return {}

    def _values(self, criterion: str) -> _Values:
        return self._known_values.setdefault(criterion, self.values(criterion))

    def columns(self, criteria: Sequence[str]) -> _Values:
        """What criteria say of each schedule, (schedules, criteria)."""
        import numpy as np

        infinite = float("inf")
        columns = [np.concatenate([CRITERIA[one](block, infinite) for block in self.blocks]) for one in criteria]
        return np.column_stack(columns).round(_ALIKE)

    def unbeaten(self, criteria: Sequence[str]) -> Pool:
        """The schedules than which no other is better in one criterion and as good in all."""
        import numpy as np

        values = self.columns(criteria)
        left, kept = np.lexsort(values.T[::-1]), np.zeros(len(values), bool)
        while len(left):  # nothing that comes later can beat the first
            behind = (values[left] >= values[left[0]]).all(axis=1)
            kept[left] |= (values[left] == values[left[0]]).all(axis=1)
            left = left[~behind]
        return self.where(kept)


def _by_rates(taps: tuple[Taps, ...]) -> tuple[tuple[int, int], ...]:
    return tuple((rate, kernel) for kernel, rate in taps)


def first_by(blocks: Iterable[Candidates], criterion: str, many: int) -> Pool:
    """All schedules that may be among the first by a criterion, out of more than can be held at once.

    Args:
        blocks: The schedules.
        criterion: The first criterion that they are ranked by.
        many: How many will be asked for; all that are as good as the last of these are kept.
    """
    import numpy as np

    kept, values, bound = Pool(()), np.zeros(0), np.inf
    waiting: list[Candidates] = []
    for block in blocks:
        own = _compared(block, criterion, bound)
        near = own <= bound
        waiting.append(block._replace(rates=block.rates[:, near]))
        values = np.concatenate([values, own[near]])
        if len(values) >= many:
            new = float(np.partition(values, many - 1)[many - 1])
            if new < bound:
                kept, waiting, bound = Pool.of((*kept.blocks, *waiting)), [], new
                keep = kept.values(criterion) <= bound
                kept, values = kept.where(keep), kept.values(criterion)[keep]
    return Pool.of((*kept.blocks, *waiting))
