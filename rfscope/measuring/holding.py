"""A module that runs as it is while the results of its global operations are held constant.

What comes from a whole map, such as a gate, an attention or the statistics of a norm, has its value and passes no
gradient on. The reader of modules says which operations these are; the module's own calls are matched with them by
module, kind and order, as where modules are verified.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rfscope.readers.torch.parts import named_modules
from rfscope.verification.mixers import kind_of, without_gradient
from rfscope.verification.structure import undispatched

if TYPE_CHECKING:
    import torch

    from rfscope.readers.torch.calls import Program
    from rfscope.readers.torch.translate import Translation

__all__ = ["Held", "global_calls", "holding"]

_NORMS = ("group_norm", "layer_norm", "instance_norm", "batch_norm", "rms_norm")

Calls = Mapping[tuple[str, str], Sequence[bool]]
"""Per module and kind of operation, whether each in order is global."""


def global_calls(program: Program, translation: Translation) -> Calls:
    """The calls of each kind that has a global one."""
    by_name = {node.name: node for node in translation.network.nodes}
    found: defaultdict[tuple[str, str], list[bool]] = defaultdict(list)
    for call, made in zip(program.calls, translation.made, strict=True):
        nodes = [by_name[name] for name in made if name in by_name]
        found[call.module, _kind(call.name)].append(any(node.is_global and not node.is_unknown for node in nodes))
    return {key: calls for key, calls in found.items() if any(calls)}


def _kind(name: str) -> str:
    bare = name.removeprefix("native_")
    return "norm" if bare in _NORMS else kind_of(name) or name


class Held:
    """What was held while a module ran.

    Attributes:
        calls: The calls to hold.
    """

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self._seen: Counter[tuple[str, str]] = Counter()

    @property
    def all(self) -> bool:
        """Whether the calls that ran are those that the program has, so that those held were the right ones."""
        return all(self._seen[key] == len(calls) for key, calls in self.calls.items())

    def passed(self, module: str, name: str, made: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """The result of an operation as it goes on."""
        key = (module, _kind(name))
        if key not in self.calls:
            return made
        place, self._seen[key] = self._seen[key], self._seen[key] + 1
        if place >= len(self.calls[key]) or not self.calls[key][place]:
            return made
        return _norm(name, made, args, kwargs) if key[1] == "norm" else without_gradient(made)


def _norm(name: str, made: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """A norm whose statistics are constant: its value as it is, and of its gradient the part that scales."""
    import torch

    names = _ARGUMENTS[name.removeprefix("native_")]
    given: dict[str, Any] = {**dict(zip(names, args, strict=False)), **kwargs}
    x = given["input"]
    still = x.detach()
    with torch.no_grad():
        scale = _scale(name.removeprefix("native_"), still, given)
    value = made[0] if isinstance(made, tuple) else made
    held = value.detach() + (x - still) * scale
    return (held, *without_gradient(made[1:])) if isinstance(made, tuple) else held


_ARGUMENTS = {
    "group_norm": ("input", "num_groups", "weight", "bias", "eps"),
    "layer_norm": ("input", "normalized_shape", "weight", "bias", "eps"),
    "rms_norm": ("input", "normalized_shape", "weight", "eps"),
    "instance_norm": ("input", "weight", "bias", "mean", "var", "use_input_stats", "momentum", "eps"),
    "batch_norm": ("input", "weight", "bias", "mean", "var", "training", "momentum", "eps"),
}


def _scale(name: str, x: torch.Tensor, given: Mapping[str, Any]) -> torch.Tensor:
    """What a norm multiplies each element with, from statistics of its own."""
    import torch

    eps, weight = given.get("eps"), given.get("weight")
    eps = (torch.finfo(x.dtype).eps if name == "rms_norm" else 1e-5) if eps is None else eps
    if name in ("layer_norm", "rms_norm"):
        dims = tuple(range(x.ndim - len(given["normalized_shape"]), x.ndim))
        power = (x**2).mean(dims, keepdim=True) if name == "rms_norm" else x.var(dims, correction=0, keepdim=True)
        return (power + eps).rsqrt() * (1.0 if weight is None else weight)
    if name == "group_norm":
        parts = x.reshape(x.shape[0], given["num_groups"], -1)
        power = parts.var(2, correction=0, keepdim=True).expand_as(parts).reshape(x.shape)
    else:
        dims = tuple(dim for dim in range(x.ndim) if dim != 1 and (dim or name == "batch_norm"))
        power = x.var(dims, correction=0, keepdim=True)
    own = 1.0 if weight is None else weight.reshape(1, -1, *[1] * (x.ndim - 2))
    return (power + eps).rsqrt() * own


@contextmanager
def holding(module: torch.nn.Module, held: Held) -> Iterator[None]:
    """A context in which the results of a module's global operations are constant."""
    from types import FunctionType

    from torch.nn.modules import module as hooks
    from torch.overrides import TorchFunctionMode

    names = {id(part): path for path, part in named_modules(module)}
    paths = [""]
    running: list[Any] = []

    class Holding(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            kwargs = kwargs or {}
            if isinstance(func, FunctionType) and func not in running:
                running.append(func)
                try:
                    with self:  # what it calls in turn is seen, too
                        return undispatched(func)(*args, **kwargs)
                finally:
                    running.pop()
            made = func(*args, **kwargs)
            name = getattr(func, "__name__", "").partition(".")[0]  # an exported program calls overloads
            return held.passed(paths[-1], name, made, args, kwargs)

    def enter(part: Any, _inputs: Any) -> None:
        paths.append(names.get(id(part), paths[-1]))

    def leave(_part: Any, _inputs: Any, _outputs: Any) -> None:
        paths.pop()

    registered = [
        hooks.register_module_forward_pre_hook(enter),
        hooks.register_module_forward_hook(leave, always_call=True),
    ]
    try:
        with Holding():
            yield
    finally:
        for hook in registered:
            hook.remove()
