"""The dilated runs of a piece: which layers belong together, and what is dense before and behind them.

Everything here is along one axis of a piece, given as a network whose input is the piece's entry. Sets of layers are
bit sets: bit ``n`` is the ``n``-th node.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache, cached_property, reduce
from itertools import pairwise
from operator import or_

from rfscope.exact.packed import positions
from rfscope.exact.pieces import Run, Step, window_of
from rfscope.network.graph import INPUT, Network
from rfscope.network.reads import Window

__all__ = ["find_runs"]


def find_runs(network: Network, stride: int) -> tuple[Run, ...]:
    """The dilated runs of a piece, in topological order of their first layers.

    Args:
        network: The piece along one axis.
        stride: Positions of its entry from one of its outputs to the next.
    """
    layers = _PieceLayers(network)
    last = layers.place[network.outputs[0]]
    to_exit = layers.before[last] | 1 << last
    found = []
    for members in layers.clusters():
        together = _set_of(members)
        first_of = [member for member in members if not layers.before[member] & together]  # no other leads to these
        serial = len(members) == 1 or len(first_of) < len(members)
        onwards = to_exit if to_exit & together else -1  # beside: to any end
        behind = layers.behind(members, together, onwards)
        lead_out = layers.lead_out(onwards)
        found.append(
            Run(
                steps=layers.steps(members),
                line=layers.steps(layers.line(members)),
                step=1 if behind else stride,
                lead_in=min(layers.lead_in[member] for member in first_of),
                lead_out=max(lead_out[member] for member in members),
                pyramid=not serial,
                segments=tuple(tuple(map(layers.steps, lines)) for lines in layers.segments(members)),
            )
        )
    return tuple(found)


class _PieceLayers:
    """The nodes of a piece and, worked out once for all of them, who comes before whom."""

    def __init__(self, network: Network) -> None:
        self.nodes = network.nodes
        self.windows: Sequence[Window] = [window_of(node.reads[0]) for node in network.nodes]
        self.place = {node.name: number for number, node in enumerate(network.nodes)}
        self.inputs = [[self.place[name] for name in node.inputs if name != INPUT] for node in network.nodes]
        self.from_entry = [INPUT in node.inputs for node in network.nodes]
        self.dilated = [number for number, window in enumerate(self.windows) if window.dilated]
        self._taps = _set_of(number for number, window in enumerate(self.windows) if window.kernel > 1)
        self.before = self._before()
        self.lead_in = self._lead_in()
        self.lead_out = cache(self._lead_out)

    def steps(self, members: Iterable[int]) -> tuple[Step, ...]:
        return tuple(Step(self.nodes[member].name, self.windows[member]) for member in members)

    def _before(self) -> list[int]:
        """For each node, all nodes that lead to it."""
        before: list[int] = []
        for sources in self.inputs:
            before.append(_union([before[source] | 1 << source for source in sources]))
        return before

    def _separated(self) -> list[int]:
        """For each node, the nodes from which some path to it has a dense layer on the way."""
        separated: list[int] = []
        for sources in self.inputs:
            here = [self.before[source] if self.windows[source].dense else separated[source] for source in sources]
            separated.append(_union(here))
        return separated

    def clusters(self) -> list[list[int]]:
        """Groups of dilated layers that lead to each other without a dense layer between; a pyramid is one group."""
        separated, dilated = self._separated(), _set_of(self.dilated)
        clusters: dict[int, int] = {}  # by the member that came last
        home = list(range(len(self.nodes)))

        def last_of(member: int) -> int:
            while home[member] != member:
                home[member] = home[home[member]]
                member = home[member]
            return member

        for member in self.dilated:
            joined, cluster = self.before[member] & ~separated[member] & dilated, 1 << member
            while joined:  # each turn joins another cluster, so that there are no more turns than layers in all
                other = last_of(_first(joined))
                home[other] = member
                mine = clusters.pop(other)
                cluster, joined = cluster | mine, joined & ~mine
            clusters[member] = cluster
        return sorted(self._with_pyramids([list(positions(cluster)) for cluster in clusters.values()]))

    def _with_pyramids(self, clusters: list[list[int]]) -> list[list[int]]:
        """Single layers between the same layers before and behind stand side by side: a pyramid."""
        spots = defaultdict(list)
        taps = self._taps
        for cluster in clusters:
            first = cluster[0]
            spot = (self.before[first] & taps, self.after[first] & taps) if len(cluster) == 1 else (first, -1)
            spots[spot].append(cluster)
        return [[member for cluster in spot for member in cluster] for spot in spots.values()]

    @cached_property
    def after(self) -> list[int]:
        """For each node, all nodes that it leads to."""
        after = [0] * len(self.nodes)
        for number in reversed(range(len(self.nodes))):
            for source in self.inputs[number]:
                here = after[number] | 1 << number
                after[source] = after[source] | here if after[source] else here
        return after

    def behind(self, members: Sequence[int], together: int, onwards: int) -> bool:
        """Whether a layer of more than one tap comes after them on the way onwards."""
        others = onwards & self._taps & ~together
        if not others >> min(members):
            return False
        last = others.bit_length() - 1  # which most often comes after everything
        return bool(self.before[last] & together) or any(self.after[member] & others for member in members)

    def _in_series(self, members: Sequence[int]) -> bool:
        """Whether each of them leads to the next."""
        return all(self.before[later] >> earlier & 1 for earlier, later in pairwise(members))

    def line(self, members: Sequence[int]) -> list[int]:
        """The longest line of them, one behind the other."""
        if self._in_series(members):
            return list(members)
        levels: list[int] = []  # those at the end of a longest line of one, two, ... members
        for member in members:
            before = self.before[member]  # a line of three ends behind one of two, so the levels met are the first ones
            level = bisect_left(levels, True, key=lambda reached: not reached & before)
            levels[level : level + 1] = [(levels[level] if level < len(levels) else 0) | 1 << member]
        line = [_first(levels.pop())]
        while levels:
            line.append(_first(levels.pop() & self.before[line[-1]]))
        return line[::-1]

    def segments(self, members: Sequence[int]) -> list[list[list[int]]]:
        """Lines of members one behind the other, and between them those that stand side by side."""
        if self._in_series(members):
            return [[list(members)]]
        together = _set_of(members)
        found: list[list[list[int]]] = []
        for member in members:
            related = self.before[member] | self.after[member] | 1 << member
            if not together & ~related:  # on every path
                if found and len(found[-1]) == 1 and self._on_every_path(found, together):
                    found[-1][0].append(member)
                else:
                    found.append([[member]])
                continue
            if not found or self._on_every_path(found, together):
                found.append([])
            beside = [line for line in found[-1] if self.before[member] >> line[-1] & 1]
            if len(beside) == 1:
                beside[0].append(member)
            else:
                found[-1].append([member])
        return found

    def _on_every_path(self, segments: Sequence[Sequence[Sequence[int]]], together: int) -> bool:
        """Whether the last of some segments holds members that all others lead to or come from."""
        member = segments[-1][0][0]
        return not together & ~(self.before[member] | self.after[member] | 1 << member)

    def _lead_in(self) -> list[int]:
        """For each node, the size of what it sees, at its input, through the dense layers directly before it."""
        ends: list[tuple[int, int]] = []  # of what each node's output sees so: first and last position
        sizes = []
        for number, window in enumerate(self.windows):
            seen = [ends[source] for source in self.inputs[number]]
            seen += [(0, 0)] if self.from_entry[number] else []
            first, last = min(low for low, _ in seen), max(high for _, high in seen)
            sizes.append(last - first + 1)
            shift = (window.known_padding or (0, 0))[0]
            ends.append((0, 0) if window.dilated else (first - shift, last - shift + window.kernel - 1))
        return sizes

    def _lead_out(self, onwards: int) -> list[int]:
        """For each node, the most dense layers on a path from its output on."""
        most = [0] * len(self.nodes)
        for number in reversed(range(len(self.nodes))):
            for source in self.inputs[number] if onwards >> number & 1 else ():
                most[source] = max(most[source], most[number] + self.windows[number].dense)
        return most


def _set_of(members: Iterable[int]) -> int:
    found = bytearray()
    for member in members:
        found.extend(bytes(max(0, member // 8 + 1 - len(found))))
        found[member // 8] |= 1 << member % 8
    return int.from_bytes(found, "little")


def _union(sets: Sequence[int]) -> int:
    """What is in any of some sets; a single one as it is, for a copy of each would be the most of the work."""
    return reduce(or_, sets) if sets else 0


def _first(members: int) -> int:
    return (members & -members).bit_length() - 1
