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


def result(name: str, given: Mapping[str, Any]) -> Tensor | tuple[Tensor, ...] | None:
    """What an operation makes of tensors without data; None where torch is to say so.

    Args:
        name: The operation, without overload.
        given: Its arguments by name.
    """
    plain = name.removesuffix("_")
    find: Callable[[Mapping[str, Any]], Tensor | tuple[Tensor, ...] | None] | None
    find = _alike if plain in _ALIKE else _paired if plain in _PAIRED else _QUICK.get(name)
    found = None if find is None else find(given)
    if plain != name:
        return given.get("self", given.get("input")) if found is not None else None
    return found


def _alike(given: Mapping[str, Any]) -> Tensor | None:
    import torch

    value = given.get("self", given.get("input"))
    if not isinstance(value, torch.Tensor) or not value.is_floating_point() or given.get("dtype") is not None:
        return None
    made: Tensor = value.new_empty(value.shape)
    return made


_ALIKE = frozenset(
    [
        *("relu", "relu6", "gelu", "silu", "sigmoid", "tanh", "hardswish", "hardsigmoid", "hardtanh", "leaky_relu"),
        *("elu", "mish", "softplus", "exp", "sqrt", "rsqrt"),
    ]
)
"""Their result is of the shape and type of what they are given."""


def _paired(given: Mapping[str, Any]) -> Tensor | None:
    import torch

    value, other = given["self"], given["other"]
    if isinstance(other, torch.Tensor) and (value.shape, value.dtype) != (other.shape, other.dtype):
        return None
    return _alike(given) if isinstance(other, torch.Tensor | int | float) and "rounding_mode" not in given else None


_PAIRED = frozenset(["add", "sub", "mul", "div"])
"""So is theirs, if both are alike."""


def _joined(given: Mapping[str, Any]) -> Tensor | None:
    parts, dim = list(given["tensors"]), given.get("dim", 0)
    first = parts[0]
    dim %= max(first.ndim, 1)
    others = [(part.dtype, part.ndim, part.shape[:dim], part.shape[dim + 1 :]) for part in parts]
    if first.ndim == 0 or any(one != others[0] for one in others):
        return None
    length = sum(part.shape[dim] for part in parts)
    made: Tensor = first.new_empty((*first.shape[:dim], length, *first.shape[dim + 1 :]))
    return made


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


def _convolved(given: Mapping[str, Any]) -> Tensor | None:
    value, weight, groups, dims = given["input"], given["weight"], given.get("groups", 1), given["input"].ndim - 2
    if weight.ndim != value.ndim or value.shape[1] != weight.shape[1] * groups or not _one_type(value, weight, given):
        return None
    if isinstance(given.get("padding"), str):
        return None
    stride, padding, dilation = (_listed(given.get(name, usual), dims) for name, usual in _CONVOLUTION)
    reach = zip(value.shape[2:], weight.shape[2:], stride, padding, dilation, strict=True)
    sizes = [(size + 2 * p - (k - 1) * d - 1) // s + 1 for size, k, s, p, d in reach]
    return _of_size(value, weight.shape[0], sizes)


def _transposed(given: Mapping[str, Any]) -> Tensor | None:
    value, weight, groups, dims = given["input"], given["weight"], given.get("groups", 1), given["input"].ndim - 2
    if weight.ndim != value.ndim or value.shape[1] != weight.shape[0] or not _one_type(value, weight, given):
        return None
    stride, padding, dilation = (_listed(given.get(name, usual), dims) for name, usual in _CONVOLUTION)
    more = _listed(given.get("output_padding", 0), dims)
    if any(m >= max(s, d) for m, s, d in zip(more, stride, dilation, strict=True)):
        return None
    reach = zip(value.shape[2:], weight.shape[2:], stride, padding, dilation, more, strict=True)
    sizes = [(size - 1) * s - 2 * p + (k - 1) * d + m + 1 for size, k, s, p, d, m in reach]
    return _of_size(value, weight.shape[1] * groups, sizes)


def _recurrent(given: Mapping[str, Any]) -> tuple[Tensor, ...] | None:
    """All steps at once: torch would go through them one by one."""
    value, states = given.get("input"), given["hx"]
    states = list(states) if isinstance(states, list | tuple) else [states]
    weights = given["params"]
    if value is None or value.ndim != 3 or any(one.ndim != 3 for one in states) or not weights:
        return None
    batch, layers = (0 if given["batch_first"] else 1), given["num_layers"] * (2 if given["bidirectional"] else 1)
    fits = all(one.shape[:2] == (layers, value.shape[batch]) for one in states)
    if weights[0].shape[-1] != value.shape[2] or not fits:
        return None
    wide = states[0].shape[2] * (2 if given["bidirectional"] else 1)
    return (value.new_empty((*value.shape[:2], wide)), *(one.new_empty(one.shape) for one in states))


_CONVOLUTION = (("stride", 1), ("padding", 0), ("dilation", 1))


def _one_type(value: Tensor, weight: Tensor, given: Mapping[str, Any]) -> bool:
    bias = given.get("bias")
    return value.ndim > 2 and value.dtype == weight.dtype and (bias is None or bias.dtype == weight.dtype)


def _listed(value: Any, dims: int) -> list[int]:
    """One number an axis."""
    numbers = [value] if isinstance(value, int) else list(value)
    return numbers * dims if len(numbers) == 1 else numbers


def _of_size(value: Tensor, channels: int, sizes: Sequence[int]) -> Tensor | None:
    made: Tensor | None = value.new_empty((value.shape[0], channels, *sizes)) if all(n > 0 for n in sizes) else None
    return made


_QUICK: Mapping[str, Callable[[Mapping[str, Any]], Tensor | tuple[Tensor, ...] | None]] = {
    "cat": _joined,
    "batch_norm": _normed,
    "layer_norm": _layer_normed,
    "group_norm": _group_normed,
    "linear": _linear,
    **dict.fromkeys(["conv1d", "conv2d", "conv3d"], _convolved),
    **dict.fromkeys(["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"], _transposed),
    **dict.fromkeys(
        ["upsample_bilinear2d", "upsample_trilinear3d", "upsample_bicubic2d", "upsample_linear1d"], _resized
    ),
    **dict.fromkeys(["lstm", "gru", "rnn_tanh", "rnn_relu"], _recurrent),
    **dict.fromkeys([f"upsample_nearest{dims}d" for dims in (1, 2, 3)], _resized),
}
