"""Short ways to make a network in Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from numbers import Rational
from typing import Any, Literal, SupportsIndex

from rfscope import limits
from rfscope.errors import NetworkError, clean
from rfscope.network.given import Numbers, Paddings, either, listed, names, per_axis, whole, windows
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.linking import in_order, named, title
from rfscope.network.reads import IDENTITY, Resize, TransposedWindow, Window
from rfscope.wording import rates_text

__all__ = ["Numbers", "assemble", "chain", "conv", "merge", "pool", "resize", "transposed_conv"]

_CUT = "cut the end alone, (0, kernel - stride), so that it does not read ahead"


def conv(
    kernel_or_name: Numbers | str | None = None,
    /,
    *,
    kernel: Numbers | None = None,
    stride: Numbers = 1,
    dilation: Numbers = 1,
    padding: Paddings = "same",
    dims: int = 2,
    inputs: str | Sequence[str] = (),
    name: str = "",
) -> Node:
    """Make a convolution layer; numbers hold for every axis, sequences give one entry per axis.

    Args:
        kernel_or_name: Taps, 3 if not given; or the layer's name, and ``kernel`` gives the taps.
        kernel: Taps.
        stride: Inputs between neighbouring outputs.
        dilation: Inputs between neighbouring taps (the rate).
        padding: A number for both sides, ``(before, after)``, ``"same"``, ``"same_lower"``, ``"valid"`` or
            ``"causal"`` (all of it before, so that nothing is read ahead), or a list of these, one per axis.
        dims: Number of spatial axes.
        inputs: Names of the nodes it reads; none means the layer before it (see ``assemble``).
        name: The layer's name; numbered by its operation (``conv1``) if not given.

    Raises:
        NetworkError: A number is out of range or a sequence has the wrong length.

    Example:
        >>> conv(3, dilation=2).reads[0].extent, conv((1, 5)).reads[1].kernel, conv("c", kernel=5).name
        (5, 5, 'c')
    """
    taps, name = either("kernel", kernel_or_name, kernel, name)
    return _layer("conv", name, inputs, windows(3 if taps is None else taps, stride, dilation, padding, dims))


def pool(
    kernel_or_name: Numbers | str | None = None,
    /,
    *,
    kernel: Numbers | None = None,
    stride: Numbers = 1,
    padding: Paddings = 0,
    dims: int = 2,
    inputs: str | Sequence[str] = (),
    name: str = "",
) -> Node:
    """Make a pooling layer; the arguments are those of ``conv``, and the stride is 1 if not given.

    Example:
        >>> pool(2, stride=2).reads[0].stride
        2
    """
    taps, name = either("kernel", kernel_or_name, kernel, name, needed="the window's size, such as pool(2, stride=2)")
    return _layer("pool", name, inputs, windows(taps, stride, 1, padding, dims))


def merge(
    inputs_or_name: str | Sequence[str] | None = None,
    inputs: str | Sequence[str] | None = None,
    *,
    op: Literal["add", "multiply", "concat"] = "add",
    dims: int = 2,
    name: str = "",
) -> Node:
    """Make a layer that reads each of its inputs at the position it stands at.

    Args:
        inputs_or_name: Names of the nodes it reads; or the layer's name, and ``inputs`` gives these.
        inputs: Names of the nodes it reads; ``"input"`` is the network's input.
        op: What it does with them, which makes no difference to what is seen.
        dims: Number of spatial axes.
        name: The layer's name; numbered by its operation (``add1``) if not given.

    Example:
        >>> block = assemble([conv(3, dilation=2), merge(["conv1", "input"])])
        >>> block.nodes[1].name, block.nodes[1].inputs
        ('add1', ('conv1', 'input'))
    """
    read, name = either("inputs", inputs_or_name, inputs, name, needed='a list of names, such as ["conv1", "input"]')
    return _layer(op, name, read, (IDENTITY,) * dims)


def transposed_conv(
    kernel_or_name: Numbers | str | None = None,
    /,
    *,
    stride: Numbers,
    kernel: Numbers | None = None,
    padding: Paddings = 0,
    dims: int = 2,
    inputs: str | Sequence[str] = (),
    name: str = "",
) -> Node:
    """Make a transposed convolution; padding is what is cut from its full output.

    Example:
        >>> transposed_conv(4, stride=2, padding=1).reads[0].extent
        4
    """
    taps, name = either("kernel", kernel_or_name, kernel, name, needed="the taps, such as 2")
    if isinstance(padding, str) and padding == "causal":
        raise NetworkError("bad padding", got=repr(padding), expected="what is cut before and after", do=_CUT)
    reads = tuple(
        TransposedWindow(kernel=read.kernel, stride=read.stride, padding=read.padding)
        for read in windows(taps, stride, 1, padding, dims)
    )
    return _layer("transposed_conv", name, inputs, reads)


def resize(
    scale_or_name: Fraction | int | str | None = None,
    /,
    *,
    scale: Fraction | int | None = None,
    size: int | None = None,
    mode: Literal["nearest", "linear", "cubic"] = "nearest",
    align_corners: bool = False,
    dims: int = 2,
    inputs: str | Sequence[str] = (),
    name: str = "",
) -> Node:
    """Make a layer that samples up or down, by a scale or to a size, alike along every axis.

    Example:
        >>> resize(2, mode="linear").reads[0].scale
        Fraction(2, 1)
    """
    given, name = either("scale", scale_or_name, scale, name)
    factor = whole(given)
    if factor is not None and (isinstance(factor, bool) or not isinstance(factor, Rational)):
        raise NetworkError("bad scale", got=repr(given), expected="an integer or a Fraction, such as Fraction(1, 2)")
    read = Resize(
        mode=mode, align_corners=align_corners, scale=None if factor is None else Fraction(factor), size=whole(size)
    )
    return _layer("resize", name, inputs, (read,) * dims)


def chain(
    rates: Sequence[SupportsIndex],
    *,
    kernel: Numbers = 3,
    stride: Numbers = 1,
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
    taken = listed(rates)
    if taken is None:
        raise NetworkError("bad rates", got=repr(rates), expected="a list of integers, such as [1, 2, 5]")
    count = len(taken)
    layers = zip(taken, per_axis("kernel", kernel, count), per_axis("stride", stride, count), strict=True)
    nodes = []
    for number, (rate, taps, step) in enumerate(layers, start=1):
        total = Window(kernel=taps, dilation=rate).extent - 1
        limits.check("rate", rate, where=f"layer {number}")
        before = total if causal else total // 2
        window = Window(kernel=taps, stride=step, dilation=rate, padding=(before, total - before))
        nodes.append(_layer("conv", f"conv{number}", (), (window,) * dims))
    return assemble(nodes, name=name or rates_text(taken))


def assemble(
    layers_or_name: Iterable[Node] | str | None = None,
    nodes: Iterable[Node] | None = None,
    *,
    name: str = "",
    outputs: str | Sequence[str] = (),
    dims: int | None = None,
    input: Numbers | None = None,
) -> Network:
    """Make a network from layers: name those without a name, connect them, put them in topological order.

    Args:
        layers_or_name: The layers; or the network's name, and ``nodes`` gives these.
        nodes: The layers. One without inputs reads the layer before it, the first one the network's input. One
            without a name is called by its operation and a number, as in specs: ``conv1``, ``conv2``, ``pool1``.
        name: The network's name; the rates of a plain chain of convolutions, else ``"network"``, if not given.
        outputs: Names of the outputs; none means the last layer as given.
        dims: Number of spatial axes; the first layer's if not given.
        input: Spatial size, one number for all axes or one per axis; None for an unbounded grid.

    Raises:
        NetworkError: The graph has a cycle, names a layer that is not there, or holds a bad number.

    Example:
        >>> network = assemble([conv(3), pool(2, stride=2), conv(3, dilation=2)])
        >>> [node.name for node in network.nodes]
        ['conv1', 'pool1', 'conv2']
    """
    layers, name = either(
        "layers",
        None if layers_or_name == "" else layers_or_name,
        nodes,
        name,
        needed="a list of layers, such as [rf.conv(3)]",
    )
    given = [_cleaned(node) for node in named(layers)]
    if not given:
        raise NetworkError("a network without layers", where=clean(name) or None, do="give it at least one")
    before = [INPUT, *(node.name for node in given)]
    linked = [
        node if node.inputs else replace(node, inputs=(prior,)) for node, prior in zip(given, before[:-1], strict=True)
    ]
    dims = len(given[0].reads) if dims is None else dims
    return Network(
        name=clean(name) or title(linked),
        dims=dims,
        nodes=in_order(linked),
        outputs=tuple(clean(output) for output in names(outputs)) or (given[-1].name,),
        input=None if input is None else (whole(input),) * dims if listed(input) is None else listed(input),
    )


def _layer(op: str, name: str, inputs: str | Sequence[str], reads: Any) -> Node:
    return Node(name=name, op=op, reads=reads, inputs=names(inputs))


def _cleaned(node: Node) -> Node:
    return replace(node, name=clean(node.name), op=clean(node.op), inputs=tuple(clean(name) for name in node.inputs))
