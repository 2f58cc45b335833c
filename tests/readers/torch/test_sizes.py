"""The size that a module is read at where nobody says: larger ones, odd ones and short ones are found by trying."""

from __future__ import annotations

import re
import time
from collections import Counter

import pytest
from torch import Tensor, nn
from torch.nn import functional

import rfscope as rf
from rfscope import limits
from rfscope.errors import NetworkError, TargetError, UnsupportedError
from rfscope.readers.torch import capture


def strided(times: int) -> nn.Sequential:
    return nn.Sequential(*(nn.Conv2d(3, 3, 3, stride=2, padding=1) for _ in range(times)))


class DeepPool(nn.Module):
    """A pyramid at stride 64 whose widest pool takes eight positions a step, enlarged to the map before it."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.pool = strided(6), nn.AvgPool2d(17, stride=8, padding=8)

    def forward(self, x: Tensor) -> Tensor:
        y = self.stem(x)
        wide = functional.interpolate(self.pool(y), size=y.shape[2:], mode="bilinear", align_corners=False)
        found: Tensor = y + wide
        return found


class OddSize(nn.Module):
    """Takes no size but one above a multiple of eight."""

    def __init__(self) -> None:
        super().__init__()
        self.body = strided(3)

    def forward(self, x: Tensor) -> Tensor:
        assert (x.shape[2] - 1) % 8 == 0
        assert (x.shape[3] - 1) % 8 == 0
        found: Tensor = self.body(x)
        return found


class Corners(nn.Module):
    """Half the size, and back with the corners aligned."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv2d(3, 3, 3, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return functional.interpolate(self.down(x), scale_factor=2.0, mode="bilinear", align_corners=True)


