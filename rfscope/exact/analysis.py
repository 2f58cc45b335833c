"""The analysis of a network: fields at once, everything else when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rfscope.errors import LimitError, UnsupportedError
from rfscope.exact.coverage import Coverage, chain_coverage, hole_free
from rfscope.exact.field import Field, chain_fields
from rfscope.exact.gridding import gridding_index
from rfscope.exact.meeting import Meeting, meeting, neighbour_shares
from rfscope.exact.pieces import Step, chain_pieces
from rfscope.exact.spread import Spread, mass_radius, standard_deviation
from rfscope.exact.usage import Counts, Taps, axis_counts, input_taps
from rfscope.exact.verdict import Schedule
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Window

__all__ = ["Analysis", "Layer", "Output", "analyze"]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer and its receptive field.

    Attributes:
        node: The layer.
        field: What one of its outputs sees of the network's input, per axis.
        neighbour_share: Per axis, the part of the positions of this layer's input that the network's output reads
            and the next output reads too.
    """

    node: Node
    field: tuple[Field, ...]
    neighbour_share: tuple[float, ...]

    @property
    def windows(self) -> tuple[Window, ...]:
        """What it reads of its own input, per axis."""
        return tuple(_window(self.node, axis) for axis in range(len(self.node.reads)))


@dataclass(frozen=True)
class Output:
    """What one output of the network sees.

    Attributes:
        node: Name of the output.
        axes: Its receptive field per axis.
        steps: Per axis, the layers that lead to it.
    """

    node: str
    axes: tuple[Field, ...]
    steps: tuple[tuple[Step, ...], ...]

    @property
    def size(self) -> tuple[int, ...]:
        """Size of the receptive field per axis, in input pixels."""
        return tuple(field.size for field in self.axes)

    @cached_property
    def taps(self) -> tuple[tuple[Taps, ...], ...]:
        """Per axis, kernel and rate of each layer in input pixels."""
        return tuple(input_taps(step.window for step in steps) for steps in self.steps)

    @cached_property
    def coverage(self) -> Coverage:
        """Which pixels it reads and which are holes.

        Raises:
            LimitError: The field is longer than the limit ``axis``.
        """
        return chain_coverage(self.taps, [int(field.stride) for field in self.axes])

    @cached_property
    def counts(self) -> Counts:
        """How often it uses each pixel.

        Raises:
            LimitError: The field is longer than the limit ``axis``.
        """
        lines = {taps: axis_counts(taps) for taps in dict.fromkeys(self.taps)}
        return Counts(tuple(lines[taps] for taps in self.taps))

    @cached_property
    def gridding_index(self) -> tuple[float, ...] | None:
        """The gridding index per axis; None if it takes more factors than the limit."""
        try:
            values = {taps: gridding_index(taps) for taps in dict.fromkeys(self.taps)}
        except LimitError:
            return None
        return tuple(values[taps] for taps in self.taps)

    @cached_property
    def spread(self) -> Spread:
        """Spread of the path counts.

        Raises:
            LimitError: The field is longer than the limit ``axis``.
        """
        radii = {factor: mass_radius(factor) for factor in dict.fromkeys(self.counts.factors)}
        return Spread(
            std=tuple(standard_deviation(taps) for taps in self.taps),
            radius95=tuple(radii[factor] for factor in self.counts.factors),
        )

    @cached_property
    def meeting(self) -> Meeting:
        """Where neighbouring outputs first meet; the latest over the axes.

        Raises:
            LimitError: The field is longer than the limit ``axis``.
        """
        windows = dict.fromkeys(tuple(step.window for step in steps) for steps in self.steps)
        found = [meeting(axis) for axis in windows]
        depths = [one.depth for one in found if one.depth is not None]
        return Meeting(max(one.isolated for one in found), max(depths) if len(depths) == len(found) else None)


@dataclass(frozen=True)
class Analysis:
    """What is known of a network.

    Attributes:
        network: The network.
        fields: The receptive field of every layer per axis, in topological order.

    Example:
        >>> import rfscope as rf
        >>> analysis = rf.analyze("1,2,5")
        >>> analysis.output.size, analysis.output.coverage.holes, analysis.schedules[0].m2
        ((17, 17), 0, 2)
    """

    network: Network
    fields: tuple[tuple[Field, ...], ...]

    @property
    def name(self) -> str:
        """The network's name."""
        return self.network.name

    @cached_property
    def _steps(self) -> tuple[tuple[Step, ...], ...]:
        return tuple(_axis_steps(self.network, axis) for axis in range(self.network.dims))

    @cached_property
    def outputs(self) -> tuple[Output, ...]:
        """What each output sees."""
        return (Output(self.network.outputs[0], self.fields[-1], self._steps),)

    @property
    def output(self) -> Output:
        """The first output."""
        return self.outputs[0]

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """Every layer with its field, in topological order.

        Raises:
            LimitError: The field is longer than the limit ``axis``.
        """
        axes = [tuple(step.window for step in steps) for steps in self._steps]
        known = {axis: neighbour_shares(axis) for axis in dict.fromkeys(axes)}
        shares = zip(*(known[axis] for axis in axes), strict=True)
        return tuple(map(Layer, self.network.nodes, self.fields, shares))

    @cached_property
    def schedules(self) -> tuple[Schedule, ...]:
        """The schedule of each piece that has a dilated layer, finest resolution first.

        A network made from a list of rates has one for each resolution, dilated or not.
        """
        found = [Schedule(piece) for piece in chain_pieces(self._steps, INPUT) if piece.schedule]
        return tuple(one for one in found if self.network.from_rates or one.runs)

    @cached_property
    def causal(self) -> bool:
        """Whether it is a 1-D network that reads nothing after the output's own position."""
        field = self.output.axes[0]
        return self.network.dims == 1 and field.start is not None and field.start + field.size <= 1

    @property
    def hole_free(self) -> bool:
        """Whether one output reads every pixel of its receptive field."""
        return all(hole_free(taps) for taps in dict.fromkeys(self.output.taps))

    def _repr_html_(self) -> str:
        from rfscope.exact.summary import html

        return html(self)

    def __repr__(self) -> str:
        size = "x".join(str(length) for length in self.output.size)
        verdict = "no holes" if self.hole_free else "holes"
        return f"<Analysis of {self.name}: sees {size}, {verdict}>"


def analyze(network: Network) -> Analysis:
    """Analyze a network.

    Args:
        network: A chain of windows: convolution, pooling, padding and pointwise layers.

    Raises:
        UnsupportedError: It holds an operation, or a branch, whose analysis is still to come.
    """
    steps = [_axis_steps(network, axis) for axis in range(network.dims)]
    if not network.is_chain:
        raise UnsupportedError(
            "cannot analyze branches",
            where=network.name,
            expected="a chain in which each layer reads only the one before it",
        )
    return Analysis(network, tuple(zip(*map(_axis_fields, steps), strict=True)))


def _axis_fields(steps: Sequence[Step]) -> tuple[Field, ...]:
    return chain_fields([step.window for step in steps])


def _axis_steps(network: Network, axis: int) -> tuple[Step, ...]:
    return tuple(Step(node.name, _window(node, axis)) for node in network.nodes)


def _window(node: Node, axis: int) -> Window:
    read = node.reads[axis]
    if not isinstance(read, Window):
        raise UnsupportedError(
            f"cannot analyze operation {node.op!r}",
            where=f"{node.origin}, {node.name}" if node.origin else node.name,
            expected="conv, pool, pad, pixel_unshuffle or pointwise",
        )
    return read
