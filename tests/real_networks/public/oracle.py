"""What one output of a module reads, by its own gradient alone.

The module runs its own ``forward``. Underneath, every operation that can hide a read is put in place of one that
cannot: weights are positive, activations and norms pass their input on, a maximum is a mean, a gate bounded and
positive, and what is read as a whole (an image's mean, a spatial attention) is a constant. An input has then a
gradient that is not 0 exactly where some path leads from it to the output. Nothing of rfscope is used.

Limits: weights that are 0 stay 0, unless the whole weight is; a Fourier transform, a recurrence or a sorting is left
as it is, so that networks with one of them are not for this oracle; two terms that cancel exactly would be missed,
and the weights are drawn at random against that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - its common name
from torch.overrides import TorchFunctionMode

__all__ = ["NotComparable", "Opened", "support", "tensors_of"]


class NotComparable(Exception):  # noqa: N818 - a result, not a fault
    """The gradient of this module says nothing that could be compared."""


class Opened(TorchFunctionMode):
    """The operations called under it let every path through."""

    def __init__(self) -> None:
        super().__init__()
        self._random = torch.Generator().manual_seed(0)
        self._weights: dict[tuple[Any, ...], torch.Tensor] = {}

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = dict(kwargs or {})
        name = getattr(func, "__name__", "").strip("_")
        if name in _PASSED and args and isinstance(args[0], torch.Tensor) and args[0].is_floating_point():
            return args[0] * 1
        if name in _BOUNDED and args and isinstance(args[0], torch.Tensor):
            return _bounded(args[0])
        if name in _FILTERS and len(args) > 1:
            return self._filtered(func, name, args, kwargs)
        made = _OWN.get(name)
        return func(*args, **kwargs) if made is None else made(func, *args, **kwargs)

    def _filtered(self, func: Any, name: str, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """A convolution or a linear layer with positive weights, of sum about 1 per output, and no bias."""
        rest = list(args[2:])
        if rest:
            rest[0] = None
        kwargs.pop("bias", None)
        return func(args[0], self._positive(args[1], transposed="transpose" in name), *rest, **kwargs)

    def _positive(self, weight: torch.Tensor, *, transposed: bool) -> torch.Tensor:
        key = (weight.data_ptr(), tuple(weight.shape))
        if key not in self._weights:
            drawn = torch.rand(weight.shape, generator=self._random, dtype=torch.float64) + 0.5
            if bool((weight != 0).any()):
                drawn = drawn * (weight != 0)
            fed = tuple(d for d in range(weight.dim()) if d != int(transposed))
            self._weights[key] = drawn / drawn.sum(fed, keepdim=True).clamp(min=1e-9)
        return self._weights[key]


def _bounded(value: torch.Tensor) -> torch.Tensor:
    """Between -1 and 1, and rising everywhere."""
    return value / (1 + value.abs())


_PASSED = frozenset({
    "relu", "relu6", "leaky_relu", "prelu", "elu", "celu", "selu", "gelu", "silu", "mish", "hardswish", "softplus",
    "rrelu", "hardtanh", "clamp", "clip", "clamp_min", "clamp_max", "logsigmoid", "softsign", "threshold", "batch_norm",
    "layer_norm", "group_norm", "instance_norm", "rms_norm", "local_response_norm", "dropout", "dropout1d", "dropout2d",
    "dropout3d", "alpha_dropout", "feature_dropout", "normalize", "log_softmax", "abs",
})  # fmt: skip
_BOUNDED = frozenset({"sigmoid", "tanh", "hardsigmoid", "exp", "log", "log10", "sin", "cos"})
_FILTERS = frozenset({
    "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "linear",
})  # fmt: skip


def _softmax(func: Any, value: torch.Tensor, dim: int | None = None, *rest: Any, **more: Any) -> torch.Tensor:
    """Over channels a gate; over positions equal weights for all that no large negative score masks out."""
    dim = more.get("dim", dim)
    if dim == 1 and value.dim() > 2:
        return _bounded(value)
    open_ = (value.detach() > -50).to(value.dtype)
    return open_ / open_.sum(dim, keepdim=True).clamp(min=1)


def _glu(func: Any, value: torch.Tensor, dim: int = -1) -> torch.Tensor:
    one, gate = value.chunk(2, dim)
    return one * _bounded(gate)


def _max_pool(dims: int) -> Callable[..., Any]:
    def pooled(
        func: Any, value: torch.Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
        ceil_mode: bool = False, return_indices: bool = False,
    ) -> Any:  # fmt: skip
        stride = kernel_size if stride is None or stride == [] else stride
        window = [_each(x, dims) for x in (kernel_size, stride, padding, dilation)]
        mean = _mean_of_window(value, window, ceil_mode=ceil_mode)
        if not return_indices:
            return mean
        places = getattr(F, f"max_pool{dims}d")(value, kernel_size, stride, padding, dilation, ceil_mode, True)[1]
        return mean, places

    return pooled


def _mean_of_window(value: torch.Tensor, window: Sequence[Sequence[int]], *, ceil_mode: bool) -> torch.Tensor:
    """A convolution of each channel; windows that begin in the map are filled up."""
    kernel, stride, padding, rate = window
    dims, channels = len(kernel), value.shape[1]
    ends = []
    for length, k, s, p, d in zip(value.shape[2:], kernel, stride, padding, rate, strict=True):
        left = length + 2 * p - d * (k - 1) - 1
        steps = -(-left // s) if ceil_mode else left // s
        if ceil_mode and steps * s >= length + p:
            steps -= 1
        ends.append(steps * s + d * (k - 1) + 1 - length - p)
    around = [n for p, end in zip(reversed(padding), reversed(ends), strict=True) for n in (p, max(end, 0))]
    filled = F.pad(value, around)
    for axis, end in enumerate(ends):
        if end < 0:
            filled = filled.narrow(axis + 2, 0, filled.shape[axis + 2] + end)
    weight = value.new_full((channels, 1, *kernel), 1 / float(np.prod(kernel)))
    convolve = (F.conv1d, F.conv2d, F.conv3d)[dims - 1]
    result: torch.Tensor = convolve(filled, weight, None, tuple(stride), 0, tuple(rate), channels)
    return result


def _max_unpool(func: Any, value: torch.Tensor, indices: Any, kernel_size: Any, *rest: Any, **more: Any) -> Any:
    """Each output reads what its window was pooled to."""
    stride = more.get("stride", rest[0] if rest else None) or kernel_size
    sizes = func(value.detach(), indices, kernel_size, *rest, **more).shape[2:]
    for axis, (length, step) in enumerate(zip(sizes, _each(stride, value.dim() - 2), strict=True), start=2):
        value = value.index_select(axis, (torch.arange(length) // step).clamp(max=value.shape[axis] - 1))
    return value


def _adaptive(func: Any, value: torch.Tensor, output_size: Any, *rest: Any, **more: Any) -> torch.Tensor:
    size = output_size if isinstance(output_size, list | tuple) else [output_size] * 3
    if all(length == 1 for length in size):
        dims = int(getattr(func, "__name__", "2d")[-2]) if getattr(func, "__name__", "")[-2:-1].isdigit() else 2
        return torch.ones(*value.shape[:-dims], *[1] * dims)
    name = getattr(func, "__name__", "").replace("max", "avg")
    result: torch.Tensor = getattr(F, name)(value, output_size)
    return result


def _reduced(func: Any, value: torch.Tensor, dim: Any = None, *rest: Any, **more: Any) -> Any:
    """A mean, sum or maximum over all of the image is a constant; over channels it is itself, a maximum a mean."""
    dim = more.get("dim", more.get("axis", dim))
    if isinstance(dim, torch.Tensor):
        return (value + dim) / 2
    kept = bool(more.get("keepdim", rest[0] if rest else False))
    rest_of = {key: more[key] for key in more if key not in ("dim", "axis")}
    given = () if dim is None else (dim,)
    if func.__name__ in ("var", "std"):
        return torch.ones_like(func(value.detach(), *given, *rest, **rest_of))
    if value.is_floating_point() and dim is not None:
        dims = {d % value.dim() for d in ([dim] if isinstance(dim, int) else dim)}
        if value.dim() > 2 and set(range(2, value.dim())) <= dims:
            return torch.ones_like(value.detach().mean(tuple(dims), keepdim=kept))
        if func.__name__ in ("amax", "amin"):
            return value.mean(tuple(dims), keepdim=kept)
        if func.__name__ in ("max", "min"):
            chosen = func(value.detach(), dim, kept)[1]
            return torch.return_types.max((value.mean(dim, keepdim=kept), chosen))
    return func(value, *given, *rest, **rest_of)


def _attended(func: Any, query: Any, key: Any, value: torch.Tensor, *rest: Any, **more: Any) -> torch.Tensor:
    mean: torch.Tensor = value.mean(-2, keepdim=True)
    return mean.expand(*value.shape[:-2], query.shape[-2], value.shape[-1])


_OWN: dict[str, Callable[..., Any]] = {
    "softmax": _softmax, "glu": _glu, "scaled_dot_product_attention": _attended,
    **{f"max_pool{dims}d": _max_pool(dims) for dims in (1, 2, 3)},
    **{f"max_pool{dims}d_with_indices": partial(_max_pool(dims), return_indices=True) for dims in (1, 2, 3)},
    **{f"max_unpool{dims}d": _max_unpool for dims in (1, 2, 3)},
    **{f"adaptive_{kind}_pool{dims}d": _adaptive for kind in ("avg", "max") for dims in (1, 2, 3)},
    **dict.fromkeys(("mean", "sum", "max", "min", "amax", "amin", "var", "std", "maximum", "minimum"), _reduced),
}  # fmt: skip


def _each(value: Any, dims: int) -> tuple[int, ...]:
    values = (value,) if isinstance(value, int) else tuple(value)
    return tuple(map(int, values)) * (dims if len(values) == 1 else 1)


def tensors_of(value: Any) -> Iterator[torch.Tensor]:
    """The tensors in what a module returned, in order."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from tensors_of(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from tensors_of(part)


