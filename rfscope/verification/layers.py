"""A network in torch: every node computed with weights of 1, so that pooling, resizing and merges are sums.

A node reads the product of what it reads along the axes. So it is computed kind by kind: one convolution over all axes
that have windows, one transposed convolution over all that have transposed windows, and a sum along each that has a
table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial, reduce
from math import prod
from operator import add
from typing import TYPE_CHECKING

from rfscope.network.graph import INPUT
from rfscope.network.reads import IDENTITY, Table, TransposedWindow, Window
from rfscope.verification.as_torch import sides
from rfscope.verification.canvas import AxisWindows, CanvasStep
from rfscope.verification.methods import Method, output_sizes, pad

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["columns", "forward", "largest_map", "run_step"]

_IDENTITY = TransposedWindow()


def forward(
    steps: Sequence[CanvasStep], image: Tensor, method: Method, watch: Callable[[Tensor], object]
) -> dict[str, Tensor]:
    """Run a network.

    Args:
        steps: Its nodes in topological order.
        image: The input, of shape (rows, 1, *sizes).
        method: How windows are computed.
        watch: Called with every map that a node reads.

    Returns:
        The maps by name, the input among them.
    """
    maps = {INPUT: image}
    watch(image)
    for step in steps:
        kept = [slice(size) for size in step.before]  # on an unbounded grid branches end where they like
        value = reduce(add, (maps[name][(slice(None), slice(None), *kept)] for name in step.inputs))
        maps[step.name] = run_step(value, step, method)
        watch(maps[step.name])
    return maps


def run_step(value: Tensor, step: CanvasStep, method: Method) -> Tensor:
    """The map that a node makes of the sum of its inputs."""
    if step.padding_mode != "zeros":
        value, step = _repeated_beyond(value, step)
    if any(window != IDENTITY for window in _windows(step)):
        value = method.convolve(value, _windows(step))
    if any(read != _IDENTITY for read in _transposed(step)):
        value = _transposed_convolution(value, _transposed(step))
    for axis, table in _tables(step):
        value = _sums(value, axis + 2, table, step.after[axis])
    return value


def _repeated_beyond(value: Tensor, step: CanvasStep) -> tuple[Tensor, CanvasStep]:
    """The map with its padding around it, which repeats the map; the node without that padding."""
    import torch

    for axis, window in enumerate(_windows(step)):
        (before, after), size = sides(window), step.before[axis]
        places = torch.arange(-before, size + after, device=value.device)
        if step.padding_mode == "circular":
            places = places.remainder(size)
        elif step.padding_mode == "replicate":
            places = places.clamp(0, size - 1)
        else:  # reflect: there and back again
            places = (places.remainder(max(1, 2 * size - 2)) - (size - 1)).abs().neg() + size - 1
        value = value.index_select(axis + 2, places)
    bare = tuple(replace(read, padding=(0, 0)) if isinstance(read, Window) else read for read in step.reads)
    return value, replace(step, reads=bare)


def _transposed_convolution(value: Tensor, reads: Sequence[TransposedWindow]) -> Tensor:
    """Torch's own transposed convolution, then cropped; output padding beyond what torch allows is zeros."""
    from torch.nn import functional

    convolve = (functional.conv_transpose1d, functional.conv_transpose2d, functional.conv_transpose3d)[value.ndim - 3]
    allowed = [min(read.output_padding, max(read.stride, read.dilation) - 1) for read in reads]
    full = convolve(
        value,
        value.new_ones(1, 1, *(read.kernel for read in reads)),
        stride=[read.stride for read in reads],
        dilation=[read.dilation for read in reads],
        output_padding=allowed,
    )
    more = [read.output_padding - done for read, done in zip(reads, allowed, strict=True)]
    cut = [sides(read) for read in reads]
    return pad(full, [(-before, rest - after) for (before, after), rest in zip(cut, more, strict=True)])


def _sums(value: Tensor, axis: int, table: Table, outputs: int) -> Tensor:
    """Sums over ranges along an axis: the inputs are gathered and added to the outputs that read them."""
    import torch

    count = partial(torch.arange, dtype=torch.int64, device=value.device)
    starts, stops = (torch.tensor(ends, dtype=torch.int64, device=value.device) for ends in (table.starts, table.stops))
    turns, phase = count(outputs) // table.period, count(outputs) % table.period
    first, stop = starts[phase] + turns * table.shift, stops[phase] + turns * table.shift
    reads = first[:, None] + count(_widest(table))
    real = (reads < stop[:, None]) & (reads >= 0) & (reads < value.shape[axis])
    to = real.nonzero()[:, 0]
    shape = [outputs if place == axis else size for place, size in enumerate(value.shape)]
    return value.new_zeros(shape).index_add(axis, to, value.index_select(axis, reads[real]))


def _windows(step: CanvasStep) -> AxisWindows:
    return tuple(read if isinstance(read, Window) else IDENTITY for read in step.reads)


def _transposed(step: CanvasStep) -> tuple[TransposedWindow, ...]:
    return tuple(read if isinstance(read, TransposedWindow) else _IDENTITY for read in step.reads)


def _tables(step: CanvasStep) -> list[tuple[int, Table]]:
    return [(axis, read) for axis, read in enumerate(step.reads) if isinstance(read, Table)]


def _widest(table: Table) -> int:
    return max(stop - start for start, stop in zip(table.starts, table.stops, strict=True))


def largest_map(step: CanvasStep) -> int:
    """Cells of the largest map that computing a node needs."""
    padded, convolved, full = _stages(step)
    return max(map(prod, (step.before, padded, convolved, full, step.after)))


def columns(step: CanvasStep, method: Method) -> int:
    """Cells of the largest working array: torch writes down all that a kernel or a range covers."""
    padded, convolved, full = _stages(step)
    found = method.columns(_windows(step), padded)
    if any(read != _IDENTITY for read in _transposed(step)):
        found = max(found, prod(convolved) * prod(read.kernel for read in _transposed(step)))
    sizes = list(map(max, full, step.after))
    for axis, table in _tables(step):
        others = prod(sizes[:axis] + sizes[axis + 1 :])
        found = max(found, others * step.after[axis] * _widest(table))
    return found


def _stages(step: CanvasStep) -> tuple[list[int], list[int], list[int]]:
    """Sizes of the padded map, of the map behind the convolution, and of that behind the transposed one, uncropped."""
    padding = [sides(window) for window in _windows(step)]
    padded = [size + sum(around) for size, around in zip(step.before, padding, strict=True)]
    convolved = output_sizes(_windows(step), padded)
    full = [
        (size - 1) * read.stride + read.extent + read.output_padding
        for size, read in zip(convolved, _transposed(step), strict=True)
    ]
    return padded, convolved, full