class Bins(nn.Module):
    """A pyramid of three by three bins, whatever the size of the map."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv(x)
        return y + functional.interpolate(functional.adaptive_avg_pool2d(y, 3), size=y.shape[2:])


class OverTime(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.lstm = nn.Conv1d(2, 2, 3, padding=1), nn.LSTM(2, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.lstm(self.conv(x).transpose(1, 2))[0].transpose(1, 2)
        return found


def test_a_pyramid_gets_a_size_that_is_large_enough() -> None:
    analysis = rf.analyze(DeepPool())
    assert analysis.provenance.size == (512, 512)
    assert analysis.provenance.notes[-1].startswith("Read at 512x512, as 256x256 is too small for its maps, and")
    assert {field.stride for field in analysis.output.axes} == {64}
    assert {field.size_max for field in analysis.output.axes} == {24 * 64 + 127}  # two pools, 8 apart, of 17 positions


def test_branches_that_are_out_of_step_at_every_size() -> None:
    class Apart(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = strided(1)

        def forward(self, x: Tensor) -> Tensor:
            found: Tensor = self.body(x) + x[:, :, : x.shape[2] // 2, : x.shape[3] // 2]
            return found

    with pytest.raises(NetworkError, match="it is so at 256x256, 512x512, 1024x1024, 2048x2048; give the size"):
        rf.analyze(Apart())


def test_a_size_that_an_assertion_asks_for_is_found() -> None:
    analysis = rf.analyze(OddSize())
    assert analysis.provenance.size == (257, 257)
    assert "Read at 257x257, as 256x256, 224x224, 384x384 and more are refused" in analysis.provenance.notes[-1]
    assert analysis.output.size == (15, 15)


@pytest.mark.parametrize(
    ("module", "why"),
    [(Corners(), "align_corners=True, which fits the corners"), (Bins(), "pooling to 3 whatever the size of the map")],
)
def test_what_depends_on_the_size_is_read_at_one_and_says_why(module: nn.Module, why: str) -> None:
    analysis = rf.analyze(module)
    said = f"Read at 256x256 only, as it depends on the size: .*{why}.*; --input for another."
    assert re.match(said, analysis.provenance.notes[-1])
    given = rf.analyze(module, input=(256, 256))
    assert analysis.network == given.network
    assert analysis.output.coverage == given.output.coverage


def test_before_what_depends_on_the_size_none_is_needed() -> None:
    assert rf.analyze(Corners(), output="down").output.size == (3, 3)


def test_a_size_is_advised_only_where_it_helps() -> None:
    class Last(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return functional.max_pool2d(x, 3, padding=1)[:, :, -1:]

    class Looked(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return functional.grid_sample(x, x.permute(0, 2, 3, 1)[..., :2], align_corners=False)

    last = rf.analyze(Last())
    assert last.network.input == (256, 256)
    assert "only, as it depends on the size" in last.provenance.notes[-1]
    assert "--input for another" in last.provenance.notes[-1]
    with pytest.raises(UnsupportedError, match="cannot follow grid_sampler") as caught:
        rf.analyze(Looked())
    assert "--input" not in str(caught.value)


def test_a_recurrence_runs_over_few_steps() -> None:
    assert capture(OverTime(), input=None, name="recurrence").sizes == (128,)
    assert capture(nn.Conv1d(2, 2, 3), input=None, name="none").sizes == (4096,)


class Raw(nn.Module):
    """Takes (batch, time), without channels."""

    def __init__(self) -> None:
        super().__init__()
        self.encode, self.decode = nn.Conv1d(1, 4, 16, stride=8), nn.ConvTranspose1d(4, 1, 16, stride=8)

    def forward(self, x: Tensor) -> Tensor:
        batch, length = x.shape
        found: Tensor = self.decode(self.encode(x[:, None])).view(batch, length)
        return found


def test_an_input_without_channels_is_found() -> None:
    analysis = rf.analyze(Raw())
    assert (analysis.network.dims, analysis.output.axes[0].size_max) == (1, 24)
    assert rf.analyze(Raw(), input={"x": (1, 64)}).network.input == (64,)
    assert rf.verify(Raw(), input=(64,)).equal


CALLS: Counter[str] = Counter()


class Fails(nn.Module):
    """Raises, whatever it is given; ``CALLS`` counts how often it was tried."""

    def __init__(self, error: type[Exception]) -> None:
        super().__init__()
        self.conv, self.error = nn.Conv2d(3, 3, 3), error

    def forward(self, x: Tensor) -> Tensor:
        CALLS[type(self).__name__] += 1
        self.conv(x.repeat(1, 3, 1, 1)[:, :3])
        raise self.error


def test_the_error_names_the_inputs_and_what_was_tried() -> None:
    with pytest.raises(TargetError) as caught:
        rf.analyze(Fails(KeyError))
    text = str(caught.value)
    assert "it takes one input, x; tried x 1x3x256x256; x 1x1x256x256 and" in text
    assert "it is the same at all of them: see that it runs on torch.zeros(1, 3, 256, 256)" in text
    assert "--input" not in text
    with pytest.raises(TargetError, match=r"sizes 256x256, 224x224.*give the shape of each, such as --input x=1,3,2"):
        rf.analyze(Fails(AssertionError))


class Slow(Fails):
    """Takes a fifth of a second to fail."""

    def forward(self, x: Tensor) -> Tensor:
        began = time.process_time()
        while time.process_time() < began + 0.2:
            pass
        return super().forward(x)


def test_trying_ends_in_time() -> None:
    CALLS.clear()
    with pytest.raises(TargetError):
        capture(Fails(ValueError), input=None, name="quick")
    with limits.raised({"try-seconds": 1}), pytest.raises(TargetError, match="stopped after 1 s"):
        capture(Slow(ValueError), input=None, name="slow")
    assert 0 < CALLS["Slow"] < CALLS["Fails"] / 2


@pytest.mark.parametrize("size", [(1, 4000), (1, 64)])
def test_a_signal_of_one_channel_is_no_image(size: tuple[int, int]) -> None:
    """Batch, channel and length look like a batch of images without channels; the answer would be of two axes."""
    module = nn.Sequential(nn.Conv1d(1, 4, 3), nn.Conv1d(4, 4, 3, dilation=2))
    with pytest.raises(TargetError, match="got 2, expected 1, one per axis of its convolutions"):
        rf.analyze(module, input=size)
    assert rf.analyze(module, input=size[1:]).network.dims == 1
