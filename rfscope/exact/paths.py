"""The paths to one output: how often it uses each position of every map.

There are three ways to keep them. A chain is a product of its axes. Each axis of a chain of windows on the unbounded
grid has a closed form, made of Python's integers alone (``closed_form``). Branches do not factor, so any other network
needs dense maps (``dense``). This module chooses once, in ``paths``; every fact about an output comes from the
result.

These are counts for one output, and the dense maps of ``walk`` hold their digits. A verdict must know whether any
output skips positions, at any phase, but not how often: ``lines`` answers that with one bit a position. Dense maps of
digits for every phase would be far too large.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from rfscope.exact.closed_form import ClosedForm
from rfscope.exact.counts import Counts
from rfscope.exact.coverage import Coverage, axes_coverage
from rfscope.exact.neighbours import Neighbours, Shares, Use
from rfscope.exact.taps import Taps
from rfscope.network.graph import INPUT, Network
from rfscope.network.parts import one_axis
from rfscope.network.reads import Window

if TYPE_CHECKING:
    from rfscope.exact.dense import Dense
    from rfscope.network.sizes import Sizes

__all__ = ["Paths", "Product", "paths"]


@dataclass(frozen=True, eq=False)
class Product(Neighbours):
    """A chain: a pixel is used as often as the product of its axes says.

    Attributes:
        network: The settled chain that ends at the output.
        lines: The paths along each axis; axes that are alike share one record.
    """

    network: Network
    lines: tuple[ClosedForm | Dense, ...]

    @cached_property
    def taps(self) -> tuple[tuple[Taps, ...], ...] | None:
        """Per axis, kernel and rate of each layer in input pixels; None unless all axes are in closed form."""
        known = [line.taps for line in self.lines]
        return tuple(axis for taps in known if taps is not None for axis in taps) if None not in known else None

    @property
    def is_placed(self) -> bool:
        """Whether it is known where every layer reads."""
        return all(line.is_placed for line in self.lines)

    @cached_property
    def counts(self) -> Counts:
        """How often each pixel is used."""
        return Counts(tuple(line.counts.marginal(0) for line in self.lines))

    @cached_property
    def first(self) -> tuple[int | None, ...]:
        """First pixel that is read; if one axis reads nothing, no axis does."""
        return (None,) * len(self.lines) if self.reads_nothing else tuple(line.first[0] for line in self.lines)

    @property
    def reads_nothing(self) -> bool:
        """Whether no pixel is read."""
        return any(line.reads_nothing for line in self.lines)

    @property
    def hole_free(self) -> bool:
        """Whether every pixel that is spanned is read."""
        return self.reads_nothing or all(line.hole_free for line in dict.fromkeys(self.lines))

    def coverage(self, strides: Sequence[int]) -> Coverage:
        """Which pixels are read."""
        return axes_coverage([line.axis_coverage for line in self.lines], strides)

    @cached_property
    def shares(self) -> tuple[Shares, ...]:
        """What the next outputs read, too: along the other axes they read the same."""
        found = [line.shares[0] for line in self.lines]
        if self.taps is not None:
            return tuple(found)
        # where one axis reads nothing of a map, no axis reads anything of it
        read = set.intersection(*(set(line.use([INPUT, *self.network.by_name])) for line in self.lines))
        return tuple({name: share if name in read else None for name, share in line.items()} for line in found)

    @property
    def marginals(self) -> tuple[tuple[int, ...], ...]:
        """Along each axis, the paths from all pixels at each place, up to a common factor."""
        return tuple(line.marginals[0] for line in self.lines)

    @property
    def deviations(self) -> tuple[float, ...]:
        """Standard deviation of the counts."""
        return tuple(line.deviations[0] for line in self.lines)

    def use(self, names: Collection[str]) -> dict[str, Use]:
        """What is used of some maps."""
        lines = [line.use(names) for line in self.lines]
        found: dict[str, Use] = {}
        for name in names:
            if all(name in line for line in lines):
                starts, counts = zip(*(line[name] for line in lines), strict=True)
                found[name] = tuple(start for (start,) in starts), Counts(tuple(line.marginal(0) for line in counts))
        return found

    def lines_read(self) -> list[list[int]]:
        """The positions of a finite input that some output reads; if one axis reads nothing, no axis does."""
        found = [line.lines_read()[0] for line in self.lines if not isinstance(line, ClosedForm)]
        return found if all(found) else [[] for _ in found]


Paths: TypeAlias = "Product | Dense"
"""The paths to one output."""


def paths(network: Network, position: Sequence[int], sizes: Sizes | None = None) -> Paths:
    """What one output of a network uses of every map.

    Args:
        network: A settled network that ends at the output.
        position: Which of its outputs, per axis.
        sizes: Sizes of the maps; None on an unbounded grid.
    """
    if not network.is_chain:
        return _dense(network, tuple(position), sizes)
    lines: dict[object, ClosedForm | Dense] = {}  # axes that are alike are worked out once
    found = []
    for axis, place in enumerate(position):
        reads = tuple(node.reads[axis] for node in network.nodes)
        own = None if sizes is None else {name: None if size is None else (size[axis],) for name, size in sizes.items()}
        key = (reads, place, None if own is None else tuple(own.values()))
        if key not in lines:
            line = one_axis(network, axis)
            in_closed_form = own is None and all(isinstance(read, Window) for read in reads)
            lines[key] = ClosedForm(line, (place,)) if in_closed_form else _dense(line, (place,), own)
        found.append(lines[key])
    return Product(network, tuple(found))


def _dense(network: Network, position: tuple[int, ...], sizes: Sizes | None) -> Dense:
    from rfscope.exact.dense import Dense

    return Dense(network, position, sizes)
