"""Whether kernels are masked while a module is built: then what they read is in their data.

``weight.data *= mask``, ``weight.data = weight.data * mask`` and ``mask[:, :, 2:] = 0`` leave taps out that a module built
without data would not show. They are seen by the operations that run: a product with a tensor, or a write into a part.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

__all__ = ["Watch"]

_KERNEL_DIMS = 3
"""Dimensions of the smallest kernel: out, in, taps."""
_WRITES = frozenset(["fill_", "zero_", "copy_", "index_put_", "masked_fill_", "mul_"])


class Watch(TorchDispatchMode):
    """Looks on while a module is built.

    Attributes:
        masked: Whether what may be a kernel, or a mask of one, was made by zeroing a part.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch leaves its base untyped
        self.masked = False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if not self.masked:
            self.masked = _masks(func.overloadpacket.__name__, func._overloadname, args)
        return func(*args, **(kwargs or {}))


def _masks(name: str, overload: str, args: Sequence[Any]) -> bool:
    written = args[0] if args else None
    if not isinstance(written, Tensor) or written.ndim > _KERNEL_DIMS + 2 or not written.is_floating_point():
        return False
    if name in ("mul", "mul_", "where", "index_put_", "masked_fill_") and overload != "Scalar":
        others = [one for one in args[1:] if isinstance(one, Tensor) and one.ndim]
        return bool(others) and max(written.ndim, *(one.ndim for one in others)) >= _KERNEL_DIMS
    base = written._base
    return name in _WRITES and base is not None and base.ndim >= _KERNEL_DIMS and base.numel() != written.numel()
