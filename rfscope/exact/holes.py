"""Holes: positions of a map that an output skips although it reads others on both sides of them.

Two kinds of maps are judged: the image, and the map that enters a piece with a serial dilated run. What an output reads
of such a map is taken over all paths of the whole network, at every phase, but for paths through global operations.
Parallel dilated branches (a pyramid) are meant to sample, so only their middle taps count. There are holes if, on some
line along an axis, two neighbouring positions that are read lie more than one apart.

A chain needs the closed form alone, from one judged map to the next. What lies behind a judged map is an interval, or
is taken for one once its gaps are reported, so that each cause is told once. Any other network is walked back once a
phase with sets of positions, axis by axis (``lines``), or over all axes at once (``boxes``) where that is not exact.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import prod
from typing import TypeAlias

from rfscope import limits
from rfscope.exact.boxes import boxes_coverage, used_boxes
from rfscope.exact.closed_form import chain_windows
from rfscope.exact.coverage import Coverage, chain_coverage
from rfscope.exact.lines import AxisWalk, Walked, axis_walks
from rfscope.exact.output import Output
from rfscope.exact.position_sets import NO_POSITIONS, Positions
from rfscope.exact.taps import Taps, extent_of, hole_free, input_taps
from rfscope.network.graph import INPUT
from rfscope.network.parts import ancestors
from rfscope.network.reads import Window

__all__ = ["JudgedMaps", "OutputHoles", "Skipped", "look_for_holes"]

JudgedMaps: TypeAlias = Mapping[str, frozenset[int]]
"""The maps that are judged, by name, each with the axes along which it is."""


_ONE = Positions(0, 1)


@dataclass(frozen=True)
class Skipped:
    """A map some of whose positions an output skips.

    Attributes:
        map: Name of the node whose output it is, or the input.
        output: Name of the output.
        axes: The axes along which positions are skipped.
        seen: What the output reads of the map: in a chain the layers along each axis as seen from it, else the part.
    """

    map: str
    output: str
    axes: tuple[int, ...]
    seen: tuple[tuple[Taps, ...], ...] | Coverage

    @cached_property
    def coverage(self) -> Coverage:
        """What part of its span on the map the output reads.

        Raises:
            LimitError: The field is longer than the limit ``axis``.
        """
        return self.seen if isinstance(self.seen, Coverage) else chain_coverage(self.seen, (1,) * len(self.seen))


@dataclass(frozen=True, slots=True)
class OutputHoles:
    """What one output skips.

    Attributes:
        skipped: The maps in which it skips positions, the one farthest from the image first.
        reads_nothing: Whether some phase of the output reads nothing.
    """

    skipped: tuple[Skipped, ...] = ()
    reads_nothing: bool = False


def look_for_holes(output: Output, judged: JudgedMaps, pyramids: Sequence[frozenset[str]]) -> OutputHoles:
    """Judge what an output reads, at every phase.

    Args:
        output: The output.
        judged: The maps to judge.
        pyramids: Per axis, the layers of parallel dilated branches.

    Raises:
        LimitError: A map is larger than the limits ``axis`` or ``cells``, or all of them together than ``judged``.
        UnsupportedError: Where a layer reads is unknown.
    """
    windows = chain_windows(output.network)
    if windows is not None and not any(pyramids):
        return OutputHoles(tuple(_of_chain(output, windows, judged)))
    return _Walks(output, judged, pyramids).found()


def _of_chain(output: Output, windows: Sequence[tuple[Window, ...]], judged: JudgedMaps) -> Iterator[Skipped]:
    names = [INPUT, *(node.name for node in output.network.nodes[:-1])]
    behind, stop = [1] * len(windows), len(names)  # what is read of the map judged last, along each axis
    for place in reversed(range(len(names))):
        if names[place] in judged:
            parts = [line[place:stop] for line in windows]
            seen = tuple(
                (*input_taps(part), Taps(length, prod(window.stride for window in part)))
                for part, length in zip(parts, behind, strict=True)
            )
            apart = tuple(sorted(axis for axis in judged[names[place]] if not hole_free(seen[axis])))
            if apart:
                yield Skipped(names[place], output.node, apart, seen)
            behind, stop = [extent_of(taps) for taps in seen], place


class _Walks:
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
