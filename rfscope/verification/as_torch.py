"""What layers read and how many outputs they have, according to torch; nothing here comes from the engine's tables.

Resizing and adaptive pooling are asked of torch's own ``interpolate`` and ``adaptive_avg_pool1d``, input by input. SAME
padding at stride 1 is what torch's ``padding="same"`` adds; with a stride torch refuses it, and other frameworks' rule
is written out.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache, partial, singledispatch
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from rfscope.errors import UnsupportedError
from rfscope.network.reads import Adaptive, Read, Resize, Same, Table, TransposedWindow, Window

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["RunnableRead", "as_torch", "outputs_of", "sides"]

RunnableRead: TypeAlias = Window | TransposedWindow | Table
"""What torch runs: windows whose paddings are numbers, transposed windows likewise, tables."""

_WORK = 2**26
"""Inputs times outputs up to which torch is asked about each input."""

_NOTHING = 1e-9
"""Weights below are zero but for rounding: a real one is at least half the reciprocal of the number of phases."""


class _Place(NamedTuple):
    """What a layer stands on: the size of its input if that is known, whether it goes on without end, its name."""

    size: int | None
    endless: bool
    layer: str


def as_torch(read: Read, size: int | None, *, where: str, endless: bool = False) -> RunnableRead:
    """What a layer reads along one axis, with numbers for all that depends on the size of its input.

    Args:
        read: What the network says.
        size: The size of the map it reads; None on an unbounded grid.
        where: The layer, for the error text.
        endless: Whether to go on beyond the borders as in the middle, though the size is known.

    Raises:
        UnsupportedError: A padding or a resizing depends on the size, and that is not known.
    """
    found = _run(read, _Place(size, endless, where))
    if isinstance(found, Table) and (endless or size is None):
        return replace(found, size=None)
    return found


def sides(read: Window | TransposedWindow) -> tuple[int, int]:
    """Padding before and after, which ``as_torch`` made numbers."""
    if not isinstance(read.padding, tuple):
        raise TypeError(read)
    return read.padding


@singledispatch
def outputs_of(read: RunnableRead, size: int) -> int:
    """How many outputs there are on a map of some size."""
    raise TypeError(read, size)


@outputs_of.register(Window)
def _(read: Window, size: int) -> int:
    return (size + sum(sides(read)) - (read.kernel - 1) * read.dilation - 1) // read.stride + 1


@outputs_of.register(TransposedWindow)
def _(read: TransposedWindow, size: int) -> int:
    full = (size - 1) * read.stride + (read.kernel - 1) * read.dilation + 1
    return full + read.output_padding - sum(sides(read))


@outputs_of.register(Table)
def _(read: Table, size: int) -> int:
    return size * len(read.starts) // read.shift if read.size is None else read.size


@singledispatch
def _run(read: Read, place: _Place) -> RunnableRead:
    raise TypeError(read, place)


@_run.register(Window)
def _(read: Window, place: _Place) -> RunnableRead:
    first, last = read.padding if isinstance(read.padding, tuple) else _same(read, read.padding, place)
    if read.ceil_mode and place.size is not None and not place.endless:
        room = place.size + first + last - (read.kernel - 1) * read.dilation - 1
        more = -room % read.stride  # a window that is partly filled is filled with zeros, if it begins on the map
        last += more if room + more < place.size + first else more - read.stride
    return replace(read, padding=(first, last), ceil_mode=False)


def _same(read: Window, mode: Same, place: _Place) -> tuple[int, int]:
    """SAME padding: as many outputs as inputs over the stride, rounded up."""
    covered = (read.kernel - 1) * read.dilation + 1
    if read.stride == 1:
        before = _torch_same(read.kernel, read.dilation)
        return (before, covered - 1 - before) if mode == "same" else (covered - 1 - before, before)
    if read.kernel == 1:  # the last output needs nothing behind the map at any size
        return 0, 0
    if place.size is None:
        raise UnsupportedError(
            "cannot verify a padding that depends on the input's size",
            where=place.layer,
            got=mode,
            do="give the size of the input, or the padding in numbers",
        )
    outputs = -(-place.size // read.stride)
    total = max(0, read.stride * (outputs - 1) + covered - place.size)
    small = total // 2
    return (small, total - small) if mode == "same" else (total - small, small)


@lru_cache(maxsize=256)
def _torch_same(kernel: int, dilation: int) -> int:
    """How many zeros torch's ``padding="same"`` puts before a map: the first tap alone reads them out.

    A dilated kernel has its taps further apart, and as many zeros more before it.
    """
    import torch
    from torch.nn import functional

    covered = (kernel - 1) * dilation + 1
    if covered > _WORK // kernel:
        return (covered - 1) // 2
    first = torch.zeros(1, 1, kernel, dtype=torch.float64, device="cpu")
    first[..., 0] = 1
    image = torch.ones(1, 1, covered, dtype=torch.float64, device="cpu")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # an even kernel costs it a copy, it says
        found = functional.conv1d(image, first, padding="same", dilation=dilation)
    return int((found == 0).sum())


@_run.register(TransposedWindow)
def _(read: TransposedWindow, place: _Place) -> RunnableRead:  # noqa: ARG001 - at any size
    """SAME: as many outputs as inputs times the stride, cut at both ends, or zeros added behind."""
    if isinstance(read.padding, tuple):
        return read
    over = (read.kernel - 1) * read.dilation + 1 - read.stride
    small, large = over // 2, over - over // 2
    cut = (0, over) if over < 0 else (small, large) if read.padding == "same" else (large, small)
    return replace(read, padding=cut)


@_run.register(Table)
def _(read: Table, place: _Place) -> RunnableRead:  # noqa: ARG001 - it is what the network says
    return read


@_run.register(Adaptive)
def _(read: Adaptive, place: _Place) -> RunnableRead:
    if place.size is None:
        raise _size_needed("adaptive pooling", place.layer)
    return _pooled(place.size, read.outputs)


@_run.register(Resize)
def _(read: Resize, place: _Place) -> RunnableRead:
    if read.scale is not None and not read.align_corners:
        scale = read.scale
        outputs = None if place.size is None else place.size * scale.numerator // scale.denominator
        return replace(_middle(read.mode, 1 / scale, corners=False), size=outputs)
    if place.size is None:
        raise _size_needed("resizing", place.layer)
    size, outputs = place.size, read.size or int(place.size * (read.scale or 1))
    if not place.endless and size * outputs <= _WORK:
        return _resized(read.mode, size, outputs, corners=read.align_corners)
    gaps = (size - 1, outputs - 1) if read.align_corners else (size, outputs)
    if min(gaps) < 1:
        return _resized(read.mode, size, outputs, corners=True)
    return replace(_middle(read.mode, Fraction(*gaps), corners=read.align_corners), size=outputs)


def _size_needed(what: str, where: str) -> UnsupportedError:
    return UnsupportedError(f"cannot verify {what} without a size", where=where, do="give the size of the input")


@lru_cache(maxsize=256)
def _pooled(size: int, outputs: int) -> Table:
    """Torch's own adaptive pooling."""
    from torch.nn import functional

    return _asked(partial(functional.adaptive_avg_pool1d, output_size=outputs), size)


