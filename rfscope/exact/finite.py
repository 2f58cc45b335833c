"""What only a finite input shows: padding that is read, inputs never read, the context a tile needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import singledispatch
from math import prod

from rfscope.exact.field import Field
from rfscope.network.graph import Network
from rfscope.network.reads import Read, TransposedWindow, Window
from rfscope.network.sizes import Sizes, size_read

__all__ = ["Finite", "halo", "padding_shares"]


@dataclass(frozen=True, slots=True)
class Finite:
    """What one output, and the network, read of a finite input.

    Attributes:
        output_size: Size of the output's map per axis.
        extent: First and last input position that the analyzed output reads, per axis; None if it reads nothing.
        padding_share: The part of each layer's taps, over all of its outputs, that falls into padding.
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
    """The part of each layer's taps that falls outside the map it reads, and reads nothing of it.

    Args:
        network: A settled network.
        sizes: The sizes of its maps.
    """
    shares = {}
    for node in network.nodes:
        size = size_read(node, sizes)
        outputs = sizes[node.name]
        if size is not None and outputs is not None:
            if node.padding_mode != "zeros":  # every tap reads the map, those in the padding once more
                shares[node.name] = 0.0
                continue
            inside = [_inside(read, n, out) for read, n, out in zip(node.reads, size, outputs, strict=True)]
            folded = node.padding_mode != "zeros"  # its padding is the map again
            shares[node.name] = 0.0 if folded else float(1 - prod(inside, start=Fraction(1)))
    return shares


@singledispatch
def _inside(read: Read, size: int, outputs: int) -> Fraction:  # noqa: ARG001 - tables read no padding
    """The part of a layer's taps that falls on the map, along one axis."""
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
