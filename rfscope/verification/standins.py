"""What stands for an operation while a user's module runs: the same structure, and nothing that cancels or gates.

Activations pass everything, pooling and choices take the mean, differences and gates are sums, comparisons are what
they compare. What is left is linear but for attention, so that numbers neither vanish nor grow beyond measure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from rfscope.readers.torch.operations.merging import LEAST
from rfscope.verification.flowing import carries
from rfscope.verification.pooling import mean_pool, mean_unpool

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["replaced", "unchanged"]

_ACTIVATIONS = (
    *("relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "mish", "hardtanh", "hardswish", "prelu"),
    *("rrelu", "_rrelu", "softplus", "threshold", "softsign", "hardshrink", "softshrink", "tanhshrink", "clamp"),
    *("clip", "clamp_min", "clamp_max", "nan_to_num", "dropout", "dropout1d", "dropout2d", "dropout3d"),
    *("sigmoid", "tanh", "hardsigmoid", "logsigmoid", "erf", "_prelu_kernel"),
    *("alpha_dropout", "feature_alpha_dropout", "feature_dropout"),
)
_CURVES = (
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "rsqrt", "square", "reciprocal", "neg"),
    *("negative", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "sinc"),
    *("erfc", "erfinv", "lgamma", "digamma", "logit", "pow", "float_power", "rsub"),
)
_STEPS = ("round", "floor", "ceil", "trunc", "fix", "frac", "sign", "sgn", "detach", "logical_not", "bitwise_not")
_DUNDERS = ("__neg__", "__pow__", "__ipow__", "__rsub__", "__invert__", "__abs__", "abs", "absolute")
_REVERSED = ("__rpow__", "__rtruediv__", "__rdiv__", "__rfloordiv__", "__rmod__")
_QUANTIZED = ("fake_quantize_per_tensor_affine", "fake_quantize_per_channel_affine")
_PASSING = frozenset([*_ACTIVATIONS, *_CURVES, *_STEPS, *_DUNDERS, *_REVERSED, *_QUANTIZED])
_NORMS = frozenset(["batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm", "local_response_norm"])
_SOFTMAX = frozenset(["softmax", "log_softmax", "_softmax", "gumbel_softmax"])
_ATTENTION = "scaled_dot_product_attention"
_CASTS = frozenset(
    [
        *("float", "double", "half", "bfloat16", "to", "type", "type_as", "_to_copy"),
        *("int", "long", "short", "char", "byte", "bool"),
    ]
)
_SUMS = frozenset(
    [
        *("sub", "subtract", "__sub__", "maximum", "minimum", "fmax", "fmin", "max", "min", "remainder", "fmod"),
        *("gt", "lt", "ge", "le", "eq", "ne", "greater", "less", "greater_equal", "less_equal", "not_equal"),
        *("__gt__", "__lt__", "__ge__", "__le__", "__eq__", "__ne__", "logical_and", "logical_or", "logical_xor"),
        *("bitwise_and", "bitwise_or", "bitwise_xor", "__and__", "__or__", "__xor__", "atan2", "hypot", "copysign"),
        *("floor_divide", "__floordiv__", "__mod__", "heaviside", "xlogy", "logaddexp", "where", "masked_fill"),
        *_PASSING,
    ]
)
_SUMS_IN_PLACE = frozenset(["sub_", "__isub__", "div_", "__itruediv__", "mul_", "__imul__"])
_GATES = frozenset(["div", "divide", "true_divide", "__truediv__", "mul", "multiply", "__mul__", "__rmul__"])
_MASKING = frozenset(["masked_fill", "where"])
_PRODUCTS = frozenset(["matmul", "__matmul__", "bmm", "baddbmm", "einsum", "mm"])
_CHOICES = frozenset(
    [
        *("max", "min", "amax", "amin", "median", "nanmedian", "mode", "kthvalue", "std", "var", "logsumexp", "prod"),
        *("norm", "linalg_vector_norm"),
    ]
)
_DIMS_THIRD = frozenset(["topk", "kthvalue", "norm", "linalg_vector_norm"])
"""What says first which, how many or in what norm, and then along what."""
_CONVOLUTIONS = frozenset(f"conv{way}{count}d" for way in ("", "_transpose") for count in (1, 2, 3))
_PLACES = frozenset(["argmax", "argmin"])
_ORDERS = frozenset(["sort", "topk", "cummax", "cummin"])
_ABOUT_ONE = ("max", "min", "sub", "subtract", "__sub__", "where")


_random = Random(20181)  # noqa: S311 - no secret


def unchanged(name: str, args: Sequence[Any]) -> bool:
    """Whether an operation is nothing but its first argument, as far as structure goes."""
    first = args[0] if args else None
    passing = name in _PASSING or name.rstrip("_") in _PASSING
    return passing and carries(first) and not any(map(carries, args[1:])) and not _is_complex(first)


def replaced(  # noqa: PLR0911, PLR0912 - one kind of operation a line
    name: str, func: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], *, masks: bool = False
) -> Any:
    """The result that stands for a call; NotImplemented if the call is made as it is, as masks are where they count."""
    first: Any = args[0] if args else kwargs.get("input")
    second = args[1] if len(args) > 1 else kwargs.get("other")
    if name == _ATTENTION:
        return _uniform_attention(masks, *args, **kwargs)
    if name in _CASTS:
        return _uncast(name, args, kwargs)
    if "max_pool" in name and "unpool" not in name:
        return mean_pool(name, func, args, kwargs)
    if "max_unpool" in name:
        return mean_unpool(name, func, args, kwargs)
    if name in _CONVOLUTIONS and second is not None and bool((second < 0).any()):
        return func(first, second.abs(), *args[2:], **kwargs)  # fixed kernels: nothing is to cancel
    if unchanged(name, args or [first]):
        return first if _in_place(name, args, kwargs) else first * _factor()
    if name in _NORMS:
        return first / _largest(first.detach().abs().mean()) if carries(first) else NotImplemented
    if name in _SOFTMAX:
        dim = kwargs.get("dim", second if len(args) > 1 else -1)
        return _even_weights(first, dim if isinstance(dim, int) else -1, masks=masks)
    if name in _SUMS_IN_PLACE and carries(second):
        return first.add_(second)
    if masks and name in _MASKING and _takes_away(name, args, kwargs):
        return NotImplemented
    if name in _SUMS and _of_two(name, args, kwargs):
        return _sum_of([*args, *kwargs.values()])
    if name == "glu":
        return _scaled(_sum_of(first.chunk(2, kwargs.get("dim", second if len(args) > 1 else -1))))
    if name in _GATES and carries(second):
        return _scaled(_sum_of([first, second]))
    if name in _PRODUCTS and carries(second) and (carries(first) or name == "einsum"):
        return _scaled(func(*args, **kwargs))
    return _chosen(name, func, args, kwargs) if carries(first) else NotImplemented


def _factor() -> float:
    """Another number near 1 at each call, so that what fixed kernels take off each other does not cancel."""
    return _random.uniform(0.9, 1.1)


def _in_place(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether a call changes its first argument, which what it makes then is; ``detach`` shares its numbers."""
    written = name.endswith("_") and not name.endswith("__")
    return written or bool(kwargs.get("inplace")) or args[-1] is True or name in ("detach", "__ipow__")


