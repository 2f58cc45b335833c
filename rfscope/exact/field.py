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
from rfscope.exact.unplaced import Unplaced, joined
from rfscope.network.reads import IDENTITY, Read, Table, TransposedWindow, Window

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
"""What an output reads if no tap reaches it: up-sampling with a kernel below the stride has such outputs."""


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
        upper_bound: Whether channels were taken on the way that may see less than their map, so that less may be read.
        aligned: Whether the branches of every merge on the way are centred alike.
        global_through: Global operations left out of the field.
        bounded: Whether the phases are all outputs of a finite map, which does not repeat.
        unplaced: What is known of a start that depends on the input's size.

    Source:
        Araujo, Norris, Sim: "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019.
    """

    phases: tuple[Interval, ...]
    period: int = 1
    shift: int = 1
    lower_bound: bool = False
    aligned: bool = True
    global_through: tuple[str, ...] = ()
    bounded: bool = False
    unplaced: Unplaced | None = None
    upper_bound: bool = False

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
        """The interval that any output position reads; outside a bounded map there is only padding."""
        if self.bounded and not 0 <= output < self.period:
            return NOTHING
        turns, phase = divmod(output, self.period)
        found = self.phases[phase]
        return found if found.start is None else Interval(found.size, found.start + turns * self.shift)


_ALL = 2**62
"""More taps than there are."""

INPUT_FIELD = Field(phases=(Interval(1, 0),))
"""The network's input sees itself."""


def through(read: Read, field: Field, outputs: int | None = None) -> Field:
    """The field behind a settled read, from the field in front of it.

    Args:
        read: What the layer reads.
        field: What the outputs of the layer before see.
        outputs: How many outputs there are; needed only behind a bounded field.

    Raises:
        LimitError: The pattern repeats only after more outputs than the limit ``phases``.
    """
    if read == IDENTITY:
        return field
    if field.bounded and outputs is not None:
        period, shift = outputs, field.shift
    else:
        period, shift = _repetition(read, field)
    limits.check("phases", period)
    front = _unplaced(field) if isinstance(read, Window) and read.known_padding is None else field
    nearest = _ALL if field.bounded else field.period  # the outermost that see anything lie within one period
    phases = tuple(_union(front, _places(read, output, nearest)) for output in range(period))
    return replace(field, phases=phases, period=period, shift=shift, unplaced=None)


@singledispatch
def _repetition(read: Read, field: Field) -> tuple[int, int]:
    """The period and the shift behind a read."""
    raise TypeError((read, field))  # a global operation has no field


@_repetition.register(Window)
def _(read: Window, field: Field) -> tuple[int, int]:
    common = gcd(field.period, read.stride)
    return field.period // common, field.shift * (read.stride // common)


@_repetition.register(TransposedWindow)
def _(read: TransposedWindow, field: Field) -> tuple[int, int]:
    return field.period * read.stride, field.shift


@_repetition.register(Table)
def _(read: Table, field: Field) -> tuple[int, int]:
    turns = field.period // gcd(field.period, read.shift)
    return read.period * turns, field.shift * read.shift * turns // field.period


@singledispatch
def _places(read: Read, output: int, nearest: int) -> Sequence[int]:
    """Inputs that include the outermost ones through which an output reads anything: so many from either end."""
    raise TypeError((read, output, nearest))


@_places.register(Window)
def _(read: Window, output: int, nearest: int) -> Sequence[int]:
    before, _ = read.known_padding or (0, 0)
    anchor = output * read.stride - before
    found = range(anchor, anchor + read.extent, read.dilation)
    return found if read.kernel <= 2 * nearest else [*found[:nearest], *found[-nearest:]]


@_places.register(TransposedWindow)
def _(read: TransposedWindow, output: int, nearest: int) -> Sequence[int]:  # noqa: ARG001 - few taps hit one output
    before, _ = read.known_padding
    taps = (output + before - tap * read.dilation for tap in range(read.kernel))
    return [place // read.stride for place in taps if place % read.stride == 0]


@_places.register(Table)
def _(read: Table, output: int, nearest: int) -> Sequence[int]:
    found = read.range(output)
    return found if len(found) <= 2 * nearest else [*found[:nearest], *found[-nearest:]]


def _union(field: Field, places: Sequence[int]) -> Interval:
    """The smallest interval that holds what the node in front sees at some positions."""
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
    """The field at an unknown place; with several phases, even the phase is unknown."""
    unknown = [Interval(phase.size if field.period == 1 else None, None) for phase in field.phases]
    return replace(field, phases=tuple(unknown))


def bounded(field: Field, outputs: int, inputs: int) -> Field:
    """The field of a map of so many outputs, written out output by output, for maps that no pattern describes.

    Where a map was resized to a size that is no multiple, its effective stride is no longer that of other maps of its
    size. Described output by output, over the whole map, they can be merged; beyond the map it means nothing.
    """
    limits.check("phases", outputs)
    return replace(field, phases=tuple(map(field.at, range(outputs))), period=outputs, shift=inputs, bounded=True)


def merged(fields: Sequence[Field], where: str) -> Field:
    """The field behind a merge, each of whose inputs is read at the same position.

    Where the start of a branch is unknown the start is unknown. Branches behind one layer of unknown padding are moved
    alike, so that the size is known all the same; otherwise it is the largest branch's (Araujo et al. 2019), and a
    lower bound unless that one holds the others wherever it lies.

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
    phases = tuple(_hull(field.at(output) for field in fields) for output in range(period))
    unsure = any(phase.start is None and phase.size != 0 for phase in phases)
    together = joined(fields) if unsure else None
    if together is not None:
        phases = (Interval(together[0], None),)
    return Field(
        phases=phases,
        period=period,
        shift=first.shift * period // first.period,
        lower_bound=any(field.lower_bound for field in fields) or (unsure and together is None),
        unplaced=together and together[1],
        aligned=all(field.aligned for field in fields) and _centred_alike(fields),
        global_through=tuple(dict.fromkeys(name for field in fields for name in field.global_through)),
        bounded=first.bounded,
        upper_bound=any(field.upper_bound for field in fields),
    )


def _centred_alike(fields: Sequence[Field]) -> bool:
    """Whether the branches' centres, averaged over the phases, are less than half the larger shift apart."""
    phases = [field.phases for field in fields]
    if all(phase == phases[0] for phase in phases):
        return True
    centers = [center for field in fields if (center := mean_center(field)) is not None]
    steps = [field.stride if field.bounded else Fraction(field.shift) for field in fields]
    return not centers or 2 * (max(centers) - min(centers)) < max(steps)


def mean_center(field: Field) -> Fraction | None:
    """How far the centre of what an output sees lies behind its place, averaged over phases that see anything."""
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
