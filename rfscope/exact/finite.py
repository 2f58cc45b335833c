"""What only a finite input shows: padding read, inputs never read, the context that a tile needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import singledispatch
from math import prod

from rfscope import limits
from rfscope.exact.field import Field
from rfscope.exact.usage import lines_used
from rfscope.exact.walk import Region, walk_back
from rfscope.network.graph import INPUT, Network
from rfscope.network.parts import one_axis
from rfscope.network.reads import Read, TransposedWindow, Window
from rfscope.network.sizes import Sizes, size_read

__all__ = ["Finite", "halo", "never_read", "padding_shares"]


@dataclass(frozen=True, slots=True)
class Finite:
    """What one output, and the network, read of a finite input.

    Attributes:
        output_size: Size of the output's map per axis.
        extent: First and last input position that the output looked at reads, per axis; None if it reads nothing.
        padding_share: Part of the taps of each layer, over all of its outputs, that fall into padding.
        never_read: Input positions per axis that no output of the map reads.
        halo: Input positions before and after its own that a tile needs, per axis; None if unknown.
    """

    output_size: tuple[int, ...]
    extent: tuple[tuple[int, int] | None, ...]
    padding_share: dict[str, float]
    never_read: tuple[int, ...]
    halo: tuple[tuple[int, int] | None, ...]


def halo(fields: Sequence[Field]) -> tuple[tuple[int, int] | None, ...]:
    """Context per side and axis; in a causal 1-D network the history and the look-ahead."""
    return tuple(field.reach for field in fields)


def padding_shares(network: Network, sizes: Sizes) -> dict[str, float]:
    """Part of the taps of each layer that fall outside the map it reads.

    Args:
        network: A settled network.
        sizes: The sizes of its maps.
    """
    shares = {}
    for node in network.nodes:
        size = size_read(node, sizes)
        outputs = sizes[node.name]
        if size is not None and outputs is not None:
            inside = [_inside(read, n, out) for read, n, out in zip(node.reads, size, outputs, strict=True)]
            folded = node.padding_mode != "zeros"  # its padding is the map again
            shares[node.name] = 0.0 if folded else float(1 - prod(inside, start=Fraction(1)))
    return shares


@singledispatch
def _inside(read: Read, size: int, outputs: int) -> Fraction:  # noqa: ARG001 - tables read no padding
    """The part of a layer's taps that fall on the map, along one axis."""
    return Fraction(1)


@_inside.register(Window)
def _(read: Window, size: int, outputs: int) -> Fraction:
    before, _ = read.known_padding or (0, 0)
    inside = 0
    for tap in range(read.kernel):  # outputs o with 0 <= o * stride - before + tap * dilation < size
        shift = tap * read.dilation - before
        first = max(0, -(shift // read.stride))
        last = min(outputs - 1, (size - 1 - shift) // read.stride)
        inside += max(0, last - first + 1)
    return Fraction(inside, read.kernel * outputs)


@_inside.register(TransposedWindow)
def _(read: TransposedWindow, size: int, outputs: int) -> Fraction:
    before, _ = read.known_padding
    inside = total = 0
    for tap in range(read.kernel):  # outputs o = i * stride - before + tap * dilation, inside for 0 <= i < size
        shift = tap * read.dilation - before
        low, high = -(-(0 - shift) // read.stride), (outputs - 1 - shift) // read.stride
        total += max(0, high - low + 1)
        inside += max(0, min(high, size - 1) - max(low, 0) + 1)
    return Fraction(inside, total) if total else Fraction(1)


def never_read(network: Network, output: str, sizes: Sizes) -> tuple[int, ...]:
    """Input positions per axis at which no pixel is read by any output.

    Args:
        network: A settled network that ends at the output.
        output: The node whose outputs are looked at.
        sizes: The sizes of its maps.

    Raises:
        LimitError: A map has more cells than the limit ``cells``.
    """
    image = sizes[INPUT] or ()
    if not network.is_chain:
        read = _lines_read(network, output, sizes)
        return tuple(length - len(lines) for length, lines in zip(image, read, strict=True))
    lines = [one_axis(network, axis) for axis in range(network.dims)]
    lengths = [{name: size and (size[axis],) for name, size in sizes.items()} for axis in range(network.dims)]
    found = [len(_lines_read(line, output, length)[0]) for line, length in zip(lines, lengths, strict=True)]
    return tuple(length - (lines if all(found) else 0) for length, lines in zip(image, found, strict=True))


def _lines_read(network: Network, output: str, sizes: Sizes) -> list[list[int]]:
    """Per axis, the input positions at which some pixel is read by some output."""
    import numpy as np

    size = sizes[output]
    if size is None:  # behind a global operation everything is read
        return [list(range(length)) for length in sizes[INPUT] or ()]
    limits.check("cells", prod(size), where=output)
    everything = Region((0,) * len(size), np.ones((1, *size), dtype=bool))
    found = walk_back(network, output, everything, sizes=sizes, keep=()).get(INPUT)
    if found is None:
        return [[] for _ in size]
    return lines_used(found.used())
