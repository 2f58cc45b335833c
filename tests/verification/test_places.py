"""What a network takes in that depends on the place: found in files, too, where there is no module to compare."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
import torch
from torch import nn

import rfscope as rf
from tests.verification.tiled_modules import Placed, UNet

PLACED = {
    "coordinates": (True, False),
    "a map of weights": (True, True),
    "the size": (True, False),
    "beside": (False, True),
    "a scale": (False, False),
    "a scale that is spread out": (False, False),
}
"""Whether a module takes in what depends on the place, per axis."""


class Beside(nn.Module):
    """A map of coordinates beside the channels of the image."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(2, 4, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        across = torch.linspace(0, 1, x.shape[3]).expand(1, 1, x.shape[2], x.shape[3])
        return self.a(torch.cat([x, across], 1))  # type: ignore[no-any-return]


class Two(nn.Module):
    """A second image, which is no map of the module's own."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(1, 4, 3, padding=1)

    def forward(self, x: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        return self.a(x) + other.abs()  # type: ignore[no-any-return]


def said_of(path: Path, module: nn.Module, *images: torch.Tensor) -> None:
    """Write a module as a file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if path.suffix == ".pt2":
            torch.export.save(torch.export.export(module, images), path)
        else:
            names = ["x", "other"][: len(images)]
            torch.onnx.export(module, images, path, dynamo=False, input_names=names, dynamic_axes={"x": {2: "h"}})


@pytest.mark.parametrize("ending", ["onnx", "pt2"])
@pytest.mark.parametrize("kind", PLACED)
def test_files(kind: str, ending: str, tmp_path: Path) -> None:
    module = (Beside() if kind == "beside" else Placed(kind)).eval()
    path = tmp_path / f"net.{ending}"
    said_of(path, module, torch.randn(1, 1, 64, 48))
    for tile, placed in zip([(40, 48), (64, 32)], PLACED[kind], strict=True):
        plan = rf.tile(path, input=(64, 48), tile=tile)
        assert plan.exact is not placed
        assert plan.exact or "depend on the place or the size" in plan.why_not[0].message
    assert ("To tile" in str(rf.analyze(path, input=(64, 48)))) is not any(PLACED[kind])


@pytest.mark.parametrize("kind", PLACED)
def test_analyze_claims_no_halo_of_a_module(kind: str) -> None:
    module = (Beside() if kind == "beside" else Placed(kind)).eval()
    assert ("To tile" in str(rf.analyze(module, input=(64, 48)))) is not any(PLACED[kind])


def test_another_image_is_no_map_of_its_own(tmp_path: Path) -> None:
    for ending in ("onnx", "pt2"):
        path = tmp_path / f"two.{ending}"
        said_of(path, Two().eval(), torch.randn(1, 1, 64, 48), torch.randn(1, 1, 64, 48))
        assert rf.analyze(path, input=(64, 48)).network.placed == ()


def test_files_of_two_images_are_planned_as_one(tmp_path: Path) -> None:
    for ending in ("onnx", "pt2"):
        path = tmp_path / f"two.{ending}"
        said_of(path, Two().eval(), torch.randn(1, 1, 64, 48), torch.randn(1, 1, 64, 48))
        plan = rf.tile(path, input=(64, 48), tile=(40, 48))
        assert (plan.exact, plan.halo[0]) == (True, (1, 1))
        assert "All of x and other are cut alike." in plan.notes


def test_a_file_that_does_not_take_a_size(tmp_path: Path) -> None:
    path = tmp_path / "unet.onnx"
    said_of(path, UNet().eval(), torch.randn(1, 1, 64, 48))
    plan = rf.tile(path, input=(66, 48), tile=(40, 48))
    assert plan.why_not[0].message == "the network does not take 66: it takes 64 or 68"
    assert rf.tile(path, input=(68, 48), tile=(48, 48)).exact
