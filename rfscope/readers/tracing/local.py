"""Attention that is local though nothing in its shapes says so: masks, tables of neighbours, blocks with a halo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from math import prod
from typing import TYPE_CHECKING, Any

from rfscope.network.reads import IDENTITY, Read, Table, TransposedWindow, Window
from rfscope.readers.tracing.layout import Part, axis_parts, taps
from rfscope.readers.tracing.tracer import CannotFollowError, SizeNeededError, Tracer
from rfscope.readers.tracing.values import Map, Scores

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["mask_reads", "masked", "may_be_masked", "neighbours", "of_one_size", "over_blocks"]

_MOST = 2**26
"""Pairs of positions that a mask is looked at for."""


def neighbours(tracer: Tracer, value: Map, dims: Sequence[int], places: Sequence[NDArray[np.int64]]) -> Map:
    """Positions that a table of indices gathers for each position, laid out in dimensions of their own.

    Args:
        tracer: Where the node is written down.
        value: What is gathered from.
        dims: The dimensions that are looked up, side by side: one for each axis, or one that holds them in a row.
        places: Of one shape, an index into each of them; its first dimensions are the positions that look.

    Raises:
        CannotFollowError: What is gathered along one axis depends on the other, has gaps, or is part of an axis.
        SizeNeededError: It is a table for one size, and none is meant.
    """
    import numpy as np

    parts = [part for dim in dims for part in value.layout[dim]]
    if any(part.axis is None or part.tokens or part.size != value.sizes[part.axis] for part in parts) or not parts:
        raise CannotFollowError("it takes positions one by one")
    axes, shape = [part.axis or 0 for part in parts], places[0].shape
    before = [value.sizes[axis] for axis in axes]
    if len(dims) == 1:
        places, sizes = np.unravel_index(places[0], before), before if len(axes) > 1 else [shape[0]]
    else:
        sizes = list(shape[: len(dims)])
    own = 1 if len(dims) == 1 else len(dims)
    if len(axes) != len(places) or prod(sizes) != prod(shape[:own]) or (len(dims) > 1 and len(axes) != len(dims)):
        raise CannotFollowError("it takes positions one by one")
    rows = [place.reshape(*sizes, -1) for place in places]
    seen = [_seen(row, at, length) for at, (row, length) in enumerate(zip(rows, before, strict=True))]
    if not _is_product(rows, seen):
        raise CannotFollowError("rows and columns do not say apart which positions it takes")
    reads: list[Read] = [IDENTITY] * tracer.dims
    after = list(value.sizes)
    for axis, size, table in zip(axes, sizes, seen, strict=True):
        reads[axis], after[axis] = _known(tracer, table), size
    node = tracer.add("take", reads, [value])
    laid = [tuple(Part(axis, size) for axis, size in zip(axes, sizes, strict=True) if size > 1)]
    laid = (
        laid if own == 1 else [(Part(axis, size),) if size > 1 else () for axis, size in zip(axes, sizes, strict=True)]
    )
    layout = (*value.layout[: dims[0]], *laid, *map(taps, shape[own:]), *value.layout[dims[-1] + 1 :])
    return Map(node, tuple(after), layout)


def _seen(places: NDArray[np.int64], axis: int, length: int) -> NDArray[np.bool_]:
    """Whether each output along an axis takes each input: (outputs, inputs)."""
    import numpy as np

    rows = np.moveaxis(places, axis, 0).reshape(places.shape[axis], -1)
    found = np.zeros((len(rows), length), dtype=np.bool_)
    found[np.arange(len(rows))[:, None], rows] = True
    return found


def _is_product(rows: Sequence[NDArray[np.int64]], seen: Sequence[NDArray[np.bool_]]) -> bool:
    """Whether each output takes every pair of a row and a column that its own row and column take."""
    import numpy as np

    flat = np.zeros_like(rows[0])
    for row, table in zip(rows, seen, strict=True):
        flat = flat * table.shape[1] + row
    flat = np.sort(flat, axis=-1)
    different = 1 + (np.diff(flat, axis=-1) > 0).sum(-1)
    return bool((different == reduce(np.multiply.outer, [table.sum(1) for table in seen])).all())


def _known(tracer: Tracer, seen: NDArray[np.bool_]) -> Read:
    read = _read(seen)
    if read is None:
        raise CannotFollowError("it takes positions one by one")
    if isinstance(read, Table) and read.size is not None and not tracer.bounded:
        raise SizeNeededError("which positions it takes depends on the input's size")
    return read


def _read(seen: NDArray[np.bool_]) -> Read | None:
    """What a table of inputs by outputs is: a window, blocks, or a stretch for each output; None if it has gaps."""
    counts = seen.sum(1)
    if not counts.all():
        return None
    window = _window(seen, counts)
    if window is not None:
        return window
    starts, width = seen.argmax(1), int(counts[0])
    if any(not row[start : start + count].all() for row, start, count in zip(seen, starts, counts, strict=True)):
        return None
    in_blocks = [at // width * width for at in range(len(seen))]
    if seen.shape[0] == seen.shape[1] and len(seen) % width == 0 and starts.tolist() == in_blocks:
        return Table(starts=(0,) * width, stops=(width,) * width, shift=width)
    return Table(starts=tuple(starts.tolist()), stops=tuple((starts + counts).tolist()), shift=0, size=len(seen))


def _window(seen: NDArray[np.bool_], counts: NDArray[Any]) -> Window | None:
    """The window that a table is, cut off at the borders of the map; None if it is none."""
    import numpy as np

    full = np.flatnonzero(counts == counts.max())
    first = int(full[(len(full) - 1) // 2])
    if first + 1 not in full:
        return None
    taken, then = np.flatnonzero(seen[first]), np.flatnonzero(seen[first + 1])
    stride, rates = int(then[0] - taken[0]), {int(step) for step in np.diff(taken)} or {1}
    if stride < 1 or len(rates) > 1:
        return None
    window_at = taken + (np.arange(len(seen))[:, None] - first) * stride
    there = (window_at >= 0) & (window_at < seen.shape[1])
    found = np.zeros_like(seen)
    found[np.nonzero(there)[0], window_at[there]] = True
    if not bool((found == seen).all()):
        return None
    before, rate = first * stride - int(taken[0]), rates.pop()
    after = (len(seen) - 1) * stride + (len(taken) - 1) * rate + 1 - seen.shape[1] - before
    return Window(kernel=len(taken), stride=stride, dilation=rate, padding=(before, after))


def masked(scores: Scores, allowed: NDArray[np.bool_]) -> Scores:
    """Attention scores some of which are minus infinity, so that what they belong to is not read.

    Followed where all positions look at all; else the scores stay as they are, which is no less than what is read.

    Args:
        scores: The scores.
        allowed: Which of them are left, of their shape.
    """
    import numpy as np

    if not may_be_masked(scores):
        return scores
    split = allowed.reshape([part.size for parts in scores.layout for part in parts])
    flat = [part for parts in scores.layout for part in parts]
    none = tuple(place for place, part in enumerate(flat) if part.axis is None)
    table = np.asarray(split.any(axis=none) if none else split)
    order = [(part.key, part.axis) for part in flat if part.axis is not None]
    sizes = (*scores.query.sizes, *scores.key.sizes)
    found = np.transpose(table, [order.index(one) for one in sorted(order)]).reshape(sizes)
    return replace(scores, allowed=found if scores.allowed is None else np.logical_and(scores.allowed, found))


def may_be_masked(scores: Scores) -> bool:
    """Whether all positions look at all, without class tokens among them, so that a mask can say which are read."""
    query, key = scores.query.sizes, scores.key.sizes
    parts = [part for parts in scores.layout for part in parts]
    if query != key or prod(query) ** 2 > _MOST or any(part.tokens for part in parts):
        return False
    held = sorted((part.key, part.axis, part.size) for part in parts if part.axis is not None)
    return held == [(is_key, axis, size) for is_key in (False, True) for axis, size in enumerate(key) if size > 1]


def mask_reads(tracer: Tracer, scores: Scores) -> list[Read] | None:
    """What a position reads per axis under a mask; None where the mask cannot be told from none.

    Raises:
        SizeNeededError: It is a table for one size, and none is meant.
    """
    import numpy as np

    allowed = scores.allowed
    if allowed is None:
        return None
    axes = len(scores.query.sizes)
    seen = [
        np.asarray(allowed.any(axis=tuple(place for place in range(2 * axes) if place not in (axis, axes + axis))))
        for axis in range(axes)
    ]
    if not bool((_outer(seen) == allowed).all()):
        return None
    if any(len(table) > 1 and 2 * table.sum(1).max() > len(table) for table in seen):
        return None
    reads = [_read(table) if len(table) > 1 else IDENTITY for table in seen]
    found = [read for read in reads if read is not None]
    if len(found) < len(reads):
        return None
    if not tracer.bounded and any(isinstance(read, Table) and read.size is not None for read in found):
        raise SizeNeededError("which positions its mask leaves depends on the input's size")
    return found


def _outer(tables: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """What is seen along all axes: the outputs along each, then the inputs along each."""
    import numpy as np

    axes, found = len(tables), np.ones((1,) * (2 * len(tables)), dtype=np.bool_)
    for axis, table in enumerate(tables):
        shape = [1] * (2 * axes)
        shape[axis], shape[axes + axis] = table.shape
        found = found & table.reshape(shape)
    return found


def over_blocks(tracer: Tracer, fine: Map, coarse: Map, pairs: Sequence[tuple[int, int]]) -> Map | None:
    """A map with one position for each block of another, brought to the positions of that: blocks look at halos.

    Args:
        tracer: Where the node is written down.
        fine: The map of the positions that look, block by block.
        coarse: The map that has, for each block, all that it looks at beside its positions.
        pairs: The dimensions in which both hold the same blocks: of the one, and of the other.

    Returns:
        The map at the finer positions, laid out as it was; None if they do not belong together so.
    """
    factors = [size // max(1, own) for size, own in zip(fine.sizes, coarse.sizes, strict=True)]
    if [factor * own for factor, own in zip(factors, coarse.sizes, strict=True)] != list(fine.sizes):
        return None

    def scaled(part: Part) -> Part:
        return part if part.axis is None else replace(part, step=part.step * factors[part.axis])

    layout = tuple(tuple(map(scaled, parts)) for parts in coarse.layout)
    if any(axis_parts([fine.layout[ours]]) != axis_parts([layout[theirs]]) for ours, theirs in pairs):
        return None
    if axis_parts(parts for dim, parts in enumerate(layout) if dim not in {theirs for _, theirs in pairs}):
        return None
    reads = [TransposedWindow(kernel=factor, stride=factor) if factor > 1 else IDENTITY for factor in factors]
    return Map(tracer.add("resize", reads, [coarse]), fine.sizes, layout)


def of_one_size(tracer: Tracer, left: Map, right: Map, ours: str, theirs: str) -> tuple[Map, Map, str, str]:
    """Two maps as they are; or if one has a position for each block of the other, both at the finer positions."""
    if prod(left.sizes) < prod(right.sizes):
        left, right, ours, theirs = right, left, theirs, ours
    shared = [(ours.index(x), theirs.index(x)) for x in ours if x in theirs]
    brought = over_blocks(tracer, left, right, shared) if axis_parts(right.layout) else None
    return left, brought or right, ours, theirs
