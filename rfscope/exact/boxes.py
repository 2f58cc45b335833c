"""What one output uses of every map over all axes: a union of products of lines.

Lines alone do not tell (see ``lines``) if one branch is wider along one axis and another branch along the other, or
if branches sample different positions. Then the products are kept apart, and a product that lies inside another is
dropped. Deeper in the network one of them soon holds all the others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from math import prod
from typing import TypeAlias

from rfscope import limits
from rfscope.exact.coverage import Coverage, axes_coverage, map_coverage, packed_coverage
from rfscope.exact.lines import AxisWalk
from rfscope.exact.position_sets import Positions, clipped, contains, union, used_by
from rfscope.network.reads import Read

__all__ = ["Box", "boxes_coverage", "used_boxes"]

Box: TypeAlias = tuple[Positions, ...]
"""A product of sets of positions, one per axis."""


def used_boxes(
    axes: Sequence[AxisWalk],
    position: Sequence[int],
    keep: Collection[str],
    spend: Callable[[int], None] | None = None,
) -> Iterator[tuple[str, tuple[Box, ...]]]:
    """What the output at one position uses of some maps, last map first.

    Args:
        axes: Each axis of the same part of a network.
        position: The output, per axis.
        keep: Maps that are wanted.
        spend: Told how many positions were handled; may raise to end the walk.
    """
    pending: dict[str, list[Box]] = {axes[0].output: [tuple(Positions(place, 1) for place in position)]}
    known: dict[tuple[Read, Positions], Positions] = {}
    for steps in zip(*(axis.steps for axis in axes), strict=True):
        name, sources, padding_mode = steps[0].name, steps[0].sources, steps[0].padding_mode
        if name not in pending:
            continue
        boxes = _widest(pending.pop(name))
        if name in keep:
            yield name, boxes
        if spend is not None:
            spend(sum(line.size for box in boxes for line in box) + 256 * len(boxes) ** 2)
        before: list[Box] = []
        for box in boxes if sources else ():
            lines = []
            for step, line in zip(steps, box, strict=True):
                if step.read is not None and (step.read, line) not in known:
                    known[step.read, line] = used_by(step.read, line)
                lines.append(line if step.read is None else known[step.read, line])
            before.append(tuple(lines))
        for source in sources:
            sizes = [axis.sizes.get(source) for axis in axes]
            pending.setdefault(source, []).extend(
                tuple(clipped(line, size, padding_mode) for line, size in zip(box, sizes, strict=True))
                for box in before
            )


def _widest(boxes: Sequence[Box]) -> tuple[Box, ...]:
    """The products that are not empty and lie inside no other."""
    kept: list[Box] = []
    for box in sorted(set(boxes), key=lambda box: -prod(line.size for line in box)):
        if all(line.bits for line in box) and not any(_holds(other, box) for other in kept):
            kept.append(box)
    return tuple(kept)


def _holds(one: Box, other: Box) -> bool:
    return all(map(contains, one, other))


def boxes_coverage(boxes: Sequence[Box]) -> Coverage:
    """What part of their common span some products read.

    Raises:
        LimitError: They span more cells than the limit ``cells``.
    """
    steps = (1,) * len(boxes[0])
    if len(boxes) == 1:
        return axes_coverage([packed_coverage(line.size, line.bits) for line in boxes[0]], steps)
    import numpy as np

    whole = [union(lines) for lines in zip(*boxes, strict=True)]
    limits.check("cells", prod(line.size for line in whole))
    used = np.zeros([line.size for line in whole], dtype=bool)
    for box in boxes:
        part = tuple(
            slice(line.start - all_.start, line.start - all_.start + line.size)
            for line, all_ in zip(box, whole, strict=True)
        )
        cells = np.array(_cells(box[0]), dtype=bool)
        for line in box[1:]:
            cells = np.multiply.outer(cells, np.array(_cells(line), dtype=bool))
        used[part] |= cells
    return map_coverage(used, steps)


def _cells(line: Positions) -> list[int]:
    return [int(bit) for bit in reversed(f"{line.bits:b}")] if line.bits else []
