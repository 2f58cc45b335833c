"""How often one output uses each position of every map on its way back to the input, and how that is kept.

A chain is a product of its axes, and of a chain of windows on the unbounded grid each axis is known in closed form,
with nothing but Python's integers. The branches of any other network do not factor: their maps are dense. Which it is
is decided here, once, and everything that is said of an output is asked of the result.

This is the question of one output, and its answer is counts: the dense maps of ``walk`` hold their digits. Whether
any output skips positions is asked of all outputs, at every phase, and needs no counts: ``lines`` answers it with one
bit a position. Bits cannot tell how often, and a dense map of digits for every phase would be far too much.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from rfscope.exact import taps as closed
from rfscope.exact.counts import Counts, DenseCounts, UsageCounts, axis_counts, lines_used
from rfscope.exact.coverage import AxisCoverage, Coverage, axes_coverage, counts_coverage, map_coverage, taps_coverage
from rfscope.exact.meeting import Meeting, latest, neighbour_shares, network_meeting, network_shares
from rfscope.exact.spread import line_deviation, standard_deviation
from rfscope.exact.taps import Taps, input_taps
from rfscope.exact.walk import Region, everything, one_output, one_use, path_bounds, walk_back
from rfscope.network.graph import INPUT, Network
from rfscope.network.parts import one_axis
from rfscope.network.reads import Window
from rfscope.network.sizes import Sizes

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Dense", "Paths", "Product", "Use", "chain_windows", "paths"]

Use: TypeAlias = tuple[tuple[int, ...], UsageCounts]
"""The first position of a map that is used, per axis, and how often each is used from there to the last."""

Windows: TypeAlias = tuple[Window, ...]
Shares: TypeAlias = Mapping[str, float | None]


class _Meeting(ABC):
    """Where neighbouring outputs meet, from what they share."""

    network: Network

    @property
    @abstractmethod
    def shares(self) -> tuple[Shares, ...]:
        """Per axis, the part of what is read of each map that the next output reads, too; empty without a next one."""

    def meeting_along(self, axis: int) -> Meeting | None:
        """Where this output and the next one along an axis first meet; None if there is no next one."""
        shares = self.shares[axis]
        return network_meeting(self.network, axis, shares) if shares else None

    @cached_property
    def meeting(self) -> Meeting | None:
        """The latest meeting over the axes."""
        found = [one for axis in range(self.network.dims) if (one := self.meeting_along(axis)) is not None]
        return latest(found) if found else None


def chain_windows(network: Network) -> tuple[Windows, ...] | None:
    """Per axis, the windows of a chain of nothing but windows; None for any other network."""
    if not network.is_chain:
        return None
    reads = [[node.reads[axis] for node in network.nodes] for axis in range(network.dims)]
    found = tuple(tuple(read for read in line if isinstance(read, Window)) for line in reads)
    return found if all(len(line) == len(network.nodes) for line in found) else None


@dataclass(frozen=True, eq=False)
class Dense(_Meeting):
    """Maps of counts, of a network with branches or along one axis of a chain.

    Attributes:
        network: The settled network that ends at the output.
        position: The output.
        sizes: Sizes of the maps; None on an unbounded grid.
    """

    network: Network
    position: tuple[int, ...]
    sizes: Sizes | None

    @property
    def taps(self) -> tuple[tuple[Taps, ...], ...] | None:
        """Per axis, kernel and rate of each layer in input pixels, where they say all; None elsewhere."""
        return None

    @cached_property
    def is_placed(self) -> bool:
        """Whether it is known where every layer reads; what branches have in common cannot be said otherwise."""
        local = self.network.local  # what lies behind global operations is not asked for
        reads = [read for node in self.network.nodes if node.name in local for read in node.reads]
        return self.sizes is not None or all(
            read.known_padding is not None for read in reads if isinstance(read, Window)
        )

    @cached_property
    def _read(self) -> tuple[tuple[int | None, ...], np.ndarray[Any, Any]]:
        """Where it reads, which needs no digits: the first pixel, and booleans from there to the last."""
        import numpy as np

        end = self.network.outputs[0]
        found = walk_back(self.network, end, one_use(self.position), sizes=self.sizes, keep=()).get(INPUT)
        trimmed = None if found is None else _trimmed(found)
        if trimmed is None:
            return (None,) * len(self.position), np.zeros((0,) * len(self.position), dtype=bool)
        first, planes = trimmed
        return first, planes[0]

    @cached_property
    def counts(self) -> DenseCounts:
        """How often each pixel is used, from the first that is read to the last."""
        import numpy as np

        nothing = np.zeros((1, *(0 for _ in self.position)), dtype=np.int64)
        use = self._walk([INPUT]).get(INPUT)
        return DenseCounts(nothing) if use is None else use[1]

    @property
    def first(self) -> tuple[int | None, ...]:
        """First pixel that is read, per axis; None if nothing is."""
        return self._read[0]

    @property
    def hole_free(self) -> bool:
        """Whether every pixel that is spanned is read."""
        return bool(self._read[1].all())

    @property
    def reads_nothing(self) -> bool:
        """Whether no pixel is read."""
        return self._read[1].size == 0

    def coverage(self, strides: Sequence[int]) -> Coverage:
        """Which pixels are read, where the next output of the same phase lies so many pixels on."""
        return map_coverage(self._read[1], strides)

    @cached_property
    def axis_coverage(self) -> AxisCoverage:
        """Which positions are read, of a network of one axis."""
        return counts_coverage(self._read[1].tolist())

    @cached_property
    def shares(self) -> tuple[Shares, ...]:
        """What the next outputs read, too."""
        return network_shares(self.network, self.position, self.sizes)

    @cached_property
    def deviations(self) -> tuple[float, ...]:
        """Standard deviation of the counts."""
        return tuple(line_deviation(self.counts.marginal(axis)) for axis in range(self.network.dims))

    def use(self, names: Collection[str]) -> dict[str, Use]:
        """What is used of some maps, how often; those of which nothing is used are missing."""
        return {**self._walk(names)}

    def _walk(self, names: Collection[str]) -> dict[str, tuple[tuple[int, ...], DenseCounts]]:
        end = self.network.outputs[0]
        start = one_output(self.position, max(path_bounds(self.network, end).values()))
        found = walk_back(self.network, end, start, sizes=self.sizes, keep=names)
        boxes = ((name, _trimmed(region)) for name, region in found.items() if name in names)
        return {name: (box[0], DenseCounts(box[1])) for name, box in boxes if box is not None}

    def lines_read(self) -> list[list[int]]:
        """Per axis of a finite input, the positions at which some pixel is read by some output of the same map."""
        sizes, end = self.sizes or {}, self.network.outputs[0]
        size = sizes.get(end)
        if size is None:  # behind a global operation everything is read
            return [list(range(length)) for length in sizes.get(INPUT) or ()]
        found = walk_back(self.network, end, everything(size, end), sizes=sizes, keep=()).get(INPUT)
        return [[] for _ in size] if found is None else lines_used(found.used())


class ClosedForm(Dense):
    """One axis of a chain of windows on the unbounded grid, from its kernels and rates alone."""

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
        """One layer after the other, all that is unknown is where it begins."""
        return True

    @cached_property
    def counts(self) -> Counts:  # type: ignore[override]  # lines and maps have one face
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

    @cached_property
    def deviations(self) -> tuple[float, ...]:
        """Standard deviation of the counts."""
        return (standard_deviation(self.taps[0]),)


@dataclass(frozen=True, eq=False)
class Product(_Meeting):
    """A chain: a pixel is used as often as the product of its axes says.

    Attributes:
        network: The settled chain that ends at the output.
        lines: The paths along each axis; axes that are alike share one record.
    """

    network: Network
    lines: tuple[Dense, ...]

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
        """First pixel that is read; where one axis reads nothing, none does."""
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
        # of a map of which one axis reads nothing, none does
        read = set.intersection(*(set(line.use([INPUT, *self.network.by_name])) for line in self.lines))
        return tuple({name: share if name in read else None for name, share in line.items()} for line in found)

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
        """The positions that some output reads; where one axis reads nothing, none does."""
        found = [line.lines_read()[0] for line in self.lines]
        return found if all(found) else [[] for _ in found]


Paths: TypeAlias = Product | Dense
"""What one output uses of every map."""


def paths(network: Network, position: Sequence[int], sizes: Sizes | None = None) -> Paths:
    """What one output of a network uses of every map.

    Args:
        network: A settled network that ends at the output.
        position: Which of its outputs, per axis.
        sizes: Sizes of the maps; None on an unbounded grid.
    """
    if not network.is_chain:
        return Dense(network, tuple(position), sizes)
    lines: dict[object, Dense] = {}  # axes that are alike are worked out once
    found = []
    for axis, place in enumerate(position):
        reads = tuple(node.reads[axis] for node in network.nodes)
        own = None if sizes is None else {name: None if size is None else (size[axis],) for name, size in sizes.items()}
        key = (reads, place, None if own is None else tuple(own.values()))
        if key not in lines:
            kind = ClosedForm if own is None and all(isinstance(read, Window) for read in reads) else Dense
            lines[key] = kind(one_axis(network, axis), (place,), own)
        found.append(lines[key])
    return Product(network, tuple(found))


def _trimmed(region: Region) -> tuple[tuple[int, ...], np.ndarray[Any, Any]] | None:
    """The planes of a region from the first position used to the last, and where they start; None if none is used."""
    lines = lines_used(region.used())
    if not all(lines):
        return None
    box = [slice(line[0], line[-1] + 1) for line in lines]
    first = tuple(start + part.start for start, part in zip(region.start, box, strict=True))
    return first, region.planes[(slice(None), *box)]
