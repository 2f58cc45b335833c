"""Chosen positions and windows laid out: indices, tables of them, unfolding along a dimension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any

from rfscope.network.reads import Window
from rfscope.readers.torch.calls import Tensor
from rfscope.readers.torch.operation import Handler, Operation, Result
from rfscope.readers.tracing import Everywhere, Map, Scores, Tracer, Value, local, shaping, spatial, taking
from rfscope.readers.tracing.layout import Part, axis_parts, put, reshaped, taps
from rfscope.readers.tracing.tracer import CannotFollowError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["CHOOSING"]


def _integers(call: Operation, tensor: Any) -> list[int]:
    """The numbers in a row of indices that does not depend on the image."""
    if call.of(tensor) is not None:
        raise CannotFollowError("which positions it takes depends on the image")
    found = call.constants.value(tensor)
    if found is None:
        raise CannotFollowError("which positions it takes is not known")
    if found.dtype.is_floating_point or found.dtype.is_complex or str(found.dtype) == "torch.bool":
        raise CannotFollowError("its indices are no integers")
    return [int(index) for index in found.flatten().tolist()]


def _chosen(tracer: Tracer, call: Operation, value: Value, dim: int, index: Tensor) -> Value:
    """Indices of a dimension that a constant says; which they are makes no difference where no positions lie."""
    length = call.shape_of("self")[dim]
    if isinstance(value, Map) and not axis_parts([value.layout[dim]]) and call.of(index) is None and length > 1:
        return shaping.take(tracer.some_channels(value, dim), dim, prod(index.shape))
    return taking.take(tracer, value, dim, [at % length for at in _integers(call, index)])


def _index_select(tracer: Tracer, call: Operation) -> Result:
    """Chosen indices of one dimension."""
    [dim] = call.dims()
    value = call.value("self")
    if value is None:
        raise CannotFollowError("which positions it takes depends on the image")
    return _chosen(tracer, call, value, dim, call["index"])


def _index(tracer: Tracer, call: Operation) -> Result:
    """Chosen indices of some dimensions, of each by itself: ``x[:, rows[:, None], columns]``."""
    value, rank = call.value("self"), len(call.shape_of("self"))
    if value is None:
        raise CannotFollowError("which positions it takes depends on the image")
    chosen = {dim: index for dim, index in enumerate(call["indices"][:rank]) if index is not None}
    most = max(len(index.shape) for index in chosen.values())
    dims = list(chosen)
    if dims != list(range(dims[0], dims[0] + len(dims))):
        raise CannotFollowError("it takes positions one by one")
    if most > len(dims) and isinstance(value, Map) and axis_parts(value.layout[dim] for dim in dims):
        return local.neighbours(tracer, value, dims, _tables(call, chosen))
    if most != len(dims):
        raise CannotFollowError("it takes positions one by one")
    for place, index in enumerate(chosen.values()):
        shape = (1,) * (most - len(index.shape)) + index.shape
        if any(size != 1 for at, size in enumerate(shape) if at != place):
            raise CannotFollowError("it takes positions one by one")
    for dim, index in chosen.items():
        value = _chosen(tracer, call, value, dim, index)
    return value


def _tables(call: Operation, chosen: Mapping[int, Tensor]) -> list[NDArray[np.int64]]:
    """The indices into some dimensions, all of one shape."""
    import numpy as np

    lengths = call.shape_of("self")
    found = [
        np.array(_integers(call, index)).reshape(index.shape) % max(1, lengths[dim]) for dim, index in chosen.items()
    ]
    return list(np.broadcast_arrays(*found))


def _unfold(tracer: Tracer, call: Operation) -> Result:
    """Windows along one dimension, each laid out in a dimension of its own: blocks, where they do not overlap."""
    value, [dim], size = call.only, call.dims("dimension"), call["size"]
    if isinstance(value, Everywhere):
        return value
    if isinstance(value, Map) and (size != call["step"] or value.shape[dim] % size):
        return _windows(tracer, value, dim, Window(kernel=size, stride=call["step"]), call.shape)
    if isinstance(value, Scores):
        raise CannotFollowError("it lays out windows of attention scores")
    shape = [*value.shape[:dim], value.shape[dim] // size, size, *value.shape[dim + 1 :]]
    found = reshaped(value.layout, shape)
    if found is None:
        raise CannotFollowError("it cuts the rows of the map apart")
    return replace(value, layout=(*found[: dim + 1], *found[dim + 2 :], found[dim + 1]))


def _windows(tracer: Tracer, value: Map, dim: int, window: Window, shape: Sequence[int]) -> Map:
    """Windows that overlap, or leave out the end: each becomes one position, which holds what it reads beside it."""
    axis = spatial.whole_axis(value, dim)
    if axis is None:
        raise CannotFollowError("it lays out windows that overlap")
    reads = spatial.only_along(tracer, axis, window)
    sizes = (*value.sizes[:axis], shape[dim], *value.sizes[axis + 1 :])
    layout = put(value.layout, dim, (Part(axis, shape[dim]),) if shape[dim] > 1 else ())
    return Map(tracer.add("unfold", reads, [value]), sizes, (*layout, taps(window.kernel)))


CHOOSING: dict[str, Handler] = {
    "index_select": _index_select,
    "index": _index,
    **dict.fromkeys(["unfold", "unfold_copy"], _unfold),
}
