"""What stands for pooling and unpooling while a user's module runs.

A maximum is a mean, and each position of a window gets back what was taken from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["mean_pool", "mean_unpool"]


def mean_pool(name: str, func: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """The mean in place of a maximum; a dilated one is computed by a convolution."""
    from torch.nn import functional

    given = {"kernel_size": None, "stride": None, "padding": 0, "dilation": 1, "ceil_mode": False}
    value, *rest = args or (kwargs["input"],)
    options = {**given, **dict(zip(given, rest, strict=False)), **{k: v for k, v in kwargs.items() if k in given}}
    if "adaptive" in name:
        mean: Any = getattr(functional, name.replace("max", "avg").removesuffix("_with_indices"))
        found = mean(value, args[1] if len(args) > 1 else kwargs["output_size"])
    else:
        found = _window_means(value, options, name)
    wants_indices = kwargs.get("return_indices", False) or name.endswith("_with_indices")
    return (found, func(*args, **kwargs)[1]) if wants_indices else found


def _window_means(value: Tensor, options: Mapping[str, Any], name: str) -> Tensor:
    """Sums over the windows of a pooling layer, whatever its dilation, with zeros around the map."""
    from torch.nn import functional

    dims = _dims(name)
    sizes = {**options, "stride": options["stride"] or options["kernel_size"]}
    kernel, stride, padding, dilation = (
        _listed(sizes[key], dims) for key in ("kernel_size", "stride", "padding", "dilation")
    )
    more = []
    for size, k, s, p, d in zip(value.shape[-dims:], kernel, stride, padding, dilation, strict=True):
        room = size + 2 * p - (d * (k - 1) + 1)
        outputs = (-(-room // s) if options["ceil_mode"] else room // s) + 1
        outputs -= bool(options["ceil_mode"]) and (outputs - 1) * s >= size + p
        more.append((p, max(p, (outputs - 1) * s + d * (k - 1) + 1 - size - p)))
    sides = [side for pair in reversed(more) for side in pair]
    padded = functional.pad(value, sides)
    flat = padded.reshape(-1, 1, *padded.shape[-dims:])
    convolve: Any = (functional.conv1d, functional.conv2d, functional.conv3d)[dims - 1]
    made: Tensor = convolve(flat, flat.new_ones(1, 1, *kernel) / prod(kernel), stride=stride, dilation=dilation)
    return made.reshape(*value.shape[:-dims], *made.shape[-dims:])


def mean_unpool(name: str, func: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Tensor:
    """The same at every position of each window.

    Args:
        name: What the operation is called: ``max_unpool2d``.
        func: The operation.
        args: What it is called with in order: the values, their indices, and what the windows are.
        kwargs: What it is called with by name.

    Raises:
        ValueError: The call has the size of the result and not the windows, as in an exported program.
    """
    from torch.nn import functional

    value, *rest = args
    given = {**dict(zip(("indices", "kernel_size", "stride", "padding"), rest, strict=False)), **kwargs}
    if "padding" not in given:
        raise ValueError(f"{name} does not say which windows it fills")
    sizes = (given["kernel_size"], given.get("stride") or given["kernel_size"], given["padding"])
    dims = _dims(name)
    kernel, stride, padding = (_listed(one, dims) for one in sizes)
    made: Tensor = func(value.detach(), *rest, **kwargs)
    spread: Any = (functional.conv_transpose1d, functional.conv_transpose2d, functional.conv_transpose3d)[dims - 1]
    flat = value.reshape(-1, 1, *value.shape[-dims:])
    found: Tensor = spread(flat, flat.new_ones(1, 1, *kernel), stride=stride)
    sides = [
        side
        for before, size, have in zip(padding, made.shape[-dims:], found.shape[-dims:], strict=True)
        for side in (size + before - have, -before)
    ]
    return functional.pad(found, sides[::-1]).reshape(made.shape)


def _dims(name: str) -> int:
    """Axes of a layer, by what torch calls its operation."""
    return next(count for count in (1, 2, 3) if f"{count}d" in name)


def _listed(entry: Any, dims: int) -> list[int]:
    entries = list(entry) if isinstance(entry, list | tuple) else [entry]
    return entries * dims if len(entries) == 1 else entries
