"""Operations that put tensors together: element by element, side by side, or one written into another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rfscope.network.reads import IDENTITY
from rfscope.readers.tracing import spatial
from rfscope.readers.tracing.layout import Layout, Part, axis_parts, other, put, shape_of
from rfscope.readers.tracing.slices import rejoined, tiled
from rfscope.readers.tracing.tracer import CannotFollowError, SizeNeededError, Tracer
from rfscope.readers.tracing.values import Everywhere, Map, Scores, Value

__all__ = ["concat", "merge", "write"]


def merge(tracer: Tracer, values: Sequence[Value], shape: Sequence[int], op: str) -> Value:
    """An operation that reads all of its inputs at the same index; tensors of fewer elements are repeated.

    Args:
        tracer: Where the node is written down.
        values: What depends on the image among its inputs.
        shape: The shape that it makes.
        op: What kind of merge it is.

    Raises:
        CannotFollowError: Different positions stand at the same index.
    """
    scores = [value for value in values if isinstance(value, Scores)]
    maps = [value for value in values if isinstance(value, Map)]
    if scores:
        return _scores(tracer, scores, values, shape)
    if not maps:
        return tracer.behind(list(values), op)
    try:
        layout = _common(maps, shape)
    except CannotFollowError:
        maps = [tracer.spread(value) for value in maps]
        layout = _common(maps, shape)
    everywhere = [value for value in values if isinstance(value, Everywhere)]
    first = maps[0]
    if not everywhere and all(value.node == first.node for value in maps):
        return replace(first, layout=layout)
    node = tracer.add(op, (IDENTITY,) * tracer.dims, [*maps, *everywhere])
    return Map(node, first.sizes, layout)


def _scores(tracer: Tracer, scores: Sequence[Scores], values: Sequence[Value], shape: Sequence[int]) -> Scores:
    """Attention scores with what is added to them: other scores, or a number for each position of either side."""
    first = scores[0]
    if tuple(shape) != first.shape:
        raise CannotFollowError("it repeats attention scores")
    query, key, allowed = first.query, first.key, first.allowed
    for value in values:
        if isinstance(value, Scores):
            if value.allowed is not None:
                allowed = value.allowed if allowed is None else allowed & value.allowed
            if value.layout != first.layout or (value.query.sizes, value.key.sizes) != (query.sizes, key.sizes):
                raise CannotFollowError("it joins scores of different positions")
            query, key = _with_bias(tracer, query, value.query), _with_bias(tracer, key, value.key)
        elif isinstance(value, Map):
            held = _held(value.layout, len(shape))
            if held == _held(first.layout, len(shape)):
                query = _with_bias(tracer, query, value)
            elif held == _held(first.turned.layout, len(shape)):
                key = _with_bias(tracer, key, value)
            else:
                raise CannotFollowError("it adds other positions to attention scores")
        else:
            raise CannotFollowError("it adds what belongs to no position to attention scores")
    return Scores(query, key, first.layout, allowed)


def _held(layout: Layout, rank: int) -> dict[int, list[Part]]:
    """The positions that look in each dimension, the dimensions counted as in a tensor of so many."""
    found = {
        dim: [part for part in axis_parts([parts]) if not part.key]
        for dim, parts in enumerate(layout, start=rank - len(layout))
    }
    return {dim: parts for dim, parts in found.items() if parts}


def _with_bias(tracer: Tracer, value: Map, bias: Map) -> Map:
    """A side of attention scores on which more depends: a map of the same size."""
    if bias.sizes != value.sizes:
        raise CannotFollowError("it joins maps of different sizes")
    if bias.node == value.node:
        return value
    return replace(value, node=tracer.add("add", (IDENTITY,) * tracer.dims, [value, bias]))


def _common(maps: Sequence[Map], shape: Sequence[int]) -> Layout:
    """The layout of tensors that are joined index by index."""
    if any(value.sizes != maps[0].sizes for value in maps):
        raise CannotFollowError("it joins maps of different sizes")
    layouts = [((),) * (len(shape) - len(value.layout)) + value.layout for value in maps]
    found = []
    for dim, size in enumerate(shape):
        held = {layout[dim] for layout in layouts if layout[dim]}
        if len(held) > 1:  # one of them may hold windows where the other has a number for each place in them
            held = {parts for parts in held if parts != other(size)}
        if len(held) > 1:
            raise CannotFollowError("different positions stand at the same index")
        found.append(held.pop() if held else other(size))
    for value in maps:
        if len(axis_parts(value.layout)) != len(axis_parts(found)):
            raise CannotFollowError("it compares positions with each other")
    if shape_of(found_layout := tuple(found)) != tuple(shape):
        raise CannotFollowError("it repeats positions")
    return found_layout


def concat(
    tracer: Tracer, values: Sequence[Value | None], lengths: Sequence[int], dim: int, shape: Sequence[int]
) -> Value:
    """Tensors side by side along a dimension.

    Args:
        tracer: Where the node is written down.
        values: What is put together; None where it does not depend on the image.
        lengths: The length of each along the dimension.
        dim: The dimension.
        shape: The shape that it makes.

    Raises:
        CannotFollowError: Positions of different maps, or parts of maps, lie along the dimension.
    """
    known = [value for value in values if value is not None]
    if any(isinstance(value, Scores) for value in known):
        raise CannotFollowError("it joins attention scores")
    maps = [value for value in known if isinstance(value, Map)]
    if not maps:
        return tracer.behind(known, "concat")
    along = [bool(axis_parts([value.layout[dim]])) or spatial.axis_along(value, dim) is not None for value in maps]
    if not any(along):
        if len(maps) == len(known) and (blocks := tiled(tracer, maps)) is not None:
            known = [replace(value, node=blocks) for value in maps]
        bare = [_with(value, dim, ()) if isinstance(value, Map) else value for value in known]
        rest = [size if place != dim else 1 for place, size in enumerate(shape)]
        joined = merge(tracer, bare, rest, "concat")
        if isinstance(joined, Map) and len({value.node for value in maps}) > 1:
            tracer.uneven.add(joined.node)
        return _with(joined, dim, other(shape[dim])) if isinstance(joined, Map) else joined
    if len(maps) == 1:
        return _among_others(tracer, maps[0], values, lengths, dim)
    return _in_a_row(tracer, values, lengths, dim)


def _among_others(
    tracer: Tracer, value: Map, values: Sequence[Value | None], lengths: Sequence[int], dim: int
) -> Value:
    """One map with elements before or behind it that belong to no position: padding, or class tokens."""
    place = values.index(value)
    before, after = sum(lengths[:place]), sum(lengths[place + 1 :])
    if spatial.axis_along(value, dim) is not None and all(one is None or one is value for one in values):
        return _placed(tracer, value, dim, before, after)
    if any(part.axis is None for part in value.layout[dim]):
        raise CannotFollowError("it concatenates something to a part of a dimension")
    [*_, last] = value.layout[dim]
    [own] = value.layout[dim] if last.tokens else [Part(None, 0, tokens=value.layout[dim])]
    total = before + lengths[place] + after
    return _with(value, dim, (replace(own, size=total, before=own.before + before),))


def _in_a_row(tracer: Tracer, values: Sequence[Value | None], lengths: Sequence[int], dim: int) -> Value:
    """Maps one behind the other: each is put in its place on an empty map, and the results are added up."""
    maps = [value for value in values if isinstance(value, Map)]
    if len(maps) == len(values) and (whole := rejoined(tracer, maps, dim)) is not None:
        return whole
    if not tracer.bounded:
        raise SizeNeededError("where each begins depends on the input's size")
    total, at, placed = sum(lengths), 0, []
    for value, length in zip(values, lengths, strict=True):
        if isinstance(value, Map):
            placed.append(_placed(tracer, value, dim, at, total - at - length))
        elif value is not None:
            raise CannotFollowError("it puts what belongs to no position among positions")
        at += length
    return merge(tracer, placed, _shape(placed[0]), "beside")


def write(
    tracer: Tracer, base: Value | None, patch: Value | None, dim: int, start: int, stop: int, shape: Sequence[int]
) -> Value:
    """One tensor written into another from one index to another along a dimension.

    Args:
        tracer: Where the node is written down.
        base: What is written into; None if it does not depend on the image.
        patch: What is written; None if it does not.
        dim: The dimension.
        start: First index that is written.
        stop: Behind the last one.
        shape: The shape of the whole.

    Raises:
        CannotFollowError: As for ``concat``.
    """
    pieces: list[Value | None] = [_cut(tracer, base, dim, 0, start), patch, _cut(tracer, base, dim, stop, shape[dim])]
    lengths = [start, stop - start, shape[dim] - stop]
    kept = [place for place, length in enumerate(lengths) if length]
    pieces, lengths = [pieces[place] for place in kept], [lengths[place] for place in kept]
    known = [piece for piece in pieces if piece is not None]
    if len(known) == 1 and isinstance(value := known[0], Map):
        value = tracer.spread(value)
        if value.layout[dim] and len(axis_parts([value.layout[dim]])) == 1:
            before = sum(lengths[: pieces.index(known[0])])
            return _placed(tracer, value, dim, before, shape[dim] - before - value.shape[dim])
    return concat(tracer, pieces, lengths, dim, shape)


def _cut(tracer: Tracer, value: Value | None, dim: int, start: int, stop: int) -> Value | None:
    return value if value is None or start >= stop else spatial.crop(tracer, value, dim, start, stop)


def _with(value: Map, dim: int, parts: tuple[Part, ...]) -> Map:
    return replace(value, layout=put(value.layout, dim, parts))


def _placed(tracer: Tracer, value: Map, dim: int, before: int, after: int) -> Value:
    """A map among zeros along one dimension."""
    sides = [(before, after) if place == dim else (0, 0) for place in range(len(value.layout))]
    return spatial.pad(tracer, value, sides, "zeros")


def _shape(value: Value) -> tuple[int, ...]:
    return value.shape if isinstance(value, Map) else ()