def _of_two(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether a call is about several tensors, or compares one with a number: ``max`` may be about one."""
    given = [*args, *kwargs.values()]
    several = sum(hasattr(one, "shape") for one in given) > 1
    number = len(given) > 1 and not isinstance(given[1], bool) and isinstance(given[1], int | float)
    return any(map(carries, given)) and (several or (number and name not in _ABOUT_ONE))


def _sum_of(values: Sequence[Any]) -> Any:
    """The sum of all that depends on the image, in the shape of all together."""
    import torch

    spread: Any = torch.broadcast_tensors
    tensors = spread(*(one for one in values if hasattr(one, "shape")))
    first, *others = (one for one in tensors if carries(one))
    return sum(others, start=first) if others else first.clone()


def _is_complex(value: Any) -> bool:
    return bool(value.is_complex())


def _largest(value: Tensor) -> Tensor:
    return value.clamp_min(1e-30)


def _scaled(value: Tensor) -> Tensor:
    """A tensor whose largest number is 1: what is multiplied again and again stays in range."""
    return value / _largest(value.detach().abs().max())


def _floating(value: Any) -> bool:
    return bool(getattr(value, "is_floating_point", bool)())


def _uncast(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """A tensor of floats as it is, whatever type of numbers it is asked for in; NotImplemented for anything else."""
    import torch

    value, *rest = args
    others = [*rest, *kwargs.values()]
    types = [one if isinstance(one, torch.dtype) else one.dtype for one in others if hasattr(one, "is_floating_point")]
    moves_only = bool(others) and not types
    if not _floating(value) or moves_only or (name == "type" and not others):
        return NotImplemented
    if not carries(value) and not all(one.is_floating_point for one in types):
        return NotImplemented
    return value


def _takes_away(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether a constant takes scores away: by a mask that does not depend on the image, and with what is a mask."""
    mask, beside = (args[0], args[1:]) if name == "where" else (args[1], args[2:])
    constant = [one for one in (*beside, *kwargs.values()) if not carries(one)]
    return not carries(mask) and any(_least(one) <= LEAST for one in constant)


def _least(value: Any) -> float:
    return float(value.min()) if hasattr(value, "min") else float(value)


def _even_weights(scores: Tensor, dim: int, *, masks: bool = False) -> Tensor:
    """Weights that are never zero and depend on every score along a dimension, like those of a softmax.

    Where masks count, what they take away has no weight, and the rest does not depend on it.
    """
    left = scores.detach() > LEAST
    if masks:
        kept = scores.masked_fill(~left, 0)
        return left * (1 + _scaled(kept + kept.mean(dim, keepdim=True))) / left.sum(dim, keepdim=True).clamp_min(1)
    seen = scores + scores.mean(dim, keepdim=True)
    return (1 + seen / _largest(seen.detach().abs().max())) / scores.shape[dim]


def _uniform_attention(
    masks: bool,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    *_: Any,
    **__: Any,
) -> Tensor:
    """Attention that weighs all keys alike, or those that a mask leaves, and depends on the query as well."""
    if key.shape[-3:-2] != query.shape[-3:-2]:  # several queries share a key
        key, value = (one.repeat_interleave(query.shape[-3] // one.shape[-3], -3) for one in (key, value))
    if masks and attn_mask is not None:
        left = (attn_mask if attn_mask.dtype.itemsize == 1 else attn_mask > LEAST).to(value.dtype)
        return left @ (value + key.mean(-1, keepdim=True)) / left.shape[-1] + query.mean(-1, keepdim=True)
    found = value.mean(-2, keepdim=True) + query.mean(-1, keepdim=True)
    return found + key.mean((-2, -1), keepdim=True)


def _chosen(name: str, func: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """The mean in place of one that is chosen, and of where it is: any of them may be."""
    if name in _PLACES:
        return _mean_like(func(*args, **kwargs), args, kwargs)
    if name not in _CHOICES and name not in _ORDERS:
        return NotImplemented
    made, at = func(*args, **kwargs), 2 if name in _DIMS_THIRD else 1
    if not isinstance(made, tuple):
        return _mean_like(made, args, kwargs, at)
    values, *others = made
    return type(made)([_mean_like(values, args, kwargs, at, ordered=name in _ORDERS), *others])


def _mean_like(
    made: Tensor, args: Sequence[Any], kwargs: Mapping[str, Any], at: int = 1, *, ordered: bool = False
) -> Tensor:
    """The mean over what was reduced, in the shape of the result."""
    first: Tensor = args[0]
    if made.ndim == 0:
        return first.mean()
    given = kwargs.get("dim", kwargs.get("axis", args[at] if len(args) > at else -1))
    dims = [one % first.ndim for one in (given if isinstance(given, list | tuple) else [given])]
    if ordered:
        return first.mean(dims, keepdim=True).expand(made.shape)
    return first.mean(dims, keepdim=made.ndim == first.ndim)
