"""What a config inherits, and how it is changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rfscope import limits
from rfscope.errors import LimitError, TargetError
from rfscope.readers.mmseg.inherit import read_table
from rfscope.readers.mmseg.values import Unread
from tests.readers.mmseg.configs import plain, table, write

A = "a = 1\nm = dict(x=1, y=dict(z=[1, 2], w=3))\n"

MERGED: dict[str, tuple[str, object]] = {
    "nothing changed": ("_base_ = 'base.py'", {"a": 1, "m": {"x": 1, "y": {"z": (1, 2), "w": 3}}}),
    "in a list": ("_base_ = ['./base.py']", {"a": 1, "m": {"x": 1, "y": {"z": (1, 2), "w": 3}}}),
    "a number": ("_base_ = 'base.py'\na = 2\nm = dict(x=5)", {"a": 2, "m": {"x": 5, "y": {"z": (1, 2), "w": 3}}}),
    "a list is replaced": (
        "_base_ = 'base.py'\nm = dict(y=dict(z=[3]))",
        {"a": 1, "m": {"x": 1, "y": {"z": (3,), "w": 3}}},
    ),
    "a table is replaced": (
        "_base_ = 'base.py'\nm = dict(y=dict(_delete_=True, v=0))",
        {"a": 1, "m": {"x": 1, "y": {"v": 0}}},
    ),
    "not deleted": (
        "_base_ = 'base.py'\nm = dict(_delete_=False, x=2)",
        {"a": 1, "m": {"x": 2, "y": {"z": (1, 2), "w": 3}, "_delete_": False}},
    ),
    "a table over a number": ("_base_ = 'base.py'\na = dict(_delete_=True, b=1)\nm = None", {"a": {"b": 1}, "m": None}),
    "a reference": ("_base_ = 'base.py'\nb = {{_base_.m.x}}\nm = 0", {"a": 1, "b": 1, "m": 0}),
    "a quoted reference": ("_base_ = 'base.py'\nb = '{{ _base_.m.y.w }}'\nm = 0", {"a": 1, "b": 3, "m": 0}),
    "an attribute": ("_base_ = 'base.py'\nb = [_base_.m.y.z]\nm = 0", {"a": 1, "b": ((1, 2),), "m": 0}),
}


@pytest.mark.parametrize(("content", "expected"), MERGED.values(), ids=MERGED)
def test_merged(content: str, expected: object, tmp_path: Path) -> None:
    assert table(tmp_path, net=content, base=A) == expected


def test_over_several_folders_and_generations(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    write(tmp_path, base="b = 1\nc = dict(d=1, e=2)")
    write(tmp_path / "models", net="_base_ = ['middle.py', 'other.py']\nc = dict(e=3)", other="f = 6")
    write(tmp_path / "models", middle="_base_ = '../base.py'\nc = dict(d=4)")
    assert plain(read_table(tmp_path / "models" / "net.py")) == {"b": 1, "c": {"d": 4, "e": 3}, "f": 6}


def test_a_change_to_what_is_not_read_is_not_read(tmp_path: Path) -> None:
    found = table(tmp_path, net="_base_ = 'base.py'\nm = dict(x=1)", base="m = make()")
    assert isinstance(found, dict)
    assert isinstance(found["m"], Unread)


FAULTS: dict[str, tuple[dict[str, str], str]] = {
    "missing": ({"net": "\n_base_ = 'gone.py'"}, r"no such file at .*net.py:2:10, .*gone.py"),
    "itself": ({"net": "_base_ = 'net.py'"}, r"inherits itself at .*net.py:1:10: got net.py -> net.py"),
    "a circle": (
        {"net": "_base_ = 'a.py'", "a": "_base_ = 'b.py'", "b": "_base_ = './a.py'"},
        r"inherits itself at .*b.py:1:10: got a.py -> b.py -> a.py",
    ),
    "two bases of one name": (
        {"net": "_base_ = ['a.py', 'b.py']", "a": "x = 1", "b": "x = 2"},
        r"a name that two bases define at .*net.py:1:19: got 'x'",
    ),
    "a table over a number": (
        {"net": "_base_ = 'a.py'\nx = dict(y=1)", "a": "x = 1"},
        r"cannot merge 'x' at .*net.py:2:5: got a table over what is none at .*a.py:1:5, expected .*_delete_=True",
    ),
    "another format": ({"net": "_base_ = 'a.yaml'"}, r"cannot read this base at .*net.py:1:10: got 'a.yaml'"),
    "another package": ({"net": "_base_ = 'mmdet::a.py'"}, "cannot read this base"),
    "a folder": ({"net": "_base_ = '../x.py'"}, "a directory at .*net.py:1:10"),
    "a number": ({"net": "_base_ = 3"}, r"bad _base_ at .*net.py:1:10: expected the path of a config"),
    "worked out": ({"net": "_base_ = make()"}, r"bad _base_ at .*net.py:1:10"),
    "changed": (
        {"net": "_base_ = 'a.py'\n_base_.x.update(y=2)", "a": "x = dict(y=1)"},
        "changes what it inherits at .*:2:1",
    ),
    "changed under another name": (
        {"net": "_base_ = 'a.py'\nm = _base_.x\nm['y'] = 2", "a": "x = dict(y=1)"},
        "changes what it inherits at .*:3:1",
    ),
}


@pytest.mark.parametrize(("files", "message"), FAULTS.values(), ids=FAULTS)
def test_fault(files: dict[str, str], message: str, tmp_path: Path) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    (tmp_path / "x.py").mkdir()
    with pytest.raises(TargetError, match=message):
        read_table(write(folder, **files))


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    with pytest.raises(TargetError, match=r"cannot read the file at .*pipe.py: got a pipe, expected a regular file"):
        table(tmp_path, net="_base_ = 'pipe.py'")


def test_generations_are_limited(tmp_path: Path) -> None:
    files = {f"f{number}": f"_base_ = 'f{number + 1}.py'" for number in range(20)}
    with limits.raised({"nesting": 10}), pytest.raises(LimitError, match="nesting"):
        table(tmp_path, **files)


def test_a_base_of_many_is_read_once(tmp_path: Path) -> None:
    """Each generation names the one before it twice, so that there are 2^40 ways down."""
    files = {f"f{n}": f"_base_ = ['f{n + 1}.py', 'f{n + 1}.py']" for n in range(40)} | {"f40": "__hidden = 1"}
    assert table(tmp_path, **files) == {}


def test_tables_that_stand_in_many_places_are_merged_once(tmp_path: Path) -> None:
    """Each table holds the one before it twice, on both sides: merged place by place it would take 2^40 steps."""
    content = "t = dict(a=1)" + "\nt = dict(a=t, b=t)" * 40
    found = read_table(write(tmp_path, net=f"_base_ = 'base.py'\n{content}", base=content))
    assert isinstance(found.data, dict)
    assert found.data["t"].depth == 41
