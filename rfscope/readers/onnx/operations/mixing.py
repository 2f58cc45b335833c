"""Reductions, norms, softmax, products of tensors, attention, recurrence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rfscope.errors import TargetError
from rfscope.readers.onnx.operation import Handler, Operation, Result
from rfscope.readers.onnx.operations.merging import pointwise
from rfscope.readers.tracing import Everywhere, Map, Scores, Tracer, Value, mixing
from rfscope.readers.tracing.layout import axis_parts, other, put
from rfscope.readers.tracing.merging import merge
from rfscope.readers.tracing.products import Factor, matmul_letters, product
from rfscope.readers.tracing.tracer import CannotFollowError

__all__ = ["MIXING"]


def _dims(call: Operation, given: Iterable[int]) -> list[int]:
    rank = len(call.shape_of(0))
    return [call.dim(dim, rank) for dim in given]


def _reduce(tracer: Tracer, call: Operation) -> Result:
    """One number made of all along some dimensions; without dimensions all of them, unless that means no operation."""
    axes, value = call.listed("axes", 1), call.first
    if not axes and call.integer("noop_with_empty_axes", 0):
        return value
    dims = _dims(call, axes or range(len(call.shape_of(0))))
    return mixing.reduce(tracer, value, dims, "global", keep=bool(call.integer("keepdims", 1)))


def _place_of_largest(tracer: Tracer, call: Operation) -> Result:
    dims = _dims(call, [call.integer("axis", 0)])
    return mixing.reduce(tracer, call.first, dims, "global", keep=bool(call.integer("keepdims", 1)))


def _softmax(tracer: Tracer, call: Operation) -> Result:
    """Along one dimension; before opset 13 along all from one on."""
    rank = len(call.shape_of(0))
    if call.version >= 13:
        return mixing.mix(tracer, call.only, _dims(call, [call.integer("axis", -1)]), "global")
    [first] = _dims(call, [call.integer("axis", 1)])
    return mixing.mix(tracer, call.only, range(first, rank), "global")


def _along(tracer: Tracer, call: Operation) -> Result:
    """What follows one dimension from its begin to its end."""
    given = call.listed("axes", 1)
    axis = given[0] if given else call.integer("axis", -1)
    [dim] = _dims(call, [axis])
    if call.integer("reverse", 0):
        return mixing.mix(tracer, call.first, [dim], "global")
    return mixing.accumulate(tracer, call.first, dim, "global")


def _largest(tracer: Tracer, call: Operation) -> Result:
    """The largest along a dimension, in their order."""
    [dim] = _dims(call, [call.integer("axis", -1)])
    found = mixing.mix(tracer, call.first, [dim], "global")
    if isinstance(found, Map):
        found = replace(found, layout=put(found.layout, dim, other(call.shape[dim])))
    return found


def _batch_norm(tracer: Tracer, call: Operation) -> Result:
    """With statistics from the file: element by element; in training with those of the batch itself."""
    if not call.integer("training_mode", 0):
        return pointwise(tracer, call)
    dims = [dim for dim in range(len(call.shape)) if dim != 1]
    found = mixing.with_statistics(tracer, call.first, dims, "norm")
    return [found, *[None] * (len(call.results) - 1)]


def _instance_norm(tracer: Tracer, call: Operation) -> Result:
    return mixing.with_statistics(tracer, call.first, range(2, len(call.shape)), "norm")


def _group_norm(tracer: Tracer, call: Operation) -> Result:
    """Over the channels of a group and all positions."""
    return mixing.with_statistics(tracer, call.first, range(1, len(call.shape)), "norm")


def _layer_norm(tracer: Tracer, call: Operation) -> Result:
    """Over all dimensions from one on; the statistics that it returns, too, are by-products."""
    rank = len(call.shape)
    return mixing.with_statistics(tracer, call.first, range(call.dim(call.integer("axis", -1), rank), rank), "norm")


def _unit_norm(tracer: Tracer, call: Operation) -> Result:
    return mixing.with_statistics(tracer, call.first, _dims(call, [call.integer("axis", -1)]), "norm")


def _mean_variance_norm(tracer: Tracer, call: Operation) -> Result:
    return mixing.with_statistics(tracer, call.first, _dims(call, call.integers("axes") or [0, 2, 3]), "norm")


def _response_norm(tracer: Tracer, call: Operation) -> Result:
    """Over neighbouring channels, which hold no positions."""
    return mixing.with_statistics(tracer, call.first, [1], "norm")


def _factor(call: Operation, index: int, labels: str) -> Factor:
    shape = call.shape_of(index)
    if len(labels) != len(shape):
        raise TargetError(
            "bad rank", where=call.where, got=f"shape {list(shape)}", expected=f"{len(labels)} dimensions"
        )
    return Factor(call.value(index), shape, labels)


def _matmul_of(left: int, right: int) -> Handler:
    """A matrix product of two inputs."""

    def matmul(tracer: Tracer, call: Operation) -> Result:
        ours, theirs, made = matmul_letters(len(call.shape_of(left)), len(call.shape_of(right)))
        return product(tracer, [_factor(call, left, ours), _factor(call, right, theirs)], made, call.shape)

    return matmul


def _gemm(tracer: Tracer, call: Operation) -> Result:
    """A linear layer: a matrix product, either factor transposed or not, and something added to it."""
    ours = "yx" if call.integer("transA", 0) else "xy"
    theirs = "zy" if call.integer("transB", 0) else "yz"
    added = call.value(2)
    if call.value(0) is None and call.value(1) is None:
        raise CannotFollowError("only what it adds depends on the image")
    made = product(tracer, [_factor(call, 0, ours), _factor(call, 1, theirs)], "xz", call.shape)
    return made if added is None else merge(tracer, [made, added], call.shape, "add")


def _einsum(tracer: Tracer, call: Operation) -> Result:
    left, arrow, made = call.text("equation", "").replace(" ", "").partition("->")
    labels = left.split(",")
    if not arrow or "." in left or len(labels) > 2 or any(len(set(one)) < len(one) for one in (*labels, made)):
        raise CannotFollowError("its equation is not followed")
    return product(tracer, [_factor(call, index, one) for index, one in enumerate(labels)], made, call.shape)


def _attention(tracer: Tracer, call: Operation) -> Result:
    """Attention over the last dimension but one, the heads in a dimension of their own or among the channels."""
    query, others = call.value(0), [value for index in (1, 2) if (value := call.value(index)) is not None]
    if call.name(4) or call.name(5):
        raise CannotFollowError("it has a memory of what came before")
    if not others or any(isinstance(one, Scores) for one in (query, *others)):
        raise CannotFollowError("only what asks depends on the image")
    if not isinstance(query, Map):
        found: Value = tracer.whole([*others, *([query] if query is not None else [])], "attention")
    else:
        looked_at = next((one for one in others if isinstance(one, Map)), others[0])
        rank = len(call.shape)
        laid_out = Map(query.node, query.sizes, (*query.layout[:-1], other(call.shape[-1])))
        found = mixing.attention(tracer, laid_out, others, looked_at, [rank - 2])
    return [found, *[None] * (len(call.results) - 1)]


def _dynamically_quantized(tracer: Tracer, call: Operation) -> Result:
    """Each element by itself, in steps whose size is that of the largest element there is."""
    value = call.only
    if not isinstance(value, Map):
        return value
    steps = tracer.whole([value], "quantize")
    return [merge(tracer, [value, steps], value.shape, "multiply"), steps, steps]


def _recurrent(tracer: Tracer, call: Operation) -> Result:
    """A recurrent layer: it reads all of the past, or all of its sequence; directions and batch are put between."""
    batch_first = bool(call.integer("layout", 0))
    if call.value(0) is None:  # it follows a sequence that is constant to it, from a state or with weights that are not
        return tracer.whole(call.values, "recurrence")
    value, shape = call.first, _first_shape(call)
    dim = 1 if batch_first else 0
    if call.text("direction", "forward") == "forward":
        carries = shape[0 if batch_first else 2] * shape[3] * (2 if call.op.endswith("LSTM") else 1)
        found = mixing.accumulate(tracer, value, dim, "recurrence", carries=carries)
    else:
        found = mixing.mix(tracer, value, [dim], "recurrence")
    if isinstance(found, Map):
        runs_over_positions = isinstance(value, Map) and found.node != value.node
        outer, inner = found.layout[:2]
        if axis_parts([found.layout[2]]):
            raise CannotFollowError("positions lie among what it reads at once")
        layout = (outer, inner, other(shape[2])) if batch_first else (outer, other(shape[1]), inner)
        found = Map(found.node, found.sizes, (*layout, other(shape[3])))
        last = replace(found, layout=(other(shape[1]), inner if not batch_first else outer, other(shape[3])))
        kept = Everywhere(found.node) if runs_over_positions else last
        return [found, *[kept] * (len(call.results) - 1)]
    return found


def _first_shape(call: Operation) -> Sequence[int]:
    """The shape of the sequence result, even if it is left out."""
    if call.results[0]:
        return call.shape
    length, batch, _ = call.shape_of(0)
    return (length, 1, batch, call.integer("hidden_size", 1))


def _transform(tracer: Tracer, call: Operation) -> Result:
    given = call.listed("axes", 2)
    axis = given[0] if given else call.integer("axis", -2 if call.version >= 20 else 1)
    found = mixing.mix(tracer, call.first, _dims(call, [axis]), "fft")
    return found if isinstance(found, Everywhere) or found.shape == call.shape else _refuse("it makes other sizes")


def _refuse(why: str) -> Result:
    raise CannotFollowError(why)


_REDUCTIONS = [
    *("ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd"),
    *("ReduceSum", "ReduceSumSquare"),
]


def _chosen(tracer: Tracer, call: Operation) -> Result:
    """A choice among all there is, which the data make."""
    return tracer.whole(call.values, "choice")


MIXING: dict[str, Handler] = {
    **dict.fromkeys(["NonMaxSuppression", "NonZero", "Unique", "Compress", "GatherElements", "GatherND"], _chosen),
    **dict.fromkeys(_REDUCTIONS, _reduce),
    **dict.fromkeys(["ArgMax", "ArgMin"], _place_of_largest),
    **dict.fromkeys(["Softmax", "LogSoftmax", "Hardmax"], _softmax),
    **dict.fromkeys(["CumSum", "CumProd"], _along),
    "TopK": _largest,
    "BatchNormalization": _batch_norm,
    "InstanceNormalization": _instance_norm,
    "GroupNormalization": _group_norm,
    **dict.fromkeys(["LayerNormalization", "RMSNormalization"], _layer_norm),
    "LpNormalization": _unit_norm,
    "MeanVarianceNormalization": _mean_variance_norm,
    "LRN": _response_norm,
    **dict.fromkeys(["MatMul", "MatMulInteger"], _matmul_of(0, 1)),
    "QLinearMatMul": _matmul_of(0, 3),
    "Gemm": _gemm,
    "DynamicQuantizeLinear": _dynamically_quantized,
    "Einsum": _einsum,
    "Attention": _attention,
    **dict.fromkeys(["LSTM", "GRU", "RNN", "com.microsoft::DynamicQuantizeLSTM"], _recurrent),
    "DFT": _transform,
}
