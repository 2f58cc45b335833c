"""The tracer: it holds the nodes found so far, and what it takes to read any operation."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rfscope.errors import UnsupportedError, clean
from rfscope.network.graph import INPUT, Network, Node, Origin, Placed
from rfscope.network.reads import IDENTITY, Read, TransposedWindow, Unknown, Whole, Window
from rfscope.readers.tracing.layout import Part, axis_parts, canonical, fused
from rfscope.readers.tracing.values import Beside, Everywhere, Map, Scores, Value

__all__ = ["CannotFollowError", "OperationPlace", "SizeNeededError", "Tracer", "in_blocks"]


class CannotFollowError(Exception):
    """It is unknown what an operation reads; the text says why."""


class SizeNeededError(CannotFollowError):
    """What an operation reads depends on the input's size, and none is meant."""


@dataclass(frozen=True, slots=True)
class OperationPlace:
    """Where an operation stands.

    Attributes:
        module: The path of the module it belongs to; empty outside of any.
        op: The framework's word for it.
        leaf: Whether the module has no others in it, so that a layer in it may have its name.
        own: Whether it is no module's path but the operation's own name, so that any node of it may have it.
        origin: The line it was written in, if known.
    """

    module: str
    op: str
    leaf: bool = False
    origin: Origin | None = None
    own: bool = False

    def name(self, op: str) -> str:
        """The name of a node that the tracer makes for an op."""
        if self.module and (self.own or (self.leaf and op in _LAYERS)):
            return self.module
        return f"{self.module}.{op}" if self.module else op

    def __str__(self) -> str:
        where = self.module or self.op
        return f"{self.origin}, {where}" if self.origin else where


_LAYERS = frozenset(["conv", "deformable_conv", "transposed_conv", "linear", "pool", "resize", "global"])
"""What stands for its module where that has nothing else in it."""


