"""A user's module reduced to its structure: what its outputs can depend on, whatever its weights and activations are.

The module runs as it is, its own ``forward`` on its own layers, but with other numbers: weights are positive, norms
only scale, activations pass everything, pooling takes the mean, attention weighs everything alike. Then nothing can
cancel or be gated away, and the gradient of an output is nonzero exactly where the output can depend on the input.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import prod, sqrt
from types import FunctionType
from typing import TYPE_CHECKING, Any

from rfscope.readers.torch.parts import buffers_of, convert, evaluate, modules_of, named_modules, weights_of

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from rfscope.verification.mixers import Watch

__all__ = ["simplify", "structural"]

_SEED = 20181

_PASSING = frozenset(
    [
        *(
            "relu",
            "relu_",
            "relu6",
            "leaky_relu",
            "leaky_relu_",
            "elu",
            "elu_",
            "selu",
            "selu_",
            "celu",
            "gelu",
            "silu",
        ),
        *("mish", "hardtanh", "hardtanh_", "hardswish", "prelu", "rrelu", "softplus", "threshold", "clamp", "clamp_"),
        *("clip", "clamp_min", "clamp_max", "clamp_min_", "dropout", "dropout1d", "dropout2d", "dropout3d", "abs"),
        *("alpha_dropout", "feature_alpha_dropout", "silu_", "hardswish_", "dropout_", "softsign", "exp", "_rrelu"),
    ]
)
_BOUNDED = frozenset(["sigmoid", "sigmoid_", "tanh", "tanh_", "hardsigmoid", "hardsigmoid_", "logsigmoid", "erf"])
_NORMS = frozenset(["batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm", "local_response_norm"])
_SOFTMAX = frozenset(["softmax", "log_softmax", "_softmax", "gumbel_softmax"])
_ATTENTION = "scaled_dot_product_attention"
_CASTS = frozenset(["float", "double", "half", "bfloat16", "to", "type", "type_as", "_to_copy"])
_OF_ONE_TYPE = ("conv", "linear", "matmul", "__matmul__", "bmm", "mm", "addmm", "baddbmm", "einsum", "bilinear")
_WHERE = 3
"""Arguments of a ``where`` that chooses between two tensors: either may be chosen."""


def simplify(module: torch.nn.Module) -> torch.nn.Module:
    """A copy of a module in float64 and evaluation mode, with positive weights that keep numbers in range."""
    import copy

    import torch

    from rfscope.readers.torch.constants import masked
    from rfscope.readers.torch.export import quiet

    with quiet():
        found = copy.deepcopy(module, _computed(module))
        convert(found, torch.float64)
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


def _computed(module: torch.nn.Module) -> dict[int, Tensor]:
    """Copies of the values of tensors that were computed from weights, which ``deepcopy`` refuses.

    Old weight norm keeps such a tensor in its module, and computes it anew before each run.
    """
    import torch

    held = [value for child in modules_of(module) for value in vars(child).values()]
    return {id(one): one.detach().clone() for one in held if isinstance(one, torch.Tensor) and one.grad_fn is not None}


@contextmanager
def structural(module: torch.nn.Module, watch: Watch) -> Iterator[None]:
    """A context in which every operation that a module calls is replaced by one of the same structure.

    Args:
        module: The simplified module, whose submodules' names are used.
        watch: What to cut off, and what to record.
    """
    from torch.nn.modules import module as hooks
    from torch.overrides import TorchFunctionMode

    names = {id(child): name for name, child in named_modules(module)}
    paths = [""]
    running: list[FunctionType] = []

    class Structural(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            name = getattr(func, "__name__", "")
            name = name.partition(".")[0]  # an exported program calls overloads: conv2d.default
            args, kwargs = _in_one_type(name, args, kwargs or {})
            made = _replaced(name, func, args, kwargs or {})
            if made is NotImplemented and isinstance(func, FunctionType) and func not in running:
                running.append(func)
                try:
                    with self:  # what it calls in turn is replaced instead
                        return _undispatched(func)(*args, **(kwargs or {}))
                finally:
                    running.pop()
            if made is NotImplemented:
                made = func(*args, **(kwargs or {}))
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
        with Structural():
            yield
    finally:
        for hook in registered:
            hook.remove()


def _replaced(  # noqa: PLR0911 - one kind of operation a line
    name: str, func: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Any:
    """The result that stands for a call; NotImplemented if the call is made as it is."""
    if name == _ATTENTION:
        return _uniform_attention(*args, **kwargs)
    if name in _CASTS:
        return _uncast(args, kwargs)
    if name == "where" and len(args) == _WHERE:
        return args[1] + args[2] if _floating(args[1]) or _floating(args[2]) else NotImplemented
    if "max_pool" in name and "unpool" not in name:
        return _mean_pool(name, func, args, kwargs)
    first: Any = args[0] if args else kwargs.get("input")
    if name in _PASSING:
        return first
    if name in _BOUNDED:
        return first / (1 + first.detach().abs())
    if name in _NORMS:
        return first / first.detach().abs().mean().clamp_min(1e-30)
    if name in _SOFTMAX:
        dim = kwargs.get("dim", args[1] if len(args) > 1 else -1)
        return _even_weights(first, dim if isinstance(dim, int) else -1)
    return NotImplemented


def _floating(value: Any) -> bool:
    return bool(getattr(value, "is_floating_point", bool)())


def _uncast(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """A tensor of floats as it is, whatever type of floats it is asked for in; NotImplemented for anything else."""
    import torch

    value, *rest = args
    others = [*rest, *kwargs.values()]
    types = [one if isinstance(one, torch.dtype) else one.dtype for one in others if hasattr(one, "is_floating_point")]
    moves_only = bool(others) and not types
    if not _floating(value) or moves_only or not all(one.is_floating_point for one in types):
        return NotImplemented
    return value


def _in_one_type(name: str, args: Any, kwargs: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
    """Arguments of operations that want one type of floats: constants may have been made in another."""
    import torch
    from torch.utils._pytree import tree_map

    def double(value: Any) -> Any:
        if isinstance(value, torch.Tensor) and _floating(value) and value.dtype != torch.float64:
            return value.double()
        return value

    if not name.startswith(_OF_ONE_TYPE):
        return args, kwargs
    return tree_map(double, args), tree_map(double, dict(kwargs))


def _undispatched(func: FunctionType) -> FunctionType:
    """A copy of a function of torch's that does not ask first whether somebody wants to replace it."""
    never = {name: lambda *_: False for name in func.__globals__ if name.startswith("has_torch_function")}
    copied = FunctionType(
        func.__code__, {**func.__globals__, **never}, func.__name__, func.__defaults__, func.__closure__
    )
    copied.__kwdefaults__ = func.__kwdefaults__
    return copied


