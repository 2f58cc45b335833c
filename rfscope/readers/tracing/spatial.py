"""Operations that read neighbours: windows, transposed windows, resizing, padding, cropping, rolling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rfscope.network.reads import IDENTITY, Read, Window
from rfscope.network.sizes import output_size, settled
from rfscope.readers.tracing.grids import dims_with_axes, grid_of, stretched
from rfscope.readers.tracing.layout import Part, axis_parts, other, put
from rfscope.readers.tracing.tracer import CannotFollowError, Tracer, in_blocks
from rfscope.readers.tracing.values import Everywhere, Map, Scores, Value

__all__ = ["axis_along", "crop", "of_no_position", "only_along", "pad", "read_axes", "roll", "select", "whole_axis"]


def read_axes(
    tracer: Tracer,
    value: Value,
    op: str,
    reads: Sequence[Read],
    shape: Sequence[int],
    *,
    channels: bool = False,
    **details: Any,
) -> Value:
    """An operation over the last dimensions whose reads are given per axis, such as windows.

    Args:
        tracer: Where the node is written down.
        value: What it reads.
        op: What kind of layer it is.
        reads: What it reads along each of the last dimensions.
        shape: The shape that it makes.
        channels: Whether it mixes the channels, which lie in the dimension before.
        details: Further attributes of the node.

    Raises:
        CannotFollowError: The positions lie otherwise in the tensor.
    """
    if isinstance(value, Scores):
        raise CannotFollowError("it reads attention scores")
    if isinstance(value, Everywhere):
        return tracer.behind([value], op, **details)
    first = len(value.layout) - len(reads)
    value = tracer.spread(value)
    if op == "pixel_shuffle":
        value = tracer.some_channels(value)
    if channels and _mixes_all(value, first - 1, bounded=tracer.bounded):
        return tracer.whole([value], op, **details)
    if len(shape) != len(value.layout) or first < 1:
        raise CannotFollowError("it makes a tensor of another number of dimensions")
    if channels and all(read == IDENTITY for read in reads):
        value = tracer.gathered(value, [first - 1])
        node = tracer.add(op, (IDENTITY,) * tracer.dims, [value], **details)
        return Map(node, value.sizes, put(value.layout, first - 1, other(shape[first - 1])))
    dims, passed = dims_with_axes(tracer, value, len(reads))
    grid = grid_of(tracer.gathered(value, [first - 1]) if channels else value, dims)
    along: list[Read] = [IDENTITY] * tracer.dims
    for axis, step, dim in zip(grid.axes, grid.steps, dims, strict=True):
        along[axis] = reads[dim - first] if step == 1 else stretched(reads[dim - first], step)
    node = tracer.add(op, along, [grid.value], **details)
    sizes = list(grid.value.sizes)
    layout = list(grid.value.layout)
    for place, axis, step in zip(dims, grid.axes, grid.steps, strict=True):
        sizes[axis] = shape[place] * step
        layout[place] = (Part(axis, shape[place], step),) if shape[place] > 1 else ()
    for place in passed:
        layout[place] = other(shape[place])
    if channels:
        layout[first - 1] = other(shape[first - 1])
    if any(value.layout[place] for place in passed) and value.node in tracer.uneven:
        tracer.uneven.add(node)  # it reads some of what were channels, and not all
    _check_sizes(grid.value, along, sizes)
    return Map(node, tuple(sizes), tuple(layout))


def _mixes_all(value: Map, dim: int, *, bounded: bool) -> bool:
    """Whether a dimension holds every axis whole, so that mixing it reads everything.

    One of several axes is a block of its own size, if that is meant; if not, it is taken as everything, too.
    """
    parts = axis_parts([value.layout[dim]])
    whole = {part.axis for part in parts if part.axis is not None and part.size == value.sizes[part.axis]}
    return len(whole) == len(value.sizes) or (bool(whole) and not bounded)


def _check_sizes(value: Map, reads: Sequence[Read], sizes: Sequence[int]) -> None:
    """Refuse reads that lead to other sizes than the framework's own: something was misread."""
    made = [output_size(settled(read, size), size) for read, size in zip(reads, value.sizes, strict=True)]
    if made != list(sizes):
        raise CannotFollowError(f"its map should have the size {made} and has {list(sizes)}")


def pad(tracer: Tracer, value: Value, sides: Sequence[tuple[int, int]], mode: str) -> Value:
    """Padding, or cropping where a side is negative.

    Args:
        tracer: Where the node is written down.
        value: What is padded.
        sides: Elements before and after, per dimension of the tensor.
        mode: What they hold: ``zeros`` (any constant), ``reflect``, ``replicate`` or ``circular``.

    Raises:
        CannotFollowError: A dimension holds only part of an axis.
    """
    if isinstance(value, Everywhere):
        return value
    if isinstance(value, Scores):
        raise CannotFollowError("it pads attention scores")
    value = tracer.spread(value)
    reads, layout, sizes = [IDENTITY] * tracer.dims, list(value.layout), list(value.sizes)
    for dim, ((before, after), length) in enumerate(zip(sides, value.shape, strict=True)):
        if not (before or after):
            continue
        axis = whole_axis(value, dim)
        if axis is None:
            layout[dim] = other(length + before + after)
        else:
            reads[axis] = Window(padding=(before, after))
            sizes[axis] += before + after
            layout[dim] = (Part(axis, sizes[axis]),) if sizes[axis] > 1 else ()
    if all(read == IDENTITY for read in reads):
        return replace(value, layout=tuple(layout))
    return Map(tracer.add("pad", reads, [value], padding_mode=mode), tuple(sizes), tuple(layout))


