"""A user's module reduced to its structure: what its outputs can depend on, whatever its weights and activations are.

The module runs as it is, its own ``forward`` on its own layers, but with other numbers: weights are positive, norms
only scale, activations pass everything, pooling takes the mean, attention weighs everything alike. Then nothing can
cancel or be gated away, and the gradient of an output is nonzero exactly where the output can depend on the input.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import prod, sqrt
from types import FunctionType
from typing import TYPE_CHECKING, Any

from rfscope.readers.torch.parts import buffers_of, convert, evaluate, named_modules, weights_of
from rfscope.verification.channels import of_all_channels
from rfscope.verification.copied import copied
from rfscope.verification.flowing import carries, flowing
from rfscope.verification.standins import replaced

if TYPE_CHECKING:
    import torch

    from rfscope.verification.mixers import Watch

__all__ = ["simplify", "structural", "undispatched"]

_SEED = 20181


def simplify(module: torch.nn.Module, dtype: torch.dtype, device: torch.device) -> torch.nn.Module:
    """A copy of a module in one type of floats and evaluation mode, with positive weights that keep numbers in range.

    Args:
        module: The module, which is left as it is.
        dtype: The type of floats that its weights and buffers have in the copy.
        device: Where they lie in it.
    """
    import torch

    from rfscope.readers.torch.constants import masked
    from rfscope.readers.torch.export import quiet

    with quiet(), torch.no_grad():
        found = copied(module)
        convert(found, dtype, device)
    evaluate(found)
    random = torch.Generator().manual_seed(_SEED)
    with torch.no_grad():
        for name, weight in weights_of(found):
            weight.requires_grad_(False)
            if not weight.is_floating_point():
                continue
            if weight.ndim > 1:
                fan_in = weight.numel() // weight.shape[0] / sqrt(prod(weight.shape[2:]))
                numbers = (torch.rand(weight.shape, generator=random, dtype=weight.dtype) + 0.5) / max(fan_in, 1)
                weight.copy_(masked(weight, numbers))
            else:
                weight.fill_(0 if name.endswith("bias") else 1)
        for name, buffer in buffers_of(found):
            plain = {"running_mean": 0, "running_var": 1, "weight": 1, "bias": 0}.get(name.rpartition(".")[2])
            if plain is not None and buffer.is_floating_point() and buffer.ndim <= 1:  # no kernel
                buffer.fill_(plain)
    return found


@contextmanager
def structural(module: torch.nn.Module, watch: Watch, dtype: torch.dtype) -> Iterator[None]:
    """A context in which every operation that a module calls is replaced by one of the same structure.

    Args:
        module: The simplified module, whose submodules' names are used.
        watch: What to cut off, and what to record.
        dtype: The one type of floats that everything is worked out in, whatever the module casts to.
    """
    import torch
    from torch.nn.modules import module as hooks
    from torch.overrides import TorchFunctionMode

    names = {id(child): name for name, child in named_modules(module)}
    paths = [""]
    running: list[FunctionType] = []
    held: Any = torch.Tensor.data
    data = held.__get__

    class Structural(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            name = getattr(func, "__name__", "")
            name = name.partition(".")[0]  # an exported program calls overloads: conv2d.default
            if name == "_set_grad_enabled":
                return None
            if func == data and carries(args[0]):
                return args[0]
            args, kwargs = _in_one_type(name, tuple(args), kwargs or {}, dtype)
            if watch.together:
                args = of_all_channels(name, args, kwargs, watch.together)
            made = replaced(name, func, args, kwargs, masks=watch.keeps_masks(paths[-1]))
            if made is NotImplemented and isinstance(func, FunctionType) and func not in running:
                running.append(func)
                try:
                    with self:  # what it calls in turn is replaced instead
                        return undispatched(func)(*args, **kwargs)
                finally:
                    running.pop()
            if made is NotImplemented:
                made = func(*args, **kwargs)
                made = made if any(isinstance(one, torch.Tensor) for one in args) else _cast(made, dtype)
            return watch.passes(paths[-1], name, made, args)

    def enter(child: Any, _inputs: Any) -> None:
        paths.append(names.get(id(child), paths[-1]))

    def leave(_child: Any, _inputs: Any, _outputs: Any) -> None:
        paths.pop()

    registered = [
        hooks.register_module_forward_pre_hook(enter),
        hooks.register_module_forward_hook(leave, always_call=True),
    ]
    try:
        with flowing(), Structural():
            yield
    finally:
        for hook in registered:
            hook.remove()


_FREE = ("__set__", "__get__", "__setitem__", "copy_", "set_", "resize_", "requires_grad_")
"""What is done to a tensor as it is, whatever type it has."""


def _in_one_type(
    name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], dtype: torch.dtype
) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """Arguments in one type of floats: constants, and what a module holds, may have been made in another."""
    if name in _FREE:
        return args, kwargs
    written = args[:1] if name.endswith("_") and (not name.endswith("__") or name.startswith("__i")) else ()
    return (*written, *_cast(args[len(written) :], dtype)), _cast(dict(kwargs), dtype)


def _cast(values: Any, dtype: torch.dtype) -> Any:
    """Any tensors of floats among some values in one type."""
    import torch
    from torch.utils._pytree import tree_map_only

    return tree_map_only(torch.Tensor, lambda one: one.to(dtype) if one.is_floating_point() else one, values)


def undispatched(func: FunctionType) -> FunctionType:
    """A copy of a function of torch's that does not ask first whether somebody wants to replace it."""
    never = {name: lambda *_: False for name in func.__globals__ if name.startswith("has_torch_function")}
    copied = FunctionType(
        func.__code__, {**func.__globals__, **never}, func.__name__, func.__defaults__, func.__closure__
    )
    copied.__kwdefaults__ = func.__kwdefaults__
    return copied
