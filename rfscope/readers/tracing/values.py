"""What a tensor holds of the image: the positions of a map, something of everything, or attention scores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from rfscope.readers.tracing.layout import Layout, Part, axis_parts, shape_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Beside", "Everywhere", "Map", "Scores", "Value"]


@dataclass(frozen=True, slots=True)
class Map:
    """A tensor each of whose elements belongs to one position of a map.

    Attributes:
        node: The node of the network that makes the map.
        sizes: Size of the map per axis.
        layout: Where its positions lie in the dimensions of the tensor.
    """

    node: str
    sizes: tuple[int, ...]
    layout: Layout

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the tensor."""
        return shape_of(self.layout)


@dataclass(frozen=True, slots=True)
class Everywhere:
    """A tensor behind a global or an unknown operation, whose elements belong to no position.

    Attributes:
        node: The node of the network that makes it.
    """

    node: str


@dataclass(frozen=True, slots=True)
class Beside(Everywhere):
    """Maps of several sizes side by side in one tensor. What knows only a tensor without positions finds the last node.

    Attributes:
        parts: The maps, in their order.
        dim: The dimension along which they lie, which holds all their axes.
    """

    parts: tuple[Map, ...]
    dim: int

    @property
    def lengths(self) -> tuple[int, ...]:
        """How long each is along the dimension."""
        return tuple(part.shape[self.dim] for part in self.parts)


@dataclass(frozen=True, slots=True)
class Scores:
    """Attention scores: each element belongs to a query, the position that reads, and a key, the position that is read.

    Attributes:
        query: The map whose positions look.
        key: The map whose positions are read.
        layout: Where both lie; the parts of the key are marked.
        allowed: Which pairs a mask leaves, all axes of the query and then all of the key; None without a mask.
    """

    query: Map
    key: Map
    layout: Layout
    allowed: NDArray[np.bool_] | None = field(default=None, compare=False)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the tensor."""
        return shape_of(self.layout)

    @property
    def turned(self) -> Scores:
        """The same scores with the positions that look and those that are read changed about: a product does not tell.

        Which are read is told by what happens next: those over which a softmax is taken, or a sum.
        """
        keys = [part for part in axis_parts(self.layout) if part.key]
        apart = {axis for axis, size in enumerate(self.key.sizes) if size == prod(_sizes(keys, axis))}

        def other_side(part: Part) -> Part:
            """Windows that both sides share, as in a batch, stay what they are."""
            own = part.key or part.axis in apart or replace(part, key=True) in keys
            turned = part.axis is not None and own and not part.key
            return replace(part, key=turned, tokens=tuple(map(other_side, part.tokens)))

        layout = tuple(tuple(map(other_side, parts)) for parts in self.layout)
        axes = len(self.query.sizes)
        order = [*range(axes, 2 * axes), *range(axes)]
        return Scores(self.key, self.query, layout, None if self.allowed is None else self.allowed.transpose(order))


def _sizes(parts: Iterable[Part], axis: int) -> list[int]:
    return [part.size for part in parts if part.axis == axis]


Value: TypeAlias = Map | Everywhere | Scores
"""What depends on the image; a tensor that does not has no value."""
