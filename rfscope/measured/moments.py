"""How far a map of weights spreads along each axis: its moments, and a Gaussian where one describes it."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

from rfscope.errors import MissingExtraError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["EXPLAINED", "Gaussian", "Moments", "gaussian", "marginal", "moments", "normalised"]

EXPLAINED = 0.9
"""The part of a marginal's variation from which on a Gaussian is said to describe it."""


class Moments(NamedTuple):
    """Mean and standard deviation of a line of weights, in positions.

    Attributes:
        mean: The mean position.
        std: The standard deviation about it.
    """

    mean: float
    std: float


class Gaussian(NamedTuple):
    """A Gaussian fitted to a line of weights.

    Attributes:
        mean: Its middle, in positions.
        std: Its standard deviation.
        explained: The part of the line's variation that it explains: 1 less the squared differences that are left over
            the squared differences from the line's mean.
    """

    mean: float
    std: float
    explained: float


def normalised(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A map over its sum; as it is where that is 0.

    Example:
        >>> import numpy as np
        >>> normalised(np.array([1.0, 3.0])).tolist()
        [0.25, 0.75]
    """
    total = values.sum()
    return values / total if total else values


def marginal(values: np.ndarray[Any, Any], axis: int) -> np.ndarray[Any, Any]:
    """The sum over all axes but one.

    Example:
        >>> import numpy as np
        >>> marginal(np.array([[1, 2], [3, 4]]), 0).tolist()
        [3, 7]
    """
    line: np.ndarray[Any, Any] = values.sum(axis=tuple(other for other in range(values.ndim) if other != axis))
    return line


def moments(line: Sequence[float] | np.ndarray[Any, Any]) -> Moments:
    """Mean and standard deviation of a line of weights that are 0 or more, not all 0.

    Example:
        >>> moments([0.0, 1.0, 2.0, 1.0])
        Moments(mean=2.0, std=0.7071067811865476)
    """
    import numpy as np

    weights = normalised(np.asarray(line, dtype=float))
    places = np.arange(len(weights))
    mean = float(weights @ places)
    return Moments(mean, sqrt(float(weights @ (places - mean) ** 2)))


def gaussian(line: Sequence[float] | np.ndarray[Any, Any]) -> Gaussian | None:
    """The Gaussian that fits a line of weights best, by least squares; None if none can be fitted.

    Whoever tells its width should look at ``explained`` first: a line with a grid in it is no Gaussian.

    Raises:
        MissingExtraError: Scipy is not installed.

    Example:
        >>> import numpy as np
        >>> found = gaussian(np.exp(-((np.arange(41) - 20) ** 2) / 18))  # doctest: +SKIP
        >>> round(found.std, 6), round(found.explained, 6)  # doctest: +SKIP
        (3.0, 1.0)
    """
    import numpy as np

    try:
        from scipy.optimize import OptimizeWarning, curve_fit
    except ImportError:
        raise MissingExtraError("fitting a Gaussian needs scipy", do="pip install scipy") from None
    import warnings

    weights = normalised(np.asarray(line, dtype=float))
    places = np.arange(len(weights))
    began = moments(weights)
    spread = float(((weights - weights.mean()) ** 2).sum())
    if began.std == 0 or spread == 0 or len(weights) < 4:
        return None

    def bell(x: Any, height: float, mean: float, std: float) -> Any:
        return height * np.exp(-((x - mean) ** 2) / (2 * std**2))

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OptimizeWarning)  # of a width that is not determined
            found, _ = curve_fit(bell, places, weights, p0=(weights.max(), began.mean, began.std))
    except RuntimeError:  # it did not converge
        return None
    left = float(((weights - bell(places, *found)) ** 2).sum())
    return Gaussian(float(found[1]), abs(float(found[2])), 1 - left / spread)
