"""Maps of several scales that were flattened and put side by side, as detectors end: each goes on by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod

from rfscope.readers.onnx.operation import Handler, Operation, Result
from rfscope.readers.onnx.operations.merging import MERGING
from rfscope.readers.onnx.operations.windows import WINDOWS
from rfscope.readers.tracing import Map, Tracer, Value
from rfscope.readers.tracing.layout import axis_parts
from rfscope.readers.tracing.tracer import CannotFollowError
from rfscope.readers.tracing.values import Beside

__all__ = ["put_beside", "read_each"]

_ALONG = frozenset(["Softmax", "LogSoftmax", "Gather"])
"""Operations along one dimension, which must be another one than that of the scales."""

_FOLLOWED = (
    frozenset(["Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Slice", "Split", "Identity", "Cast"])
    | frozenset(["QuantizeLinear", "DequantizeLinear", "MatMul", "Gemm", "BatchNormalization", "Conv"])
    | frozenset(["ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum", "ArgMax", "ArgMin"])
    | frozenset(MERGING)
    | _ALONG
)

_WHOLE = frozenset(["TopK", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceSum", "ArgMax", "ArgMin", "Softmax"])
"""Operations that read all scales where they work along the dimension of the scales."""


_CHOOSING = frozenset(["TopK", "NonMaxSuppression", "NonZero", "Compress", "GatherElements", "GatherND"])
"""Operations by which the data choose among all there is."""


_MOST_SCALES = 64


def put_beside(values: Sequence[Value | None], dim: int) -> Beside | None:
    """Maps side by side along a dimension in which all their axes lie; None if it is anything else."""
    parts: list[Map] = []
    for value in values:
        if isinstance(value, Beside) and value.dim == dim:
            parts += value.parts
        elif isinstance(value, Map) and {part.axis for part in axis_parts([value.layout[dim]])} == _axes(value):
            parts.append(value)
        else:
            return None
    if not 2 <= len(parts) <= _MOST_SCALES or max(len(_axes(part)) for part in parts) < 2:
        return None
    return Beside(parts[-1].node, tuple(parts), dim)


def _axes(value: Map) -> set[int | None]:
    return {axis for axis, size in enumerate(value.sizes) if size > 1}


def read_each(handler: Handler, tracer: Tracer, call: Operation) -> Result:
    """What an operation makes of scales side by side: of each of them what it would make of it alone.

    Raises:
        CannotFollowError: It mixes the scales in a way that cannot be said, or what it reads beside has positions.
    """
    given = {name: value for name in call.call.inputs if (value := call.known.get(name)) is not None}
    beside = {name: value for name, value in given.items() if isinstance(value, Beside)}
    first = next(iter(beside.values()))
    if call.op == "Concat" and (joined := _lengthened(call)) is not None:
        return joined
    total, alone = sum(first.lengths), {name for name, value in given.items() if isinstance(value, Map)}
    places = {name: _place(call, name, total) for name in call.results if name}
    chosen = call.op in _CHOOSING or (call.op == "Gather" and call.value(1) is not None)
    if chosen or (call.op in _WHOLE and None in places.values()):
        return tracer.whole(list(given.values()), "global")
    if call.op not in _FOLLOWED or None in places.values() or alone or _works_along(call, first.dim):
        raise CannotFollowError("it works on maps of several scales side by side")
    if any(value.lengths != first.lengths for value in beside.values()):
        raise CannotFollowError("it joins maps of different sizes")
    found = [_alone(handler, tracer, call, beside, places, index) for index in range(len(first.parts))]
    made: list[Value | None] = []
    for at, place in enumerate(places.values()):
        parts = [results[at] for results in found]
        if place is None or not all(isinstance(part, Map) for part in parts):
            raise CannotFollowError("it works on maps of several scales side by side")
        maps = tuple(part for part in parts if isinstance(part, Map))
        made.append(Beside(maps[-1].node, maps, place))
    return made if len(made) > 1 else made[0]


def _alone(
    handler: Handler,
    tracer: Tracer,
    call: Operation,
    beside: Mapping[str, Beside],
    places: Mapping[str, int | None],
    index: int,
) -> list[Value | None]:
    """What an operation makes of one of several scales, result by result."""
    length = next(iter(beside.values())).lengths[index]
    own = {name: value.parts[index] for name, value in beside.items()}
    shapes = {name: value.shape for name, value in own.items()}
    for name, place in places.items():
        if place is not None:
            whole = call.tensors.shape(name) or ()
            shapes[name] = (*whole[:place], length, *whole[place + 1 :])
    found = handler(tracer, replace(call, known={**call.known, **own}, shapes=shapes))
    results = found if isinstance(found, list) else [found] * len(places)
    for name, value in zip(places, results, strict=True):
        if isinstance(value, Map) and value.shape != shapes[name]:
            raise CannotFollowError("it works on maps of several scales side by side")
    return results


def _lengthened(call: Operation) -> Value | None:
    """More scales put beside some."""
    names = [name for name in call.call.node.input if name]
    dim = call.dim(call.integer("axis", 1), len(call.shape))
    return put_beside([call.known.get(name) for name in names], dim)


def _place(call: Operation, name: str, total: int) -> int | None:
    """The one dimension of a result that is as long as all scales together; None if there is none, or another."""
    shape = call.tensors.shape(name) or ()
    return shape.index(total) if shape.count(total) == 1 else None


def _works_along(call: Operation, dim: int) -> bool:
    """Whether an operation does more along a dimension than to take it as it is."""
    if call.op in _ALONG:
        return call.version < 13 or call.dim(call.integer("axis", -1), len(call.shape_of(0))) == dim
    if call.op in WINDOWS:
        return prod(call.shape_of(1)[2:]) > 1 or max(call.integers("strides") or [1]) > 1
    return call.op == "Slice" and min(call.listed("steps", 4) or [1]) < 1
