"""One schedule that answers a wish, with what is true of it: worked out for it alone, not taken from the search."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rfscope.design.instead import sound
from rfscope.design.known import known_as
from rfscope.exact.analysis import analyze
from rfscope.exact.judged import judge
from rfscope.exact.judgement import Verdict
from rfscope.exact.meeting import Meeting, meeting
from rfscope.exact.schedule import Schedule
from rfscope.exact.spread import standard_deviation
from rfscope.exact.taps import Taps, axis_counts, extent_of, input_taps
from rfscope.network.graph import Network
from rfscope.network.reads import Window

__all__ = ["Answer"]


@dataclass(frozen=True)
class Answer:
    """A schedule, as a rule without holes.

    Attributes:
        taps: Kernel and rate of each layer, in the order they are written in.
        strides: The stride of each layer; none if all are 1.
        dims: Spatial axes.
        causal: Whether no layer reads ahead.
        rank: Its place among all schedules that do, 1 for the best; None if that is not known.
        front: Whether no other is better in one criterion and as good in all; None if that is not known.
        distance: Steps of rates from those that were given; None if none were.
    """

    taps: tuple[Taps, ...]
    dims: int = 2
    causal: bool = False
    strides: tuple[int, ...] = ()
    rank: int | None = None
    front: bool | None = None
    distance: int | None = None

    @cached_property
    def schedule(self) -> Schedule:
        """The schedule, judged; with strides, as if there were none: then its rates and kernels alone are of use."""
        return judge(self.taps)

    @cached_property
    def _windows(self) -> list[Window]:
        strides = self.strides or (1,) * len(self.taps)
        return [
            Window(kernel=kernel, dilation=rate, stride=stride)
            for (kernel, rate), stride in zip(self.taps, strides, strict=True)
        ]

    @cached_property
    def on_input(self) -> tuple[Taps, ...]:
        """The layers with their rates in positions of the input."""
        return input_taps(self._windows)

    @cached_property
    def _meeting(self) -> Meeting:
        return meeting(self._windows)

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
        return extent_of(self.on_input)

    @property
    def isolated(self) -> int:
        """Layers, back from the exit, in which two adjacent outputs share nothing."""
        return self._meeting.isolated

    @property
    def common(self) -> int | None:
        """Layers back at which they first have an input in common; None if they never have."""
        return self._meeting.depth

    @property
    def index(self) -> float | None:
        """The gridding index; None if it takes too long, and with strides: it is one of layers at one resolution."""
        return None if self.strides else self.schedule.gridding_index

    @property
    def m2(self) -> int | None:
        """M_2; None with strides, for the same reason."""
        return None if self.strides else self.schedule.m2

    @property
    def m2_ok(self) -> bool | None:
        """Whether M_2 keeps to the kernel; None with strides."""
        return None if self.strides else self.schedule.m2_ok

    @property
    def sawtooth(self) -> bool | None:
        """Whether the rates rise and begin again alike; None with strides."""
        return None if self.strides else self.schedule.sawtooth

    @cached_property
    def _middle(self) -> tuple[int, ...]:
        counts = axis_counts(self.on_input)
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
        return standard_deviation(self.on_input) / self.field

    @cached_property
    def verdict(self) -> Verdict:
        """What is said of it, taken as a network of its own."""
        if self.strides:
            return analyze(self._network(1)).verdict or "ok"
        if not self.schedule.hole_free:
            return "holes"
        return "ok" if sound(self.taps, causal=self.causal) else "gridding"

    @property
    def known_as(self) -> str | None:
        """Who published it."""
        return None if self.strides else known_as(self.kernels, self.rates)

    def network(self) -> Network:
        """The schedule as a network."""
        return self._network(self.dims)

    def _network(self, dims: int) -> Network:
        from rfscope.network.build import chain

        name, strides = ",".join(map(str, self.rates)), self.strides or 1
        return chain(self.rates, kernel=self.kernels, stride=strides, dims=dims, causal=self.causal, name=name)
