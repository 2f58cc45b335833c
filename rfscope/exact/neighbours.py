"""What neighbouring outputs of any network share, map by map, and on which layers they share nothing.

The same questions as for a chain (see ``meeting``), answered with dense maps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rfscope.exact.meeting import Meeting
from rfscope.exact.walk import Region, one_use, walk_back
from rfscope.network.graph import INPUT, Network
from rfscope.network.reads import Window
from rfscope.network.sizes import Sizes

__all__ = ["network_meeting", "network_shares"]


def network_shares(
    network: Network, output: str, position: Sequence[int], axis: int, sizes: Sizes | None = None
) -> dict[str, float | None]:
    """The part of each map's positions that one output reads and its neighbour along an axis reads too.

    Args:
        network: A settled network.
        output: Name of the node whose outputs are looked at.
        position: The output.
        axis: The axis along which its neighbour is the next one.
        sizes: Sizes of the maps; None for an unbounded grid.

    Returns:
        One share per map, 0 to 1; None where nothing is read. None at all where there is no neighbour.

    Raises:
        LimitError: A map has more cells than the limit ``cells``.
    """
    size = None if sizes is None else sizes[output]
    if size is not None and position[axis] + 1 >= size[axis]:
        return {}
    beside = [place + (other == axis) for other, place in enumerate(position)]
    one, next_one = (walk_back(network, output, one_use(place), sizes=sizes) for place in (position, beside))
    return {name: _share(region, next_one.get(name)) for name, region in one.items() if name != output}


def _share(one: Region, other: Region | None) -> float | None:
    """The part of the positions used in one region that are used in the other, too."""
    import numpy as np

    used = one.used()
    reads = int(np.count_nonzero(used))
    if not reads:
        return None
    if other is None:
        return 0.0
    mine, theirs = [], []
    for a, m, b, n in zip(one.start, one.size, other.start, other.size, strict=True):
        first, last = max(a, b), max(a, b, min(a + m, b + n))
        mine.append(slice(first - a, last - a))
        theirs.append(slice(first - b, last - b))
    return int(np.count_nonzero(used[tuple(mine)] & other.used()[tuple(theirs)])) / reads


def network_meeting(network: Network, output: str, axis: int, shares: Mapping[str, float | None]) -> Meeting:
    """Count the isolated layers on the path to an output that has the most of them.

    Args:
        network: A settled network.
        output: Name of the node whose outputs are looked at.
        axis: The axis along which its neighbour is the next one.
        shares: What ``network_shares`` found along it.
    """
    isolated = {INPUT: 0}
    for node in network.nodes:
        before = [isolated[name] for name in node.inputs if name in isolated]
        if before and not node.is_global:
            read = node.reads[axis]
            alone = all(not shares.get(name) for name in node.inputs)
            isolated[node.name] = max(before) + (isinstance(read, Window) and read.kernel > 1 and alone)
    most = isolated.get(output, 0)
    return Meeting(most, most + 1 if shares.get(INPUT) else None)
