"""How many channels the maps of a network have, as far as its layers say."""

from __future__ import annotations

from collections.abc import Mapping

from rfscope.network.graph import INPUT, Network, Node

__all__ = ["map_channels"]

_KEEPING = frozenset(["add", "multiply", "norm", "pad", "pointwise", "pool", "recurrence", "resize", "upsample"])
"""Operations whose outputs have as many channels as what they read."""


def map_channels(network: Network) -> Mapping[str, int | None]:
    """The channels of every map, the input's included; None where no layer says.

    Example:
        >>> from dataclasses import replace
        >>> from rfscope.network.build import assemble, conv, pool
        >>> wide = replace(conv("wide", dims=1), in_channels=1, out_channels=8)
        >>> dict(map_channels(assemble("net", [wide, pool("pool", kernel=2, dims=1)])))
        {'input': 1, 'wide': 8, 'pool': 8}
    """
    found: dict[str, int | None] = dict.fromkeys([INPUT, *(node.name for node in network.nodes)])
    for node in network.nodes:
        if node.in_channels is not None and len(node.inputs) == 1:
            found[node.inputs[0]] = node.in_channels
        found[node.name] = node.out_channels
    for node in network.nodes:
        if found[node.name] is None:
            found[node.name] = _passed_on(node, [found[name] for name in node.inputs])
    return found


def _passed_on(node: Node, entering: list[int | None]) -> int | None:
    """The channels that a node without weights hands on."""
    known = [channels for channels in entering if channels is not None]
    if node.op == "concat":
        return sum(known) if len(known) == len(entering) else None
    return max(known) if known and node.op in _KEEPING else None
