"""What neighbouring outputs of any network share of every map, from dense maps where the axes alone do not say it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from rfscope.exact.products import shared_parts
from rfscope.exact.regions import uses
from rfscope.exact.room import check_room
from rfscope.exact.walk import walk
from rfscope.network.graph import Network
from rfscope.network.sizes import Sizes

__all__ = ["network_shares"]


def network_shares(
    network: Network, position: Sequence[int], sizes: Sizes | None = None
) -> tuple[dict[str, float | None], ...]:
    """Axis by axis, the part of each map's positions read by an output that its neighbour along the axis reads too.

    Args:
        network: A settled network that ends at the output.
        position: The output.
        sizes: Sizes of the maps; None for an unbounded grid.

    Returns:
        Along each axis one share per map, 0 to 1; None where nothing is read. None at all where there is no neighbour.

    Raises:
        LimitError: A map has more cells than the limit ``cells``, or all together have more than ``walk``.
    """
    output = network.outputs[0]
    size = None if sizes is None else sizes[output]
    axes = range(len(position))
    beside = [axis for axis in axes if size is None or position[axis] + 1 < size[axis]]
    alone = shared_parts(network, position, beside, sizes)
    if alone is not None:
        return alone
    import numpy as np

    neighbours = [[place + (other == axis) for other, place in enumerate(position)] for axis in beside]
    shares: tuple[dict[str, float | None], ...] = tuple({} for _ in axes)
    start = uses([position, *neighbours])
    for name, region in walk(network, output, start, sizes=sizes, ask=partial(check_room, network, start, sizes=sizes)):
        own, *others = region.planes
        reads = int(np.count_nonzero(own))
        for axis, other in zip(beside, others, strict=True) if name != output else ():
            shares[axis][name] = int(np.count_nonzero(own & other)) / reads if reads else None
    return shares
