"""Convolutions, pooling, padding, and blocks of positions moved into the channels and back."""

from __future__ import annotations

from collections.abc import Sequence

from rfscope import limits
from rfscope.errors import TargetError
from rfscope.network.reads import Padding, Same, TransposedWindow, Window, share_out
from rfscope.readers.onnx.operation import Handler, Operation, Result
from rfscope.readers.tracing import Everywhere, Map, Tracer, Value, spatial
from rfscope.readers.tracing.merging import merge
from rfscope.readers.tracing.tracer import CannotFollowError

__all__ = ["WINDOWS"]

_AUTO: dict[str, Same] = {"SAME_UPPER": "same", "SAME_LOWER": "same_lower"}


def _numbers(call: Operation, name: str, count: int, default: int, *, limit: str, least: int = 1) -> list[int]:
    """One number per axis from an attribute.

    Raises:
        TargetError: There are more or fewer, or one is out of range.
        LimitError: One is above its limit.
    """
    found = call.integers(name)
    if found is None:
        return [default] * count
    if len(found) != count:
        raise TargetError(f"bad {name}", where=call.where, got=found, expected=f"{count} numbers, one per axis")
    for number in found:
        if number < least:
            raise TargetError(f"bad {name}", where=call.where, got=number, expected=f"{least} or more")
        limits.check(limit, number, where=call.where)
    return found


def _kernel(call: Operation, weight: Sequence[int]) -> list[int]:
    """The kernel of a convolution: that of its weights, which the attribute may repeat."""
    own = list(weight[2:])
    if not own or min(own) < 1:
        raise TargetError("bad weights", where=call.where, got=list(weight), expected="one or more taps per axis")
    given = _numbers(call, "kernel_shape", len(own), 1, limit="kernel") if "kernel_shape" in call.attributes else own
    if given != own:
        raise TargetError("bad kernel_shape", where=call.where, got=given, expected=f"{own}, as its weights have")
    return own


def _paddings(call: Operation, count: int) -> list[Padding]:
    """Padding per axis, from numbers or words; if there are both, the numbers mean nothing."""
    way = call.text("auto_pad", "NOTSET")
    if way in _AUTO:
        return [_AUTO[way]] * count
    if way not in ("NOTSET", "VALID", ""):
        raise TargetError("bad auto_pad", where=call.where, got=way, expected="NOTSET, SAME_UPPER, SAME_LOWER or VALID")
    given = None if way == "VALID" else call.integers("pads")
    return _pairs(call, given, count)


def _pairs(call: Operation, given: Sequence[int] | None, count: int) -> list[Padding]:
    """Sides before and after per axis: a list has all that come before first."""
    if given is None:
        return [(0, 0)] * count
    if len(given) != 2 * count:
        expected = f"{2 * count} numbers, two per axis"
        raise TargetError("bad pads", where=call.where, got=list(given), expected=expected)
    for side in given:
        limits.check("axis", abs(side), where=call.where)
    return list(zip(given[:count], given[count:], strict=True))


def _spatial(call: Operation, shape: Sequence[int]) -> int:
    if len(shape) < 3:
        raise TargetError("bad input", where=call.where, got=f"shape {list(shape)}", expected="3 dimensions or more")
    return len(shape) - 2


def _windows(call: Operation, kernel: Sequence[int], *, ceil: bool = False) -> list[Window]:
    count = len(kernel)
    strides = _numbers(call, "strides", count, 1, limit="stride")
    dilations = _numbers(call, "dilations", count, 1, limit="rate")
    numbers = zip(kernel, strides, dilations, _paddings(call, count), strict=True)
    return [Window(kernel=k, stride=s, dilation=d, padding=p, ceil_mode=ceil) for k, s, d, p in numbers]


def _convolution_of(data: int, weights: int, parameters: Sequence[int] = ()) -> Handler:
    """A convolution whose image and weights are these inputs; of the parameters some may depend on the image, too."""

    def convolution(tracer: Tracer, call: Operation) -> Result:
        weight = call.shape_of(weights)
        _spatial(call, weight)
        if call.value(weights) is not None:
            raise CannotFollowError("its weights depend on the image")
        reads, value = _windows(call, _kernel(call, weight)), call.value(data)
        if value is None:
            raise CannotFollowError("only its parameters depend on the image")
        groups = _groups(call)
        details = {"in_channels": weight[1] * groups, "out_channels": weight[0], "groups": groups}
        _check_channels(call, value, data, weight[1] * groups)
        made = spatial.read_axes(tracer, value, "conv", reads, call.shape_for(value), channels=True, **details)
        beside = [one for index in parameters if (one := call.value(index)) is not None]
        return merge(tracer, [made, *beside], call.shape_for(made), "multiply") if beside else made

    return convolution


def _check_channels(call: Operation, value: Value, data: int, channels: int) -> None:
    """Refuse weights that were made for another number of channels."""
    if isinstance(value, Map) and (own := call.shape_of(data)[1]) != channels:
        expected = f"{own}, as many as its input has"
        raise TargetError("weights for another number of channels", where=call.where, got=channels, expected=expected)


def _groups(call: Operation) -> int:
    groups = call.integer("group", 1)
    if groups < 1:
        raise TargetError("bad group", where=call.where, got=groups, expected="1 or more")
    return groups


