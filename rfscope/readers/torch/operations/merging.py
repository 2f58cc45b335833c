"""Merges: arithmetic, concatenation, stacking, and what is written into a part of a tensor."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from rfscope.readers.torch.calls import Tensor, numbers_in, tensors_in
from rfscope.readers.torch.operation import Handler, Operation, Result
from rfscope.readers.tracing import Everywhere, Map, Scores, Tracer, Value, local, spatial
from rfscope.readers.tracing import merging as tracing
from rfscope.readers.tracing.layout import axis_parts
from rfscope.readers.tracing.placed import Operand, note_places
from rfscope.readers.tracing.tracer import CannotFollowError

if TYPE_CHECKING:
    import torch

__all__ = ["LEAST", "MERGING", "pointwise"]


LEAST = -1e4
"""Attention scores below this are a mask: behind the softmax, nothing is left of them."""


def pointwise(tracer: Tracer, call: Operation) -> Result:
    """An operation that torch calls pointwise, on one tensor or several that are repeated to one shape."""
    found = _each_for_itself(tracer, call)
    if isinstance(found, Map | Scores):
        note_places(tracer, found, _operands(tracer, call), numbers_in(call.call.arguments))
    return found


def _each_for_itself(tracer: Tracer, call: Operation) -> Value:
    op = "multiply" if call.call.name.rstrip("_") in ("mul", "div") else "add"
    return tracing.merge(tracer, call.values, call.shape, op)


def _masking(tracer: Tracer, call: Operation) -> Result:
    """The same; and on attention scores, a constant that takes some of them away."""
    if call.call.name == "where" and "self" not in call.call.arguments:
        raise CannotFollowError("which places it finds depends on the image")
    found = pointwise(tracer, call)
    if not isinstance(found, Scores) or not local.may_be_masked(found):
        return found
    left = _left(call)
    return found if left is None else local.masked(found, left.expand(call.shape).numpy())


def _left(call: Operation) -> torch.Tensor | None:
    """Which elements a constant leaves; None if it takes none away, or nobody knows."""
    name = call.call.name.rstrip("_")
    if name == "masked_fill":
        mask, filled = _constant(call, "mask"), _constant(call, "value")
        return None if mask is None or filled is None or bool((filled > LEAST).any()) else ~mask.bool()
    own = "other" if call.value("self") is None else "self"
    beside = _constant(call, "self" if own == "other" else "other")
    if beside is None or call.get("alpha", 1) != 1:
        return None
    if name == "add":
        return beside > LEAST
    condition = _constant(call, "condition")
    return None if condition is None else condition.bool() ^ (own == "other") | (beside > LEAST)


def _constant(call: Operation, name: str) -> torch.Tensor | None:
    """The data of an argument that does not depend on the image, a number's too; None if it is not known."""
    import torch

    found = call.get(name)
    if isinstance(found, Tensor):
        return call.constants.value(found) if call.of(found) is None else None
    return torch.tensor(float(found)) if isinstance(found, int | float) else None


def _operands(tracer: Tracer, call: Operation) -> Iterator[Operand]:
    """What an operation takes in that is not made from any input."""
    for tensor in tensors_in(call.call.arguments):
        if tensor.key not in call.known and tensor.key not in tracer.given:
            yield Operand(tensor.shape, partial(call.constants.is_even, tensor))


def _concat(tracer: Tracer, call: Operation) -> Result:
    tensors = [tensor for tensor in call["tensors"] if tensor.shape != (0,)]  # empty ones are passed over
    rank = len(call.shape)
    dim = call.get("dim", 0) % rank
    lengths = [tensor.shape[dim] for tensor in tensors]
    found = tracing.concat(tracer, [call.of(tensor) for tensor in tensors], lengths, dim, call.shape)
    if isinstance(found, Map) and not axis_parts([found.layout[dim]]):
        note_places(tracer, found, _operands(tracer, call))
    return found


def _stack(tracer: Tracer, call: Operation) -> Result:
    """Along a dimension of its own, in which no positions lie."""
    dim = call.get("dim", 0) % len(call.shape)
    tensors = call["tensors"]

    def widened(tensor: Tensor) -> Map | Everywhere | None:
        value = call.of(tensor)
        if isinstance(value, Map):
            return Map(value.node, value.sizes, (*value.layout[:dim], (), *value.layout[dim:]))
        if value is not None and not isinstance(value, Everywhere):
            raise CannotFollowError("it stacks attention scores")
        return value

    return tracing.concat(tracer, [widened(tensor) for tensor in tensors], [1] * len(tensors), dim, call.shape)


def _slice_scatter(tracer: Tracer, call: Operation) -> Result:
    [dim] = call.dims()
    start, stop, step = slice(call.get("start"), call.get("end"), call.get("step", 1)).indices(call.shape[dim])
    if step != 1:
        raise CannotFollowError("it writes positions at equal distances")
    return tracing.write(tracer, call.value("self"), call.value("src"), dim, start, stop, call.shape)


def _select_scatter(tracer: Tracer, call: Operation) -> Result:
    [dim] = call.dims()
    start, patch = call["index"] % call.shape[dim], call.value("src")
    if isinstance(patch, Map):
        patch = Map(patch.node, patch.sizes, (*patch.layout[:dim], (), *patch.layout[dim:]))
    return tracing.write(tracer, call.value("self"), patch, dim, start, start + 1, call.shape)


def _glu(tracer: Tracer, call: Operation) -> Result:
    """One half of a dimension gates the other."""
    value, [dim] = call.only, call.dims()
    half = call.shape[dim]
    parts = [spatial.crop(tracer, value, dim, 0, half), spatial.crop(tracer, value, dim, half, 2 * half)]
    return tracing.merge(tracer, parts, call.shape, "multiply")


MERGING: dict[str, Handler] = {
    **dict.fromkeys(["cat", "concat", "concatenate"], _concat),
    "stack": _stack,
    "slice_scatter": _slice_scatter,
    "select_scatter": _select_scatter,
    **dict.fromkeys(
        [
            *("_native_batch_norm_legit_no_training", "hardswish", "hardsigmoid", "hardtanh", "prelu", "_prelu_kernel"),
            *("bernoulli", "rrelu_with_noise_functional"),
        ],
        _each_for_itself,
    ),
    **dict.fromkeys(["addcmul", "addcdiv", "lerp"], pointwise),
    "glu": _glu,
    **dict.fromkeys(["add", "masked_fill", "where"], _masking),
}
