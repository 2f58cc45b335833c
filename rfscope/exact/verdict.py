"""The verdict on one schedule: the published rules beside the exact test."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from rfscope.errors import LimitError
from rfscope.exact import coverage, gridding, meeting, schedule
from rfscope.exact import taps as chain
from rfscope.exact.pieces import Piece, Run
from rfscope.exact.taps import Taps
from rfscope.network.graph import Network
from rfscope.wording import rates_text

__all__ = ["Group", "Schedule"]


class Group(NamedTuple):
    """A maximal run of rates that do not fall, which is what the distance rule is meant for.

    Attributes:
        first: Index of its first layer in the schedule.
        rates: Its rates.
        m2: The distance M_2; None for a single rate.
        kernel: Taps of its first layer, which M_2 must not exceed.
    """

    first: int
    rates: tuple[int, ...]
    m2: int | None
    kernel: int

    @property
    def ok(self) -> bool | None:
        """Whether M_2 is at most the kernel; None for a single rate."""
        return None if self.m2 is None else self.m2 <= self.kernel


@dataclass(frozen=True)
class Schedule:
    """The layers of a piece that have more than one tap, as a list of kernels and rates, and what holds of them.

    Everything but the numbers themselves is computed when asked for.

    Example:
        >>> import rfscope as rf
        >>> found = rf.analyze("2,2,2").schedules[0]
        >>> found.m2_ok, found.hole_free, found.agrees
        (True, False, False)
    """

    piece: Piece

    def __repr__(self) -> str:
        return f"<Schedule {rates_text(self.rates, self.kernels)} of {self.piece.label}>"

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes along which it holds."""
        return self.piece.axes

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """Names of its layers."""
        return tuple(step.name for step in self.piece.schedule)

    @cached_property
    def taps(self) -> tuple[Taps, ...]:
        """Kernel and rate of each layer."""
        return tuple(step.taps for step in self.piece.schedule)

    @property
    def kernels(self) -> tuple[int, ...]:
        """Taps of each layer."""
        return tuple(one.kernel for one in self.taps)

    @property
    def rates(self) -> tuple[int, ...]:
        """Rate of each layer at the piece's resolution."""
        return tuple(one.rate for one in self.taps)

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The dilated runs of the piece."""
        return self.piece.runs

    def is_all_of(self, network: Network) -> bool:
        """Whether a network is a chain that has no other layer of more than one tap."""
        return network.is_chain and sum(node.taps > 1 for node in network.nodes) == len(self.taps)

    @property
    def serial_runs(self) -> tuple[Run, ...]:
        """The runs whose layers stand one behind the other, which the rules for schedules judge."""
        return tuple(run for run in self.runs if not run.pyramid)

    @cached_property
    def distances(self) -> tuple[int, ...]:
        """M_1 .. M_n of the whole schedule as published."""
        return schedule.max_distances(self.rates)

    @property
    def m2(self) -> int | None:
        """M_2 of the whole schedule; None for a single layer."""
        return self.distances[1] if len(self.distances) > 1 else None

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The maximal runs of rates that do not fall, each with its M_2."""
        found, kernels, rates = [], self.kernels, self.rates
        for first, stop in schedule.groups(rates):
            m2 = schedule.max_distances(rates[first:stop])[1] if stop - first > 1 else None
            found.append(Group(first, rates[first:stop], m2, kernels[first]))
        return tuple(found)

    @property
    def m2_ok(self) -> bool | None:
        """Whether every group of two or more rates keeps M_2 <= K; None if there is no such group."""
        verdicts = [group.ok for group in self.groups if group.ok is not None]
        return all(verdicts) if verdicts else None

    @property
    def factor(self) -> int:
        """The greatest common divisor of the rates."""
        return schedule.common_factor(self.rates)

    @property
    def sawtooth(self) -> bool:
        """Whether the rates rise strictly and start again alike."""
        return schedule.is_sawtooth(self.rates)

    @cached_property
    def hole_free(self) -> bool:
        """The exact test: whether every position of the field is read."""
        return chain.hole_free(self.taps)

    @property
    def agrees(self) -> bool | None:
        """Whether the published distance rule and the exact test say the same; None where the rule says nothing."""
        return None if self.m2_ok is None else self.m2_ok == self.hole_free

    @cached_property
    def repair(self) -> chain.Repair:
        """Allowed rates, and the nearest schedule below this one without holes."""
        return chain.repair(self.taps)

    @cached_property
    def coverage(self) -> coverage.Coverage:
        """What one output of the piece reads of its entry over all paths, over the schedule's axes."""
        return self.piece.coverage

    @cached_property
    def meeting(self) -> meeting.Meeting:
        """Where neighbouring outputs of the piece first meet."""
        return self.piece.meeting

    @cached_property
    def _index(self) -> float | str:
        try:
            return gridding.gridding_index(self.taps)
        except LimitError as error:
            return str(error)

    @property
    def gridding_index(self) -> float | None:
        """The gridding index of the schedule taken as a plain chain; None if it takes too long, see ``index_note``."""
        return self._index if isinstance(self._index, float) else None

    @property
    def index_note(self) -> str | None:
        """Why there is no gridding index."""
        return self._index if isinstance(self._index, str) else None
