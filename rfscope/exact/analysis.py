"""The analysis of a network: fields are computed at once, everything else when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from rfscope import limits
from rfscope.errors import LimitError, NetworkError, RfscopeError
from rfscope.exact.field import Field
from rfscope.exact.fields import AllGlobal, Seen, node_fields
from rfscope.exact.output import Output
from rfscope.exact.partition import network_pieces
from rfscope.exact.pieces import Piece
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.parts import ancestors, leading, up_to
from rfscope.network.provenance import Provenance
from rfscope.network.reads import TransposedWindow
from rfscope.wording import size_text

if TYPE_CHECKING:
    from rfscope.exact.judgement import Judgement, Verdict
    from rfscope.network.sizes import Sizes

__all__ = ["Analysis", "Layer", "analyze"]


class Layer(NamedTuple):
    """One layer and its receptive field.

    Attributes:
        node: The layer, settled.
        field: What one of its outputs sees of the network's input, per axis, or that it sees everything.
        neighbour_share: Per axis, the part of the positions of this layer's input that the network's output reads
            and the next output reads too; None where it reads nothing of it.
        output_size: Size of its map per axis; None on an unbounded grid, or behind a global operation.
    """

    node: Node
    field: Seen
    neighbour_share: tuple[float | None, ...]
    output_size: tuple[int, ...] | None

    def __repr__(self) -> str:
        from rfscope.network.kinds import kind

        name, reads = self.node.name, kind(self.node)
        if isinstance(self.field, AllGlobal):
            return f"<Layer {name}: {reads}; sees {'what is unknown' if self.field.lower_bound else 'everything'}>"
        size = size_text("?" if length is None else length for length in self.size or ())
        stride = "x".join(dict.fromkeys(str(axis.stride) for axis in self.field))
        return f"<Layer {name}: {reads}; sees {size}, output stride {stride}>"

    @property
    def size(self) -> tuple[int | None, ...] | None:
        """Size of its receptive field per axis, None where that is unknown; None in all if it sees everything."""
        return None if isinstance(self.field, AllGlobal) else tuple(axis.size for axis in self.field)

    @property
    def multiply_adds(self) -> int | None:
        """Multiplications of a convolution over its whole map; None where channels or sizes are not given."""
        if self.node.parameters is None or self.output_size is None:
            return None
        size = list(self.output_size)
        for axis, read in enumerate(self.node.reads):
            if isinstance(read, TransposedWindow):  # each input is multiplied with the kernel, whatever is cut off
                before, after = read.known_padding
                size[axis] = (size[axis] + before + after - read.output_padding - read.extent) // read.stride + 1
        return self.node.parameters * prod(size)


@dataclass(frozen=True, eq=False)
class Analysis:
    """What is known of a network.

    Attributes:
        network: What leads to the network's outputs, settled: nothing depends on sizes any more where the input has
            one.
        sizes: Sizes of the maps; None on an unbounded grid.
        fields: What every node sees, by name.
        position: Which output is analyzed, per axis; None for the first, or the middle one of a finite map.
        provenance: What the network's reader handed on with it.
        given: The network as it was given, with what depends on sizes still open: what a verification runs.

    Example:
        >>> import rfscope as rf
        >>> analysis = rf.analyze("1,2,5")
        >>> analysis.output.size, analysis.output.coverage.holes, analysis.schedules[0].m2
        ((17, 17), 0, 2)
    """

    network: Network
    sizes: Sizes | None
    fields: Mapping[str, Seen]
    position: tuple[int, ...] | None = None
    provenance: Provenance = field(default_factory=Provenance)
    given: Network | None = None

    @property
    def name(self) -> str:
        """The network's name."""
        return self.network.name

    @cached_property
    def outputs(self) -> tuple[Output, ...]:
        """What each output sees. If an output sees everything, what enters its global operations."""
        found: dict[str, Output] = {}
        for name in self.network.outputs:
            for output in self.ends(name):
                found.setdefault(output.node, output)
        return tuple(found.values())

    @property
    def output(self) -> Output:
        """The first output.

        Raises:
            NetworkError: The network is global from its first layer on, so that nothing has a receptive field.
        """
        if not self.outputs:
            raise NetworkError("no receptive field", where=self.name, got="a network that is global from the start")
        return self.outputs[0]

    def unknown_before(self, *names: str) -> list[str]:
        """The operations that lead to some nodes, or are among them, and were not analyzed."""
        leading = ancestors(self.network, *names)
        return [node.name for node in self.network.nodes if node.is_unknown and node.name in leading]

    def ends(self, output: str) -> tuple[Output, ...]:
        """What an output sees. If all of its paths lead through global operations, what the nodes before these see."""
        entering = self._entering(output) if isinstance(self.fields[output], AllGlobal) else (output,)
        found = (self._output(name) for name in entering if name != INPUT)
        return tuple(one for one in found if one is not None)

    def _entering(self, output: str) -> dict[str, None]:
        """The nodes that enter the last global operations before an output that sees everything."""
        by_name, waiting, seen, found = self.network.by_name, [output], {output}, dict[str, None]()
        while waiting:
            for name in by_name[waiting.pop()].inputs:
                if not isinstance(self.fields.get(name), AllGlobal):
                    found[name] = None
                elif name not in seen:
                    seen.add(name)
                    waiting.append(name)
        return found

    def _output(self, name: str) -> Output | None:
        """The record of an output, made once; None for one that sees everything."""
        fields = self.fields[name]
        if name not in self._made and not isinstance(fields, AllGlobal):
            self._made[name] = self._new_output(name, fields)
        return self._made.get(name)

    @cached_property
    def _made(self) -> dict[str, Output]:
        return {}

    def _new_output(self, name: str, fields: tuple[Field, ...]) -> Output:
        size = None if self.sizes is None else self.sizes[name]
        position = self.position or tuple(length // 2 for length in size or ()) or (0,) * self.network.dims
        if size is not None and any(not 0 <= at < length for at, length in zip(position, size, strict=True)):
            got, expected = "x".join(map(str, position)), f"a position in {'x'.join(map(str, size))}"
            raise RfscopeError("no such output position", where=name, got=got, expected=expected)
        return Output(up_to(self.network, name), fields, position, self.sizes)

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """Every layer that leads to an output, with its field, in topological order.

        What neighbours share is None where it would pass a limit, see ``shares_unknown``.
        """
        shares = ({},) * self.network.dims if isinstance(self._shares, LimitError) else self._shares
        return tuple(
            Layer(
                node,
                self.fields[node.name],
                tuple(_share(node, known) for known in shares),
                None if self.sizes is None else self.sizes[node.name],
            )
            for node in self.network.nodes
        )

    @cached_property
    def _shares(self) -> tuple[Mapping[str, float | None], ...] | LimitError:
        return limits.within(lambda: self.outputs[0].shares) if self.outputs else ({},) * self.network.dims

    @property
    def shares_unknown(self) -> LimitError | None:
        """The limit that it would pass to say what neighbours share of each layer's input; None if it is known."""
        return self._shares if isinstance(self._shares, LimitError) else None

    @cached_property
    def parameters(self) -> int | None:
        """Weights of all convolutions, biases left out; None unless all give their channels."""
        weights = [node.parameters for node in self.network.nodes if node.has_weights]
        known = [count for count in weights if count is not None]
        return sum(known) if known and len(known) == len(weights) else None

    @cached_property
    def schedules(self) -> tuple[Piece, ...]:
        """The schedule of each piece that has a dilated layer, finest resolution first.

        A network made from a list of rates has one for each resolution, dilated or not.
        """
        found = network_pieces(self.network, self.fields)
        return tuple(one for one in found if one.runs or (self.provenance.from_rates and one.schedule))

    @cached_property
    def causal(self) -> bool:
        """Whether it is a 1-D network that reads nothing after the output's own position."""
        reach = self.output.axes[0].reach
        return self.network.dims == 1 and reach is not None and reach[1] <= 0

    @cached_property
    def hole_free(self) -> bool | None:
        """Whether one output reads every pixel of its receptive field; None if it is not known where it reads."""
        return self.output.hole_free

    @cached_property
    def judgement(self) -> Judgement:
        """What is wrong with its dilation, over all outputs and all their phases."""
        from rfscope.exact.judgement import Judgement

        return Judgement(self)

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the network: ``"holes"``, ``"gridding"``, ``"ok"`` or ``"global"``; None if it is not known.

        Example:
            >>> import rfscope as rf
            >>> [rf.analyze(rates).verdict for rates in ("2,4,8", "1,2,4", "1,2,5")]
            ['holes', 'gridding', 'ok']
        """
        return self.judgement.verdict

    def __repr__(self) -> str:
        if not self.outputs:
            return f"<Analysis of {self.name}: sees everything>"
        size = "x".join("?" if length is None else str(length) for length in self.output.size)
        quick = self.output.taps is not None  # the verdict on any other network may take a large map
        verdict = f", {self.verdict.upper()}" if quick and self.verdict else ""
        return f"<Analysis of {self.name}: sees {size}{verdict}>"


def _share(node: Node, shares: Mapping[str, float | None]) -> float | None:
    """The share of what a node reads; for a merge, the largest over its inputs."""
    known = [share for name in node.inputs if (share := shares.get(name)) is not None]
    return max(known, default=None)


def analyze(
    network: Network,
    *,
    input: Sequence[int] | None = None,
    position: Sequence[int] | None = None,
    provenance: Provenance | None = None,
) -> Analysis:
    """Analyze a network.

    Args:
        network: Any network.
        input: Spatial size of its input per axis, instead of the network's own.
        position: Which output to look at, per axis: a phase on the unbounded grid, a place in the map of a finite one.
            By default the first, or the middle one.
        provenance: What its reader handed on with it.

    Raises:
        NetworkError: Merges of different strides or sizes, an empty map, or a size is needed that is not known.
    """
    given = leading(network) if input is None else replace(leading(network), input=tuple(input))
    network, sizes = _settled(given)
    if position is not None and len(position) != network.dims:
        raise RfscopeError(
            "wrong length of the output position", got=len(position), expected=f"{network.dims}, one per axis"
        )
    place = None if position is None else tuple(position)
    return Analysis(network, sizes, node_fields(network, sizes), place, provenance or Provenance(), given)


def _settled(network: Network) -> tuple[Network, Sizes | None]:
    """The network and its sizes; one of plain windows on an unbounded grid is settled as it is."""
    if network.is_settled:
        return network, None
    from rfscope.network.sizes import settle

    return settle(network)
