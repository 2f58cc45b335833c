"""What an operation takes in besides the image that depends on the place: maps of positions, numbers made of sizes.

Receptive fields do not show it, as it is read from no image. A part of the image gets other numbers than the whole all
the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations
from math import isclose, prod
from typing import NamedTuple

from rfscope.errors import clean
from rfscope.network.graph import Placed
from rfscope.readers.tracing.layout import Dimension, axis_parts
from rfscope.readers.tracing.tracer import Tracer
from rfscope.readers.tracing.values import Map, Scores, Value

__all__ = ["Operand", "note_places"]

_LEAST = 16
"""Numbers below it are taken for what somebody chose, not for the size of a map."""

_CLOSE = 1e-6
"""How far a number may be from another, over it, that went through float32."""


class Operand(NamedTuple):
    """A tensor that an operation takes in, and that is not made from the image.

    Attributes:
        shape: Its shape; None if it is not known.
        is_even: Whether it is known to hold the same all along some of its dimensions.
        numbers: Its value, where it is a single known number.
    """

    shape: tuple[int, ...] | None
    is_even: Callable[[Sequence[int]], bool] = lambda _: False
    numbers: Sequence[float] = ()


def note_places(tracer: Tracer, made: Value, operands: Iterable[Operand], numbers: Iterable[float] = ()) -> None:
    """Write down along which axes an operation takes in what depends on the place or on the size.

    Args:
        tracer: Where it is written down.
        made: What the operation makes, of the shape to which its operands are repeated.
        operands: Tensors that it takes in and that are not made from any input.
        numbers: Numbers that it takes in.
    """
    if isinstance(made, Map):
        node, layout, sizes = made.node, made.layout, made.sizes
    elif isinstance(made, Scores):
        node, layout, sizes = made.query.node, made.layout, made.query.sizes
    else:
        return
    given, found = list(operands), set[int]()
    for one in given:
        if one.shape is None:
            found.update(range(tracer.dims))
            continue
        held = list(zip(layout[::-1], one.shape[::-1], range(len(one.shape))[::-1], strict=False))
        for parts, length, dim in held:
            axes = _axes(parts, sizes, whole=isinstance(made, Scores)) if length > 1 else set[int]()
            if axes and not one.is_even([dim]):
                found |= axes
    for number in (*numbers, *(number for one in given for number in one.numbers)):
        found |= _of_a_size(number, sizes) | _of_a_size(number, tracer.sizes)
    place = tracer.place
    by = clean(f"{place.module}.{place.op}" if place.module and not place.own else place.module or place.op)
    tracer.placed += [Placed(node, by, axis) for axis in sorted(found)]


def _axes(parts: Dimension, sizes: Sequence[int], *, whole: bool) -> set[int]:
    """The axes of which a dimension holds positions; if so asked, only those that it follows to their end."""
    held = axis_parts([parts])
    return {part.axis for part in held if part.axis is not None
            and not (whole and part.step * part.size < sizes[part.axis])}  # fmt: skip


def _of_a_size(number: float, sizes: Sequence[int]) -> set[int]:
    """The axes from whose lengths a number may be made: a length, a product of lengths, or one over it."""
    for count in range(1, len(sizes) + 1):
        for axes in combinations(range(len(sizes)), count):
            size = prod(sizes[axis] for axis in axes)
            if size >= _LEAST and any(isclose(abs(number), one, rel_tol=_CLOSE) for one in (size, 1 / size)):
                return set(axes)
    return set()
