"""Chosen positions: indices, copies side by side, each position several times, the opposite order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rfscope.network.reads import Read, Table, TransposedWindow
from rfscope.readers.tracing import shaping, spatial
from rfscope.readers.tracing.layout import Part, axis_parts, other, put
from rfscope.readers.tracing.spatial import of_no_position
from rfscope.readers.tracing.tracer import CannotFollowError, SizeNeededError, Tracer
from rfscope.readers.tracing.values import Map, Value

__all__ = ["flip", "interleave", "repeat", "take"]


def take(tracer: Tracer, value: Value, dim: int, indices: Sequence[int]) -> Value:
    """Chosen indices of a dimension, in any order, any of them several times.

    On an unbounded grid a choice is followed that goes on alike: every second position, or each one twice.

    Args:
        tracer: Where the node is written down.
        value: What is taken from.
        dim: The dimension.
        indices: Which of its indices, each from 0.

    Raises:
        CannotFollowError: The dimension holds only part of an axis.
        SizeNeededError: Which positions these are depends on a size that is not given.
    """
    if not isinstance(value, Map):
        return of_no_position(value, dim)
    length = value.shape[dim]
    if not axis_parts([value.layout[dim]]) and length != 1:
        value = value if len(set(indices)) == length else tracer.some_channels(value, dim)
        return shaping.take(value, dim, len(indices))
    if list(indices) == list(range(length)):
        return value
    if not indices:
        raise CannotFollowError("nothing is left of it")
    steps = {after - before for before, after in pairwise(indices)} or {1}
    step = steps.pop() if len(steps) == 1 else 0
    if step < 0 and len(indices) < length:
        value, indices = _by_table(tracer, value, dim, range(length)[::-1]), [length - 1 - at for at in indices]
    if step and list(indices) != list(range(length))[::-1]:
        return spatial.crop(tracer, value, dim, indices[0], indices[-1] + 1, abs(step))
    return _by_table(tracer, value, dim, indices)


def _by_table(tracer: Tracer, value: Map, dim: int, indices: Sequence[int]) -> Map:
    value = tracer.spread(value)
    axis = spatial.whole_axis(value, dim)
    if axis is None:
        return replace(value, layout=put(value.layout, dim, other(len(indices))))
    length, count = value.sizes[axis], len(indices)
    period, shift = _pattern(indices) or (count, 0)  # one table for the whole map, and nothing beyond it
    whole = period < count and shift * count == length * period
    if not (tracer.bounded or whole):
        raise SizeNeededError("which positions it takes depends on the input's size")
    first = tuple(indices[:period])
    read: Read = Table(
        starts=first, stops=tuple(at + 1 for at in first), shift=shift, size=count if tracer.bounded else None
    )
    if whole and set(first) == {0} and shift == 1:
        read = TransposedWindow(kernel=period, stride=period)
    op = "resize" if whole else "flip" if list(indices) == list(range(length))[::-1] else "take"
    node = tracer.add(op, spatial.only_along(tracer, axis, read), [value])
    sizes = (*value.sizes[:axis], count, *value.sizes[axis + 1 :])
    parts = (Part(axis, count),) if count > 1 else ()
    return Map(node, sizes, put(value.layout, dim, parts))


def _pattern(indices: Sequence[int]) -> tuple[int, int] | None:
    """After how many entries a list of indices goes on alike, and by how much more; None if it never does.

    Example:
        >>> _pattern([0, 0, 1, 1, 2, 2]), _pattern([2, 1, 0])
        ((2, 1), None)
    """
    count = len(indices)
    for period in range(1, count // 2 + 1):
        shift = indices[period] - indices[0]
        if count % period or shift < 1:
            continue
        if all(after - before == shift for before, after in zip(indices, indices[period:], strict=False)):
            return period, shift
    return None


def interleave(tracer: Tracer, value: Value, dim: int, times: int) -> Value:
    """Each index of a dimension so many times in a row."""
    if isinstance(value, Map) and (axis_parts([value.layout[dim]]) or value.shape[dim] == 1):
        return take(tracer, value, dim, [index for index in range(value.shape[dim]) for _ in range(times)])
    return shaping.take(value, dim, value.shape[dim] * times) if isinstance(value, Map) else value


def repeat(tracer: Tracer, value: Value, times: Sequence[int], shape: Sequence[int]) -> Value:
    """Whole tensors side by side: so many along each dimension; new dimensions may come in front.

    Raises:
        CannotFollowError: A dimension holds only part of an axis that is repeated.
        SizeNeededError: Where each copy begins depends on a size that is not given.
    """
    if isinstance(value, Map):
        front = len(shape) - len(value.layout)
        for dim, count in enumerate(times[front:]):
            if count > 1 and isinstance(value, Map) and axis_parts([value.layout[dim]]):
                value = take(tracer, value, dim, [*range(value.shape[dim])] * count)
                times = [1 if place == front + dim else one for place, one in enumerate(times)]
    return shaping.repeat(value, times, shape)


def flip(tracer: Tracer, value: Value, dims: Sequence[int]) -> Value:
    """Indices in the opposite order.

    Raises:
        CannotFollowError: A dimension holds only part of an axis.
        SizeNeededError: Which position is opposite depends on a size that is not given.
    """
    if not isinstance(value, Map):
        return of_no_position(value, dims[0])
    for dim in dims:
        if isinstance(value, Map) and axis_parts([value.layout[dim]]):
            value = take(tracer, value, dim, range(value.shape[dim])[::-1])
    return value
