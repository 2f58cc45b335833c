"""The paths to one output of a chain of windows along one axis of the unbounded grid: all from kernels and rates."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from rfscope.exact import taps as closed
from rfscope.exact.counts import Counts
from rfscope.exact.coverage import AxisCoverage, taps_coverage
from rfscope.exact.meeting import neighbour_shares
from rfscope.exact.neighbours import Neighbours, Shares, Use
from rfscope.exact.spread import standard_deviation
from rfscope.exact.taps import Taps, axis_counts, input_taps
from rfscope.network.graph import INPUT, Network
from rfscope.network.reads import Window

__all__ = ["ClosedForm", "chain_windows"]

Windows: TypeAlias = tuple[Window, ...]


def chain_windows(network: Network) -> tuple[Windows, ...] | None:
    """Per axis, the windows of a chain of nothing but windows; None for any other network."""
    if not network.is_chain:
        return None
    reads = [[node.reads[axis] for node in network.nodes] for axis in range(network.dims)]
    found = tuple(tuple(read for read in line if isinstance(read, Window)) for line in reads)
    return found if all(len(line) == len(network.nodes) for line in found) else None


@dataclass(frozen=True, eq=False)
class ClosedForm(Neighbours):
    """One axis of a chain of windows on the unbounded grid, from its kernels and rates alone.

    Attributes:
        network: The settled chain that ends at the output.
        position: The output.
    """

    network: Network
    position: tuple[int]

    @cached_property
    def windows(self) -> Windows:
        """The layers, entry first."""
        return tuple(read for node in self.network.nodes for read in node.reads if isinstance(read, Window))

    @cached_property
    def taps(self) -> tuple[tuple[Taps, ...], ...]:
        """Kernel and rate of each layer in input pixels."""
        return (input_taps(self.windows),)

    @property
    def is_placed(self) -> bool:
        """The layers of a chain stand one after the other, so at most the beginning of the field is unknown."""
        return True

    @cached_property
    def counts(self) -> Counts:
        """How often each pixel is used."""
        return Counts((axis_counts(self.taps[0]),))

    @cached_property
    def first(self) -> tuple[int | None, ...]:
        """First pixel that is read."""
        (place,) = self.position
        for window in reversed(self.windows):
            if window.known_padding is None:
                return (None,)
            place = place * window.stride - window.known_padding[0]
        return (place,)

    @property
    def reads_nothing(self) -> bool:
        """A window reads something."""
        return False

    @property
    def hole_free(self) -> bool:
        """Whether every pixel that is spanned is read."""
        return closed.hole_free(self.taps[0])

    @cached_property
    def axis_coverage(self) -> AxisCoverage:
        """Which positions are read."""
        return taps_coverage(self.taps[0])

    @cached_property
    def shares(self) -> tuple[Shares, ...]:
        """What the next output reads, too."""
        names = [INPUT, *(node.name for node in self.network.nodes)]
        return (dict(zip(names, neighbour_shares(self.windows), strict=False)),)

    @property
    def marginals(self) -> tuple[tuple[int, ...], ...]:
        """The counts."""
        return self.counts.factors

    @cached_property
    def deviations(self) -> tuple[float, ...]:
        """Standard deviation of the counts."""
        return (standard_deviation(self.taps[0]),)

    def use(self, names: Collection[str]) -> dict[str, Use]:
        """How often some maps are used, which takes maps of this axis: only the input has a closed form."""
        from rfscope.exact.dense import Dense

        return Dense(self.network, self.position, None).use(names)
