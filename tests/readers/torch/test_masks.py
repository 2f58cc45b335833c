"""Taps that are not there, and channels of which some are taken: what the answer says of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import nn

import rfscope as rf
from rfscope.readers.torch import read_module
from rfscope.readers.torch.factory import Factory
from rfscope.readers.tracing.kernels import boxes
from rfscope.text.as_json import analysis_data, dump
from rfscope.text.words import sentences
from tests.readers.torch.idiom_modules import Fixed, MaskedInForward, MaskedInPlace, mask_before, masked_at_build
from tests.readers.torch.modules import conv, net

MODULE = """
import torch
from torch import nn
from torch.nn import functional

from tests.readers.torch.idiom_modules import MaskedInForward, MaskedInPlace


class AtBuild(nn.Conv2d):
    def __init__(self):
        super().__init__(2, 2, 3, padding=1)
        self.weight.data[:, :, 1, 1] = 0


class Multiplied(nn.Conv2d):
    def __init__(self):
        super().__init__(2, 2, 3, padding=1)
        mask = torch.ones(3, 3)
        mask[1, 1] = 0
        self.weight.data = self.weight.data * mask


class Comb(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv1d(2, 2, 1)
        self.register_buffer("kernel", torch.tensor([1.0, 0, 0, 1]).view(1, 1, 4).repeat(2, 1, 1))

    def forward(self, x):
        return functional.conv1d(self.first(x), self.kernel, groups=2)


def in_forward():
    return MaskedInForward(3, own=False)


def in_place():
    return MaskedInPlace(3, own=False)


def chosen():
    class Chosen(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Conv2d(2, 2, 1)
            self.register_buffer("rows", torch.arange(0, 8, 2))

        def forward(self, x):
            return self.first(x)[:, :, self.rows]

    return Chosen()
"""


@pytest.mark.parametrize(
    ("name", "used", "size"),
    [
        ("AtBuild", 8, (3, 3)),
        ("Multiplied", 8, (3, 3)),
        ("in_forward", 4, (2, 3)),
        ("in_place", 4, (2, 3)),
        ("Comb", 2, (4,)),
    ],
)
def test_a_factory_is_built_with_data_where_masks_say_what_is_read(
    name: str, used: int, size: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "masks_of_a_user.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    found = rf.analyze(f"masks_of_a_user:{name}").output.coverage
    assert (found.used, found.size) == (used, size)


def test_indices_in_a_buffer_are_built_with_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "indices_of_a_user.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    analysis = rf.analyze("indices_of_a_user:chosen", input=(8, 8))
    assert [node.op for node in analysis.network.nodes] == ["conv", "slice"]
    assert analysis.output.axes[0].stride == 2


def test_what_has_no_mask_is_built_without_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "from torch import nn\n\n\ndef plain():\n    return nn.Sequential(nn.Conv2d(1, 1, 3), nn.LSTM(3, 3))\n"
    (tmp_path / "plain_of_a_user.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert all(weight.is_meta for weight in Factory("plain_of_a_user:plain").build(meta=True).parameters())


@pytest.mark.parametrize("start", [nn.init.zeros_, nn.init.dirac_, nn.init.normal_])
def test_a_weight_that_starts_as_nothing_special_is_dense(start: object) -> None:
    layer = conv()
    start(layer.weight)  # type: ignore[operator]  # one of torch's
    assert rf.analyze(layer, input=(8, 8)).output.coverage.used == 9


def test_a_few_numbers_here_and_there_are_no_mask() -> None:
    layer = nn.Conv2d(8, 8, 3)
    layer.weight.data.zero_()
    layer.weight.data[0, 0, 0, 0] = layer.weight.data[3, 2, 2, 1] = 1
    assert rf.analyze(layer, input=(8, 8)).output.coverage.used == 9


def test_a_weight_without_data_is_dense() -> None:
    layer = masked_at_build(mask_before(3, 3, own=True)).to("meta")
    assert rf.analyze(layer, input=(8, 8)).output.coverage.used == 9


def test_parts_of_a_kernel_stand_for_one_layer() -> None:
    masked = nn.Sequential(MaskedInPlace(5, own=False), nn.ReLU(), MaskedInForward(5, own=True))
    network = read_module(masked, input=(16, 16)).network
    assert [node.name for node in network.nodes] == ["0.taps", "0.taps.2", "0", "2.taps", "2.taps.2", "2"]
    assert sum(node.parameters or 0 for node in network.nodes) == 4 * (12 + 13)
    analysis = rf.analyze(network)
    assert all(field.aligned for field in analysis.output.axes)
    assert rf.analyze(network, output="0").output.coverage.used == 12


def test_a_fixed_kernel_on_a_grid_is_one_dilated_layer() -> None:
    comb = torch.zeros(5, 5)
    comb[::2, 1::2] = 1
    [_, node] = read_module(Fixed(comb), input=(12, 12)).network.nodes
    assert [(read.kernel, read.dilation, read.padding) for read in node.reads] == [(3, 2, (2, 2)), (2, 2, (1, 1))]  # type: ignore[union-attr]  # windows


@pytest.mark.parametrize("count", range(1, 9))
def test_boxes_hold_each_tap_once(count: int) -> None:
    for start in range(512):
        taps = {(place // 3, place % 3) for place in range(9) if (start * 37 + count * 11) >> place & 1}
        if taps:
            found = [(a, b) for rows, columns in boxes(taps) for a in rows for b in columns]
            assert sorted(found) == sorted(taps)


def test_channels_of_what_was_put_together_are_an_upper_bound_and_that_is_said() -> None:
    both = net(lambda s, x: torch.cat([s.a(x), s.b(x)], 1)[:, :2], a=conv(), b=conv(kernel=5))
    analysis = rf.analyze(both, input=(12, 12))
    assert [node.name for node in analysis.network.nodes if node.upper_bound] == ["slice"]
    assert all(axis["upper_bound"] for axis in json.loads(dump(analysis_data(analysis)))["outputs"][0]["axes"])
    said = "Upper bound: slice takes some channels of a map, and is taken to see what all of them see."
    assert said in list(sentences(analysis))


def test_channels_that_see_alike_are_no_upper_bound() -> None:
    halves = net(lambda s, x: s.b(s.a(x).chunk(2, 1)[0]), a=conv(2, 4), b=conv())
    mixed = net(lambda s, x: s.c(torch.cat([s.a(x), s.b(x)], 1))[:, :1], a=conv(), b=conv(kernel=5), c=conv(4, 2))
    for module in (halves, mixed):
        assert not any(axis.upper_bound for axis in rf.analyze(module, input=(12, 12)).output.axes)
