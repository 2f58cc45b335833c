"""A copy of a user's module, whatever it holds: locks, open files, tensors that were computed from weights."""

from __future__ import annotations

import copy
from collections import ChainMap
from typing import TYPE_CHECKING, Any

from rfscope.readers.torch.parts import modules_of

if TYPE_CHECKING:
    import torch

__all__ = ["copied"]


def copied(module: torch.nn.Module) -> torch.nn.Module:
    """A copy of a module with weights of its own. What refuses to be copied is shared with the original.

    Example:
        >>> from threading import Lock
        >>> from torch import nn
        >>> layer = nn.Conv2d(1, 1, 3)
        >>> layer.lock = Lock()
        >>> found = copied(layer)
        >>> found.weight is layer.weight, found.lock is layer.lock
        (False, True)
    """
    try:
        return copy.deepcopy(module, _computed(module))
    except Exception:  # noqa: BLE001 - whatever an object raises that is not made to be copied
        return _piece_by_piece(module)


def _computed(module: torch.nn.Module) -> dict[int, Any]:
    """Copies of the values of tensors that were computed from weights, which ``deepcopy`` refuses.

    Old weight norm keeps such a tensor in its module, and computes it anew before each run.
    """
    import torch

    found: dict[int, Any] = {}
    waiting: list[Any] = [vars(child) for child in modules_of(module)]
    seen = set[int]()
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, torch.Tensor) and value.grad_fn is not None:
            found[id(value)] = value.detach().clone()
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list | tuple | set | frozenset):
            waiting += value
    return found


def _piece_by_piece(module: torch.nn.Module) -> torch.nn.Module:
    """A copy made attribute by attribute; an attribute that cannot be copied is shared."""
    children = list(modules_of(module))
    known = _computed(module)
    for child in children:
        known[id(child)] = object.__new__(type(child))
    for child in children:
        made = {name: _copied_or_shared(value, known) for name, value in vars(child).items()}
        vars(known[id(child)]).update(made)
    found: torch.nn.Module = known[id(module)]
    return found


def _copied_or_shared(value: Any, known: dict[int, Any]) -> Any:
    made: dict[int, Any] = {}
    try:
        found = copy.deepcopy(value, ChainMap(made, known))  # type: ignore[arg-type]  # any mapping will do
    except Exception:  # noqa: BLE001 - see above
        if not isinstance(value, dict | list):
            return value
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        kept = {key: _copied_or_shared(one, known) for key, one in parts}
        return type(value)(kept) if isinstance(value, dict) else type(value)(kept.values())
    known.update(made)
    return found
