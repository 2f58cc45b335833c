"""Fields whose start depends on the input's size: what is known of where they lie.

SAME padding with a stride depends on the remainder of the size, so without a size the start of everything behind it is
unknown. But two branches behind one such layer are moved alike, so their places relative to each other are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rfscope.network.reads import Read, Window, share_out

if TYPE_CHECKING:
    from rfscope.exact.field import Field

__all__ = ["Unplaced", "behind", "joined"]


class Unplaced(NamedTuple):
    """What is known of the start of a field with one phase.

    Attributes:
        layers: The layers whose padding is unknown; fields behind the same layers are moved alike.
        start: Where output 0 begins if each of them pads as much before the first element as it ever does.
        slack: Input positions by which it may begin later.
    """

    layers: tuple[str, ...]
    start: int
    slack: int


def behind(read: Read, front: Field, found: Field, name: str) -> Unplaced | None:
    """What is known of the start behind a layer; None if it is known, or nothing is.

    Args:
        read: What the layer reads.
        front: The field in front of it.
        found: The field behind it.
        name: The layer.
    """
    here = _place(front)
    if here is None or found.period > 1 or not isinstance(read, Window):
        return None
    if read.known_padding is not None:
        before, slack, layers = read.known_padding[0], 0, here.layers
    else:
        totals = [max(0, read.extent - rest) for rest in range(1, read.stride + 1)]
        sides = [share_out(total, "same" if read.padding == "same" else "same_lower")[0] for total in totals]
        before, slack, layers = max(sides), max(sides) - min(sides), (*here.layers, name)
    if not layers:
        return None
    return Unplaced(layers, here.start - before * front.shift, here.slack + slack * front.shift)


def _place(field: Field) -> Unplaced | None:
    if field.unplaced is not None or field.period > 1 or field.start is None:
        return field.unplaced
    return Unplaced((), field.start, 0)


def joined(fields: Sequence[Field]) -> tuple[int, Unplaced] | None:
    """The size and the place of what branches see together, if one of them has no known start; one phase each.

    Returns:
        None if their relative places are unknown and it is not certain that one of them holds the others.
    """
    spans = [(place, field.size) for field in fields if (place := _place(field)) is not None and field.size is not None]
    if len(spans) < len(fields):
        return None
    if len({place.layers for place, _ in spans}) == 1:
        start = min(place.start for place, _ in spans)
        first = spans[0][0]
        return max(place.start + size for place, size in spans) - start, Unplaced(first.layers, start, first.slack)
    place, size = max(spans, key=lambda span: span[1])
    last = place.start + place.slack
    holds = all(
        one == place or (one.start >= last and one.start + one.slack + own <= place.start + size) for one, own in spans
    )
    return (size, place) if holds else None
