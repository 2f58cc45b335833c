"""The nine networks that nobody here made: the light models in the onnx wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rfscope.exact.analysis import analyze
from rfscope.readers.onnx import read_onnx

MODELS = {
    "bvlc_alexnet": (195, 32),
    "densenet121": (2071, 32),
    "inception_v1": (907, 32),
    "inception_v2": (891, 32),
    "resnet50": (619, 32),
    "shufflenet": (719, 32),
    "squeezenet": (207, 16),
    "vgg19": (268, 32),
    "zfnet512": (155, 32),
}
"""Field and stride of what enters the classifier, in pixels: the last pooling, where it is a window, included."""


def path(name: str) -> Path:
    from onnx.backend.test import data

    return Path(data.__path__[0]) / "light" / f"light_{name}.onnx"


def recurrence(file: Path) -> tuple[int, int]:
    """Field and stride by the textbook's recurrence over the operations as they stand in the file."""
    import onnx

    model = onnx.load(file, load_external_data=False)
    weights = {entry.name for entry in model.graph.initializer}
    known: dict[str, tuple[int, int, int]] = {
        entry.name: (0, 0, 1) for entry in model.graph.input if entry.name not in weights
    }
    last = (0, 0, 1)
    for node in model.graph.node:
        own = [known[name] for name in node.input if name in known]
        if not own or node.op_type in ("Gemm", "GlobalAveragePool"):
            continue
        first, end, step = min(one[0] for one in own), max(one[1] for one in own), own[0][2]
        given: dict[str, Any] = {one.name: list(one.ints) for one in node.attribute}
        if node.op_type in ("Conv", "MaxPool", "AveragePool"):
            before = given.get("pads", [0])[0]
            first, end = first - before * step, end + (given["kernel_shape"][0] - 1 - before) * step
            step *= given.get("strides", [1])[0]
        if node.op_type not in ("Reshape", "Softmax", "Dropout") or len(own) > 1:
            last = (first, end, step)
        known[node.output[0]] = (first, end, step)
    return last[1] - last[0] + 1, last[2]


@pytest.mark.parametrize("name", MODELS)
def test_fields_are_those_of_the_recurrence(name: str) -> None:
    network = read_onnx(path(name)).network
    assert network.input is None
    assert not any(node.is_unknown for node in network.nodes)
    output = analyze(network).outputs[0]
    ends = getattr(output, "before", None) or (output,)
    [fields] = {tuple((axis.size, axis.shift // axis.period) for axis in end.axes) for end in ends}
    assert fields == (recurrence(path(name)),) * 2 == (MODELS[name],) * 2
