"""Whether a map of weights shows a grid: how strongly it repeats with a period, and how its mass lies in that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

__all__ = ["grid_share", "mass_by_position"]


def grid_share(line: Sequence[float] | np.ndarray[Any, Any], period: int) -> float:
    """How much of a line of weights repeats with a period: 0 smooth, 1 all at one position of each period.

    The largest over ``m = 1 .. period // 2`` of ``|sum e(x) exp(-2 pi i m x / period)| / sum e(x)``.

    Args:
        line: Weights of 0 or more, not all 0.
        period: Positions, 2 or more.

    Source:
        The gridding index of path counts (``rfscope explain "gridding index"``), on a line of any weights.

    Example:
        >>> round(grid_share([1, 0, 2, 0, 1], 2), 6), round(grid_share([1, 2, 1], 2), 6)
        (1.0, 0.0)
    """
    import numpy as np

    weights = np.asarray(line, dtype=float)
    turns = np.outer(np.arange(1, period // 2 + 1), np.arange(len(weights))) / period
    return float(np.abs(np.exp(-2j * np.pi * turns) @ weights).max() / weights.sum())


def mass_by_position(line: Sequence[float] | np.ndarray[Any, Any], period: int) -> tuple[float, ...]:
    """The part of the weights at each position modulo a period.

    Example:
        >>> mass_by_position([1, 0, 2, 0, 1], 2)
        (1.0, 0.0)
    """
    import numpy as np

    weights = np.asarray(line, dtype=float)
    found = np.bincount(np.arange(len(weights)) % period, weights=weights, minlength=period) / weights.sum()
    return tuple(map(float, found))
