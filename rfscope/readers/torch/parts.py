"""The modules, weights and buffers of a module, whatever names the user's code has given to other things.

``self.modules = []`` is an ordinary line, and so is ``self.train = True``: behind it, that method is gone. What
torch itself has registered lies in dictionaries of each module, and is found there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

__all__ = [
    "attribute",
    "buffers_of",
    "convert",
    "evaluate",
    "evaluating",
    "modules_of",
    "named_modules",
    "untouched",
    "weights_of",
]


def named_modules(module: torch.nn.Module) -> Iterator[tuple[str, torch.nn.Module]]:
    """A module and all in it, each once, with its path; the module's own path is empty."""
    seen: set[int] = set()
    waiting = [("", module)]
    while waiting:
        path, part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield path, part
        inner = [(f"{path}.{name}" if path else name, one) for name, one in _registered(part, "_modules")]
        waiting += reversed(inner)


def modules_of(module: torch.nn.Module) -> Iterator[torch.nn.Module]:
    """A module and all in it, each once."""
    return (part for _, part in named_modules(module))


def weights_of(module: torch.nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """The parameters of a module and of all in it, each once, with their paths."""
    return _tensors(module, "_parameters")


def buffers_of(module: torch.nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """The buffers of a module and of all in it, each once, with their paths."""
    return _tensors(module, "_buffers")


def _tensors(module: torch.nn.Module, kind: str) -> Iterator[tuple[str, torch.Tensor]]:
    seen: set[int] = set()
    for path, part in named_modules(module):
        for name, one in _registered(part, kind):
            if id(one) not in seen:
                seen.add(id(one))
                yield f"{path}.{name}" if path else name, one


def _registered(part: torch.nn.Module, kind: str) -> list[tuple[str, Any]]:
    return [(name, one) for name, one in vars(part).get(kind, {}).items() if one is not None]


def attribute(part: torch.nn.Module, name: str) -> Any:
    """An attribute of a module; None if there is none, or if the module's own ``__getattr__`` fails."""
    try:
        return getattr(part, name, None)
    except Exception:  # noqa: BLE001 - the user's code, which was not asked for this
        return None


@contextlib.contextmanager
def evaluating(module: torch.nn.Module) -> Iterator[None]:
    """The module in evaluation mode, and afterwards each of its parts as it was."""
    parts = list(modules_of(module))
    before = [part.training for part in parts]
    try:
        evaluate(module)
        yield
    finally:
        for part, training in zip(parts, before, strict=True):
            part.training = training


def evaluate(module: torch.nn.Module) -> None:
    """Put a module and all in it into evaluation mode."""
    with contextlib.suppress(Exception):  # "train" or "children" may be no method; exported programs have no modes
        module.eval()
    for part in modules_of(module):
        part.training = False


def convert(module: torch.nn.Module, dtype: torch.dtype, device: Any = None) -> None:
    """Give all weights and buffers of floats a type, and all of them a device, in place."""
    for _, weight in weights_of(module):
        weight.data = _converted(weight.data, dtype, device)
    for part in modules_of(module):
        for name, buffer in _registered(part, "_buffers"):
            vars(part)["_buffers"][name] = _converted(buffer, dtype, device)


def _converted(value: torch.Tensor, dtype: torch.dtype, device: Any) -> torch.Tensor:
    return value.to(device=device, dtype=dtype if value.is_floating_point() else None)


@contextlib.contextmanager
def untouched(module: torch.nn.Module) -> Iterator[None]:
    """Afterwards, each part has the attributes that it had: what ``forward`` keeps for the next call is forgotten."""
    kept = [(vars(part), dict(vars(part))) for part in modules_of(module)]
    held = [(one, one.copy()) for _, before in kept for one in before.values() if type(one) in (dict, list, set)]
    data = [(one, one.data) for _, one in (*weights_of(module), *buffers_of(module))]
    try:
        yield
    finally:
        for one, value in data:
            if one.device != value.device:  # ``weight.data *= mask`` on tensors without data
                one.data = value
        for now, before in [*kept, *held]:
            _restore(now, before)


def _restore(now: Any, before: Any) -> None:
    """Give a collection its former content, in place, if it has changed."""
    if isinstance(now, list):
        now[:] = before
    elif len(now) != len(before) or any(one is not other for one, other in zip(now, before, strict=True)):
        now.clear()
        now.update(before)
    elif isinstance(now, dict):
        now.update(before)
