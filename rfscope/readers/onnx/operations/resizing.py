"""Sampling up and down: from the operator's definition to what each output reads."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isfinite
from typing import Any

from rfscope.errors import TargetError
from rfscope.network.reads import Read, Window
from rfscope.readers.onnx.operation import Handler, Operation, Result
from rfscope.readers.onnx.sampling import Sampling, read_of
from rfscope.readers.tracing import Tracer, spatial
from rfscope.readers.tracing.tracer import CannotFollowError

__all__ = ["RESIZING"]


def _resize(tracer: Tracer, call: Operation) -> Result:
    first = 1 if call.version < 11 else 2  # of the inputs that say how large; region and sizes came with opset 11
    scales, sizes = _given(call, first), _given(call, 3) if call.version >= 11 else None
    if scales is None and sizes is None:
        raise TargetError("neither scales nor sizes", where=call.where, expected="one of them")
    sampling = Sampling(
        mode=call.text("mode", "nearest"),
        places=call.text("coordinate_transformation_mode", "half_pixel") if call.version >= 11 else "asymmetric",
        rounding=call.text("nearest_mode", "round_prefer_floor") if call.version >= 11 else "floor",
        slope=_slope(call),
        filtered=bool(call.integer("antialias", 0)),
    )
    return _resized(tracer, call, sampling, scales)


def _slope(call: Operation) -> Fraction:
    found = call.attributes.get("cubic_coeff_a", -0.75)
    if not isinstance(found, float) or not isfinite(found):
        raise TargetError("bad cubic_coeff_a", where=call.where, got=found, expected="a number")
    return Fraction(found).limit_denominator(1000)


def _given(call: Operation, index: int) -> list[Any] | None:
    found = call.constant(index)
    return None if found is None or not found.size else found.ravel().tolist()


def _upsample(tracer: Tracer, call: Operation) -> Result:
    """The older operation: places are those of the output divided by the scale, and nearest rounds down."""
    scales = call.attributes.get("scales") or _given(call, 1)
    if not isinstance(scales, list):
        raise TargetError("no scales", where=call.where, expected="one number per dimension")
    mode = call.text("mode", "nearest")
    return _resized(tracer, call, Sampling(mode=mode, places="asymmetric", rounding="floor"), scales)


def _resized(tracer: Tracer, call: Operation, sampling: Sampling, scales: Sequence[float] | None) -> Result:
    before, after, rank = call.shape_of(0), call.shape, len(call.shape)
    axes = call.integers("axes")
    dims = list(range(rank)) if axes is None else [call.dim(axis, rank) for axis in axes]
    if scales is not None and len(scales) != len(dims):
        raise TargetError("bad scales", where=call.where, got=list(scales), expected=f"{len(dims)} numbers")
    exact = [Fraction(out, size) if size else Fraction(1) for size, out in zip(before, after, strict=True)]
    if scales is not None:
        for dim, scale in zip(dims, scales, strict=True):
            exact[dim] = _exact(call, scale)
    elif call.text("keep_aspect_ratio_policy", "stretch") != "stretch":
        ratios = [Fraction(int(size), before[dim]) for dim, size in zip(dims, _given(call, 3) or [], strict=True)]
        common = min(ratios) if call.text("keep_aspect_ratio_policy", "") == "not_larger" else max(ratios)
        for dim in dims:
            exact[dim] = common
    first = next((dim for dim in range(rank) if before[dim] != after[dim] or exact[dim] != 1), rank)
    first = min(max(first, rank - tracer.dims), rank)
    if any(before[dim] != after[dim] or exact[dim] != 1 for dim in range(rank - tracer.dims)):
        raise CannotFollowError("it resizes the channels")
    reads = [
        _read(tracer, sampling, size, out, scale, given=scales is not None)
        for size, out, scale in zip(before[first:], after[first:], exact[first:], strict=True)
    ]
    return spatial.read_axes(tracer, call.first, "resize", reads, after) if reads else call.first


def _read(tracer: Tracer, sampling: Sampling, size: int, out: int, scale: Fraction, *, given: bool) -> Read:
    if size == out and scale == 1:
        return Window()
    return read_of(sampling, size, out, scale, relative=given, bounded=tracer.bounded)


def _exact(call: Operation, scale: float) -> Fraction:
    """The fraction that a scale in single precision stands for.

    Raises:
        CannotFollowError: It stands for none with a small denominator.
    """
    import numpy as np

    if not 0 < scale < float("inf"):
        raise TargetError("bad scale", where=call.where, got=scale, expected="a number above 0")
    plain = Fraction(scale).limit_denominator(1000)
    if not plain or np.float32(float(plain)) != np.float32(scale):
        raise CannotFollowError("its scale is no plain fraction")
    return plain


RESIZING: dict[str, Handler] = {"Resize": _resize, "Upsample": _upsample}
