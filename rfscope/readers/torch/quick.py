"""The results of frequent operations on tensors without data, made at once.

Torch finds the shape of such a result by running the operation's definition in Python, which for a ``batch_norm`` is
sixty times as long as it takes to make the result, and loads its compiler to do so. What is not as plain as it is here
is left to torch, faults included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["result"]


def result(name: str, given: Mapping[str, Any]) -> Tensor | None:
    """What an operation makes of tensors without data; None where torch is to say so.

    Args:
        name: The operation, without overload.
        given: Its arguments by name.
    """
    if name in _ALIKE:
        return _alike(given)
    found = _QUICK.get(name)
    return None if found is None else found(given)


def _alike(given: Mapping[str, Any]) -> Tensor | None:
    import torch

    value = given.get("self", given.get("input"))
    if not isinstance(value, torch.Tensor) or not value.is_floating_point() or given.get("dtype") is not None:
        return None
    return torch.empty_like(value, requires_grad=False)


_ALIKE = frozenset(
    [
        *("relu", "relu6", "gelu", "silu", "sigmoid", "tanh", "hardswish", "hardsigmoid", "hardtanh", "leaky_relu"),
        *("elu", "mish", "softplus", "exp", "sqrt", "rsqrt"),
    ]
)
"""Their result is of the shape and type of what they are given."""


def _normed(given: Mapping[str, Any]) -> Tensor | None:
    value = given["input"]
    others = [given.get(name) for name in ("weight", "bias", "running_mean", "running_var")]
    alike = all(other is None or other.shape == value.shape[1:2] for other in others)
    return _alike(given) if value.ndim > 1 and alike and not given.get("training") else None


def _layer_normed(given: Mapping[str, Any]) -> Tensor | None:
    value, shape = given["input"], list(given["normalized_shape"])
    fits = shape and list(value.shape[-len(shape) :]) == shape
    others = (given.get("weight"), given.get("bias"))
    return _alike(given) if fits and all(one is None or list(one.shape) == shape for one in others) else None


def _group_normed(given: Mapping[str, Any]) -> Tensor | None:
    value, groups = given["input"], given["num_groups"]
    fits = value.ndim > 1 and groups > 0 and value.shape[1] % groups == 0
    others = (given.get("weight"), given.get("bias"))
    return _alike(given) if fits and all(one is None or one.shape == value.shape[1:2] for one in others) else None


def _linear(given: Mapping[str, Any]) -> Tensor | None:
    value, weight, bias = given["input"], given["weight"], given.get("bias")
    fits = weight.ndim == 2 and value.ndim > 1 and value.shape[-1] == weight.shape[1] and value.dtype == weight.dtype
    fits = fits and (bias is None or (bias.shape == weight.shape[:1] and bias.dtype == weight.dtype))
    made: Tensor | None = value.new_empty((*value.shape[:-1], weight.shape[0])) if fits else None
    return made


def _resized(given: Mapping[str, Any]) -> Tensor | None:
    value, sizes = given["input"], given.get("output_size")
    scales: Sequence[float] | None = given.get("scale_factors")
    if sizes is None and scales is not None:
        sizes = [int(size * scale) for size, scale in zip(value.shape[2:], scales, strict=False)]
    fits = sizes is not None and len(sizes) == value.ndim - 2 and all(size > 0 for size in (*value.shape, *sizes))
    made: Tensor | None = value.new_empty((*value.shape[:2], *sizes)) if fits and sizes is not None else None
    return made


_QUICK: Mapping[str, Callable[[Mapping[str, Any]], Tensor | None]] = {
    "batch_norm": _normed,
    "layer_norm": _layer_normed,
    "group_norm": _group_normed,
    "linear": _linear,
    **dict.fromkeys(
        ["upsample_bilinear2d", "upsample_trilinear3d", "upsample_bicubic2d", "upsample_linear1d"], _resized
    ),
    **dict.fromkeys([f"upsample_nearest{dims}d" for dims in (1, 2, 3)], _resized),
}
