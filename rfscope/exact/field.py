"""The receptive field: the interval of input positions that one output position reads along one axis.

Behind up-sampling there is no single receptive field: a field is a period, a shift and one interval per phase. The
period and the shift are carried unreduced, for their ratio alone does not tell how many phases there are: a stride of
2 followed by up-sampling by 2 has two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import singledispatch
from math import gcd, lcm
from typing import NamedTuple

from rfscope import limits
from rfscope.errors import NetworkError
from rfscope.network.reads import IDENTITY, Read, Table, TransposedWindow, Whole, Window

__all__ = ["INPUT_FIELD", "NOTHING", "Field", "Interval", "bounded", "chain_fields", "mean_center", "merged", "through"]


class Interval(NamedTuple):
    """Consecutive input positions.

    Attributes:
        size: How many; 0 if nothing is read; None if unknown.
        start: The first of them, negative in the padding; None if unknown or if nothing is read.
    """

    size: int | None
    start: int | None


NOTHING = Interval(0, None)
"""What an output reads that no tap reaches: up-sampling with a kernel below the stride has such outputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What the outputs of one node see along one axis.

    Outputs ``o`` and ``o + period`` see the same thing, ``shift`` input positions apart; the ``period`` phases in
    between may differ in size. Only networks that sample up have more than one phase.

    Attributes:
        phases: The interval of outputs ``0 .. period - 1``, in input positions.
        period: Outputs after which the pattern repeats.
        shift: Input positions from output ``o`` to output ``o + period``.
        lower_bound: Whether an operation on the way was not analyzed, so that more may be read.
        aligned: Whether the branches of every merge on the way are centred alike.
        global_through: Global operations left out of the field.

    Source:
        Araujo, Norris, Sim: "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019.
    """

    phases: tuple[Interval, ...]
    period: int = 1
    shift: int = 1
    lower_bound: bool = False
    aligned: bool = True
    global_through: tuple[str, ...] = ()

    @property
    def size(self) -> int | None:
        """Positions from the first that output 0 reads to the last, both included; None if unknown."""
        return self.phases[0].size

    @property
    def start(self) -> int | None:
        """First position that output 0 reads; negative in the padding; None if unknown."""
        return self.phases[0].start

    @property
    def padding(self) -> int | None:
        """Positions before the input's first that output 0 reads (the effective padding); None if unknown."""
        return None if self.start is None else -self.start

    @property
    def center(self) -> Fraction | None:
        """Middle of what output 0 reads, in input positions; None if unknown."""
        return _center(self.phases[0])

    @property
    def stride(self) -> Fraction:
        """Input positions from one output to the next, on average over the phases (the effective stride)."""
        return Fraction(self.shift, self.period)

    @property
    def size_min(self) -> int | None:
        """Smallest size over the phases; None if one is unknown."""
        sizes = [phase.size for phase in self.phases if phase.size is not None]
        return min(sizes) if len(sizes) == len(self.phases) else None

    @property
    def size_max(self) -> int | None:
        """Largest size over the phases; None if one is unknown."""
        sizes = [phase.size for phase in self.phases if phase.size is not None]
        return max(sizes) if len(sizes) == len(self.phases) else None

    @property
    def reach(self) -> tuple[int, int] | None:
        """Input positions that a tile needs beyond its own on either side, over all phases; None if unknown.

        Output ``o`` stands for the positions from ``o * stride`` up to the next output's.
        """
        before = after = 0
        for output, phase in enumerate(self.phases):
            if phase.size == 0:
                continue
            if phase.start is None or phase.size is None:
                return None
            own, behind = output * self.shift // self.period, -(-(output + 1) * self.shift // self.period)
            before, after = max(before, own - phase.start), max(after, phase.start + phase.size - behind)
        return before, after

    def at(self, output: int) -> Interval:
        """The interval that any output position reads."""
        turns, phase = divmod(output, self.period)
        found = self.phases[phase]
        return found if found.start is None else Interval(found.size, found.start + turns * self.shift)


INPUT_FIELD = Field(phases=(Interval(1, 0),))
"""The network's input sees itself."""


@singledispatch
def through(read: Read, field: Field) -> Field:
    """The field behind a settled read, from the field in front of it.

    Raises:
        LimitError: The pattern repeats only after more outputs than the limit ``phases``.
    """
    raise TypeError((read, field))


@through.register(Window)
def _(read: Window, field: Field) -> Field:
    if read == IDENTITY:
        return field
    common = gcd(field.period, read.stride)
    period, shift = field.period // common, field.shift * (read.stride // common)
    padding = read.known_padding
    if padding is None:
        field, padding = _unplaced(field), (0, 0)
    reach = range(min(read.kernel, field.period))  # the outermost taps that read anything lie within one period
    phases = []
    for output in range(period):
        anchor = output * read.stride - padding[0]
        taps = [anchor + tap * read.dilation for tap in reach]
        taps += [anchor + (read.kernel - 1 - tap) * read.dilation for tap in reach]
        phases.append(_union(field, taps))
    return replace(field, phases=tuple(phases), period=period, shift=shift)


