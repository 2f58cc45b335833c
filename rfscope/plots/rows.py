"""Maps of different sizes laid out in rows, their pixels all of one size, so that little of the paper stays white."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Spaces", "rows_of"]

_STEP = 0.97
"""From one size of a pixel to try to the next."""

_SIZES = 160

_WORTH, _FEW = 0.8, 3
"""The order that was given of few maps is kept where it leaves no more paper white than this part of the best tells."""


@dataclass(frozen=True, slots=True)
class Spaces:
    """Inches of what surrounds the maps.

    Attributes:
        width: For the maps and what is between them.
        height: The same, downwards.
        across: Between two maps of a row.
        down: Below a row: its ticks, and the title of the next.
        slot: Across a map and its title, at least.
    """

    width: float
    height: float
    across: float
    down: float
    slot: float

    def rows(self, shapes: Sequence[tuple[float, float]], order: Sequence[int], cell: float) -> list[list[int]]:
        """Rows filled one after the other, in this order, with pixels of this size."""
        rows: list[list[int]] = [[]]
        filled = -self.across
        for place in order:
            step = max(self.slot, shapes[place][1] * cell) + self.across
            if rows[-1] and filled + step > self.width:
                rows.append([])
                filled = -self.across
            rows[-1].append(place)
            filled += step
        return rows

    def high(self, shapes: Sequence[tuple[float, float]], rows: Sequence[Sequence[int]], cell: float) -> float:
        """Inches that rows take, downwards."""
        return sum(max(shapes[place][0] for place in row) * cell + self.down for row in rows)


def rows_of(shapes: Sequence[tuple[float, float]], spaces: Spaces, most: float) -> tuple[list[list[int]], float]:
    """Choose rows, and the size of a pixel: those which leave the least paper white.

    One row keeps the order of the maps; in several rows maps of like sizes stand side by side.

    Args:
        shapes: Height and width of each map, in pixels.
        spaces: What surrounds them.
        most: Inches of a pixel's side, at most.

    Returns:
        The places of the maps row by row, and inches of a pixel's side.

    Example:
        >>> rows_of([(9, 9), (3, 3), (9, 9), (3, 3)], Spaces(2.1, 4, 0.1, 0.2, 0.2), 0.2)
        ([[0, 1, 2, 3]], 0.075)
    """
    widest = max(columns for _, columns in shapes)
    most = min(most, spaces.width / widest)
    area = sum(high * wide for high, wide in shapes)
    found = [
        (area * cell**2 / spaces.high(shapes, rows, cell), cell, rows)
        for cell, rows in _tried(shapes, spaces, most)
        if spaces.high(shapes, rows, cell) <= spaces.height
    ]
    if not found:  # the paper is too small: as small as it gets
        cell = most * _STEP**_SIZES
        return spaces.rows(shapes, range(len(shapes)), cell), cell
    best, given = max(found), list(range(len(shapes)))
    kept = max((one for one in found if [place for row in one[2] for place in row] == given), default=best)
    _, cell, rows = kept if kept[0] >= _WORTH * best[0] else best
    return rows, cell


def _tried(
    shapes: Sequence[tuple[float, float]], spaces: Spaces, most: float
) -> Iterator[tuple[float, list[list[int]]]]:
    given = list(range(len(shapes)))
    up = sorted(given, key=lambda place: shapes[place])
    down = sorted(given, key=lambda place: shapes[place], reverse=True)  # equal ones stay in their order
    whole = (spaces.width - spaces.across * (len(shapes) - 1)) / sum(columns for _, columns in shapes)
    for cell in (min(most, max(whole, 0) or most), *(most * _STEP**step for step in range(_SIZES))):
        row = spaces.rows(shapes, given, cell)
        if len(row) == 1:
            yield cell, row
        else:
            for order in (given, up, down) if len(shapes) <= _FEW else (up, down):
                yield cell, spaces.rows(shapes, order, cell)
