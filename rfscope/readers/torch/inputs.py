"""Example inputs for a module: their number, channels and sizes. Only their shapes matter."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING

from rfscope.readers.torch.parts import attribute, modules_of

if TYPE_CHECKING:
    import torch

__all__ = ["axes_of", "candidates", "exported_at", "make"]

_MOST_CHANNELS = 8
"""Different channel numbers that are tried."""


def axes_of(module: torch.nn.Module) -> int | None:
    """The number of spatial axes: that of the first convolution; None if there is none."""
    weights = (weight for weight, _ in _convolutions(module))
    first = next(weights, None)
    return None if first is None else first.ndim - 2


def exported_at(module: torch.nn.Module) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Channels and size of the inputs that a module out of an exported program takes; None for any other module.

    It may insist on them, and its layers no longer tell how many axes they have.
    """
    import torch

    graph = attribute(module, "graph")
    entering = graph.find_nodes(op="placeholder") if isinstance(graph, torch.fx.Graph) else []
    values = [node.meta.get("val") for node in entering]
    shapes = [tuple(map(int, value.shape)) for value in values if isinstance(value, torch.Tensor)]
    sizes = {shape[2:] for shape in shapes}
    if len(sizes) != 1 or not all(sizes):
        return None
    return tuple(shape[1] for shape in shapes), sizes.pop()


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


def candidates(module: torch.nn.Module, dims: int) -> Iterator[tuple[int, ...]]:
    """Channel numbers of the inputs to try, one per input that ``forward`` requires, the likeliest first."""
    found = [channels for weight, channels in _convolutions(module) if weight.ndim == dims + 2]
    numbers = list(dict.fromkeys([*found[:1], 3, 1, 2, 4, *found]))[:_MOST_CHANNELS]
    count = _required(module)
    yield from ((number,) * count for number in numbers)
    if count > 1:
        yield from (mixed for mixed in product(numbers, repeat=count) if len(set(mixed)) > 1)


def _required(module: torch.nn.Module) -> int:
    """How many inputs ``forward`` requires."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    try:
        parameters = inspect.signature(module.forward).parameters.values()
    except (TypeError, ValueError):
        return 1
    return max(1, sum(one.kind in kinds and one.default is inspect.Parameter.empty for one in parameters))


def make(channels: Sequence[int], sizes: Sequence[int], dtype: torch.dtype, device: torch.device) -> list[torch.Tensor]:
    """Inputs of shape (1, channels, *sizes) whose data does not matter."""
    import torch

    return [torch.empty(1, count, *sizes, dtype=dtype, device=device) for count in channels]
