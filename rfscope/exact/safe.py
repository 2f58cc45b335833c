"""Safe rates: the rates at which a layer leaves no holes while the other layers keep theirs.

For one layer of a stride-1 chain the rates that leave no holes are one interval, or none. Sort the other layers by
rate; ``L_j`` is the receptive field of the first ``j`` of them, and ``j*`` the first whose rate exceeds the field of
those before it (behind all of them if there is none). Then, with ``k`` taps in the layer itself::

    last  = L_(j*)
    first = max(1, ceil(max over j >= j* of (r_j - L_j) / (k - 1)))

and there is none if ``first > last``. There are two conditions. The layer's own rate may not exceed what is covered
without it, which is ``L_(j*)``. And each rate that comes too soon must be reached with the layer's help, which adds
``(k - 1)`` times its rate. All rates between two safe ones are safe: layers up to a rate in between need no help, as
with the larger one of the two, and layers above it get at least as much help as from the smaller one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

from rfscope.exact.taps import Taps

__all__ = ["safe_rates"]


def safe_rates(schedule: Sequence[Taps]) -> tuple[tuple[int, int] | None, ...]:
    """Each layer's first and last rate that leaves no holes while the others keep theirs; None if none does.

    Args:
        schedule: Kernel and rate of each layer in any order, all at one resolution; kernels above 1.

    Example:
        >>> safe_rates([Taps(3, 1), Taps(3, 2), Taps(3, 9)])
        (None, (3, 3), (1, 7))
    """
    layers = sorted(schedule)
    layers.sort(key=lambda taps: taps.rate)
    fields = list(accumulate(((kernel - 1) * rate for kernel, rate in layers), initial=1))  # before each layer
    lacking = [rate - field for (_, rate), field in zip(layers, fields, strict=False)]  # above 0: comes too soon
    worst_before = list(accumulate(lacking, max, initial=-fields[-1]))
    first_late = next((place for place, lack in enumerate(lacking) if lack > 0), len(layers))
    found: dict[Taps, tuple[int, int] | None] = {}
    later: list[int] = []  # of the layers behind, those that lack more than all between, the nearest last
    for place in reversed(range(len(layers))):
        kernel, rate = layers[place]
        grown = (kernel - 1) * rate  # what the layers behind have of it, and lack without it
        number = bisect_left(later, grown, key=lambda other: -lacking[other])
        late = first_late if first_late < place else later[number - 1] if number else len(layers)
        last = fields[late] - (grown if late > place else 0)
        worst = max(worst_before[place], lacking[later[0]] + grown if later else 0)
        first = max(1, -(-worst // (kernel - 1)))
        found[layers[place]] = (first, last) if first <= last else None
        while later and lacking[later[-1]] <= lacking[place]:
            later.pop()
        later.append(place)
    return tuple(found[Taps(*taps)] for taps in schedule)
