"""RFS301: positions that a stride jumps over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import singledispatch
from itertools import product
from math import lcm, prod

from rfscope.exact.analysis import Analysis
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import IDENTITY, Read, Table, Window
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
    for name, nodes in _readers(analysis.network).items():
        if name not in analysis.network.outputs:
            share = _read_share([[_residues(read) for read in node.reads] for node in nodes])
            if share < 1:
                first = next(node for node in nodes if any(_residues(read) != ALL for read in node.reads))
                yield Finding(
                    message=f"of what {first.name} reads, only {percent(share)} of the positions are ever looked at: "
                    "its taps never fall on the others, and no other layer reads them: what they hold is thrown away",
                    help=_advice(first),
                    node=first.name,
                    level="warning" if first.taps == 1 else None,
                    about=tuple(node.name for node in nodes),
                )


def _advice(node: Node) -> str:
    if node.taps == 1:
        return "let a layer of more taps have the stride, or pool before"
    return "use a kernel, a rate and a stride that reach every position, or pool before"


def _readers(network: Network) -> dict[str, list[Node]]:
    """The layers that read each map; what a pointwise layer passes on is the map it read."""
    readers: dict[str, list[Node]] = {}
    source = {INPUT: INPUT}
    for node in network.nodes:
        passes_on = len(node.inputs) == 1 and all(read == IDENTITY for read in node.reads)
        source[node.name] = source[node.inputs[0]] if passes_on and node.name not in network.outputs else node.name
        if source[node.name] == node.name:
            for name in node.inputs:
                readers.setdefault(source[name], []).append(node)
    return readers


Residues = tuple[int, frozenset[int]]
"""A pattern that repeats: its period, and the positions in it that are read."""

ALL: Residues = (1, frozenset({0}))


@singledispatch
def _residues(read: Read) -> Residues:  # noqa: ARG001 - transposed windows and global operations read everything
    return ALL


@_residues.register(Window)
def _(read: Window) -> Residues:
    before, _ = read.known_padding or (0, 0)
    return _pattern(read.stride, frozenset((tap * read.dilation - before) % read.stride for tap in range(read.kernel)))


@_residues.register(Table)
def _(read: Table) -> Residues:
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
