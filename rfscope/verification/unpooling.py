"""What stands for unpooling while a user's module runs: each position of a window gets back what was taken from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["mean_unpool"]


def mean_unpool(name: str, func: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """The same at every position of each window; NotImplemented where the call does not say which windows.

    Args:
        name: What the operation is called: ``max_unpool2d``.
        func: The operation.
        args: What it is called with in order: the values, their indices, and what the windows are.
        kwargs: What it is called with by name.
    """
    from torch.nn import functional

    value, *rest = args
    given = {**dict(zip(("indices", "kernel_size", "stride", "padding"), rest, strict=False)), **kwargs}
    kernel = given.get("kernel_size")
    if kernel is None:
        return NotImplemented
    dims = next(count for count in (1, 2, 3) if f"{count}d" in name)
    kernel, stride, padding = (_listed(one, dims) for one in (kernel, given.get("stride") or kernel, given["padding"]))
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


def _listed(entry: Any, dims: int) -> list[int]:
    entries = list(entry) if isinstance(entry, list | tuple) else [entry]
    return entries * dims if len(entries) == 1 else entries
