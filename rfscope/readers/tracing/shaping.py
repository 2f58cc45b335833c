"""Operations that move nothing but indices: reshaping, transposing, repeating, taking chosen indices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rfscope.readers.tracing.layout import Layout, axis_parts, other, put, reshaped
from rfscope.readers.tracing.tracer import CannotFollowError
from rfscope.readers.tracing.values import Everywhere, Map, Value

__all__ = ["expand", "permute", "repeat", "reshape", "take"]


def reshape(value: Value, shape: Sequence[int]) -> Value:
    """The same elements in the same order, with another shape.

    Raises:
        CannotFollowError: A stretch of positions is cut where its parts cannot be told.
    """
    if isinstance(value, Everywhere):
        return value
    layout = reshaped(value.layout, shape)
    if layout is None:
        raise CannotFollowError("it cuts the rows of the map apart")
    return replace(value, layout=layout)


def permute(value: Value, dims: Sequence[int]) -> Value:
    """The dimensions in another order."""
    if isinstance(value, Everywhere):
        return value
    return replace(value, layout=tuple(value.layout[dim] for dim in dims))


def expand(value: Value, shape: Sequence[int]) -> Value:
    """Dimensions of size 1 repeated; new dimensions may come before them."""
    if isinstance(value, Everywhere):
        return value
    layout = _widened(value.layout, len(shape))
    return replace(value, layout=tuple(part or other(size) for part, size in zip(layout, shape, strict=True)))


def repeat(value: Value, times: Sequence[int], shape: Sequence[int]) -> Value:
    """Whole tensors side by side: followed where only what holds no positions is repeated.

    Raises:
        CannotFollowError: Positions are repeated.
    """
    if isinstance(value, Everywhere):
        return value
    layout = _widened(value.layout, len(shape))
    if any(axis_parts([parts]) and count > 1 for parts, count in zip(layout, times, strict=True)):
        raise CannotFollowError("it repeats positions side by side")
    kept = (p if count == 1 else other(size) for p, count, size in zip(layout, times, shape, strict=True))
    return replace(value, layout=tuple(kept))


def take(value: Value, dim: int, count: int) -> Value:
    """So many chosen indices of a dimension that holds no positions.

    Raises:
        CannotFollowError: It holds positions.
    """
    if isinstance(value, Everywhere):
        return value
    if axis_parts([value.layout[dim]]) or not isinstance(value, Map):
        raise CannotFollowError("which positions it takes is not known")
    return replace(value, layout=put(value.layout, dim, other(count)))


def _widened(layout: Layout, rank: int) -> Layout:
    return ((),) * (rank - len(layout)) + layout
