"""Capture by recording: what ``torch.export`` refuses is run once on tensors without data, operation by operation."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

from rfscope.errors import UnsupportedError
from rfscope.readers.torch.calls import Call, Program, Tensor
from rfscope.readers.torch.export import bound, is_pointwise

if TYPE_CHECKING:
    import torch

__all__ = ["record"]


def record(module: torch.nn.Module, inputs: Sequence[torch.Tensor]) -> Program:
    """The program of a module at example inputs; only their shapes matter.

    Raises:
        UnsupportedError: It writes into a view of another tensor.
        Exception: Whatever the module raises.
    """
    import torch
    from torch._subclasses.fake_tensor import FakeTensorMode
    from torch.utils._python_dispatch import TorchDispatchMode

    paths: list[str] = []
    log = _Log(paths)

    class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]  # torch leaves its base untyped
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            made = func(*args, **(kwargs or {}))
            log.add(func, args, kwargs or {}, made)
            return made

    names = {id(child): name for name, child in module.named_modules()}

    def enter(child: Any, _inputs: Any) -> None:
        paths.append(names.get(id(child), paths[-1] if paths else ""))

    def leave(_child: Any, _inputs: Any, _outputs: Any) -> None:
        paths.pop()

    register = torch.nn.modules.module
    hooks = [
        register.register_module_forward_pre_hook(enter),
        register.register_module_forward_hook(leave, always_call=True),
    ]
    try:
        with torch.no_grad(), FakeTensorMode(allow_non_fake_inputs=True) as mode:
            fakes = [mode.from_tensor(tensor) for tensor in inputs]
            given = [log.tensor(fake) for fake in fakes]
            with Recorder():  # type: ignore[no-untyped-call]  # see its base
                made = module(*fakes)
    finally:
        for hook in hooks:
            hook.remove()
    from torch.utils._pytree import tree_leaves

    outputs = [log.tensor(leaf) for leaf in tree_leaves(made) if isinstance(leaf, torch.Tensor)]
    return Program(log.calls, tuple(given), tuple(outputs), log.constants)


class _Log:
    """The calls so far, and the records of tensors: once written to, a tensor gets a new record."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.calls: list[Call] = []
        self.constants: dict[Hashable, Any] = {}
        self._paths = paths
        self._versions: dict[int, int] = {}
        self._alive: list[Any] = []  # so that no two tensors ever have one id

    def tensor(self, value: Any) -> Tensor:
        from torch._subclasses.fake_tensor import FakeTensor

        self._alive.append(value)
        key = (id(value), self._versions.get(id(value), 0))
        if not isinstance(value, FakeTensor):
            self.constants[key] = value
        return Tensor(key, tuple(map(int, value.shape)))

    def add(self, target: Any, args: Sequence[Any], kwargs: Any, made: Any) -> None:
        schema = target._schema
        arguments = bound(
            schema, [self._plain(value) for value in args], {k: self._plain(v) for k, v in kwargs.items()}
        )
        for place, argument in enumerate(schema.arguments):
            if argument.alias_info is not None and argument.alias_info.is_write and place < len(args):
                self._written(args[place])
        results = made if isinstance(made, list | tuple) else [made]
        name = schema.name.removeprefix("aten::")
        self.calls.append(
            Call(
                name=name.removesuffix("_") if schema.is_mutable and not name.startswith("_") else name,
                arguments=arguments,
                results=tuple(self.tensor(value) for value in results if hasattr(value, "shape")),
                pointwise=is_pointwise(target),
                module=self._paths[-1] if self._paths else "",
                target=target,
            )
        )

    def _written(self, value: Any) -> None:
        if not hasattr(value, "shape"):
            return
        if value._base is not None or any(other._base is value for other in self._alive):
            raise UnsupportedError(
                "cannot follow a write into a view",
                where=(self._paths[-1] if self._paths else None) or "forward",
                do="write x = torch.cat(...) or F.pad instead of x[...] = y",
            )
        self._versions[id(value)] = self._versions.get(id(value), 0) + 1

    def _plain(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [self._plain(entry) for entry in value]
        return self.tensor(value) if hasattr(value, "shape") and hasattr(value, "dtype") else value
