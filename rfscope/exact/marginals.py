"""The paths to one output along one axis, summed over the other axes, without a map over all of them.

On the unbounded grid every output of a layer reads the same number of positions along an axis, unless the layer
samples up unevenly. Summed over the other axes, a layer then multiplies what it passes on by these numbers, and a walk
along one axis gives the sums that a dense map would have to be made for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import gcd

from rfscope.exact.dense_counts import DenseCounts
from rfscope.exact.digits import MOST_ADDED
from rfscope.exact.regions import one_output, trimmed
from rfscope.exact.room import check_room
from rfscope.exact.walk import path_bounds, walk_back
from rfscope.network.graph import INPUT, Network
from rfscope.network.parts import one_axis
from rfscope.network.reads import Read, Table, TransposedWindow, Window
from rfscope.network.sizes import Sizes

__all__ = ["marginal_lines"]


def marginal_lines(
    network: Network, position: Sequence[int], sizes: Sizes | None
) -> tuple[tuple[int, ...], ...] | None:
    """Along each axis, the paths from all pixels at each place, from the first place that is read to the last.

    Args:
        network: A settled network that ends at the output.
        position: The output.
        sizes: Sizes of the maps; None on an unbounded grid.

    Returns:
        One line per axis; None if it takes a map to know them.

    Raises:
        LimitError: A field is longer than the limits allow.
        UnsupportedError: Where a layer reads is unknown.
    """
    local = [node for node in network.nodes if node.name in network.local]
    taps = {node.name: [even_taps(read) for read in node.reads] for node in local}
    if sizes is not None or any(not 0 < count <= MOST_ADDED for counts in taps.values() for count in counts):
        return None
    bound = max(path_bounds(network, network.outputs[0]).values())
    lines = []
    for axis in range(network.dims):
        weights = {name: (*counts[:axis], *counts[axis + 1 :]) for name, counts in taps.items()}
        alone, start = one_axis(network, axis), one_output(position[axis : axis + 1], bound)
        ask = partial(check_room, alone, start, sizes=None)
        found = walk_back(alone, network.outputs[0], start, keep=(), weights=weights, ask=ask).get(INPUT)
        box = None if found is None else trimmed(found)
        lines.append(() if box is None else DenseCounts(box.planes).marginal(0))
    return tuple(lines)


def even_taps(read: Read) -> int:
    """How many positions each output reads; 0 if not all read as many, or none do.

    Example:
        >>> even_taps(Window(kernel=3)), even_taps(TransposedWindow(kernel=3, stride=2))
        (3, 0)
    """
    if isinstance(read, Window):
        return read.kernel
    if isinstance(read, TransposedWindow):
        even = gcd(read.stride, read.dilation) == 1 and read.kernel % read.stride == 0
        return read.kernel // read.stride if even else 0
    if isinstance(read, Table):
        lengths = {stop - start for start, stop in zip(read.starts, read.stops, strict=True)}
        return lengths.pop() if len(lengths) == 1 else 0
    return 0
