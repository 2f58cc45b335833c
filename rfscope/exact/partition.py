"""Split a network into the pieces in which gridding is judged: connected nodes that read one resolution."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from fractions import Fraction

from rfscope.exact.fields import AllGlobal, Seen
from rfscope.exact.pieces import Piece, Step, window_of
from rfscope.exact.runs import find_runs
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.parts import main_path, one_axis
from rfscope.network.reads import Read, Window

__all__ = ["network_pieces", "resolutions"]


def network_pieces(network: Network, fields: Mapping[str, Seen]) -> tuple[Piece, ...]:
    """The pieces of a network, finest resolution first; axes that are alike share a piece.

    Args:
        network: A settled network.
        fields: The field of every node, for the strides.
    """
    found: dict[tuple[Fraction, tuple[str, ...], tuple[Read, ...]], list[int]] = defaultdict(list)
    for axis in range(network.dims):
        for resolution, nodes in resolutions(network, fields, axis):
            names = tuple(node.name for node in nodes)
            found[resolution, names, tuple(node.reads[axis] for node in nodes)].append(axis)
    by_name = network.by_name
    pieces = [
        _piece(network, fields, tuple(axes), [by_name[name] for name in names]) for (_, names, _), axes in found.items()
    ]
    return tuple(sorted(pieces, key=lambda piece: (piece.resolution, piece.axes)))


def resolutions(network: Network, fields: Mapping[str, Seen], axis: int) -> Iterator[tuple[Fraction, list[Node]]]:
    """Groups of windows connected by maps of one stride; a window belongs to the maps it reads.

    Args:
        network: A settled network.
        fields: The field of every node, for the strides.
        axis: The axis.
    """
    strides = {name: None if isinstance(seen, AllGlobal) else seen[axis].stride for name, seen in fields.items()}
    home = {name: name for name in strides}

    def find(name: str) -> str:
        while home[name] != name:
            home[name] = home[home[name]]
            name = home[name]
        return name

    readers: list[tuple[Node, str]] = []
    for node in network.nodes:
        local = [name for name in node.inputs if strides[name] is not None]
        if local and not node.is_global and isinstance(node.reads[axis], Window):
            joined = [name for name in (*local, node.name) if strides[name] == strides[local[0]]]
            for name in joined[1:]:
                home[find(name)] = find(joined[0])
            readers.append((node, local[0]))
    groups = defaultdict(list)
    for node, source in readers:
        groups[find(source)].append(node)
    for root, nodes in groups.items():
        resolution = strides[root]
        if resolution is not None:
            yield resolution, nodes


def _piece(network: Network, fields: Mapping[str, Seen], axes: tuple[int, ...], nodes: Sequence[Node]) -> Piece:
    own = {node.name for node in nodes}
    outside = {name for node in nodes for name in node.inputs if name not in own}
    outside = {name for name in outside if not isinstance(fields[name], AllGlobal)}

    def score(node: Node, so_far: tuple[int, int]) -> tuple[int, int]:
        """Layers of more than one tap, then the field."""
        window = window_of(node.reads[axes[0]])
        return so_far[0] + (window.kernel > 1), so_far[1] + window.extent - 1

    path = main_path(nodes, score, (0, 0))
    entry = next(name for name in path[0].inputs if name in outside)
    main = tuple(Step(node.name, window_of(node.reads[axes[0]])) for node in path)
    inside = _inside(network, axes, nodes, {entry}, path[-1].name)
    from_everywhere = inside if len(outside) == 1 else _inside(network, axes[:1], nodes, outside, path[-1].name)
    runs = find_runs(one_axis(from_everywhere, 0), main[-1].window.stride)
    seen = fields[entry]
    resolution = Fraction(1) if isinstance(seen, AllGlobal) else seen[axes[0]].stride
    return Piece(axes, resolution, inside, entry, main, runs)


def _inside(
    network: Network, axes: tuple[int, ...], nodes: Sequence[Node], entries: AbstractSet[str], exit: str
) -> Network:
    """A piece as a network whose input is all of these entries, without what none of them reaches."""
    kept: dict[str, Node] = {}
    for node in nodes:
        inputs = [INPUT if name in entries else name for name in node.inputs if name in entries or name in kept]
        if inputs:
            reads = tuple(_placed(node.reads[axis]) for axis in axes)
            kept[node.name] = replace(node, reads=reads, inputs=tuple(dict.fromkeys(inputs)))
    return replace(network, name=exit, dims=len(axes), nodes=tuple(kept.values()), outputs=(exit,), input=None)


def _placed(read: Read) -> Read:
    """A read, placed. A strided window of unknown place gets one: it ends its piece, so any place shows the same."""
    return replace(read, padding=(0, 0)) if isinstance(read, Window) and read.known_padding is None else read
