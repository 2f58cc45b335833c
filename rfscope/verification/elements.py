"""Which elements of a tensor belong to one position of a map."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from rfscope.readers.tracing import Map
from rfscope.verification.canvas import Position

if TYPE_CHECKING:
    import torch

__all__ = ["elements_of"]


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
