"""Reductions, norms, softmax, linear layers, products of tensors, attention, recurrence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod

from rfscope.network.reads import Read
from rfscope.readers.torch.calls import Tensor
from rfscope.readers.torch.operation import Handler, Operation, Result
from rfscope.readers.torch.operations.merging import LEAST, pointwise
from rfscope.readers.tracing import Everywhere, Map, Scores, Tracer, Value, local, mixing
from rfscope.readers.tracing.layout import Part, axis_parts, other
from rfscope.readers.tracing.products import Factor, matmul_letters, product
from rfscope.readers.tracing.tracer import CannotFollowError, nodes_of

__all__ = ["MIXING"]


def _reduce(tracer: Tracer, call: Operation) -> Result:
    """One number of all along some dimensions, and where a second result tells which it was, that too."""
    name = "axis" if "axis" in call.call.arguments else "dim"
    of = "input" if "input" in call.call.arguments else "self"
    if call.get("other") is not None:
        return pointwise(tracer, call)
    keep = bool(call.get("keepdim", False))
    return mixing.reduce(tracer, call.only, call.dims(name, of), "global", keep=keep)


def _softmax(tracer: Tracer, call: Operation) -> Result:
    return mixing.mix(tracer, call.only, call.dims(), "global")


def _so_far(tracer: Tracer, call: Operation) -> Result:
    [dim] = call.dims()
    return mixing.accumulate(tracer, call.only, dim, "global")


def _along_all(tracer: Tracer, call: Operation) -> Result:
    return mixing.mix(tracer, call.only, call.dims(), "global")


def _layer_norm(tracer: Tracer, call: Operation) -> Result:
    rank = len(call.shape)
    return mixing.with_statistics(tracer, call.only, range(rank - len(call["normalized_shape"]), rank), "norm")


def _group_norm(tracer: Tracer, call: Operation) -> Result:
    """Over the channels of a group and all positions of an image."""
    return mixing.with_statistics(tracer, call.only, range(1, len(call.shape)), "norm")


def _batch_norm(tracer: Tracer, call: Operation) -> Result:
    """With the statistics of the batch itself, where they are used: instance norms come so, too."""
    if not call.get("use_input_stats", call.get("training", True)):
        return pointwise(tracer, call)
    dims = [dim for dim in range(len(call.shape)) if dim != 1]
    return mixing.with_statistics(tracer, call.only, dims, "norm")


def _linear(tracer: Tracer, call: Operation) -> Result:
    if call.value("weight") is not None:
        raise CannotFollowError("its weights depend on the image")
    if len(call.shape_of("weight")) != 2:
        raise CannotFollowError("its weights are no matrix")
    value, (out, own) = call.only, call.shape_of("weight")
    return mixing.linear(tracer, value, len(call.shape) - 1, (own, out), out)


def _product(tracer: Tracer, left: Tensor, right: Tensor, call: Operation) -> Result:
    ours, theirs, made = matmul_letters(len(left.shape), len(right.shape))
    return _contracted(tracer, call, [left, right], [ours, theirs], made)


def _contracted(tracer: Tracer, call: Operation, tensors: Sequence[Tensor], labels: Sequence[str], made: str) -> Result:
    factors = [Factor(call.of(tensor), tensor.shape, own) for tensor, own in zip(tensors, labels, strict=True)]
    return product(tracer, factors, made, call.shape)


def _matmul(tracer: Tracer, call: Operation) -> Result:
    names = ("batch1", "batch2") if "batch1" in call.call.arguments else ("self", "mat2")
    second = names[1] if names[1] in call.call.arguments else "other" if "other" in call.call.arguments else "vec"
    return _product(tracer, call[names[0]], call[second], call)


def _added(tracer: Tracer, call: Operation) -> Result:
    if call.value("self") is not None:
        raise CannotFollowError("what it adds depends on the image")
    return _matmul(tracer, call)


def _addmm(tracer: Tracer, call: Operation) -> Result:
    if call.value("self") is not None:
        raise CannotFollowError("what it adds depends on the image")
    return _product(tracer, call["mat1"], call["mat2"], call)


def _einsum(tracer: Tracer, call: Operation) -> Result:
    tensors = call["tensors"]
    left, arrow, made = call["equation"].replace(" ", "").partition("->")
    labels = left.split(",")
    if not arrow or "." in left or len(tensors) > 2:
        raise CannotFollowError("its equation is not followed")
    return _contracted(tracer, call, tensors, labels, made)


def _attention(tracer: Tracer, call: Operation) -> Result:
    query, key, value = (call.value(name) for name in ("query", "key", "value"))
    others = [one for one in (key, value) if one is not None]
    if not others or any(isinstance(one, Scores) for one in (query, *others)):
        raise CannotFollowError("only what asks depends on the image")
    if call.value("attn_mask") is not None or call.value("attn_bias") is not None:
        raise CannotFollowError("its mask depends on the image")
    if isinstance(query, Map):
        others = [_at_blocks(tracer, query, one) if isinstance(one, Map) else one for one in others]
        for one in others:
            if isinstance(one, Map) and _batch_positions(one) != _batch_positions(query):
                raise CannotFollowError("different positions stand at the same index")
    if not isinstance(query, Map):
        return tracer.whole([*others, *([query] if query is not None else [])], "attention")
    looked_at = next((one for one in others if isinstance(one, Map)), others[0])
    rank = len(call.shape)
    laid_out = Map(query.node, query.sizes, (*query.layout[:-1], other(call.shape[-1])))
    if isinstance(looked_at, Map) and not axis_parts([looked_at.layout[-2]]):  # what it looks at lies beside it
        others = [replace(one, layout=laid_out.layout) if isinstance(one, Map) else one for one in others]
    return mixing.attention(tracer, laid_out, others, looked_at, [rank - 2], _masked(tracer, call, query, looked_at))


def _at_blocks(tracer: Tracer, query: Map, other: Map) -> Map:
    """Keys or values that each block of queries has for itself, at the queries' positions; else as they are."""
    if query.sizes == other.sizes or not axis_parts(other.layout):
        return other
    pairs = [(dim, dim) for dim in range(len(query.layout) - 2)]
    return local.over_blocks(tracer, query, other, pairs) or other


