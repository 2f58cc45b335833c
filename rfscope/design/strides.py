"""Chains with strides between their layers: behind strides of product ``j``, rate ``r`` acts at ``r * j`` positions.

What one output reads of the input is what a chain without strides reads, with these as its rates. Of a map behind a
stride it may still skip positions, whatever is read of the input; that is judged wherever layers behind are dilated.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from operator import mul
from typing import TYPE_CHECKING, Any

from rfscope.exact import batch
from rfscope.exact.taps import Taps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["jumps_of", "on_input", "reads_all_behind"]


def jumps_of(strides: Sequence[int]) -> tuple[int, ...]:
    """The strides before each layer, multiplied.

    Example:
        >>> jumps_of([1, 2, 1, 2])
        (1, 1, 2, 2)
    """
    return tuple(accumulate(strides[:-1], mul, initial=1))


def on_input(taps: Sequence[Taps], strides: Sequence[int]) -> tuple[Taps, ...]:
    """Layers with their rates in positions of the input; without strides, as they are.

    Example:
        >>> [rate for _, rate in on_input([Taps(3, 1), Taps(3, 2)], [2, 1])]
        [1, 4]
    """
    jumps = jumps_of(strides) if strides else (1,) * len(taps)
    return tuple(Taps(kernel, rate * jump) for (kernel, rate), jump in zip(taps, jumps, strict=True))


def reads_all_behind(
    kernels: Sequence[int], strides: Sequence[int], rates: NDArray[np.integer[Any]]
) -> NDArray[np.bool_]:
    """Whether an output of each schedule reads every position, in its field, of each map that dilated layers read.

    The layers up to a stride read one resolution; if one of them is dilated, the map that the first of them reads
    must be read without holes by all that follow.

    Args:
        kernels: Taps of each layer.
        strides: Stride of each layer.
        rates: Rate of each layer, (layers, schedules).

    Example:
        >>> import numpy as np
        >>> reads_all_behind([3, 3, 3], [1, 2, 1], np.array([[1, 2, 1], [1, 3, 3]]).T).tolist()
        [True, False]
    """
    import numpy as np

    found = np.ones(rates.shape[1], bool)
    starts = [0, *(place + 1 for place, stride in enumerate(strides[:-1]) if stride > 1), len(strides)]
    for start, stop in pairwise(starts):
        jumps = np.array(jumps_of(strides[start:]), rates.dtype)
        dilated = (rates[start:stop] > 1).any(axis=0)
        found &= ~dilated | batch.hole_free(kernels[start:], rates[start:] * jumps[:, None])
    return found
