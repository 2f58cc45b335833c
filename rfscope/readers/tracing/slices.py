"""Slices of one map put together again: a map that goes on round its border, or blocks of positions in the channels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod
from typing import NamedTuple

from rfscope.network.reads import Window
from rfscope.readers.tracing.layout import Part, put
from rfscope.readers.tracing.spatial import axis_along, only_along
from rfscope.readers.tracing.tracer import Tracer
from rfscope.readers.tracing.values import Map

__all__ = ["rejoined", "tiled"]


_MOST_SLICES = 64
"""Slices of slices that are followed back."""


class _Cut(NamedTuple):
    """Where the positions of a slice lie in the map that it was cut from: the first, and the step to the next."""

    first: tuple[int, ...]
    step: tuple[int, ...]


def _cuts(tracer: Tracer, value: Map) -> dict[str, tuple[Map, _Cut]]:
    """A map and all that it is a slice of, by their nodes."""
    found = {value.node: (value, _Cut((0,) * tracer.dims, (1,) * tracer.dims))}
    while len(found) < _MOST_SLICES and (node := tracer.by_name.get(value.node)) is not None:
        if node.op != "slice" or node.upper_bound:
            break
        first, step = found[value.node][1]
        reads = [read for read in node.reads if isinstance(read, Window) and read.kernel == 1]
        starts = [-read.known_padding[0] for read in reads if read.known_padding is not None]
        if len(starts) < tracer.dims or node.name not in tracer.entered:
            break
        strides = [read.stride for read in reads]
        value = tracer.entered[node.name]
        found[value.node] = (
            value,
            _Cut(
                tuple(f * s + start for f, s, start in zip(first, strides, starts, strict=True)),
                tuple(t * s for t, s in zip(step, strides, strict=True)),
            ),
        )
    return found


def _common(tracer: Tracer, values: Sequence[Map]) -> tuple[Map, list[_Cut]] | None:
    """The map that all of some maps are slices of, or are themselves, and where they lie in it."""
    cuts = [_cuts(tracer, value) for value in values]
    for name, (source, _) in cuts[0].items():
        if all(name in other for other in cuts[1:]):
            return source, [other[name][1] for other in cuts]
    return None


def rejoined(tracer: Tracer, values: Sequence[Map], dim: int) -> Map | None:
    """Slices of one map that follow each other along a dimension, from its end on at its begin again.

    These are the map itself, a part of it, the map turned round, or padded by what lies at its other end.

    Args:
        tracer: Where the node is written down.
        values: What is put side by side.
        dim: The dimension, which holds an axis in each of them.

    Returns:
        The map that they make; None if they are anything else.
    """
    axes = {axis_along(value, dim) for value in values}
    found = _common(tracer, values) if len(axes) == 1 else None
    axis = axes.pop()
    if found is None or axis is None:
        return None
    source, cuts = found
    length, at, total = source.sizes[axis], cuts[0].first[axis], 0
    for value, cut in zip(values, cuts, strict=True):
        rest = [
            (0, 1, size) if place != axis else (cut.first[axis], 1, value.sizes[axis])
            for place, size in enumerate(source.sizes)
        ]
        if list(zip(cut.first, cut.step, value.sizes, strict=True)) != rest or (cut.first[axis] - at) % length:
            return None
        at, total = cut.first[axis] + value.sizes[axis], total + value.sizes[axis]
    first = cuts[0].first[axis]
    sides = [(-start, total - length + start) for start in (first, first - length)]
    before, after = min(sides, key=lambda side: abs(side[0]) + abs(side[1]))  # the shorter way round
    sizes = tuple(total if place == axis else size for place, size in enumerate(source.sizes))
    layout = put(values[0].layout, dim, (Part(axis, total),) if total > 1 else ())
    if (before, after) == (0, 0):
        return Map(source.node, sizes, layout)
    if max(before, after) > length:
        return None
    round_it = max(before, after) > 0
    op = "slice" if not round_it else "roll" if total == length else "pad"
    reads = only_along(tracer, axis, Window(padding=(before, after)))
    return Map(tracer.add(op, reads, [source], padding_mode="circular" if round_it else "zeros"), sizes, layout)


def tiled(tracer: Tracer, values: Sequence[Map]) -> str | None:
    """The node that makes one position of each block, of strided slices of one map that together are all of it.

    Args:
        tracer: Where the node is written down.
        values: What is put side by side among the channels.

    Returns:
        Its name; None if the slices leave something out, or are no slices of one map.
    """
    found = _common(tracer, values) if len(values) > 1 else None
    if found is None:
        return None
    source, cuts = found
    steps = cuts[0].step
    offsets = {cut.first for cut in cuts}
    whole = all(
        cut.step == steps and [size * step for size, step in zip(value.sizes, steps, strict=True)] == [*source.sizes]
        for value, cut in zip(values, cuts, strict=True)
    )
    if prod(steps) == 1 or not whole or len(offsets) < prod(steps):
        return None
    if offsets != set(product(*map(range, steps))):
        return None
    return tracer.add("pixel_unshuffle", [Window(kernel=step, stride=step) for step in steps], [source])
