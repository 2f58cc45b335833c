"""The canvas: the input that a network is verified on, and the outputs that are compared on it.

A network whose input has a size is run on just that input, borders and all. Any other one is run on an input just large
enough that the compared outputs touch no border at any map: what they read of each map lies within that map, and not in
the padding around it. There, and only there, a network behaves as on an unbounded grid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from rfscope.errors import UnsupportedError
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Window
from rfscope.verification.as_torch import RunnableRead, as_torch, outputs_of
from rfscope.verification.line import Line

if TYPE_CHECKING:
    from rfscope.exact.output import Output

__all__ = [
    "AxisWindows",
    "Canvas",
    "CanvasStep",
    "Position",
    "a_period_further",
    "local_nodes",
    "make_canvas",
    "placed_nodes",
    "positions",
    "real_steps",
    "units",
]

AxisWindows: TypeAlias = tuple[Window, ...]
"""A window along each axis, with a padding that is known."""

Position: TypeAlias = tuple[int, ...]
"""One cell of a map, an index per axis."""

_MOST = 128
"""Phases compared, if their maps are small: all of a U-Net of 3 levels in 2-D, and along each axis of one of 5."""

_PIXELS = 2**24
"""Pixels of the fields of all compared phases."""


@dataclass(frozen=True, slots=True)
class CanvasStep:
    """One node as it is run.

    Attributes:
        name: The node.
        inputs: The maps it reads, which are added up. Those behind global operations are left out.
        reads: What it reads along each axis: windows whose paddings are known, transposed windows, tables.
        before: Size of the map it reads, per axis.
        after: Size of the map it makes, per axis.
        padding_mode: What its padding holds: zeros, or the map again.
    """

    name: str
    inputs: tuple[str, ...]
    reads: tuple[RunnableRead, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    padding_mode: str = "zeros"


@dataclass(frozen=True, slots=True)
class Canvas:
    """A network and the input that it is verified on.

    Attributes:
        steps: Its nodes in topological order, the last one making the output.
        size: Size of the input per axis.
        outputs: Positions of the outputs whose gradients are compared.
        bounded: Whether this is the size that the network's input has, so that borders matter.
    """

    steps: tuple[CanvasStep, ...]
    size: tuple[int, ...]
    outputs: tuple[Position, ...]
    bounded: bool

    @property
    def cells(self) -> int:
        """Cells of the input."""
        return prod(self.size)


def make_canvas(network: Network, places: Sequence[Position], periods: Sequence[int]) -> Canvas:
    """Find the input to run a network on.

    Args:
        network: The network as it was given, nothing settled by the engine; its first output is compared.
        places: Positions of outputs to look at.
        periods: On an unbounded grid, steps per axis by which all of them may be moved together.

    Raises:
        UnsupportedError: A padding depends on the size of the input, or all paths lead through global operations.

    Example:
        >>> from rfscope.network.build import chain
        >>> canvas = make_canvas(chain([1, 2], dims=1), [(0,), (1,)], [1])
        >>> canvas.size, canvas.outputs
        ((8,), ((3,), (4,)))
    """
    nodes = local_nodes(network)
    if network.input is not None:
        return Canvas(tuple(real_steps(nodes, network.input)), network.input, tuple(places), bounded=True)
    lines = [Line.along(nodes, axis) for axis in range(network.dims)]
    wanted = [(min(line), max(line)) for line in zip(*places, strict=True)]
    moves = [line.move(found, period) for line, found, period in zip(lines, wanted, periods, strict=True)]
    size = tuple(
        line.least_size(first + move, last + move)
        for line, (first, last), move in zip(lines, wanted, moves, strict=True)
    )
    maps = [line.sizes(length) for line, length in zip(lines, size, strict=True)]
    steps = tuple(
        CanvasStep(
            node.name,
            node.inputs,
            tuple(line.reads[place] for line in lines),
            tuple(min(sizes[name] for name in node.inputs) for sizes in maps),
            tuple(sizes[node.name] for sizes in maps),
        )
        for place, node in enumerate(nodes)
    )
    outputs = tuple(tuple(at + move for at, move in zip(place, moves, strict=True)) for place in places)
    return Canvas(steps, size, outputs, bounded=False)


def local_nodes(network: Network) -> tuple[Node, ...]:
    """The nodes on paths from the input to the output that lead through no global operation, without other inputs.

    Raises:
        UnsupportedError: There is no such path.
    """
    output, behind = network.outputs[0], placed_nodes(network)
    needed, found = {output}, []
    for node in reversed(behind):
        if node.name in needed:
            needed.update(node.inputs)
            found.append(node)
    if not found:
        raise UnsupportedError("cannot verify an output that lies behind global operations only", where=output)
    return tuple(reversed(found))


def placed_nodes(network: Network) -> list[Node]:
    """The nodes to which some path from the input leads through no global operation, without their other inputs."""
    reached, found = {INPUT}, []
    for node in network.nodes:
        inputs = tuple(name for name in node.inputs if name in reached)
        if inputs and not node.is_global:
            reached.add(node.name)
            found.append(replace(node, inputs=inputs))
    return found


def real_steps(nodes: Iterable[Node], input: tuple[int, ...]) -> list[CanvasStep]:
    """Nodes on an input that has a size."""
    sizes, found = {INPUT: input}, []
    for node in nodes:
        before = sizes[node.inputs[0]]
        sized = zip(node.reads, before, strict=True)
        reads = tuple(as_torch(read, length, where=node.name) for read, length in sized)
        sizes[node.name] = tuple(outputs_of(read, length) for read, length in zip(reads, before, strict=True))
        found.append(CanvasStep(node.name, node.inputs, reads, before, sizes[node.name], node.padding_mode))
    return found


def positions(output: Output) -> list[Position]:
    """The position of an output, then those of others that see something else.

    On an unbounded grid these are its other phases; where there are too many, or their maps too large, those along each
    axis and along the diagonal. On an input of a given size, the first and the last output of the map.
    """
    here = output.position
    if output.sizes is not None:
        last = tuple(length - 1 for length in output.sizes[output.node] or ())
        return list(dict.fromkeys([here, (0,) * len(here), last]))
    periods = [field.period for field in output.axes]
    pixels = prod(field.size_max or 1 for field in output.axes)
    room = min(_MOST, _PIXELS // pixels)
    if prod(periods) <= room:
        steps = list(product(*map(range, periods)))
    else:
        longest = max(2, room // (len(here) + 1))
        ways = [*units(len(here)), (1,) * len(here)]
        steps = [tuple(step * one for one in unit) for step in range(min(longest, max(periods))) for unit in ways]
    moved = (tuple(map(sum, zip(here, step, strict=True))) for step in steps)
    return list(dict.fromkeys([here, *moved]))


def a_period_further(position: Position, periods: Sequence[int]) -> list[Position]:
    """The outputs a period on along each axis, and along all at once.

    Example:
        >>> a_period_further((0, 0), (2, 3))
        [(2, 0), (0, 3), (2, 3)]
    """
    turns = dict.fromkeys([*units(len(position)), (1,) * len(position)])
    return [
        tuple(at + turn * period for at, turn, period in zip(position, turned, periods, strict=True))
        for turned in turns
    ]


def units(dims: int) -> list[Position]:
    """One step along each axis."""
    return [tuple(int(place == axis) for place in range(dims)) for axis in range(dims)]
