"""Convolutions, pooling, resizing and padding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Literal

from rfscope.network.reads import Adaptive, Padding, Read, Resize, TransposedWindow, Window, share_out
from rfscope.readers.torch.operation import Handler, Operation, Result
from rfscope.readers.tracing import Everywhere, Map, Tracer, kernels, mixing, spatial
from rfscope.readers.tracing.layout import fused
from rfscope.readers.tracing.tracer import CannotFollowError

__all__ = ["WINDOWS"]


def _listed(value: Any, count: int) -> list[Any]:
    """One entry per axis of what torch takes as a number, as a list of one, or as a list."""
    entries = list(value) if isinstance(value, list | tuple) else [value]
    return entries * count if len(entries) == 1 else entries


def _channels(call: Operation, weight: Sequence[int], *, transposed: bool = False) -> dict[str, int]:
    groups = call.get("groups", 1)
    own, others = weight[:2]
    return {
        "in_channels": own if transposed else others * groups,
        "out_channels": others * groups if transposed else own,
        "groups": groups,
    }


def _convolution(tracer: Tracer, call: Operation) -> Result:
    if call.get("transposed", False):
        return _transposed(tracer, call)
    weight = call.shape_of("weight")
    if call.value("weight") is not None:
        raise CannotFollowError("its weights depend on the image")
    count = len(weight) - 2
    dilation, stride = _listed(call["dilation"], count), _listed(call["stride"], count)
    paddings = _paddings(call["padding"], weight[2:], dilation)
    reads = [
        Window(kernel=k, stride=s, dilation=d, padding=p)
        for k, s, d, p in zip(weight[2:], stride, dilation, paddings, strict=True)
    ]
    taps = call.constants.taps(call["weight"])
    return kernels.read_taps(tracer, call.only, "conv", reads, call.shape, taps, **_channels(call, weight))


def _paddings(given: Any, kernel: Sequence[int], dilation: Sequence[int]) -> list[Padding]:
    if given == "valid":
        return [(0, 0)] * len(kernel)
    if given == "same":  # torch allows it at stride 1 only
        return [share_out((k - 1) * d, "same") for k, d in zip(kernel, dilation, strict=True)]
    return [(side, side) for side in _listed(given, len(kernel))]


def _transposed(tracer: Tracer, call: Operation) -> Result:
    weight = call.shape_of("weight")
    count = len(weight) - 2
    names = ("stride", "dilation", "padding", "output_padding")
    numbers = zip(weight[2:], *(_listed(call[name], count) for name in names), strict=True)
    reads = [
        TransposedWindow(kernel=k, stride=s, dilation=d, padding=(p, p), output_padding=more)
        for k, s, d, p, more in numbers
    ]
    details = _channels(call, weight, transposed=True)
    taps = call.constants.taps(call["weight"])
    return kernels.read_taps(tracer, call.only, "transposed_conv", reads, call.shape, taps, **details)


def _pool(tracer: Tracer, call: Operation) -> Result:
    count = _axes_in(call.call.name)
    kernel = _listed(call["kernel_size"], count)
    stride = _listed(call.get("stride") or kernel, count)
    padding, dilation = _listed(call.get("padding", 0), count), _listed(call.get("dilation", 1), count)
    reads = [
        Window(kernel=k, stride=s, dilation=d, padding=(p, p), ceil_mode=bool(call.get("ceil_mode", False)))
        for k, s, d, p in zip(kernel, stride, dilation, padding, strict=True)
    ]
    return spatial.read_axes(tracer, call.only, "pool", reads, call.shape)


def _axes_in(name: str) -> int:
    found = re.search(r"([123])d", name)
    return int(found[1]) if found else 2


def _adaptive(tracer: Tracer, call: Operation) -> Result:
    count, value = _axes_in(call.call.name), call.only
    outputs = _listed(call["output_size"], count)
    sizes = call.shape_of("self")[-count:]
    kept = [out in (1, None) or (out == size and tracer.bounded) for size, out in zip(sizes, outputs, strict=True)]
    if isinstance(value, Map) and (1 in outputs or all(kept)):
        first = len(value.layout) - count
        whole = [first + place for place, out in enumerate(outputs) if out == 1]
        found = mixing.reduce(tracer, value, whole, "global", keep=True)
        if not (isinstance(found, Everywhere) or all(kept)):
            raise CannotFollowError("it pools windows to a fixed size")
        return found
    reads = [Adaptive(size if out is None else out) for size, out in zip(sizes, outputs, strict=True)]
    return spatial.read_axes(tracer, value, "pool", reads, call.shape)


_MODES: dict[str, Literal["nearest", "linear", "cubic"]] = {
    "nearest": "nearest",
    "linear": "linear",
    "bilinear": "linear",
    "trilinear": "linear",
    "bicubic": "cubic",
}


def _resize(tracer: Tracer, call: Operation) -> Result:
    name = call.call.name
    found = re.fullmatch(r"_?upsample_(nearest_exact|nearest|linear|bilinear|trilinear|bicubic)([123])d(_aa)?", name)
    if found is None:
        raise CannotFollowError("its way of sampling is not known")
    word, count = found[1], int(found[2])
    [value] = [call.value("input") or call.value("self")]
    before = call.shape_of("input" if "input" in call.call.arguments else "self")[-count:]
    after = call.shape[-count:]
    if found[3] and any(out < size for size, out in zip(before, after, strict=True)):
        raise CannotFollowError("it samples down with a filter whose width depends on the scale")
    if word == "nearest_exact":
        if any(out % size for size, out in zip(before, after, strict=True)):
            raise CannotFollowError("its positions are rounded in another way than nearest")
        word = "nearest"
    scales = call.get("scale_factors") or [call.get("scales_d"), call.get("scales_h"), call.get("scales_w")][-count:]
    scales = scales if call.get("scales") is None else [call["scales"]]
    corners = bool(call.get("align_corners", False))
    if value is None:
        raise CannotFollowError("only its size depends on the image")
    reads = [
        _resize_read(tracer, _MODES[word], corners, size, out, None if corners else scale)
        for size, out, scale in zip(before, after, [*scales, None, None, None][:count], strict=True)
    ]
    return spatial.read_axes(tracer, value, "resize", reads, call.shape)


def _resize_read(
    tracer: Tracer, mode: Literal["nearest", "linear", "cubic"], corners: bool, size: int, out: int, scale: float | None
) -> Read:
    """Resizing by the scale if one is given, a plain fraction; else by the size, relative if that is a stand-in."""
    if size == out:
        return Window()
    if scale is not None:
        plain = Fraction(scale).limit_denominator(1000)
        if float(plain) == scale and size * plain // 1 == out:
            return Resize(mode=mode, scale=plain)
        raise CannotFollowError("its scale is no plain fraction")
    if tracer.bounded or corners:
        return Resize(mode=mode, size=out, align_corners=corners)
    return Resize(mode=mode, scale=Fraction(out, size))


_PAD_MODES = {"constant": "zeros", "reflect": "reflect", "replicate": "replicate", "circular": "circular"}


def _pad(tracer: Tracer, call: Operation) -> Result:
    mode = _PAD_MODES.get(call.get("mode", "constant"))
    if mode is None:
        raise CannotFollowError("its way of padding is not known")
    return _padded(tracer, call, call["pad"], mode)


def _padded(tracer: Tracer, call: Operation, given: Sequence[int], mode: str) -> Result:
    rank = len(call.shape)
    pairs = list(zip(given[::2], given[1::2], strict=True))[::-1]  # torch gives the last dimension first
    sides = [(0, 0)] * (rank - len(pairs)) + [(before, after) for before, after in pairs]
    return spatial.pad(tracer, call.only, sides, mode)


def _pad_of(mode: str, argument: str) -> Handler:
    return lambda tracer, call: _padded(tracer, call, call[argument], mode)


def _unfold(tracer: Tracer, call: Operation) -> Result:
    """im2col: every window becomes a column, and the windows are laid out one behind the other."""
    names = ("kernel_size", "stride", "dilation", "padding")
    numbers = zip(*(_listed(call[name], 2) for name in names), strict=True)
    reads = [Window(kernel=k, stride=s, dilation=d, padding=(p, p)) for k, s, d, p in numbers]
    value = call.only
    if not isinstance(value, Map):
        return value
    counts = []
    for size, read in zip(call.shape_of("self")[-2:], reads, strict=True):
        counts.append((size + sum(read.known_padding or (0, 0)) - read.extent) // read.stride + 1)
    made = spatial.read_axes(tracer, value, "unfold", reads, (*call.shape[:2], *counts), channels=True)
    if not isinstance(made, Map):
        return made
    return Map(made.node, made.sizes, (*made.layout[:2], fused([*made.layout[2], *made.layout[3]])))


def _shuffle(tracer: Tracer, call: Operation) -> Result:
    factor = call["upscale_factor"]
    reads = [TransposedWindow(kernel=factor, stride=factor)] * 2
    return spatial.read_axes(tracer, call.only, "pixel_shuffle", reads, call.shape, channels=True)


def _unshuffle(tracer: Tracer, call: Operation) -> Result:
    factor = call["downscale_factor"]
    reads = [Window(kernel=factor, stride=factor)] * 2
    return spatial.read_axes(tracer, call.only, "pixel_unshuffle", reads, call.shape, channels=True)


def _names(pattern: str, dims: Sequence[int] = (1, 2, 3)) -> list[str]:
    return [pattern.format(count) for count in dims]


WINDOWS: dict[str, Handler] = {
    **dict.fromkeys([*_names("conv{}d"), "convolution", "_convolution"], _convolution),
    **dict.fromkeys(_names("conv_transpose{}d"), _transposed),
    **dict.fromkeys([*_names("max_pool{}d"), *_names("max_pool{}d_with_indices"), *_names("avg_pool{}d")], _pool),
    **dict.fromkeys(
        [*_names("adaptive_avg_pool{}d"), *_names("_adaptive_avg_pool{}d"), *_names("adaptive_max_pool{}d")], _adaptive
    ),
    **dict.fromkeys(
        [
            *_names("upsample_nearest{}d"),
            *_names("_upsample_nearest_exact{}d"),
            "upsample_linear1d",
            "upsample_bilinear2d",
            "upsample_trilinear3d",
            "upsample_bicubic2d",
            "_upsample_bilinear2d_aa",
            "_upsample_bicubic2d_aa",
        ],
        _resize,
    ),
    "pad": _pad,
    "constant_pad_nd": _pad_of("zeros", "pad"),
    "_pad_circular": _pad_of("circular", "pad"),
    **dict.fromkeys(_names("reflection_pad{}d"), _pad_of("reflect", "padding")),
    **dict.fromkeys(_names("replication_pad{}d"), _pad_of("replicate", "padding")),
    "im2col": _unfold,
    "pixel_shuffle": _shuffle,
    "pixel_unshuffle": _unshuffle,
}
