"""How large the numbers of a verification can become: what decides whether float64 holds them as they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from math import gcd, prod
from typing import NamedTuple

from rfscope.network.reads import Read, Table, TransposedWindow, Window
from rfscope.verification.canvas import Step, known_padding

__all__ = ["Bounds", "bounds"]


class Bounds(NamedTuple):
    """Bounds on the numbers that come up.

    Attributes:
        largest: On the paths from any position of any map to one output.
        added: On the numbers that are added up for one position of a map.
    """

    largest: int
    added: int


def bounds(steps: Sequence[Step]) -> Bounds:
    """Walk back from the output: a position leads to as many outputs of a node as may read it.

    Args:
        steps: The nodes in topological order, the last one making the output.
    """
    paths, added = {steps[-1].name: 1}, {steps[-1].name: 1}
    for step in reversed(steps):
        fan = prod(_readers(read) * _copies(step, axis) for axis, read in enumerate(step.reads))
        for name in step.inputs:
            paths[name] = paths.get(name, 0) + paths[step.name] * fan
            added[name] = added.get(name, 0) + fan
    return Bounds(max(paths.values()), max(added.values()))


def _copies(step: Step, axis: int) -> int:
    """The most places, in the map and in its padding, at which one position of the map is read."""
    read = step.reads[axis]
    if step.padding_mode == "zeros" or not isinstance(read, Window):
        return 1
    sides = [max(0, side) for side in known_padding(read)]
    turn = 1 if step.padding_mode == "replicate" else max(1, step.before[axis] - 1)
    return 1 + sum(-(-side // turn) for side in sides)


@singledispatch
def _readers(read: Read) -> int:
    """The most outputs that read one input."""
    raise TypeError(read)


@_readers.register(Window)
def _(read: Window) -> int:
    return -(-read.kernel * gcd(read.stride, read.dilation) // read.stride)


@_readers.register(TransposedWindow)
def _(read: TransposedWindow) -> int:
    return read.kernel


@_readers.register(Table)
def _(read: Table) -> int:
    return sum(-(-(stop - start) // read.shift) for start, stop in zip(read.starts, read.stops, strict=True))
