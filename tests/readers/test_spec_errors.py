"""What a reader of a wrong spec is told, word for word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rfscope import limits
from rfscope.errors import (
    LimitError,
    MissingExtraError,
    NetworkError,
    RfscopeError,
    TargetError,
)
from rfscope.readers.spec import SpecFormat, read_spec, read_spec_file
from rfscope.readers.spec_model import OPS as OPS_BY_NAME
from rfscope.readers.spec_model import Spec
from tests.readers.writing import spec

TOP = 'rfscope = 1\n[[layers]]\nop = "conv"\nkernel = 3\n'
CONV_KEYS = (
    "one of op, name, inputs, repeat, groups, in_channels, out_channels, kernel, stride, dilation, padding, "
    "padding_mode"
)
OPS = (
    "one of conv, pool, transposed_conv, deformable_conv, resize, pixel_shuffle, pixel_unshuffle, pad, add, multiply, "
    "concat, global, pointwise"
)
MEANT = "did you mean 'kernel'?"
PER_AXIS = "an integer of 1 or more, or a list of one per axis"
SIDES = "an integer of 0 or more, a list of one or of one [before, after] per axis, 'valid', 'same'"
PADDING = f"{SIDES}, 'same_lower' or 'causal'"

TOML: dict[str, tuple[str, type[RfscopeError], str]] = {
    "kernel 0": (
        TOP + "[[layers]]\nop = 'conv'\nkernel = 0",
        NetworkError,
        f"bad kernel at net.toml:7:1, layers[1].kernel: got 0, expected {PER_AXIS}",
    ),
    "boolean": (
        TOP + "stride = true",
        NetworkError,
        f"bad stride at net.toml:5:1, layers[0].stride: got true, expected {PER_AXIS}",
    ),
    "text": (
        TOP + "dilation = '2'",
        NetworkError,
        f"bad dilation at net.toml:5:1, layers[0].dilation: got '2', expected {PER_AXIS}",
    ),
    "fraction": (
        TOP + "stride = 2.0",
        NetworkError,
        f"bad stride at net.toml:5:1, layers[0].stride: got 2.0, expected {PER_AXIS}",
    ),
    "negative padding": (
        TOP + "padding = [[1, -1], [1, 1]]",
        NetworkError,
        f"bad padding at net.toml:5:1, layers[0].padding: got [[1, -1], [1, 1]], expected {PADDING}",
    ),
    "mixed padding": (
        TOP + "padding = [1, [1, 1]]",
        NetworkError,
        f"bad padding at net.toml:5:1, layers[0].padding: got [1, [1, 1]], expected {PADDING}",
    ),
    "too few": (
        TOP + "stride = [2]",
        NetworkError,
        "wrong length of stride at net.toml:5:1, layers[0].stride: got 1, expected 2, one per axis",
    ),
    "too much padding": (
        TOP + "padding = [1, 2, 3]",
        NetworkError,
        (
            "wrong length of padding at net.toml:5:1, layers[0].padding: got 3, expected 2, one per axis; "
            "write [before, after] once per axis: [[1, 2], [1, 2]]"
        ),
    ),
    "input of other dims": (
        "dims = 2\ninput = [9]\n" + TOP,
        NetworkError,
        "wrong length of input at net.toml:2:1, input: got 1, expected 2, one per axis",
    ),
    "four axes": (
        "dims = 4\n" + TOP,
        NetworkError,
        "bad dims at net.toml:1:1, dims: got 4, expected 1, 2 or 3",
    ),
    "unknown key": (
        TOP + "strid = 2",
        NetworkError,
        f"unknown key at net.toml:5:1, layers[0].strid: got 'strid', expected {CONV_KEYS}; did you mean 'stride'?",
    ),
    "key of another op": (
        TOP + "ceil_mode = true",
        NetworkError,
        f"a key that conv does not have at net.toml:5:1, layers[0].ceil_mode: got 'ceil_mode', expected {CONV_KEYS}",
    ),
    "kernel of a merge": (
        TOP + "[[layers]]\nop = 'add'\ninputs = ['input', 'conv1']\nkernel = 3",
        NetworkError,
        (
            "a key that add does not have at net.toml:8:1, layers[1].kernel: got 'kernel', "
            "expected one of op, name, inputs"
        ),
    ),
    "repeated merge": (
        TOP + "[[layers]]\nop = 'add'\ninputs = ['input', 'conv1']\nrepeat = 2",
        NetworkError,
        (
            "a key that add does not have at net.toml:8:1, layers[1].repeat: got 'repeat', "
            "expected one of op, name, inputs"
        ),
    ),
    "merge of one": (
        TOP + "[[layers]]\nop = 'add'\ninputs = ['conv1']",
        NetworkError,
        "bad inputs at net.toml:7:1, layers[1].inputs: got ['conv1'], expected a list of two or more layer names",
    ),
    "merge without inputs": (
        TOP + "[[layers]]\nop = 'concat'",
        NetworkError,
        "missing key 'inputs' at net.toml:5:1, layers[1]: expected a list of two or more layer names",
    ),
    "layer of two inputs": (
        TOP + "inputs = ['input', 'input']",
        NetworkError,
        (
            "bad inputs at net.toml:5:1, layers[0].inputs: got ['input', 'input'], "
            "expected a list of one layer name (only add, multiply and concat take more)"
        ),
    ),
    "unknown op": (
        "rfscope = 1\n[[layers]]\nop = 'cnov'",
        NetworkError,
        f"unknown op at net.toml:3:1, layers[0].op: got 'cnov', expected {OPS}; did you mean 'conv'?",
    ),
    "no op": (
        "rfscope = 1\n[[layers]]\nkernel = 3",
        NetworkError,
        f"missing key 'op' at net.toml:2:1, layers[0]: expected {OPS}",
    ),
    "no kernel": (
        "rfscope = 1\n[[layers]]\nop = 'pool'",
        NetworkError,
        f"missing key 'kernel' at net.toml:2:1, layers[0]: expected {PER_AXIS}",
    ),
    "no version": (
        "[[layers]]\nop = 'global'",
        NetworkError,
        "missing key 'rfscope' at net.toml: expected 1; begin it with rfscope = 1, in YAML rfscope: 1",
    ),
    "misspelt layers": (
        "rfscope = 1\n[[layer]]\nop = 'global'",
        NetworkError,
        (
            "unknown key at net.toml:2:1, layer: got 'layer', "
            "expected one of rfscope, name, dims, input, outputs, layers; did you mean 'layers'?"
        ),
    ),
    "later version": (
        "rfscope = 2\n[[layers]]\nop = 'global'",
        NetworkError,
        "bad rfscope at net.toml:1:1, rfscope: got 2, expected 1",
    ),
    "no layers": (
        "rfscope = 1\nlayers = []",
        NetworkError,
        "bad layers at net.toml:2:1, layers: got [], expected a list of one or more layers",
    ),
    "another file": (
        "[project]\nname = 'x'",
        NetworkError,
        "not a spec at net.toml: got the keys 'project', expected rfscope = 1 and a list of layers",
    ),
    "several in a layer": (
        TOP + "stride = 0\npadding = 'sam'\nx = 1",
        NetworkError,
        (
            f"bad stride at net.toml:5:1, layers[0].stride: got 0, expected {PER_AXIS}\n"
            f"bad padding at net.toml:6:1, layers[0].padding: got 'sam', expected {PADDING}; did you mean 'same'?\n"
            f"unknown key at net.toml:7:1, layers[0].x: got 'x', expected {CONV_KEYS}"
        ),
    ),
    "several of each kind": (
        "name = 3\n"
        + TOP
        + "stride = [2]\n[[layers]]\nop = 'conv'\nkernal = 3\n[[layers]]\nop = 'add'\ninputs = ['a', 'conv1']\n"
        + "[[layers]]\nop = 'conv'\nkernel = 3\nname = 'conv1'",
        NetworkError,
        (
            "bad name at net.toml:1:1, name: got 3, expected text of one or more characters\n"
            "wrong length of stride at net.toml:6:1, layers[0].stride: got 1, expected 2, one per axis\n"
            f"unknown key at net.toml:9:1, layers[1].kernal: got 'kernal', expected {CONV_KEYS}; {MEANT}\n"
            "unknown layer at net.toml:12:1, layers[2].inputs: got 'a', expected the name of a layer\n"
            "duplicate layer name at net.toml:16:1, layers[3].name: got 'conv1', "
            "expected a name of its own for every layer, and none called 'input'"
        ),
    ),
    "an unknown op hides no other mistake": (
        "rfscope = 1\n[[layers]]\nkernal = 3\nop = 'conv'\n[[layers]]\nop = 'convolution'\n",
        NetworkError,
        (
            f"unknown key at net.toml:3:1, layers[0].kernal: got 'kernal', expected {CONV_KEYS}; {MEANT}\n"
            f"unknown op at net.toml:6:1, layers[1].op: got 'convolution', expected {OPS}"
        ),
    ),
    "more than anybody reads": (
        "rfscope = 1\n" + "[[layers]]\nop = 'x'\n" * 23,
        NetworkError,
        "\n".join(
            [
                *(
                    f"unknown op at net.toml:{2 * number + 3}:1, layers[{number}].op: got 'x', expected {OPS}"
                    for number in range(20)
                ),
                "and 3 more mistakes; mend the first ones",
            ]
        ),
    ),
    "one pair for one axis": (
        "dims = 1\n" + TOP + "padding = [6, 0]",
        NetworkError,
        (
            "wrong length of padding at net.toml:6:1, layers[0].padding: got 2, expected 1, one per axis; "
            "write [before, after] once per axis: [[6, 0]]"
        ),
    ),
    "a causal transposed_conv": (
        "rfscope = 1\n[[layers]]\nop = 'transposed_conv'\nkernel = 3\npadding = 'causal'",
        NetworkError,
        (
            f"bad padding at net.toml:5:1, layers[0].padding: got 'causal', expected {SIDES} or 'same_lower'; "
            "cut the end alone, [0, kernel - stride] per axis, so that it does not read ahead"
        ),
    ),
    "unknown input": (
        TOP + "[[layers]]\nop = 'pointwise'\ninputs = ['cov1']",
        NetworkError,
        (
            "unknown layer at net.toml:7:1, layers[1].inputs: got 'cov1', "
            "expected the name of a layer; did you mean 'conv1'?"
        ),
    ),
    "unknown output": (
        "outputs = ['input']\n" + TOP,
        NetworkError,
        "unknown layer at net.toml:1:1, outputs: got 'input', expected the name of a layer",
    ),
    "cycle": (
        TOP + "inputs = ['b']\n[[layers]]\nop = 'pointwise'\nname = 'b'",
        NetworkError,
        "a cycle at net.toml:2:1: got conv1 -> b -> conv1, expected layers that lead from the input to the outputs",
    ),
    "duplicate name": (
        TOP + "[[layers]]\nop = 'conv'\nkernel = 1\nname = 'conv1'",
        NetworkError,
        (
            "duplicate layer name at net.toml:8:1, layers[1].name: got 'conv1', "
            "expected a name of its own for every layer, and none called 'input'"
        ),
    ),
    "groups": (
        TOP + "groups = 3\nin_channels = 4",
        NetworkError,
        "bad in_channels at net.toml:6:1, layers[0].in_channels: got 4, expected a multiple of groups, which is 3",
    ),
    "repeated change of channels": (
        TOP + "repeat = 2\nin_channels = 4\nout_channels = 8",
        NetworkError,
        (
            "bad out_channels at net.toml:7:1, layers[0].out_channels: got 8, "
            "expected 4 as in_channels, for it is repeated"
        ),
    ),
    "output_padding": (
        "rfscope = 1\n[[layers]]\nop = 'transposed_conv'\nkernel = 3\nstride = 2\noutput_padding = 2",
        NetworkError,
        (
            "bad output_padding at net.toml:6:1, layers[0].output_padding: got 2, "
            "expected at most 1: less than the stride or the dilation, and 0 with 'same'"
        ),
    ),
    "output_padding with same": (
        "rfscope = 1\n[[layers]]\nop = 'transposed_conv'\nkernel = 3\nstride = 2\noutput_padding = 1\npadding = 'same'",
        NetworkError,
        (
            "bad output_padding at net.toml:6:1, layers[0].output_padding: got 1, "
            "expected at most 0: less than the stride or the dilation, and 0 with 'same'"
        ),
    ),
    "resize by nothing": (
        "rfscope = 1\n[[layers]]\nop = 'resize'",
        NetworkError,
        "resize needs one target at net.toml:2:1, layers[0]: expected either scale or size",
    ),
    "resize by two": (
        "rfscope = 1\n[[layers]]\nop = 'resize'\nscale = 2\nsize = 4",
        NetworkError,
        "resize needs one target at net.toml:2:1, layers[0]: expected either scale or size",
    ),
    "resize by zero": (
        "rfscope = 1\n[[layers]]\nop = 'resize'\nscale = '0/3'",
        NetworkError,
        (
            "bad scale at net.toml:4:1, layers[0].scale: got '0/3', "
            "expected a number above 0, a fraction such as '1/3', or a list of one per axis"
        ),
    ),
    "resize by infinity": (
        "rfscope = 1\n[[layers]]\nop = 'resize'\nscale = inf",
        NetworkError,
        (
            "bad scale at net.toml:4:1, layers[0].scale: got inf, "
            "expected a number above 0, a fraction such as '1/3', or a list of one per axis"
        ),
    ),
    "resize of three axes": (
        "rfscope = 1\n[[layers]]\nop = 'resize'\nsize = [1, 2, 3]",
        NetworkError,
        "wrong length of size at net.toml:4:1, layers[0].size: got 3, expected 2, one per axis",
    ),
    "corners of nearest": (
        "rfscope = 1\n[[layers]]\nop = 'resize'\nsize = 3\nalign_corners = true",
        NetworkError,
        "bad align_corners at net.toml:5:1, layers[0].align_corners: got true, expected false with mode 'nearest'",
    ),
    "resize of one axis": (
        "rfscope = 1\n[[layers]]\nop = 'resize'\nscale = ['1/3']",
        NetworkError,
        "wrong length of scale at net.toml:4:1, layers[0].scale: got 1, expected 2, one per axis",
    ),
    "resize by too many phases": (
        "rfscope = 1\n[[layers]]\nop = 'resize'\nscale = ['1/3', 1.23456789]",
        LimitError,
        (
            "over the limit 'axis' at net.toml:4:1, layers[0].scale: got 123456789, expected at most 16777216; "
            "raise it with --limit axis=N, or rfscope.limits.raised in Python, if this is meant"
        ),
    ),
    "resize to too large a size": (
        "rfscope = 1\n[[layers]]\nop = 'resize'\nsize = 16777217",
        LimitError,
        (
            "over the limit 'axis' at net.toml:4:1, layers[0].size: got 16777217, expected at most 16777216; "
            "raise it with --limit axis=N, or rfscope.limits.raised in Python, if this is meant"
        ),
    ),
    "groups of a deformable_conv": (
        "rfscope = 1\n[[layers]]\nop = 'deformable_conv'\nkernel = 3\ngroups = 2\nin_channels = 3",
        NetworkError,
        "bad in_channels at net.toml:6:1, layers[0].in_channels: got 3, expected a multiple of groups, which is 2",
    ),
    "too large a kernel": (
        "rfscope = 1\n[[layers]]\nop = 'transposed_conv'\nkernel = [3, 2000]",
        LimitError,
        (
            "over the limit 'kernel' at net.toml:4:1, layers[0].kernel: got 2000, expected at most 1025; "
            "raise it with --limit kernel=N, or rfscope.limits.raised in Python, if this is meant"
        ),
    ),
    "too many layers": (
        TOP + "repeat = 1000000000",
        LimitError,
        (
            "over the limit 'layers' at net.toml: got 1000000000, expected at most 10000; "
            "raise it with --limit layers=N, or rfscope.limits.raised in Python, if this is meant"
        ),
    ),
    "duplicate key": (TOP + "kernel = 3\n", TargetError, "invalid TOML (Cannot overwrite a value) at net.toml:5:11"),
    "empty": (" \n", TargetError, "an empty spec at net.toml: expected rfscope = 1 and one or more layers"),
}

YAML: dict[str, tuple[str, type[RfscopeError], str]] = {
    **{
        f"surprise {written}": (
            f"rfscope: 1\nlayers:\n  - op: conv\n    kernel: {written}",
            NetworkError,
            f"bad kernel at net.yaml:4:5, layers[0].kernel: got '{written}', expected {PER_AXIS}",
        )
        for written in ("012", "1:30", "1e3", "no", "0x3", "+3", "1_0", "3_", ".inf")
    },
    "yes": (
        "rfscope: 1\nlayers:\n- {op: pool, kernel: 2, ceil_mode: yes}",
        NetworkError,
        "bad ceil_mode at net.yaml:3:25, layers[0].ceil_mode: got 'yes', expected true or false",
    ),
    "null": (
        "rfscope: 1\nlayers:\n- op: conv\n  kernel:",
        NetworkError,
        f"bad kernel at net.yaml:4:3, layers[0].kernel: got null, expected {PER_AXIS}",
    ),
    "number as a name": (
        "rfscope: 1\nname: 12\nlayers:\n- op: global",
        NetworkError,
        "bad name at net.yaml:2:1, name: got 12, expected text of one or more characters",
    ),
    "duplicate key": (
        "a: 1\nb: 2\na: 3",
        TargetError,
        "duplicate key at net.yaml:3:1: got 'a', expected each key once",
    ),
    "alias": ("a: &x 1\nb: *x", TargetError, "an alias in YAML at net.yaml:2:4: got '*x', expected the value itself"),
    "merge key": (
        "<<: {a: 1}",
        TargetError,
        "a merge key in YAML at net.yaml:1:1: got '<<', expected the keys themselves",
    ),
    "tag": (
        "a: !!python/object/apply:os.system [ls]",
        TargetError,
        (
            "a tag in YAML at net.yaml:1:4: got 'tag:yaml.org,2002:python/object/apply:os.system', "
            "expected a value without a tag"
        ),
    ),
    "key that is a list": ("? [a]\n: 1", TargetError, "bad key at net.yaml:1:3: expected plain text"),
    "two documents": ("a: 1\n---\nb: 1", TargetError, "a second document at net.yaml:2:1: expected one document"),
    "no table": (
        "- 1",
        TargetError,
        "not a spec at net.yaml: got [1], expected a table with the keys rfscope and layers",
    ),
    "comment only": (
        "# nothing",
        TargetError,
        "not a spec at net.yaml: got null, expected a table with the keys rfscope and layers",
    ),
    "bad syntax": ("a: [1\nb: 2", TargetError, "invalid YAML (did not find expected ',' or ']') at net.yaml:2:2"),
    "control character": (
        "a: \x00",
        TargetError,
        "invalid YAML (unacceptable character #x0000: control characters are not allowed) at net.yaml",
    ),
}

JSON: dict[str, tuple[str, type[RfscopeError], str]] = {
    "NaN": ('{"a": NaN}', TargetError, "not a number at net.json:1:7: got 'NaN', expected a finite number"),
    "infinity": ("[-Infinity]", TargetError, "not a number at net.json:1:2: got '-Infinity', expected a finite number"),
    "1e999": ('{"a":\n1e999}', TargetError, "not a number at net.json:2:1: got '1e999', expected a finite number"),
    "duplicate key": (
        '{"rfscope": 1,\n "rfscope": 1}',
        TargetError,
        "duplicate key at net.json:2:2: got 'rfscope', expected each key once",
    ),
    "duplicate key of a layer": (
        '{"layers": [{"op": "conv", "\\u006fp": "pool"}]}',
        TargetError,
        "duplicate key at net.json:1:28: got 'op', expected each key once",
    ),
    "half a character": (
        '{"name": "\\ud800"}',
        TargetError,
        "bad text at net.json:1:10: got '\\ud800', expected whole Unicode characters",
    ),
    "null": (
        '{"rfscope": 1, "layers": null}',
        NetworkError,
        "bad layers at net.json:1:16, layers: got null, expected a list of one or more layers",
    ),
    "layer that is none": (
        '{"rfscope": 1, "layers": [3]}',
        NetworkError,
        "bad layer at net.json:1:27, layers[0]: got 3, expected a table with an op",
    ),
    "truth for a version": (
        '{"rfscope": true, "layers": [{"op": "global"}]}',
        NetworkError,
        "bad rfscope at net.json:1:2, rfscope: got true, expected 1",
    ),
    "bad syntax": ('{"a": 1 2}', TargetError, "invalid JSON (Expecting ',' delimiter) at net.json:1:9"),
}


def message(data: bytes, format: SpecFormat, kind: type[RfscopeError]) -> str:
    with pytest.raises(kind) as caught:
        read_spec(data, file=f"net.{format}", format=format)
    assert type(caught.value) is kind
    return str(caught.value)


@pytest.mark.parametrize(("text", "kind", "said"), TOML.values(), ids=TOML)
def test_toml(text: str, kind: type[RfscopeError], said: str) -> None:
    assert message(text.encode(), "toml", kind) == said


@pytest.mark.parametrize(("text", "kind", "said"), YAML.values(), ids=YAML)
def test_yaml(text: str, kind: type[RfscopeError], said: str) -> None:
    assert message(text.encode(), "yaml", kind) == said


@pytest.mark.parametrize(("text", "kind", "said"), JSON.values(), ids=JSON)
def test_json(text: str, kind: type[RfscopeError], said: str) -> None:
    assert message(text.encode(), "json", kind) == said


def test_bytes_that_are_no_text() -> None:
    said = "not UTF-8 text at net.toml: got the byte 0xff at offset 4; save it as UTF-8"
    assert message(b"a = \xff", "toml", TargetError) == said


def test_a_spec_over_the_limit() -> None:
    with limits.raised({"spec-bytes": 10}):
        assert "over the limit 'spec-bytes' at net.toml: got 11," in message(b"#" * 11, "toml", LimitError)


@pytest.mark.parametrize("format", ["toml", "yaml", "json"])
def test_brackets_as_deep_as_a_raised_limit_allows(format: SpecFormat) -> None:
    text = {"toml": "a = ", "yaml": "a: ", "json": '{"a": '}[format] + "[" * 50_000
    with limits.raised({"nesting": 100_000}):
        message(text.encode(), format, TargetError)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"rfscope": 1', "invalid JSON (Expecting ',' delimiter) at -:1:14"),
        ("# a comment\n\nrfscope = ", "invalid TOML (Invalid value) at the end of -"),
        ("[[layers]", "invalid TOML (Expected ']]' at the end of an array declaration) at -:1:9"),
        ("rfscope: [", "invalid YAML (did not find expected node content) at -:1:11"),
        (
            "hello",
            (
                "a text in no known format at -: got 'hello', "
                "expected TOML (key = value), YAML (key: value) or JSON ({...})"
            ),
        ),
    ],
)
def test_text_of_unknown_format(text: str, said: str) -> None:
    with pytest.raises(TargetError) as caught:
        read_spec(text.encode(), file="-")
    assert str(caught.value) == said


def test_without_pyyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    assert message(b"a: 1", "yaml", MissingExtraError) == "YAML needs PyYAML at net.yaml; pip install pyyaml"


class TestFiles:
    def said(self, path: Path) -> str:
        with pytest.raises(RfscopeError) as caught:
            read_spec_file(path)
        return str(caught.value)

    def test_missing(self, tmp_path: Path) -> None:
        path = tmp_path / "net.toml"
        assert self.said(path) == f"no such file at {path}"

    def test_a_directory(self, tmp_path: Path) -> None:
        assert self.said(tmp_path) == f"a directory at {tmp_path}: expected a spec file"

    def test_a_file_for_a_directory(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        path = tmp_path / "file" / "net.toml"
        assert self.said(path) == f"cannot read the file (Not a directory) at {path}"

    def test_a_name_no_file_can_have(self) -> None:
        assert self.said(Path("a\0.toml")) == "cannot read the file (embedded null byte) at a?.toml"

    def test_another_kind(self, tmp_path: Path) -> None:
        path = tmp_path / "net.txt"
        path.touch()
        expected = "a name that ends in .toml, .yaml, .yml, .json"
        assert self.said(path) == f"unknown kind of file at {path}: expected {expected}"

    def test_too_large(self, tmp_path: Path) -> None:
        path = tmp_path / "net.toml"
        with path.open("wb") as stream:
            os.truncate(stream.fileno(), 10**12)
        assert f"over the limit 'spec-bytes' at {path}: got {10**12}, expected at most 1048576" in self.said(path)

    @pytest.mark.parametrize("suffix", [".toml", ".yaml", ".yml", ".json", ".JSON"])
    def test_read(self, tmp_path: Path, suffix: str) -> None:
        layers: list[dict[str, Any]] = [{"op": "global"}]
        texts = {".toml": "\ufeffrfscope = 1\n[[layers]]\nop = 'global'"}
        path = tmp_path / f"net{suffix}"
        path.write_text(texts.get(suffix, json.dumps({"rfscope": 1, "layers": layers})), encoding="utf-8")
        network = read_spec_file(path).network
        assert network.name == "net"
        assert network.nodes[0].origin is not None
        assert network.nodes[0].origin.file == str(path)


def test_nothing_heavy_is_imported_to_read_a_spec() -> None:
    program = """
