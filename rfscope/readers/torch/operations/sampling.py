"""What reads where something else says: deformable convolutions, unpooling, sampling by a grid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rfscope.network.reads import Read, Table, TransposedWindow, Window
from rfscope.readers.torch.operation import Handler, Operation, Result
from rfscope.readers.tracing import Everywhere, Map, Tracer, spatial
from rfscope.readers.tracing.merging import merge
from rfscope.readers.tracing.tracer import CannotFollowError, SizeNeededError

if TYPE_CHECKING:
    import torch

__all__ = ["SAMPLING"]

_BILINEAR, _NEAREST, _CUBIC = 0, 1, 2
_ZEROS, _BORDER = 0, 1


def _deformable(tracer: Tracer, call: Operation) -> Result:
    """A deformable convolution of the input, and of the offsets, which are read at the output's own position."""
    weight = call.shape_of("weight")
    names = [("stride_h", "stride_w"), ("pad_h", "pad_w"), ("dilation_h", "dilation_w")]
    stride, padding, dilation = ([call[name] for name in pair] for pair in names)
    reads = [
        Window(kernel=k, stride=s, dilation=d, padding=(p, p))
        for k, s, d, p in zip(weight[2:], stride, dilation, padding, strict=True)
    ]
    image = call.value("input")
    if image is None:
        raise CannotFollowError("only its offsets depend on the image")
    details = {"in_channels": weight[1] * call["groups"], "out_channels": weight[0], "groups": call["groups"]}
    made = spatial.read_axes(
        tracer, image, "deformable_conv", reads, call.shape, channels=True, data_dependent=True, **details
    )
    beside = [value for name in ("offset", "mask") if (value := call.value(name)) is not None]
    if not beside or not isinstance(made, Map):
        return made
    at_same = [value if isinstance(value, Everywhere) else _laid_out_as(made, value) for value in beside]
    return merge(tracer, [made, *at_same], call.shape, "multiply")


def _laid_out_as(like: Map, value: Any) -> Map:
    if not isinstance(value, Map) or value.layout[2:] != like.layout[2:]:
        raise CannotFollowError("its offsets lie in another order")
    return Map(value.node, value.sizes, like.layout)


def _unpool(tracer: Tracer, call: Operation) -> Result:
    """What a maximum was taken from gets it back: a position reads those whose windows it lies in.

    Which position of a window it is depends on the data, as it does in the pooling layer that took the maximum.
    """
    value, index = call.value("self"), call.value("indices")
    pool = next((node for node in tracer.nodes if isinstance(index, Map) and node.name == index.node), None)
    if value is None or pool is None or pool.op != "pool" or not isinstance(index, Map):
        raise CannotFollowError("which pooling layer its indices come from is not known")
    count = len(call["output_size"])
    reads: list[Read] = []
    for parts, before, after in zip(
        index.layout[-count:], call.shape_of("self")[-count:], call.shape[-count:], strict=True
    ):
        window = pool.reads[parts[0].axis] if len(parts) == 1 and parts[0].axis is not None else Window()
        reads.append(_given_back(window, before, after))
    return spatial.read_axes(tracer, value, "unpool", reads, call.shape)


def _given_back(window: Read, before: int, after: int) -> Read:
    """A window the other way round, for so many positions before and after."""
    if not isinstance(window, Window) or window.known_padding is None:
        raise CannotFollowError("it was pooled in windows of an unknown kind")
    if window == Window():
        return window
    first, last = window.known_padding
    full = (before - 1) * window.stride + window.extent - first - last
    more = max(0, after - full)
    return TransposedWindow(
        kernel=window.kernel,
        stride=window.stride,
        dilation=window.dilation,
        padding=(first, last + max(0, full - after)),
        output_padding=more,
    )


def _sample(tracer: Tracer, call: Operation) -> Result:
    """Sampling where a constant grid says, if each row of it looks at one row, and each column at one column."""
    grid = call["grid"]
    if call.of(grid) is not None:
        raise CannotFollowError("it reads where the data tells it to")
    value, places = call.value("input"), call.constants.value(grid)
    if value is None or places is None:
        raise CannotFollowError("where it reads is not known")
    if not tracer.bounded:
        raise SizeNeededError("the grid that it samples by was made for one size")
    sizes = call.shape_of("input")[2:]
    reads = [
        _sampled(_along(places, axis), size, call["interpolation_mode"], call["padding_mode"], call["align_corners"])
        for axis, size in enumerate(sizes)
    ]
    return spatial.read_axes(tracer, value, "sample", reads, call.shape)


def _along(grid: torch.Tensor, axis: int) -> list[float]:
    """Where each output along an axis looks, from -1 to 1."""
    places = grid[..., grid.shape[-1] - 1 - axis].movedim(axis + 1, 0).flatten(1).double()
    if bool((places != places[:, :1]).any()):
        raise CannotFollowError("its grid is turned or bent: rows and columns do not say apart what it reads")
    return [float(place) for place in places[:, 0]]


def _sampled(places: Sequence[float], size: int, mode: int, padding: int, corners: bool) -> Table:
    """The inputs that have a share in each output; beyond the map lies padding."""
    starts, stops = [], []
    for place in places:
        at = (place + 1) / 2 * (size - 1) if corners else ((place + 1) * size - 1) / 2
        if padding == _BORDER:
            at = min(max(at, 0.0), size - 1.0)
        elif padding != _ZEROS and not 0 <= at <= size - 1:
            raise CannotFollowError("it reflects what lies beyond the map")
        first = round(at) if mode == _NEAREST else int(at // 1)
        single = mode == _NEAREST or at == first
        around = 0 if single else 1 if mode == _BILINEAR else 2
        start, stop = (first, first + 1) if single else (first + 1 - around, first + 1 + around)
        start, stop = min(max(start, 0), size), min(max(stop, 0), size)
        starts.append(min(start, stop))
        stops.append(stop)
    return Table(starts=tuple(starts), stops=tuple(stops), shift=0, size=len(starts))


SAMPLING: dict[str, Handler] = {
    "torchvision::deform_conv2d": _deformable,
    **dict.fromkeys(["max_unpool1d", "max_unpool2d", "max_unpool3d"], _unpool),
    **dict.fromkeys(["grid_sampler", "grid_sampler_2d", "grid_sampler_3d"], _sample),
}
