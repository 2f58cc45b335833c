"""RFS304: the networks of a configuration that say where their weights come from."""

from __future__ import annotations

import json
import pickle
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rfscope.linting.many import Request
from rfscope.linting.pretrained import Pretrained
from tests.linting import reading

Lint = Callable[..., tuple[int, str, str]]
ORIGINAL = '"zoo:resnet-v1c-50"'
MODULE = """
from torch import nn

def strided():
    return nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 8, 3, 2, 1), nn.Conv2d(8, 8, 3, 1, 1))

def dilated(first=1):
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 8, 3, 1, first, first), nn.Conv2d(8, 8, 3, 1, 2, 2)
    )

class Segmenter(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = dilated()
        self.head = nn.Conv2d(8, 2, 3, padding=1)

    def forward(self, x):
        return self.head(self.backbone(x))
"""


@pytest.fixture
def configured(lint: Lint, tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """Lint with one network in the configuration: its target, where its weights come from, and words to type."""

    def answer(target: str, pretrained: str, *words: str, more: str = "") -> tuple[int, str, str]:
        text = f'[[networks]]\ntarget = "{target}"\npretrained-from = {pretrained}\n{more}'
        (tmp_path / "rfscope.toml").write_text(text, encoding="utf-8")
        return lint(*words)

    return answer


Configured = Callable[..., tuple[int, str, str]]


def found(answer: tuple[int, str, str]) -> list[dict[str, Any]]:
    assert answer[2] == ""
    records: list[dict[str, Any]] = json.loads(answer[1])
    return records


JSON = ("--select", "RFS304", "--output-format", "json")


def test_contracted_and_not(configured: Configured) -> None:
    assert found(configured("zoo:resnet-v1c-50-d8", ORIGINAL, *JSON)) == []
    answer = configured("zoo:resnet-v1c-50-d8-uncontracted", ORIGINAL, *JSON)
    [record] = found(answer)
    assert answer[0] == 1
    assert (record["name"], record["level"], record["node"]) == ("reads-differ", "error", "layer3.0.conv2")
    assert "Its taps lie 16 pixels of the input apart, and lay 8 apart in training" in record["details"]
    assert record["help"] == (
        "write rate 1 in layer3.0.conv2 and rate 2 in layer4.0.conv2 (in mmsegmentation, contract_dilation=True "
        "writes them): each pixel is then read as often as in training"
    )


def test_a_part_of_each(configured: Configured) -> None:
    own = "zoo:resnet-v1c-50-d8-uncontracted"
    same = f'{{target = {ORIGINAL}, node = "layer2.3", own = "layer2.3"}}'
    assert found(configured(own, same, *JSON)) == []
    [record] = found(configured(own, same.replace("layer2.3", "layer3.5"), *JSON))
    assert record["help"].startswith("write rate 1 in layer3.0.conv2 (")


@pytest.mark.parametrize("more", ["", "input = [64, 64]\n"], ids=["unbounded", "64x64"])
def test_rates_of_other_kernels(configured: Configured, more: str) -> None:
    assert found(configured("1,2,5", '"1,2,5"', *JSON, more=f"{more}kernel = 5\n")) == []
    [record] = found(configured("1,2,5", '"1,2,4"', *JSON, more=f"{more}kernel = 5\n"))
    assert record["message"].startswith("conv3 does not read what it read in training, in 1,2,4")
    assert record["help"] == "write rate 4 in conv3: each pixel is then read as often as in training"


def test_modules_are_imported_only_with_leave(
    configured: Configured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "surgery_nets.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    code, _, err = configured("1,2,5", '"surgery_nets:strided"', "--select", "RFS304")
    assert code == 2
    assert err.startswith("error: an import that is not allowed at rfscope.toml:3:1, networks[0].pretrained-from")

    allowed = (*JSON, "--allow-import")
    assert found(configured("surgery_nets:dilated", '"surgery_nets:strided"', *allowed)) == []
    [record] = found(configured("surgery_nets:dilated", '"surgery_nets:strided"', *allowed, more="args = [2]\n"))
    assert (record["node"], record["help"][:17]) == ("2", "write rate 1 in 2")
    part = '{target = "surgery_nets:strided", node = "3", own = "backbone"}'
    assert found(configured("surgery_nets:Segmenter", part, *allowed)) == []
    with_args = '{target = "surgery_nets:dilated", own = "backbone", args = {first = 2}}'
    [record] = found(configured("surgery_nets:Segmenter", with_args, *allowed))
    assert record["node"] == "backbone.2"


def test_a_spec_beside_a_spec_is_marked_where_it_is_wrong(configured: Configured, tmp_path: Path) -> None:
    layer = "[[layers]]\nop = 'conv'\nkernel = 3\npadding = 'same'\n"
    (tmp_path / "trained.toml").write_text(f"rfscope = 1\n{layer}{layer}dilation = 2\n", encoding="utf-8")
    (tmp_path / "own.toml").write_text(f"rfscope = 1\n{layer}{layer}dilation = 3\n", encoding="utf-8")
    [record] = found(configured("own.toml", '"trained.toml"', *JSON))
    assert (record["filename"], record["location"]) == ("own.toml", {"row": 10, "column": 1})
    _, out, _ = configured("own.toml", '"trained.toml"', *JSON[:2], "--output-format", "sarif")
    [result] = json.loads(out)["runs"][0]["results"]
    assert result["ruleId"] == "RFS304"
    _, out, _ = configured("own.toml", '"trained.toml"', *JSON[:2], "--output-format", "junit")
    [case] = reading.junit(out).iter("testcase")
    assert case.attrib["name"] == "RFS304 reads-differ: conv2"
    text = (tmp_path / "own.toml").read_text(encoding="utf-8")
    (tmp_path / "own.toml").write_text(f"{text[:-1]}  # rfscope: ignore[RFS304] new weights\n", encoding="utf-8")
    assert found(configured("own.toml", '"trained.toml"', *JSON)) == []


def test_what_is_not_known_is_said(configured: Configured, tmp_path: Path) -> None:
    layers = "[[layers]]\nop = 'deformable_conv'\nkernel = 3\npadding = 1\n[[layers]]\nop = 'conv'\nkernel = 3\n"
    (tmp_path / "own.toml").write_text(f"rfscope = 1\n{layers}", encoding="utf-8")
    [record] = found(configured("own.toml", '"1,1"', *JSON))
    assert record["message"] == "nobody knows whether it reads what 1,1 reads"
    assert record["details"] == "What deformable_conv1 reads is not known for certain"


def test_the_rule_is_off_unless_it_is_selected_and_then_nothing_is_read(configured: Configured) -> None:
    assert configured("1,2,5", '"nowhere.toml"', "--ignore", "RFS304")[0] == 0
    code, _, err = configured("1,2,5", '"nowhere.toml"')
    assert code == 2
    assert err == "error: no such file at nowhere.toml (named at rfscope.toml:3:1, networks[0].pretrained-from)\n"


def test_a_target_on_the_command_line_is_lent_it(configured: Configured) -> None:
    assert [record["node"] for record in found(configured("1,2,5", '"1,2,4"', "1,2,5", *JSON))] == ["conv3"]
    assert found(configured("1,2,5", '"1,2,4"', "1,3,4", *JSON)) == []


WRONG = {
    "a number": ("5", "got 5, expected a network such as 'zoo:resnet-v1c-50', or a table with target and perhaps"),
    "nothing": ('""', "got '', expected a network such as"),
    "no target": ('{node = "a"}', "got {'node': 'a'}, expected a network such as"),
    "another key": ('{target = "1", name = "a"}', "got {'target': '1', 'name': 'a'}, expected a network such as"),
}


@pytest.mark.parametrize(("written", "said"), WRONG.values(), ids=WRONG)
def test_bad_configuration(configured: Configured, written: str, said: str) -> None:
    code, out, err = configured("1,2,5", written)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: bad pretrained-from at rfscope.toml:3:1, networks[0].pretrained-from: {said}")
    assert err.count("\n") == 1


def test_first_guesses(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "rfscope.toml").write_text('pretrained-from = "1"\n', encoding="utf-8")
    assert lint()[2].endswith("; write pretrained-from in a table [[networks]], beside its target\n")
    (tmp_path / "rfscope.toml").write_text('[[networks]]\ntarget = "1"\npretrained_from = "1"\n', encoding="utf-8")
    assert lint()[2].endswith("; did you mean 'pretrained-from'?\n")


NAMED = {
    "a layer that is not there": ('{target = "1,2", node = "conv9"}', "unknown layer at 1,2: got 'conv9'"),
    "a layer that is not here": ('{target = "1,2", own = "conv9"}', "unknown layer at 1,2,5: got 'conv9'"),
    "another dimension": ('"zoo:wavenet"', "a trained network that does not fit at rfscope.toml:3:1"),
    "no folder of networks": ('"."', "bad pretrained-from at rfscope.toml:3:1, networks[0].pretrained-from: got"),
}


@pytest.mark.parametrize(("written", "said"), NAMED.values(), ids=NAMED)
def test_what_cannot_be_read_is_named_with_its_place(
    configured: Configured, tmp_path: Path, written: str, said: str
) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text("rfscope = 1\n[[layers]]\nop = 'conv'\nkernel = 3\n", encoding="utf-8")
    code, out, err = configured("1,2,5", written)
    assert code == 2
    assert "Judged" not in out
    assert said in err
    assert "networks[0].pretrained-from" in err


def test_settings_are_shown_as_they_are_written(configured: Configured) -> None:
    written = {"target": "1,2,4", "node": "conv3", "args": {"a": 1}}
    _, out, _ = configured("1,2,5", '{target = "1,2,4", node = "conv3", args = {a = 1}}', "--show-settings")
    assert tomllib.loads(out)["networks"][0]["pretrained-from"] == written
    _, out, _ = configured("1,2,5", '"1,2,4"', "--show-settings")
    assert tomllib.loads(out)["networks"][0]["pretrained-from"] == "1,2,4"


def test_it_goes_to_other_processes() -> None:
    request = Request(target="1,2,5", pretrained=Pretrained(target="1,2,4", arguments={"a": [1]}, where="here"))
    assert pickle.loads(pickle.dumps(request)) == request  # noqa: S301 - it was made a moment ago
