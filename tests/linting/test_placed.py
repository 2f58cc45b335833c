"""Where findings stand that have no place of their own, or one that their reader can do nothing about."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from rfscope.linting.sources import placed
from rfscope.network.graph import Origin
from rfscope.readers.torch.factory import defined_at
from rfscope.rules import Finding

Lint = Callable[..., tuple[int, str, str]]

MODELS = """\
from lib import Known, other as renamed
import functools

def build():
    later = 1

@functools.cache
def cached():
    pass

class Net:
    def make(self):
        pass

later = functools.partial(build)
typed: int = 5
if typed:
    hidden = cached
"""
ROWS = {
    "build": 4,
    "cached": 8,
    "Net": 11,
    "Net.make": 11,
    "later": 15,
    "typed": 16,
    "hidden": 18,
    "Known": 1,
    "renamed": 1,
}


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    module = ModuleType("models_of_a_test")
    module.__file__ = str(tmp_path / "models.py")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    (tmp_path / "models.py").write_text(MODELS)
    return tmp_path / "models.py"


@pytest.mark.parametrize(("name", "row"), ROWS.items(), ids=ROWS)
def test_the_line_that_defines_a_factory(name: str, row: int, models: Path) -> None:
    origin = defined_at(f"models_of_a_test:{name}")
    assert origin is not None
    assert (origin.file, origin.row) == (str(models), row)


def test_what_defines_nothing_has_no_line(models: Path) -> None:
    assert defined_at("models_of_a_test:elsewhere") == Origin(file=str(models))
    assert [defined_at(text) for text in ("2,4,8", "zoo:espnet", "not.imported:x", "sys:path", ":")] == [None] * 5
    models.write_bytes(b"\xff compiled")
    assert defined_at("models_of_a_test:build") == Origin(file=str(models))


def test_findings_are_moved_to_where_something_can_be_done(models: Path) -> None:
    finding = Finding(message="", help="", node="conv")
    target, line = "models_of_a_test:build", Origin(file="rfscope.toml", row=3, column=1)
    own = Origin(file="models.py", row=12)
    (models.parent / "site-packages").mkdir()
    (models.parent / "site-packages" / "lib.py").touch()
    away = [None, Origin(file="site-packages/lib.py", row=9), Origin(file="/home/of/another/net.py", row=1)]
    for origin in away:
        given = [replace(finding, origin=origin), replace(finding, origin=own)]
        for place, expected in ((line, line), (None, Origin(file=str(models), row=4, column=1))):
            assert [one.origin for one in placed(given, target, place)] == [expected, own]
        assert [one.origin for one in placed(given, "2,4,8", None)] == [origin, own]
        assert [one.origin for one in placed(given, "models.py", line)] == [Origin(file="models.py"), own]


def test_rates_in_a_configuration_stand_there(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "rfscope.toml").write_text("# nets\n[[networks]]\nkernel = 3\ntarget = '2'\n")
    code, out, _ = lint()
    assert code == 1
    assert out.startswith("error[RFS101] holes at rfscope.toml:4:1: conv1\n  4 | target = '2'\n    | ^^^^^^^^^^^^\n")
    assert lint("2", "--isolated")[1].startswith("error[RFS101] holes at 2: conv1\n")
