"""What each layer of a spec becomes, the same in every format."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from rfscope.network.build import chain
from rfscope.network.graph import Network
from rfscope.network.reads import IDENTITY, Read, Resize, TransposedWindow, Whole, Window
from rfscope.readers.spec import SpecFormat
from tests.readers.writing import FORMATS, read, spec

CONV = {"op": "conv", "kernel": 3}
OPS: dict[str, tuple[dict[str, Any], Read, Read]] = {
    "conv": (CONV, Window(kernel=3), Window(kernel=3)),
    "conv per axis": (
        {"op": "conv", "kernel": [3, 5], "stride": [2, 1], "dilation": [1, 4], "padding": [1, 8]},
        Window(kernel=3, stride=2, padding=(1, 1)),
        Window(kernel=5, dilation=4, padding=(8, 8)),
    ),
    "conv with sides": (
        {**CONV, "padding": [[1, 2], [0, 3]]},
        Window(kernel=3, padding=(1, 2)),
        Window(kernel=3, padding=(0, 3)),
    ),
    "conv valid": ({**CONV, "padding": "valid"}, Window(kernel=3), Window(kernel=3)),
    "conv same": ({**CONV, "padding": "same"}, *(Window(kernel=3, padding="same"),) * 2),
    "conv same_lower": ({**CONV, "padding": "same_lower"}, *(Window(kernel=3, padding="same_lower"),) * 2),
    "conv causal": (
        {**CONV, "padding": "causal", "dilation": [1, 4], "stride": 2},
        Window(kernel=3, stride=2, padding=(2, 0)),
        Window(kernel=3, stride=2, dilation=4, padding=(8, 0)),
    ),
    "pool causal": (
        {"op": "pool", "kernel": [2, 1], "padding": "causal"},
        Window(kernel=2, padding=(1, 0)),
        Window(kernel=1),
    ),
    "deformable_conv causal": (
        {"op": "deformable_conv", "kernel": 3, "padding": "causal"},
        *(Window(kernel=3, padding=(2, 0)),) * 2,
    ),
    "conv reflect": ({**CONV, "padding": 1, "padding_mode": "reflect"}, *(Window(kernel=3, padding=(1, 1)),) * 2),
    "pool": (
        {"op": "pool", "kernel": 2, "stride": 2, "ceil_mode": True},
        *(Window(kernel=2, stride=2, ceil_mode=True),) * 2,
    ),
    "pool of stride 1": ({"op": "pool", "kernel": 2}, *(Window(kernel=2, stride=1),) * 2),
    "transposed conv": (
        {"op": "transposed_conv", "kernel": 4, "stride": 2, "padding": 1, "output_padding": [0, 1]},
        TransposedWindow(kernel=4, stride=2, padding=(1, 1)),
        TransposedWindow(kernel=4, stride=2, padding=(1, 1), output_padding=1),
    ),
    "transposed conv same": (
        {"op": "transposed_conv", "kernel": 3, "stride": 2, "dilation": 3, "padding": "same"},
        *(TransposedWindow(kernel=3, stride=2, dilation=3, padding="same"),) * 2,
    ),
    "deformable conv": (
        {"op": "deformable_conv", "kernel": 3, "stride": 2, "dilation": 2, "padding": "same"},
        *(Window(kernel=3, stride=2, dilation=2, padding="same"),) * 2,
    ),
    "resize": ({"op": "resize", "scale": 2}, *(Resize(scale=Fraction(2)),) * 2),
    "resize by a fraction": (
        {"op": "resize", "scale": ["1/3", "7"], "mode": "cubic"},
        Resize(scale=Fraction(1, 3), mode="cubic"),
        Resize(scale=Fraction(7), mode="cubic"),
    ),
    "resize by a decimal": (
        {"op": "resize", "scale": [0.1, 2.50], "mode": "linear", "align_corners": True},
        Resize(scale=Fraction(1, 10), mode="linear", align_corners=True),
        Resize(scale=Fraction(5, 2), mode="linear", align_corners=True),
    ),
    "resize by a small decimal": ({"op": "resize", "scale": 0.0001}, *(Resize(scale=Fraction(1, 10_000)),) * 2),
    "resize to a size": (
        {"op": "resize", "size": [7, 9], "mode": "linear"},
        Resize(size=7, mode="linear"),
        Resize(size=9, mode="linear"),
    ),
    "pixel shuffle": ({"op": "pixel_shuffle", "factor": 3}, *(TransposedWindow(kernel=3, stride=3),) * 2),
    "pixel unshuffle": ({"op": "pixel_unshuffle", "factor": 3}, *(Window(kernel=3, stride=3),) * 2),
    "pad": ({"op": "pad", "padding": [[1, -2], [0, 3]]}, Window(padding=(1, -2)), Window(padding=(0, 3))),
    "crop": ({"op": "pad", "padding": -1}, *(Window(padding=(-1, -1)),) * 2),
    "global": ({"op": "global"}, Whole(), Whole()),
    "pointwise": ({"op": "pointwise"}, IDENTITY, IDENTITY),
}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(("layer", "first", "second"), OPS.values(), ids=OPS)
def test_reads_of_an_op(layer: dict[str, Any], first: Read, second: Read, format: SpecFormat) -> None:
    node = read(spec(layer), format).nodes[0]
    assert node.reads == (first, second)
    assert (node.op, node.name, node.inputs) == (layer["op"], f"{layer['op']}1", ("input",))
    assert node.data_dependent is (layer["op"] == "deformable_conv")


@pytest.mark.parametrize("op", ["add", "multiply", "concat"])
def test_merges_read_where_they_stand(op: str) -> None:
    node = read(spec(CONV, CONV, {"op": op, "inputs": ["conv1", "conv2", "input"]})).nodes[-1]
    assert (node.op, node.inputs, node.reads) == (op, ("conv1", "conv2", "input"), (IDENTITY, IDENTITY))


@pytest.mark.parametrize("op", ["conv", "transposed_conv", "deformable_conv"])
def test_channels_and_groups_of_what_has_weights(op: str) -> None:
    layer = {"op": op, "kernel": [3, 5], "in_channels": 8, "out_channels": 4, "groups": 2}
    node = read(spec(layer)).nodes[0]
    assert (node.in_channels, node.out_channels, node.groups, node.parameters) == (8, 4, 2, 4 * 4 * 15)


WHOLE = spec(
    {"op": "conv", "name": "stem", "kernel": 7, "stride": 2, "padding": 3, "in_channels": 3, "out_channels": 64},
    {"op": "conv", "name": "body", "kernel": 3, "padding": "same", "groups": 64, "repeat": 3},
    {"op": "add", "inputs": ["body", "stem"]},
    {"op": "pointwise", "name": "h\u00e9ad"},
    name="whole",
    dims=2,
    input=[64, 48],
    outputs=["add1", "h\u00e9ad"],
)


def placeless(network: Network) -> Network:
    return replace(network, nodes=tuple(replace(node, origin=None) for node in network.nodes))


def test_the_three_formats_agree() -> None:
    toml, yaml, json = (read(WHOLE, written) for written in FORMATS)
    assert placeless(toml) == placeless(yaml) == placeless(json)
    assert (json.name, json.dims, json.input, json.outputs) == ("whole", 2, (64, 48), ("add1", "h\u00e9ad"))
    assert [node.name for node in json.nodes] == ["stem", "body.1", "body.2", "body.3", "add1", "h\u00e9ad"]
    stem, body = json.nodes[:2]
    assert (stem.in_channels, stem.out_channels, stem.groups) == (3, 64, 1)
    assert (body.in_channels, body.out_channels, body.groups) == (None, None, 64)


@pytest.mark.parametrize(
    ("keys", "dims"), [({}, 2), ({"dims": 3}, 3), ({"input": [9]}, 1), ({"input": [9, 9], "dims": 2}, 2)]
)
def test_number_of_axes(keys: dict[str, Any], dims: int) -> None:
    network = read(spec(CONV, **keys))
    assert network.dims == dims
    assert len(network.nodes[0].reads) == dims


def test_one_axis_padded_on_one_side() -> None:
    assert read(spec({**CONV, "padding": [[2, 0]]}, dims=1)).nodes[0].reads == (Window(kernel=3, padding=(2, 0)),)


def test_the_file_gives_the_name_and_the_last_layer_is_the_output() -> None:
    network = read(spec(CONV, CONV))
    assert (network.name, network.outputs, network.input) == ("net", ("conv2",), None)


def test_causal_layers_are_those_of_causal_rates() -> None:
    layers = [{"op": "conv", "kernel": 2, "dilation": rate, "padding": "causal"} for rate in (1, 2, 4)]
    network = read(spec(*layers, dims=1), "json")
    assert [node.reads for node in network.nodes] == [
        node.reads for node in chain([1, 2, 4], kernel=2, dims=1, causal=True).nodes
    ]


@pytest.mark.parametrize(("dims", "size"), [(1, (64,)), (2, (64, 64)), (3, (64, 64, 64))])
def test_one_size_for_all_axes(dims: int, size: tuple[int, ...]) -> None:
    network = read(spec({"op": "global"}, dims=dims, input=64), "json")
    assert network.input == size


def test_one_size_alone_is_a_square() -> None:
    assert read(spec({"op": "global"}, input=64), "json").input == (64, 64)
