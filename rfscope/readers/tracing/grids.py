"""A map as an operation over the last dimensions of a tensor sees it: which axis lies in each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from rfscope.network.reads import Read, Window
from rfscope.readers.tracing.layout import axis_parts
from rfscope.readers.tracing.tracer import CannotFollowError, Tracer
from rfscope.readers.tracing.values import Map

__all__ = ["Grid", "dims_with_axes", "grid_of", "stretched"]


class Grid(NamedTuple):
    """A map as an operation over the last dimensions of a tensor sees it.

    Attributes:
        value: The map.
        axes: The axis that lies in each of these dimensions.
        steps: Positions along it from one index to the next.
    """

    value: Map
    axes: tuple[int, ...]
    steps: tuple[int, ...]


def dims_with_axes(tracer: Tracer, value: Map, count: int) -> tuple[list[int], list[int]]:
    """The last dimensions that an operation works along, and those of them in which no axis lies.

    The others were channels and became positions to the operation, or only make room for one of more axes: whatever it
    reads along them belongs to the same positions of the map.
    """
    dims = list(range(len(value.layout) - count, len(value.layout)))
    passed = [dim for dim in dims if value.layout[dim] and not axis_parts([value.layout[dim]])]
    elsewhere = {part.axis for dim, parts in enumerate(value.layout) if dim not in dims for part in axis_parts([parts])}
    spare = len(dims) - len(passed) - (tracer.dims - len(elsewhere))
    passed += [dim for dim in dims if not value.layout[dim]][: max(spare, 0)]
    return [dim for dim in dims if dim not in passed], passed


def grid_of(value: Map, dims: Sequence[int]) -> Grid:
    """Find the axis that lies in each of some dimensions."""
    axes: list[int | None] = []
    steps = []
    for parts in (value.layout[dim] for dim in dims):
        if len(parts) > 1 or any(part.axis is None or part.key or part.tokens for part in parts):
            raise CannotFollowError("the positions of the map lie in another order")
        axes.append(parts[0].axis if parts else None)
        steps.append(parts[0].step if parts else 1)
        if parts and parts[0].axis is not None and parts[0].size * parts[0].step != value.sizes[parts[0].axis]:
            raise CannotFollowError("it works in separate windows")
    single = [axis for axis, size in enumerate(value.sizes) if size == 1 and axis not in axes]
    if axes.count(None) > len(single):
        raise CannotFollowError("a dimension holds no axis of the map")
    if axes.count(None) < len(single) and None in axes:  # which of them it is makes no difference but for its name
        single = single[-axes.count(None) :]
    found = tuple(single.pop(0) if axis is None else axis for axis in axes)
    return Grid(value, found, tuple(steps))


def stretched(read: Read, step: int) -> Read:
    """A window over positions at equal distances; the batch holds each first position in turn."""
    if not isinstance(read, Window) or read.stride != 1 or not isinstance(read.padding, tuple):
        raise CannotFollowError("positions at equal distances lie together, and it is no window of stride 1")
    before, after = read.padding
    return replace(read, dilation=read.dilation * step, padding=(before * step, after * step))
