"""Modules inside of wrappers that run them otherwise, and compute the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

__all__ = ["unwrapped"]


def unwrapped(module: torch.nn.Module) -> torch.nn.Module:
    """The module in a ``torch.compile``d, ``DataParallel`` or ``DistributedDataParallel`` one; any other as it is."""
    from torch import nn

    while True:
        inside = module.__dict__.get("_modules", {})
        if isinstance(module, nn.DataParallel | nn.parallel.DistributedDataParallel):
            module = inside["module"]
        elif type(module).__name__ == "OptimizedModule" and "_orig_mod" in inside:
            module = inside["_orig_mod"]
        else:
            return module
