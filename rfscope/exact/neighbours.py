"""Where neighbouring outputs meet, however it is known what they share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import TypeAlias

from rfscope.exact.counts import UsageCounts
from rfscope.exact.meeting import Meeting, latest, network_meeting
from rfscope.network.graph import Network

__all__ = ["Neighbours", "Shares", "Use"]

Use: TypeAlias = tuple[tuple[int, ...], UsageCounts]
"""The first position of a map that is used, per axis, and how often each is used from there to the last."""

Shares: TypeAlias = Mapping[str, float | None]


class Neighbours(ABC):
    """Where neighbouring outputs meet, derived from what they share."""

    network: Network

    @property
    @abstractmethod
    def shares(self) -> tuple[Shares, ...]:
        """Per axis, the part of what it reads of each map that the next output reads too; empty without a next one."""

    def meeting_along(self, axis: int) -> Meeting | None:
        """Where this output and the next one along an axis first meet; None if there is no next one."""
        shares = self.shares[axis]
        return network_meeting(self.network, axis, shares) if shares else None

    @cached_property
    def meeting(self) -> Meeting | None:
        """The latest meeting over the axes."""
        found = [one for axis in range(self.network.dims) if (one := self.meeting_along(axis)) is not None]
        return latest(found) if found else None
