"""Short ways to make a network in Python."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal, TypeVar

from rfscope import limits
from rfscope.errors import NetworkError, clean
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import IDENTITY, Padding, Resize, TransposedWindow, Window

__all__ = ["assemble", "chain", "conv", "merge", "pool", "resize", "transposed_conv"]

T = TypeVar("T")


def conv(
    name: str,
    *,
    kernel: int | Sequence[int] = 3,
    stride: int | Sequence[int] = 1,
    dilation: int | Sequence[int] = 1,
    padding: Padding | list[Padding] = "same",
    dims: int = 2,
    inputs: Sequence[str] = (),
) -> Node:
    """Make a convolution layer; numbers hold for every axis, sequences give one entry per axis.

    Args:
        name: The layer's name.
        kernel: Taps.
        stride: Inputs between neighbouring outputs.
        dilation: Inputs between neighbouring taps (the rate).
        padding: ``(before, after)``, ``"same"`` or ``"same_lower"``, or a list of these.
        dims: Number of spatial axes.
        inputs: Names of the nodes it reads; none means the layer before it (see ``assemble``).

    Raises:
        NetworkError: A number is out of range or a sequence has the wrong length.

    Example:
        >>> conv("c", kernel=(1, 5), dims=2).reads[1].kernel
        5
    """
    paddings = tuple(padding) if isinstance(padding, list) else (padding,) * dims
    per_axis = zip(
        _each("kernel", kernel, dims),
        _each("stride", stride, dims),
        _each("dilation", dilation, dims),
        _of_length("padding", paddings, dims),
        strict=True,
    )
    reads = tuple(Window(kernel=k, stride=s, dilation=d, padding=p) for k, s, d, p in per_axis)
    return Node(name=name, op="conv", reads=reads, inputs=tuple(inputs))


def pool(
    name: str,
    *,
    kernel: int | Sequence[int],
    stride: int | Sequence[int] = 1,
    padding: Padding | list[Padding] = (0, 0),
    dims: int = 2,
    inputs: Sequence[str] = (),
) -> Node:
    """Make a pooling layer; the arguments are those of ``conv``."""
    return replace(conv(name, kernel=kernel, stride=stride, padding=padding, dims=dims, inputs=inputs), op="pool")


def merge(name: str, inputs: Sequence[str], *, op: Literal["add", "multiply", "concat"] = "add", dims: int = 2) -> Node:
    """Make a layer that reads each of its inputs at the position it stands at.

    Args:
        name: The layer's name.
        inputs: Names of the nodes it reads; ``"input"`` is the network's input.
        op: What it does with them, which makes no difference to what is seen.
        dims: Number of spatial axes.

    Example:
        >>> block = assemble("block", [conv("a", dilation=2), merge("sum", ["a", "input"])])
        >>> block.nodes[1].inputs
        ('a', 'input')
    """
    return Node(name=name, op=op, reads=(IDENTITY,) * dims, inputs=tuple(inputs))


def transposed_conv(
    name: str,
    *,
    kernel: int | Sequence[int],
    stride: int | Sequence[int],
    padding: Padding | list[Padding] = (0, 0),
    dims: int = 2,
    inputs: Sequence[str] = (),
) -> Node:
    """Make a transposed convolution; padding is what is cut from its full output."""
    windows = conv(name, kernel=kernel, stride=stride, padding=padding, dims=dims, inputs=inputs).reads
    reads = tuple(
        TransposedWindow(kernel=read.kernel, stride=read.stride, padding=read.padding)
        for read in windows
        if isinstance(read, Window)
    )
    return Node(name=name, op="transposed_conv", reads=reads, inputs=tuple(inputs))


def resize(
    name: str,
    *,
    scale: Fraction | int | None = None,
    size: int | None = None,
    mode: Literal["nearest", "linear", "cubic"] = "nearest",
    align_corners: bool = False,
    dims: int = 2,
    inputs: Sequence[str] = (),
) -> Node:
    """Make a layer that samples up or down, by a scale or to a size, alike along every axis."""
    factor = None if scale is None else Fraction(scale)
    read = Resize(mode=mode, align_corners=align_corners, scale=factor, size=size)
    return Node(name=name, op="resize", reads=(read,) * dims, inputs=tuple(inputs))


def chain(
    rates: Sequence[int],
    *,
    kernel: int | Sequence[int] = 3,
    stride: int | Sequence[int] = 1,
    dims: int = 2,
    causal: bool = False,
    name: str | None = None,
) -> Network:
    """Make a plain chain of convolutions from its dilation rates.

    Padding keeps the size at stride 1: the extent less one, half of it before (rounded down) and the rest after;
    with ``causal`` all of it before.

    Args:
        rates: Dilation rate of each layer.
        kernel: Taps, one number or one per layer.
        stride: Stride, one number or one per layer.
        dims: Number of spatial axes, 1 to 3.
        causal: Whether no layer reads ahead.
        name: The network's name; the rates if not given.

    Raises:
        NetworkError: A number is out of range or a list has the wrong length.

    Example:
        >>> [node.name for node in chain([1, 2, 5]).nodes]
        ['conv1', 'conv2', 'conv3']
    """
    count = len(rates)
    layers = zip(rates, _each("kernel", kernel, count), _each("stride", stride, count), strict=True)
    nodes = []
    for number, (rate, taps, step) in enumerate(layers, start=1):
        limits.check("rate", rate, where=f"layer {number}")
        total = Window(kernel=taps, dilation=rate).extent - 1
        before = total if causal else total // 2
        window = Window(kernel=taps, stride=step, dilation=rate, padding=(before, total - before))
        nodes.append(Node(name=f"conv{number}", op="conv", reads=(window,) * dims, inputs=()))
    return assemble(name or ",".join(str(rate) for rate in rates), nodes)


def assemble(
    name: str,
    nodes: Iterable[Node],
    *,
    outputs: Sequence[str] = (),
    dims: int | None = None,
    input: Sequence[int] | None = None,
) -> Network:
    """Make a network from layers: clean the names, connect, put in topological order.

    Args:
        name: The network's name.
        nodes: The layers. One without inputs reads the layer before it, the first one the network's input.
        outputs: Names of the outputs; none means the last layer as given.
        dims: Number of spatial axes; the first layer's if not given.
        input: Spatial size per axis, or None for an unbounded grid.

    Raises:
        NetworkError: The graph has a cycle, names a layer that is not there, or holds a bad number.
    """
    given = [_cleaned(node) for node in nodes]
    if not given:
        raise NetworkError("a network without layers", where=clean(name), do="give it at least one")
    before = [INPUT, *(node.name for node in given)]
    linked = [
        node if node.inputs else replace(node, inputs=(prior,)) for node, prior in zip(given, before[:-1], strict=True)
    ]
    return Network(
        name=clean(name),
        dims=len(given[0].reads) if dims is None else dims,
        nodes=_in_order(linked),
        outputs=tuple(clean(output) for output in outputs) or (given[-1].name,),
        input=None if input is None else tuple(input),
    )


def _cleaned(node: Node) -> Node:
    return replace(node, name=clean(node.name), op=clean(node.op), inputs=tuple(clean(name) for name in node.inputs))


def _in_order(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Sort topologically, keeping the order given where it already is one."""
    position: dict[str, int] = {}
    for place, node in enumerate(nodes):
        if position.setdefault(node.name, place) != place:
            raise NetworkError("duplicate layer name", where=node.name, do="give every layer a name of its own")
    if all(position.get(name, -1) < place for place, node in enumerate(nodes) for name in node.inputs):
        return tuple(nodes)
    sorter = graphlib.TopologicalSorter({node.name: [i for i in node.inputs if i in position] for node in nodes})
    try:
        order = list(sorter.static_order())
    except graphlib.CycleError as error:
        loop = " -> ".join(error.args[1][:8])
        raise NetworkError("a cycle", got=loop, expected="layers that lead from the input to the outputs") from None
    return tuple(nodes[position[name]] for name in order)


def _each(name: str, value: int | Sequence[int], count: int) -> tuple[int, ...]:
    return (value,) * count if isinstance(value, int) else _of_length(name, tuple(value), count)


def _of_length(name: str, values: tuple[T, ...], count: int) -> tuple[T, ...]:
    if len(values) != count:
        raise NetworkError(f"wrong number of {name}s", got=len(values), expected=str(count))
    return values
