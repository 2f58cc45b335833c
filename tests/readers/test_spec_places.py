"""Where layers and keys stand in their files."""

from __future__ import annotations

import pytest

from rfscope.network.graph import Origin
from rfscope.readers.spec import SpecFormat, comments, read_spec
from rfscope.readers.spec_json import read_json
from rfscope.readers.spec_toml import read_toml
from rfscope.readers.spec_yaml import read_yaml

TOML = '''
rfscope = 1
name = """
[[layers]]
op = "conv"
""" # a text, [[layers]]
# [[layers]]
[[layers]] # rfscope: ignore[RFS101] on purpose
op = "conv"
kernel = 3
padding = [
  [1, 2],
  [3, 4],
]
  [["layers"]]
  "op" = 'conv'
  "k\\u0065rnel" = 3
[[ layers ]]
op = "pointwise"
'''
YAML = """
rfscope: 1
name: |
  layers:
    - op: conv
layers:
  - op: conv   # rfscope: ignore[RFS101] on purpose
    kernel: 3
  -
    op: conv
    kernel: 3
  - {op: pointwise}
"""
JSON = """{"rfscope": 1,
 "name": "{[\\"layers\\": [",
 "layers": [
  {"op": "conv", "kernel": 3, "padding": [[1, 2], [3, 4]]},
  {
   "op": "conv", "kernel": 3
  },
  {"op": "pointwise"}]}
"""
INLINE = """rfscope = 1
layers = [
  {op = "conv", kernel = 3},
  {op = "conv", kernel = 3},
]
"""
ONE_LINE = """rfscope = 1
layers = [ {op = "conv", name = "a, {b = 1}, [", kernel = [3, 3], padding = 1}, {"op" = 'conv', kernel = 3} ]
"""
ODD = "a\u2028b\u0085c\u2029d"
"""Characters that end a line for Python and in YAML 1.1, and for no format as it is today."""


@pytest.mark.parametrize(
    ("text", "format", "places"),
    [
        pytest.param(TOML, "toml", [(8, 1), (15, 3), (18, 1)], id="toml"),
        pytest.param(YAML, "yaml", [(7, 5), (10, 5), (12, 5)], id="yaml"),
        pytest.param(JSON, "json", [(4, 3), (5, 3), (8, 3)], id="json"),
        pytest.param(INLINE, "toml", [(3, 3), (4, 3)], id="an inline array"),
        pytest.param(ONE_LINE, "toml", [(2, 12), (2, 81)], id="an inline array on one line"),
        pytest.param(TOML.replace("\n", "\r\n"), "toml", [(8, 1), (15, 3), (18, 1)], id="toml with two line ends"),
        pytest.param(YAML.replace("\n", "\r"), "yaml", [(7, 5), (10, 5), (12, 5)], id="yaml with the old Mac's"),
        pytest.param(JSON.replace("\n", "\r"), "json", [(4, 3), (5, 3), (8, 3)], id="json with the old Mac's"),
        pytest.param(f"# {ODD}\n{TOML}", "toml", [(9, 1), (16, 3), (19, 1)], id="toml with what ends no line"),
        pytest.param(
            YAML.replace("|\n  layers:\n    - op: conv", f"'{ODD}'\n\n"),
            "yaml",
            [(7, 5), (10, 5), (12, 5)],
            id="yaml with what ends no line",
        ),
        pytest.param(JSON.replace("layers", f"{ODD}layers", 1), "json", [(4, 3), (5, 3), (8, 3)], id="json with it"),
        pytest.param(JSON.replace("\n", "\r\n"), "json", [(4, 3), (5, 3), (8, 3)], id="json with two line ends"),
    ],
)
def test_origins(text: str, format: SpecFormat, places: list[tuple[int | None, int | None]]) -> None:
    nodes = read_spec(text.encode(), file="f", format=format).network.nodes
    assert [node.origin for node in nodes] == [Origin(file="f", row=row, column=column) for row, column in places]


