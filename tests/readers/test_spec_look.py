"""Which files that nobody named are meant as specs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfscope import limits
from rfscope.errors import RfscopeError
from rfscope.readers.spec import read_spec
from rfscope.readers.spec_look import edits, is_meant
from tests.readers.writing import FORMATS, write

LAYERS = "[{op: conv, kernel: 3}]"
TOML_LAYERS = "[[layers]]\nop = 'conv'\nkernel = 3\n"

VALID = {
    "an indented root": ("net.yaml", f"  rfscope: 1\n  layers: {LAYERS}\n".encode()),
    "the 1 on the next line": ("net.yaml", f"rfscope:\n  1\nlayers: {LAYERS}\n".encode()),
    "an explicit key": ("net.yaml", f"? rfscope\n: 1\n? layers\n: {LAYERS}\n".encode()),
    "a map behind the dashes": ("net.yml", f"--- {{rfscope: 1, layers: {LAYERS}}}\n".encode()),
    "a comment before the key": ("net.yaml", f"{{  # a network\n  rfscope: 1,\n  layers: {LAYERS}}}\n".encode()),
    "a signed number": ("net.toml", f"rfscope = +1\n{TOML_LAYERS}".encode()),
    "a bracket in a text before it": ("net.toml", f'name = """\n[x]\n"""\nrfscope = 1\n{TOML_LAYERS}'.encode()),
    "UTF-16 YAML": ("net.yaml", f"rfscope: 1\nlayers: {LAYERS}\n".encode("utf-16")),
    "UTF-16 TOML": ("net.toml", f"rfscope = 1\n{TOML_LAYERS}".encode("utf-16")),
    "an escaped key": ("net.json", b'{"\\u0072fscope": 1, "layers": [{"op": "conv", "kernel": 3}]}'),
    "two line ends": ("net.toml", f"# a\r\n\r\nrfscope = 1\r\n{TOML_LAYERS}".encode()),
}


@pytest.mark.parametrize(("name", "data"), VALID.values(), ids=VALID)
def test_whatever_the_reader_takes_is_one(name: str, data: bytes) -> None:
    assert len(read_spec(data, file=name, format=kind_of(name)).network.nodes) == 1
    assert is_meant(data, name)


def kind_of(name: str) -> Any:
    return {"yml": "yaml"}.get(name.rpartition(".")[2], name.rpartition(".")[2])


MISTYPED = {
    "a letter less": ("net.toml", f"rfscop = 1\n{TOML_LAYERS}", "did you mean 'rfscope'?"),
    "two letters swapped": ("net.yaml", f"rfscoep: 1\nlayers: {LAYERS}\n", "did you mean 'rfscope'?"),
    "capitals": ("net.yaml", f"RFScope: 1\nlayers: {LAYERS}\n", "did you mean 'rfscope'?"),
    "a hyphen, and nothing else": ("net.json", '{"rf-scope": 1}', "did you mean 'rfscope'?"),
    "no marker, layers of ours": ("net.json", '{"layers": [{"op": "conv", "kernel": 3}]}', "missing key 'rfscope'"),
    "no marker, an op mistyped": ("net.toml", TOML_LAYERS.replace("conv", "convolution"), "missing key 'rfscope'"),
    "text for a number": ("net.yaml", f"rfscope: '1'\nlayers: {LAYERS}\n", "bad rfscope"),
    "another version": ("net.toml", f"rfscope = 2\n{TOML_LAYERS}", "bad rfscope"),
    "not TOML": ("net.toml", "rfscope = 1\nlayers = [\n", "invalid TOML"),
    "not JSON": ("net.json", '{"rfscope": 1, "layers": [', "invalid JSON"),
    "an alias": ("net.yaml", f"a: &a 1\nb: *a\nrfscope: 1\nlayers: {LAYERS}\n", "an alias in YAML"),
}


@pytest.mark.parametrize(("name", "text", "message"), MISTYPED.values(), ids=MISTYPED)
def test_what_misses_by_little_is_one_whose_reader_says_why(name: str, text: str, message: str) -> None:
    assert is_meant(text.encode(), name)
    with pytest.raises(RfscopeError) as caught:
        read_spec(text.encode(), file=name, format=kind_of(name), allow_unknown=True)
    assert message in str(caught.value)


OTHER = {
    "a project's settings": ("a.toml", "[tool.rfscope]\nselect = ['RFS']\n"),
    "a dependency": ("package.json", '{"dependencies": {"rfscope": 1}}'),
    "a version": ("a.toml", "rfscope = '^1'\n"),
    "a service": ("compose.yaml", "services:\n  rfscope: 1\n"),
    "a scope of something": ("a.yaml", "scope: openid\nrfcs: [1]\n"),
    "layers of another tool": ("keras.json", '{"layers": [{"class_name": "Conv2D", "op": "Conv2D"}], "name": "m"}'),
    "ops of another tool": ("net.json", '{"layers": [{"op": "Conv2D", "name": "a", "inputs": ["x"], "units": 3}]}'),
    "layers of a map": ("map.yaml", "layers:\n- id: roads\n  type: line\n"),
    "a list": ("a.json", '[{"rfscope": 1}]'),
    "a text that says it": ("a.yaml", "run: |\n  rfscope: 1\n"),
    "broken, of another tool": ("a.json", '{"scope": 1, "layers": ['),
    "no text": ("a.json", "\x00\x01"),
    "another format": ("notes.txt", "rfscope = 1\n"),
}


@pytest.mark.parametrize(("name", "text"), OTHER.values(), ids=OTHER)
def test_files_of_other_tools_are_not(name: str, text: str) -> None:
    assert not is_meant(text.encode(), name)


def test_of_a_file_longer_than_a_spec_only_the_marker_counts() -> None:
    with limits.raised({"spec-bytes": 40}):
        assert is_meant(b'{"a": "' + b"x" * 60 + b'", "rfscope": 1', "net.json")
        assert not is_meant(b'{"layers": [{"op": "conv"' + b" " * 60, "net.json")


@given(st.integers(0, 3), st.sampled_from(FORMATS), st.sampled_from(["conv", "pool"]), st.booleans())
def test_every_spec_is_one(extra: int, kind: Any, op: str, last: bool) -> None:
    data: dict[str, Any] = {"layers": [{"op": op, "kernel": 3} for _ in range(extra + 1)]}
    spec = {**data, "rfscope": 1} if last else {"rfscope": 1, **data}
    assert is_meant(write(spec, kind), f"net.{kind}")


@given(st.text("rfscopex", max_size=9), st.text("rfscopex", max_size=9))
def test_edits_are_a_distance(one: str, other: str) -> None:
    found = edits(one, other)
    assert found == edits(other, one)
    assert (found == 0) == (one == other)
    assert abs(len(one) - len(other)) <= found <= max(len(one), len(other))
    assert edits(one + "y", other) <= found + 1


def test_yaml_of_other_tools_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings beside the specs cost one search for words."""

    def refuse(*_: object) -> None:
        pytest.fail("it was parsed")

    monkeypatch.setattr("rfscope.readers.spec_look.document_of", refuse)
    assert not is_meant(b"jobs:\n- build\n- test\n" * 100, "a.yaml")
