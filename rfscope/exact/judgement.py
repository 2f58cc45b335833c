"""The verdict on a network, and what it rests on: where positions are skipped, and what falls apart into images.

* HOLES: an output skips positions of the image, or of the map that enters a piece with a serial dilated run; or some
  phase of an output reads nothing.
* GRIDDING: no holes, but a serial run whose rates share a factor, in whose stage neighbours never meet and which
  nothing behind mixes; or a schedule without holes or common factor whose gridding index is above 0.5. A causal
  network never has it: there separate phases are by design.
* GLOBAL: neither, and every output sees everything.
* OK: the rest.

The worst over all outputs and phases counts, on the unbounded grid. There is no verdict if it is unknown where a layer
reads or what an operation does, or if a limit is passed, unless what is known is bad enough for one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

from rfscope.errors import LimitError, UnsupportedError
from rfscope.exact.fields import AllGlobal
from rfscope.exact.gridding import gridding_index
from rfscope.exact.holes import JudgedMaps, OutputHoles, Skipped, look_for_holes
from rfscope.exact.safe import safe_rates
from rfscope.network.graph import INPUT
from rfscope.network.reads import Window

if TYPE_CHECKING:
    from rfscope.exact.analysis import Analysis
    from rfscope.exact.output import Output
    from rfscope.exact.pieces import Piece, Run
    from rfscope.exact.stages import Apart
    from rfscope.exact.where import Place, Sparse

__all__ = ["STRIPED_ABOVE", "Judgement", "Verdict"]

Verdict: TypeAlias = Literal["holes", "gridding", "ok", "global"]

STRIPED_ABOVE = 0.5
"""The gridding index above which a schedule without holes counts as gridding."""


@dataclass(frozen=True, eq=False)
class Judgement:
    """What is wrong with a network's dilation; each part is worked out when it is asked for.

    Attributes:
        analysis: The analysis of the network.
    """

    analysis: Analysis

    @cached_property
    def verdict(self) -> Verdict | None:
        """The verdict; None where it is not known, see ``unknown``."""
        if self.skipped or self.empty:
            return "holes"
        if any(apart.accused for apart in self.apart) or self.striped:
            return "gridding"
        if self.unknown is not None:
            return None
        seen = [self.analysis.fields[name] for name in self.analysis.network.outputs]
        return "global" if all(isinstance(one, AllGlobal) for one in seen) else "ok"

    @cached_property
    def unknown(self) -> str | None:
        """Why not everything could be judged; None if it could."""
        unknown = next((node for node in self.analysis.network.nodes if node.is_unknown), None)
        if unknown is not None:
            return f"{unknown.name} was not analyzed"
        return next((str(found) for found in (*self._holes.values(), *self._stages.values()) if _failed(found)), None)

    @cached_property
    def judged(self) -> JudgedMaps:
        """The maps in which holes are looked for, each with the axes along which they are."""
        found: dict[str, set[int]] = defaultdict(set, {INPUT: set(range(self.analysis.network.dims))})
        for schedule in self.analysis.schedules:
            if schedule.serial_runs:
                found[schedule.entry].update(schedule.axes)
        return {name: frozenset(axes) for name, axes in found.items()}

    @cached_property
    def pyramids(self) -> tuple[frozenset[str], ...]:
        """Per axis, the layers of parallel dilated branches."""
        found: list[set[str]] = [set() for _ in range(self.analysis.network.dims)]
        for schedule in self.analysis.schedules:
            for run in schedule.runs:
                for axis in schedule.axes if run.pyramid else ():
                    found[axis].update(step.name for step in run.steps)
        return tuple(map(frozenset, found))

    @cached_property
    def _holes(self) -> dict[str, OutputHoles | LimitError | UnsupportedError]:
        found: dict[str, OutputHoles | LimitError | UnsupportedError] = {}
        for output in self.analysis.outputs:
            try:
                found[output.node] = look_for_holes(output, self.judged, self.pyramids)
            except (LimitError, UnsupportedError) as error:
                found[output.node] = error
        return found

    @cached_property
    def skipped(self) -> tuple[Skipped, ...]:
        """The maps in which an output skips positions, each with the first output that does."""
        found: dict[str, Skipped] = {}
        for one in self._holes.values():
            for skipped in one.skipped if isinstance(one, OutputHoles) else ():
                found.setdefault(skipped.map, skipped)
        return tuple(found.values())

    @cached_property
    def empty(self) -> tuple[str, ...]:
        """The outputs that read nothing at some phase."""
        return tuple(name for name, one in self._holes.items() if isinstance(one, OutputHoles) and one.reads_nothing)

    @cached_property
    def _stages(self) -> dict[str, tuple[Apart, ...] | LimitError | UnsupportedError]:
        runs = [(run, schedule.axes[0]) for schedule in self.analysis.schedules for run in shared_runs(schedule)]
        found: dict[str, tuple[Apart, ...] | LimitError | UnsupportedError] = {}
        if not runs:
            return found
        from rfscope.exact.stages import stages_apart

        for output in self.analysis.outputs:
            try:
                found[output.node] = tuple(stages_apart(output, runs, self.analysis.fields, causal=self.causal(output)))
            except (LimitError, UnsupportedError) as error:
                found[output.node] = error
        return found

    @cached_property
    def apart(self) -> tuple[Apart, ...]:
        """The runs in whose stages neighbouring outputs never meet, each towards the output that shows it worst."""
        found: dict[int, Apart] = {}
        for stages in self._stages.values():
            for one in stages if isinstance(stages, tuple) else ():
                known = found.get(id(one.run))
                if known is None or (one.accused and not known.accused):
                    found[id(one.run)] = one
        return tuple(found.values())

    @cached_property
    def striped(self) -> tuple[Piece, ...]:
        """The schedules without holes or common factor whose gridding index is above 0.5."""
        if self.all_causal:
            return ()
        return tuple(schedule for schedule in self.even if _index_above(schedule, STRIPED_ABOVE))

    @cached_property
    def even(self) -> tuple[Piece, ...]:
        """The schedules with a serial run, no holes and no common factor: only the index can show their stripes."""
        bad = {one.map for one in self.skipped}
        return tuple(
            schedule
            for schedule in self.analysis.schedules
            if schedule.serial_runs
            and schedule.hole_free
            and schedule.entry not in bad
            and not any(shared_runs(schedule))
        )

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The stages that a verdict of HOLES or GRIDDING comes from, the worst first; none for any other verdict.

        Example:
            >>> import rfscope as rf
            >>> place = rf.analyze("2,4,8").judgement.places[0]
            >>> place.map, str(place.stride), place.first, place.last, place.share.skipped, place.share.of
            ('input', '1', 'conv1', 'conv3', 3, 4)
        """
        from rfscope.exact.where import places

        return tuple(places(self))

    @cached_property
    def sparse(self) -> tuple[Sparse, ...]:
        """The branches of pyramids that sample what they span: to be told, and not accused."""
        from rfscope.exact.where import sparse

        return tuple(sparse(self))

    @cached_property
    def image_is_read(self) -> bool | None:
        """Whether no output skips positions of the image, whatever happens on maps behind; None where it is not known.

        Branches of pyramids count with their middle taps alone, as for the verdict.
        """
        image = {INPUT: frozenset(range(self.analysis.network.dims))}
        try:
            return not any(look_for_holes(output, image, self.pyramids).skipped for output in self.analysis.outputs)
        except (LimitError, UnsupportedError):
            return None

    def entered(self, skipped: Skipped) -> Piece | None:
        """The schedule whose layers read a map that is skipped; of several one that leaves holes by itself."""
        found = [
            schedule
            for schedule in self.analysis.schedules
            if schedule.serial_runs and schedule.entry == skipped.map and set(schedule.axes) & set(skipped.axes)
        ]
        return next((one for one in found if not one.hole_free), found[0] if found else None)

    def strided(self, skipped: Skipped) -> str | None:
        """The first layer whose stride skips positions: one whose taps leave gaps, else any; None if there is none."""
        axis = skipped.axes[0]
        windows = [(node.name, node.reads[axis]) for node in self.analysis.network.nodes]
        strided = [(name, read) for name, read in windows if isinstance(read, Window) and read.stride > 1]
        gaps = [name for name, read in strided if read.stride > read.kernel or read.dilation > 1]
        return next(iter([*gaps, *(name for name, _ in strided)]), None)

    def has_holes(self, schedule: Piece) -> bool:
        """Whether an output skips positions of the map that enters a schedule, along one of its axes."""
        axes = set(schedule.axes)
        return any(one.map == schedule.entry and not axes.isdisjoint(one.axes) for one in self.skipped)

    def safe_rates(self, schedule: Piece) -> tuple[tuple[int, int] | None, ...]:
        """The rates of each layer of a schedule that leave no holes; all None if other layers change the verdict."""
        if schedule.hole_free != self.has_holes(schedule):
            return safe_rates(schedule.taps)
        return (None,) * len(schedule.taps)

    @cached_property
    def all_causal(self) -> bool:
        """Whether no output reads anything after its own position."""
        return bool(self.analysis.outputs) and all(map(self.causal, self.analysis.outputs))

    def causal(self, output: Output) -> bool:
        """Whether the network has one axis and an output reads nothing after its own position along it."""
        reach = output.axes[0].reach
        return self.analysis.network.dims == 1 and reach is not None and reach[1] <= 0


def shared_runs(schedule: Piece) -> list[Run]:
    """The serial runs of two or more layers whose rates share a factor that the run's output step does not undo."""
    return [run for run in schedule.serial_runs if run.never_meets]


def _failed(found: object) -> bool:
    return isinstance(found, LimitError | UnsupportedError)


def _index_above(schedule: Piece, most: float) -> bool:
    try:
        return gridding_index(schedule.taps, above=most) > most
    except LimitError:
        return False
