"""How far a network in time reads ahead, where recurrences read all of the past and nothing of the future."""

from __future__ import annotations

from dataclasses import replace

from rfscope.errors import NetworkError
from rfscope.exact.fields import AllGlobal, node_fields
from rfscope.network.graph import Network
from rfscope.network.reads import IDENTITY, Read, Whole
from rfscope.network.sizes import settle

__all__ = ["look_ahead"]


def look_ahead(network: Network, name: str) -> int | None:
    """Positions behind its own that an output reads over all paths; None if these are all, or unknown.

    A recurrence that runs forward reads what has passed, however much that is. Of what lies ahead, it reads what the
    map that it runs over reads there.

    Args:
        network: A network with one axis.
        name: One of its nodes.

    Example:
        >>> from rfscope.network.build import conv, merge
        >>> from rfscope.network.graph import Node
        >>> first = conv("first", kernel=3, padding=(1, 1), dims=1, inputs=["input"])
        >>> gru = Node(name="gru", op="recurrence", reads=(Whole(ahead=False),), inputs=("first",))
        >>> look_ahead(Network(name="net", dims=1, nodes=(first, gru), outputs=("gru",)), "gru")
        1
    """

    def of_the_present(read: Read) -> Read:
        return IDENTITY if isinstance(read, Whole) and not read.ahead else read

    nodes = tuple(replace(node, reads=tuple(map(of_the_present, node.reads))) for node in network.nodes)
    try:
        seen = node_fields(*settle(replace(network, nodes=nodes)))[name]
    except NetworkError:  # maps that go together only behind global operations
        return None
    if isinstance(seen, AllGlobal) or seen[0].global_through or seen[0].reach is None:
        return None
    return seen[0].reach[1]
