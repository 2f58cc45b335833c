"""Three ways to compute a dilated convolution, in torch: each makes the rate in a way of its own.

Each takes a map of shape (1, 1, *sizes) and one layer, and returns the layer's output: all weights are 1, without bias,
and pooling is a sum like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from rfscope.verification.as_torch import sides
from rfscope.verification.canvas import AxisWindows

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["METHODS", "Method", "output_sizes", "pad"]


class Method(NamedTuple):
    """One way to compute a convolution.

    Attributes:
        name: What it is called in the result.
        convolve: The convolution of a map with a layer.
        columns: Cells of its largest working array, from the layer and the size of its padded map: torch writes down,
            for every output, all that its kernel covers.
    """

    name: str
    convolve: Callable[[Tensor, AxisWindows], Tensor]
    columns: Callable[[AxisWindows, Sequence[int]], int]


def output_sizes(layer: AxisWindows, padded: Sequence[int]) -> list[int]:
    """Size of a layer's output per axis, from the size of its padded map."""
    return [(size - window.extent) // window.stride + 1 for window, size in zip(layer, padded, strict=True)]


def _dilated(value: Tensor, layer: AxisWindows) -> Tensor:
    """Torch's own dilation."""
    weight = value.new_ones(1, 1, *(window.kernel for window in layer))
    return _convolution(
        pad(value, [sides(window) for window in layer]),
        weight,
        stride=[window.stride for window in layer],
        dilation=[window.dilation for window in layer],
    )


def _zeros_in_kernel(value: Tensor, layer: AxisWindows) -> Tensor:
    """A dense convolution whose kernel covers the whole extent, with zeros between the taps."""
    weight = value.new_zeros(1, 1, *(window.extent for window in layer))
    weight[0, 0][tuple(slice(None, None, window.dilation) for window in layer)] = 1
    padded = pad(value, [sides(window) for window in layer])
    return _convolution(padded, weight, stride=[window.stride for window in layer])


def _sub_sampled(value: Tensor, layer: AxisWindows) -> Tensor:
    """Dense convolutions of the input sub-sampled by the rate, interleaved again; then sub-sampled by the stride."""
    padded = pad(value, [sides(window) for window in layer])
    sizes, rates, dims = padded.shape[2:], [window.dilation for window in layer], len(layer)
    whole = pad(padded, [(0, -size % rate) for size, rate in zip(sizes, rates, strict=True)])
    parts = [size // rate for size, rate in zip(whole.shape[2:], rates, strict=True)]

    split = whole.reshape(*chain(*zip(parts, rates, strict=True)))
    classes = split.permute(*range(1, 2 * dims, 2), *range(0, 2 * dims, 2)).reshape(-1, 1, *parts)
    dense = _convolution(classes, value.new_ones(1, 1, *(window.kernel for window in layer)))

    back = dense.reshape(*rates, *dense.shape[2:]).permute(*chain(*((dims + axis, axis) for axis in range(dims))))
    joined = back.reshape(1, 1, *(rate * part for rate, part in zip(rates, dense.shape[2:], strict=True)))
    kept = [slice(0, size - window.extent + 1, window.stride) for size, window in zip(sizes, layer, strict=True)]
    return joined[0, 0][tuple(kept)][None, None]


def pad(value: Tensor, amounts: Sequence[tuple[int, int]]) -> Tensor:
    """Put zeros around a map, or crop it where an amount is negative, even all of it away."""
    from torch.nn import functional

    sizes = value.shape[2:]
    stops = [max(0, size + min(0, after)) for size, (_, after) in zip(sizes, amounts, strict=True)]
    inside = [slice(max(0, -before), stop) for (before, _), stop in zip(amounts, stops, strict=True)]
    kept = value[(slice(None), slice(None), *inside)]
    zeros = []
    for size, left, (before, after) in zip(sizes, kept.shape[2:], amounts, strict=True):
        first = min(max(0, before), size + before + after)
        zeros.append((first, size + before + after - left - first))
    return functional.pad(kept, list(chain(*reversed(zeros))))  # torch wants the last axis first


def _convolution(
    value: Tensor, weight: Tensor, *, stride: Sequence[int] | int = 1, dilation: Sequence[int] | int = 1
) -> Tensor:
    from torch.nn import functional

    convolve = (functional.conv1d, functional.conv2d, functional.conv3d)[value.ndim - 3]
    return convolve(value, weight, stride=stride, dilation=dilation)


def _kernel_columns(layer: AxisWindows, padded: Sequence[int]) -> int:
    return prod(window.kernel for window in layer) * prod(output_sizes(layer, padded))


def _extent_columns(layer: AxisWindows, padded: Sequence[int]) -> int:
    return prod(window.extent for window in layer) * prod(output_sizes(layer, padded))


def _class_columns(layer: AxisWindows, padded: Sequence[int]) -> int:
    outputs = [
        window.dilation * (-(-size // window.dilation) - window.kernel + 1)
        for window, size in zip(layer, padded, strict=True)
    ]
    return prod(window.kernel for window in layer) * prod(outputs)


METHODS = (
    Method("dilated convolution", _dilated, _kernel_columns),
    Method("zeros in the kernel", _zeros_in_kernel, _extent_columns),
    Method("sub-sampled input", _sub_sampled, _class_columns),
)
"""The first one always runs, the others where their working arrays are small enough."""
