"""How much memory a module takes on an input of any size, counted while it runs without data."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rfscope.errors import RfscopeError, UnsupportedError
from rfscope.readers.torch.parts import evaluating
from rfscope.verification.copied import copied

if TYPE_CHECKING:
    import torch

__all__ = ["LiveStorages", "counted", "meta_peak"]


class LiveStorages:
    """Counts the bytes of the storages that are alive, each once however many tensors look at it.

    Attributes:
        now: Bytes alive.
        peak: The most there have been.
    """

    def __init__(self) -> None:
        self.now = self.peak = 0
        self._known: set[int] = set()

    def add(self, tensor: torch.Tensor) -> None:
        """Count a tensor's storage until nothing looks at it any more."""
        storage = tensor.untyped_storage()
        key, size = storage._cdata, storage.nbytes()
        if key in self._known:
            return
        self._known.add(key)
        self.now += size
        self.peak = max(self.peak, self.now)
        weakref.finalize(storage, self._forget, key, size).atexit = False

    def ignore(self, tensors: Sequence[torch.Tensor]) -> None:
        """Leave storages out that were there before: weights."""
        self._known.update(tensor.untyped_storage()._cdata for tensor in tensors)

    def _forget(self, key: int, size: int) -> None:
        self._known.discard(key)
        self.now -= size


def counted(run: Any, live: LiveStorages) -> Any:
    """Run something and count every storage that its operations make; what it returns."""
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_leaves

    class _Counting(TorchDispatchMode):  # type: ignore[no-untyped-call]
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            import torch

            made = func(*args, **(kwargs or {}))
            for leaf in tree_leaves(made):
                if isinstance(leaf, torch.Tensor):
                    live.add(leaf)
            return made

    with _Counting():  # type: ignore[no-untyped-call]
        return run()


def meta_peak(module: torch.nn.Module, shapes: Sequence[Sequence[int]], dtype: str, *, node: str | None = None) -> int:
    """The most bytes of storages that are alive while a module runs, its inputs counted and its weights not.

    It runs without data, so that it needs no memory. What kernels take to work in is not in it, nor what an allocator
    holds back.

    Args:
        module: Any module; it is left as it is.
        shapes: The shapes of its inputs, in order.
        dtype: Type of the numbers, such as ``"float32"``.
        node: The path of a part of it: only what runs until it has made its last output is counted.

    Raises:
        UnsupportedError: It does not run without data, or has no such part.
        RfscopeError: There is no such type.
    """
    import torch

    kind = getattr(torch, dtype, None)
    if not isinstance(kind, torch.dtype) or not kind.is_floating_point:
        raise RfscopeError("unknown type of numbers", got=repr(dtype), expected="float32, float16, bfloat16 or float64")
    live, reached = LiveStorages(), list[int]()
    if node is not None and node not in dict(module.named_modules()):
        raise UnsupportedError("memory up to what is no module", where=node)
    try:
        ghost = copied(module).to("meta").to(kind)
        live.ignore([*ghost.parameters(), *ghost.buffers()])
        images = [torch.empty(tuple(shape), dtype=kind, device="meta") for shape in shapes]
        for image in images:
            live.add(image)
        if node is not None:
            ghost.get_submodule(node).register_forward_hook(lambda *_: reached.append(live.peak))
        with evaluating(ghost), torch.no_grad():
            counted(lambda: ghost(*images), live)
    except Exception as error:  # noqa: BLE001 - whatever a module raises that was made for data
        if reached:  # what stands behind the part may take other sizes alone
            return reached[-1]
        got = f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]
        raise UnsupportedError("the module does not run without data", got=got) from None
    return reached[-1] if reached else live.peak