def crop(tracer: Tracer, value: Value, dim: int, start: int, stop: int, step: int = 1) -> Value:
    """A slice along one dimension.

    Raises:
        CannotFollowError: The dimension holds only part of an axis.
    """
    if not isinstance(value, Map):
        return of_no_position(value, dim)
    length = value.shape[dim]
    if (start, stop, step) == (0, length, 1):
        return value
    parts = value.layout[dim]
    if parts and parts[0].tokens:
        return _tokens(tracer, value, dim, start, stop)
    value = tracer.spread(value)
    axis = whole_axis(value, dim)
    count = len(range(start, stop, step))
    if axis is None:
        value = tracer.some_channels(value, dim)
        return replace(value, layout=put(value.layout, dim, other(count)))
    if count == 1 and tracer.reads_all(value.node):
        return Everywhere(value.node)  # the last of a recurrence's states, which is of the whole sequence
    read = Window(stride=step, padding=(-start, stop - length))
    node = tracer.add("slice", only_along(tracer, axis, read), [value])
    sizes = (*value.sizes[:axis], count, *value.sizes[axis + 1 :])
    return Map(node, sizes, put(value.layout, dim, (Part(axis, count),) if count > 1 else ()))


def select(tracer: Tracer, value: Value, dim: int, index: int) -> Value:
    """One index of a dimension, which is then gone.

    Raises:
        CannotFollowError: The dimension holds part of an axis that is not the finest.
    """
    if not isinstance(value, Map):
        return of_no_position(value, dim)
    parts = value.layout[dim]
    if len(parts) == 1 and parts[0].axis is not None and parts[0].size < value.sizes[parts[0].axis]:
        value = _one_of_each_block(tracer, value, parts[0], index)
    else:
        found = crop(tracer, value, dim, index, index + 1)
        if isinstance(found, Everywhere):
            return found
        value = found if isinstance(found, Map) else value
    return replace(value, layout=(*value.layout[:dim], *value.layout[dim + 1 :]))


def _one_of_each_block(tracer: Tracer, value: Map, part: Part, index: int) -> Map:
    axis, size = part.axis, part.size
    if axis is None or part.step != 1:
        raise CannotFollowError("it takes one of several parts of an axis")
    read = Window(stride=size, padding=(-index, index + 1 - size))
    node = tracer.add("slice", only_along(tracer, axis, read), [value])
    return in_blocks(value, node, [size if place == axis else 1 for place in range(tracer.dims)])


def _tokens(tracer: Tracer, value: Map, dim: int, start: int, stop: int) -> Value:
    """A slice of a dimension in which class tokens stand before or behind the positions."""
    [part] = value.layout[dim]
    inside = range(part.before, part.before + _count(part))
    if stop <= inside.start or start >= inside.stop:
        return tracer.whole([value], "class_token")
    if start > inside.start or stop < inside.stop:
        raise CannotFollowError("it takes some of the positions among class tokens")
    left = stop - start - len(inside)
    kept = (replace(part, size=stop - start, before=part.before - start),) if left else part.tokens
    return replace(value, layout=put(value.layout, dim, kept))


def _count(part: Part) -> int:
    total = 1
    for token in part.tokens:
        total *= token.size
    return total


def roll(tracer: Tracer, value: Value, shifts: dict[int, int]) -> Value:
    """Positions moved round, by so many along each dimension.

    Raises:
        CannotFollowError: A dimension holds only part of an axis.
    """
    reads: list[Read] = [IDENTITY] * tracer.dims
    if not isinstance(value, Map):
        return of_no_position(value, 0)
    for dim, shift in shifts.items():
        axis = whole_axis(value, dim)
        if axis is not None:
            reads[axis] = Window(padding=(shift, -shift))
    if all(read == IDENTITY for read in reads):
        return value
    return replace(value, node=tracer.add("roll", reads, [value], padding_mode="circular"))


def whole_axis(value: Map, dim: int) -> int | None:
    """The axis that a dimension holds; None if it holds no positions.

    Raises:
        CannotFollowError: It holds only part of an axis, or more than one.
    """
    parts = value.layout[dim]
    if not axis_parts([parts]):
        return _single_axis(value, dim) if not parts else None
    [*before, part] = parts
    if before or part.axis is None or part.size != value.sizes[part.axis] or part.tokens:
        raise CannotFollowError("it takes part of an axis that lies in several dimensions")
    return part.axis


def axis_along(value: Map, dim: int) -> int | None:
    """The axis that a dimension holds whole; None for anything else. One of size 1 is told by its usual place."""
    parts = value.layout[dim]
    if not parts:
        return _single_axis(value, dim) if len(value.layout) == len(value.sizes) + 2 else None
    whole = len(parts) == 1 and parts[0].axis is not None and not parts[0].tokens
    return parts[0].axis if whole and parts[0].size == value.sizes[parts[0].axis or 0] else None


def _single_axis(value: Map, dim: int) -> int | None:
    """The axis of size 1 that stands in an empty dimension, where the map lies in the usual order."""
    axis = dim - (len(value.layout) - len(value.sizes))
    return axis if axis >= 0 and value.sizes[axis] == 1 else None


def only_along(tracer: Tracer, axis: int, read: Read) -> list[Read]:
    """What is read per axis where only one axis has a read of its own."""
    return [read if place == axis else IDENTITY for place in range(tracer.dims)]


def of_no_position(value: Value, dim: int) -> Value:
    """What belongs to no position, as it is.

    Raises:
        CannotFollowError: These are attention scores.
    """
    if isinstance(value, Scores):
        raise CannotFollowError(f"it takes part of attention scores along dimension {dim}")
    return value
