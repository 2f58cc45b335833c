"""Where the positions of a map lie in the dimensions of a tensor.

Each dimension of a tensor is a product of parts, the slowest first. A part is a stretch of one spatial axis, or of
something else: batch, channels, heads, taps. Reshaping splits and joins parts, transposing moves them. As long as every
part is known, so is the position of the map that stands at each index. Parts of size 1 are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from math import prod
from typing import TypeAlias

__all__ = ["Layout", "Part", "axis_parts", "canonical", "fused", "other", "put", "reshaped", "shape_of", "taps"]


@dataclass(frozen=True, slots=True)
class Part:
    """A factor of one dimension of a tensor.

    Attributes:
        axis: The spatial axis that it is a stretch of; None for anything else.
        size: How many indices it has.
        step: Positions along the axis from one index to the next.
        key: Whether these are the keys in attention scores, the positions that are read, and not the queries; of no
            axis, whether each index holds other positions of a window.
        tokens: Positions that stand in one dimension with others that are none (class tokens), which cannot be split.
        before: How many of the others stand before them; the rest behind.
    """

    axis: int | None
    size: int
    step: int = 1
    key: bool = False
    tokens: tuple[Part, ...] = ()
    before: int = 0


Dimension: TypeAlias = tuple[Part, ...]
Layout: TypeAlias = tuple[Dimension, ...]


def other(size: int) -> Dimension:
    """A dimension that holds no positions.

    Example:
        >>> other(64), other(1)
        ((Part(axis=None, size=64, step=1, key=False, tokens=(), before=0),), ())
    """
    return (Part(None, size),) if size != 1 else ()


def taps(size: int) -> Dimension:
    """A dimension that holds no positions of its own, and at each index another one of a window."""
    return (Part(None, size, key=True),) if size != 1 else ()


def canonical(sizes: Sequence[int], batch: int, channels: int) -> Layout:
    """The usual order: batch, channels, then every spatial axis as a whole."""
    return (other(batch), other(channels), *(_whole(axis, size) for axis, size in enumerate(sizes)))


def _whole(axis: int, size: int) -> Dimension:
    return (Part(axis, size),) if size != 1 else ()


def put(layout: Layout, dim: int, parts: Dimension) -> Layout:
    """A layout with other parts in one dimension."""
    return (*layout[:dim], parts, *layout[dim + 1 :])


def shape_of(layout: Layout) -> tuple[int, ...]:
    """The shape of the tensor."""
    return tuple(prod(part.size for part in dimension) for dimension in layout)


def axis_parts(dimensions: Iterable[Dimension]) -> list[Part]:
    """The parts of some dimensions that are stretches of spatial axes."""
    found: list[Part] = []
    for dimension in dimensions:
        for part in dimension:
            found += part.tokens or ([part] if part.axis is not None else [])
    return found


def fused(parts: Iterable[Part]) -> Dimension:
    """Parts joined where they follow each other: stretches of one axis without a gap, and what is no axis."""
    found: list[Part] = []
    for part in parts:
        last = found[-1] if found else None
        if last is not None and not last.tokens and not part.tokens and (last.axis, last.key) == (part.axis, part.key):
            if part.axis is None:
                found[-1] = changed(last, size=last.size * part.size)
                continue
            if last.step == part.size * part.step:
                found[-1] = changed(part, size=last.size * part.size)
                continue
        if part.size != 1:
            found.append(part)
    return tuple(found)


def reshaped(layout: Layout, shape: Sequence[int]) -> Layout | None:
    """The layout of a tensor with another shape and the same elements in the same order; None if parts are cut.

    Example:
        >>> windows = reshaped(canonical([8, 8], 1, 3), [1, 3, 2, 4, 2, 4])
        >>> [(part.axis, part.size, part.step) for dimension in windows or () for part in dimension]
        [(None, 3, 1), (0, 2, 4), (0, 4, 1), (1, 2, 4), (1, 4, 1)]
    """
    left = list(reversed(fused(part for dimension in layout for part in dimension)))
    found: list[Dimension] = []
    for size in shape:
        dimension, room = [], size
        while room > 1:
            if not left:
                return None
            part = left.pop()
            if room % part.size == 0:
                dimension.append(part)
                room //= part.size
            elif part.size % room == 0 and not part.tokens:
                behind = part.size // room
                dimension.append(changed(part, size=room, step=part.step * behind if part.axis is not None else 1))
                left.append(changed(part, size=behind))
                room = 1
            else:
                return None
        found.append(fused(dimension))
    return tuple(found) if not left else None
