"""Views: reshaping, transposing, slicing, repeating, splitting, rolling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod

from rfscope.readers.torch.operation import Handler, Operation, Result
from rfscope.readers.tracing import Everywhere, Map, Tracer, shaping, spatial, taking
from rfscope.readers.tracing.layout import Layout, axis_parts, other
from rfscope.readers.tracing.tracer import CannotFollowError

__all__ = ["SHAPES"]


def _same(_tracer: Tracer, call: Operation) -> Result:
    """The tensor as it is; another argument may only say of what type."""
    return call.value("self" if "self" in call.call.arguments else "input")


def _overwritten(_tracer: Tracer, call: Operation) -> Result:
    """Every element becomes one value, whatever it was."""
    if call.value("value") is not None:
        raise CannotFollowError("what it fills in depends on the image")
    return None


def _constant(_tracer: Tracer, _call: Operation) -> Result:
    return None


def _reshape(_tracer: Tracer, call: Operation) -> Result:
    """Another tensor may only say to which shape."""
    value = call.value("self")
    return None if value is None else shaping.reshape(value, call.shape)


def _permute(_tracer: Tracer, call: Operation) -> Result:
    return shaping.permute(call.only, call.dims("dims"))


def _transpose(_tracer: Tracer, call: Operation) -> Result:
    """Two dimensions change places: those that are named, or the last two, or all of them."""
    rank, name = len(call.shape), call.call.name
    order = list(range(rank))
    if name == "numpy_T":
        return shaping.permute(call.only, order[::-1])
    usual = (-2, -1) if name in ("mT", "adjoint") else (0, 1)
    words = [word for word in ("dim", "axis") if f"{word}0" in call.call.arguments]
    named = (call[f"{words[0]}0"], call[f"{words[0]}1"]) if words else usual
    if rank > 1:
        first, second = (dim % rank for dim in named)
        order[first], order[second] = second, first
    return shaping.permute(call.only, order)


def _move(_tracer: Tracer, call: Operation) -> Result:
    """Some dimensions move to other places; the rest keep their order."""
    rank = len(call.shape)
    places = [[dim] if isinstance(dim, int) else dim for dim in (call["source"], call["destination"])]
    moved = {there % rank: here % rank for here, there in zip(*places, strict=True)}
    rest = iter(dim for dim in range(rank) if dim not in moved.values())
    return shaping.permute(call.only, [moved[dim] if dim in moved else next(rest) for dim in range(rank)])


def _expand(_tracer: Tracer, call: Operation) -> Result:
    """Another tensor may only say to which shape."""
    value = call.value("self")
    return None if value is None else shaping.expand(value, call.shape)


def _repeat(tracer: Tracer, call: Operation) -> Result:
    """So many copies along each dimension; ``tile`` may leave out those in front."""
    times = call["repeats" if "repeats" in call.call.arguments else "dims"]
    return taking.repeat(tracer, call.only, [1] * (len(call.shape) - len(times)) + list(times), call.shape)


def _interleave(tracer: Tracer, call: Operation) -> Result:
    """Each index several times in a row."""
    value, times = call.value("self"), call["repeats"]
    if value is None or call.get("dim") is None or not isinstance(times, int):
        raise CannotFollowError("how often it repeats each position is not one number")
    [dim] = call.dims()
    return taking.interleave(tracer, value, dim, times)


def _slice(tracer: Tracer, call: Operation) -> Result:
    [dim] = call.dims()
    length = call.shape_of("self")[dim]
    start, stop, step = slice(call.get("start"), call.get("end"), call.get("step", 1)).indices(length)
    return spatial.crop(tracer, call.only, dim, start, max(start, stop), step)


def _narrow(tracer: Tracer, call: Operation) -> Result:
    [dim] = call.dims()
    start = call["start"] % (call.shape_of("self")[dim] or 1)
    return spatial.crop(tracer, call.only, dim, start, start + call["length"])


def _select(tracer: Tracer, call: Operation) -> Result:
    [dim] = call.dims()
    return spatial.select(tracer, call.only, dim, call["index"] % call.shape_of("self")[dim])


def _split(tracer: Tracer, call: Operation) -> Result:
    [dim] = call.dims()
    lengths = [result.shape[dim] for result in call.call.results]
    return [spatial.crop(tracer, call.only, dim, start, stop) for start, stop in _bounds(lengths)]


def _bounds(lengths: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for length in lengths:
        yield start, start + length
        start += length


def _unbind(tracer: Tracer, call: Operation) -> Result:
    [dim] = call.dims()
    return [spatial.select(tracer, call.only, dim, index) for index in range(len(call.call.results))]


def _roll(tracer: Tracer, call: Operation) -> Result:
    shifts = call["shifts"] if isinstance(call["shifts"], list | tuple) else [call["shifts"]]
    if not call.get("dims"):
        raise CannotFollowError("it rolls all positions as one row")
    dims = call.dims("dims")
    if len(set(dims)) < len(dims):
        raise CannotFollowError("it rolls one dimension twice")
    return spatial.roll(tracer, call.only, dict(zip(dims, shifts, strict=True)))


def _flip(tracer: Tracer, call: Operation) -> Result:
    return taking.flip(tracer, call.only, call.dims("dims"))


def _shuffle_channels(_tracer: Tracer, call: Operation) -> Result:
    value = call.only
    if isinstance(value, Map) and axis_parts([value.layout[1]]):
        raise CannotFollowError("positions lie among the channels")
    return value


def _copy(_tracer: Tracer, call: Operation) -> Result:
    """One tensor written over the whole of another: what was there before is gone."""
    value = call.value("src")
    if value is None or isinstance(value, Everywhere):
        return value
    layout: Layout = ((),) * (len(call.shape) - len(value.layout)) + value.layout
    found = tuple(part or other(size) for part, size in zip(layout, call.shape, strict=True))
    if prod(size for parts in found for size in [part.size for part in parts]) != prod(call.shape):
        raise CannotFollowError("it repeats positions")
    return replace(value, layout=found)


SHAPES: dict[str, Handler] = {
    **dict.fromkeys(
        [
            *(
                "clone",
                "contiguous",
                "to",
                "_to_copy",
                "alias",
                "detach",
                "lift_fresh_copy",
                "dropout",
                "native_dropout",
            ),
            *("type_as", "resolve_conj", "resolve_neg", "alpha_dropout", "feature_dropout", "_conj"),
        ],
        _same,
    ),
    **dict.fromkeys(["fill", "zero"], _overwritten),
    **dict.fromkeys(
        [
            *("zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like", "new_zeros", "new_ones"),
            *("new_full", "new_empty", "new_tensor", "sym_size", "sym_numel", "size", "numel", "new_empty_strided"),
            *("_assert_tensor_metadata", "_assert_async", "_assert_scalar", "is_same_size"),
        ],
        _constant,
    ),
    **dict.fromkeys(
        [
            *(
                "view",
                "_unsafe_view",
                "reshape",
                "flatten",
                "unflatten",
                "squeeze",
                "squeeze_",
                "unsqueeze",
                "view_copy",
            ),
            *("_reshape_copy", "unsqueeze_", "ravel", "_reshape_alias", "view_as", "reshape_as"),
        ],
        _reshape,
    ),
    **dict.fromkeys(["permute", "permute_copy"], _permute),
    **dict.fromkeys(
        ["transpose", "t", "swapaxes", "swapdims", "transpose_copy", "numpy_T", "mT", "adjoint"], _transpose
    ),
    **dict.fromkeys(["movedim", "moveaxis"], _move),
    **dict.fromkeys(["expand", "expand_as", "broadcast_to", "expand_copy"], _expand),
    **dict.fromkeys(["repeat", "tile"], _repeat),
    "repeat_interleave": _interleave,
    **dict.fromkeys(["slice", "slice_copy"], _slice),
    "narrow": _narrow,
    **dict.fromkeys(["select", "select_copy"], _select),
    **dict.fromkeys(
        ["split", "split_with_sizes", "chunk", "split_copy", "split_with_sizes_copy", "tensor_split"], _split
    ),
    **dict.fromkeys(["unbind", "unbind_copy"], _unbind),
    "roll": _roll,
    "flip": _flip,
    **dict.fromkeys(["channel_shuffle", "native_channel_shuffle"], _shuffle_channels),
    **dict.fromkeys(["copy", "copy_"], _copy),
}
