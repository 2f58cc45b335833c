"""The paths to one output as dense maps of counts, for networks with branches or along one axis of a chain."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from rfscope.exact.boxes import Box
from rfscope.exact.coverage import AxisCoverage, Coverage, map_coverage, packed_coverage
from rfscope.exact.dense_counts import DenseCounts
from rfscope.exact.digits import lines_used
from rfscope.exact.marginals import marginal_lines
from rfscope.exact.neighbours import Neighbours, Shares, Use
from rfscope.exact.packed import positions
from rfscope.exact.position_sets import NO_POSITIONS, Positions
from rfscope.exact.products import box_coverage, input_box
from rfscope.exact.regions import everything, one_output, one_use, trimmed
from rfscope.exact.room import check_room
from rfscope.exact.shares import network_shares
from rfscope.exact.spread import line_deviation
from rfscope.exact.taps import Taps
from rfscope.exact.walk import path_bounds, walk_back
from rfscope.network.graph import INPUT, Network
from rfscope.network.reads import Window
from rfscope.network.sizes import Sizes

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Dense"]


@dataclass(frozen=True, eq=False)
class Dense(Neighbours):
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
        """Whether it is known where every layer reads. If it is not, what branches have in common is unknown."""
        local = self.network.local  # what lies behind global operations is not asked for
        reads = [read for node in self.network.nodes if node.name in local for read in node.reads]
        return self.sizes is not None or all(
            read.known_padding is not None for read in reads if isinstance(read, Window)
        )

    @cached_property
    def _box(self) -> Box | None:
        """What is read along each axis, if that is all there is to know; None if it takes a map."""
        return input_box(self.network, tuple(Positions(place, 1) for place in self.position), self.sizes)

    @cached_property
    def _read(self) -> tuple[tuple[int | None, ...], np.ndarray[Any, Any]]:
        """The first pixel that is read, and booleans from there to the last; this needs no digits."""
        import numpy as np

        end, start = self.network.outputs[0], one_use(self.position)
        ask = partial(check_room, self.network, start, sizes=self.sizes)
        found = walk_back(self.network, end, start, sizes=self.sizes, keep=(), ask=ask).get(INPUT)
        box = None if found is None else trimmed(found)
        if box is None:
            return (None,) * len(self.position), np.zeros((0,) * len(self.position), dtype=bool)
        return box.start, box.planes[0]

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
        if self._box is None:
            return self._read[0]
        return tuple(None if self.reads_nothing else line.start for line in self._box)

    @property
    def hole_free(self) -> bool:
        """Whether every pixel that is spanned is read."""
        return bool(self._read[1].all()) if self._box is None else not any(line.has_gap for line in self._box)

    @property
    def reads_nothing(self) -> bool:
        """Whether no pixel is read."""
        return self._read[1].size == 0 if self._box is None else not self._box[0].bits

    def coverage(self, strides: Sequence[int]) -> Coverage:
        """Which pixels are read, where the next output of the same phase lies so many pixels on."""
        return map_coverage(self._read[1], strides) if self._box is None else box_coverage(self._box, strides)

    @cached_property
    def axis_coverage(self) -> AxisCoverage:
        """Which positions are read, of a network of one axis."""
        [line] = self._box or (NO_POSITIONS,)  # one axis alone is always a product
        return packed_coverage(line.size, line.bits)

    @cached_property
    def shares(self) -> tuple[Shares, ...]:
        """What the next outputs read, too."""
        return network_shares(self.network, self.position, self.sizes)

    @cached_property
    def deviations(self) -> tuple[float, ...]:
        """Standard deviation of the counts."""
        return tuple(map(line_deviation, self.marginals))

    @cached_property
    def marginals(self) -> tuple[tuple[int, ...], ...]:
        """Along each axis, the paths from all pixels at each place, up to a common factor."""
        alone = marginal_lines(self.network, self.position, self.sizes)
        return alone or tuple(self.counts.marginal(axis) for axis in range(self.network.dims))

    def use(self, names: Collection[str]) -> dict[str, Use]:
        """How often some maps are used; maps that are not used at all are missing."""
        return {**self._walk(names)}

    def _walk(self, names: Collection[str]) -> dict[str, tuple[tuple[int, ...], DenseCounts]]:
        end = self.network.outputs[0]
        start = one_output(self.position, max(path_bounds(self.network, end).values()))
        ask = partial(check_room, self.network, start, sizes=self.sizes, keep=names)
        found = walk_back(self.network, end, start, sizes=self.sizes, keep=names, ask=ask)
        boxes = ((name, trimmed(region)) for name, region in found.items() if name in names)
        return {name: (box.start, DenseCounts(box.planes)) for name, box in boxes if box is not None}

    def lines_read(self) -> list[list[int]]:
        """Per axis of a finite input, the positions at which some pixel is read by some output of the same map."""
        sizes, end = self.sizes or {}, self.network.outputs[0]
        size = sizes.get(end)
        if size is None:  # behind a global operation everything is read
            return [list(range(length)) for length in sizes.get(INPUT) or ()]
        box = input_box(self.network, tuple(Positions(0, (1 << length) - 1) for length in size), sizes)
        if box is not None:
            return [[line.start + place for place in positions(line.bits)] for line in box]
        start = everything(size, end)
        ask = partial(check_room, self.network, start, sizes=sizes)
        found = walk_back(self.network, end, start, sizes=sizes, keep=(), ask=ask).get(INPUT)
        return [[] for _ in size] if found is None else lines_used(found.used())
