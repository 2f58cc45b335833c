"""RFS301: positions that a stride jumps over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import singledispatch
from itertools import product
from math import lcm, prod
from typing import NamedTuple

from rfscope.exact.analysis import Analysis
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import IDENTITY, Read, Table, Window
from rfscope.rules.axes import layer_text
from rfscope.rules.base import Finding, rule
from rfscope.wording import percent

__all__ = ["stride_skips_input"]

_LARGEST_PATTERN = 2**16
"""Positions of a repeating pattern up to which branches are put together; beyond, each layer is judged alone."""


@rule(code="RFS301", name="stride-skips-input", level="error", key="stride")
def stride_skips_input(analysis: Analysis) -> Iterator[Finding]:
    """Positions of a map that no layer reads, because a stride jumps over them.

    Whatever the layer before computes there is thrown away. A 1x1 convolution of stride 2 reads one position in four;
    next to a 3x3 of stride 2 that reads the same map it does no harm. Published residual networks have it, so for
    kernels of one tap the finding is a warning.

    Bad:
        [[layers]]
        op = "conv"
        kernel = 2
        stride = 3
    Good:
        [[layers]]
        op = "conv"
        kernel = 3
        stride = 2
    Source: He et al., "Bag of Tricks for Image Classification with Convolutional Neural Networks", CVPR 2019,
    section 4.2, for the residual network that ignores three quarters of its input.
    """
    for name, readers in _readers(analysis.network).items():
        if name not in analysis.network.outputs:
            share = _read_share([reader.residues for reader in readers])
            if share < 1:
                nodes = list(dict.fromkeys(reader.node for reader in readers))
                first = next(reader.node for reader in readers if any(one != ALL for one in reader.residues))
                yield Finding(
                    message=f"only {percent(share)} of the map before {layer_text(first.name)} is read by any layer: "
                    "its stride skips the rest",
                    details="What was computed there is thrown away",
                    help=_advice(first),
                    node=first.name,
                    level="warning" if first.taps == 1 else None,
                    about=tuple(node.name for node in nodes),
                )


def _advice(node: Node) -> str:
    if node.taps == 1:
        return "let a layer of more taps have the stride, or pool before"
    return "use a kernel, a rate and a stride that reach every position, or pool before"


Residues = tuple[int, frozenset[int]]
"""A pattern that repeats: its period, and the positions in it that are read."""

ALL: Residues = (1, frozenset({0}))


class _Reader(NamedTuple):
    """What looks at a map: a layer, and per axis the positions that it ever looks at."""

    node: Node
    residues: tuple[Residues, ...]


class _Slice(NamedTuple):
    """A map that holds positions of another one: which, and the layer that took them, if it left any out."""

    of: str
    first: tuple[int, ...]
    step: tuple[int, ...]
    node: Node | None = None

    def of_source(self, reader: _Reader) -> _Reader:
        """What a layer that reads it looks at in the other map."""
        lines = zip(reader.residues, self.first, self.step, strict=True)
        residues = tuple(
            _pattern(period * step, frozenset((place * step + first) % (period * step) for place in places))
            for (period, places), first, step in lines
        )
        return _Reader(self.node or reader.node, residues)


def _readers(network: Network) -> dict[str, list[_Reader]]:
    """The layers that read each map; what pointwise layers and slices pass on is the map that they read."""
    readers: dict[str, list[_Reader]] = {}
    whole = _Slice(INPUT, (0,) * network.dims, (1,) * network.dims)
    passed = {INPUT: whole}
    for node in network.nodes:
        held = None if node.name in network.outputs else _passed_on(node, passed[node.inputs[0]])
        passed[node.name] = held or whole._replace(of=node.name)
        if held is None:
            own = _Reader(node, tuple(_residues(read) for read in node.reads))
            for name in node.inputs:
                readers.setdefault(passed[name].of, []).append(passed[name].of_source(own))
    return readers


def _passed_on(node: Node, held: _Slice) -> _Slice | None:
    """What a node passes on of the one map that it reads, position by position; None if it is no such node."""
    first, step = [], []
    for read in node.reads:
        if not isinstance(read, Window) or read.kernel > 1 or read.known_padding is None:
            return None
        first.append(-read.known_padding[0])
        step.append(read.stride)
    pointwise = all(read == IDENTITY for read in node.reads)
    if len(node.inputs) > 1 or not (pointwise or node.op == "slice"):
        return None
    return _Slice(
        held.of,
        tuple(f + s * one for f, s, one in zip(held.first, held.step, first, strict=True)),
        tuple(s * one for s, one in zip(held.step, step, strict=True)),
        held.node or (None if pointwise else node),
    )


@singledispatch
def _residues(read: Read) -> Residues:  # noqa: ARG001 - transposed windows and global operations read everything
    return ALL


@_residues.register(Window)
def _(read: Window) -> Residues:
    before, _ = read.known_padding or (0, 0)
    return _pattern(read.stride, frozenset((tap * read.dilation - before) % read.stride for tap in range(read.kernel)))


@_residues.register(Table)
def _(read: Table) -> Residues:
    if not read.shift:  # every output reads the same: that is a choice of places, and no stride
        return ALL
    places = (place for output in range(read.period) for place in read.range(output))
    return _pattern(read.shift, frozenset(place % read.shift for place in places))


def _pattern(period: int, places: frozenset[int]) -> Residues:
    return ALL if len(places) == period else (period, places)


def _read_share(readers: Sequence[Sequence[Residues]]) -> float:
    """The part of the positions of a map that one of its readers reads; each reads a product over the axes."""
    if any(all(pattern == ALL for pattern in reader) for reader in readers):
        return 1.0
    periods = [lcm(*(pattern[0] for pattern in axis)) for axis in zip(*readers, strict=True)]
    if prod(periods) > _LARGEST_PATTERN:
        return max(prod(len(places) / period for period, places in reader) for reader in readers)
    read = sum(
        any(
            all(place % period in places for place, (period, places) in zip(cell, reader, strict=True))
            for reader in readers
        )
        for cell in product(*map(range, periods))
    )
    return read / prod(periods)