import sys
from rfscope.readers.rates import read_rates
from rfscope.readers import spec
read_rates("1,2,5")
print("pydantic" in sys.modules)
spec.read_spec(b'rfscope = 1\\n[[layers]]\\nop = "global"', file="-")
print("pydantic" in sys.modules, {"yaml", "numpy", "torch", "scipy", "matplotlib"} & set(sys.modules))
"""
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert said.split("\n") == ["False", "True set()", ""]


LEAST: dict[str, dict[str, Any]] = {
    **{op: {"kernel": 3} for op in ("conv", "pool", "transposed_conv", "deformable_conv")},
    **{op: {"factor": 2} for op in ("pixel_shuffle", "pixel_unshuffle")},
    **{op: {"inputs": ["a", "input"]} for op in ("add", "multiply", "concat")},
    "resize": {"scale": 2},
    "pad": {"padding": 1},
}
VALUES = [None, True, 0, -1, 1.5, "", "x", [], [0], ["x"], [[1]], [1, 2, 3, 4], {}, {"x": 1}]
FOREIGN = ("input should", "value error", "validation", "pydantic", "field required", "extra inputs", "unable to parse")


@pytest.mark.parametrize("key", [None, *Spec.model_fields])
def test_no_mistake_is_told_in_the_words_of_a_library(key: str | None) -> None:
    """Every wrong value of every key; without a key of the top, of every key of every op."""
    layers = {op: {"op": op, **LEAST.get(op, {})} for op in OPS_BY_NAME}
    if key is not None:
        documents = [{**spec({"op": "global"}), key: value} for value in VALUES]
    else:
        documents = [
            spec({"op": "global", "name": "a"}, {**layer, field: value})
            for op, layer in layers.items()
            for field in OPS_BY_NAME[op].model_fields
            for value in VALUES
        ]
        documents += [spec(*(layer for layer in layers.values() if layer["op"] != "pad"), value) for value in VALUES]  # type: ignore[arg-type]
    refused = 0
    for document in documents:
        try:
            read_spec(json.dumps(document).encode(), file="net.json")
        except RfscopeError as error:
            refused += 1
            said = str(error).lower()
            assert not any(words in said for words in FOREIGN), said
            assert " at net.json:1:" in said or " at net.json:" in said
            assert ": expected " in said or ", expected " in said, said
    assert refused >= len(documents) // 2


def test_where_unknown_ops_are_allowed_they_are_told_with_other_mistakes() -> None:
    text = "rfscope = 1\n[[layers]]\nop = 'cnov'\n[[layers]]\nop = 'conv'\nkernel = [3]\n"
    with pytest.raises(NetworkError) as caught:
        read_spec(text.encode(), file="net.toml", allow_unknown=True)
    assert str(caught.value).split("\n") == [
        f"unknown op at net.toml:3:1, layers[0].op: got 'cnov', expected {OPS}; did you mean 'conv'?",
        "wrong length of kernel at net.toml:6:1, layers[1].kernel: got 1, expected 2, one per axis",
    ]


def test_a_word_that_is_nearly_right_is_said(tmp_path: Path) -> None:
    file = tmp_path / "net.toml"
    file.write_text('rfscope = 1\n[[layers]]\nop = "conv"\nkernel = 3\npadding = "smae"\n', encoding="utf-8")
    with pytest.raises(RfscopeError, match=r"got 'smae', expected .*'causal'; did you mean 'same'\?$"):
        read_spec_file(file)
