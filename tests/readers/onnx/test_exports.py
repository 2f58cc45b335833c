"""Modules exported by both of PyTorch's exporters: the same nodes by the same names as the torch reader finds."""

from __future__ import annotations

import logging
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rfscope.exact.analysis import analyze
from rfscope.network.graph import Network, Node
from rfscope.readers.onnx import read_model
from rfscope.readers.torch import read_module
from rfscope.text.as_json import analysis_data

if TYPE_CHECKING:
    from onnx import ModelProto


def block(channels: int, rate: int) -> Any:
    from torch import nn

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            inner = nn.Sequential(
                nn.Conv2d(channels, channels, 3, padding=rate, dilation=rate), nn.BatchNorm2d(channels)
            )
            self.conv = nn.Sequential(inner, nn.ReLU(), nn.Conv2d(channels, channels, 1))
            self.relu = nn.ReLU()

        def forward(self, x: Any) -> Any:
            return self.relu(self.relu(self.conv(x)) + x)

    return Block()


def dilated() -> Any:
    from torch import nn

    class Dilated(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Conv2d(3, 8, 7, stride=2, padding=3)
            self.blocks = nn.ModuleList([block(8, 1), block(8, 2)])
            self.layer = nn.Sequential(block(8, 5), block(8, 2))

        def forward(self, x: Any) -> Any:
            x = nn.functional.max_pool2d(self.stem(x), 3, 2, 1, ceil_mode=True)
            for one in self.blocks:
                x = one(x)
            return self.layer(x)

    return Dilated()


def mixed() -> Any:
    import torch
    from torch import nn

    class Mixed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.down = nn.Conv2d(3, 8, 3, stride=2, padding=1)
            self.norm = nn.GroupNorm(2, 8)
            self.layer_norm = nn.LayerNorm(8)
            self.gate = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 8, 1), nn.Sigmoid())
            self.up = nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1)
            self.shuffle = nn.PixelShuffle(2)

        def forward(self, x: Any) -> Any:
            y = self.norm(self.down(x))
            y = self.layer_norm(y.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
            y = y * self.gate(y)
            side = nn.functional.interpolate(self.shuffle(y), scale_factor=2, mode="bilinear")
            y = torch.cat([self.up(y), x], 1)
            return y, side

    return Mixed()


def classifier() -> Any:
    from torch import nn

    layers = [nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(4 * 31 * 31, 5), nn.Softmax(1)]
    return nn.Sequential(*layers)


def temporal() -> Any:
    from torch import nn

    layers: list[Any] = []
    for rate in (1, 2, 4):
        layers += [nn.ConstantPad1d((2 * rate, 0), 0.0), nn.Conv1d(3, 3, 3, dilation=rate), nn.ReLU()]
    return nn.Sequential(*layers)


MODULES = {"dilated": dilated, "mixed": mixed, "classifier": classifier, "temporal": temporal}

FUSED = {("temporal", True)}
"""Where the exporter moves what pads into what is padded."""


def exported(module: Any, size: tuple[int, ...], file: Path, *, dynamo: bool) -> ModelProto:
    import onnx
    import torch

    options: dict[str, Any] = {"verbose": False, "external_data": False} if dynamo else {}
    before = logging.root.manager.disable
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(module, (torch.zeros(1, 3, *size),), file, dynamo=dynamo, **options)
    finally:
        logging.disable(before)
    return onnx.load(file, load_external_data=False)


def answer(network: Network) -> list[Any]:
    """What an analysis says of the outputs, names left out."""
    outputs = analysis_data(analyze(network), counts=True)["outputs"]
    return [[one.get("axes"), one.get("coverage"), one.get("counts"), one.get("at")] for one in outputs]


def bare(network: Network) -> list[Node]:
    return [replace(node, origin=None) for node in network.nodes]


@pytest.mark.parametrize("dynamo", [False, True], ids=["traced", "dynamo"])
@pytest.mark.parametrize("name", MODULES)
def test_nodes_are_those_of_the_module(name: str, dynamo: bool, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    if dynamo:
        pytest.importorskip("onnxscript")
    module = MODULES[name]().eval()
    size = (64,) if name == "temporal" else (64, 64)
    found = read_model(exported(module, size, tmp_path / "net.onnx", dynamo=dynamo), file="net.onnx", input=size)
    expected = read_module(module, input=size).network
    if (name, dynamo) in FUSED:
        assert len(found.nodes) < len(expected.nodes)
    else:
        assert bare(found) == bare(expected)
        assert found.outputs == expected.outputs
    assert answer(found) == answer(expected)
