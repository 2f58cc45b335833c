"""Where gridding is judged: pieces at one resolution, and the dilated runs in them.

From the image, the dense layers in front of a network fill every hole, and a dilated layer alone always has some. So
schedules are judged per *piece*: a connected set of nodes that read one resolution. A strided layer belongs to the
resolution it reads and ends its piece, as does a global operation. Inside a piece a *run* is a maximal set of dilated
layers such that no path between two of them has a dense layer (rate 1, more than one tap); two or more parallel
branches with one dilated layer each are a *pyramid*, everything else is serial. A run's lead-in is what the dense
layers directly before it see, its lead-out how many come after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd
from typing import NamedTuple

from rfscope.exact.coverage import Coverage, chain_coverage
from rfscope.exact.meeting import Meeting, meeting
from rfscope.exact.paths import Paths, paths
from rfscope.exact.schedule import Schedule, common_factor
from rfscope.exact.taps import Taps
from rfscope.network.graph import Network
from rfscope.network.reads import IDENTITY, Read, Window
from rfscope.wording import rates_text, schedule_text

__all__ = ["Piece", "Run", "Step", "window_of"]


class Step(NamedTuple):
    """A layer along one axis: its name and what it reads."""

    name: str
    window: Window

    @property
    def taps(self) -> Taps:
        """Kernel and rate at the resolution it reads."""
        return Taps(self.window.kernel, self.window.dilation)


class Run(NamedTuple):
    """Dilated layers of a piece with no dense layer between them.

    Attributes:
        steps: The dilated layers, in topological order.
        line: The dilated layers on the path that has most of them; the others stand on parallel branches.
        step: Distance between those of its outputs that neighbouring outputs of the piece read.
        lead_in: Receptive field at the run's entry of the dense layers directly before it, the smallest over its
            entries; 1 if there are none.
        lead_out: Most dense layers on a path from the run to the piece's exit.
        pyramid: Whether the layers stand side by side on parallel branches.
        segments: Its layers in order, segment by segment; a segment is a line of layers, or several lines side by side.
    """

    steps: tuple[Step, ...]
    line: tuple[Step, ...]
    step: int
    lead_in: int
    lead_out: int
    pyramid: bool = False
    segments: tuple[tuple[tuple[Step, ...], ...], ...] = ()

    @property
    def taps(self) -> tuple[Taps, ...]:
        """Kernel and rate of each layer."""
        return tuple(step.taps for step in self.steps)

    @property
    def factor(self) -> int:
        """The greatest common divisor of the rates."""
        return common_factor([taps.rate for taps in self.taps])

    @property
    def splits(self) -> int:
        """Classes of outputs that share no input inside the run: the factor that its step does not undo."""
        return self.factor // gcd(self.factor, self.step)

    @property
    def never_meets(self) -> bool:
        """Whether it is serial and has two or more layers in which neighbouring outputs read no common position."""
        return not self.pyramid and len(self.steps) > 1 and self.splits > 1

    @property
    def isolated(self) -> int:
        """Consecutive layers of the run on whose input two neighbouring outputs share nothing."""
        return meeting([step.window for step in self.line]).isolated

    def own_share(self, axes: int) -> float:
        """The part of its own window, over so many axes alike, that an output of the run reads."""
        return chain_coverage([[step.taps for step in self.line]] * axes, [self.step] * axes).share


@dataclass(frozen=True, repr=False)
class Piece(Schedule):
    """The nodes of a network that read one resolution, along one or more axes on which they are alike.

    Attributes:
        axes: The axes.
        resolution: Input positions from one position of the piece to the next (cumulative stride).
        network: The piece as a network of its own over these axes; its input is the output of ``entry``, and its
            output the end of the main path.
        entry: Name of the node whose output enters the main path.
        main: The main path: the one with the most layers of more than one tap, then the widest field.
        runs: The dilated runs, in topological order.

    Example:
        >>> import rfscope as rf
        >>> found = rf.analyze("2,2,2").schedules[0]
        >>> found.m2_ok, found.hole_free, found.agrees
        (True, False, False)
    """

    axes: tuple[int, ...]
    resolution: Fraction
    network: Network
    entry: str
    main: tuple[Step, ...]
    runs: tuple[Run, ...]

    def __repr__(self) -> str:
        return f"<Schedule {rates_text(self.rates, self.kernels)} of {self.label}>"

    @property
    def piece(self) -> Piece:
        """Itself, which an analysis lists among its schedules."""
        return self

    @property
    def exit(self) -> str:
        """Name of the last node of the main path."""
        return self.main[-1].name

    @property
    def label(self) -> str:
        """First and last layer of the main path, for people."""
        return self.exit if len(self.main) == 1 else f"{self.main[0].name} .. {self.exit}"

    @property
    def stride(self) -> int:
        """Positions of the entry from one output of the piece to the next."""
        return self.main[-1].window.stride

    @cached_property
    def schedule(self) -> tuple[Step, ...]:
        """The layers of the main path with more than one tap, those of pyramids left out."""
        beside = {step.name for run in self.runs if run.pyramid for step in run.steps}
        return tuple(step for step in self.main if step.window.kernel > 1 and step.name not in beside)

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """Names of the layers of the schedule."""
        return tuple(step.name for step in self.schedule)

    @cached_property
    def published(self) -> tuple[int, ...]:
        """Index of each layer of the schedule that is no pooling."""
        by_name = self.network.by_name
        return tuple(place for place, name in enumerate(self.nodes) if by_name[name].op != "pool")

    @cached_property
    def taps(self) -> tuple[Taps, ...]:
        """Kernel and rate of each layer of the schedule, at the piece's resolution."""
        return tuple(step.taps for step in self.schedule)

    @property
    def segments(self) -> tuple[tuple[tuple[Step, ...], ...], ...]:
        """The schedule's layers with those that stand beside them, as in ``Run``; pyramids last."""
        beside = [segment for run in self.serial_runs for segment in run.segments if len(segment) > 1]
        parallel = {step.name: segment for segment in beside for line in segment for step in line}
        found: list[tuple[tuple[Step, ...], ...]] = []
        for step in self.schedule:
            segment = parallel.get(step.name)
            if segment is None:
                line = found.pop()[0] if found and len(found[-1]) == 1 else ()
                found.append(((*line, step),))
            elif segment not in found:
                found.append(segment)
        pyramids = [step for run in self.runs if run.pyramid for step in run.steps]
        return (*found, tuple((step,) for step in pyramids)) if pyramids else tuple(found)

    @property
    def written(self) -> str:
        """Its rates, with the kernels where they differ, and what stands side by side."""
        return schedule_text([[[step.taps for step in line] for line in lines] for lines in self.segments])

    @property
    def rates_written(self) -> str:
        """The same without kernels."""
        return schedule_text([[[(0, step.taps.rate) for step in line] for line in lines] for lines in self.segments])

    @property
    def serial_runs(self) -> tuple[Run, ...]:
        """The runs whose layers stand one behind the other, which the rules for schedules judge."""
        return tuple(run for run in self.runs if not run.pyramid)

    def is_all_of(self, network: Network) -> bool:
        """Whether a network is a chain that has no other layer of more than one tap."""
        return network.is_chain and sum(node.taps > 1 for node in network.nodes) == len(self.taps)

    @cached_property
    def coverage(self) -> Coverage:
        """What one of its outputs reads of the entry, over all paths in it.

        Raises:
            LimitError: The field is larger than the limits ``axis`` or ``cells``.
        """
        return self._paths.coverage([self.stride] * len(self.axes))

    @cached_property
    def _paths(self) -> Paths:
        return paths(self.network, (0,) * len(self.axes))

    @cached_property
    def meeting(self) -> Meeting:
        """Where neighbouring outputs of the piece first meet."""
        found = self._paths.meeting_along(0)  # the axes of a piece are alike
        return found or Meeting(0, None)


def window_of(read: Read) -> Window:
    """A window as it is, and the identity for anything that samples up, which ends a piece."""
    return read if isinstance(read, Window) else IDENTITY
