"""One schedule that answers a wish, with what is true of it: worked out for it alone, not taken from the search."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rfscope.design.instead import sound
from rfscope.design.known import known_as
from rfscope.exact.judged import judge
from rfscope.exact.judgement import Verdict
from rfscope.exact.schedule import Schedule
from rfscope.exact.spread import standard_deviation
from rfscope.exact.taps import Taps, axis_counts
from rfscope.network.graph import Network

__all__ = ["Answer"]


@dataclass(frozen=True)
class Answer:
    """A schedule, as a rule without holes.

    Attributes:
        taps: Kernel and rate of each layer, in the order they are written in.
        dims: Spatial axes.
        causal: Whether no layer reads ahead.
        rank: Its place among all schedules that do, 1 for the best; None if that is not known.
        front: Whether no other is better in one criterion and as good in all; None if that is not known.
        distance: Steps of rates from those that were given; None if none were.
    """

    taps: tuple[Taps, ...]
    dims: int = 2
    causal: bool = False
    rank: int | None = None
    front: bool | None = None
    distance: int | None = None

    @cached_property
    def schedule(self) -> Schedule:
        """The schedule, judged."""
        return judge(self.taps)

    @property
    def kernels(self) -> tuple[int, ...]:
        """Taps of each layer."""
        return self.schedule.kernels

    @property
    def rates(self) -> tuple[int, ...]:
        """Rate of each layer."""
        return self.schedule.rates

    @property
    def field(self) -> int:
        """The receptive field along one axis."""
        return self.schedule.extent

    @property
    def isolated(self) -> int:
        """Layers, back from the exit, in which two adjacent outputs share nothing."""
        return self.schedule.meeting.isolated

    @property
    def common(self) -> int | None:
        """Layers back at which they first have an input in common; None if they never have."""
        return self.schedule.meeting.depth

    @property
    def index(self) -> float | None:
        """The gridding index; None if it takes too long."""
        return self.schedule.gridding_index

    @cached_property
    def _middle(self) -> tuple[int, ...]:
        counts = axis_counts(self.taps)
        return counts[len(counts) // 4 : len(counts) - len(counts) // 4]

    @property
    def step(self) -> float:
        """The largest difference of two adjacent usage counts relative to their sum, in the middle half."""
        pairs = pairwise(self._middle)
        return max((abs(one - other) / (one + other) if one + other else 1.0 for one, other in pairs), default=0.0)

    @property
    def paths(self) -> int:
        """The fewest paths from a position in the middle half, along one axis."""
        return min(self._middle)

    @property
    def max_rate(self) -> int:
        """The largest rate."""
        return max(self.rates)

    @property
    def width(self) -> float:
        """Standard deviation of the usage counts as a part of the field."""
        return standard_deviation(self.taps) / self.field

    @cached_property
    def verdict(self) -> Verdict:
        """What is said of it, taken as a network of its own."""
        if not self.schedule.hole_free:
            return "holes"
        return "ok" if sound(self.taps, causal=self.causal) else "gridding"

    @property
    def known_as(self) -> str | None:
        """Who published it."""
        return known_as(self.kernels, self.rates)

    def network(self) -> Network:
        """The schedule as a network."""
        from rfscope.network.build import chain

        name = ",".join(map(str, self.rates))
        return chain(self.rates, kernel=self.kernels, dims=self.dims, causal=self.causal, name=name)
