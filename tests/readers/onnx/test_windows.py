"""Convolutions, pooling and resizing in all their forms, against the definition and against numbers by hand."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from rfscope.errors import UnsupportedError
from rfscope.network.reads import TransposedWindow, Window
from tests.readers.onnx import brute
from tests.readers.onnx.models import model, node, ones, read

SAME = [
    (op, way, kernel, stride, dilation, size)
    for op, way in product(["Conv", "MaxPool", "AveragePool"], ["SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"])
    for kernel, stride, dilation, size in [
        (3, 2, 1, 8),
        (3, 2, 1, 7),
        (4, 1, 1, 7),
        (2, 3, 1, 8),
        (3, 1, 3, 9),
        (3, 2, 2, 9),
    ]
]


def made(op: str, size: int, **attributes: Any) -> Any:
    names = "x w" if op in ("Conv", "ConvTranspose") else "x"
    weights = {"w": ones(1, 1, *attributes.pop("kernel_shape"))} if names == "x w" else {}
    return model([node(op, names, "y", **attributes)], [1, 1, size, 5], weights)


@pytest.mark.parametrize(("op", "way", "kernel", "stride", "dilation", "size"), SAME, ids=str)
def test_auto_pad(op: str, way: str, kernel: int, stride: int, dilation: int, size: int) -> None:
    """Rather the sizes of the definition than those of the reference: out = ceil(in / stride), the odd one after."""
    built = made(op, size, auto_pad=way, kernel_shape=[kernel, 1], strides=[stride, 1], dilations=[dilation, 1])
    network = read(built, (size, 5))
    extent = dilation * (kernel - 1) + 1
    out = -(-size // stride) if way.startswith("SAME") else (size - extent) // stride + 1
    total = max(0, (out - 1) * stride + extent - size) if way.startswith("SAME") else 0
    before = total - total // 2 if way == "SAME_LOWER" else total // 2
    taps = [o * stride - before + t * dilation for o in range(out) for t in range(kernel)]
    wanted = [{i for i in taps[o * kernel : (o + 1) * kernel] if 0 <= i < size} for o in range(out)]
    assert brute.predicted(network, [out, 5])[0] == wanted


CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "all defaults": ("Conv", {"kernel_shape": [3, 3]}),
    "kernel from the weights": ("Conv", {"kernel_shape": [3, 2], "pads": [1, 0, 2, 1]}),
    "dilated and strided": (
        "Conv",
        {"kernel_shape": [3, 3], "dilations": [2, 1], "strides": [2, 3], "pads": [2, 0, 2, 0]},
    ),
    "pool with ceil_mode": ("MaxPool", {"kernel_shape": [2, 2], "strides": [2, 2], "ceil_mode": 1}),
    "pool with ceil_mode and padding": (
        "MaxPool",
        {"kernel_shape": [3, 2], "strides": [3, 2], "pads": [1, 0, 1, 0], "ceil_mode": 1},
    ),
    "dilated pool": ("MaxPool", {"kernel_shape": [3, 2], "dilations": [2, 3], "pads": [1, 0, 1, 0]}),
    "transposed": ("ConvTranspose", {"kernel_shape": [4, 2], "strides": [2, 2], "pads": [1, 0, 1, 0]}),
    "transposed and dilated": ("ConvTranspose", {"kernel_shape": [3, 2], "strides": [2, 1], "dilations": [2, 2]}),
    "transposed with more": ("ConvTranspose", {"kernel_shape": [3, 3], "strides": [2, 2], "output_padding": [1, 0]}),
    "transposed, gaps": ("ConvTranspose", {"kernel_shape": [2, 2], "strides": [3, 3], "pads": [0, 1, 1, 0]}),
    "transposed, SAME_UPPER": ("ConvTranspose", {"kernel_shape": [4, 3], "strides": [3, 2], "auto_pad": "SAME_UPPER"}),
    "transposed, SAME_LOWER": ("ConvTranspose", {"kernel_shape": [4, 3], "strides": [3, 2], "auto_pad": "SAME_LOWER"}),
}


@pytest.mark.parametrize("name", CASES)
def test_windows_are_those_of_the_definition(name: str) -> None:
    op, attributes = CASES[name]
    built = made(op, 9, **dict(attributes))
    truth = brute.found(built, "x", (1, 1, 9, 5), "float32")
    assert brute.predicted(read(built, (9, 5)), [len(reads) for reads in truth]) == truth


@pytest.mark.parametrize(("way", "paddings"), [("NOTSET", [(2, 1), (1, 0)]), ("SAME_UPPER", [(1, 2), (0, 1)])], ids=str)
def test_transposed_to_a_shape(way: str, paddings: list[tuple[int, int]]) -> None:
    """What is cut in all is told by the sizes, and its larger half lies before but for SAME_UPPER."""
    built = made("ConvTranspose", 9, kernel_shape=[4, 3], strides=[2, 2], output_shape=[17, 10], auto_pad=way)
    reads = [TransposedWindow(kernel=k, stride=2, padding=p) for k, p in zip([4, 3], paddings, strict=True)]
    assert read(built, (9, 5)).nodes[0].reads == tuple(reads)


def test_one_and_three_axes() -> None:
    line = model([node("Conv", "x w", "y", dilations=[4])], [1, 2, 64], {"w": ones(3, 2, 3)})
    assert read(line).nodes[0].reads == (Window(kernel=3, dilation=4),)
    block = model([node("ConvTranspose", "x w", "y", strides=[2, 2, 1])], [1, 2, 8, 8, 8], {"w": ones(2, 3, 2, 2, 1)})
    found = read(block).nodes[0]
    assert found.reads == (
        TransposedWindow(kernel=2, stride=2),
        TransposedWindow(kernel=2, stride=2),
        TransposedWindow(),
    )
    assert (found.in_channels, found.out_channels, found.groups) == (2, 3, 1)


MODES = [
    (mode, places, rounding, sizes)
    for mode, places in product(
        ["nearest", "linear", "cubic"],
        ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric"],
    )
    for rounding in (["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"] if mode == "nearest" else ["floor"])
    for sizes in [(4, 8), (4, 12), (8, 4), (6, 4), (5, 7), (7, 5), (3, 1)]
    if (mode, places, sizes) != ("cubic", "pytorch_half_pixel", (3, 1))  # the reference does not do what the text says
]


@pytest.mark.parametrize(("mode", "places", "rounding", "sizes"), MODES, ids=str)
def test_resizing_in_all_modes(mode: str, places: str, rounding: str, sizes: tuple[int, int]) -> None:
    import numpy as np

    before, after = sizes
    attributes = {"mode": mode, "coordinate_transformation_mode": places, "nearest_mode": rounding}
    built = model(
        [node("Resize", "x - - s", "y", **attributes)], [1, 1, before, 3], {"s": np.array([1, 1, after, 3], np.int64)}
    )
    truth = brute.found(built, "x", (1, 1, before, 3), "float32")
    assert brute.predicted(read(built, (before, 3)), [after, 3]) == truth


@pytest.mark.parametrize("mode", ["linear", "cubic"])
@pytest.mark.parametrize("sizes", [(8, 4), (9, 4), (8, 3), (4, 8)], ids=str)
def test_resizing_with_a_filter(mode: str, sizes: tuple[int, int]) -> None:
    import numpy as np

    before, after = sizes
    built = model(
        [node("Resize", "x - - s", "y", mode=mode, antialias=1)],
        [1, 1, before, 3],
        {"s": np.array([1, 1, after, 3], np.int64)},
    )
    truth = brute.found(built, "x", (1, 1, before, 3), "float32")
    assert brute.predicted(read(built, (before, 3)), [after, 3]) == truth


@pytest.mark.parametrize("scale", [2, 3, 0.5, 1.5], ids=str)
def test_resizing_by_a_scale_needs_no_size(scale: float) -> None:
    import numpy as np

    built = model(
        [node("Resize", "x - s", "y", mode="linear")], [1, 1, "h", "w"], {"s": np.array([1, 1, scale, 1], np.float32)}
    )
    assert read(built).input is None
    truth = brute.found(built, "x", (1, 1, 12, 3), "float32")
    assert brute.predicted(read(built, (12, 3)), [int(12 * scale), 3]) == truth


def test_upsample_of_old_opsets() -> None:
    import numpy as np

    scales = [1.0, 1.0, 2.0, 3.0]
    old = model([node("Upsample", "x", "y", scales=scales)], opset=7)
    new = model([node("Upsample", "x s", "y")], weights={"s": np.array(scales, np.float32)}, opset=9)
    ten = model([node("Resize", "x s", "y")], weights={"s": np.array(scales, np.float32)}, opset=10)
    truth = [[{o // 2} for o in range(32)], [{o // 3} for o in range(48)]]
    for built in (old, new, ten):
        assert brute.predicted(read(built, (16, 16)), [32, 48]) == truth


def test_a_scale_that_is_no_fraction_is_refused() -> None:
    import numpy as np

    scales = np.array([1, 1, 1.41421356, 1], np.float32)
    with pytest.raises(UnsupportedError, match="no plain fraction"):
        read(model([node("Resize", "x - s", "y")], weights={"s": scales}))


PADS = {"constant": "zeros", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


@pytest.mark.parametrize("mode", PADS)
def test_padding(mode: str) -> None:
    import numpy as np

    pads = {"p": np.array([0, 0, 1, 2, 0, 0, 2, 0], np.int64)}
    built = model([node("Pad", "x p", "p1", mode=mode), node("MaxPool", "p1", "y", kernel_shape=[3, 2])], weights=pads)
    truth = brute.found(built, "x", (1, 1, 6, 5), "float32")
    network = read(built, (6, 5))
    assert network.nodes[0].padding_mode == PADS[mode]
    assert brute.predicted(network, [len(reads) for reads in truth]) == truth


def test_padding_of_old_opsets_and_of_chosen_axes() -> None:
    import numpy as np

    old = model([node("Pad", "x", "y", pads=[0, 0, 1, 0, 0, 0, 0, -2])], opset=7)
    weights = {"p": np.array([1, 0, 0, -2], np.int64), "a": np.array([2, -1], np.int64)}
    new = model([node("Pad", "x p - a", "y")], weights=weights)
    for built in (old, new):
        assert read(built).nodes[0].reads == (Window(padding=(1, 0)), Window(padding=(0, -2)))
