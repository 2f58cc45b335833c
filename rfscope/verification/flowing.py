"""Gradients that flow through whatever usually stops them: modes without gradients, checkpoints, own backward passes.

What a value is worked out from does not depend on how, or whether, its gradient is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

__all__ = ["carries", "flowing"]


@contextmanager
def flowing() -> Iterator[None]:
    """A context in which gradients of this thread's operations follow how values are worked out.

    A mode without gradients, half precision by autocast and hooks that recompute what was saved do nothing in it. An
    ``autograd.Function`` runs its ``forward``, operation by operation: what its ``backward`` says is not asked.
    """
    import torch
    from torch.autograd import Function
    from torch.autograd.graph import saved_tensors_hooks

    with ExitStack() as stack:
        for mode in (torch.inference_mode, torch.autocast, saved_tensors_hooks):
            for method in ("__enter__", "__exit__"):
                stack.enter_context(patch.object(mode, method, _here(_nothing, getattr(mode, method))))
        right = Function.__dict__["apply"].__func__
        stack.enter_context(patch.object(Function, "apply", classmethod(_here(_by_its_forward(right), right))))
        yield


def _here(wrong: Callable[..., Any], right: Callable[..., Any]) -> Callable[..., Any]:
    """One function in the thread that calls this, and another one in all others."""
    own = threading.get_ident()

    def run(*args: Any, **kwargs: Any) -> Any:
        chosen = wrong if threading.get_ident() == own else right
        return chosen(*args, **kwargs)

    return run


def _nothing(*_: object) -> None:
    return None


def _by_its_forward(right: Callable[..., Any]) -> Callable[..., Any]:
    """Run a function's ``forward`` as if it stood where it is called; the right way where no gradient comes of it."""
    from torch.autograd.function import FunctionCtx, _SingleLevelFunction

    def run(cls: Any, *args: Any, **kwargs: Any) -> Any:
        context: Any = FunctionCtx()
        context.needs_input_grad = tuple(map(carries, args))
        own = cls.setup_context is _SingleLevelFunction.setup_context
        made = cls.forward(context, *args, **kwargs) if own else cls.forward(*args, **kwargs)
        lost = any(map(carries, args)) and not any(map(carries, made if isinstance(made, tuple) else (made,)))
        return right(cls, *args, **kwargs) if lost else made

    return run


def carries(value: Any) -> bool:
    """Whether a value is a tensor that something depends on the image through."""
    return bool(getattr(value, "requires_grad", False))
