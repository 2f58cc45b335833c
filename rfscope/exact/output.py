"""What one output of a network sees: everything but the field is computed when it is asked for.

A chain of windows needs nothing but Python's integers. The modules that walk over dense maps are loaded where another
network needs them, so that the answer on a list of rates does not wait for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from rfscope.errors import LimitError
from rfscope.exact.counts import Counts, DenseCounts, UsageCounts, axis_counts, lines_used
from rfscope.exact.coverage import Coverage, chain_coverage, line_coverage, map_coverage
from rfscope.exact.field import Field
from rfscope.exact.gridding import gridding_index
from rfscope.exact.meeting import Meeting, latest, meeting, neighbour_shares
from rfscope.exact.spread import Spread, line_deviation, mass_radius, standard_deviation
from rfscope.exact.taps import Taps, hole_free, input_taps
from rfscope.network.graph import INPUT, Network
from rfscope.network.parts import one_axis
from rfscope.network.reads import Window
from rfscope.wording import size_text

if TYPE_CHECKING:
    from rfscope.exact.finite import Finite
    from rfscope.network.sizes import Sizes

__all__ = ["Output"]


@dataclass(frozen=True, eq=False)
class Output:
    """What one output of a network sees.

    Attributes:
        network: The settled network that ends at the output.
        axes: Its receptive field per axis, on the unbounded grid.
        position: Which output is looked at, per axis.
        sizes: Sizes of the maps; None on an unbounded grid.
    """

    network: Network
    axes: tuple[Field, ...]
    position: tuple[int, ...]
    sizes: Sizes | None

    def __repr__(self) -> str:
        size = size_text("?" if length is None else length for length in self.size)
        return f"<Output {self.node} at {self.position}: sees {size}>"

    @property
    def node(self) -> str:
        """Name of the output."""
        return self.network.outputs[0]

    @property
    def size(self) -> tuple[int | None, ...]:
        """Size of the receptive field of the first phase per axis, in input pixels; None where unknown."""
        return tuple(field.size for field in self.axes)

    @cached_property
    def windows(self) -> tuple[tuple[Window, ...], ...] | None:
        """Per axis, the layers of a chain of windows on an unbounded grid; None for any other network."""
        return self._chain if self.sizes is None else None

    @cached_property
    def _chain(self) -> tuple[tuple[Window, ...], ...] | None:
        if not self.network.is_chain:
            return None
        reads = [[node.reads[axis] for node in self.network.nodes] for axis in range(self.network.dims)]
        found = tuple(tuple(read for read in line if isinstance(read, Window)) for line in reads)
        return found if all(len(line) == len(self.network.nodes) for line in found) else None

    @cached_property
    def taps(self) -> tuple[tuple[Taps, ...], ...] | None:
        """Per axis of a chain of windows, kernel and rate of each layer in input pixels."""
        return None if self.windows is None else tuple(input_taps(line) for line in self.windows)

    @cached_property
    def is_placed(self) -> bool:
        """Whether it is known where every layer reads; what branches have in common cannot be said otherwise."""
        if self.taps is not None or self.sizes is not None:
            return True
        local = self.network.local  # what lies behind global operations is not asked for
        reads = [read for node in self.network.nodes if node.name in local for read in node.reads]
        return all(read.known_padding is not None for read in reads if isinstance(read, Window))

    @cached_property
    def hole_free(self) -> bool | None:
        """Whether it reads every pixel it spans; None if it is not known where it reads."""
        if not self.is_placed:
            return None
        if self.taps is not None:
            return all(hole_free(taps) for taps in dict.fromkeys(self.taps))
        return self.coverage.holes == 0

    @cached_property
    def coverage(self) -> Coverage:
        """Which pixels it reads and which are holes.

        Raises:
            LimitError: The field is larger than the limits ``axis`` or ``cells``.
        """
        strides = [field.shift for field in self.axes]
        if self.taps is not None:
            return chain_coverage(self.taps, strides)
        if isinstance(self.counts, Counts):
            return line_coverage(self.counts.factors, strides)
        return map_coverage(self._map[1].where, strides)

    @cached_property
    def counts(self) -> UsageCounts:
        """How often it uses each pixel, from the first pixel it reads to the last.

        Raises:
            LimitError: The field is larger than the limits ``axis`` or ``cells``.
            UnsupportedError: A padding depends on the size of the input, and that is not known.
        """
        if self.taps is not None:
            lines = {taps: axis_counts(taps) for taps in dict.fromkeys(self.taps)}
            return Counts(tuple(lines[taps] for taps in self.taps))
        if self.network.is_chain:
            return Counts(tuple(counts.marginal(0) for _, counts in self._lines))
        return self._map[1]

    @cached_property
    def first(self) -> tuple[int | None, ...]:
        """First pixel it reads, per axis: where the counts and the coverage begin; None if unknown or nothing."""
        if self.taps is not None:
            return tuple(field.at(place).start for field, place in zip(self.axes, self.position, strict=True))
        if self.network.is_chain:
            return tuple(start for start, _ in self._lines)
        return self._map[0]

    @cached_property
    def _lines(self) -> tuple[tuple[int | None, DenseCounts], ...]:
        """Along each axis of a chain, where the counts begin, and the counts."""
        found = []
        for axis in range(self.network.dims):
            starts, counts = _used_part(
                one_axis(self.network, axis), self.position[axis : axis + 1], self._axis_sizes(axis)
            )
            found.append((starts[0], counts))
        return tuple(found)

    def _axis_sizes(self, axis: int) -> Sizes | None:
        if self.sizes is None:
            return None
        return {name: None if size is None else (size[axis],) for name, size in self.sizes.items()}

    @cached_property
    def _map(self) -> tuple[tuple[int | None, ...], DenseCounts]:
        return _used_part(self.network, self.position, self.sizes)

    @cached_property
    def gridding_index(self) -> tuple[float, ...] | None:
        """The gridding index per axis of a chain; None for other networks, or if it takes more terms than the limit."""
        if self._chain is None:
            return None
        lines = [input_taps(line) for line in self._chain]
        try:
            values = {taps: gridding_index(taps) for taps in dict.fromkeys(lines)}
        except LimitError:
            return None
        return tuple(values[taps] for taps in lines)

    @cached_property
    def spread(self) -> Spread:
        """Spread of the path counts.

        Raises:
            LimitError: The field is larger than the limits ``axis`` or ``cells``.
        """
        lines = [self.counts.marginal(axis) for axis in range(len(self.axes))]
        if self.taps is not None:
            deviations = tuple(standard_deviation(taps) for taps in self.taps)
        else:
            deviations = tuple(line_deviation(line) for line in lines)
        radii = {line: mass_radius(line) for line in dict.fromkeys(lines)}
        return Spread(std=deviations, radius95=tuple(radii[line] for line in lines))

    @cached_property
    def shares(self) -> tuple[dict[str, float | None], ...]:
        """Per axis, the part of each map's positions that this output reads and the next one reads too.

        Raises:
            LimitError: A map is larger than the limits ``axis`` or ``cells``.
        """
        if not self.is_placed:
            return ({},) * len(self.axes)
        if self.windows is not None:
            names = [INPUT, *(node.name for node in self.network.nodes)]
            known = {line: neighbour_shares(line) for line in dict.fromkeys(self.windows)}
            return tuple(dict(zip(names, known[line], strict=False)) for line in self.windows)
        from rfscope.exact.neighbours import network_shares

        if not self.network.is_chain:
            return network_shares(self.network, self.node, self.position, self.sizes)
        axes = range(len(self.axes))  # what is read along the other axes is the same for both
        lines = [
            (one_axis(self.network, axis), self.position[axis : axis + 1], self._axis_sizes(axis)) for axis in axes
        ]
        found = [network_shares(line, self.node, place, sizes)[0] for line, place, sizes in lines]
        read = set.intersection(*(self._read_along(axis) for axis in axes))  # what one axis does not read, none does
        return tuple({name: share if name in read else None for name, share in line.items()} for line in found)

    def _read_along(self, axis: int) -> set[str]:
        """The maps of a chain of which anything is read along an axis."""
        from rfscope.exact.walk import one_use, walk_back

        line, used = one_axis(self.network, axis), one_use(self.position[axis : axis + 1])
        found = walk_back(line, self.node, used, sizes=self._axis_sizes(axis))
        return {name for name, region in found.items() if region.used().any()}

    @cached_property
    def meeting(self) -> Meeting | None:
        """Where neighbouring outputs first meet; the latest over the axes. None where the output has no neighbour.

        Raises:
            LimitError: A map is larger than the limits ``axis`` or ``cells``.
        """
        if self.windows is not None:
            return latest(meeting(line) for line in dict.fromkeys(self.windows))
        from rfscope.exact.neighbours import network_meeting

        found = [
            network_meeting(self.network, self.node, axis, shares) for axis, shares in enumerate(self.shares) if shares
        ]
        return latest(found) if found else None

    @cached_property
    def finite(self) -> Finite | None:
        """What only a finite input shows; None on an unbounded grid."""
        if self.sizes is None:
            return None
        from rfscope.exact.finite import Finite, halo, never_read, padding_shares

        extent = zip(self.first, self.counts.size, strict=True)
        return Finite(
            output_size=self.sizes[self.node] or (1,) * len(self.axes),
            extent=tuple(None if start is None else (start, start + size - 1) for start, size in extent),
            padding_share=padding_shares(self.network, self.sizes),
            never_read=never_read(self.network, self.node, self.sizes),
            halo=halo(self.axes),
        )


def _used_part(
    network: Network, position: tuple[int, ...], sizes: Sizes | None
) -> tuple[tuple[int | None, ...], DenseCounts]:
    """The counts of one output from the first position it uses to the last, and where that is."""
    import numpy as np

    from rfscope.exact.walk import one_output, path_bounds, walk_back

    output = network.outputs[0]
    bound = max(path_bounds(network, output).values())
    found = walk_back(network, output, one_output(position, bound), sizes=sizes, keep=()).get(INPUT)
    if found is None or not (used := found.used()).any():
        return (None,) * len(position), DenseCounts(np.zeros((1, *(0 for _ in position)), dtype=np.int64))
    box = [slice(line[0], line[-1] + 1) for line in lines_used(used)]
    first = tuple(start + part.start for start, part in zip(found.start, box, strict=True))
    return first, DenseCounts(found.planes[(slice(None), *box)])