def _even_weights(scores: Tensor, dim: int) -> Tensor:
    """Weights that are never zero and depend on every score along a dimension, like those of a softmax."""
    seen = scores + scores.mean(dim, keepdim=True)
    return (1 + seen / seen.detach().abs().max().clamp_min(1e-30)) / scores.shape[dim]


def _uniform_attention(query: Tensor, key: Tensor, value: Tensor, *_: Any, **__: Any) -> Tensor:
    """Attention that weighs all keys alike, and depends on the query as well."""
    if key.shape[-3:-2] != query.shape[-3:-2]:  # several queries share a key
        key, value = (one.repeat_interleave(query.shape[-3] // one.shape[-3], -3) for one in (key, value))
    found = value.mean(-2, keepdim=True) + query.mean(-1, keepdim=True)
    return found + key.mean((-2, -1), keepdim=True)


def _mean_pool(name: str, func: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """The mean in place of a maximum; a dilated one is computed by a convolution."""
    from torch.nn import functional

    given = {"kernel_size": None, "stride": None, "padding": 0, "dilation": 1, "ceil_mode": False}
    value, *rest = args or (kwargs["input"],)
    options = {**given, **dict(zip(given, rest, strict=False)), **{k: v for k, v in kwargs.items() if k in given}}
    if "adaptive" in name:
        mean: Any = getattr(functional, name.replace("max", "avg").removesuffix("_with_indices"))
        found = mean(value, args[1] if len(args) > 1 else kwargs["output_size"])
    else:
        found = _window_means(value, options, name)
    wants_indices = kwargs.get("return_indices", False) or name.endswith("_with_indices")
    return (found, func(*args, **kwargs)[1]) if wants_indices else found


def _window_means(value: Tensor, options: Mapping[str, Any], name: str) -> Tensor:
    """Sums over the windows of a pooling layer, whatever its dilation, with zeros around the map."""
    from torch.nn import functional

    dims = next(count for count in (1, 2, 3) if f"{count}d" in name)

    def listed(key: str) -> list[int]:
        entry = options[key]
        if entry is None or (isinstance(entry, list | tuple) and not entry):
            entry = options["kernel_size"]
        entries = list(entry) if isinstance(entry, list | tuple) else [entry]
        return entries * dims if len(entries) == 1 else entries

    kernel, stride, padding, dilation = (listed(key) for key in ("kernel_size", "stride", "padding", "dilation"))
    more = []
    for size, k, s, p, d in zip(value.shape[-dims:], kernel, stride, padding, dilation, strict=True):
        room = size + 2 * p - (d * (k - 1) + 1)
        outputs = (-(-room // s) if options["ceil_mode"] else room // s) + 1
        outputs -= bool(options["ceil_mode"]) and (outputs - 1) * s >= size + p
        more.append((p, max(p, (outputs - 1) * s + d * (k - 1) + 1 - size - p)))
    sides = [side for pair in reversed(more) for side in pair]
    padded = functional.pad(value, sides)
    flat = padded.reshape(-1, 1, *padded.shape[-dims:])
    convolve: Any = (functional.conv1d, functional.conv2d, functional.conv3d)[dims - 1]
    made: Tensor = convolve(flat, flat.new_ones(1, 1, *kernel) / prod(kernel), stride=stride, dilation=dilation)
    return made.reshape(*value.shape[:-dims], *made.shape[-dims:])
