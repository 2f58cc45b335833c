"""What is wrong with many choices of rates, by sets of positions: holes, separate grids, outputs that meet late.

Which layers of a network are dilated together, and on which maps holes are looked for, depends only on which rates are
above 1 and on the longest path of each piece. So the engine is asked once for each such pattern. For every further
choice of rates the engine's own walks are taken, with other windows in the places of the changed layers.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import gcd
from typing import NamedTuple

from rfscope.design.inside.changing import Changing
from rfscope.exact.analysis import Analysis
from rfscope.exact.holes import look_for_holes
from rfscope.exact.lines import AxisWalk, Walked, axis_walks, middle_tap
from rfscope.exact.output import Output
from rfscope.exact.partition import resolutions
from rfscope.exact.pieces import Piece, window_of
from rfscope.exact.position_sets import NO_POSITIONS, Positions
from rfscope.exact.schedule import common_factor
from rfscope.network.graph import INPUT, Node
from rfscope.network.parts import main_path
from rfscope.network.reads import IDENTITY

__all__ = ["Facts", "Judge"]


class Facts(NamedTuple):
    """What is found for a choice of rates.

    Attributes:
        holes: Whether an output skips positions that it should read.
        grids: Separate grids into which the outputs of a dilated run fall, most over the runs that change; 1 for none.
        isolated: Layers, back from the exit of a piece that changes, in which adjacent outputs share nothing; most.
            Of a network that never reads ahead neither is held against a choice: 1 and 0.
    """

    holes: bool
    grids: int
    isolated: int


class Judge:
    """Judges choices of rates, one after the other.

    Args:
        changing: A network, and the layers that change.
    """

    def __init__(self, changing: Changing) -> None:
        self.changing = changing
        self._patterns: dict[object, _Pattern] = {}
        network, fields = changing.analysis.network, changing.analysis.fields
        self._groups = [
            (axis, group)
            for axis in range(network.dims)
            for _, group in resolutions(network, fields, axis)
            if not changing.number.keys().isdisjoint(node.name for node in group)
        ]

    def facts(self, rates: Sequence[int]) -> Facts:
        """What is found for some rates, one for each number."""
        key = (tuple(rate > 1 for rate in rates), *self._longest(rates))
        if key not in self._patterns:
            self._patterns[key] = _Pattern(self.changing, self.changing.analyzed(rates))
        return self._patterns[key].facts(rates)

    def _longest(self, rates: Sequence[int]) -> Iterator[tuple[str, ...]]:
        """The nodes of the main path of each piece that changes."""
        number = self.changing.number
        for axis, group in self._groups:

            def score(node: Node, so_far: tuple[int, int], axis: int = axis) -> tuple[int, int]:
                """As the engine has it: layers of more than one tap, then the field."""
                read = node.reads[axis]
                if node.name in number:
                    read = self.changing.reads(node, rates[number[node.name]])[axis]
                window = window_of(read)
                return so_far[0] + (window.kernel > 1), so_far[1] + window.extent - 1

            yield tuple(node.name for node in main_path(group, score, (0, 0)))


@dataclass(frozen=True, eq=False)
class _Pattern:
    """What is the same for all choices of rates of one pattern.

    Attributes:
        changing: The network, and the layers that change.
        analysis: The network with one of these choices.
    """

    changing: Changing
    analysis: Analysis

    def facts(self, rates: Sequence[int]) -> Facts:
        """As of ``Judge``."""
        if self.changing.causal:
            return Facts(self._holes(rates), 1, 0)
        return Facts(self._holes(rates), self._grids(rates), self._isolated(rates))

    @cached_property
    def _pieces(self) -> list[Piece]:
        """The pieces that have a changed layer."""
        return self.changing.pieces(self.analysis)

    @cached_property
    def _outputs(self) -> list[_Walks]:
        judgement = self.analysis.judgement
        return [_Walks(self.changing, one, judgement.judged, judgement.pyramids) for one in self.analysis.outputs]

    def _holes(self, rates: Sequence[int]) -> bool:
        return any(walks.holes(rates) for walks in self._outputs)

    def _grids(self, rates: Sequence[int]) -> int:
        number, worst = self.changing.number, 1
        for piece in self._pieces:
            for run in piece.serial_runs:
                if len(run.steps) > 1 and any(step.name in number for step in run.steps):
                    now = [rates[number[one.name]] if one.name in number else one.taps.rate for one in run.steps]
                    factor = common_factor(now)
                    worst = max(worst, factor // gcd(factor, run.step))
        return worst

    def _isolated(self, rates: Sequence[int]) -> int:
        return max((meets.isolated(rates) for meets in self._meetings), default=0)

    @cached_property
    def _meetings(self) -> list[_Meets]:
        return [_Meets(self.changing, piece) for piece in self._pieces]


class _Walks:
    """The walks back from every phase of one output, as the engine makes them to find holes."""

    def __init__(
        self,
        changing: Changing,
        output: Output,
        judged: Mapping[str, frozenset[int]],
        pyramids: Sequence[frozenset[str]],
    ) -> None:
        self.changing, self.output, self.judged, self.pyramids = changing, output, judged, pyramids
        sizes = output.sizes if any(field.bounded for field in output.axes) else None
        self.axes = axis_walks(output.network, sizes, pyramids)
        self.keep = [frozenset(name for name, axes in judged.items() if one.axis in axes) for one in self.axes]
        keys = [
            (tuple(one.steps), tuple(one.sizes.values()), field.period, keep)
            for one, field, keep in zip(self.axes, output.axes, self.keep, strict=True)
        ]
        self.axis_like = [keys.index(key) for key in keys]
        self.local = output.network.local

    def holes(self, rates: Sequence[int]) -> bool:
        """Whether it skips positions of a map that is judged, or reads nothing."""
        known: dict[int, list[Walked]] = {}
        for axis in dict.fromkeys(self.axis_like):
            known[axis] = [self._walked(axis, phase, rates) for phase in range(self.output.axes[axis].period)]
        walks = [walk for axis in known.values() for walk in axis]
        if any(not walk.lines.get(INPUT, NO_POSITIONS).bits for walk in walks) or not _exact(walks, len(self.axes)):
            return self._by_engine(rates)
        return any(walk.filled for walk in walks)

    def _walked(self, axis: int, phase: int, rates: Sequence[int]) -> Walked:
        ready = _with(self.changing, self.axes[axis], rates, axis, self.pyramids[axis])
        found = ready.walk(phase, self.keep[axis], fill=True)
        if len(found.filled) < 2:
            return found
        lines = ready.walk(phase, found.filled).lines  # a gap before a filled one counts if it is there without that
        return replace(found, filled=frozenset(name for name in found.filled if lines[name].has_gap))

    def _by_engine(self, rates: Sequence[int]) -> bool:
        """The same where lines along the axes do not tell it."""
        analysis = self.changing.analyzed(rates)
        output = next(one for one in analysis.outputs if one.node == self.output.node)
        found = look_for_holes(output, self.judged, self.pyramids)
        return bool(found.skipped) or found.reads_nothing


class _Meets:
    """Walks back from an output of a piece and the one beside it."""

    def __init__(self, changing: Changing, piece: Piece) -> None:
        self.changing, self.piece = changing, piece
        self.nodes, self.axis = piece.network.nodes, piece.axes[0]
        self.walk = axis_walks(piece.network, None)[0]
        self.names = frozenset((INPUT, *(node.name for node in self.nodes)))
        self.taps = {node.name: window_of(node.reads[0]).kernel for node in self.nodes}

    def isolated(self, rates: Sequence[int]) -> int:
        """Layers, back from the exit, in which the two share nothing."""
        walked = _with(self.changing, self.walk, rates, self.axis).walk(0, self.names)
        if not _exact([walked], len(self.piece.axes)):
            return _isolated_of(self.changing.analyzed(rates), self.piece)
        apart = {name: not _beside(line, self.piece.stride) for name, line in walked.lines.items()}
        found = {INPUT: 0}
        for node in self.nodes:
            before = [found[name] for name in node.inputs if name in found]
            if before:
                alone = self.taps[node.name] > 1 and all(apart.get(name, True) for name in node.inputs)
                found[node.name] = max(before) + alone
        return found.get(self.piece.network.outputs[0], 0)


def _beside(line: Positions, step: int) -> bool:
    """Whether a set and the same some steps on have a position in common."""
    return bool(line.bits & line.bits << step)


def _isolated_of(analysis: Analysis, piece: Piece) -> int:
    """What the engine says of the same piece with other rates."""
    names = [node.name for node in piece.network.nodes]
    alike = (one for one in analysis.schedules if [node.name for node in one.network.nodes] == names)
    return max((one.meeting.isolated for one in alike), default=0)


def _with(
    changing: Changing, ready: AxisWalk, rates: Sequence[int], axis: int, narrowed: Collection[str] = ()
) -> AxisWalk:
    """A walk with the windows of other rates."""
    found, number = copy.copy(ready), changing.number
    found.steps = list(ready.steps)
    for place, step in enumerate(ready.steps):
        if step.name in number:
            read = changing.reads(changing.given.by_name[step.name], rates[number[step.name]])[axis]
            read = middle_tap(read) if step.name in narrowed else read
            found.steps[place] = step._replace(read=None if read == IDENTITY else read)
    return found


def _exact(walks: Sequence[Walked], axes: int) -> bool:
    """Whether what is read is the product of the lines, see ``exact.lines``."""
    if axes == 1:
        return True
    common: dict[str, int] = {}
    for walk in walks:
        for name, mask in walk.widest.items():
            common[name] = common.get(name, -1) & mask
    return all(common.values())
