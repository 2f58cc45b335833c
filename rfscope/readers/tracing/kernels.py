"""Kernels with taps that are not there: read as windows over those that are.

The taps of a masked kernel are seldom a grid: those before the middle of an image are some whole rows and a part of
one. They are taken apart into boxes, each of which is a layer of windows, and joined again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from rfscope.network.reads import Read
from rfscope.readers.tracing import spatial
from rfscope.readers.tracing.tracer import Tracer
from rfscope.readers.tracing.values import Map, Value

__all__ = ["boxes", "read_taps"]

Tap: TypeAlias = tuple[int, ...]


def boxes(taps: Collection[Tap]) -> list[tuple[range, ...]]:
    """Ranges of taps, one per axis, that together are some taps, each of them once.

    If all of them are one grid, that is it, at whatever equal distances. Else neighbours stand together.

    Example:
        >>> boxes({(0, 0), (0, 1), (0, 2), (1, 0)})
        [(range(0, 1), range(0, 3)), (range(1, 2), range(0, 1))]
        >>> boxes({(0, 0), (0, 2), (2, 0), (2, 2)})
        [(range(0, 3, 2), range(0, 3, 2))]
    """
    axes = [sorted(set(places)) for places in zip(*taps, strict=True)]
    grid = [_evenly(places) for places in axes]
    count = 1
    for places in grid:
        count *= len(places or ())
    if count == len(set(taps)):
        return [tuple(places for places in grid if places is not None)]
    return list(_boxes(set(taps)))


def _evenly(places: Sequence[int]) -> range | None:
    step = places[1] - places[0] if len(places) > 1 else 1
    found = range(places[0], places[-1] + 1, step)
    return found if list(found) == list(places) else None


def _boxes(taps: set[Tap]) -> Iterator[tuple[range, ...]]:
    """Neighbouring rows that are alike stand together, and in each of them neighbouring taps."""
    if not next(iter(taps)):
        yield ()
        return
    rows = {row: frozenset(tap[1:] for tap in taps if tap[0] == row) for row in sorted({tap[0] for tap in taps})}
    runs: list[tuple[int, int]] = []
    for row, held in rows.items():
        if runs and runs[-1][1] == row and rows[row - 1] == held:
            runs[-1] = (runs[-1][0], row + 1)
        else:
            runs.append((row, row + 1))
    for first, last in runs:
        for rest in _boxes(set(rows[first])):
            yield (range(first, last), *rest)


def read_taps(
    tracer: Tracer,
    value: Value,
    op: str,
    reads: Sequence[Read],
    shape: Sequence[int],
    taps: Collection[Tap] | None,
    **details: Any,
) -> Value:
    """A convolution, some of whose taps may not be there.

    Args:
        tracer: Where the nodes are written down.
        value: What it reads.
        op: What kind of layer it is.
        reads: What its whole kernel reads along each of the last dimensions: windows, or transposed ones.
        shape: The shape that it makes.
        taps: The taps that are there; None for all of them.
        details: Further attributes of the nodes.

    Raises:
        CannotFollowError: As for ``read_axes``.
    """
    parts = [reads] if taps is None else [_parts(reads, box) for box in boxes(taps)]
    if len(parts) == 1 or not isinstance(value, Map):
        return spatial.read_axes(tracer, value, op, parts[0], shape, channels=True, **details)
    place, name = tracer.place, tracer.place.name(op)
    tracer.place = replace(place, module=f"{name}.taps", leaf=True)
    made = [spatial.read_axes(tracer, value, op, part, shape, channels=True, **details) for part in parts]
    tracer.place = replace(place, module=name, own=True)
    found = tracer.joined(made, "taps")
    tracer.place = place
    return found


def _parts(reads: Sequence[Read], box: Sequence[range]) -> Sequence[Read]:
    return [_part(read, taps) for read, taps in zip(reads, box, strict=True)]


def _part(read: Any, taps: range) -> Read:
    """What some of a window's taps read: its other taps are cut off as if the padding were less."""
    before, after = read.known_padding
    left, right = taps[0] * read.dilation, (read.kernel - 1 - taps[-1]) * read.dilation
    padding = (before - left, after - right)
    found: Read = replace(read, kernel=len(taps), dilation=read.dilation * taps.step, padding=padding)
    return found
