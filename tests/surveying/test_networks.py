"""Every network that is named is a row, whatever becomes of it; models of a library are named by patterns."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rfscope as rf
from rfscope import limits
from rfscope.errors import RfscopeError
from rfscope.surveying import children

SPEC = 'rfscope = 1\n[[layers]]\nop = "conv"\nname = "a"\nkernel = 3\ndilation = {rate}\n'

LIBRARY = '''
"""A library of models that stands in for timm."""
import os, signal, sys
from torch import nn

def _net(*more):
    return nn.Sequential(nn.Conv2d(3, 4, 3, stride=2), nn.Conv2d(4, 4, 3, dilation=2), *more)

class Counted(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 5)
        print("to standard output")
        if self.conv.weight.device.type == "meta":
            raise RuntimeError("weights are looked at while it is made")

    def forward(self, x):
        return self.conv(x)

MODELS = {
    "net_plain": lambda: _net(),
    "net_pooled": lambda: _net(nn.AdaptiveAvgPool2d(1)),
    "net_with_data": Counted,
    "odd_dies": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "odd_fails": lambda: {}["missing"],
    "odd_leaves": lambda: sys.exit(3),
    "odd_greedy": lambda: bytearray(2**36),
}

def list_models():
    return sorted(MODELS)

class models:
    @staticmethod
    def get_pretrained_cfg(name, allow_unregistered):
        return None

sys.modules["timm.models"] = models

def create_model(model_name, pretrained):
    assert pretrained is False
    return MODELS[model_name]()
'''


@pytest.fixture(autouse=True)
def _none_is_left() -> Iterator[None]:
    yield
    assert children._all == set()


@pytest.fixture(name="specs")
def _specs(tmp_path: Path) -> Path:
    for rate in (1, 3):
        (tmp_path / f"rate{rate}.toml").write_text(SPEC.format(rate=rate))
    (tmp_path / "broken.toml").write_text('rfscope = 1\n[[layers]]\nop = "conv"\nkernel = -1\n')
    (tmp_path / "settings.toml").write_text("unrelated = true\n")
    return tmp_path


def test_folders_rates_and_published_networks(specs: Path) -> None:
    found = rf.survey([str(specs), "1,2,5", "2,4,8", "zoo:u-net", "1,2,5"])
    by_name = {Path(row["target"]).name: row for row in found.rows}
    assert list(by_name) == ["broken.toml", "rate1.toml", "rate3.toml", "1,2,5", "2,4,8", "zoo:u-net"]
    assert [row["verdict"] for row in by_name.values()] == [None, "ok", "holes", "ok", "holes", "ok"]
    assert "kernel" in by_name["broken.toml"]["error"]
    assert by_name["2,4,8"]["dilated"] == "2,4,8 at stride 1 (conv1 to conv3)"
    assert by_name["zoo:u-net"]["field"] == "188-204x188-204"
    assert found.tally == {"networks": 6, "no answer": 1, "why: bad kernel": 1, "ok": 3, "holes": 2}
    assert str(found).splitlines()[-2:] == ["6 networks: 2 HOLES, 3 OK, 1 no answer", "  no answer, 1: bad kernel"]


def test_what_is_said_of_a_network_is_what_analyze_says() -> None:
    (row,) = rf.survey(
        "zoo:deeplab-v1", columns=["field", "output_stride", "verdict", "node", "layers", "weights"]
    ).rows
    analysis = rf.analyze("zoo:deeplab-v1")
    (size, _), axis = analysis.output.size, analysis.output.axes[0]
    assert row == {
        "field": f"{size}x{size}",
        "output_stride": str(axis.stride),
        "verdict": analysis.verdict,
        "node": analysis.output.node,
        "layers": len(analysis.network.nodes),
        "weights": analysis.parameters,
    }


def test_options_of_rates_are_for_the_rates_among_the_targets(specs: Path) -> None:
    found = rf.survey([str(specs / "rate1.toml"), "1,2"], kernel=5, columns=["field"])
    assert found["field"] == ["3x3", "13x13"]


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are kept on Linux")
def test_models_that_die_or_fail_are_rows_like_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "timm").mkdir()
    (tmp_path / "timm" / "__init__.py").write_text(LIBRARY)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "timm", raising=False)
    (tmp_path / "names.txt").write_text("# ours\ntimm:odd*  # all of them\n\ntimm:net_plain\n")
    out = tmp_path / "t.jsonl"
    given: dict[str, Any] = {"models": ["timm:net*", str(tmp_path / "names.txt")], "out": out}
    with limits.raised({"child-bytes": 2**30}):
        found = rf.survey(**given)
    rows = {row["target"].removeprefix("timm:"): row for row in map(json.loads, out.read_text().splitlines())}
    names = ["net_plain", "net_pooled", "net_with_data", "odd_dies", "odd_fails", "odd_greedy", "odd_leaves"]
    assert list(rows) == names
    assert [rows[name]["field"] for name in names[:3]] == ["11x11", "11x11", "5x5"]
    assert [rows[name]["verdict"] for name in names[:3]] == ["holes", "holes", "ok"]
    assert rows["net_pooled"]["global_at"] == "2"
    said = {
        "odd_dies": "its worker was ended by the system, perhaps for want of memory (SIGKILL, at most 1.0 GiB)",
        "odd_fails": "the user's code fails at timm:create_model: got KeyError: 'missing'",
        "odd_greedy": "MemoryError",
        "odd_leaves": "the user's code exits at timm:create_model: got sys.exit(3)",
    }
    assert {name: text in rows[name]["error"] for name, text in said.items()} == dict.fromkeys(said, True)
    assert found.outcome is not None
    assert (found.outcome.again, found.outcome.mistaken, found.tally["no answer"]) == (1, 4, 4)


def _killed(number: int) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is stopped where there is no fork")
def test_a_child_answers_raises_or_is_stopped() -> None:
    assert children.in_child(str, 5) == "5"
    with pytest.raises(RfscopeError, match="the worker fails: got ValueError: invalid literal"):
        children.in_child(int, "five")
    with limits.raised({"seconds": 1}), pytest.raises(children.StoppedError, match="it took more than 1 s; --resume"):
        children.in_child(time.sleep, 600)
    with pytest.raises(children.StoppedError, match="SIGTERM"):
        children.in_child(_killed, signal.SIGTERM)
    with pytest.raises(children.StoppedError, match="ended without an answer"):
        children.in_child(os._exit, 3)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "nothing to survey"),
        ({"layers": 3}, "schedules without rates"),
        ({"rates": [1, 2]}, "schedules without layers"),
        ({"layers": 2, "rates": [1, 2], "targets": "1,2"}, "a space of schedules beside networks"),
        ({"layers": 2, "rates": [1, 2], "verify": True}, "a space of schedules is not verified"),
        ({"layers": 2, "rates": [1, 2], "stride": 2}, "stride of a space of schedules"),
        ({"targets": "1,2", "sample": 4}, "a sample of networks"),
        ({"targets": "1,2", "jobs": 0}, "bad jobs: got 0"),
        ({"targets": "1,2", "columns": ["gcd"]}, "no such column: got 'gcd', expected one of target"),
        ({"models": "resnet18"}, "bad --models: got 'resnet18'"),
        ({"models": "tim:resnet*"}, "bad --models: got 'tim:resnet*'"),
        ({"targets": "1,2", "executor": object()}, "a survey elsewhere without a file"),
    ],
)
def test_what_cannot_be_surveyed_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(RfscopeError) as caught:
        rf.survey(**given)
    assert str(caught.value).startswith(said)


def test_a_survey_is_columns_and_blocks() -> None:
    found = rf.survey(layers=[2, 3], rates=[1, 2, 3])
    assert repr(found) == ("<Survey of 36 schedules: rates, field, hole_free, gcd, m2, m2_ok, whole_ok, error>")
    (block,) = found
    assert block["field"].tolist() == found["field"].tolist()
    assert [part.shape for part in found["rates"]] == [(2, 9), (3, 27)]
    assert rf.survey(layers=2, rates=[1, 2])["rates"].tolist() == [[1, 1, 2, 2], [1, 2, 1, 2]]
    assert sum(row["hole_free"] for row in found.rows) == found.tally["hole_free"]
    assert found.share() == (found.tally["hole_free"] / 36,) * 3
    with pytest.raises(RfscopeError, match="no such column"):
        _ = found["verdict"]
    low, high = rf.survey(layers=6, rates=range(1, 11), sample=2_000).share()[1:]
    assert low < 0.355267 < high
