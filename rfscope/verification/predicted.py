"""What the gradients of a user's module should be: the support of some outputs, and which elements make one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

from rfscope.errors import UnsupportedError
from rfscope.network.graph import INPUT, Network
from rfscope.network.parts import up_to
from rfscope.network.reads import Whole
from rfscope.readers.tracing import Everywhere, Map
from rfscope.verification.canvas import Position
from rfscope.verification.plan import Plan

if TYPE_CHECKING:
    import numpy as np
    import torch

__all__ = ["ExpectedGradient", "elements_of", "expectations", "support"]


@dataclass(frozen=True)
class ExpectedGradient:
    """One output of the module, and what its gradient must be.

    Attributes:
        tensor: Which of the tensors that the module returns; or what enters a global operation, by its node's name.
        value: Where the positions lie in it.
        position: Which output, per axis.
        support: Where the gradient is nonzero with global operations cut off.
        with_global: Where it is with them in place; None if there are none before the output.
    """

    tensor: int | str
    value: Map
    position: Position
    support: np.ndarray[Any, Any]
    with_global: np.ndarray[Any, Any] | None


def expectations(plan: Plan) -> Iterator[ExpectedGradient]:
    """The outputs to compare: the middle one of each tensor, its neighbour, the first and the last."""
    network, sizes = plan.settled
    unknown = [node.name for node in network.nodes if node.is_unknown]
    if unknown:
        raise UnsupportedError("cannot verify what was not analyzed", where=unknown[0])
    for place, value in enumerate(plan.translation.outputs):
        if not isinstance(value, Map | Everywhere) or value.node == INPUT:
            continue
        if isinstance(value, Map) and (sizes or {}).get(value.node) is not None:
            yield from _of_value(network, sizes or {}, place, value)
        else:
            yield from _before(plan, value.node)


def _of_value(network: Network, sizes: Mapping[str, Any], tensor: int | str, value: Map) -> Iterator[ExpectedGradient]:
    middle = tuple(size // 2 for size in value.sizes)
    beside = tuple(min(at + 1, size - 1) for at, size in zip(middle, value.sizes, strict=True))
    last = tuple(size - 1 for size in value.sizes)
    reached = _reached_by_globals(network, value.node, sizes)
    for position in dict.fromkeys([middle, beside, (0,) * len(middle), last]):
        found = support(network, value.node, [position], sizes)
        alone = reached is None or not found.any()  # what lies in the padding only is zero, and so is any gate of it
        yield ExpectedGradient(tensor, value, position, found, None if alone or reached is None else reached | found)


def _before(plan: Plan, output: str) -> Iterator[ExpectedGradient]:
    """What enters the last global operation before an output that belongs to no position."""
    network, sizes = plan.settled
    by_name, waiting, seen = network.by_name, [output], set[str]()
    while waiting:
        node = by_name[waiting.pop()]
        if node.name in seen:
            continue
        seen.add(node.name)
        held = plan.translation.entered.get(node.name)
        if node.is_global and held is not None and held.node != INPUT and len(node.inputs) == 1:
            yield from _of_value(network, sizes or {}, node.name, held)
            return
        waiting += [name for name in node.inputs if (sizes or {}).get(name) is None]


_NOT_CUT = ("norm",)
"""Norms only scale when a module is verified, so what is common to a map does not come in through them."""


def support(
    network: Network, node: str, positions: Sequence[Position], sizes: Mapping[str, Any]
) -> np.ndarray[Any, Any]:
    """Where on the image some outputs of a node read, not counting paths through global operations."""
    import numpy as np

    from rfscope.exact.regions import Region
    from rfscope.exact.walk import walk_back

    start = tuple(map(min, zip(*positions, strict=True)))
    stop = tuple(max(line) + 1 for line in zip(*positions, strict=True))
    used = Region(start, np.ones((1, *(b - a for a, b in zip(start, stop, strict=True))), dtype=bool))
    image = np.zeros(sizes[INPUT], dtype=bool)
    found = walk_back(up_to(network, node), node, used, sizes=sizes, keep=()).get(INPUT)
    if found is not None:
        box = tuple(slice(a, a + n) for a, n in zip(found.start, found.size, strict=True))
        image[box] = found.used()
    return image


def _reached_by_globals(network: Network, node: str, sizes: Mapping[str, Any]) -> np.ndarray[Any, Any] | None:
    """Where on the image the global operations before a node read; None if there are none.

    It is None, too, where one is global along some axes only: then it is not all of its map that comes through it.
    """
    import numpy as np

    inside = up_to(network, node)
    cut = [one for one in inside.nodes if one.is_global and one.op not in _NOT_CUT]
    if not all(isinstance(read, Whole) and read.ahead for one in cut for read in one.reads):
        return None
    found = None
    for one in cut:
        found = np.zeros(sizes[INPUT], dtype=bool) if found is None else found
        for name in one.inputs:
            size = sizes.get(name)
            if name == INPUT:
                found |= True
            elif size is not None:
                corners = [(0,) * len(size), tuple(length - 1 for length in size)]
                found |= support(inside, name, corners, sizes)
    return found


def elements_of(value: Map, position: Position) -> torch.Tensor:
    """Which elements of a tensor belong to one position of its map."""
    import torch

    shape = value.shape
    mask = torch.ones(shape, dtype=torch.bool)
    for axis, at in enumerate(position):
        places = torch.zeros(shape, dtype=torch.int64)
        for dim, parts in enumerate(value.layout):
            own = torch.zeros(shape[dim], dtype=torch.int64)
            index = torch.arange(shape[dim])
            for part in reversed(parts):
                tokens = part.tokens
                if tokens:
                    index = index - part.before
                    inside = index.ge(0) & index.lt(prod(token.size for token in tokens))
                    mask &= _along(inside, dim, len(shape))
                for piece in reversed(tokens or (part,)):
                    if piece.axis == axis:
                        own = own + index.remainder(piece.size) * piece.step
                    index = index.div(piece.size, rounding_mode="floor")
            places = places + _along(own, dim, len(shape))
        mask &= places == at
    return mask


def _along(line: torch.Tensor, dim: int, rank: int) -> torch.Tensor:
    return line.reshape([-1 if place == dim else 1 for place in range(rank)])
