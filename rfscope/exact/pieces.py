"""Where gridding is judged: pieces at one resolution, and the dilated runs in them.

From the image, the dense layers in front of a network fill every hole, and a dilated layer alone always has some. So
schedules are judged per *piece*, the layers that read one resolution; a strided layer belongs to the resolution it
reads and ends its piece. Inside a piece a *run* is a maximal sequence of dilated layers without a dense layer (rate 1,
more than one tap) between them; its lead-in is what the dense layers directly before it see, its lead-out how many come
after.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import gcd
from typing import NamedTuple

from rfscope.exact.coverage import chain_coverage
from rfscope.exact.meeting import meeting
from rfscope.exact.schedule import common_factor
from rfscope.exact.usage import Taps, extent_of
from rfscope.network.reads import Window

__all__ = ["Piece", "Run", "Step", "chain_pieces"]


class Step(NamedTuple):
    """A layer along one axis: its name and what it reads."""

    name: str
    window: Window

    @property
    def taps(self) -> Taps:
        """Kernel and rate at the resolution it reads."""
        return Taps(self.window.kernel, self.window.dilation)


@dataclass(frozen=True, slots=True)
class Run:
    """Dilated layers of a piece with no dense layer between them.

    Attributes:
        steps: The dilated layers, entry first.
        step: Positions between those of its outputs that neighbouring outputs of the piece read.
        lead_in: Receptive field at the run's entry of the dense layers directly before it; 1 if there are none.
        lead_out: Dense layers between the run and the piece's exit.
        pyramid: Whether the layers stand side by side on parallel branches.
    """

    steps: tuple[Step, ...]
    step: int
    lead_in: int
    lead_out: int
    pyramid: bool = False

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
        """Whether it has two or more layers inside which neighbouring outputs read no common position."""
        return len(self.steps) > 1 and self.splits > 1

    @property
    def isolated(self) -> int:
        """Layers of the run on whose input two neighbouring outputs of the run share nothing."""
        return meeting([step.window for step in self.steps]).isolated

    def own_share(self, axes: int) -> float:
        """The part of its own window, over so many axes alike, that an output of the run reads."""
        return chain_coverage([self.taps] * axes, [self.step] * axes).share


@dataclass(frozen=True, slots=True)
class Piece:
    """The layers of a chain that read one resolution, along one or more axes on which they are alike.

    Attributes:
        axes: The axes.
        resolution: Input positions from one position of the piece's entry to the next (cumulative stride).
        entry: Name of the node whose output enters the piece.
        steps: Every layer of the piece, kernels of 1 included.
    """

    axes: tuple[int, ...]
    resolution: int
    entry: str
    steps: tuple[Step, ...]

    @property
    def exit(self) -> str:
        """Name of the last layer."""
        return self.steps[-1].name

    @property
    def label(self) -> str:
        """First and last layer, for people."""
        return self.exit if len(self.steps) == 1 else f"{self.steps[0].name} .. {self.exit}"

    @property
    def stride(self) -> int:
        """Positions of the entry from one output of the piece to the next."""
        return self.steps[-1].window.stride

    @property
    def schedule(self) -> tuple[Step, ...]:
        """The layers with more than one tap."""
        return tuple(step for step in self.steps if step.window.kernel > 1)

    @property
    def runs(self) -> tuple[Run, ...]:
        """The dilated runs, entry first."""
        return tuple(_runs(self.schedule, self.stride))


def _runs(schedule: Sequence[Step], stride: int) -> Iterator[Run]:
    dense_before: tuple[Step, ...] = ()
    for dilated, group in groupby(enumerate(schedule), key=lambda entry: entry[1].window.dilated):
        places, steps = zip(*group, strict=True)
        if dilated:
            behind = schedule[places[-1] + 1 :]
            yield Run(
                steps=steps,
                step=1 if behind else stride,
                lead_in=extent_of(step.taps for step in dense_before),
                lead_out=sum(step.window.dense for step in behind),
            )
        dense_before = steps


def chain_pieces(axes: Sequence[Sequence[Step]], entry: str) -> tuple[Piece, ...]:
    """Split a chain into pieces, finest resolution first; axes that are alike share a piece.

    Args:
        axes: Per axis, the layers of the chain.
        entry: Name of the node whose output enters the first layer.
    """
    found: dict[tuple[int, str, tuple[Step, ...]], list[int]] = {}
    for axis, steps in enumerate(axes):
        before = entry
        for resolution, group in _by_resolution(steps):
            found.setdefault((resolution, before, group), []).append(axis)
            before = group[-1].name
    pieces = [Piece(tuple(on), resolution, before, steps) for (resolution, before, steps), on in found.items()]
    return tuple(sorted(pieces, key=lambda piece: (piece.resolution, piece.axes)))


def _by_resolution(steps: Sequence[Step]) -> Iterator[tuple[int, tuple[Step, ...]]]:
    resolutions = [1]
    for step in steps:
        resolutions.append(resolutions[-1] * step.window.stride)
    for resolution, group in groupby(zip(resolutions, steps, strict=False), key=lambda entry: entry[0]):
        yield resolution, tuple(step for _, step in group)
