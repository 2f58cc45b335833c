"""Example inputs for a module: their number, channels and sizes. Only their shapes matter."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from rfscope.network.forms import Form, Forms
from rfscope.readers.torch.parts import attribute, modules_of
from rfscope.readers.tracing.unbounded import FURTHER, SHORT, SIZES

if TYPE_CHECKING:
    import torch

__all__ = ["alike", "axes_of", "exported_at", "make", "mixed", "names_of", "sizes_for"]

_MOST_CHANNELS = 8
"""Different channel numbers that are tried."""

_MOST_MIXED = 64
"""Combinations of different channel numbers that are tried where there are several inputs."""


def axes_of(module: torch.nn.Module) -> int | None:
    """The number of spatial axes: that of the first convolution; None if there is none."""
    weights = (weight for weight, _ in _convolutions(module))
    first = next(weights, None)
    return None if first is None else first.ndim - 2


def sizes_for(module: torch.nn.Module, dims: int) -> list[tuple[int, ...]]:
    """Sizes to try, the likeliest first; short ones where a recurrence runs over them, step by step."""
    import torch

    recurs = dims == 1 and any(isinstance(part, torch.nn.RNNBase) for part in modules_of(module))
    lengths = (*(SHORT if recurs else ()), *SIZES[dims], *FURTHER[dims])
    return [(length,) * dims for length in dict.fromkeys(lengths)]


def exported_at(module: torch.nn.Module) -> tuple[Forms, tuple[int, ...]] | None:
    """The inputs that a module out of an exported program takes, and their size; None for any other module.

    It may insist on them, and its layers no longer tell how many axes they have.
    """
    import torch

    graph = attribute(module, "graph")
    entering = graph.find_nodes(op="placeholder") if isinstance(graph, torch.fx.Graph) else []
    values = [(str(node.target), node.meta.get("val")) for node in entering]
    shapes = {name: tuple(map(int, value.shape)) for name, value in values if isinstance(value, torch.Tensor)}
    sizes = next((shape[2:] for shape in shapes.values() if len(shape) in (3, 4, 5)), None)
    if sizes is None:
        return None
    forms = [
        Form(name, shape[:2]) if shape[2:] == sizes else Form(name, shape, placed=False)
        for name, shape in shapes.items()
    ]
    return tuple(forms), sizes


def _convolutions(module: torch.nn.Module) -> Iterator[tuple[torch.Tensor, int]]:
    """The weights of the convolutions in the order they were made in, and how many channels each reads."""
    import torch
    from torch.nn.modules.conv import _ConvNd
    from torch.nn.parameter import UninitializedParameter

    for child in modules_of(module):
        weight = attribute(child, "weight")
        if not isinstance(weight, torch.Tensor) or isinstance(weight, UninitializedParameter):
            continue  # parametrized weights are modules of their own
        if weight.ndim not in (3, 4, 5):
            continue
        groups = attribute(child, "groups")
        if isinstance(child, _ConvNd):
            yield weight, child.in_channels
        elif isinstance(groups, int):
            yield weight, weight.shape[1] * groups


def names_of(module: torch.nn.Module, wanted: Sequence[str] = ()) -> tuple[str, ...]:
    """The inputs to make: the parameters that ``forward`` requires, and all before one that is asked for by name."""
    import torch

    if isinstance(module, torch.jit.ScriptModule):
        schema: Any = getattr(module.forward, "schema", None)
        own = [] if schema is None else schema.arguments[1:]
        return tuple(one.name for one in own if not one.has_default_value() or one.name in wanted) or ("input",)
    if (known := exported_at(module)) is not None:
        return tuple(form.name for form in known[0])
    try:
        parameters = [*inspect.signature(module.forward).parameters.values()]
    except (TypeError, ValueError):
        return ("input",)
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    taken = [one for one in parameters if one.kind in kinds]
    needed = [place for place, one in enumerate(taken) if one.default is one.empty or one.name in wanted]
    return tuple(one.name for one in taken[: max(needed, default=0) + 1]) or ("input",)


def alike(
    module: torch.nn.Module, names: Sequence[str], dims: int, shapes: Mapping[str, tuple[int, ...]]
) -> Iterator[Forms]:
    """What to try, the likeliest first.

    Images of one number of channels, then inputs without positions beside one, at last images without channels.

    Args:
        module: The module.
        names: Its inputs.
        dims: The number of spatial axes.
        shapes: The shapes of those that are given.
    """
    yield from dict.fromkeys(_alike(names, _numbers(module, dims), dims, shapes))
    if axes_of(module) != dims - 1:  # else it would take the first axis of the image for channels
        left = [name for name in names if name not in shapes]
        yield _forms(names, {name: Form(name, (1,)) for name in left}, shapes)


def _alike(
    names: Sequence[str], numbers: Sequence[int], dims: int, shapes: Mapping[str, tuple[int, ...]]
) -> Iterator[Forms]:
    left = [name for name in names if name not in shapes]
    pictured = any(len(shape) == dims + 2 for shape in shapes.values())  # then a given one is the image
    beside = left if pictured else left[1:]
    for number in numbers:
        yield _forms(names, {name: Form(name, (1, number)) for name in left}, shapes)
    for front in ((1,) * (dims + 2), (1,)) if beside else ():
        for number in numbers:
            images = {name: Form(name, (1, number)) for name in left}
            yield _forms(names, images | {name: Form(name, front, placed=False) for name in beside}, shapes)


def mixed(
    module: torch.nn.Module, names: Sequence[str], dims: int, shapes: Mapping[str, tuple[int, ...]]
) -> Iterator[Forms]:
    """Images of different numbers of channels, where there are several; the parameters are those of ``alike``."""
    left = [name for name in names if name not in shapes]
    combined = product(_numbers(module, dims), repeat=len(left))
    for numbers in islice((some for some in combined if len(set(some)) > 1), _MOST_MIXED):
        found = {name: Form(name, (1, number)) for name, number in zip(left, numbers, strict=True)}
        yield _forms(names, found, shapes)


def _forms(names: Sequence[str], found: Mapping[str, Form], shapes: Mapping[str, tuple[int, ...]]) -> Forms:
    return tuple(Form(name, shapes[name], placed=False) if name in shapes else found[name] for name in names)


def _numbers(module: torch.nn.Module, dims: int) -> list[int]:
    """Numbers of channels to try: that of the first convolution, usual ones, those of the other convolutions."""
    found = [channels for weight, channels in _convolutions(module) if weight.ndim == dims + 2]
    return list(dict.fromkeys([*found[:1], 3, 1, 2, 4, *found]))[:_MOST_CHANNELS]


def make(shapes: Sequence[Sequence[int]], dtype: torch.dtype, device: torch.device) -> list[torch.Tensor]:
    """Inputs of some shapes, whose data does not matter."""
    import torch

    return [torch.empty(*shape, dtype=dtype, device=device) for shape in shapes]
