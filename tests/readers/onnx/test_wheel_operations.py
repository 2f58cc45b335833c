"""The one-operation models in the onnx wheel, each against a brute-force reading of the operator's definition."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from rfscope.errors import UnsupportedError
from rfscope.network.reads import Window
from rfscope.readers.onnx import read_model
from tests.readers.onnx import brute

if TYPE_CHECKING:
    from onnx import ModelProto

FAMILIES = [
    *("conv", "convtranspose", "convinteger", "deformconv", "maxpool", "averagepool", "lppool", "globalaveragepool"),
    *("globalmaxpool", "pad", "resize", "upsample", "depthtospace", "spacetodepth"),
]
FOLDERS = {
    "pytorch-converted": ("Conv", "AvgPool", "MaxPool", "ConstantPad", "Reflection", "Replication", "ZeroPad", "Pixel"),
    "pytorch-operator": ("operator_conv", "operator_maxpool", "operator_pad"),
}
LONGEST = {3: 64, 4: 20, 5: 9}
"""How much of an image is looked at, by the number of its dimensions: the definition is slow."""
UNKNOWN = {
    "tf_crop_and_resize": "tf_crop_and_resize",
    "downsample_scales_cubic_antialias": "some of the weights between others are zero",
}
"""What the kinds of reads cannot say, and why."""


class Case(NamedTuple):
    """A model and its inputs."""

    model: ModelProto
    arrays: dict[str, Any]


def generated() -> Iterator[tuple[str, Case]]:
    """The models that the wheel makes in Python."""
    from onnx.backend.test.case import node

    for family in FAMILIES:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            importlib.import_module(f"onnx.backend.test.case.node.{family}")
    for case in node._NodeTestCases:
        if len(case.model.graph.node) == 1:
            names = [entry.name for entry in case.model.graph.input]
            yield case.name, Case(case.model, dict(zip(names, case.data_sets[0][0], strict=True)))


def stored() -> Iterator[tuple[str, Case]]:
    """The models that lie in the wheel as files."""
    import onnx
    from onnx.backend.test import data
    from onnx.numpy_helper import to_array

    for folder, starts in FOLDERS.items():
        for path in sorted((Path(data.__path__[0]) / folder).iterdir()):
            if not path.name.removeprefix("test_").startswith(starts):
                continue
            model = onnx.load(path / "model.onnx", load_external_data=False)
            tensor = onnx.load_tensor(path / "test_data_set_0" / "input_0.pb")
            weights = {entry.name for entry in model.graph.initializer}
            name = next(entry.name for entry in model.graph.input if entry.name not in weights)
            yield f"{folder} {path.name}", Case(model, {name: to_array(tensor)})


LARGE = {
    "pytorch-converted test_MaxPool1d_stride_padding_dilation": (220_000, 200, 100),
    "pytorch-converted test_MaxPool2d_stride_padding_dilation": (1000, 80, 20),
}
"""Where the definition would take hours: size, kernel and padding of the last axis; stride and rate are 10."""

PARTS = 8
"""Into which the cases are divided: which there are, only onnx knows, and it is not loaded to collect the tests."""


@cache
def cases() -> dict[str, Case]:
    return {**dict(generated()), **dict(stored())}


def positive(case: Case) -> tuple[ModelProto, str, Any]:
    """The model with its image left open, and weights that cannot cancel each other out."""
    import numpy as np
    from onnx.numpy_helper import from_array, to_array

    image, *others = case.arrays
    arrays = {name: case.arrays[name] for name in others}
    weighted = case.model.graph.node[0].op_type in ("Conv", "ConvTranspose", "ConvInteger", "DeformConv")
    if weighted:
        ones = {others[0], "mask"} if others else set()
        arrays = {name: np.ones_like(a) if name in ones else np.zeros_like(a) for name, a in arrays.items()}
    model = brute.with_constants(case.model, arrays)
    for tensor in model.graph.initializer if weighted else ():
        if tensor.name not in arrays and len(tensor.dims) > 2:
            tensor.CopyFrom(from_array(np.ones_like(to_array(tensor)), tensor.name))
    array = case.arrays[image]
    if case.model.graph.node[0].op_type != "Resize":  # which names its sizes; of the others a corner does
        array = array[(slice(None), slice(None), *(slice(0, LONGEST[array.ndim]),) * (array.ndim - 2))]
    return model, image, array.astype(np.float32) if array.dtype == np.uint8 else array


@pytest.mark.parametrize("name", LARGE)
def test_large_ones_are_as_they_are_written(name: str) -> None:
    size, kernel, padding = LARGE[name]
    network = read_model(cases()[name].model, file="case.onnx")
    assert network.input is None
    assert network.nodes[0].reads[-1] == Window(kernel=kernel, stride=10, dilation=10, padding=(padding, padding))
    image = next(iter(cases()[name].arrays.values()))
    assert image.shape[-1] == size


@pytest.mark.parametrize("part", range(PARTS))
def test_reads_are_those_of_the_definition(part: int) -> None:
    for name in sorted(cases().keys() - LARGE)[part::PARTS]:
        check(name)


def check(name: str) -> None:
    model, image, array = positive(cases()[name])
    size = array.shape[2:]
    for word, why in UNKNOWN.items():
        if word in name:
            with pytest.raises(UnsupportedError, match=why):
                read_model(model, file="case.onnx", input=size)
            return
    network = read_model(model, file="case.onnx", input=size)
    truth = brute.found(model, image, array.shape, array.dtype)
    assert brute.predicted(network, [len(reads) for reads in truth]) == truth, name


def test_there_are_as_many_as_expected() -> None:
    assert len(cases()) > 150
