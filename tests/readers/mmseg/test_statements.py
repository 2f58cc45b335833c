"""Statements behind, around and in front of a model: each is read right, or the model is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from rfscope.errors import RfscopeError, UnsupportedError
from rfscope.readers.mmseg import read_config
from tests.readers.mmseg.configs import text, write

GOOD = text()

CHANGED = {
    "match": "match 1:\n    case model: pass",
    "match with a star": "match [1]:\n    case [*model]: pass",
    "match of a table": "match {}:\n    case {**model}: pass",
    "match as": "match 1:\n    case int() as model: pass",
    "import of all": "from evil import *",
    "import of all, tried": "try:\n    from evil import *\nexcept ImportError: pass",
    "import": "from evil import model",
    "import as": "from evil import other as model",
    "with": "with open('a') as model: pass",
    "with and a star": "with read_base():\n    from evil import *",
    "for": "for model in (1, 2): pass",
    "while": "while True:\n    model = 1\n    break",
    "if": "if True:\n    model = None",
    "if and else": "if False: pass\nelse: model = None",
    "try": "try:\n    model = None\nexcept Exception: pass",
    "except": "try: 1 / 0\nexcept Exception as model: pass",
    "try with a star": "try: pass\nexcept* ValueError as model: pass",
    "class": "class model: pass",
    "class body": "class A:\n    model['backbone'] = None",
    "def": "def model(): pass",
    "async def": "async def model(): pass",
    "def with global": "def f():\n    global model\n    model = None\nf()",
    "def run by a sign": "class A:\n    def __pos__(self): globals()['mo' + 'del'] = 1\na = A()\n+a",
    "def run by an assignment": "class A:\n    def __pos__(self): globals()['mo' + 'del'] = 1\na = A()\nb = +a",
    "def run as a decorator": "def f(g): globals()['mo' + 'del'] = 1\n@f\ndef g(): pass",
    "decorator": "@model.update\ndef f(): pass",
    "default": "def f(x=model.clear()): pass",
    "lambda": "f = lambda: model.clear()\nf()",
    "del": "del model",
    "del of a key": "del model['backbone']",
    "global": "global model\nmodel = f()",
    "walrus": "(model := 1)",
    "walrus in a value": "x = [model := 1]",
    "walrus in an annotation": "x: (model := 1) = 2",
    "call in an annotation": "x: model.clear() = 2",
    "augmented": "model |= dict(a=1)",
    "augmented key": "model['backbone']['depth'] += 51",
    "update": "model.update(backbone=None)",
    "update of an inner one": "inner = model['backbone']\ninner.update(depth=18)",
    "a table inside that is shared": "norm.update(type='BN')",
    "key": "model['backbone'] = None",
    "attribute": "model.backbone = None",
    "slice": "model[:] = []",
    "tuple": "model, x = 1, 2",
    "list": "[model, x] = 1, 2",
    "star": "*model, x = 1, 2",
    "two targets": "x = model['a'] = 1",
    "loop in a list": "x = [1 for model['a'] in (1, 2)]",
    "choice": "model = model if f else None",
    "comprehension": "model = {k: v for k, v in model.items()}",
    "exec": "exec('mo' 'del = 1')",
    "eval": "x = eval('mo' 'del.clear()')",
    "exec handed on": "x = sorted(['mo' + 'del = 1'], key=exec)",
    "exec handed to a method": "x = ['mo' + 'del = 1']\nx.sort(key=exec)",
    "exec under another name": "f = exec\nf('mo' 'del = 1')",
    "exec of builtins": "import builtins\nbuiltins.exec('mo' 'del = 1')",
    "exec from builtins": "from builtins import exec as f\nf('mo' 'del = 1')",
    "frames": "import sys\nsys._getframe().f_globals.update(dict([('mo' 'del', 1)]))",
    "globals": "globals()['mo' 'del'] = 1",
    "vars": "vars().update([('mo' 'del', 1)])",
    "setattr": "setattr(model, 'backbone', None)",
    "a call that is given it": "import evil\nevil.change(model)",
    "a call that is given its parts": "from evil import f\nx = sorted(model['backbone'], key=f)",
    "int that is not int": "from evil import f as int\nx = int(model)",
    "assert": "assert model.clear()",
    "a format": "f'{model.clear()}'",
    "await": "async def f():\n    await model.clear()",
    "yield": "def f():\n    yield model.clear()\nlist(f())",
}


def outcome(folder: Path, content: str, **others: str) -> str:
    try:
        network = read_config(write(folder, net=content, **others)).network
    except UnsupportedError as error:
        return str(error)
    return f"{len(network.nodes)} layers"


@pytest.mark.parametrize("statement", CHANGED.values(), ids=CHANGED)
def test_what_may_change_the_model_is_named(statement: str, tmp_path: Path) -> None:
    assert "needs the config to be run at" in outcome(tmp_path, f"{GOOD}{statement}\n")


INHERITED = ("from evil import *", "from evil import model", "exec('mo' 'del = 1')", "globals()['mo' 'del'] = 1")


@pytest.mark.parametrize("statement", INHERITED)
def test_what_may_change_an_inherited_model_is_named(statement: str, tmp_path: Path) -> None:
    found = outcome(tmp_path, f"_base_ = 'base.py'\n{statement}\n", base=GOOD)
    assert "needs the config to be run at" in found
    assert "net.py:2" in found


KEPT = {
    "nothing": "",
    "a module of that name inherited": "import os.path as osp\nx = osp.join('a', 'b')",
    "a name used": "x = [model, model]",
    "a number from it": "x = len(model)",
    "another name": "y = []\ny.append(3)\ndel y",
    "a name annotated": "x: dict[str, int] = dict(a=1)",
    "a loop over others": "for x in (1, 2): pass",
    "match of others": "match 1:\n    case 2: pass",
    "a function": "def f(x): return x + 1",
    "a docstring": "'model.clear()'",
    "keys and words of that name": "x = dict(model=1, y={'model': 2})",
    "an attribute of that name": "import os\nos.model",
    "a coding": "# coding: rot13",
    "written anew": "exec('x = 1')\n" + GOOD,
    "a function of another file": "from other import f\nx = f(1)",
}


@pytest.mark.parametrize("statement", KEPT.values(), ids=KEPT)
def test_what_changes_nothing_of_the_model_changes_nothing(statement: str, tmp_path: Path) -> None:
    assert outcome(tmp_path, f"{GOOD}{statement}\n") == outcome(tmp_path, GOOD)
    assert outcome(tmp_path, GOOD).endswith(" layers")


def test_a_module_hides_no_inherited_name(tmp_path: Path) -> None:
    """Modules are no part of a config: what is inherited under such a name stays."""
    assert outcome(tmp_path, "_base_ = 'base.py'\nimport model\n", base=GOOD) == outcome(tmp_path, GOOD)


def test_a_module_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(RfscopeError, match="no model"):
        outcome(tmp_path, f"{GOOD}import evil as model\n")


def test_two_bases_may_import_the_same_name(tmp_path: Path) -> None:
    bases = {"a": "from other import f\nx = 1\n", "b": f"from other import f\n{GOOD}"}
    assert outcome(tmp_path, "_base_ = ['a.py', 'b.py']\n", **bases).endswith(" layers")


def test_a_second_base_statement_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RfscopeError, match=r"a second _base_ at .*net.py:2:1"):
        outcome(tmp_path, "_base_ = 'a.py'\n_base_ = 'a.py'\n", a=GOOD)


@pytest.mark.parametrize(
    "line", ["# coding: utf-8", "# -*- coding: UTF-8 -*-", "#!/bin/x\n# coding=ascii", "# coding: latin-1"]
)
def test_codings_that_are_read(line: str, tmp_path: Path) -> None:
    assert outcome(tmp_path, f"{line}\n{GOOD}").endswith(" layers")
