"""What one output of a network sees: everything but the field is computed when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from rfscope.errors import LimitError
from rfscope.exact.closed_form import chain_windows
from rfscope.exact.counts import UsageCounts
from rfscope.exact.coverage import Coverage
from rfscope.exact.field import Field
from rfscope.exact.gridding import gridding_index
from rfscope.exact.meeting import Meeting
from rfscope.exact.paths import Paths, paths
from rfscope.exact.spread import Spread, mass_radius
from rfscope.exact.taps import Taps, input_taps
from rfscope.network.graph import INPUT, Network
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
        position: Which output it is, per axis.
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

    @property
    def history(self) -> int | None:
        """Of a network with one axis, the samples before its own that an output needs, over all phases.

        Its own samples are those up to the next output's, ``hop`` of them. None if that is unknown or all there are,
        or if the network has several axes.

        Example:
            >>> import rfscope as rf
            >>> found = rf.analyze("1,2,4", dims=1, causal=True).output
            >>> found.history, found.lookahead, found.hop
            (14, 0, Fraction(1, 1))
        """
        if len(self.axes) > 1 or self.axes[0].global_through:
            return None
        reach = self.axes[0].reach
        return None if reach is None else reach[0]

    @cached_property
    def lookahead(self) -> int | None:
        """The samples after its own that an output needs, over all phases and as ``history`` counts; 0 if causal."""
        if len(self.axes) > 1:
            return None
        if self.axes[0].global_through:
            from rfscope.exact.ahead import look_ahead

            ahead = look_ahead(self.network, self.node)
            return None if ahead is None else max(ahead, 0)
        reach = self.axes[0].reach
        return None if reach is None else reach[1]

    @property
    def hop(self) -> Fraction | None:
        """Of a network with one axis, the samples from one output to the next; None if it has several axes."""
        return self.axes[0].stride if len(self.axes) == 1 else None

    @cached_property
    def paths(self) -> Paths:
        """What it uses of every map."""
        return paths(self.network, self.position, self.sizes)

    @property
    def taps(self) -> tuple[tuple[Taps, ...], ...] | None:
        """Per axis of a chain of windows on an unbounded grid, kernel and rate of each layer in input pixels."""
        return self.paths.taps

    @property
    def windows(self) -> tuple[tuple[Window, ...], ...] | None:
        """Per axis, the layers of a chain of windows on an unbounded grid; None for any other network."""
        return None if self.taps is None else chain_windows(self.network)

    @property
    def is_placed(self) -> bool:
        """Whether it is known where every layer reads. If it is not, what branches have in common is unknown."""
        return self.paths.is_placed

    @cached_property
    def hole_free(self) -> bool | None:
        """Whether it reads every pixel it spans; None if it is not known where it reads."""
        return self.paths.hole_free if self.is_placed else None

    @cached_property
    def coverage(self) -> Coverage:
        """Which pixels it reads and which are holes.

        Raises:
            LimitError: The field is larger than the limits ``axis`` or ``cells``.
        """
        return self.paths.coverage([field.shift for field in self.axes])

    @property
    def counts(self) -> UsageCounts:
        """How often it uses each pixel, from the first pixel it reads to the last.

        Raises:
            LimitError: The field is larger than the limits ``axis`` or ``cells``.
            UnsupportedError: A padding depends on the size of the input, and that is not known.
        """
        return self.paths.counts

    @property
    def first(self) -> tuple[int | None, ...]:
        """First pixel it reads, per axis: where the counts and the coverage begin; None if unknown or nothing."""
        return self.paths.first

    @cached_property
    def gridding_index(self) -> tuple[float, ...] | None:
        """The gridding index per axis of a chain; None for other networks, or if it takes more terms than the limit."""
        windows = chain_windows(self.network)
        if windows is None:
            return None
        lines = [input_taps(line) for line in windows]
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
        lines = self.paths.marginals
        radii = {line: mass_radius(line) for line in dict.fromkeys(lines)}
        return Spread(std=self.paths.deviations, radius95=tuple(radii[line] for line in lines))

    @property
    def shares(self) -> tuple[Mapping[str, float | None], ...]:
        """Per axis, the part of each map's positions that this output reads and the next one reads too.

        Raises:
            LimitError: A map is larger than the limits ``axis`` or ``cells``.
        """
        return self.paths.shares if self.is_placed else ({},) * len(self.axes)

    @property
    def meeting(self) -> Meeting | None:
        """Where neighbouring outputs first meet; the latest over the axes. None where the output has no neighbour.

        Raises:
            LimitError: A map is larger than the limits ``axis`` or ``cells``.
        """
        return self.paths.meeting if self.is_placed else None

    @cached_property
    def finite(self) -> Finite | None:
        """What only a finite input shows; None on an unbounded grid."""
        if self.sizes is None:
            return None
        from rfscope.exact.finite import Finite, halo, padding_shares

        extent = zip(self.first, self.coverage.size, strict=True)
        read = zip(self.sizes[INPUT] or (), self.paths.lines_read(), strict=True)
        return Finite(
            output_size=self.sizes[self.node] or (1,) * len(self.axes),
            extent=tuple(None if start is None else (start, start + size - 1) for start, size in extent),
            padding_share=padding_shares(self.network, self.sizes),
            never_read=tuple(length - len(lines) for length, lines in read),
            halo=halo(self.axes),
        )
