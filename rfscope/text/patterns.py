"""What a usage map loses when it is drawn smaller: grids of holes, and stripes of large and small counts."""

from __future__ import annotations

from cmath import exp, pi
from collections.abc import Sequence
from math import gcd, prod

from rfscope.exact.centre import centre_of
from rfscope.exact.counts import UsageCounts

__all__ = ["has_fine_stripes", "shows_more_cut"]

_STRIPED = 0.2
"""Share of the counts that goes to the stripes, from which they are seen."""
_LONGEST_PERIOD = 16
_PARTS = 10**6


def shows_more_cut(counts: UsageCounts, block: int, room: Sequence[int]) -> bool:
    """Whether the centre of a map tells more than all of it, reduced by blocks.

    A grid of holes that repeats within the room would be drawn as another one, or as none at all where every block
    holds both. Other holes are lost where most blocks hold both, and are then shown if there are any at the centre.
    Stripes are lost in blocks as wide as they are; they are shown if the centre is a good part of the map.

    Args:
        counts: The counts of a line or a plane.
        block: Pixels along each axis to be drawn as one.
        room: Pixels along each axis of the part that would be shown instead.
    """
    if not counts.used:
        return False
    if counts.min:
        return has_fine_stripes(counts, block) and all(
            2 * part + 2 >= of for part, of in zip(room, counts.size, strict=True)
        )
    steps = [_step_of(counts.marginal(axis)) for axis in range(len(counts.size))]
    if any(1 < step <= max(room) // 2 for step in steps):
        return True
    centre = centre_of(counts, room)
    cells = [cell for row in counts.cells([block] * len(counts.size)).rows for cell in row]
    return 0 < centre.used < prod(centre.size) and 2 * sum(cell.holes and cell.most > 0 for cell in cells) > len(cells)


def _step_of(line: Sequence[int]) -> int:
    """The largest step of which all distances between pixels that are read are multiples."""
    places = [place for place, count in enumerate(line) if count]
    return gcd(*(place - places[0] for place in places))


def has_fine_stripes(counts: UsageCounts, block: int) -> bool:
    """Whether counts go up and down along an axis so often that blocks hide it."""
    return any(_striped(counts.marginal(axis), block) for axis in range(len(counts.size)))


def _striped(line: Sequence[int], block: int) -> bool:
    """Whether a good share of the counts repeats with a period that does not exceed a block."""
    most = max(line)
    parts = [count * _PARTS // most for count in line]  # counts may be too long for floating-point numbers
    total = sum(parts)
    return any(
        abs(sum(sum(parts[place::period]) * exp(2j * pi * place / period) for place in range(period)))
        > _STRIPED * total
        for period in range(2, min(block, _LONGEST_PERIOD) + 1)
    )
