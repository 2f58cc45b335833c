"""Brute force for the pieces of a network and their runs, by following every path. All along one axis."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Window
from tests import oracle
from tests.exact.graphs import Graph

Path = tuple[str, ...]


@dataclass(frozen=True)
class Run:
    members: frozenset[str]
    pyramid: bool
    lead_in: int
    lead_out: int
    step: int


@dataclass(frozen=True)
class Piece:
    """Connected windows that read one resolution."""

    network: Network
    axis: int
    members: Path
    local: frozenset[str]

    def __post_init__(self) -> None:
        assert all(isinstance(read, Window) for read in self._reads.values())

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        return {node.name: node for node in self.network.nodes if node.name in self.members}

    @cached_property
    def _reads(self) -> dict[str, Window]:
        reads = {name: oracle.as_window(node.reads[self.axis]) for name, node in self._nodes.items()}
        return {name: read for name, read in reads.items() if isinstance(read, Window)}

    def readers(self, name: str) -> list[str]:
        return [node.name for node in self._nodes.values() if name in node.inputs]

    def paths_from(self, name: str) -> Iterator[Path]:
        """Every path inside the piece from a node to any other behind it, itself included."""
        yield (name,)
        for reader in self.readers(name):
            for path in self.paths_from(reader):
                yield (name, *path)

    def paths_between(self, first: str, last: str) -> list[Path]:
        return [path for path in self._all_paths if path[0] == first and path[-1] == last]

    @cached_property
    def _all_paths(self) -> list[Path]:
        return [path for name in self.members for path in self.paths_from(name)]

    def several(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if self._reads[name].kernel > 1]

    def dense(self, names: Iterable[str]) -> list[str]:
        return [name for name in self.several(names) if self._reads[name].dilation == 1]

    def dilated(self, names: Iterable[str]) -> list[str]:
        return [name for name in self.several(names) if self._reads[name].dilation > 1]

    # The main path

    def score(self, path: Path) -> tuple[int, int]:
        """Layers of several taps, then the width of the field."""
        width = sum((self._reads[name].kernel - 1) * self._reads[name].dilation for name in path)
        return len(self.several(path)), width

    @cached_property
    def best(self) -> tuple[int, int]:
        return max(map(self.score, self._all_paths))

    def whole(self, path: Path) -> bool:
        """Whether it leads from outside all the way to an end."""
        entered = any(source not in self._nodes for source in self._nodes[path[0]].inputs)
        return entered and not self.readers(path[-1]) and path in self._all_paths

    # The runs

    def runs(self, exit: str) -> list[Run]:
        clusters = self._clusters()
        lone = [next(iter(cluster)) for cluster in clusters if len(cluster) == 1]
        spots = {name: (self._around(name, behind=False), self._around(name, behind=True)) for name in lone}
        found: list[Run] = []
        for cluster in clusters:
            name = min(cluster, key=self.members.index)
            beside = frozenset(other for other in lone if spots[other] == spots[name]) if name in spots else cluster
            if name == min(beside, key=self.members.index):
                pyramid = len(cluster) == 1 < len(beside)
                found.append(
                    Run(beside, pyramid, self.lead_in(beside), self.lead_out(beside, exit), self.step(beside, exit))
                )
        return sorted(found, key=lambda run: min(map(self.members.index, run.members)))

    def _clusters(self) -> list[frozenset[str]]:
        """Dilated windows with a path from one to the other and no dense window on any, directly or over others."""
        clusters = {name: {name} for name in self.dilated(self.members)}
        for first, last in combinations(clusters, 2):
            paths = self.paths_between(first, last)
            if paths and not any(self.dense(path[1:-1]) for path in paths):
                both = clusters[first] | clusters[last]
                clusters |= dict.fromkeys(both, both)
        return list(dict.fromkeys(map(frozenset, clusters.values())))

    def _around(self, name: str, *, behind: bool) -> frozenset[str]:
        """The windows of several taps on any path from a node, or to it."""
        ends = [path[1:] if behind else path[:-1] for path in self._all_paths if path[0 if behind else -1] == name]
        return frozenset(other for path in ends for other in self.several(path))

    def lead_in(self, members: Collection[str]) -> int:
        """The smallest field of the dense windows directly before it, over its entry nodes."""
        entries = [
            name for name in members if not any(self.paths_between(other, name) for other in members if other != name)
        ]
        return min(self._dense_field(name) for name in entries)

    def _dense_field(self, name: str) -> int:
        """The size of what its input sees through dense windows alone, back to other windows or the piece's entry."""
        places = set[int]()
        waiting = [(source, 0) for source in self._nodes[name].inputs if source in self.local]
        while waiting:
            here, place = waiting.pop()
            if here not in self._nodes or here in self.dilated([here]):
                places.add(place)
            else:
                taps = oracle.read_by(self._reads[here], place)
                sources = [source for source in self._nodes[here].inputs if source in self.local]
                waiting += [(source, tap) for source in sources for tap in (taps[0], taps[-1])]
        return oracle.span(places)[1]

    def _onwards(self, members: Collection[str], exit: str) -> list[Path]:
        """The paths from the members to the piece's exit; where it is not behind them, to any end."""
        paths = [path[1:] for path in self._all_paths if path[0] in members]
        return [path for path in paths if path and path[-1] == exit] or (
            [] if exit in members else [path for path in paths if path and not self.readers(path[-1])]
        )

    def lead_out(self, members: Collection[str], exit: str) -> int:
        return max((len(self.dense(path)) for path in self._onwards(members, exit)), default=0)

    def step(self, members: Collection[str], exit: str) -> int:
        """1 if another window of several taps is behind it; else the stride of the piece's exit."""
        mixed = any(set(self.several(path)) - set(members) for path in self._onwards(members, exit))
        return 1 if mixed else self._reads[exit].stride

    # What an output of the piece reads of what enters it

    def inside(self, entry: str, axes: Sequence[int]) -> Network:
        """The piece as a network of its own, what passes its entry by left out."""
        kept: dict[str, Node] = {}
        for name, node in self._nodes.items():
            inputs = tuple(INPUT if source == entry else source for source in node.inputs if source in {entry, *kept})
            if inputs:
                reads = tuple(node.reads[axis] for axis in axes)
                kept[name] = replace(node, inputs=inputs, reads=reads)
        return Network(name="piece", dims=len(axes), nodes=tuple(kept.values()), outputs=(list(kept)[-1],))


def pieces(graph: Graph, axis: int) -> list[Piece]:
    """The windows of a network by the connected maps of one stride that they read."""
    windows = [
        node
        for node in graph.network.nodes
        if isinstance(oracle.as_window(node.reads[axis]), Window)
        and graph.local.intersection(node.inputs)
        and not oracle.is_global(node)
    ]
    maps = {name: {name} for name in graph.local}
    for node in windows:
        own = [name for name in node.inputs if name in graph.local]  # of a bounded merge, not all of one stride
        own = [name for name in (*own, node.name) if graph.stride(name, axis) == graph.stride(own[0], axis)]
        together = set[str]().union(*(maps[name] for name in own))
        maps |= dict.fromkeys(together, together)
    found: dict[frozenset[str], list[str]] = {}
    for node in windows:
        read = next(name for name in node.inputs if name in graph.local)
        found.setdefault(frozenset(maps[read]), []).append(node.name)
    return [Piece(graph.network, axis, tuple(members), frozenset(graph.local)) for members in found.values()]
