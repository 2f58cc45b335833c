"""Stages that fall apart into interleaved images: runs whose rates share a factor, and what lets the images meet.

A run alone does not tell, for a shortcut around it may carry what its layers do not. So its *stage* is judged. The
stage begins at the nearest map through which every path to the run passes. It ends at the nearest map through which
every path from the run passes, and every path from whatever else reads the first map. The stage never meets if two
neighbouring positions of its last map read no common position of its first. A layer behind the stage mixes the images
again if it is a dense window (more than one tap, rate 1) or a transposed convolution whose kernel exceeds its stride,
at whatever resolution; resizing does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import product

from rfscope.exact.boxes import used_boxes
from rfscope.exact.fields import AllGlobal, Seen
from rfscope.exact.lines import AxisWalk
from rfscope.exact.output import Output
from rfscope.exact.pieces import Run
from rfscope.exact.position_sets import NO_POSITIONS, overlap
from rfscope.exact.schedule import common_factor
from rfscope.network.graph import INPUT, Node
from rfscope.network.reads import Read, TransposedWindow, Window

__all__ = ["Apart", "stages_apart"]


@dataclass(frozen=True, slots=True)
class Apart:
    """A run in whose stage neighbouring outputs never meet.

    Attributes:
        run: The run.
        output: Name of the network's output that the stage leads to.
        mixed_by: A layer behind the stage that mixes; None if there is none.
        causal: Whether the output reads nothing after its own position.
    """

    run: Run
    output: str
    mixed_by: str | None
    causal: bool

    @property
    def accused(self) -> bool:
        """Whether this is gridding: neither mixed again nor a causal design."""
        return self.mixed_by is None and not self.causal


def stages_apart(
    output: Output, runs: Iterable[tuple[Run, int]], fields: Mapping[str, Seen], *, causal: bool
) -> Iterator[Apart]:
    """The runs before an output in whose stages neighbours never meet.

    Args:
        output: The output.
        runs: Serial runs of two or more layers with a common factor, each with an axis of its piece.
        fields: The field of every node, for the strides.
        causal: Whether the output reads nothing after its own position.

    Raises:
        LimitError: A field is longer than the limit ``axis``.
        UnsupportedError: Where a layer reads is unknown.
    """
    graph = _Graph(output)
    for run, axis in runs:
        members = [step for step in run.steps if step.name in graph.place]
        if len(members) > 1 and common_factor([step.taps.rate for step in members]) > 1:
            first, last = graph.stage([step.name for step in members])
            if output.network.is_chain or graph.never_meets(first, last, run.step, axis, fields):
                yield Apart(run, output.node, graph.mixed_behind(last, axis), causal)


class _Graph:
    """The part of a network that leads from the image to an output without passing a global operation."""

    def __init__(self, output: Output) -> None:
        local, wanted, nodes = output.network.local, {output.node}, list[Node]()
        for node in reversed(output.network.nodes):
            if node.name in wanted and node.name in local:
                wanted.update(name for name in node.inputs if name in local)
                nodes.append(node)
        self.nodes = nodes[::-1]
        self.names = [INPUT, *(node.name for node in self.nodes)]
        self.place = {name: place for place, name in enumerate(self.names)}
        self.sources = [[], *([self.place[name] for name in node.inputs if name in local] for node in self.nodes)]
        self.readers: list[list[int]] = [[] for _ in self.names]
        for place, sources in enumerate(self.sources):
            for source in sources:
                self.readers[source].append(place)
        self._mixers: dict[int, list[int | None]] = {}

    def stage(self, members: Sequence[str]) -> tuple[int, int]:
        """The maps before and behind: the nearest common dominator, and the nearest common post-dominator."""
        places = [self.place[name] for name in members]
        first = _meeting_point([-place for place in places], self.sources, -1, min(places))
        return first, _meeting_point([*places, *self.readers[first]], self.readers, 1, len(self.names))

    def never_meets(self, first: int, last: int, step: int, axis: int, fields: Mapping[str, Seen]) -> bool:
        """Whether neighbouring positions of the stage's last map read no common position of its first, at any phase.

        Args:
            first: The stage's first map.
            last: Its last one.
            step: Positions of the first from one output that matters to the next.
            axis: The axis along which they are neighbours.
            fields: The field of every node, for the strides.
        """
        before, behind = (fields[self.names[place]] for place in (first, last))
        if isinstance(before, AllGlobal) or isinstance(behind, AllGlobal):
            return False
        beside = step * before[axis].stride / behind[axis].stride
        apart = int(beside) if beside >= 1 and beside.denominator == 1 else 1
        nodes, entry = self.nodes[first:last], self.names[first]
        ready = AxisWalk(nodes, axis, back_to=entry)
        lines = [
            ready.walk(phase, (entry,)).lines.get(entry, NO_POSITIONS) for phase in range(behind[axis].period + apart)
        ]
        if not any(overlap(one, other) for one, other in zip(lines, lines[apart:], strict=False)):
            return True
        if len(behind) == 1:
            return False
        axes = [AxisWalk(nodes, other, back_to=entry) for other in range(len(behind))]
        return not any(_meet(axes, phase, axis, apart) for phase in product(*(range(one.period) for one in behind)))

    def mixed_behind(self, last: int, axis: int) -> str | None:
        """The first layer behind a map that mixes along an axis."""
        if axis not in self._mixers:
            found: list[int | None] = [None] * len(self.names)
            self._mixers[axis] = found
            for place in reversed(range(len(self.names))):
                behind = (
                    reader if _mixes(self.nodes[reader - 1].reads[axis]) else found[reader]
                    for reader in self.readers[place]
                )
                found[place] = min((reader for reader in behind if reader is not None), default=None)
        mixer = self._mixers[axis][last]
        return None if mixer is None else self.names[mixer]


def _meeting_point(waiting: list[int], onward: Sequence[Sequence[int]], sign: int, beyond: int) -> int:
    """The first place that all ways from some places pass, in the order of the network or against it.

    Args:
        waiting: The places, each times the sign.
        onward: For each place, those that a step leads to.
        sign: 1 in the order of the network, -1 against it.
        beyond: Only a place before this one counts.
    """
    waiting = list(dict.fromkeys(waiting))
    heapify(waiting)
    seen = set(waiting)
    while True:
        here = abs(heappop(waiting))
        if not waiting and here < beyond:
            return here
        for place in onward[here]:
            if sign * place not in seen:
                seen.add(sign * place)
                heappush(waiting, sign * place)


def _meet(axes: Sequence[AxisWalk], position: Sequence[int], axis: int, apart: int) -> bool:
    """Whether an output and the next one along an axis read a common position, where lines alone only seem to meet."""
    entry = axes[0].back_to
    beside = [place + apart * (number == axis) for number, place in enumerate(position)]
    here, there = (next((boxes for _, boxes in used_boxes(axes, place, (entry,))), ()) for place in (position, beside))
    return any(all(map(overlap, one, other)) for one in here for other in there)


def _mixes(read: Read) -> bool:
    """Whether neighbouring outputs of a layer read a common position, so that what lay apart meets."""
    if isinstance(read, TransposedWindow):
        return read.kernel > read.stride
    return isinstance(read, Window) and read.dense
