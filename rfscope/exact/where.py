"""Where a verdict comes from: the map, its output stride, the layers that read it, and how much they skip.

A verdict is one word; what a headline says of it is here, as records without words. The worst comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, prod
from typing import TYPE_CHECKING

from rfscope.errors import LimitError
from rfscope.exact.coverage import Coverage

if TYPE_CHECKING:
    from rfscope.exact.holes import Skipped
    from rfscope.exact.judgement import Judgement
    from rfscope.exact.pieces import Piece, Step

__all__ = ["Place", "Share", "Sparse", "place_of", "places", "share_skipped", "sparse"]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of so many positions are skipped.

    Attributes:
        skipped: Positions that are not read.
        of: Out of so many.
        repeats: Whether that is a pattern that repeats over all that is spanned ("3 of 4"), so that exactly one
            position of ``of`` is read; else they are all the positions that one output spans.
    """

    skipped: int
    of: int
    repeats: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A stage that the verdict comes from.

    Attributes:
        map: Name of the node that makes the map which the stage reads; ``input`` for the image.
        stride: Output stride of the map: image positions from one of its positions to the next; None if unknown.
        layers: The stage's layers of more than one tap in order; one layer where a stride skips.
        rates: Their rates; empty where a stride skips.
        axes: The axes along which it holds.
        output: Name of the network's output that shows it.
        share: What is skipped of the map; None for gridding, and where it passes a limit to say.
        factor: The factor that the rates share; 1 if they share none.
        images: The interleaved images that the map falls into; 1 if it does not.
        index: The gridding index, where that alone is the reason; else None.
        cause: The layer at which it goes wrong: the first whose rate exceeds the field of the layers of smaller rate.
            None where it is no single one.
    """

    map: str
    stride: Fraction | None
    layers: tuple[str, ...]
    rates: tuple[int, ...]
    axes: tuple[int, ...]
    output: str
    share: Share | None = None
    factor: int = 1
    images: int = 1
    index: float | None = None
    cause: str | None = None

    @property
    def first(self) -> str:
        """The first layer of the stage."""
        return self.layers[0]

    @property
    def last(self) -> str:
        """Its last layer."""
        return self.layers[-1]

    @property
    def has_grid(self) -> bool:
        """Whether what its rates skip is a grid over all that is spanned, and not some positions here and there."""
        return self.factor > 1 or (bool(self.rates) and self.share is not None and self.share.repeats)


@dataclass(frozen=True, slots=True)
class Sparse:
    """A branch of a pyramid that samples: its rate exceeds the field of the dense layers before it.

    Attributes:
        layer: Its name.
        rate: Its rate.
        field: The field of the dense layers before it, at its resolution.
        axes: The axes along which it holds.
        branches: All branches of the pyramid.
    """

    layer: str
    rate: int
    field: int
    axes: tuple[int, ...]
    branches: tuple[str, ...]


def share_skipped(found: Coverage) -> Share:
    """How much is skipped: as a pattern where one position of each cell is read and nothing else is missing.

    Example:
        >>> import rfscope as rf
        >>> [share_skipped(rf.analyze(rates).output.coverage) for rates in ("2,4,8", "1,2,9")]
        [Share(skipped=3, of=4, repeats=True), Share(skipped=184, of=625, repeats=False)]
    """
    steps = found.subgrids  # of outputs one step apart, so that it is the step between what is read
    if found.used == prod((size - 1) // step + 1 for size, step in zip(found.size, steps, strict=True)):
        return Share(prod(steps) - 1, prod(steps), repeats=True)
    return Share(found.holes, found.pixels, repeats=False)


def places(judgement: Judgement) -> Iterator[Place]:
    """The stages that a verdict of HOLES or GRIDDING comes from; none for any other."""
    if judgement.verdict == "holes":
        for skipped in judgement.skipped:
            yield place_of(judgement, skipped)
    elif judgement.verdict == "gridding":
        yield from _grids(judgement)


def place_of(judgement: Judgement, skipped: Skipped) -> Place:
    """The stage that reads a map some of whose positions are skipped."""
    schedule = judgement.entered(skipped)
    steps: Sequence[Step] = ()
    cause = judgement.strided(skipped)
    if schedule is not None:
        steps, cause = _stage(schedule)
    rates = _rates(steps)
    try:
        share = share_skipped(skipped.coverage)
    except LimitError:
        share = None
    return Place(
        map=skipped.map,
        stride=_stride(judgement, skipped.map, skipped.axes[0]),
        layers=_names(steps) or (cause or skipped.output,),
        rates=rates,
        axes=skipped.axes,
        output=skipped.output,
        share=share,
        factor=gcd(*rates) or 1,
        cause=cause,
    )


def _stage(schedule: Piece) -> tuple[Sequence[Step], str | None]:
    """The layers that skip, and the one at which it goes wrong: the main path, or else the run beside it."""
    if schedule.repair.first_bad is not None:
        return schedule.schedule, schedule.nodes[schedule.repair.first_bad]
    aside = [run for run in schedule.serial_runs if any(step.name not in schedule.nodes for step in run.steps)]
    run = (aside or schedule.serial_runs)[0]
    return run.steps, max(run.steps, key=lambda step: step.taps.rate).name


def _grids(judgement: Judgement) -> Iterator[Place]:
    whose = {id(run): schedule for schedule in judgement.analysis.schedules for run in schedule.runs}
    for apart in judgement.apart:
        if apart.accused:
            schedule = whose[id(apart.run)]
            yield Place(
                map=schedule.entry,
                stride=_stride(judgement, schedule.entry, schedule.axes[0]),
                layers=_names(apart.run.steps),
                rates=_rates(apart.run.steps),
                axes=schedule.axes,
                output=apart.output,
                factor=apart.run.factor,
                images=apart.run.splits ** len(schedule.axes),
            )
    for schedule in judgement.striped:
        yield Place(
            map=schedule.entry,
            stride=_stride(judgement, schedule.entry, schedule.axes[0]),
            layers=schedule.nodes,
            rates=schedule.rates,
            axes=schedule.axes,
            output=judgement.analysis.output.node,
            index=schedule.gridding_index,
        )


def sparse(judgement: Judgement) -> Iterator[Sparse]:
    """The branches of pyramids that sample: a fact to be told, and no accusation."""
    for schedule in judgement.analysis.schedules:
        for run in schedule.runs:
            for step in run.steps if run.pyramid else ():
                if step.taps.rate > run.lead_in:
                    yield Sparse(step.name, step.taps.rate, run.lead_in, schedule.axes, _names(run.steps))


def _stride(judgement: Judgement, name: str, axis: int) -> Fraction | None:
    seen = judgement.analysis.fields[name]
    return seen[axis].stride if isinstance(seen, tuple) else None


def _names(steps: Sequence[Step]) -> tuple[str, ...]:
    return tuple(step.name for step in steps)


def _rates(steps: Sequence[Step]) -> tuple[int, ...]:
    return tuple(step.taps.rate for step in steps)
