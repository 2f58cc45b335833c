"""Modules of several inputs: which are found by trying, which must be given, and for which of them an answer is."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import rfscope as rf
from rfscope.errors import RfscopeError, TargetError
from rfscope.readers.torch import capture
from tests.program import rfscope


class Two(nn.Module):
    """One dense convolution of each input, at different rates."""

    def __init__(self, channels: int = 3) -> None:
        super().__init__()
        self.a = nn.Conv2d(3, 4, 3, padding=1)
        self.b = nn.Conv2d(channels, 4, 3, padding=3, dilation=3)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        found: Tensor = self.a(x) + self.b(y)
        return found


class Level(nn.Module):
    """A map of a noise level beside the image, both at half size."""

    def __init__(self) -> None:
        super().__init__()
        self.unshuffle, self.conv = nn.PixelUnshuffle(2), nn.Conv2d(5, 4, 3, padding=1)

    def forward(self, x: Tensor, sigma: Tensor) -> Tensor:
        y = self.unshuffle(x)
        level = sigma.repeat(1, 1, y.shape[-2], y.shape[-1])
        found: Tensor = self.conv(torch.cat([y, level], 1))
        return found


class Step(nn.Module):
    """A scale computed from a number without positions."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.scale = nn.Conv2d(3, 4, 3), nn.Linear(1, 4)

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        found: Tensor = self.conv(x) * self.scale(t[:, None])[:, :, None, None]
        return found


class Pyramid(nn.Module):
    """The second input is half as large as the first."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.low = nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 5, padding=2)

    def forward(self, x: Tensor, half: Tensor) -> Tensor:
        up: Tensor = nn.functional.interpolate(self.low(half), scale_factor=2.0)
        found: Tensor = self.conv(x) + up
        return found


class Maybe(nn.Module):
    """The second input may be left out."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(3, 4, 5, padding=2)

    def forward(self, x: Tensor, prior: Tensor | None = None) -> Tensor:
        found: Tensor = self.a(x) if prior is None else self.a(x) + self.b(prior)
        return found


def test_each_input_is_answered_for_itself() -> None:
    first, second = rf.analyze(Two()), rf.analyze(Two(), of="y")
    assert (first.name, first.verdict, first.output.size) == ("Two of x", "ok", (3, 3))
    assert (second.name, second.verdict, second.output.size) == ("Two of y", "holes", (7, 7))
    assert first.provenance.notes[0] == "This is what it reads of its input x alone; for y, add --of y."
    assert [node.name for node in second.network.nodes] == ["b"]


@pytest.mark.parametrize("of", ["x", "y"])
def test_each_input_is_verified_for_itself(of: str) -> None:
    assert rf.verify(Two(), input=(24, 24), of=of).equal


def test_other_channels_are_found_for_each() -> None:
    assert rf.analyze(Two(channels=7), of="y").output.size == (7, 7)


def test_a_name_that_there_is_not() -> None:
    with pytest.raises(TargetError, match="no such input at Two: got 'z', expected one of x, y"):
        rf.analyze(Two(), of="z")
    with pytest.raises(TargetError, match="no such input at 1,2,5: got 'x', expected input, its only one"):
        rf.analyze("1,2,5", of="x")


@pytest.mark.parametrize(("module", "shape"), [(Level(), (1, 1, 1, 1)), (Step(), (1,))])
def test_an_input_without_positions_is_found(module: nn.Module, shape: tuple[int, ...]) -> None:
    analysis = rf.analyze(module)
    [name] = analysis.provenance.shapes
    assert analysis.provenance.shapes == {name: shape}
    assert analysis.provenance.inputs == ("x",)
    assert any(note.startswith(f"Read with {name} of the shape") for note in analysis.provenance.notes)
    assert analysis.output.hole_free
    assert rf.verify(module, input=(16, 16)).equal


def test_shapes_are_given_by_name() -> None:
    shapes = {"x": (1, 3, 16, 16), "half": (1, 3, 8, 8)}
    analysis = rf.analyze(Pyramid(), input=shapes)
    assert analysis.network.input == (16, 16)
    assert analysis.output.size == (3, 3)
    low = rf.analyze(Pyramid(), input=shapes, of="half")
    assert low.network.input == (8, 8)
    assert low.output.axes[0].size == 5
    assert low.output.axes[0].stride * 2 == 1


def test_images_whose_shape_is_not_given_are_as_large_as_one_that_is() -> None:
    found = capture(Two(), input=None, shapes={"y": (1, 3, 40, 48)}, name="two")
    assert found.shapes == {"x": (1, 3, 40, 48), "y": (1, 3, 40, 48)}


def test_only_the_shape_that_cannot_be_guessed_is_given() -> None:
    analysis = rf.analyze(Level(), input={"sigma": (1, 1, 1, 1)})
    assert analysis.network.input is None
    assert analysis.output.size == (6, 6)


def test_an_input_that_may_be_left_out_is_there_if_it_is_named() -> None:
    assert rf.analyze(Maybe()).provenance.inputs == ("x",)
    assert rf.analyze(Maybe(), of="prior").output.size == (5, 5)


def test_shapes_that_do_not_fit() -> None:
    with pytest.raises(TargetError, match="x, half; tried x 1x3x16x16 with half 1x3x7x7; check these"):
        rf.analyze(Pyramid(), input={"x": (1, 3, 16, 16), "half": (1, 3, 7, 7)})
    with pytest.raises(TargetError, match="no such input at Pyramid: got 'low', expected one of x, half"):
        rf.analyze(Pyramid(), input={"low": (1, 3, 8, 8)})
    with pytest.raises(TargetError, match="shapes of inputs by name at 1,2,5"):
        rf.analyze("1,2,5", input={"x": (1, 3, 8, 8)})
    with pytest.raises(RfscopeError, match="bad input"):
        rf.analyze(Pyramid(), input={"x": 5})  # type: ignore[dict-item]  # what a user might write


def test_the_examples_are_those_that_were_found() -> None:
    found = capture(Level(), input=None, name="level")
    assert found.shapes == {"x": (1, 1, 256, 256), "sigma": (1, 1, 1, 1)}
    assert (found.images, found.of, found.sizes) == (["x"], 0, (256, 256))


MODELS = """
from tests.readers.torch.test_several_inputs import Level, Two
"""


def test_on_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(MODELS, encoding="utf-8")
    path = {"PYTHONPATH": str(Path(__file__).parents[3])}
    answer = rfscope("lint", "models:Two", "--of", "y", cwd=tmp_path, env=path)
    assert answer.code == 1
    assert "error[RFS101] holes" in answer.out
    answer = rfscope("lint", "models:Two", cwd=tmp_path, env=path)
    assert (answer.code, "what it reads of its input x alone; see --of y" in answer.out) == (0, True)
    words = ["--input", "x=1,1,32,32", "--input", "sigma=1,1,1,1"]
    answer = rfscope("analyze", "model", "models:Level", *words, "--json", cwd=tmp_path, env=path)
    assert '"input": [32, 32], "of": "x", "inputs": ["x"]' in answer.out
    answer = rfscope("analyze", "model", "models:Level", *words[:2], *words[:2], cwd=tmp_path, env=path)
    assert "bad --input: got 'x=1,1,32,32', expected one size, and one shape for each name" in answer.err
