"""Stand-ins for libraries that a repository imports and its network does not use."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any, Self

__all__ = ["install"]


class _Anything:
    """Any name of a library that is not there: a decorator that changes nothing, a base class, or a value."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        alone = len(args) == 1 and not kwargs and isinstance(args[0], type | types.FunctionType)
        return args[0] if alone else self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything(name)

    def __iadd__(self, other: Any) -> Self:
        return self

    def __or__(self, other: Any) -> Self:
        return self

    __ror__ = __or__

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        from torch import nn

        return (nn.Module,)


class _Stub(types.ModuleType):
    __path__: list[str] = []  # noqa: RUF012 - a package, so that its parts can be imported

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything(name)


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)

    def find_spec(self, fullname: str, _path: Any, _target: Any = None) -> importlib.machinery.ModuleSpec | None:
        ours = any(fullname == name or fullname.startswith(f"{name}.") for name in self.names)
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True) if ours else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Stub(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to run."""


def install(names: Sequence[str]) -> None:
    """Let these be imported, and what is in them."""
    sys.meta_path.insert(0, _Finder(names))
