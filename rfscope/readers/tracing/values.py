"""What a tensor holds of the image: the positions of a map, something of everything, or attention scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from rfscope.readers.tracing.layout import Layout, shape_of

__all__ = ["Everywhere", "Map", "Scores", "Value"]


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
class Scores:
    """Attention scores: each element belongs to a query, the position that reads, and a key, the position that is read.

    Attributes:
        query: The map whose positions look.
        key: The map whose positions are read.
        layout: Where both lie; the parts of the key are marked.
    """

    query: Map
    key: Map
    layout: Layout

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the tensor."""
        return shape_of(self.layout)


Value: TypeAlias = Map | Everywhere | Scores
"""What depends on the image; a tensor that does not has no value."""
