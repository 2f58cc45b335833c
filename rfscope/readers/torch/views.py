"""Tensors that share memory: which operations make them, and how a write to one reaches the other."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, NamedTuple

from rfscope.readers.torch.calls import Call, Tensor, tensors_in
from rfscope.readers.torch.schemas import Schema

__all__ = ["TAKEN_PLACES", "Memory", "shared", "undone"]


class Memory(NamedTuple):
    """How a tensor lies in memory.

    Attributes:
        shape: Its shape; None if it depends on the data.
        strides: Elements from one index to the next in each dimension.
        kind: Type and device.
    """

    shape: tuple[int, ...] | None
    strides: tuple[Any, ...]
    kind: tuple[str, ...]

    @property
    def is_contiguous(self) -> bool:
        """Whether its elements lie in order without gaps."""
        step = 1
        for size, stride in zip(reversed(self.shape or ()), reversed(self.strides), strict=False):
            if size != 1 and stride != step:
                return False
            step *= size
        return True


_SAME_IF_NOT_TRAINED = frozenset(["dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout"])
"""Return what they are given where they do nothing, though no declaration says so."""


def shared(call: Call, tensor: Tensor, schema: Schema, memory: Mapping[str, Memory]) -> tuple[str, bool] | None:
    """The argument whose memory a result shares, and whether that is sure; None if it has its own."""
    if call.name in _SAME_IF_NOT_TRAINED:
        return None if call.arguments.get("train") else ("input", True)
    if call.name == "einsum":
        return ("tensors", False) if len(list(tensors_in(call.arguments.get("tensors")))) == 1 else None
    name = "self" if call.name == "type_as" else schema.views
    given = None if name is None else call.arguments.get(name)
    if name is None or not isinstance(given, Tensor):
        return None
    first = given.key[0] if isinstance(given.key, tuple) else given.key
    return _as_they_lie(call, name, memory.get(str(first)), memory.get(str(tensor.key)))


def _as_they_lie(call: Call, name: str, before: Memory | None, after: Memory | None) -> tuple[str, bool] | None:
    """Operations that return their argument, or a view of it, only if its place in memory allows it."""
    whole = before is not None and before.is_contiguous
    if call.name in ("reshape", "reshape_as", "flatten", "ravel"):
        return name, whole
    if call.name not in ("contiguous", "to", "type_as"):
        return name, True
    if call.arguments.get("copy") or before is None or after is None or before[1:] != after[1:]:
        return None
    return name, call.name == "contiguous" or whole


TAKEN_PLACES = frozenset(["squeeze", "unsqueeze", "t", "transpose", "swapaxes", "swapdims", "detach"])
"""Views that also take the place of what they are given, with an underscore."""

_ORDERED = frozenset(
    [
        *("view", "reshape", "reshape_as", "view_as", "flatten", "unflatten", "ravel", "_reshape_alias", "squeeze"),
        *("unsqueeze", "alias", "detach", "contiguous", "to", "type_as", "positive", "resolve_conj", "resolve_neg"),
        *_SAME_IF_NOT_TRAINED,
    ]
)
"""Views with all the elements in the same order."""
_PARTS = frozenset(["split", "split_with_sizes", "chunk", "tensor_split"])
_TURNED = frozenset(["transpose", "t", "swapaxes", "swapdims", "mT", "numpy_T", "adjoint"])


def undone(call: Call, place: int, before: Tensor, tensor: Tensor) -> tuple[str, dict[str, Any]] | None:
    """The operation that writes a view back into its base, and its arguments; None if there is none."""
    try:
        return _scattered(call, place, before, tensor)
    except (ArithmeticError, LookupError, TypeError, ValueError):  # arguments that are not what they should be
        return None


def _scattered(call: Call, place: int, before: Tensor, tensor: Tensor) -> tuple[str, dict[str, Any]] | None:
    given, name = call.arguments, call.name
    if name in _ORDERED and prod(before.shape) == prod(tensor.shape):
        return "view", {"self": tensor, "size": list(before.shape)}
    if name in _TURNED:
        return name, {**given, "self": tensor}
    if name == "permute":
        dims = [at % len(before.shape) for at in given["dims"]]
        return name, {"self": tensor, "dims": [dims.index(at) for at in range(len(dims))]}
    if name in ("select", "unbind"):
        index = given["index"] if name == "select" else place
        return "select_scatter", {"self": before, "src": tensor, "dim": given["dim"], "index": index}
    if name == "slice":
        kept = {key: given[key] for key in ("dim", "start", "end", "step")}
    elif name == "narrow" or name in _PARTS:
        dim = given["dim"] % len(before.shape)
        start = given["start"] % (before.shape[dim] or 1) if name == "narrow" else 0
        start += sum(part.shape[dim] for part in call.results[:place])
        kept = {"dim": dim, "start": start, "end": start + tensor.shape[dim], "step": 1}
    else:
        return None
    return "slice_scatter", {"self": before, "src": tensor, **kept}