def test_comments() -> None:
    found = [(comment.text, comment.row, comment.column, comment.alone) for comment in comments(TOML, "toml")]
    assert found == [
        ("# a text, [[layers]]", 6, 5, False),
        ("# [[layers]]", 7, 1, True),
        ("# rfscope: ignore[RFS101] on purpose", 8, 12, False),
    ]
    [comment] = comments(YAML, "yaml")
    assert (comment.text, comment.row, comment.column) == ("# rfscope: ignore[RFS101] on purpose", 7, 16)
    assert list(comments(JSON, "json")) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b#c", []),
        ("a: 'b # c'  # d", ["# d"]),
        ("- # a\n  x: 1", ["# a"]),
        ("a: |\n  # b\nc: 1 # d", ["# d"]),
        ("# a\r\nb: 1\t# c", ["# a", "# c"]),
    ],
)
def test_comments_in_yaml(text: str, expected: list[str]) -> None:
    assert [comment.text for comment in comments(text, "yaml")] == expected


def test_every_copy_of_a_repeated_layer_has_its_origin() -> None:
    text = b"rfscope = 1\n[[layers]]\nop = 'conv'\nkernel = 3\nrepeat = 2\n"
    assert [str(node.origin) for node in read_spec(text, file="f").network.nodes] == ["f:2:1", "f:2:1"]


def test_places_of_keys() -> None:
    assert read_toml(TOML, "f").where(("layers", 1, "kernel")) == "f:17:3, layers[1].kernel"
    assert read_toml(TOML, "f").where(("layers", 0, "padding", 1)) == "f:11:1, layers[0].padding[1]"
    assert read_toml(INLINE, "f").where(("layers", 1, "op")) == "f:4:4, layers[1].op"
    assert read_toml(ONE_LINE, "f").where(("layers", 1, "kernel")) == "f:2:97, layers[1].kernel"
    assert read_yaml(YAML, "f").where(("layers", 0, "kernel")) == "f:8:5, layers[0].kernel"
    assert read_json(JSON, "f").where(("layers", 0, "kernel")) == "f:4:18, layers[0].kernel"
    assert read_json(JSON, "f").where(("layers", 1, "op")) == "f:6:4, layers[1].op"
    assert read_json(JSON, "f").where(("missing",)) == "f:1:1, missing"


@pytest.mark.parametrize(
    ("text", "format", "row", "column"),
    [
        pytest.param(TOML, "toml", 10, 1, id="toml"),
        pytest.param(INLINE, "toml", 3, 17, id="inline toml"),
        pytest.param(ONE_LINE, "toml", 2, 50, id="inline toml on one line"),
        pytest.param(YAML, "yaml", 8, 5, id="yaml"),
        pytest.param(JSON, "json", 4, 18, id="json"),
    ],
)
def test_layers_know_where_their_keys_stand(text: str, format: SpecFormat, row: int, column: int) -> None:
    origin = read_spec(text.encode(), file="f", format=format).network.nodes[0].origin
    assert origin is not None
    assert origin.at("kernel") == Origin(file="f", row=row, column=column)
    assert text.splitlines()[row - 1][column - 1 :].lstrip('"').startswith("kernel")
    assert origin.at("dilation") == origin.at(None) == Origin(file="f", row=origin.row, column=origin.column)


def test_tables_of_a_configuration_have_places() -> None:
    document = read_toml('[tool.x]\na = 1\n[[tool.x.nets]]\n[[tool . "x" .nets]]\nb = 2\n[tool.x.nets.c]\nd = 3\n', "f")
    assert document.where(("tool", "x", "a")) == "f:2:1, tool.x.a"
    assert document.where(("tool", "x", "nets", 1, "e")) == "f:4:1, tool.x.nets[1].e"
    assert document.where(("tool", "x", "nets", 1, "b")) == "f:5:1, tool.x.nets[1].b"
    assert document.where(("tool", "x", "nets", 1, "c", "d")) == "f:7:1, tool.x.nets[1].c.d"


def test_keys_of_other_tables_have_no_place() -> None:
    document = read_toml("[other]\nname = 1\n[[layers.more]]\nname = 2", "f")
    assert document.where(("name",)) == "f, name"
