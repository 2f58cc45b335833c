"""What moves or repeats elements: reshaping, transposing, slicing, splitting, taking, tiling."""

from __future__ import annotations

from dataclasses import replace

from rfscope import limits
from rfscope.errors import TargetError
from rfscope.readers.onnx.operation import Handler, Operation, Result
from rfscope.readers.tracing import Everywhere, Map, Tracer, Value, shaping, spatial, taking
from rfscope.readers.tracing.layout import other
from rfscope.readers.tracing.tracer import CannotFollowError, SizeNeededError

__all__ = ["SHAPES"]


def _same(_tracer: Tracer, call: Operation) -> Result:
    return call.only


def _dropout(_tracer: Tracer, call: Operation) -> Result:
    """What it lets through; which elements these are depends on nothing."""
    return [call.first, None]


def _check_shape(call: Operation) -> None:
    """Name the shape that is asked for, where it is not in the file."""
    if call.shape_of_result(call.results[0]) is None and call.op in ("Reshape", "Expand"):
        call.constant(1)


def _check_left_out(value: Map, tracer: Tracer) -> None:
    if any(value.sizes[axis] == 1 for axis in tracer.unfixed):
        raise SizeNeededError("it leaves out an axis of one position, which has more at other sizes of the input")


def _reshape(tracer: Tracer, call: Operation) -> Result:
    _check_shape(call)
    value = call.first
    if not tracer.bounded and isinstance(value, Map) and len(call.shape) < len(value.layout):
        _check_left_out(value, tracer)
    return shaping.reshape(value, call.shape)


def _transpose(_tracer: Tracer, call: Operation) -> Result:
    rank = len(call.shape_of(0))
    given = call.integers("perm")
    return shaping.permute(call.only, range(rank)[::-1] if given is None else [call.dim(dim, rank) for dim in given])


def _expand(_tracer: Tracer, call: Operation) -> Result:
    _check_shape(call)
    return shaping.expand(call.first, call.shape)


def _tile(tracer: Tracer, call: Operation) -> Result:
    times = call.listed("repeats", 1)
    if times is None or len(times) != len(call.shape):
        raise TargetError("bad repeats", where=call.where, got=times, expected=f"{len(call.shape)} numbers")
    return taking.repeat(tracer, call.first, times, call.shape)


def _slice(tracer: Tracer, call: Operation) -> Result:
    shape, value = call.shape_of(0), call.first
    starts, stops = call.listed("starts", 1), call.listed("ends", 2)
    axes, steps = call.listed("axes", 3), call.listed("steps", 4)
    if starts is None or stops is None:
        raise TargetError("bad Slice", where=call.where, expected="starts and ends")
    axes = list(range(len(starts))) if axes is None else axes
    steps = [1] * len(starts) if steps is None else steps
    if not len(starts) == len(stops) == len(axes) == len(steps):
        raise TargetError("bad Slice", where=call.where, got=f"{len(starts)} starts and {len(axes)} axes")
    for start, stop, axis, step in zip(starts, stops, axes, steps, strict=True):
        dim = call.dim(axis, len(shape))
        value = _sliced(tracer, call, value, dim, start, stop, step)
    return value


def _sliced(tracer: Tracer, call: Operation, value: Value, dim: int, start: int, stop: int, step: int) -> Value:
    length = call.shape_of(0)[dim]
    if step == 0:
        raise TargetError("bad step", where=call.where, got=0, expected="1 or more, or -1 or less")
    limits.check("stride", abs(step), where=call.where)
    if step > 0:
        first, last, _ = slice(start, stop, step).indices(length)
        return spatial.crop(tracer, value, dim, first, max(first, last), step)
    taken = range(length)[slice(start, stop, step)] if stop >= -length else range(length)[slice(start, None, step)]
    return taking.take(tracer, value, dim, taken)


def _split(tracer: Tracer, call: Operation) -> Result:
    rank = len(call.shape_of(0))
    dim, value, start = call.dim(call.integer("axis", 0), rank), call.first, 0
    found: list[Value | None] = []
    for name in call.results:
        shape = call.shape_of_result(name)
        if shape is None:
            raise CannotFollowError("how it is split is not known")
        found.append(spatial.crop(tracer, value, dim, start, start + shape[dim]))
        start += shape[dim]
    return found


def _looked_up(call: Operation) -> Result:
    """Rows of a table, one for each index that is read, such as embeddings."""
    value, table = call.only, call.shape_of(0)
    dim = call.dim(call.integer("axis", 0), len(table))
    if isinstance(value, Everywhere):
        return value
    return replace(value, layout=(*map(other, table[:dim]), *value.layout, *map(other, table[dim + 1 :])))


def _gather(tracer: Tracer, call: Operation) -> Result:
    """Chosen indices of a dimension: one, so that the dimension is gone, or a row of them."""
    if call.value(0) is None:
        return _looked_up(call)
    if call.value(1) is not None:
        return tracer.whole(call.values, "choice")
    shape, value, indices = call.shape_of(0), call.first, call.constant(1)
    dim = call.dim(call.integer("axis", 0), len(shape))
    if indices is None or indices.ndim > 1:
        raise CannotFollowError("it takes more than one row of indices")
    if isinstance(value, Everywhere):
        return value
    length = shape[dim]
    found = [int(index) for index in indices.ravel().tolist()]
    if any(not -length <= index < length for index in found):
        raise TargetError("bad indices", where=call.where, got=found, expected=f"{-length} to {length - 1}")
    found = [index % length for index in found]
    if indices.ndim == 0:
        return spatial.select(tracer, value, dim, found[0])
    return taking.take(tracer, value, dim, found)


SHAPES: dict[str, Handler] = {
    **dict.fromkeys(["Identity", "Cast", "CastLike", "BitCast"], _same),
    "Dropout": _dropout,
    **dict.fromkeys(["Reshape", "Flatten", "Squeeze", "Unsqueeze"], _reshape),
    "Transpose": _transpose,
    "Expand": _expand,
    "Tile": _tile,
    "Slice": _slice,
    "Split": _split,
    "Gather": _gather,
}
