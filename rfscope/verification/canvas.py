"""The canvas: an input just large enough that several outputs can be looked at away from every border.

Away from the border means at every layer: what an output reads of each map on its way lies within that map, and not in
the padding around it. There, and only there, the network behaves as on an unbounded grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TypeAlias

from rfscope.errors import UnsupportedError
from rfscope.network.graph import Network, Node
from rfscope.network.reads import Window

__all__ = ["Canvas", "Layer", "Position", "chain_layers", "known_padding", "make_canvas"]

Layer: TypeAlias = tuple[Window, ...]
"""One layer of a chain: its window along each axis, with a padding that is known."""

Position: TypeAlias = tuple[int, ...]
"""One cell of a map, an index per axis."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """A chain and the input that it is verified on.

    Attributes:
        layers: The chain, first layer first.
        padded: For every layer, the size per axis of the map it reads, its padding included.
        size: Size of the input per axis.
        outputs: Positions of the outputs whose gradients are compared.
    """

    layers: tuple[Layer, ...]
    padded: tuple[tuple[int, ...], ...]
    size: tuple[int, ...]
    outputs: tuple[Position, ...]

    @property
    def cells(self) -> int:
        """Cells of the input."""
        return prod(self.size)


def chain_layers(network: Network) -> tuple[Layer, ...]:
    """The layers of a network, which must be a chain of windows whose paddings are known.

    Raises:
        UnsupportedError: It is something else.
    """
    if not network.is_chain:
        raise UnsupportedError("cannot verify branches", where=network.name, expected="a plain chain of layers")
    return tuple(tuple(_window(node, axis) for axis in range(network.dims)) for node in network.nodes)


def known_padding(window: Window, *, where: str | None = None) -> tuple[int, int]:
    """Padding before and after.

    Raises:
        UnsupportedError: It depends on the size of the input.
    """
    padding = window.known_padding
    if padding is None:
        raise UnsupportedError(
            "cannot verify a padding that depends on the input's size",
            where=where,
            got=window.padding,
            do="give the size of the input, or the padding in numbers",
        )
    return padding


def make_canvas(layers: Sequence[Layer]) -> Canvas:
    """Find the smallest input on which neighbouring outputs touch no border, and choose the outputs to compare.

    These are the first output, its next neighbour along each axis, and one a step away along every axis at once: two
    steps where neighbours are more than one input pixel apart.

    Args:
        layers: A chain, first layer first.

    Example:
        >>> make_canvas([(Window(kernel=3, padding=(1, 1)),), (Window(kernel=3, dilation=2, padding=(2, 2)),)]).outputs
        ((3,), (4,))
    """
    axes = [list(axis) for axis in zip(*layers, strict=True)]
    first = [_first_inside(axis) for axis in axes]
    last = [start + (1 if prod(w.stride for w in axis) == 1 else 2) for start, axis in zip(first, axes, strict=True)]
    size = tuple(map(_input_size, axes, last))
    padded = zip(*map(_padded_sizes, axes, size), strict=True)
    steps = [tuple(here + (place == axis) for place, here in enumerate(first)) for axis in range(len(axes))]
    outputs = dict.fromkeys([tuple(first), *steps, tuple(last)])
    return Canvas(tuple(layers), tuple(padded), size, tuple(outputs))


def _window(node: Node, axis: int) -> Window:
    read = node.reads[axis]
    if not isinstance(read, Window):
        raise UnsupportedError(
            f"cannot verify operation {node.op!r}", where=node.name, expected="convolution or pooling"
        )
    known_padding(read, where=node.name)
    return read


def _first_inside(windows: Sequence[Window]) -> int:
    """The first output that reads no padding at any layer."""
    first = 0
    for window in windows:
        before, _ = known_padding(window)
        first = max(0, -(-(first + before) // window.stride))
    return first


def _input_size(windows: Sequence[Window], last: int) -> int:
    """The smallest input with which an output exists and reads no padding after the end of any map."""
    size = last + 1
    for window in reversed(windows):
        before, after = known_padding(window)
        last = last * window.stride - before + window.extent - 1
        size = max(last + 1, (size - 1) * window.stride + window.extent - before - after)
    return size


def _padded_sizes(windows: Sequence[Window], size: int) -> list[int]:
    """The size of the map that each layer reads, its padding included."""
    sizes = []
    for window in windows:
        sizes.append(size + sum(known_padding(window)))
        size = (sizes[-1] - window.extent) // window.stride + 1
    return sizes
