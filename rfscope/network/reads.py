"""What one output position reads along one axis: the kinds from which every network is composed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from rfscope.errors import NetworkError, shorten

__all__ = [
    "IDENTITY",
    "Adaptive",
    "Padding",
    "Read",
    "Resize",
    "Same",
    "Table",
    "TransposedWindow",
    "Unknown",
    "Whole",
    "Window",
    "pace",
    "share_out",
]

Same: TypeAlias = Literal["same", "same_lower"]
"""Padding that makes the output ceil(input / stride) long; the odd element goes after, or before (``same_lower``)."""

Padding: TypeAlias = tuple[int, int] | Same
"""Elements added before and after; negative numbers crop."""


def _check(name: str, value: object, least: int | None) -> None:
    if type(value) is not int or (least is not None and value < least):
        expected = "an integer" if least is None else f"an integer of {least} or more"
        raise NetworkError(f"bad {name}", got=shorten(value), expected=expected)


def _check_padding(padding: object) -> None:
    if padding in ("same", "same_lower"):
        return
    if not isinstance(padding, tuple) or len(padding) != 2:
        raise NetworkError("bad padding", got=padding, expected="(before, after), 'same' or 'same_lower'")
    for side in padding:
        _check("padding", side, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What a convolution or pooling layer reads along one axis.

    Output ``o`` reads inputs ``o * stride - padding[0] + t * dilation`` for the taps ``t = 0 .. kernel - 1``. All
    numbers count elements of the layer's own input.

    Attributes:
        kernel: Taps, at least 1.
        stride: Inputs between neighbouring outputs, at least 1.
        dilation: Inputs between neighbouring taps (the rate), at least 1.
        padding: Elements added before and after; negative numbers crop; ``"same"`` and ``"same_lower"`` depend
            on the input's size when the stride is above 1.
        ceil_mode: Whether a last, partly filled window counts (pooling).

    Raises:
        NetworkError: A number is out of range.

    Example:
        >>> Window(kernel=3, dilation=4).extent
        9
    """

    kernel: int = 1
    stride: int = 1
    dilation: int = 1
    padding: Padding = (0, 0)
    ceil_mode: bool = False

    def __post_init__(self) -> None:
        _check("kernel", self.kernel, 1)
        _check("stride", self.stride, 1)
        _check("dilation", self.dilation, 1)
        _check_padding(self.padding)

    @property
    def extent(self) -> int:
        """The covered kernel: inputs from the first tap to the last, both included."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def known_padding(self) -> tuple[int, int] | None:
        """Padding before and after, or None where it depends on a size that is not given.

        Without a size, SAME padding is known at stride 1 (the extent less one, shared out) and for a kernel of one
        tap (none is needed).
        """
        if isinstance(self.padding, tuple):
            return self.padding
        if self.kernel > 1 and self.stride > 1:
            return None
        return share_out(self.extent - 1, self.padding)

    @property
    def dense(self) -> bool:
        """Whether it mixes neighbouring positions: more than one tap, rate 1."""
        return self.kernel > 1 and self.dilation == 1

    @property
    def dilated(self) -> bool:
        """Whether it leaves positions out between its taps: more than one tap, rate above 1."""
        return self.kernel > 1 and self.dilation > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TransposedWindow:
    """What a transposed convolution reads along one axis.

    Output ``o`` reads every input ``i`` with ``o = i * stride - padding[0] + t * dilation`` for some tap ``t``.

    Raises:
        NetworkError: A number is out of range.
    """

    kernel: int = 1
    stride: int = 1
    dilation: int = 1
    padding: Padding = (0, 0)
    output_padding: int = 0

    def __post_init__(self) -> None:
        _check("kernel", self.kernel, 1)
        _check("stride", self.stride, 1)
        _check("dilation", self.dilation, 1)
        _check_padding(self.padding)
        _check("output_padding", self.output_padding, 0)

    @property
    def extent(self) -> int:
        """The covered kernel: outputs from the first that one input reaches to the last."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def known_padding(self) -> tuple[int, int]:
        """Elements cut before and after; SAME cuts what exceeds input * stride, or adds what is missing."""
        if isinstance(self.padding, tuple):
            return self.padding
        before, after = share_out(abs(self.extent - self.stride), self.padding)
        return (before, after) if self.extent >= self.stride else (0, -before - after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What adaptive pooling or resizing by any factor reads along one axis: ``starts[o] <= i < stops[o]``.

    The table repeats: output ``o + len(starts)`` reads what output ``o`` reads, ``shift`` inputs further on.

    Attributes:
        starts: First input that each output of one period reads.
        stops: Behind the last input that it reads.
        shift: Inputs from one period to the next; 0 where every output reads the same, however many there are.
        size: How many outputs there are; None if as many as fit, which is the size times the period over the shift.

    Raises:
        NetworkError: The two lists differ in length, a range is the wrong way round, or a number is out of range.
    """

    starts: tuple[int, ...]
    stops: tuple[int, ...]
    shift: int
    size: int | None = None

    def __post_init__(self) -> None:
        if len(self.starts) != len(self.stops) or not self.starts:
            lengths = f"{len(self.starts)} starts and {len(self.stops)} stops"
            raise NetworkError("bad table", got=lengths, expected="as many, at least one")
        _check("shift", self.shift, 0 if self.size is not None else 1)
        if self.size is not None:
            _check("size", self.size, 1)
        for start, stop in zip(self.starts, self.stops, strict=True):
            _check("start", start, None)
            _check("stop", stop, None)
            if start > stop:
                raise NetworkError("bad table", got=f"{start} .. {stop}", expected="start at most stop")

    @property
    def period(self) -> int:
        """Outputs after which it repeats."""
        return len(self.starts)

    def range(self, output: int) -> range:
        """The inputs that an output reads."""
        turns, place = divmod(output, self.period)
        return range(self.starts[place] + turns * self.shift, self.stops[place] + turns * self.shift)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resize:
    """Sampling up or down by any factor, until the sizes are known: then it is a ``Table``.

    Attributes:
        mode: Interpolation.
        align_corners: Whether the first and the last positions' centres coincide.
        scale: Output size over input size; None if the size is given.
        size: Output size; None if the scale is given.

    Raises:
        NetworkError: Not exactly one of scale and size is given, or one is out of range.
    """

    mode: Literal["nearest", "linear", "cubic"] = "nearest"
    align_corners: bool = False
    scale: Fraction | None = None
    size: int | None = None

    def __post_init__(self) -> None:
        if (self.scale is None) == (self.size is None):
            raise NetworkError("resize needs one target", expected="either scale or size")
        if self.align_corners and self.mode == "nearest":
            raise NetworkError("bad align_corners", got="True", expected="False with mode 'nearest'")
        if self.scale is not None and self.scale <= 0:
            raise NetworkError("bad scale", got=str(self.scale), expected="a number above 0")
        if self.size is not None:
            _check("size", self.size, 1)


@dataclass(frozen=True, slots=True)
class Adaptive:
    """Adaptive pooling to so many outputs, until the sizes are known: then it is a ``Table``.

    Raises:
        NetworkError: There are no outputs.
    """

    outputs: int

    def __post_init__(self) -> None:
        _check("number of outputs", self.outputs, 1)


@dataclass(frozen=True, slots=True)
class Whole:
    """Every input position: global pooling, attention over space, flatten and linear.

    Attributes:
        ahead: Whether those after the output's own are among them; a recurrence that runs forward reads none of them.
    """

    ahead: bool = True


@dataclass(frozen=True, slots=True)
class Unknown:
    """An operation that was not analyzed: its reads are unknown. It is never taken for the identity."""


Read: TypeAlias = Window | TransposedWindow | Table | Resize | Adaptive | Whole | Unknown

IDENTITY = Window()
"""Reads the one position it stands at: pointwise layers and merges."""


def share_out(total: int, mode: Same) -> tuple[int, int]:
    """Split SAME padding into before and after; the odd element goes after, or before for ``same_lower``."""
    small, large = total // 2, total - total // 2
    return (small, large) if mode == "same" else (large, small)


def pace(read: Read) -> Fraction:
    """Inputs from one output to the next, on average over a period; 1 where it reads no interval.

    Example:
        >>> pace(Window(kernel=3, stride=2)), pace(TransposedWindow(kernel=2, stride=2))
        (Fraction(2, 1), Fraction(1, 2))
    """
    if isinstance(read, Window):
        return Fraction(read.stride)
    if isinstance(read, TransposedWindow):
        return Fraction(1, read.stride)
    return Fraction(read.shift, read.period) if isinstance(read, Table) else Fraction(1)
