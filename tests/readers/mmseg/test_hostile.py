"""Whatever a config holds: a network, or one line that says what is wrong; and never a step of its code is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfscope.errors import RfscopeError
from rfscope.network.graph import Network
from rfscope.readers.mmseg import read_config
from tests.program import rfscope
from tests.readers.mmseg.configs import D8, text

DEEP = 100_000
GOOD = text(D8)

BYTES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "no model"),
    "no model": (b"x = 1", "no model"),
    "syntax error": (b"model = dict(\n  a=,\n)", r"not Python .*net.py:2:5"),
    "cut short": (GOOD[:-30].encode(), r"not Python .* at .*net.py:6"),
    "not UTF-8": (b"model = '\xff'", "not UTF-8 text .* 0xff at offset 9"),
    "UTF-16": (GOOD.encode("utf-16"), "not UTF-8"),
    "NUL": (b"model = '\0'", "not Python"),
    "too large": (b"#" * (2**20 + 1), "spec-bytes"),
    "brackets": (b"a = " + b"[" * DEEP, "nesting"),
    "brackets after quotes": (b"a = '''[''' + \"(\\\"[\" + " + b"(" * DEEP, "nesting"),
    "calls": (b"a = " + b"dict(a=" * DEEP, "nesting"),
    "signs": (b"a = " + b"-" * DEEP + b"1", "nested too deeply|no model"),
    "sums": (b"a = " + b"1+" * DEEP + b"1", "nested too deeply|no model"),
    "dots": (b"a = b" + b".c" * DEEP, "nesting"),
    "an import of many parts": (b"import a" + b".a" * DEEP, "nesting"),
    "an import of many parts on many lines": (b"from a" + b" . \\\na" * DEEP + b" import b", "nesting"),
    "lists of the same list": (
        b"a = [1, 2]\n" + b"a = [a, a]\n" * 40 + b"model = a",
        r"bad model .* got \[a list, a list\]",
    ),
    "tables of the same table": (b"a = dict()\n" + b"a = dict(x=a, y=a)\n" * 40 + b"model = a", "model.x|type"),
    "names that may share": (
        b"a0 = []\n" + b"".join(b"a%d = [a%d]\na%d = []\n" % (n, n - 1, n) for n in range(1, 5_000)),
        "no model",
    ),
    "calls that change all": (b"".join(b"a%d = 1\n" % n for n in range(5_000)) + b"f()\n" * 20_000, "no model"),
    "what is unread in what is": (b"a = {'a': 0, **f(" * 30 + b"1, " * 20_000 + b")}" * 30, "no model"),
    "a coding": (b"# coding: rot13\n" + GOOD.encode(), "not UTF-8 text .* the coding 'rot13'"),
    "a coding in the second line": (b"\r# -*- coding=UTF_7 -*-\n" + GOOD.encode(), "the coding 'UTF_7'"),
    "a coding that is not that of the text": (b"# vim: fileencoding=latin-1\n# \xc3\xa4\n", "the coding 'latin-1'"),
    "negations": (b"a = " + b"not " * DEEP + b"1", "nested too deeply|no model"),
    "lambdas": (b"a = " + b"lambda:" * DEEP + b"1", "nested too deeply|no model"),
    "choices": (b"a = " + b"1 if 1 else " * (DEEP // 2) + b"1", "nested too deeply|no model"),
    "powers": (b"a = " + b"2**" * DEEP + b"2", "nested too deeply|no model"),
    "blocks": (b"".join(b" " * n + b"if 1:\n" for n in range(99)) + b" " * 99 + b"pass", "no model|not Python"),
    "names nested by and by": (b"a = []\n" + b"a = [a]\n" * 1000, "nesting"),
    "grown by doubling": (b"a = [1]\n" + b"a = a + a\n" * 1000, "no model"),
    "digits": (b"a = " + b"9" * 5000, "not Python"),
    "hexadecimal digits": (
        text(more="").replace("50", "0x" + "f" * 9000).encode(),
        "bad depth .* an integer of 36000 bits",
    ),
}


@pytest.mark.parametrize(("data", "message"), BYTES.values(), ids=BYTES)
def test_bytes(data: bytes, message: str, tmp_path: Path) -> None:
    """In a process of its own: what goes wrong in the parser could end it."""
    (tmp_path / "net.py").write_bytes(data)
    _assert_refused(tmp_path, message)


def _assert_not_read(folder: Path, content: str, message: str) -> None:
    (folder / "net.py").write_text(content, encoding="utf-8")
    with pytest.raises(RfscopeError) as caught:
        read_config(folder / "net.py")
    said = str(caught.value).replace(f"{folder}/", "")
    assert re.search(message, said), said
    assert "\n" not in said


def _assert_refused(folder: Path, message: str) -> None:
    answer = rfscope("analyze", "model", "net.py", cwd=folder)
    assert (answer.code, answer.out) == (2, "")
    assert re.fullmatch(rf"error: .*(?:{message}).*\n", answer.err), answer.err


PLANTED = {
    "a statement": "open('trace', 'w')\n{good}",
    "a call in the model": "{good}\nmodel['backbone'].update(depth=open('trace', 'w'))",
    "a value that is needed": "{head}model = dict(type='EncoderDecoder', backbone=open('trace', 'w'))",
    "an import": "import planted\n{good}",
    "a base": "_base_ = 'planted.py'\n{good}",
    "a format": "{good}\nx = f\"{{open('trace', 'w')}}\"",
    "a decorator": "@print\ndef f(x=open('trace', 'w')): pass\n{good}",
    "a class": "class A:\n    open('trace', 'w')\n{good}",
    "a default": "{good}\nf = lambda x=open('trace', 'w'): x",
    "an annotation": "x: open('trace', 'w') = 1\n{good}",
    "an index": "x = [1][open('trace', 'w')]\n{good}",
    "an encoding": "# -*- coding: unicode_escape -*-\n#\\x0aopen('trace', 'w')\n{good}",
    "a path": '_base_ = \'__import__("os").system("touch trace").py\'\n{good}',
}


@pytest.mark.parametrize("content", PLANTED.values(), ids=PLANTED)
def test_nothing_is_run(content: str, tmp_path: Path) -> None:
    (tmp_path / "planted.py").write_text("open('trace', 'w')", encoding="utf-8")
    (tmp_path / "net.py").write_text(content.format(good=GOOD, head=""), encoding="utf-8")
    answer = rfscope("lint", "net.py", cwd=tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.py", "planted.py"]
    assert answer.code in (0, 2)
    assert answer.err.count("\n") == (answer.code == 2)


def test_the_planted_code_leaves_a_trace_where_it_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile("open('trace', 'w').close()", "net.py", "exec"), {})  # noqa: S102 - shows that the test above can fail
    assert (tmp_path / "trace").exists()


NEEDED = {
    "a call": ("depth=int('50')", r"needs the config to be run at net.py:5:\d+, model.backbone.depth: got int\('50'\)"),
    "a name": ("depth=DEPTH", r"got DEPTH, which this file does not define"),
    "a comprehension": ("strides=tuple(s for s in (1, 2, 2, 2))", r"model.backbone.strides: got tuple\("),
    "an item": ("strides=(1, 2, two(), 2)", r"model.backbone.strides: got two\(\)"),
}


@pytest.mark.parametrize(("backbone", "message"), NEEDED.values(), ids=NEEDED)
def test_what_is_needed_and_not_literal_is_named(backbone: str, message: str, tmp_path: Path) -> None:
    content = text(backbone).replace("depth=50, ", "") if backbone.startswith("depth") else text(backbone)
    _assert_not_read(tmp_path, content, message)


BAD = {
    "another depth": ("depth=50", "depth=51", "bad depth .*got 51, expected one of 18,34,50,101,152"),
    "depth of a ResNeXt": ("ResNetV1c', depth=50", "ResNeXt', depth=18", "bad depth"),
    "no depth": ("depth=50, ", "", "missing key 'depth' at .*model.backbone.depth"),
    "zero": ("(1, 2, 1, 1)", "(1, 0, 1, 1)", "bad strides .*expected a list of 4 whole numbers, each 1 or more"),
    "too few": ("(1, 1, 2, 4)", "(1, 1, 2)", r"bad dilations .*got \[1, 1, 2\]"),
    "no list": ("(1, 1, 2, 4)", "2", "bad dilations"),
    "a fraction": ("(1, 1, 2, 4)", "(1, 1, 2, 4.0)", "bad dilations"),
    "true": ("(1, 1, 2, 4)", "(1, 1, 2, True)", "bad dilations"),
    "enormous rate": (
        "(1, 1, 2, 4)",
        f"(1, 1, 2, {2**62})",
        "over the limit 'rate' at net.py:5:.*model.backbone.dilations",
    ),
    "enormous stride": ("(1, 2, 1, 1)", f"(1, {10**300}, 1, 1)", "over the limit 'stride'"),
    "too many convolutions": ("num_convs=1", f"num_convs={10**12}", "over the limit 'layers'"),
    "enormous kernel": ("num_convs=1", "num_convs=1, kernel_size=99999", "over the limit 'kernel'"),
    "no such map": ("in_index=3", "in_index=4", "bad in_index .*got 4, expected the number of one of 4 feature maps"),
    "other channels": ("in_channels=2048", "in_channels=512", "bad in_channels .*got 512, expected 2048"),
    "five stages": ("depth=50", "depth=50, num_stages=5", "bad num_stages"),
    "short multi-grid": ("depth=50", "depth=50, multi_grid=(1, 2)", "bad multi_grid .*a rate for each of 3 blocks"),
    "another style": ("depth=50", "depth=50, style='tensorflow'", "bad style"),
    "unknown option": ("depth=50", "depth=50, dilation=2", "'dilation' is not read .*did you mean 'dilations'"),
    "deformable": ("depth=50", "depth=50, dcn=dict(type='DCN')", "dcn is not read .*deformable"),
    "plugins": ("depth=50", "depth=50, plugins=[dict()]", "plugins is not read"),
    "another backbone": ("ResNetV1c", "SwinTransformer", "backbone 'SwinTransformer' is not read at net.py:5:"),
    "another head": ("FCNHead", "PointHead", "head 'PointHead' is not read at net.py:6:"),
    "another model": ("EncoderDecoder", "DepthEstimator", "model 'DepthEstimator' is not read"),
    "a neck": ("decode_head", "neck=dict(type='MLANeck'), decode_head", "neck 'MLANeck' is not read at net.py:6:"),
    "two heads": (
        "decode_head=dict(",
        "decode_head=[], other=dict(",
        "bad decode_head .* expected a table, or a list",
    ),
    "no head": ("decode_head", "head", "missing key 'decode_head'"),
    "a group norm": ("'SyncBN'", "'GN', num_groups=8", "'GN' is not read .*by itself"),
    "another convolution": ("depth=50", "depth=50, conv_cfg=dict(type='ConvWS')", "'ConvWS' is not read"),
    "a text": ("type='ResNetV1c'", "type=3", "bad type .*got 3, expected text"),
    "model is no table": ("model = dict(", "model, other = 1, dict(", "needs the config to be run"),
    "model is a call": ("model = dict(", "model = Net(", "; to read a torch module in it, write net:NAME"),
    "escapes in a name": ("ResNetV1c", "a\\x1b[2J\\n::error::", r"backbone 'a\\x1b\[2J\\n::error::' is not read"),
}


@pytest.mark.parametrize(("old", "new", "message"), BAD.values(), ids=BAD)
def test_bad_values(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in GOOD
    _assert_not_read(tmp_path, GOOD.replace(old, new), message)


def test_the_config_is_sound_but_for_that(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(GOOD, encoding="utf-8")
    assert rfscope("lint", "net.py", cwd=tmp_path).code == 0


@pytest.mark.parametrize("name", ["gone.py", "folder.py", "a\nb.py", "a\0b.py"])
def test_no_such_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(RfscopeError, match=r"no such file|a directory|cannot read"):
        read_config(tmp_path / name)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(GOOD) - 1),
            st.integers(0, 30),
            st.sampled_from(["", "(", "]", "0", "-9", "'", "=", "f(x)", "\n"]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_damaged(tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int, str]]) -> None:
    content = GOOD
    for at, length, new in changes:
        content = content[:at] + new + content[at + length :]
    path = tmp_path_factory.mktemp("damaged") / "net.py"
    path.write_text(content, encoding="utf-8")
    answer: object
    try:
        answer = read_config(path).network
    except RfscopeError as error:
        answer = str(error)
    assert isinstance(answer, Network) or "\n" not in str(answer)
