"""What neighbouring outputs of any network share, map by map, and on which layers they share nothing.

The same questions as for a chain (see ``meeting``), answered with dense maps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rfscope.exact.meeting import Meeting
from rfscope.exact.walk import uses, walk
from rfscope.network.graph import INPUT, Network
from rfscope.network.reads import Window
from rfscope.network.sizes import Sizes

__all__ = ["network_meeting", "network_shares"]


def network_shares(
    network: Network, output: str, position: Sequence[int], sizes: Sizes | None = None
) -> tuple[dict[str, float | None], ...]:
    """The part of each map's positions that one output reads and its neighbour along an axis reads too, axis by axis.

    Args:
        network: A settled network.
        output: Name of the node whose outputs are looked at.
        position: The output.
        sizes: Sizes of the maps; None for an unbounded grid.

    Returns:
        Along each axis one share per map, 0 to 1; None where nothing is read. None at all where there is no neighbour.

    Raises:
        LimitError: A map has more cells than the limit ``cells``, or all together have more than ``walk``.
    """
    import numpy as np

    size = None if sizes is None else sizes[output]
    axes = range(len(position))
    beside = [axis for axis in axes if size is None or position[axis] + 1 < size[axis]]
    neighbours = [[place + (other == axis) for other, place in enumerate(position)] for axis in beside]
    shares: tuple[dict[str, float | None], ...] = tuple({} for _ in axes)
    for name, region in walk(network, output, uses([position, *neighbours]), sizes=sizes):
        own, *others = region.planes
        reads = int(np.count_nonzero(own))
        for axis, other in zip(beside, others, strict=True) if name != output else ():
            shares[axis][name] = int(np.count_nonzero(own & other)) / reads if reads else None
    return shares


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
