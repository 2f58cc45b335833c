"""Operations that mix what lies along a dimension: reductions, statistics, linear layers, products, attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

from rfscope.network.reads import IDENTITY, Read, Table, Whole, Window
from rfscope.readers.tracing import local
from rfscope.readers.tracing.layout import Layout, Part, axis_parts, other, put
from rfscope.readers.tracing.merging import merge
from rfscope.readers.tracing.spatial import only_along
from rfscope.readers.tracing.tracer import CannotFollowError, Tracer, in_blocks
from rfscope.readers.tracing.values import Everywhere, Map, Scores, Value

__all__ = ["MASKED", "accumulate", "attention", "contract", "linear", "mix", "reduce", "with_statistics"]


MASKED = "masked_attention"
"""What attention is called that is local by its mask."""


def mix(tracer: Tracer, value: Value, dims: Sequence[int], op: str) -> Value:
    """An operation that keeps the shape and reads all indices of some dimensions: softmax, norms, recurrence.

    Args:
        tracer: Where the node is written down.
        value: What it reads.
        dims: The dimensions.
        op: What kind of layer it is.

    Raises:
        CannotFollowError: It mixes attention scores over the positions that look.
    """
    if isinstance(value, Everywhere):
        return value
    if isinstance(value, Scores):
        mixed = {part.key for part in axis_parts(value.layout[dim] for dim in dims)}
        if len(mixed) > 1:
            raise CannotFollowError("it mixes attention scores over the positions that look")
        return value.turned if mixed == {False} else value
    reads = _blocks(value, dims)
    if reads is None:
        return value
    if any(isinstance(read, Whole) for read in reads):
        return Everywhere(tracer.add(op, reads, [value]))
    return replace(value, node=tracer.add(op, reads, [value]))


def accumulate(tracer: Tracer, value: Value, dim: int, op: str, *, carries: int | None = None) -> Value:
    """An operation that reads all indices of a dimension up to each: a sum so far, a recurrence that runs forward.

    Positions in another order than that of the image are read as a whole: then the past is not what lies before.

    Args:
        tracer: Where the node is written down.
        value: What it reads.
        dim: The dimension.
        op: What kind of layer it is.
        carries: The numbers that it carries from one index to the next; by default one for each element of an index.

    Raises:
        CannotFollowError: As for ``mix``.
    """
    moved = any(node.op in _OUT_OF_ORDER for node in tracer.nodes)
    if not isinstance(value, Map) or moved or len(value.layout[dim]) != 1:
        return mix(tracer, value, [dim], op)
    [part] = value.layout[dim]
    if part.axis is None or part.tokens or part.size != value.sizes[part.axis]:
        return mix(tracer, value, [dim], op)
    carries = prod(value.shape) // part.size if carries is None else carries
    reads = only_along(tracer, part.axis, Whole(ahead=False))
    return replace(value, node=tracer.add(op, reads, [value], carries=carries))


_OUT_OF_ORDER = frozenset(["flip", "roll", "take"])


def _blocks(value: Map, dims: Sequence[int]) -> list[Read] | None:
    """What is read per axis; None if no positions are mixed. A stretch that is no block is read as a whole axis."""
    reads: list[Read] = [IDENTITY] * len(value.sizes)
    parts = axis_parts(value.layout[dim] for dim in dims)
    for axis, size in enumerate(value.sizes):
        own = sorted((part for part in parts if part.axis == axis), key=lambda part: part.step)
        width = 1
        for part in own:
            width = width * part.size if part.step == width else 0
        if own and 0 < width < size:
            reads[axis] = Table(starts=(0,) * width, stops=(width,) * width, shift=width)
        elif own:
            reads[axis] = Whole()
    return reads if parts else None


def with_statistics(tracer: Tracer, value: Value, dims: Sequence[int], op: str) -> Value:
    """A norm: each element reads itself and the statistics over some dimensions."""
    found = mix(tracer, value, dims, op)
    if isinstance(found, Everywhere) and isinstance(value, Map):
        return merge(tracer, [value, found], value.shape, "multiply")
    return found


def reduce(tracer: Tracer, value: Value, dims: Sequence[int], op: str, *, keep: bool) -> Value:
    """An operation that makes one number of all along some dimensions: a mean, a sum, a maximum.

    Args:
        tracer: Where the node is written down.
        value: What it reads.
        dims: The dimensions.
        op: What kind of layer it is.
        keep: Whether the dimensions stay, with one index each.
    """
    if isinstance(value, Everywhere):
        return value
    if isinstance(value, Scores):
        raise CannotFollowError("it adds up attention scores")
    reads = _blocks(value, dims)
    if reads is None:
        return replace(value, layout=_without(value.layout, dims, keep=keep))
    if any(isinstance(read, Whole) for read in reads):
        return Everywhere(tracer.add(op, reads, [value]))
    factors = [read.period if isinstance(read, Table) else 1 for read in reads]
    node = tracer.add("pool", [Window(kernel=factor, stride=factor) for factor in factors], [value])
    found = in_blocks(value, node, factors, dims)
    return replace(found, layout=_without(found.layout, dims, keep=keep))


def _without(layout: Layout, dims: Sequence[int], *, keep: bool) -> Layout:
    kept = [() if dim in dims else parts for dim, parts in enumerate(layout) if keep or dim not in dims]
    return tuple(kept)


def linear(tracer: Tracer, value: Value, dim: int, channels: tuple[int, int] | None, size: int) -> Value:
    """A product with weights along one dimension: at each position, or over the positions in that dimension.

    Args:
        tracer: Where the node is written down.
        value: What it reads.
        dim: The dimension.
        channels: How many indices it reads and makes, if these are weights.
        size: The size of the dimension it makes.

    Raises:
        CannotFollowError: The dimension holds part of an axis that is no block.
    """
    details = {} if channels is None else {"in_channels": channels[0], "out_channels": channels[1]}
    if isinstance(value, Scores):
        raise CannotFollowError("it multiplies attention scores by weights")
    if isinstance(value, Everywhere):
        return tracer.behind([value], "linear", **details)
    parts = axis_parts([value.layout[dim]])
    whole = {part.axis for part in parts if part.axis is not None and part.size == value.sizes[part.axis]}
    if whole:
        reads = [Whole() if axis in whole else IDENTITY for axis in range(tracer.dims)]
        return Everywhere(tracer.add("linear", reads, [value], **details))
    value = tracer.gathered(value, [dim])
    node = tracer.add("linear", (IDENTITY,) * tracer.dims, [value], **details) if details else value.node
    return Map(node, value.sizes, put(value.layout, dim, other(size)))


def contract(
    tracer: Tracer, left: Value, right: Value, ours: str, theirs: str, made: str, sizes: Mapping[str, int]
) -> Value:
    """The product of two tensors that both depend on the image, in Einstein's notation.

    Args:
        tracer: Where the node is written down.
        left: The first tensor.
        right: The second one.
        ours: A letter for each dimension of the first one.
        theirs: The same for the second one.
        made: The same for the product: letters that are missing are added up over.
        sizes: The size that goes with each letter.

    Raises:
        CannotFollowError: The positions are put together in another way than in attention.
    """
    if isinstance(left, Everywhere) or isinstance(right, Everywhere):
        return _with_everywhere(tracer, left, right, ours, theirs, made, sizes)
    if isinstance(right, Scores):
        left, right, ours, theirs = right, left, theirs, ours
    if isinstance(right, Scores):
        raise CannotFollowError("it multiplies attention scores by each other")
    summed = [letter for letter in ours if letter in theirs and letter not in made]
    if isinstance(left, Map) and left.sizes != right.sizes:
        left, right, ours, theirs = local.of_one_size(tracer, left, right, ours, theirs)
    if isinstance(left, Scores):
        return _looked_up(tracer, left, right, ours, theirs, made, summed)
    if axis_parts(v.layout[own.index(x)] for v, own in ((left, ours), (right, theirs)) for x in summed):
        return _summed_over(tracer, left, right, ours, theirs, summed)
    return _compared(tracer, left, right, ours, theirs, made, sizes)


def _with_everywhere(
    tracer: Tracer, left: Value, right: Value, ours: str, theirs: str, made: str, sizes: Mapping[str, int]
) -> Value:
    """The product with an operand that belongs to no position: a map unless it sums over positions of the other one."""
    value, labels = (right, theirs) if isinstance(left, Everywhere) else (left, ours)
    if not isinstance(value, Map) or axis_parts(p for p, x in zip(value.layout, labels, strict=True) if x not in made):
        return tracer.whole([left, right], "attention")
    layout = tuple(value.layout[labels.index(x)] if x in labels else other(sizes[x]) for x in made)
    node = tracer.add("multiply", (IDENTITY,) * tracer.dims, [left, right])
    return Map(node, value.sizes, layout)


def _looked_up(
    tracer: Tracer, scores: Scores, value: Map, ours: str, theirs: str, made: str, summed: Sequence[str]
) -> Value:
    """Attention scores times the values: the sum over all positions that are read."""
    if all(not part.key for part in axis_parts(scores.layout[ours.index(x)] for x in summed)):
        scores = scores.turned
    keys = {replace(part, key=False) for part in axis_parts(scores.layout[ours.index(x)] for x in summed)}
    held = axis_parts(value.layout[theirs.index(x)] for x in summed)
    if (
        keys != set(held)
        or value.sizes != scores.key.sizes
        or any(part.key for part in axis_parts(scores.layout[ours.index(x)] for x in ours if x not in summed))
    ):
        raise CannotFollowError("it looks up other positions than those that were compared")
    labels, reads = [theirs.index(x) for x in summed], local.mask_reads(tracer, scores)
    layout = tuple(scores.layout[ours.index(x)] if x in ours else value.layout[theirs.index(x)] for x in made)
    return attention(tracer, replace(scores.query, layout=layout), [scores.key, value], value, labels, reads)


def attention(
    tracer: Tracer,
    query: Map,
    others: Sequence[Value],
    looked_at: Value,
    dims: Sequence[int],
    masked: Sequence[Read] | None = None,
) -> Value:
    """Attention: each position of the query reads all that lies along some dimensions of another tensor.

    Args:
        tracer: Where the node is written down.
        query: What looks, laid out as the result is.
        others: Keys and values.
        looked_at: The one of them whose dimensions say what is read.
        dims: These dimensions.
        masked: What is read per axis where a mask leaves no more of them.
    """
    reads: Sequence[Read] | None = [Whole()] * tracer.dims
    if masked is not None:
        reads = masked
    elif isinstance(looked_at, Map):
        reads = _blocks(looked_at, dims)
    if reads is None:
        return merge(tracer, [query, *others], query.shape, "attention")
    everywhere, op = any(isinstance(read, Whole) for read in reads), "attention" if masked is None else MASKED
    if everywhere:
        return Everywhere(tracer.add(op, reads, [*others, query]))
    maps = [value for value in others if isinstance(value, Map)]
    if any(value.sizes != query.sizes for value in maps):
        raise CannotFollowError("windows of different sizes look at each other")
    node = tracer.add(op, reads, others)
    if query.node not in {value.node for value in maps}:
        node = tracer.add("attention", (IDENTITY,) * tracer.dims, [query, replace(query, node=node)])
    return replace(query, node=node)


def _summed_over(tracer: Tracer, left: Map, right: Map, ours: str, theirs: str, summed: Sequence[str]) -> Value:
    """Products added up over positions, as in linear attention."""
    held = [{*axis_parts(v.layout[labels.index(x)] for x in summed)} for v, labels in ((left, ours), (right, theirs))]
    whole = all(
        part.axis is not None and part.size == value.sizes[part.axis]
        for value, parts in ((left, held[0]), (right, held[1]))
        for part in parts
    )
    if not whole or held[0] != held[1]:
        raise CannotFollowError("it adds up over part of the positions")
    return tracer.whole([left, right], "attention")


def _compared(
    tracer: Tracer, left: Map, right: Map, ours: str, theirs: str, made: str, sizes: Mapping[str, int]
) -> Value:
    """Products at pairs of positions, which are scores; or at each position, if common dimensions hold it in both."""
    both = [letter for letter in made if letter in ours and letter in theirs]
    for letter in both:
        if len({left.layout[ours.index(letter)], right.layout[theirs.index(letter)]} - {()}) > 1:
            raise CannotFollowError("different positions stand at the same index")
    alone = axis_parts(right.layout[theirs.index(letter)] for letter in made if letter not in ours)
    layout: list[Any] = []
    for letter in made:
        if letter in ours:
            layout.append(
                left.layout[ours.index(letter)] or (right.layout[theirs.index(letter)] if letter in theirs else ())
            )
        else:
            layout.append(tuple(map(_as_key, right.layout[theirs.index(letter)])))
    if alone:
        return Scores(left, right, tuple(layout))
    if left.sizes != right.sizes:
        raise CannotFollowError("it joins maps of different sizes")
    shape = [sizes[letter] for letter in made]
    return merge(tracer, [replace(left, layout=tuple(layout)), replace(right, layout=tuple(layout))], shape, "multiply")


def _as_key(part: Part) -> Part:
    return replace(part, key=part.axis is not None or bool(part.tokens), tokens=tuple(map(_as_key, part.tokens)))