def _masked(tracer: Tracer, call: Operation, query: Map, key: Value) -> Sequence[Read] | None:
    """What a constant mask leaves of what is read; None if it is no mask of positions, or none that can be told."""
    mask = call.get("attn_mask") if call.get("attn_mask") is not None else call.get("attn_bias")
    if not isinstance(mask, Tensor) or not isinstance(key, Map):
        return None
    looked_at = tuple(replace(part, key=True) for part in key.layout[-2])
    scores = Scores(query, key, (*query.layout[:-1], looked_at))
    if not local.may_be_masked(scores):
        return None
    data = call.constants.value(mask)
    if data is None:
        return None
    left = data.bool() if str(data.dtype) == "torch.bool" else data > LEAST
    return local.mask_reads(tracer, local.masked(scores, left.expand(scores.shape).numpy()))


def _batch_positions(value: Map) -> list[list[Part]]:
    """The stretches of axes in each dimension before the last two."""
    return [axis_parts([parts]) for parts in value.layout[:-2]]


def _attention_results(tracer: Tracer, call: Operation) -> Result:
    found = _attention(tracer, call)
    return [found, *[None] * (len(call.call.results) - 1)] if not isinstance(found, list) else found


def _recurrent(tracer: Tracer, call: Operation) -> Result:
    """A recurrent layer: it reads all of the past, or if it runs both ways, all of its sequence."""
    value, dim = call.value("input"), 1 if call.get("batch_first", False) else 0
    if value is None or any(one != value for one in call.values):
        raise CannotFollowError("its state depends on the image")
    if call.get("bidirectional", True):
        found = mixing.mix(tracer, value, [dim], "recurrence")
    else:
        carries = sum(prod(state.shape) for state in call.call.results[1:])
        found = mixing.accumulate(tracer, value, dim, "recurrence", carries=carries)
    if isinstance(found, Map):
        found = Map(found.node, found.sizes, (*found.layout[:-1], other(call.shape[-1])))
    last = Everywhere(found.node) if isinstance(found, Map) and found.node not in nodes_of(value) else None
    last = found if isinstance(found, Everywhere) else last
    return [found, *[last] * (len(call.call.results) - 1)]


def _transform(tracer: Tracer, call: Operation) -> Result:
    dims = "dim" if "dim" in call.call.arguments else "dims"
    return mixing.mix(tracer, call.only, call.dims(dims), "fft")


_REDUCTIONS = [
    *("mean", "sum", "amax", "amin", "max", "min", "prod", "var", "std", "var_mean", "std_mean", "logsumexp", "norm"),
    *(
        "linalg_vector_norm",
        "argmax",
        "argmin",
        "any",
        "all",
        "median",
        "nanmean",
        "nansum",
        "count_nonzero",
        "aminmax",
    ),
]

MIXING: dict[str, Handler] = {
    **dict.fromkeys(_REDUCTIONS, _reduce),
    **dict.fromkeys(["softmax", "_softmax", "log_softmax", "_log_softmax", "_safe_softmax"], _softmax),
    **dict.fromkeys(["cumsum", "cumprod", "logcumsumexp", "cummax", "cummin"], _so_far),
    "sort": _along_all,
    **dict.fromkeys(["layer_norm", "native_layer_norm", "rms_norm", "_fused_rms_norm"], _layer_norm),
    **dict.fromkeys(["group_norm", "native_group_norm"], _group_norm),
    **dict.fromkeys(
        ["batch_norm", "_native_batch_norm_legit", "instance_norm", "_batch_norm_with_update"], _batch_norm
    ),
    "linear": _linear,
    **dict.fromkeys(["mm", "bmm", "matmul", "mv"], _matmul),
    "addmm": _addmm,
    "baddbmm": _added,
    "einsum": _einsum,
    "scaled_dot_product_attention": _attention,
    **dict.fromkeys(
        [
            "_scaled_dot_product_flash_attention_for_cpu",
            "_scaled_dot_product_flash_attention",
            "_scaled_dot_product_efficient_attention",
            "_scaled_dot_product_attention_math",
            "_scaled_dot_product_cudnn_attention",
            "_scaled_dot_product_fused_attention_overrideable",
        ],
        _attention_results,
    ),
    **dict.fromkeys(["lstm", "gru", "rnn_tanh", "rnn_relu"], _recurrent),
    **dict.fromkeys(
        [*(f"fft_{way}fft{many}" for way in ("", "i", "r", "ir") for many in ("", "2", "n")), "_fft_r2c", "_fft_c2c"],
        _transform,
    ),
}
