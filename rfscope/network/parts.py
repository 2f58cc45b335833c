"""Parts of a network: what leads to a node, what lies between two, one axis of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from rfscope.errors import NetworkError, near
from rfscope.network.graph import INPUT, Network, Node
from rfscope.wording import first_few

__all__ = ["ancestors", "between", "find", "leading", "main_path", "one_axis", "part_of", "up_to"]


def ancestors(network: Network, *names: str) -> frozenset[str]:
    """Some nodes and all that leads to them, the input included."""
    by_name = network.by_name
    found, waiting = set(names), list(names)
    while waiting:
        here = waiting.pop()
        if here != INPUT:
            new = set(by_name[here].inputs) - found
            found |= new
            waiting += new
    return frozenset(found)


def leading(network: Network) -> Network:
    """The network without the layers that lead to none of its outputs."""
    kept = ancestors(network, *network.outputs)
    nodes = tuple(node for node in network.nodes if node.name in kept)
    return network if len(nodes) == len(network.nodes) else replace(network, nodes=nodes)


def up_to(network: Network, output: str) -> Network:
    """The network that ends at a node: only what leads to it."""
    kept = ancestors(network, output)
    nodes = tuple(node for node in network.nodes if node.name in kept)
    if len(nodes) == len(network.nodes) and network.outputs == (output,):
        return network
    return replace(network, nodes=nodes, outputs=(output,))


def main_path(
    nodes: Sequence[Node],
    score: Callable[[Node, tuple[int, int]], tuple[int, int]],
    start: tuple[int, int],
    end: str | None = None,
) -> list[Node]:
    """The path with the highest score through some nodes; the last one if several are equal.

    Args:
        nodes: Nodes in topological order.
        score: That of a path to a node, from the node and the score of the path before it.
        start: The score of a path before its first node.
        end: Its last node; by default that which ends the path of the highest score.
    """
    by_name = {node.name: node for node in nodes}
    scores: dict[str, tuple[int, int]] = {}
    before: dict[str, str] = {}
    for node in nodes:
        best = max((name for name in node.inputs if name in by_name), key=lambda name: scores[name], default="")
        before[node.name] = best
        scores[node.name] = score(node, scores.get(best, start))
    inner = {name for node in nodes for name in node.inputs}
    ends = (node.name for node in reversed(nodes) if node.name not in inner)
    here = end or max(ends, key=lambda name: scores[name])
    path = []
    while here:
        path.append(by_name[here])
        here = before[here]
    return path[::-1]


def one_axis(network: Network, axis: int) -> Network:
    """The 1-D network along one axis."""
    return replace(
        network,
        dims=1,
        nodes=tuple(replace(node, reads=(node.reads[axis],)) for node in network.nodes),
        input=None if network.input is None else (network.input[axis],),
    )


def between(network: Network, entry: str, exit: str) -> Network:
    """What lies between the output of one node and the output of another, as a network of its own.

    Paths that pass the entry by are left out; the result names the nodes they come from.

    Args:
        network: The network.
        entry: A node, a module (its last node) or ``input``.
        exit: A node or a module behind it.

    Raises:
        NetworkError: There is no such node, or no path from the first to the second.
    """
    size = None
    if network.input is not None:
        from rfscope.network.sizes import settle

        network, sizes = settle(network)
        size = sizes[find(network, entry)] if sizes else None
    first, last = find(network, entry), find(network, exit)
    leading = ancestors(network, last)
    behind = {first}
    for node in network.nodes:
        if node.name in leading and node.name != first and behind & set(node.inputs):
            behind.add(node.name)
    if first == last or last not in behind:
        raise NetworkError("nothing lies between", where=network.name, got=f"{entry} and {exit}", expected="a path")
    inside = [node for node in network.nodes if node.name in behind and node.name != first]
    left_out = dict.fromkeys(name for node in inside for name in node.inputs if name not in behind)
    nodes = tuple(
        replace(node, inputs=tuple(INPUT if name == first else name for name in node.inputs if name in behind))
        for node in inside
    )
    return replace(
        network,
        name=f"{network.name}: {entry} .. {exit}",
        nodes=nodes,
        outputs=(last,),
        input=size,
        left_out=tuple(left_out),
    )


def part_of(network: Network, output: str | None = None, among: tuple[str, str] | None = None) -> Network:
    """The network that ends at a layer or module, or what lies between two; all of it if neither is given.

    Raises:
        NetworkError: There is no such layer, or no path.
    """
    if among is not None:
        network = between(network, *among)
    if output is not None:
        network = up_to(network, find(network, output))
    return network


def find(network: Network, name: str) -> str:
    """The node of that name, or the last node of the module of that name.

    Raises:
        NetworkError: There is none.
    """
    if name == INPUT or name in network.by_name:
        return name
    inside = [node.name for node in network.nodes if node.name.startswith(f"{name}.")]
    if not inside:
        close = near(name, network.by_name)
        do = f"did you mean {close!r}?" if close else f"it has {first_few([node.name for node in network.nodes])}"
        raise NetworkError("unknown layer", where=network.name, got=repr(name), expected="a layer or a module", do=do)
    return inside[-1]
