"""Whatever the bytes: a network, or one line that says what is wrong."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfscope.errors import LimitError, RfscopeError, TargetError
from rfscope.network.graph import Network
from rfscope.readers.spec import SpecFormat, read_spec
from tests.readers.writing import FORMATS, spec, write

DEEP = 100_000
HOSTILE: dict[str, tuple[SpecFormat, bytes, type[RfscopeError]]] = {
    "json lists": ("json", b"[" * DEEP, LimitError),
    "json tables": ("json", b'{"a":' * DEEP, LimitError),
    "yaml lists": ("yaml", b"a: " + b"[" * DEEP, LimitError),
    "yaml tables": ("yaml", b"{a: " * DEEP, LimitError),
    "yaml blocks": ("yaml", b"- " * DEEP, LimitError),
    "yaml keys": ("yaml", b"? " * DEEP, TargetError),
    "toml lists": ("toml", b"a = " + b"[" * DEEP, LimitError),
    "toml tables": ("toml", b"a = " + b"{a = " * DEEP, LimitError),
    "toml dotted key": ("toml", b"a." * DEEP + b"a = 1", LimitError),
    "toml dotted header": ("toml", b"[" + b"a." * DEEP + b"a]", LimitError),
    "json digits": ("json", b'{"a": ' + b"9" * 5000 + b"}", TargetError),
    "json negative digits": ("json", b'{"a": -' + b"9" * 5000 + b"}", TargetError),
    "yaml digits": ("yaml", b"a: " + b"9" * 5000, TargetError),
    "toml digits": ("toml", b"a = " + b"9" * 5000, TargetError),
    "toml hexadecimal digits": ("toml", b"a = 0x" + b"f" * 500_000, TargetError),
    "yaml laughs": ("yaml", b"a: &a [1]\nb: &b [*a, *a]\nc: [*b, *b]", TargetError),
    "toml quotes": ("toml", b'a = """' + b'\\"""' * 250_000, TargetError),
    "toml apostrophes": ("toml", b"a = '''" + b"'" * 1_000_000, TargetError),
    "json quotes": ("json", b'"' * 1_000_000, TargetError),
    "json backslashes": ("json", b'"' + b"\\" * 1_000_000, TargetError),
    "json NUL": ("json", b'{"a": "\0"}', TargetError),
    "yaml NUL": ("yaml", b"a: \0", TargetError),
    "toml NUL": ("toml", b'a = "\0"', TargetError),
    "utf-16 without a mark": ("toml", "rfscope = 1".encode("utf-16-le"), TargetError),
}


@pytest.mark.parametrize(("format", "data", "kind"), HOSTILE.values(), ids=HOSTILE)
def test_hostile(format: SpecFormat, data: bytes, kind: type[RfscopeError]) -> None:
    began = time.monotonic()
    with pytest.raises(kind):
        read_spec(data, file="f", format=format)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.startswith("yaml")])
def test_hostile_where_pyyaml_is_pure_python(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    format, data, kind = HOSTILE[name]  # noqa: A001
    with pytest.raises(kind):
        read_spec(data, file="f", format=format)


def test_a_long_key_is_not_repeated_in_full() -> None:
    with pytest.raises(RfscopeError) as caught:
        read_spec(write(spec({"op": "global", "k" * 100_000: 1}), "json"), file="f")
    assert len(str(caught.value)) < 300


def outcome(data: bytes, format: SpecFormat | None) -> None:
    """Read, and let nothing but our own errors pass: each mistake on one line."""
    said = ""
    try:
        assert isinstance(read_spec(data, file="f", format=format).network, Network)
    except RfscopeError as error:
        said = str(error)
    assert all(line.isprintable() for line in said.split("\n"))


formats = st.sampled_from([*FORMATS, None])


@given(st.binary(max_size=60), formats)
@settings(max_examples=400)
def test_any_bytes(data: bytes, format: SpecFormat | None) -> None:
    outcome(data, format)


@given(st.text(alphabet="[]{}:,.=\"'#-&*!|>%?\\\n\t 01aeE+_xu<~\ufeff\u2028", max_size=60), formats)
@settings(max_examples=600)
def test_any_signs(text: str, format: SpecFormat | None) -> None:
    outcome(text.encode(), format)


VALID = spec(
    {"op": "conv", "kernel": [3, 5], "padding": [[1, 1], [2, 2]], "name": "a", "repeat": 2, "padding_mode": "circular"},
    {"op": "pool", "kernel": 2, "stride": 2, "padding": "same", "ceil_mode": True},
    {"op": "transposed_conv", "kernel": 4, "stride": 2, "groups": 2, "in_channels": 4, "out_channels": 8},
    {"op": "concat", "inputs": ["a", "transposed_conv1"]},
    {"op": "pad", "padding": -1},
    name="valid",
    dims=2,
    outputs=["a", "pad1"],
)


@given(st.data(), st.sampled_from(FORMATS))
@settings(max_examples=600)
def test_valid_specs_with_bytes_changed(data: st.DataObject, format: SpecFormat) -> None:
    text = bytearray(write(VALID, format))
    for _ in range(data.draw(st.integers(1, 3))):
        first = data.draw(st.integers(0, len(text)))
        text[first : first + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=3))
    outcome(bytes(text), format)


plain = st.none() | st.booleans() | st.integers(-3, 10**50) | st.floats() | st.text(max_size=5)
values = st.recursive(plain, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=3), v, max_size=2))
keys = st.sampled_from(["op", "kernel", "stride", "padding", "inputs", "name", "repeat", "scale", "x", "groups"])


@given(st.data(), st.integers(0, 4), keys, values)
@settings(max_examples=600)
def test_valid_specs_with_values_changed(data: st.DataObject, number: int, key: str, value: Any) -> None:
    layers = [dict(layer) for layer in VALID["layers"]]
    layers[number][key] = value
    changed = {**VALID, "layers": layers}
    if data.draw(st.booleans()):
        changed[data.draw(st.sampled_from(["rfscope", "name", "dims", "input", "outputs", "layers", "x"]))] = value
    outcome(write(changed, "json"), "json")


def test_a_mistake_of_ours_is_not_taken_for_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rfscope.readers.spec_check.Spec", None)
    with pytest.raises(AttributeError):
        outcome(write(VALID, "json"), "json")