def _transposed(tracer: Tracer, call: Operation) -> Result:
    weight, value = call.shape_of(1), call.first
    count = _spatial(call, weight)
    if call.value(1) is not None:
        raise CannotFollowError("its weights depend on the image")
    kernel = _kernel(call, weight)
    strides = _numbers(call, "strides", count, 1, limit="stride")
    dilations = _numbers(call, "dilations", count, 1, limit="rate")
    more = _numbers(call, "output_padding", count, 0, limit="stride", least=0)
    paddings: list[Padding] = _paddings(call, count)
    if (outputs := call.integers("output_shape")) is not None:
        paddings = _fitted(call, outputs[-count:], kernel, strides, dilations, more)
        more = [0] * count
    numbers = zip(kernel, strides, dilations, paddings, more, strict=True)
    reads = [TransposedWindow(kernel=k, stride=s, dilation=d, padding=p, output_padding=o) for k, s, d, p, o in numbers]
    groups = _groups(call)
    _check_channels(call, value, 0, weight[0])
    details = {"in_channels": weight[0], "out_channels": weight[1] * groups, "groups": groups}
    return spatial.read_axes(tracer, value, "transposed_conv", reads, call.shape_for(value), channels=True, **details)


def _fitted(
    call: Operation,
    outputs: Sequence[int],
    kernel: Sequence[int],
    strides: Sequence[int],
    dilations: Sequence[int],
    more: Sequence[int],
) -> list[Padding]:
    """What is cut so that a transposed convolution has a size: the larger half before, but for SAME_UPPER."""
    mode: Same = "same" if call.text("auto_pad", "NOTSET") == "SAME_UPPER" else "same_lower"
    found: list[Padding] = []
    for size, out, k, s, d, o in zip(call.shape_of(0)[2:], outputs, kernel, strides, dilations, more, strict=True):
        total = s * (size - 1) + o + (k - 1) * d + 1 - out
        before, after = share_out(max(0, total), mode)
        found.append((before, after - o if total >= 0 else total - o))
    return found


def _deformable(tracer: Tracer, call: Operation) -> Result:
    """A deformable convolution of the input, and of offsets and mask, which are read at the output's own position."""
    weight, image = call.shape_of(1), call.first
    reads, groups = _windows(call, _kernel(call, weight)), _groups(call)
    details = {"in_channels": weight[1] * groups, "out_channels": weight[0], "groups": groups}
    made = spatial.read_axes(
        tracer, image, "deformable_conv", reads, call.shape, channels=True, data_dependent=True, **details
    )
    beside = [value for index in (2, 4) if (value := call.value(index)) is not None]
    if not beside or not isinstance(made, Map):
        return made
    at_same = [value if isinstance(value, Everywhere) else _laid_out_as(made, value) for value in beside]
    return merge(tracer, [made, *at_same], call.shape, "multiply")


def _laid_out_as(like: Map, value: Value) -> Map:
    if not isinstance(value, Map) or value.layout[2:] != like.layout[2:]:
        raise CannotFollowError("its offsets lie in another order")
    return Map(value.node, value.sizes, like.layout)


def _pool(tracer: Tracer, call: Operation) -> Result:
    count = _spatial(call, call.shape_of(0))
    if "kernel_shape" not in call.attributes:
        raise TargetError("no kernel_shape", where=call.where, expected="one number per axis")
    kernel = _numbers(call, "kernel_shape", count, 1, limit="kernel")
    reads = _windows(call, kernel, ceil=bool(call.integer("ceil_mode", 0)))
    return spatial.read_axes(tracer, call.first, "pool", reads, call.shape)


def _global(tracer: Tracer, call: Operation) -> Result:
    value = call.only
    return tracer.whole([value], "global") if isinstance(value, Map) else value


_PAD_MODES = {"constant": "zeros", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def _pad(tracer: Tracer, call: Operation) -> Result:
    mode = _PAD_MODES.get(call.text("mode", "constant"))
    if mode is None:
        raise TargetError("bad mode", where=call.where, got=call.text("mode", ""), expected=", ".join(_PAD_MODES))
    given, axes, rank = call.listed("pads", 1), call.constant(3), len(call.shape_of(0))
    dims = range(rank) if axes is None else [call.dim(int(axis), rank) for axis in axes.ravel().tolist()]
    sides = [(0, 0)] * rank
    for dim, side in zip(dims, _pairs(call, given, len(dims)), strict=True):
        sides[dim] = side if isinstance(side, tuple) else (0, 0)
    return spatial.pad(tracer, call.first, sides, mode)


def _block(call: Operation) -> int:
    block = call.integer("blocksize", 0)
    if block < 1:
        raise TargetError("bad blocksize", where=call.where, got=block, expected="1 or more")
    limits.check("stride", block, where=call.where)
    return block


def _to_space(tracer: Tracer, call: Operation) -> Result:
    reads = [TransposedWindow(kernel=_block(call), stride=_block(call))] * 2
    return spatial.read_axes(tracer, call.only, "pixel_shuffle", reads, call.shape, channels=True)


def _to_depth(tracer: Tracer, call: Operation) -> Result:
    reads = [Window(kernel=_block(call), stride=_block(call))] * 2
    return spatial.read_axes(tracer, call.only, "pixel_unshuffle", reads, call.shape, channels=True)


def _sample(_tracer: Tracer, _call: Operation) -> Result:
    raise CannotFollowError("it reads where the data tells it to")


WINDOWS: dict[str, Handler] = {
    "Conv": _convolution_of(0, 1),
    "ConvInteger": _convolution_of(0, 1, (2, 3)),
    "QLinearConv": _convolution_of(0, 3, (1, 2, 6, 7)),
    "ConvTranspose": _transposed,
    "DeformConv": _deformable,
    **dict.fromkeys(["MaxPool", "AveragePool", "LpPool"], _pool),
    **dict.fromkeys(["GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool"], _global),
    "Pad": _pad,
    "DepthToSpace": _to_space,
    "SpaceToDepth": _to_depth,
    **dict.fromkeys(["GridSample", "RoiAlign", "MaxRoiPool", "MaxUnpool"], _sample),
}
