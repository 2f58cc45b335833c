"""Operations element by element, on one tensor or several, and concatenation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from rfscope.errors import TargetError
from rfscope.readers.onnx.operation import Handler, Operation, Result
from rfscope.readers.tracing import Map, Scores, Tracer, Value
from rfscope.readers.tracing import merging as tracing
from rfscope.readers.tracing.layout import axis_parts
from rfscope.readers.tracing.placed import Operand, note_places

__all__ = ["MERGING", "pointwise"]


def pointwise(tracer: Tracer, call: Operation) -> Value:
    """An operation that makes each element from those at the same index; what else it takes in is of channels."""
    op = "multiply" if call.op in ("Mul", "Div") else "add"
    return tracing.merge(tracer, call.values, call.shape, op)


def _repeated(tracer: Tracer, call: Operation) -> Result:
    """The same with tensors that are repeated to one shape."""
    found = pointwise(tracer, call)
    if isinstance(found, Map | Scores):
        note_places(tracer, found, _operands(tracer, call))
    return found


def _operands(tracer: Tracer, call: Operation) -> Iterator[Operand]:
    """What an operation takes in that is not made from any input."""
    for name in filter(None, call.call.node.input):
        if name not in call.known and name not in tracer.given:
            shape = call.tensors.shape(name)
            yield Operand(shape, partial(_is_even, call, name), _numbers(call, name) if shape == () else ())


def _is_even(call: Operation, name: str, dims: Sequence[int]) -> bool:
    """Whether a constant is known to hold the same all along some of its dimensions."""
    value = call.tensors.value(name)
    return value is not None and all(bool((value == value.take([0], dim)).all()) for dim in dims)


def _numbers(call: Operation, name: str) -> list[float]:
    value = call.tensors.value(name)
    return [] if value is None or value.dtype.kind not in "iuf" else [float(value.item())]


def _concat(tracer: Tracer, call: Operation) -> Result:
    shape = call.shape
    dim = call.dim(call.integer("axis", 1), len(shape))
    names = [name for name in call.call.node.input if name]
    lengths = []
    for index, name in enumerate(names):
        own = call.shape_of(index)
        if len(own) != len(shape):
            raise TargetError("bad input", where=call.where, got=f"{name} of shape {list(own)}", expected="equal ranks")
        lengths.append(own[dim])
    kept = [place for place, length in enumerate(lengths) if length]  # empty ones are passed over
    values = [call.known.get(names[place]) for place in kept]
    found = tracing.concat(tracer, values, [lengths[place] for place in kept], dim, shape)
    if isinstance(found, Map) and not axis_parts([found.layout[dim]]):
        note_places(tracer, found, _operands(tracer, call))
    return found


_POINTWISE = [
    *("Abs", "Acos", "Acosh", "Add", "And", "Asin", "Asinh", "Atan", "Atanh", "Bernoulli", "BitShift", "BitwiseAnd"),
    *("BitwiseNot", "BitwiseOr", "BitwiseXor", "Ceil", "Celu", "Clip", "Cos", "Cosh", "Div", "Elu", "Equal", "Erf"),
    *("Exp", "Floor", "Gelu", "Greater", "GreaterOrEqual", "HardSigmoid", "HardSwish", "IsInf", "IsNaN", "LeakyRelu"),
    *("Less", "LessOrEqual", "Log", "Max", "Mean", "Min", "Mish", "Mod", "Mul", "Neg", "Not", "Or", "PRelu", "Pow"),
    *("Reciprocal", "Relu", "Round", "Selu", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh", "Softplus", "Softsign"),
    *("Sqrt", "Sub", "Sum", "Swish", "Tan", "Tanh", "ThresholdedRelu", "Trilu", "Where", "Xor"),
]

MERGING: dict[str, Handler] = {
    **dict.fromkeys(_POINTWISE, _repeated),
    **dict.fromkeys(["QuantizeLinear", "DequantizeLinear"], pointwise),
    "Concat": _concat,
}