@lru_cache(maxsize=256)
def _resized(mode: str, size: int, outputs: int, *, corners: bool) -> Table:
    """Torch's own interpolation."""
    from torch.nn import functional

    if mode == "nearest":
        return _asked(partial(functional.interpolate, size=outputs, mode="nearest"), size)
    if mode == "linear":
        return _asked(partial(functional.interpolate, size=outputs, mode="linear", align_corners=corners), size)

    def cubic(lines: Tensor) -> Tensor:  # torch has it over two axes only
        whole = functional.interpolate(lines[..., None], size=(outputs, 1), mode="bicubic", align_corners=corners)
        return whole[..., 0]

    return _asked(cubic, size)


@lru_cache(maxsize=256)
def _middle(mode: str, ratio: Fraction, *, corners: bool) -> Table:
    """Resizing far from any border, where it repeats: from a map of some periods, torch's own, the middle one."""
    turns = 2 * (4 // ratio.numerator + 2)
    ends = int(corners)
    size, outputs = turns * ratio.numerator + ends, turns * ratio.denominator + ends
    if size * outputs > _WORK:
        raise UnsupportedError("cannot ask torch about a resizing of so many phases", got=str(ratio))
    found = _resized(mode, size, outputs, corners=corners)
    first, moved = turns // 2 * ratio.denominator, turns // 2 * ratio.numerator
    kept = slice(first, first + ratio.denominator)
    starts, stops = (tuple(at - moved for at in ends[kept]) for ends in (found.starts, found.stops))
    return Table(starts=starts, stops=stops, shift=ratio.numerator)


def _asked(operation: Callable[[Tensor], Tensor], size: int) -> Table:
    """The inputs that each output of an operation along a line depends on, found by probing one input at a time."""
    import torch

    starts: list[int] = []
    stops: list[int] = []
    room = max(1, _WORK // 16 // size)
    for begin in range(0, size, room):
        lines = torch.zeros(min(room, size - begin), 1, size, dtype=torch.float64, device="cpu")
        lines[torch.arange(len(lines)), 0, begin + torch.arange(len(lines))] = 1
        read = (operation(lines)[:, 0].abs() > _NOTHING).T
        starts, stops = starts or [size] * len(read), stops or [0] * len(read)
        for output, place in read.nonzero().tolist():
            starts[output] = min(starts[output], begin + place)
            stops[output] = begin + place + 1
    return Table(starts=tuple(starts), stops=tuple(stops), shift=size, size=len(starts))
