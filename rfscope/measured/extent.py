"""How large a map of weights is about a centre: squares and radii that hold a part of it, and how much of it counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

__all__ = ["FAINT", "PARTS", "above_peak", "half_radius", "sides"]

PARTS = (0.2, 0.3, 0.5, 0.99)
"""The parts of the mass for which the side of a square is told."""

FAINT = 0.01
"""The part of the peak below which a position is said to count little."""

_ROUNDING = 1e-12
"""Parts of the mass that sums of floats may lose."""


def sides(values: np.ndarray[Any, Any], centre: Sequence[float], parts: Sequence[float] = PARTS) -> tuple[int, ...]:
    """Side of the smallest square (line, cube) about a centre that holds each part of the mass, in positions.

    Sides are odd where the centre is a position, even where it lies between two.

    Args:
        values: Weights of 0 or more, not all 0.
        centre: Per axis, in positions; a multiple of a half.
        parts: Parts of the mass, each up to 1.

    Example:
        >>> import numpy as np
        >>> sides(np.array([1.0, 2.0, 4.0, 2.0, 1.0]), [2.0], [0.4, 0.8, 1.0])
        (1, 3, 5)
    """
    import numpy as np

    far = np.zeros(values.shape, dtype=np.int64)
    for axis, middle in enumerate(centre):
        line = np.abs(2 * np.arange(values.shape[axis]) - round(2 * middle))
        far = np.maximum(far, line.reshape([-1 if axis == other else 1 for other in range(values.ndim)]))
    held = np.cumsum(np.bincount(far.ravel(), weights=values.ravel().astype(float)))
    found = np.searchsorted(held, np.asarray(parts) * held[-1] * (1 - _ROUNDING))
    return tuple(int(twice) + 1 for twice in found)


def half_radius(values: np.ndarray[Any, Any], centre: Sequence[float]) -> float:
    """The smallest distance from a centre within which half of the mass lies, in positions.

    Example:
        >>> import numpy as np
        >>> half_radius(np.array([1.0, 2.0, 4.0, 2.0, 1.0]), [2.0])
        1.0
    """
    import numpy as np

    squares = np.zeros(values.shape)
    for axis, middle in enumerate(centre):
        line = (np.arange(values.shape[axis]) - middle) ** 2
        squares = squares + line.reshape([-1 if axis == other else 1 for other in range(values.ndim)])
    order = np.argsort(squares, axis=None, kind="stable")
    held = np.cumsum(values.ravel()[order])
    place = int(np.searchsorted(held, held[-1] / 2 * (1 - _ROUNDING)))
    return float(np.sqrt(squares.ravel()[order[place]]))


def above_peak(values: np.ndarray[Any, Any], support: np.ndarray[Any, Any], part: float = FAINT) -> float:
    """The share of some positions at which there is a part of the largest weight among them, or more.

    Example:
        >>> import numpy as np
        >>> above_peak(np.array([100.0, 5.0, 0.5, 0.0]), np.array([True, True, True, False]))
        0.6666666666666666
    """
    import numpy as np

    inside = values[support]
    return float(np.count_nonzero(inside >= part * inside.max()) / inside.size) if inside.size else 0.0
