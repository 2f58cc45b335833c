"""What is worked out without running a config, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from rfscope.errors import TargetError
from rfscope.readers.mmseg.values import Unread
from tests.readers.mmseg.configs import table

VALUES = {
    "number": ("x = 3", 3),
    "negative": ("x = -3", -3),
    "nothing": ("x = None", None),
    "text side by side": ("x = 'a' 'b'", "ab"),
    "text added": ("x = 'a' + 'b'", "ab"),
    "list and tuple": ("x = [1, (2, -3)]", (1, (2, -3))),
    "lists added": ("x = [1] + [2]", (1, 2)),
    "list repeated": ("x = [1.0] * 3 + [0.1]", (1.0, 1.0, 1.0, 0.1)),
    "arithmetic": ("x = 32 * 4 - 7 // 2 + 1", 126),
    "division": ("x = [1 / 4., 3 / 2, 0.5 * 4 + 1]", (0.25, 1.5, 3.0)),
    "a sum": ("y = [18, 36]\nx = sum(y) + sum([1, 2.5])", 57.5),
    "a sum of nothing": ("x = sum([])", 0),
    "dict display": ("x = {'a': 1, 'b': {2: 'c'}}", {"a": 1, "b": {2: "c"}}),
    "dict call": ("x = dict(a=1, b=dict(c=True))", {"a": 1, "b": {"c": True}}),
    "dict of dicts": ("y = dict(a=1, b=2)\nx = dict(**y, c=3)", {"a": 1, "b": 2, "c": 3}),
    "a name": ("y = 5\nx = [y, y]\ny = 6", (5, 5)),
    "two targets": ("x = y = 4", 4),
    "annotated": ("x: int = 4", 4),
    "after a docstring": ("'''What it is.'''\nx = 1", 1),
    "after code that changes other names": ("import os\ny = [os.getcwd()]\ny.append(3)\nx = 1", 1),
    "copied before": ("y = 3\nx = y\ndel y", 3),
}


@pytest.mark.parametrize(("content", "value"), VALUES.values(), ids=VALUES)
def test_read(content: str, value: object, tmp_path: Path) -> None:
    assert _x(content, tmp_path) == value


UNREAD = {
    "a call": "x = int('3')",
    "a name of nowhere": "x = y",
    "an attribute": "y = 1\nx = y.real",
    "an index": "y = [1]\nx = y[0]",
    "a comprehension": "x = [i for i in range(3)]",
    "an f-string": "x = f'{1}'",
    "a choice": "x = 1 if True else 2",
    "a comparison": "x = 1 < 2",
    "a lambda": "x = lambda: 1",
    "bytes": "x = b'a'",
    "a set": "x = {1, 2}",
    "a star": "y = [1]\nx = [*y]",
    "a power": "x = 9 ** 9 ** 9",
    "text repeated": "x = 'a' * 3",
    "a list too long": "x = [1] * 10**9",
    "a list grown too long": "x = [1] * 99999 * 99999",
    "an enormous product": "y = 2" + "\ny = y * y * 2 * y" * 30 + "\nx = y",
    "division by zero": "x = 1 // 0",
    "exact division by zero": "x = 1 / 0",
    "a number beyond all": "x = 1e308 * 10",
    "no number at all": "x = 1e999 * 0",
    "a quotient too large": "x = 10 ** 3 / 0.0",
    "a sum of texts": "x = sum(['a'])",
    "a sum of what is not read": "x = sum([len('a')])",
    "a sum of no list": "x = sum(3)",
    "a sum with a start": "x = sum([1], 2)",
    "sum taken over": "sum = max\nx = sum([1, 2])",
    "dict with positions": "x = dict([('a', 1)])",
    "dict called something else": "from a import b as dict\nx = dict(a=1)",
    "dict taken over": "dict = print\nx = dict(a=1)",
    "changed by a method": "x = dict(a=1)\nx.update(a=2)",
    "changed by an index": "x = dict(a=1)\nx['a'] = 2",
    "changed in place": "x = 1\nx += 1",
    "changed in a branch": "x = 1\nif x:\n    x = 2",
    "changed in a loop": "x = 1\nfor x in [2]:\n    pass",
    "changed with": "x = 1\nwith open('f') as x:\n    pass",
    "changed in passing": "x = 1\ny = [x := 2]",
    "changed through another name": "y = dict(a=1)\nx = dict(b=y)\ny['a'] = 2",
    "changed through a part": "y = dict(a=1)\nx = y\nz = [x]\nz[0]['a'] = 2",
    "changed by a function of the file": "def f():\n    global x\n    x = 2\nx = 1\nf()",
    "changed by exec": "x = 1\nexec('x = 2')",
    "changed by a method of nobody knows what": "y = len\nx = dict(a=1)\ny.__self__.exec('x = 2')",
    "changed by what a call returns": "x = 1\ngetattr(1, 'real')()",
    "unpacked": "x, y = 1, 2",
    "deleted": "x = 1\ndel x",
    "imported": "x = 1\nfrom a import x",
    "imported with all": "x = 1\nfrom a import *\nx",
    "redefined": "x = 1\nclass x:\n    pass",
}


@pytest.mark.parametrize("content", UNREAD.values(), ids=UNREAD)
def test_not_read(content: str, tmp_path: Path) -> None:
    assert isinstance(_x(content, tmp_path), Unread | None)


def test_a_keyword_that_stands_twice_is_not_python(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match=r"keyword argument repeated: a\) at .*net.py:1:15"):
        _x("x = dict(a=1, a=2)", tmp_path)


def _x(content: str, folder: Path) -> object:
    found = table(folder, net=content)
    assert isinstance(found, dict)
    return found.get("x")
