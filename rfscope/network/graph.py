"""The network: layers and merges in a directed acyclic graph, frozen and checked once when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from math import prod
from types import MappingProxyType
from typing import Any, NamedTuple

from rfscope import limits
from rfscope.errors import WRONG_SIZES, NetworkError, clean
from rfscope.network.reads import IDENTITY, Read, TransposedWindow, Unknown, Whole, Window

__all__ = ["INPUT", "Network", "Node", "Origin", "Placed"]

INPUT = "input"
"""The name by which layers refer to the network's input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a layer was written: a file and, where the format has lines, a row and a column (both from 1).

    Attributes:
        file: Its name as the system has it, so that it can be opened.
        row, column: The place in it.
        keys: Row and column of each key of the layer, as far as they are known.
    """

    file: str
    row: int | None = None
    column: int | None = None
    keys: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)

    def at(self, key: str | None) -> Origin:
        """Where a key of the layer stands; the layer itself where that is not known."""
        row, column = self.keys.get(key or "", (self.row, self.column))
        return Origin(file=self.file, row=row, column=column)

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.row, self.column) if part is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One layer or merge.

    Attributes:
        name: Unique in its network.
        op: What kind of layer it is, in the words of the spec format: ``"conv"``, ``"add"``, ...
        reads: What one output position reads, one entry per spatial axis. A merge reads each of its inputs so.
        inputs: Names of the nodes it reads; ``"input"`` is the network's input.
        origin: Where it was written, if anywhere.
        in_channels, out_channels, groups: Parameters and cost depend on them; the receptive field does not.
        padding_mode: What its padding holds; anything but zeros reads the map again near its border.
        data_dependent: Whether it reads elsewhere, too, depending on the data: its reads are a lower bound.
        upper_bound: Whether it takes some of the channels of a map whose channels see unlike things: those that it
            takes may see less than the map.
        why: Of a node whose reads are unknown, why they are.
        carries: Of a recurrence, the numbers that it carries from one position to the next; None where nobody says.
    """

    name: str
    op: str
    reads: tuple[Read, ...]
    inputs: tuple[str, ...]
    origin: Origin | None = None
    in_channels: int | None = None
    out_channels: int | None = None
    groups: int = 1
    data_dependent: bool = False
    padding_mode: str = "zeros"
    upper_bound: bool = False
    why: str = ""
    carries: int | None = None

    def __repr__(self) -> str:
        from rfscope.network.kinds import kind

        return f"<Node{f' {self.name}' if self.name else ''}: {kind(self) if self.reads else self.op}>"

    @property
    def place(self) -> str:
        """Where it was written and its name, for an error text."""
        return f"{self.origin}, {self.name}" if self.origin else self.name

    @property
    def is_global(self) -> bool:
        """Whether it reads no interval: every output reads every input, or what it reads is unknown."""
        return any(isinstance(read, Whole | Unknown) for read in self.reads)

    @property
    def is_unknown(self) -> bool:
        """Whether it was not analyzed."""
        return any(isinstance(read, Unknown) for read in self.reads)

    @property
    def taps(self) -> int:
        """Taps of its kernel over all axes; 0 where it has no kernel."""
        kernels = [read.kernel for read in self.reads if isinstance(read, Window | TransposedWindow)]
        return prod(kernels) if len(kernels) == len(self.reads) else 0

    @property
    def has_weights(self) -> bool:
        """Whether it is a convolution of some kind, and not pooling, padding or a merge."""
        return self.op in ("conv", "deformable_conv", "transposed_conv", "linear")

    @property
    def parameters(self) -> int | None:
        """Weights of a convolution, its bias left out; None where the channels are not given."""
        taps = 1 if self.op == "linear" else self.taps  # what is global in one has its channels for taps
        if self.in_channels is None or self.out_channels is None or not taps:
            return None
        return self.in_channels // self.groups * self.out_channels * taps


class Placed(NamedTuple):
    """Something that a network takes in besides its input, and that depends on the place or on the size.

    Attributes:
        node: The node whose map it is put together with, or the network's input.
        by: The operation that takes it in.
        axis: The axis along which it differs.
    """

    node: str
    by: str
    axis: int


