"""The network of a module read both ways, recorded and exported, and whether the two are the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import nn

import rfscope as rf
from rfscope.network.graph import Network, Node
from rfscope.readers.torch.calls import Program
from rfscope.readers.torch.export import export, quiet
from rfscope.readers.torch.inputs import alike, make, names_of
from rfscope.readers.torch.parts import evaluating, untouched, weights_of
from rfscope.readers.torch.recorder import record
from rfscope.readers.torch.translate import translate

__all__ = ["difference", "read_both_ways"]


def read_both_ways(module: nn.Module, size: Sequence[int]) -> tuple[Network, Network]:
    """What a module is by its record, and by its export.

    Args:
        module: It takes inputs of the first channel numbers that it can be recorded with.
        size: Spatial size of its inputs.
    """
    weight = next((weight for _, weight in weights_of(module)), torch.empty(0))
    with evaluating(module), quiet():
        failed: Exception | None = None
        for forms in alike(module, names_of(module, []), len(size), {}):
            inputs = make([form.at(size) for form in forms], weight.dtype, weight.device)
            try:
                with untouched(module):
                    recorded = record(module, inputs)
            except RuntimeError as error:  # other channels
                failed = failed or error
                continue
            with untouched(module):
                return _network(recorded, size), _network(export(module, inputs), size)
    raise failed or AssertionError


def _network(program: Program, size: Sequence[int]) -> Network:
    return translate(program, name="net", dims=len(size), input=size, allow_unknown=True).network


def difference(recorded: Network, exported: Network) -> str | None:
    """The first node that differs; None if there is none, or if all outputs use every pixel equally often.

    Where torch takes writes into views apart in another way, the nodes are others and what they read is the same.
    The lines in the user's source are known of recorded networks only.
    """
    if recorded.outputs == exported.outputs and _nodes(recorded) == _nodes(exported):
        return None
    if _answers(recorded) == _answers(exported):
        return None
    pairs = zip(_nodes(recorded), _nodes(exported), strict=False)
    return next((f"{one}\nis {other}" for one, other in pairs if one != other), "one has more nodes")


def _nodes(network: Network) -> list[Node]:
    return [replace(node, origin=None) for node in network.nodes]


def _answers(network: Network) -> Any:
    """What every output reads, and how often; whether slices that tile a map are known for one is no matter of that."""
    outputs = rf.analyze(network).outputs
    axes = [[replace(axis, aligned=True) for axis in output.axes] for output in outputs]
    return [(along, output.counts.map().tolist()) for along, output in zip(axes, outputs, strict=True)]
