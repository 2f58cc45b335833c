"""Operations element by element, on one tensor or several, and concatenation."""

from __future__ import annotations

from rfscope.errors import TargetError
from rfscope.readers.onnx.operation import Handler, Operation, Result
from rfscope.readers.tracing import Tracer
from rfscope.readers.tracing import merging as tracing

__all__ = ["MERGING", "pointwise"]


def pointwise(tracer: Tracer, call: Operation) -> Result:
    """An operation that makes each element from those at the same index."""
    op = "multiply" if call.op in ("Mul", "Div") else "add"
    return tracing.merge(tracer, call.values, call.shape, op)


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
    return tracing.concat(tracer, values, [lengths[place] for place in kept], dim, shape)


_POINTWISE = [
    *("Abs", "Acos", "Acosh", "Add", "And", "Asin", "Asinh", "Atan", "Atanh", "Bernoulli", "BitShift", "BitwiseAnd"),
    *("BitwiseNot", "BitwiseOr", "BitwiseXor", "Ceil", "Celu", "Clip", "Cos", "Cosh", "Div", "Elu", "Equal", "Erf"),
    *("Exp", "Floor", "Gelu", "Greater", "GreaterOrEqual", "HardSigmoid", "HardSwish", "IsInf", "IsNaN", "LeakyRelu"),
    *("Less", "LessOrEqual", "Log", "Max", "Mean", "Min", "Mish", "Mod", "Mul", "Neg", "Not", "Or", "PRelu", "Pow"),
    *("Reciprocal", "Relu", "Round", "Selu", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh", "Softplus", "Softsign"),
    *("QuantizeLinear", "DequantizeLinear"),
    *("Sqrt", "Sub", "Sum", "Swish", "Tan", "Tanh", "ThresholdedRelu", "Trilu", "Where", "Xor"),
]

MERGING: dict[str, Handler] = {**dict.fromkeys(_POINTWISE, pointwise), "Concat": _concat}
