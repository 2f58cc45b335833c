"""What layers are called, and how they find each other."""

from __future__ import annotations

from typing import Any

import pytest

from rfscope.errors import NetworkError
from tests.readers.writing import read, spec

CONV = {"op": "conv", "kernel": 3}


@pytest.mark.parametrize(
    ("layers", "names"),
    [
        pytest.param([CONV, CONV], ["conv1", "conv2"], id="numbered"),
        pytest.param([CONV, {"op": "pointwise"}, CONV], ["conv1", "pointwise1", "conv2"], id="numbered by op"),
        pytest.param([{**CONV, "repeat": 3}, CONV], ["conv1", "conv2", "conv3", "conv4"], id="numbered after repeat"),
        pytest.param([{**CONV, "name": "a", "repeat": 2}, CONV], ["a.1", "a.2", "conv3"], id="named ones count"),
        pytest.param([{**CONV, "name": "a", "repeat": 1}], ["a"], id="repeated once"),
        pytest.param([{**CONV, "name": "a\n::error::\x1b[0m"}], ["a?::error::?[0m"], id="cleaned"),
    ],
)
def test_names(layers: list[dict[str, Any]], names: list[str]) -> None:
    assert [node.name for node in read(spec(*layers)).nodes] == names


def test_a_repeated_layer_is_a_run_that_ends_in_its_name() -> None:
    network = read(
        spec(
            CONV,
            {**CONV, "name": "ctx", "repeat": 3, "inputs": ["input"]},
            {"op": "add", "inputs": ["ctx", "ctx.1", "conv1"]},
            outputs=["ctx"],
        )
    )
    assert {node.name: node.inputs for node in network.nodes} == {
        "conv1": ("input",),
        "ctx.1": ("input",),
        "ctx.2": ("ctx.1",),
        "ctx.3": ("ctx.2",),
        "add1": ("ctx.3", "ctx.1", "conv1"),
    }
    assert network.outputs == ("ctx.3",)


def test_layers_may_stand_before_what_they_read() -> None:
    network = read(
        spec({**CONV, "name": "b", "inputs": ["a"]}, {**CONV, "name": "a", "inputs": ["input"]}, outputs=["b"])
    )
    assert [node.name for node in network.nodes] == ["a", "b"]


def test_names_are_cleaned_wherever_they_stand() -> None:
    network = read(spec({**CONV, "name": "a\n"}, CONV, {**CONV, "inputs": ["a\n"]}, outputs=["a\n"]))
    assert network.nodes[2].inputs == network.outputs == ("a?",)


@pytest.mark.parametrize(
    "layers",
    [
        pytest.param([{**CONV, "name": "a"}, {**CONV, "name": "a"}], id="twice"),
        pytest.param([{**CONV, "name": "conv2"}, CONV], id="of a number"),
        pytest.param([{**CONV, "name": "a", "repeat": 2}, {**CONV, "name": "a"}], id="of a run"),
        pytest.param([{**CONV, "name": "a", "repeat": 2}, {**CONV, "name": "a.1"}], id="in a run"),
        pytest.param([{**CONV, "name": "a\n"}, {**CONV, "name": "a\t"}], id="after cleaning"),
        pytest.param([CONV, {**CONV, "name": "input"}], id="of the input"),
    ],
)
def test_double_names(layers: list[dict[str, Any]]) -> None:
    with pytest.raises(NetworkError, match=r"^duplicate layer name at net:1:\d+, layers\[1\]"):
        read(spec(*layers))
