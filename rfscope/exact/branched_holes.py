"""The holes of a network with branches: it is walked back once a phase with sets of positions.

This goes axis by axis (``lines``), or over all axes at once (``boxes``) where that is not exact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import product

from rfscope import limits
from rfscope.exact.boxes import boxes_coverage, used_boxes
from rfscope.exact.holes import JudgedMaps, OutputHoles, Skipped
from rfscope.exact.lines import AxisWalk, Walked, axis_walks
from rfscope.exact.output import Output
from rfscope.exact.position_sets import NO_POSITIONS, Positions
from rfscope.network.graph import INPUT
from rfscope.network.parts import ancestors

__all__ = ["Walks"]

_ONE = Positions(0, 1)


class Walks:
    """The walks back from every phase of one output of a network with branches."""

    def __init__(self, output: Output, judged: JudgedMaps, pyramids: Sequence[frozenset[str]]) -> None:
        self.output = output
        self.network = output.network
        self.names = [INPUT, *(node.name for node in self.network.nodes)]
        self.judged = {name: judged[name] for name in reversed(self.names) if name in judged}
        self.phases = [range(field.period) for field in output.axes]
        sizes = output.sizes if any(field.bounded for field in output.axes) else None
        self.axes = axis_walks(self.network, sizes, pyramids)
        self.work = 0

    def found(self) -> OutputHoles:
        """What the output skips."""
        known: dict[object, list[Walked]] = {}  # axes that are alike are walked once
        walked = []
        for ready, phases in zip(self.axes, self.phases, strict=True):
            keep = frozenset(name for name, axes in self.judged.items() if ready.axis in axes)
            key = (tuple(ready.steps), tuple(ready.sizes.values()), phases, keep)
            if key not in known:
                known[key] = self._walked(ready, phases, keep)
            walked.append(known[key])
        nothing = any(
            not walk.lines.get(INPUT, NO_POSITIONS).bits and not self._reads_elsewhere(ready, phase)
            for ready, axis, phases in zip(self.axes, walked, self.phases, strict=True)
            for phase, walk in zip(phases, axis, strict=True)
        )
        skipped = self._from_lines(walked) if _exact(walked) else self._from_boxes()
        return OutputHoles(tuple(skipped), nothing)

    def _walked(self, axis: AxisWalk, phases: range, keep: Collection[str]) -> list[Walked]:
        """The walks from every phase along an axis."""
        found = []
        for phase in phases:
            walked = axis.walk(phase, keep, fill=True)
            self._spend(walked.work)
            if len(walked.filled) > 1:  # a gap before a filled one counts if it is there without that, too
                lines = axis.walk(phase, walked.filled).lines
                filled = {name for name in walked.filled if lines.get(name, NO_POSITIONS).has_gap}
                walked = replace(walked, filled=frozenset(filled))
            found.append(walked)
        return found

    def _reads_elsewhere(self, axis: AxisWalk, phase: int) -> bool:
        """Whether an output reads what is global, was not analyzed, or reads where the data tells it to."""
        local = self.network.local
        elsewhere = [
            node.name for node in self.network.nodes if node.data_dependent or not local.issuperset(node.inputs)
        ]
        return any(line.bits for line in axis.walk(phase, elsewhere).lines.values())

    def _from_lines(self, walked: Sequence[Sequence[Walked]]) -> Iterator[Skipped]:
        for name, axes in self.judged.items():
            apart = [axis for axis in sorted(axes) if any(name in walk.filled for walk in walked[axis])]
            if apart:
                phases = [next((walk for walk in axis if name in walk.filled), axis[0]) for axis in walked]
                lines = tuple(walk.lines.get(name, _ONE) for walk in phases)
                yield Skipped(name, self.output.node, tuple(apart), boxes_coverage([lines]))

    def _from_boxes(self) -> Iterator[Skipped]:
        """Holes over all axes at once. A map is left out if one behind it has holes, for the cause may be the same."""
        found: dict[str, Skipped] = {}
        for position in product(*self.phases):
            for name, boxes in used_boxes(self.axes, position, self.judged, self._spend):
                if name not in found and boxes:
                    seen = boxes_coverage(boxes)
                    apart = tuple(axis for axis in sorted(self.judged[name]) if seen.largest_gap[axis] > 1)
                    if apart:
                        found[name] = Skipped(name, self.output.node, apart, seen)
        before = {name: ancestors(self.network, name) - {name} for name in found}
        yield from (one for name, one in found.items() if not any(name in before[other] for other in found))

    def _spend(self, positions: int) -> None:
        self.work += positions
        limits.check("judged", self.work, where=self.output.node)


def _exact(walked: Sequence[Sequence[Walked]]) -> bool:
    """Whether the product of the lines is exactly what is read: at every map, one reader uses all along every axis."""
    if len(walked) == 1:
        return True
    common: dict[str, int] = {}
    for walk in (walk for axis in walked for walk in axis):
        for name, mask in walk.widest.items():
            common[name] = common.get(name, -1) & mask
    return all(common.values())
