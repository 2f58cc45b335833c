"""The JSON Schema says what the reader says."""

from __future__ import annotations

from typing import Any

import pytest

from rfscope.readers.spec import schema

OPS = {
    "conv", "pool", "transposed_conv", "deformable_conv", "resize", "pixel_shuffle", "pixel_unshuffle", "pad", "add",
    "multiply", "concat", "global", "pointwise",
}  # fmt: skip
ONE = {"name", "inputs", "repeat"}
WINDOW = ONE | {"kernel", "stride", "dilation", "padding"}
WEIGHTS = {"groups", "in_channels", "out_channels"}


@pytest.fixture(scope="module")
def layers() -> dict[str, dict[str, Any]]:
    """The tables of the schema by their op."""
    return {table["properties"]["op"]["const"]: table for table in schema()["$defs"].values()}


def test_top_level() -> None:
    found = schema()
    assert found["required"] == ["rfscope", "layers"]
    assert set(found["properties"]) == {"rfscope", "name", "dims", "input", "outputs", "layers"}
    assert found["additionalProperties"] is False
    assert {key: found["properties"]["rfscope"][key] for key in ("type", "minimum", "maximum")} == {
        "type": "integer",
        "minimum": 1,
        "maximum": 1,
    }


def test_every_key_is_described(layers: dict[str, dict[str, Any]]) -> None:
    for table in (schema(), *layers.values()):
        assert table["description"]
        assert table["additionalProperties"] is False
        for key, value in table["properties"].items():
            assert value["title"], key
            assert key == "op" or value["description"], key


@pytest.mark.parametrize(
    ("op", "keys", "required"),
    [
        ("conv", WINDOW | WEIGHTS | {"padding_mode"}, {"kernel"}),
        ("deformable_conv", WINDOW | WEIGHTS, {"kernel"}),
        ("transposed_conv", WINDOW | WEIGHTS | {"output_padding"}, {"kernel"}),
        ("pool", WINDOW | {"ceil_mode"}, {"kernel"}),
        ("resize", ONE | {"scale", "size", "mode", "align_corners"}, set()),
        ("pixel_shuffle", ONE | {"factor"}, {"factor"}),
        ("pixel_unshuffle", ONE | {"factor"}, {"factor"}),
        ("pad", ONE | {"padding", "padding_mode"}, {"padding"}),
        ("add", {"name", "inputs"}, {"inputs"}),
        ("multiply", {"name", "inputs"}, {"inputs"}),
        ("concat", {"name", "inputs"}, {"inputs"}),
        ("global", ONE, set()),
        ("pointwise", ONE, set()),
    ],
)
def test_keys_of_an_op(layers: dict[str, dict[str, Any]], op: str, keys: set[str], required: set[str]) -> None:
    assert set(layers[op]["properties"]) == keys | {"op"}
    assert set(layers[op]["required"]) == required | {"op"}


def test_the_ops_are_all_there(layers: dict[str, dict[str, Any]]) -> None:
    assert set(layers) == OPS == set(schema()["properties"]["layers"]["items"]["discriminator"]["mapping"])


def test_what_may_be_left_out_has_no_empty_default(layers: dict[str, dict[str, Any]]) -> None:
    for table in (schema(), *layers.values()):
        for value in table["properties"].values():
            assert value.get("default", 1) not in ("", [], None)