class Tracer:
    """Collects the nodes of a network while a graph is read.

    Attributes:
        dims: Number of spatial axes.
        bounded: Whether the input's size is meant; if not, what depends on it is refused or kept relative.
        nodes: The nodes so far.
        by_name: The same by their names.
        entered: The map that enters a node which reads everything of it, by the node's name.
        place: Where the operation that is being read stands; set by the reader.
        unfixed: Axes of which nothing says that they have the size at which the graph is read.
        uneven: Nodes whose channels may see unlike things: what was put side by side, and what does not mix it.
        sizes: Those of the input.
        given: The keys of tensors that are other inputs of the graph, or are made from them and not from the image.
        placed: What operations take in besides inputs that depends on the place.
        may_ask_for_size: Whether ``SizeNeededError`` leaves the loop over the operations, for a reader that has a size
            to offer; else what raises it cannot be followed.
    """

    def __init__(self, dims: int, *, bounded: bool, allow_unknown: bool) -> None:
        self.dims = dims
        self.bounded = bounded
        self.allow_unknown = allow_unknown
        self.nodes: list[Node] = []
        self.by_name: dict[str, Node] = {}
        self.entered: dict[str, Map] = {}
        self.place = OperationPlace("", "")
        self.may_ask_for_size = False
        self.unfixed: frozenset[int] = frozenset()
        self.uneven: set[str] = set()
        self.sizes: tuple[int, ...] = ()
        self.given: set[Hashable] = set()
        self.placed: list[Placed] = []
        self._names: dict[str, int] = {INPUT: 1}

    def input(self, shape: Sequence[int]) -> Map:
        """The network's input: batch, channels, and one dimension per spatial axis; it may have no channels."""
        sizes, front = tuple(shape[-self.dims :]), shape[: -self.dims]
        self.sizes = sizes
        layout = canonical(sizes, front[0], front[-1])
        return Map(INPUT, sizes, layout if len(front) > 1 else (layout[0], *layout[2:]))

    def network(self, name: str, outputs: Iterable[Value], input: Sequence[int] | None) -> Network:
        """All nodes as a network."""
        given = list(outputs)
        names = tuple(dict.fromkeys(node for value in given for node in nodes_of(value)))
        turned = (value.node for value in given if isinstance(value, Map) and not _ends_in_axes(value))
        return Network(
            name=clean(name),
            dims=self.dims,
            nodes=tuple(self.nodes),
            outputs=names,
            input=None if input is None else tuple(input),
            placed=tuple(dict.fromkeys(self.placed)),
            turned=tuple(dict.fromkeys(turned)),
        )

    def add(self, op: str, reads: Sequence[Read], inputs: Iterable[Value], **details: Any) -> str:
        """Write down a node.

        Args:
            op: What kind of layer it is, in the words of the spec format.
            reads: What it reads per axis.
            inputs: What it reads from.
            details: Further attributes of the node.

        Returns:
            Its name.
        """
        given = list(inputs)
        sources = tuple(dict.fromkeys(name for value in given for name in nodes_of(value)))
        name = self._own_name(clean(self.place.name(op)))
        maps = [value for value in given if isinstance(value, Map)]
        if len(maps) == 1:
            self.entered[name] = maps[0]
        blocks = op == "pixel_unshuffle"  # each of its channels holds other positions of the block
        if blocks or not (self.uneven.isdisjoint(sources) or _mixes_channels(op, details.get("groups", 1))):
            self.uneven.add(name)
        node = Node(name=name, op=op, reads=tuple(reads), inputs=sources, origin=self.place.origin, **details)
        self.nodes.append(node)
        self.by_name[name] = node
        return name

    def _own_name(self, name: str) -> str:
        while (number := self._names.get(name, 0) + 1) > 1:
            self._names[name] = number
            name = f"{name}.{number}"
        self._names[name] = number
        return name

    def whole(self, values: Iterable[Value], op: str, **details: Any) -> Everywhere:
        """An operation that reads everything."""
        return Everywhere(self.add(op, (Whole(),) * self.dims, values, **details))

    def unknown(self, values: Iterable[Value], why: str, *, for_want_of_size: bool = False) -> Everywhere:
        """An operation whose reads are unknown, or depend on a size that is not given.

        Raises:
            UnsupportedError: Unknown operations are not allowed.
        """
        if not self.allow_unknown:
            part = "look at a part before it with --node or --between, or give --allow-unknown for lower bounds"
            do = f"give the size of the input with --input, {part}" if for_want_of_size else part
            raise UnsupportedError(f"cannot follow {self.place.op} ({why})", where=str(self.place), do=do)
        return Everywhere(self.add(clean(self.place.op), (Unknown(),) * self.dims, values, why=clean(why)))

    def behind(self, values: Sequence[Value], op: str, **details: Any) -> Everywhere:
        """An operation on what belongs to no position: a node if it has weights or joins several."""
        names = list(dict.fromkeys(name for value in values for name in nodes_of(value)))
        if len(names) == 1 and not details:
            return Everywhere(names[0])
        return Everywhere(self.add(op, (IDENTITY,) * self.dims, values, **details))

    def joined(self, values: Sequence[Value], op: str) -> Value:
        """Parts of one layer, laid out alike, as one value."""
        node = self.add(op, (IDENTITY,) * self.dims, values)
        first = values[0]
        everywhere = any(isinstance(value, Everywhere) for value in values)
        return replace(first, node=node) if isinstance(first, Map) and not everywhere else Everywhere(node)

    def reads_all(self, name: str) -> bool:
        """Whether a node is global."""
        return any(node.is_global for node in self.nodes if node.name == name)

    def some_channels(self, value: Map, dim: int | None = None) -> Map:
        """A map of which some channels are taken: if they see unlike things, what is said of it is an upper bound.

        So it is where what is taken are some of the positions of windows, which lie in the dimension ``dim``.
        """
        in_windows = dim is not None and any(part.axis is None and part.key for part in value.layout[dim])
        if value.node not in self.uneven and not in_windows:
            return value
        return replace(value, node=self.add("slice", (IDENTITY,) * self.dims, [value], upper_bound=True))

    def gathered(self, value: Map, mixed: Iterable[int]) -> Map:
        """Make one position of each block of positions that lie in mixed dimensions (pixel unshuffling).

        Raises:
            CannotFollowError: They are no blocks.
        """
        mixed = tuple(mixed)
        factors = [1] * self.dims
        for part in axis_parts(value.layout[dim] for dim in mixed):
            if part.axis is None or part.step != factors[part.axis] or part.key:
                raise CannotFollowError("it mixes positions that are no block")
            factors[part.axis] *= part.size
        if factors == [1] * self.dims:
            return value
        reads = tuple(Window(kernel=factor, stride=factor) for factor in factors)
        node = self.add("pixel_unshuffle", reads, [value])
        return in_blocks(value, node, factors, mixed)

    def spread(self, value: Map) -> Map:
        """Make blocks of positions where other parts lie behind positions in one dimension (pixel shuffling).

        Raises:
            CannotFollowError: The parts do not lie behind a whole axis.
        """
        factors, sizes, layout = [1] * self.dims, list(value.sizes), list(value.layout)
        for dim, parts in enumerate(value.layout):
            if len(parts) != 2 or parts[0].axis is None or parts[1].axis is not None or parts[0].tokens:
                continue
            axis, factor = parts[0].axis, parts[1].size
            if parts[0].size != value.sizes[axis]:
                raise CannotFollowError("it spreads positions that are no whole axis")
            factors[axis] = factor
            sizes[axis] *= factor
            layout[dim] = (Part(axis, sizes[axis]),)
        if factors == [1] * self.dims:
            return value
        reads = tuple(TransposedWindow(kernel=factor, stride=factor) for factor in factors)
        return Map(self.add("pixel_shuffle", reads, [self.some_channels(value)]), tuple(sizes), tuple(layout))


def _mixes_channels(op: str, groups: int) -> bool:
    return op == "linear" or (op in ("conv", "transposed_conv", "deformable_conv") and groups == 1)


def in_blocks(value: Map, node: str, factors: Sequence[int], mixed: Sequence[int] = ()) -> Map:
    """The map of a node that makes one position of each block; in mixed dimensions such a block is no position."""

    def shrunk(part: Part, dim: int) -> Part:
        if part.tokens or part.axis is None:
            return part
        return Part(None, part.size) if dim in mixed else replace(part, step=part.step // factors[part.axis])

    layout = tuple(fused(shrunk(part, dim) for part in parts) for dim, parts in enumerate(value.layout))
    sizes = tuple(size // factor for size, factor in zip(value.sizes, factors, strict=True))
    return Map(node, sizes, layout)


def only_of(values: Sequence[Value]) -> Value:
    """The value of the one argument that depends on the image.

    Raises:
        CannotFollowError: There are several.
    """
    if any(value != values[0] for value in values):
        raise CannotFollowError("more than one of its arguments depends on the image")
    return values[0]


def nodes_of(value: Value) -> tuple[str, ...]:
    """The nodes whose maps a value holds."""
    if isinstance(value, Scores):
        return tuple(dict.fromkeys((value.query.node, value.key.node)))
    if isinstance(value, Beside):
        return tuple(dict.fromkeys(part.node for part in value.parts))
    return (value.node,)


def _ends_in_axes(value: Map) -> bool:
    """Whether the last dimensions of a tensor are the axes, in their order."""
    last = [[part.axis for part in axis_parts([parts])] for parts in value.layout[-len(value.sizes) :]]
    return len(last) == len(value.sizes) and all(held in ([], [axis]) for axis, held in enumerate(last))
