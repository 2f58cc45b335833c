"""The beginning of a stream: how much must have come before the first outputs, padding before the signal included."""

from __future__ import annotations

from rfscope.exact.waiting import inputs_for, inputs_to_exist, oldest_read
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Table, Window

__all__ = ["first_samples", "settled_after"]


def first_samples(network: Network, name: str, count: int = 1) -> int:
    """Input samples after which the first outputs of a layer are final.

    Args:
        network: One that ``as_stream`` made.
        name: The layer.
        count: How many of its outputs.

    Example:
        >>> from rfscope.network.build import assemble, conv
        >>> net = assemble("net", [conv("a", stride=2, padding=0, dims=1), conv("b", padding=(2, 0), dims=1)])
        >>> first_samples(net, "b"), first_samples(net, "b", 2)
        (3, 5)
    """
    final = {name: count}
    exists = {name: count}
    for node in reversed(network.nodes):
        if node.name not in exists:
            continue
        wanted, length = final.get(node.name, 0), exists[node.name]
        for entering in node.inputs:
            if wanted > 0:
                final[entering] = max(final.get(entering, 0), _inputs_for(node, wanted))
            own = max(final.get(entering, 0), inputs_to_exist(node.reads[0], length) if length > 0 else 0)
            exists[entering] = max(exists.get(entering, 0), own)
    return max(0, final.get(INPUT, 0), exists.get(INPUT, 0))


def _inputs_for(node: Node, count: int) -> int:
    """How many positions must be final for so many outputs; padding that repeats the map needs what it repeats."""
    read = node.reads[0]
    needed = max(0, inputs_for(read, count, begin=0))
    before = -oldest_read(read, 0)
    if before > 0 and isinstance(read, Window):
        needed = max(needed, {"reflect": before + 1, "replicate": 1}.get(node.padding_mode, 0))
    if before > 0 and isinstance(read, Table):  # which stays at the border
        needed = max(needed, 1)
    return needed


def settled_after(network: Network) -> int:
    """Input samples after which no layer waits for what it repeats before the signal; 0 where none does.

    Until then the maps that such a layer is merged with pile up: nothing is to be forgotten.
    """
    times = [0]
    for node in network.nodes:
        read = node.reads[0]
        before = (read.known_padding or (0, 0))[0] if isinstance(read, Window) else 0
        if node.padding_mode == "reflect" and isinstance(read, Window) and before > 0:
            times.append(first_samples(network, node.name, -(-before // read.stride)))
    return max(times)