@dataclass(frozen=True, kw_only=True)
class Network:
    """A directed acyclic graph of layers, nodes in topological order.

    Attributes:
        name: What the user calls it.
        dims: Number of spatial axes, 1 to 3.
        nodes: Every layer, each after all that it reads.
        outputs: Names of the nodes whose receptive fields are asked for.
        input: Spatial size per axis, or None for an unbounded grid.
        left_out: Of a part of a larger network, the nodes outside whose outputs enter it past its entry.
        placed: What it takes in that depends on the place, where its reader looks for that.
        turned: Outputs whose last dimensions are not the axes in their order, as channels that come last.

    Raises:
        NetworkError: A name is missing, duplicate or unclean, a node comes before what it reads, or lengths differ.
        LimitError: A number is above its limit.
    """

    name: str
    dims: int
    nodes: tuple[Node, ...]
    outputs: tuple[str, ...]
    input: tuple[int, ...] | None = None
    left_out: tuple[str, ...] = ()
    placed: tuple[Placed, ...] = ()
    turned: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Network {self.name}: {len(self.nodes)} nodes, {self.dims}-D>"

    def __getstate__(self) -> dict[str, Any]:
        """The fields it is made of; whatever was computed from them is computed again."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __post_init__(self) -> None:
        if self.name != clean(self.name):
            raise NetworkError("bad network name", got=self.name, expected="printable characters")
        if self.dims not in (1, 2, 3):
            raise NetworkError("bad number of axes", where=self.name, got=repr(self.dims), expected="1, 2 or 3")
        if not self.nodes:
            raise NetworkError("a network without layers", where=self.name, do="give it at least one")
        limits.check("layers", len(self.nodes), where=self.name)
        known = {INPUT}
        for node in self.nodes:
            _check_node(node, known, self.dims)
            known.add(node.name)
        limits.check("outputs", len(self.outputs), where=self.name)
        if not self.outputs:
            raise NetworkError("a network without outputs", where=self.name)
        for output in self.outputs:
            if output not in known or output == INPUT:
                raise NetworkError("unknown output", where=self.name, got=repr(output), expected="the name of a layer")
        if self.input is not None:
            _check_input(self.input, self.dims, self.name)

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        """The nodes by their names."""
        return MappingProxyType({node.name: node for node in self.nodes})

    @cached_property
    def local(self) -> frozenset[str]:
        """The input and every node that a path from it leads to without passing a global operation."""
        found = {INPUT}
        for node in self.nodes:
            if not node.is_global and not found.isdisjoint(node.inputs):
                found.add(node.name)
        return frozenset(found)

    def placed_along(self, axis: int) -> tuple[str, ...]:
        """The operations that take in what depends on the place along an axis, or on the size."""
        found = (one.by for one in self.placed if one.axis == axis and one.node in {INPUT, *self.by_name})
        return tuple(dict.fromkeys(found))

    @cached_property
    def pointwise(self) -> frozenset[str]:
        """The nodes whose outputs read their own position of each input, such as sums and 1x1 convolutions."""
        return frozenset(node.name for node in self.nodes if all(read == IDENTITY for read in node.reads))

    @cached_property
    def is_settled(self) -> bool:
        """Whether nothing in it depends on a size: windows with numbers for paddings, and no input size."""
        return self.input is None and all(
            isinstance(read, Window) and isinstance(read.padding, tuple) for node in self.nodes for read in node.reads
        )

    @cached_property
    def is_chain(self) -> bool:
        """Whether each node reads only the node before it and the last one is the only output."""
        before = (INPUT, *(node.name for node in self.nodes[:-1]))
        return self.outputs == (self.nodes[-1].name,) and all(
            node.inputs == (name,) for node, name in zip(self.nodes, before, strict=True)
        )


def _check_node(node: Node, known: set[str], dims: int) -> None:
    where = node.name
    if not node.name or node.name != clean(node.name):
        raise NetworkError("bad layer name", got=node.name, expected="one or more printable characters")
    if node.name == INPUT:
        raise NetworkError("bad layer name", got=repr(INPUT), expected="another name: this is the network's input")
    if node.op != clean(node.op):
        raise NetworkError("bad operation", where=where, got=node.op, expected="printable characters")
    if type(node.groups) is not int or node.groups < 1:
        raise NetworkError("bad groups", where=where, got=node.groups, expected="an integer of 1 or more")
    if node.name in known:
        raise NetworkError("duplicate layer name", where=where, do="give every layer a name of its own")
    if len(node.reads) != dims:
        raise NetworkError("wrong number of axes", where=where, got=len(node.reads), expected=str(dims))
    if not node.inputs:
        raise NetworkError("a layer without inputs", where=where)
    for name in node.inputs:
        if name not in known:
            raise NetworkError("unknown input", where=where, got=repr(name), expected="'input' or a layer before it")
    for read in node.reads:
        if isinstance(read, Window | TransposedWindow):
            limits.check("kernel", read.kernel, where=where)
            limits.check("stride", read.stride, where=where)
            limits.check("rate", read.dilation, where=where)
            limits.check("axis", max(map(abs, read.padding)) if isinstance(read.padding, tuple) else 0, where=where)


def _check_input(size: tuple[int, ...], dims: int, where: str) -> None:
    if len(size) != dims:
        raise NetworkError(WRONG_SIZES, where=where, got=len(size), expected=str(dims))
    for length in size:
        if type(length) is not int or length < 1:
            raise NetworkError("bad input size", where=where, got=length, expected="an integer of 1 or more")
        limits.check("axis", length, where=where)
