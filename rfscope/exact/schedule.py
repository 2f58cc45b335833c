"""A dilation schedule: the design rules as published, and the exact test.

Wang et al., "Understanding Convolution for Semantic Segmentation" (WACV 2018), section 3.2: the distance M_2 must not
exceed the kernel, the rates should share no common factor, and they should rise and start again like a sawtooth.
The distance rule is exact where the paper uses it (3x3 kernels, rates that never fall, starting at 1). Elsewhere it
never looks at the first rate, depends on an order that coverage does not depend on, and has a constant meant for 3
taps.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from rfscope.errors import LimitError
from rfscope.exact import gridding
from rfscope.exact.meeting import Meeting, meeting
from rfscope.exact.taps import Repair, Taps, extent_of, hole_free, repair
from rfscope.network.reads import Window

__all__ = ["Group", "Schedule", "common_factor", "groups", "is_sawtooth", "max_distances"]


class Group(NamedTuple):
    """A maximal run of rates that do not fall, which is what the distance rule is meant for.

    Attributes:
        places: Index of each of its layers in the schedule.
        rates: Its rates.
        m2: The distance M_2; None for a single rate.
        kernel: Taps of its first layer, which M_2 must not exceed.
    """

    places: tuple[int, ...]
    rates: tuple[int, ...]
    m2: int | None
    kernel: int

    @property
    def first(self) -> int:
        """Index of its first layer in the schedule."""
        return self.places[0]

    @property
    def ok(self) -> bool | None:
        """Whether M_2 is at most the kernel; None for a single rate."""
        return None if self.m2 is None else self.m2 <= self.kernel


class Schedule(ABC):
    """A dilation schedule as a plain chain; each fact is computed when it is asked for."""

    @property
    @abstractmethod
    def taps(self) -> tuple[Taps, ...]:
        """Kernel and rate of each layer, all in one unit."""

    @cached_property
    def kernels(self) -> tuple[int, ...]:
        """Taps of each layer."""
        return tuple(one.kernel for one in self.taps)

    @cached_property
    def rates(self) -> tuple[int, ...]:
        """Rate of each layer."""
        return tuple(one.rate for one in self.taps)

    @property
    def published(self) -> Sequence[int]:
        """Index of each layer that the published rules are about: all but pooling, which the exact test counts."""
        return range(len(self.taps))

    @cached_property
    def published_rates(self) -> tuple[int, ...]:
        """Rates of these layers."""
        return tuple(self.rates[place] for place in self.published)

    @property
    def extent(self) -> int:
        """Positions from the first that one output reads to the last."""
        return extent_of(self.taps)

    @cached_property
    def distances(self) -> tuple[int, ...]:
        """M_1 .. M_n of the whole schedule as published."""
        return max_distances(self.published_rates)

    @property
    def m2(self) -> int | None:
        """M_2 of the whole schedule; None for a single layer."""
        return self.distances[1] if len(self.distances) > 1 else None

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The maximal runs of rates that do not fall, each with its M_2."""
        found = []
        for first, stop in groups(self.published_rates):
            places, rates = tuple(self.published[first:stop]), self.published_rates[first:stop]
            m2 = max_distances(rates)[1] if len(rates) > 1 else None
            found.append(Group(places, rates, m2, self.kernels[places[0]]))
        return tuple(found)

    @property
    def m2_ok(self) -> bool | None:
        """Whether every group of two or more rates keeps M_2 <= K; None if there is no such group."""
        verdicts = [group.ok for group in self.groups if group.ok is not None]
        return all(verdicts) if verdicts else None

    @property
    def factor(self) -> int:
        """The greatest common divisor of the rates."""
        return common_factor(self.published_rates)

    @property
    def sawtooth(self) -> bool:
        """Whether the rates rise strictly and start again alike."""
        return is_sawtooth(self.published_rates)

    @cached_property
    def hole_free(self) -> bool:
        """The exact test: whether every position of the field is read."""
        return hole_free(self.taps)

    @property
    def agrees(self) -> bool | None:
        """Whether the published distance rule and the exact test say the same; None where the rule says nothing."""
        return None if self.m2_ok is None else self.m2_ok == self.hole_free

    @cached_property
    def repair(self) -> Repair:
        """Allowed rates, and the nearest schedule below this one without holes."""
        return repair(self.taps)

    @cached_property
    def meeting(self) -> Meeting:
        """Where neighbouring outputs meet.

        Raises:
            LimitError: The field is longer than the limit ``axis``.
        """
        return meeting([Window(kernel=kernel, dilation=rate) for kernel, rate in self.taps])

    @cached_property
    def _index(self) -> float | str:
        try:
            return gridding.gridding_index(self.taps)
        except LimitError as error:
            return str(error)

    @property
    def gridding_index(self) -> float | None:
        """The gridding index; None if it takes too long, see ``index_note``."""
        return self._index if isinstance(self._index, float) else None

    @property
    def index_note(self) -> str | None:
        """Why there is no gridding index."""
        return self._index if isinstance(self._index, str) else None


def max_distances(rates: Sequence[int]) -> tuple[int, ...]:
    """The largest distance between nonzero values after each layer: M_1 .. M_n of Wang et al. 2018, equation 2.

    ``M_n = r_n``; ``M_i = max(M_(i+1) - 2 r_i, 2 r_i - M_(i+1), r_i)``.

    Example:
        >>> max_distances([1, 2, 9])
        (3, 5, 9)
    """
    distances: list[int] = []
    for rate in reversed(rates):
        later = distances[-1] if distances else rate
        distances.append(max(later - 2 * rate, 2 * rate - later, rate))
    return tuple(reversed(distances))


def groups(rates: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Split a schedule into its maximal runs of rates that do not fall, as (first, behind last) indices.

    Example:
        >>> groups([1, 2, 5, 1, 2, 5])
        ((0, 3), (3, 6))
    """
    breaks = [place for place in range(1, len(rates)) if rates[place] < rates[place - 1]]
    edges = [0, *breaks, len(rates)] if rates else []
    return tuple(pairwise(edges))


def is_sawtooth(rates: Sequence[int]) -> bool:
    """Whether the rates rise strictly and start again alike: 1,2,3,1,2,3; the last rise may be cut short.

    Example:
        >>> is_sawtooth([1, 2, 5, 1, 2]), is_sawtooth([2, 2, 2])
        (True, False)
    """
    teeth = [tuple(rates[first:stop]) for first, stop in groups(rates)]
    if not teeth or len(teeth[0]) < 2:
        return False
    tooth, *later = teeth
    rises = all(low < high for low, high in pairwise(tooth))
    whole = all(other == tooth for other in later[:-1])
    return rises and whole and all(other == tooth[: len(other)] for other in later[-1:])


def common_factor(rates: Sequence[int]) -> int:
    """The greatest common divisor of the rates; 1 if there are none.

    Example:
        >>> common_factor([2, 4, 8])
        2
    """
    return math.gcd(*rates) or 1
