"""The receptive field: the interval of input positions that one output position reads along one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from rfscope.network.reads import Window

__all__ = ["INPUT_FIELD", "Field", "Interval", "chain_fields", "through_window"]


@dataclass(frozen=True, slots=True)
class Interval:
    """Consecutive input positions.

    Attributes:
        size: How many; 0 if nothing is read.
        start: The first of them, negative in the padding; None if unknown or if nothing is read.
    """

    size: int
    start: int | None


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
    def size(self) -> int:
        """Positions from the first that output 0 reads to the last, both included."""
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
        return None if self.start is None else self.start + Fraction(self.size - 1, 2)

    @property
    def stride(self) -> Fraction:
        """Input positions from one output to the next, on average over the phases (the effective stride)."""
        return Fraction(self.shift, self.period)

    @property
    def size_min(self) -> int:
        """Smallest size over the phases."""
        return min(phase.size for phase in self.phases)

    @property
    def size_max(self) -> int:
        """Largest size over the phases."""
        return max(phase.size for phase in self.phases)

    def at(self, output: int) -> Interval:
        """The interval that any output position reads."""
        turns, phase = divmod(output, self.period)
        found = self.phases[phase]
        return found if found.start is None else Interval(found.size, found.start + turns * self.shift)


INPUT_FIELD = Field(phases=(Interval(1, 0),))
"""The network's input sees itself."""


def through_window(field: Field, window: Window) -> Field:
    """The field behind a window, from the field in front of it.

    The period and shift are carried unreduced: a stride of 2 followed by up-sampling by 2 has two phases, not one.
    """
    common = gcd(field.period, window.stride)
    period = field.period // common
    phases = tuple(_union(field, window, output) for output in range(period))
    return Field(phases=phases, period=period, shift=field.shift * (window.stride // common))


def _union(field: Field, window: Window, output: int) -> Interval:
    """The interval behind one output: the outermost taps that read anything, which lie within one period."""
    padding = window.known_padding
    before = 0 if padding is None else padding[0]
    anchor = output * window.stride - before
    reach = range(min(window.kernel, field.period))
    first = [field.at(anchor + tap * window.dilation) for tap in reach]
    last = [field.at(anchor + (window.kernel - 1 - tap) * window.dilation) for tap in reach]
    starts = [seen.start for seen in first if seen.start is not None]
    stops = [seen.start + seen.size for seen in last if seen.start is not None]
    if starts:
        return Interval(max(stops) - min(starts), min(starts) if padding is not None else None)
    return _unplaced(field, window) if any(seen.size for seen in first) else Interval(0, None)


def _unplaced(field: Field, window: Window) -> Interval:
    """The interval where the start in front is unknown: its size is known as long as there is one phase."""
    size = field.phases[0].size
    return Interval(size + (window.extent - 1) * field.shift if size else 0, None)


def chain_fields(windows: Sequence[Window]) -> tuple[Field, ...]:
    """The field behind each window of a chain along one axis.

    Example:
        >>> [field.size for field in chain_fields([Window(kernel=3, dilation=rate) for rate in (1, 2, 5)])]
        [3, 7, 17]
    """
    fields = []
    field = INPUT_FIELD
    for window in windows:
        field = through_window(field, window)
        fields.append(field)
    return tuple(fields)
