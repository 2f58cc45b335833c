"""Capture by recording: a module runs once on images without data, and every operation is written down.

An image lies on torch's meta device: it has a shape and no data, and so has all that is made from it. Constants keep
their data. Operations are seen whole, a ``conv2d`` as one, because torch takes them apart together with autograd, which
is switched off. The path of the module is kept by hooks, the user's line is on the stack. Writes in place are made
explicit afterwards, as in exported programs.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rfscope.readers.torch.calls import Program
from rfscope.readers.torch.parts import named_modules, weights_of
from rfscope.readers.torch.places import Places
from rfscope.readers.torch.tape import Steps, Tape

if TYPE_CHECKING:
    import torch

__all__ = ["record"]


def record(module: torch.nn.Module, inputs: Sequence[torch.Tensor], steps: Steps | None = None) -> Program:
    """The program of a module at example inputs; only their shapes matter.

    Args:
        module: The module.
        inputs: What it is called with.
        steps: Counts the operations, for whoever wants to know how far it came if it raises.

    Raises:
        UnsupportedError: It writes into views in a way that cannot be followed.
        Exception: Whatever the module raises, and torch, where it needs the data of an image.
    """
    import torch

    images = [torch.empty_like(one, device="meta") for one in inputs]
    tape = Tape(images, _home(module), Places(record.__code__), steps or Steps())
    with (
        torch.no_grad(),
        torch.random.fork_rng(devices=[]),
        _uncompiled(),
        _paths_kept(module, tape.paths),
        torch._C._AutoDispatchBelowAutograd(),
        _recorder(tape),
    ):
        made = module(*images)
    return tape.program(made)


def _home(module: torch.nn.Module) -> torch.device:
    """Where constants are made that the module wants beside its image."""
    import torch

    devices = (weight.device for _, weight in weights_of(module) if not weight.is_meta)
    return next(devices, torch.device("cpu"))


def _recorder(tape: Tape) -> Any:
    from torch.utils._python_dispatch import TorchDispatchMode

    class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves its base untyped
        @classmethod
        def _should_skip_dynamo(cls) -> bool:
            return False  # torch would import its compiler only to leave this out of it

        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            return tape.run(func, args, kwargs or {}, sys._getframe(1))

    return Recorder()  # type: ignore[no-untyped-call]  # see its base


def _uncompiled() -> contextlib.AbstractContextManager[object]:
    """Compiled modules run as they were written. Where torch's compiler is not loaded, there are none."""
    import torch

    known = "torch._dynamo" in sys.modules and hasattr(torch.compiler, "set_stance")
    return torch.compiler.set_stance("force_eager") if known else contextlib.nullcontext()


@contextlib.contextmanager
def _paths_kept(module: torch.nn.Module, paths: list[str]) -> Iterator[None]:
    """Keep the path of the module that is running at the end of a list."""
    from torch.nn.modules import module as hooks

    names = {id(part): name for name, part in named_modules(module)}

    def enter(part: Any, _inputs: Any) -> None:
        paths.append(names.get(id(part), paths[-1] if paths else ""))

    def leave(_part: Any, _inputs: Any, _outputs: Any) -> None:
        paths.pop()

    registered = [
        hooks.register_module_forward_pre_hook(enter),
        hooks.register_module_forward_hook(leave, always_call=True),
    ]
    try:
        yield
    finally:
        for hook in registered:
            hook.remove()
