"""The torch module that a target is, or names; torch is not loaded to find out whether it is one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeAlias, TypeGuard

from rfscope.errors import TargetError
from rfscope.network.graph import Network, Node
from rfscope.readers.names import runs_code
from rfscope.targets.reading import Reading

if TYPE_CHECKING:
    import torch

__all__ = ["Target", "is_module", "module_of", "module_without_data"]

Target: TypeAlias = "str | Path | Network | Sequence[SupportsIndex] | Sequence[Node] | torch.nn.Module"


def is_module(target: object) -> TypeGuard[torch.nn.Module]:
    """Whether it is a torch module; torch is not loaded to find out."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(target, torch.nn.Module)


def module_of(target: Target, reading: Reading | None = None, *, allow_import: bool = False) -> torch.nn.Module | None:
    """The torch module that a target names, with weights that have data; None if it names something else.

    Args:
        target: As for ``resolve``.
        reading: What it leaves open.
        allow_import: Whether torch may load a ``.pt2`` file, which runs whatever code is in it.

    Raises:
        RfscopeError: It cannot be made, or may not be.
    """
    if is_module(target):
        from rfscope.readers.torch.wrapped import unwrapped

        return unwrapped(target)
    if isinstance(target, str) and runs_code(target):
        from rfscope.readers.torch import Factory

        return Factory(target, (reading or Reading()).arguments).build(meta=False)
    if isinstance(target, str | Path) and Path(target).suffix.lower() == ".pt2":
        from rfscope.readers.torch import module_in

        if not allow_import:
            do = "add --allow-import (allow_import=True in Python) if you trust it"
            what = "loading a .pt2 file runs the code that is in it"
            raise TargetError(what, where=str(target), expected="leave to do so", do=do)
        return module_in(Path(target))
    return None


def module_without_data(target: Any, reading: Reading) -> torch.nn.Module | None:
    """The module that a target is or names, with or without data; None if it is none."""
    if is_module(target):
        from rfscope.readers.torch.wrapped import unwrapped

        return unwrapped(target)
    if isinstance(target, str) and runs_code(target):
        from rfscope.readers.torch import Factory

        return Factory(target, reading.arguments).build(meta=True)
    return None
