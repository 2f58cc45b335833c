"""Whether kernels are masked while a module is built: then what they read is in their data.

``weight.data *= mask``, ``weight.data = weight.data * mask`` and ``mask[:, :, 2:] = 0`` leave taps out that a module
built without data would not show. They are seen by the operations that run: a product of tensors, or a write into a
part of one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Seen", "watched"]

_KERNEL_DIMS = range(3, 6)
"""Dimensions of kernels: out, in, taps along one to three axes."""
_PRODUCTS = frozenset(["mul", "mul_", "where", "index_put_", "masked_fill_"])
_WRITES = frozenset(["fill_", "zero_", "copy_", "index_put_", "masked_fill_", "mul_"])


@dataclass
class Seen:
    """What happened while a module was built.

    Attributes:
        masked: Whether something was multiplied or written into that may be a kernel, or a mask of one.
    """

    masked: bool = False


@contextlib.contextmanager
def watched() -> Iterator[Seen]:
    """Look on while a module is built."""
    from torch.utils._python_dispatch import TorchDispatchMode

    seen = Seen()

    class Watch(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves its base untyped
        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False  # torch would import its compiler only to leave this out of it

        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            seen.masked = seen.masked or _masks(func, args)
            return func(*args, **(kwargs or {}))

    with Watch():  # type: ignore[no-untyped-call]  # see its base
        yield seen


def _masks(target: Any, args: Sequence[Any]) -> bool:
    """Whether an operation multiplies tensors as large as kernels, or writes into a part of one."""
    name = target._schema.name.removeprefix("aten::")
    written: Any = args[0] if args and name in _PRODUCTS | _WRITES else None
    if not hasattr(written, "is_floating_point") or not written.is_floating_point():
        return False
    others = [one for one in args[1:] if hasattr(one, "ndim") and one.ndim]
    if name in _PRODUCTS and others and max(written.ndim, *(one.ndim for one in others)) in _KERNEL_DIMS:
        return True
    base = written._base
    return name in _WRITES and base is not None and base.ndim in _KERNEL_DIMS and base.numel() != written.numel()
