"""How layers become a network: names for those without one, a name for all, and an order in which each can be read."""

from __future__ import annotations

import graphlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from rfscope.errors import NetworkError
from rfscope.network.graph import INPUT, Node
from rfscope.network.reads import Window
from rfscope.wording import rates_text

__all__ = ["in_order", "named", "title"]


def named(layers: Any) -> Iterator[Node]:
    """The layers, those without a name numbered by their operation.

    Raises:
        NetworkError: Something is no layer.
    """
    so_far = Counter[str]()
    if not isinstance(layers, Iterable):
        raise NetworkError("bad layers", got=repr(layers), expected="a list of layers, such as [rf.conv(3)]")
    for number, node in enumerate(layers, start=1):
        if not isinstance(node, Node):
            made = "a layer that rf.conv, rf.pool, rf.merge, rf.resize or rf.transposed_conv made"
            raise NetworkError("not a layer", where=f"layer {number}", got=repr(node), expected=made)
        so_far[node.op] += 1
        yield node if node.name else replace(node, name=f"{node.op}{so_far[node.op]}")


def title(nodes: Sequence[Node]) -> str:
    """What a network without a name is called: the rates of a plain chain of convolutions."""
    before = (INPUT, *(node.name for node in nodes))
    windows = [
        node.reads[0]
        for node, prior in zip(nodes, before, strict=False)
        if node.op == "conv" and node.inputs == (prior,) and len(set(node.reads)) == 1
    ]
    plain = [window for window in windows if isinstance(window, Window)]
    if len(plain) < len(nodes):
        return "network"
    return rates_text([window.dilation for window in plain], [window.kernel for window in plain])


def in_order(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Sort topologically, keeping the order given where it already is one."""
    position: dict[str, int] = {}
    for place, node in enumerate(nodes):
        if position.setdefault(node.name, place) != place:
            raise NetworkError("duplicate layer name", where=node.name, do="give every layer a name of its own")
    if all(position.get(name, -1) < place for place, node in enumerate(nodes) for name in node.inputs):
        return tuple(nodes)
    sorter = graphlib.TopologicalSorter({node.name: [i for i in node.inputs if i in position] for node in nodes})
    try:
        order = list(sorter.static_order())
    except graphlib.CycleError as error:
        loop = " -> ".join(error.args[1][:8])
        raise NetworkError("a cycle", got=loop, expected="layers that lead from the input to the outputs") from None
    return tuple(nodes[position[name]] for name in order)
