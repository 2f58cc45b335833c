"""What one output uses of every map along each axis, where that is all there is to know.

The positions that an output uses of a map are a union of products over the axes. Where one reader of every map uses
all that the others do, along every axis, the union is a product itself (see ``lines``): one line of bits per axis says
all. Nearly every network is so, and a field of ten thousand pixels squared then takes ten thousand bits and not a
hundred million cells. Where it is not so, the functions here answer None, and ``dense`` goes through the maps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import islice, product
from operator import and_

from rfscope.exact.boxes import Box
from rfscope.exact.coverage import LISTED, Coverage, axes_coverage, packed_coverage
from rfscope.exact.lines import Passed, axis_walks
from rfscope.exact.position_sets import NO_POSITIONS, Positions, common
from rfscope.network.graph import INPUT, Network
from rfscope.network.sizes import Sizes

__all__ = ["box_coverage", "input_box", "shared_parts"]


def input_box(network: Network, start: Box, sizes: Sizes | None) -> Box | None:
    """What some outputs, a product of lines, read of the input; None if that is no product.

    Args:
        network: A settled network that ends at the output.
        start: The outputs, per axis.
        sizes: Sizes of the maps; None on an unbounded grid.

    Raises:
        LimitError: A field is longer than the limit ``axis``.
        UnsupportedError: Where a layer reads is unknown.
    """
    if network.outputs[0] not in network.local:
        return None
    found: Box = (NO_POSITIONS,) * len(start)
    walks = (axis.passing(line) for axis, line in zip(axis_walks(network, sizes), start, strict=True))
    for steps in zip(*walks, strict=True):
        if not _is_product(steps):
            return None
        if steps[0].name == INPUT and all(step.line.bits for step in steps):
            found = tuple(step.line for step in steps)
    return found


def shared_parts(
    network: Network, position: Sequence[int], beside: Sequence[int], sizes: Sizes | None
) -> tuple[dict[str, float | None], ...] | None:
    """What ``shares.network_shares`` finds, from lines alone; None if what is read of some map is no product.

    Args:
        network: A settled network that ends at the output.
        position: The output.
        beside: The axes along which it has a neighbour.
        sizes: Sizes of the maps; None on an unbounded grid.
    """
    if network.outputs[0] not in network.local:
        return None
    axes = axis_walks(network, sizes)
    shares: tuple[dict[str, float | None], ...] = tuple({} for _ in position)
    walks = [axis.passing(Positions(place, 1)) for axis, place in zip(axes, position, strict=True)]
    walks += [axes[axis].passing(Positions(position[axis] + 1, 1)) for axis in beside]
    for steps in zip(*walks, strict=True):
        own, others = steps[: len(axes)], dict(zip(beside, steps[len(axes) :], strict=True))
        moved = ([*own[:axis], other, *own[axis + 1 :]] for axis, other in others.items())
        if not _is_product(own) or not all(map(_is_product, moved)):
            return None
        if own[0].name != network.outputs[0]:
            nothing = not all(step.line.bits for step in own)
            for axis, other in others.items():
                line = own[axis].line
                shares[axis][own[0].name] = None if nothing else common(line, other.line) / line.bits.bit_count()
    return shares


def _is_product(steps: Sequence[Passed]) -> bool:
    """Whether one reader of a map uses all that any reader does, along every axis."""
    return len(steps) == 1 or reduce(and_, (step.widest for step in steps)) != 0


def box_coverage(box: Box, strides: Sequence[int]) -> Coverage:
    """What one output of a network with branches reads of its span, if that is a product.

    Args:
        box: What it reads, per axis.
        strides: Per axis, input positions from one output to the next of the same phase.
    """
    found = axes_coverage([packed_coverage(line.size, line.bits) for line in box], strides)
    return Coverage(
        size=found.size,
        used=found.used,
        largest_gap=found.largest_gap,
        subgrids=found.subgrids,
        hole_list=tuple(islice(_holes(box), LISTED)),
    )


def _holes(box: Box) -> Iterator[tuple[int, ...]]:
    """The places of a product that are not in it, in order."""
    if not any(line.has_gap for line in box):
        return
    first, rest = box[0], box[1:]
    for place, used in enumerate(f"{first.bits:b}"[::-1]):
        behind = _holes(rest) if used == "1" else product(*(range(line.size) for line in rest))
        yield from ((place, *others) for others in behind)