def support(
    module: nn.Module, shape: Sequence[int], output: int, places: Sequence[tuple[int, ...]], more: Sequence[Any] = ()
) -> Iterator[np.ndarray[Any, Any]]:
    """Where the output reads the input, for each of some places.

    Args:
        module: In float64, in evaluation mode, its gradients off.
        shape: Of the input, with batch and channels.
        output: Which of the tensors that it returns.
        places: Positions in that output.
        more: Inputs after the first.

    Yields:
        An array of the input's size, true where it is read.

    Raises:
        NotComparable: A value on the way is no number.
    """
    for weight in module.parameters():
        if weight.numel() and not bool(weight.any()):
            weight.data.fill_(0.5)  # scales that begin at zero would close what training opens
    generator = torch.Generator().manual_seed(1)
    image = (torch.rand(tuple(shape), generator=generator, dtype=torch.float64) + 0.5).requires_grad_()
    with Opened():
        result = list(tensors_of(module(image, *more)))[output]
    if not result.requires_grad:
        raise NotComparable("the output has no gradient")
    for number, place in enumerate(places):
        last = number == len(places) - 1
        index: tuple[Any, ...] = (..., *place)
        (gradient,) = torch.autograd.grad(result[index].sum(), image, retain_graph=not last)
        if not bool(torch.isfinite(gradient).all()):
            raise NotComparable("a gradient that is no number")
        yield (gradient[0] != 0).any(0).numpy()