@through.register(TransposedWindow)
def _(read: TransposedWindow, field: Field) -> Field:
    period = field.period * read.stride
    limits.check("phases", period)
    before, _ = read.known_padding
    phases = []
    for output in range(period):
        taps = [output + before - tap * read.dilation for tap in range(read.kernel)]
        phases.append(_union(field, [place // read.stride for place in taps if place % read.stride == 0]))
    return replace(field, phases=tuple(phases), period=period)


@through.register(Table)
def _(read: Table, field: Field) -> Field:
    turns = field.period // gcd(field.period, read.shift)
    period = read.period * turns
    limits.check("phases", period)
    reach = min(field.period, max(stop - start for start, stop in zip(read.starts, read.stops, strict=True)))
    phases = []
    for output in range(period):
        found = read.range(output)
        phases.append(_union(field, [*found[:reach], *found[-reach:]] if found else []))
    return replace(field, phases=tuple(phases), period=period, shift=field.shift * read.shift * turns // field.period)


@through.register(Whole)
def _(read: Whole, field: Field) -> Field:
    raise TypeError((read, field))  # a global operation has no field


def _union(field: Field, places: Iterable[int]) -> Interval:
    """The smallest interval that holds what the node in front sees at some positions."""
    places = list(places)
    front = field.phases[0]
    if field.period == 1 and front.start is None and front.size and places:  # somewhere, but all equally far apart
        return Interval(front.size + (max(places) - min(places)) * field.shift, None)
    seen = [interval for place in set(places) if (interval := field.at(place)).size != 0]
    if len(seen) > 1 and any(interval.start is None for interval in seen):
        return Interval(None, None)  # how far apart they lie is not known
    return _hull(seen)


def _hull(intervals: Iterable[Interval]) -> Interval:
    seen = [interval for interval in intervals if interval.size != 0]
    if not seen:
        return NOTHING
    sizes = [one.size for one in seen if one.size is not None]
    starts = [one.start for one in seen if one.start is not None]
    if len(sizes) < len(seen):
        return Interval(None, None)
    if len(starts) < len(seen):
        return Interval(max(sizes), None)
    stop = max(start + size for start, size in zip(starts, sizes, strict=True))
    return Interval(stop - min(starts), min(starts))


def _unplaced(field: Field) -> Field:
    """A field of which it is not known where it lies; with several phases, not even which of them it is."""
    unknown = [Interval(phase.size if field.period == 1 else None, None) for phase in field.phases]
    return replace(field, phases=tuple(unknown))


def bounded(field: Field, outputs: int, inputs: int) -> Field:
    """The field of a map of so many outputs, phase by phase: for maps that no pattern describes.

    Where a map was resized to a size that is no multiple, its effective stride is no longer that of other maps of its
    size. Described output by output, over the whole map, they can be merged; beyond the map it means nothing.
    """
    limits.check("phases", outputs)
    return replace(field, phases=tuple(map(field.at, range(outputs))), period=outputs, shift=inputs)


def merged(fields: Sequence[Field], where: str) -> Field:
    """The field behind a merge, each of whose inputs is read at the same position.

    Where the start of a branch is unknown the size is the largest branch's and the start unknown (Araujo et al. 2019).

    Args:
        fields: The fields of the branches.
        where: The merge, for the error text.

    Raises:
        NetworkError: The branches have different effective strides.
    """
    if len(fields) == 1:
        return fields[0]
    first = fields[0]
    if any(field.shift * first.period != first.shift * field.period for field in fields):
        got = ", ".join(str(field.stride) for field in fields)
        raise NetworkError("a merge of different strides", where=where, got=got, expected="one effective stride")
    period = lcm(*(field.period for field in fields))
    limits.check("phases", period, where=where)
    return Field(
        phases=tuple(_hull(field.at(output) for field in fields) for output in range(period)),
        period=period,
        shift=first.shift * period // first.period,
        lower_bound=any(field.lower_bound for field in fields),
        aligned=all(field.aligned for field in fields) and _centred_alike(fields),
        global_through=tuple(dict.fromkeys(name for field in fields for name in field.global_through)),
    )


def _centred_alike(fields: Sequence[Field]) -> bool:
    """Whether the branches' centres, averaged over the phases, are less than half the larger shift apart."""
    phases = [field.phases for field in fields]
    if all(phase == phases[0] for phase in phases):
        return True
    centers = [center for field in fields if (center := mean_center(field)) is not None]
    return not centers or 2 * (max(centers) - min(centers)) < max(field.shift for field in fields)


def mean_center(field: Field) -> Fraction | None:
    """The centre of what an output sees less the place it stands for, averaged over the phases that see anything."""
    offsets = [
        center - output * field.stride
        for output, phase in enumerate(field.phases)
        if (center := _center(phase)) is not None
    ]
    return sum(offsets, Fraction(0)) / len(offsets) if offsets else None


def _center(interval: Interval) -> Fraction | None:
    if interval.start is None or interval.size is None:
        return None
    return interval.start + Fraction(interval.size - 1, 2)


def chain_fields(windows: Sequence[Read]) -> tuple[Field, ...]:
    """The field behind each layer of a chain along one axis.

    Example:
        >>> [field.size for field in chain_fields([Window(kernel=3, dilation=rate) for rate in (1, 2, 5)])]
        [3, 7, 17]
    """
    fields = []
    field = INPUT_FIELD
    for window in windows:
        field = through(window, field)
        fields.append(field)
    return tuple(fields)
