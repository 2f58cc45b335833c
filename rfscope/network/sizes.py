"""What depends on the size of the input: the size of every map, SAME padding, resizing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import singledispatch
from math import floor, gcd
from typing import NamedTuple, TypeAlias

from rfscope import limits
from rfscope.errors import MergeSizesError, NetworkError, SizeNeededError
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Adaptive, Read, Resize, Table, TransposedWindow, Window, share_out

__all__ = ["Settled", "Sizes", "adaptive", "output_size", "settle", "settled", "size_read"]

Sizes: TypeAlias = Mapping[str, tuple[int, ...] | None]
"""The size of each map per axis, by the name of the node that makes it; None behind a global operation."""


class Settled(NamedTuple):
    """A network in which nothing depends on sizes any more, except SAME padding if no sizes are known.

    Attributes:
        network: The network, its reads windows, transposed windows, tables and wholes.
        sizes: The size of each map, the input's included; None on an unbounded grid.
    """

    network: Network
    sizes: Sizes | None


def settle(network: Network, input: Sequence[int] | None = None) -> Settled:
    """Work out all sizes from the input's, and with them SAME padding and resizing.

    Args:
        network: The network.
        input: Spatial size per axis instead of the network's own; None keeps that.

    Raises:
        NetworkError: A map becomes empty, the inputs of a merge differ in size, or a size is needed and not known.
    """
    if input is not None:
        network = replace(network, input=tuple(input))
    nodes: list[Node] = []
    sizes: dict[str, tuple[int, ...] | None] = {INPUT: network.input}
    behind_global: set[str] = set()
    for node in network.nodes:
        size = _common_size(node, sizes) if network.input else None
        lengths = size or (None,) * network.dims
        if node.is_global or set(node.inputs) <= behind_global:
            behind_global.add(node.name)
        settled_reads = (_settled(read, length, node) for read, length in zip(node.reads, lengths, strict=True))
        reads = node.reads if node.name in behind_global else tuple(settled_reads)  # never asked for there
        nodes.append(node if reads == node.reads else replace(node, reads=reads))
        if size is not None and node.name not in behind_global:
            _check_repeated(node, reads, size)
        sizes[node.name] = None if size is None else _output_size(node, reads, size)
    if tuple(nodes) != network.nodes:
        network = replace(network, nodes=tuple(nodes))
    return Settled(network, sizes if network.input else None)


def adaptive(size: int, outputs: int) -> Table:
    """Adaptive pooling of a map of some size to so many outputs.

    Example:
        >>> adaptive(7, 3)
        Table(starts=(0, 2, 4), stops=(3, 5, 7), shift=7, size=3)
    """
    common = gcd(size, outputs)
    period = outputs // common
    starts = tuple(o * size // outputs for o in range(period))
    stops = tuple(-(-(o + 1) * size // outputs) for o in range(period))
    return Table(starts=starts, stops=stops, shift=size // common, size=outputs)


def size_read(node: Node, sizes: Sizes) -> tuple[int, ...] | None:
    """The size of what a node reads: inputs of a merge have one size, and maps behind a global operation fit any.

    Args:
        node: A node of a network.
        sizes: The sizes of the maps it reads.

    Returns:
        The size per axis; None if everything it reads lies behind a global operation.
    """
    return next((size for name in node.inputs if (size := sizes[name]) is not None), None)


def _common_size(node: Node, sizes: Sizes) -> tuple[int, ...] | None:
    """The size of what a node reads; maps behind a global operation fit any."""
    known = {name: size for name in node.inputs if (size := sizes[name]) is not None}
    if len(set(known.values())) > 1 and not node.is_global:  # which reads all of each
        got = ", ".join(f"{name} {'x'.join(map(str, size))}" for name, size in known.items())
        raise MergeSizesError("a merge of different sizes", where=node.place, got=got, expected="inputs of one size")
    return size_read(node, sizes)


def _check_repeated(node: Node, reads: Sequence[Read], size: tuple[int, ...]) -> None:
    """Refuse padding that repeats the map but is longer than what the map has to repeat."""
    most = {"reflect": -1, "circular": 0}
    for read, length in zip(reads, size, strict=True):
        padding = max(read.known_padding or (0, 0)) if isinstance(read, Window) else 0
        if node.padding_mode in most and padding > length + most[node.padding_mode]:
            raise NetworkError(
                f"{node.padding_mode} padding longer than the map",
                where=node.place,
                got=f"{padding} on a map of {length}",
                expected=f"at most {length + most[node.padding_mode]}",
                do="enlarge the network's input, or lessen the padding",
            )


def _output_size(node: Node, reads: Sequence[Read], size: tuple[int, ...]) -> tuple[int, ...] | None:
    if node.is_global:
        return None
    found = tuple(output_size(read, length) for read, length in zip(reads, size, strict=True))
    if min(found) < 1:
        raise NetworkError(
            "the map becomes empty",
            where=node.place,
            got=f"an input of {'x'.join(map(str, size))}",
            expected="one as large as the covered kernel",
            do="enlarge the network's input, or the padding",
        )
    return found


def _settled(read: Read, size: int | None, node: Node) -> Read:
    try:
        return settled(read, size)
    except _EmptyError:
        raise NetworkError("the map becomes empty", where=node.place, got=f"an input of {size}") from None
    except _SizeNeededError:
        what, do = f"operation {node.op!r} depends on the input's size", "give it: input, or --input"
        raise SizeNeededError(what, where=node.place, got=_needs(read), do=do) from None


def _needs(read: Read) -> str:
    """Why a read depends on the size, in the words of those who write such layers."""
    if isinstance(read, Adaptive):
        return f"pooling to {read.outputs} whatever the size of the map"
    if isinstance(read, Resize) and read.align_corners:
        return "align_corners=True, which fits the corners of two maps"
    return "a size to resize to"


class _EmptyError(Exception):
    """A read has no output."""


class _SizeNeededError(Exception):
    """A read cannot be settled without a size."""


@singledispatch
def settled(read: Read, size: int | None) -> Read:  # noqa: ARG001 - most reads depend on no size
    """The read with all that depends on the size of its own input filled in."""
    return read


@settled.register(Window)
def _(read: Window, size: int | None) -> Read:
    padding = read.known_padding
    if padding is None and size is not None:
        total = max(0, (-(-size // read.stride) - 1) * read.stride + read.extent - size)
        padding = share_out(total, "same" if read.padding == "same" else "same_lower")
    return read if padding is None or padding == read.padding else replace(read, padding=padding)


@settled.register(TransposedWindow)
def _(read: TransposedWindow, size: int | None) -> Read:  # noqa: ARG001 - its padding is known at any size
    before, after = read.known_padding
    if read.stride > 1:
        return read if isinstance(read.padding, tuple) else replace(read, padding=(before, after))
    around = read.extent - 1  # at stride 1 it is a convolution with its taps the other way round
    padding = (around - before, around - after + read.output_padding)
    return Window(kernel=read.kernel, dilation=read.dilation, padding=padding)


@settled.register(Resize)
def _(read: Resize, size: int | None) -> Read:
    outputs = read.size
    if outputs is None and size is not None and read.scale is not None:
        outputs = floor(size * read.scale)
        if not outputs:
            raise _EmptyError
    if read.align_corners or read.scale is None:
        if size is None or outputs is None:
            raise _SizeNeededError
        if read.align_corners:
            ratio = Fraction(size - 1, outputs - 1) if outputs > 1 and size > 1 else Fraction(0)
            return _table(read.mode, ratio, Fraction(0), outputs) if ratio else _constant(outputs)
        return _resize(read.mode, Fraction(size, outputs), outputs)
    return _resize(read.mode, 1 / read.scale, outputs)


@settled.register(Adaptive)
def _(read: Adaptive, size: int | None) -> Read:
    if size is None:
        raise _SizeNeededError
    return adaptive(size, read.outputs)


def _constant(outputs: int) -> Table:
    """Every output reads the first input: a single output, or a single input."""
    return Table(starts=(0,), stops=(1,), shift=0, size=outputs)


def _resize(mode: str, ratio: Fraction, outputs: int | None) -> Table:
    """Resizing where the edges coincide: output ``o`` looks at input ``(o + 1/2) ratio - 1/2``; nearest rounds down."""
    limits.check("phases", ratio.denominator)
    if mode == "nearest":
        starts = tuple(o * ratio.numerator // ratio.denominator for o in range(ratio.denominator))
        return Table(starts=starts, stops=tuple(at + 1 for at in starts), shift=ratio.numerator, size=outputs)
    return _table(mode, ratio, (ratio - 1) / 2, outputs)


def _table(mode: str, ratio: Fraction, first: Fraction, outputs: int | None) -> Table:
    """Outputs that look at the inputs ``first + o ratio``: the two around, or four for cubic, or just the one hit.

    A tap whose weight is always zero is not a read, and where an input is hit exactly the others' are.
    """
    limits.check("phases", ratio.denominator)
    places = [first + o * ratio for o in range(ratio.denominator)]
    around = 1 if mode == "linear" else 2
    starts = [place.numerator if place.denominator == 1 else floor(place) - around + 1 for place in places]
    widths = [1 if place.denominator == 1 else 2 * around for place in places]
    stops = tuple(start + width for start, width in zip(starts, widths, strict=True))
    return Table(starts=tuple(starts), stops=stops, shift=ratio.numerator, size=outputs)


@singledispatch
def output_size(read: Read, size: int) -> int:  # noqa: ARG001 - the size is for the kinds below
    """How many outputs a settled read has on a map of some size."""
    raise TypeError(read)


@output_size.register(Window)
def _(read: Window, size: int) -> int:
    before, after = read.known_padding or (0, 0)
    room = size + before + after - read.extent
    if read.ceil_mode:
        outputs = max(0, -(-room // read.stride) + 1)
        return outputs - ((outputs - 1) * read.stride >= size + before)  # the last window must begin on the map
    return room // read.stride + 1


@output_size.register(TransposedWindow)
def _(read: TransposedWindow, size: int) -> int:
    before, after = read.known_padding
    return (size - 1) * read.stride + read.extent + read.output_padding - before - after


@output_size.register(Table)
def _(read: Table, size: int) -> int:
    return read.size if read.size is not None else size * read.period // read.shift
