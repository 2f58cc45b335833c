"""The numbers of RepLKNet's table of effective receptive fields, as they are computed there.

They depend on the scale of the gradients, and so on the scale of the network's output: the logarithm of one plus the
mean gradient is near the gradient where that is small, and flat where it is large. Two networks whose outputs differ
in scale cannot be compared by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from rfscope.measured.extent import PARTS

if TYPE_CHECKING:
    import numpy as np

__all__ = ["SIZE", "Square", "high_contribution"]

SIZE = 1024
"""Positions along either axis to which images are stretched there, by bicubic interpolation."""


class Square(NamedTuple):
    """A square about the middle of the image.

    Attributes:
        part: The part of the scores that it holds.
        side: Its side in pixels; None if no square that is smaller than the image holds more than that part.
        area: Its area over that of the image.
    """

    part: float
    side: int | None
    area: float | None


def high_contribution(scores: np.ndarray[Any, Any], parts: Sequence[float] = PARTS) -> tuple[Square, ...]:
    """The squares that hold more than some parts of the scores.

    Args:
        scores: The mean over images of the gradient of the positive part of the output at its middle, negative
            gradients set to 0, summed over channels: a map over two axes.
        parts: Parts of the scores.

    Source:
        Ding, Zhang, Han, Ding: "Scaling Up Your Kernels to 31x31: Revisiting Large Kernel Design in CNNs", CVPR 2022,
        and the script published with it.

    Example:
        >>> import numpy as np
        >>> scores = np.zeros((9, 9))
        >>> scores[4, 4], scores[4, 2] = 9.0, 9.0
        >>> [square.side for square in high_contribution(scores)]
        [3, 3, 5, 5]
    """
    import numpy as np

    height, width = scores.shape
    seen = np.log10(scores + 1)
    peak = np.max(seen)
    if not peak > 0:
        return tuple(Square(part, None, None) for part in parts)
    seen = seen / peak
    total = np.sum(seen)
    found = dict.fromkeys(parts, (None, None)) | _squares(seen, total, parts, height, width)
    return tuple(Square(part, *found[part]) for part in parts)


def _squares(seen: Any, total: Any, parts: Sequence[float], height: int, width: int) -> dict[float, Any]:
    """The first square of sides 3, 5, 7 ... that holds more than each part; sums are taken as there, box by box."""
    import numpy as np

    found: dict[float, Any] = {}
    middle_row, middle_column = height // 2, width // 2
    for reach in range(1, middle_row):
        rows = slice(middle_row - reach, middle_row + 1 + reach)
        columns = slice(middle_column - reach, middle_column + 1 + reach)
        held = np.sum(seen[rows, columns]) / total
        side = 2 * reach + 1
        for part in parts:
            if part not in found and held > part:
                found[part] = (side, side / height * side / width)
        if len(found) == len(set(parts)):
            break
    return found
