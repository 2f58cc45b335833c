"""Twenty small ONNX models for the mutants: ten from the wheel, ten made here, each with another part of the format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.readers.onnx.models import conv, model, node, ones

_WHEEL = {
    "pytorch-converted": [
        *("AvgPool2d_stride", "Conv1d_pad2", "Conv2d_dilated", "Conv3d_stride", "ConvTranspose2d"),
        *("MaxPool2d_stride_padding_dilation", "PixelShuffle", "ReflectionPad2d"),
    ],
    "pytorch-operator": ["operator_chunk", "operator_concat2"],
}
"""Models in the onnx wheel, by folder."""


def seeds() -> dict[str, bytes]:
    """The models that are damaged: ten from the wheel, ten made here."""
    from onnx.backend.test import data

    root = Path(data.__path__[0])
    found: dict[str, bytes] = {}
    for folder, names in _WHEEL.items():
        for name in names:
            found[name] = (root / folder / f"test_{name}" / "model.onnx").read_bytes()
    return found | {name: made().SerializeToString() for name, made in _MADE.items()}


def _integers(*values: int) -> Any:
    import numpy as np

    return np.array(values, np.int64)


def _residual() -> Any:
    weights = {"w": ones(4, 4, 3, 3), "v": ones(4, 1, 3, 3)}
    nodes = [conv("x w", "a", dilations=[2, 2], pads=[2] * 4), node("Relu", "a", "b"), node("Add", "x b", "c")]
    return model([*nodes, conv("c v", "y", group=4, strides=[2, 2], auto_pad="SAME_UPPER")], (1, 4, 16, 16), weights)


def _computed_shape() -> Any:
    """A shape put together from the image's own, as exporters do."""
    weights = {"two": _integers(2), "end": _integers(4), "minus": _integers(-1)}
    nodes = [node("Shape", "x", "s"), node("Slice", "s two end", "t"), node("Mul", "t two", "u")]
    nodes += [node("Shape", "x", "p"), node("Gather", "p zero", "q", axis=0), node("Unsqueeze", "q zeros", "r")]
    nodes += [node("Concat", "r r u", "sizes", axis=0), node("Resize", "x - - sizes", "y", mode="linear")]
    return model(nodes, (1, 1, 8, 8), weights | {"zero": _integers(0)[0], "zeros": _integers(0)})


def _branches() -> Any:
    from onnx import TensorProto, helper

    out = helper.make_tensor_value_info("inner", TensorProto.FLOAT, None)
    graphs = [helper.make_graph([node(op, "a", "inner")], op, [], [out]) for op in ("Relu", "Neg")]
    weights = {"w": ones(1, 1, 3, 3), "flag": ones(1).astype("bool")}
    chosen = node("If", "flag", "y", then_branch=graphs[0], else_branch=graphs[1])
    return model([conv("x w", "a"), chosen], weights=weights)


def _captured() -> Any:
    """A constant that graphs inside of operations read."""
    from onnx import TensorProto, helper

    out = helper.make_tensor_value_info("inner", TensorProto.INT64, None)
    graph = helper.make_graph([node("Identity", "n", "inner")], "g", [], [out])
    nodes = [node("If", "flag", "s", then_branch=graph, else_branch=graph), node("Reshape", "x s", "a")]
    weights = {"w": ones(1, 1, 3, 3), "n": _integers(1, 1, 16, 16), "flag": ones(1).astype("bool")}
    return model([*nodes, conv("a w", "y")], weights=weights)


def _function() -> Any:
    from onnx import helper

    body = [conv("p q", "r"), node("Relu", "r", "s")]
    made = helper.make_function("own", "Block", ["p", "q"], ["s"], body, [helper.make_opsetid("", 21)])
    calls = [node("Block", "x w", "a", domain="own"), node("Block", "a w", "y", domain="own")]
    return model(calls, weights={"w": ones(1, 1, 3, 3)}, functions=[made], domains=["own"])


def _attention() -> Any:
    weights = {"s": _integers(1, 4, 64), "w": ones(64, 64), "i": _integers(1, 4, 8, 8)}
    nodes = [node("Reshape", "x s", "a"), node("Transpose", "a", "t", perm=[0, 2, 1]), node("MatMul", "t a", "m")]
    nodes += [
        node("Softmax", "m", "n", axis=-1),
        node("MatMul", "n t", "o"),
        node("Transpose", "o", "p", perm=[0, 2, 1]),
    ]
    return model([*nodes, node("Reshape", "p i", "y")], (1, 4, 8, 8), weights)


def _shuffled() -> Any:
    """Space to depth by reshapes, channels cut and joined."""
    weights = {"a": _integers(1, 2, 4, 2, 4, 2), "b": _integers(1, 8, 4, 4), "half": _integers(4, 4)}
    nodes = [node("Reshape", "x a", "p"), node("Transpose", "p", "q", perm=[0, 3, 5, 1, 2, 4])]
    nodes += [node("Reshape", "q b", "r"), node("Split", "r half", "l m", axis=1), node("Concat", "m l", "y", axis=1)]
    return model(nodes, (1, 2, 8, 8), weights)


def _pooled() -> Any:
    nodes = [node("AveragePool", "x", "a", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)]
    nodes += [node("GlobalAveragePool", "a", "g"), node("Mul", "a g", "b"), node("InstanceNormalization", "b i i", "c")]
    nodes += [node("ReduceMean", "c axes", "m", keepdims=1), node("Sub", "c m", "y")]
    return model(nodes, (1, 2, 9, 9), {"i": ones(2), "axes": _integers(1)})


def _quantized() -> Any:
    import numpy as np

    weights = {"s": ones(1)[0], "z": np.uint8(0), "w": np.ones((1, 1, 3, 3), np.uint8)}
    nodes = [node("QuantizeLinear", "x s z", "q"), node("ConvInteger", "q w", "c"), node("Cast", "c", "f", to=1)]
    return model([*nodes, node("MaxPool", "f", "y", kernel_shape=[2, 2], strides=[2, 2])], weights=weights)


def _padded() -> Any:
    weights = {"pads": _integers(0, 0, 1, 1, 0, 0, 1, 1), "w": ones(1, 2, 2, 2), "axes": _integers(2)}
    nodes = [node("Pad", "x pads", "p", mode="reflect"), node("ConvTranspose", "p w", "t", strides=[2, 2])]
    nodes += [node("Slice", "t one many axes", "c"), node("Einsum", "c", "y", equation="bchw->bhwc")]
    return model(nodes, (1, 1, 6, 6), weights | {"one": _integers(1), "many": _integers(2**62)})


_MADE: dict[str, Callable[[], Any]] = {
    "residual": _residual,
    "computed shape": _computed_shape,
    "branches": _branches,
    "captured": _captured,
    "function": _function,
    "attention": _attention,
    "shuffled": _shuffled,
    "pooled": _pooled,
    "quantized": _quantized,
    "padded": _padded,
}
