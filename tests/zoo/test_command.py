from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import typer

from rfscope import zoo
from rfscope.cli import zoo as command
from rfscope.cli.state import Colour, State
from rfscope.errors import RfscopeError, TargetError
from rfscope.zoo.entry import ZooEntry
from tests import golden


def run(*words: str) -> object:
    app = typer.Typer()
    command.register(app, [])
    return app(list(words), standalone_mode=False, obj=State(colour=Colour.NEVER))


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


def test_networks_are_listed_one_a_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    run()
    out = capsys.readouterr().out
    golden.check("zoo", out)
    assert max(map(len, out.splitlines())) <= 80
    verdicts = ("OK", "HOLES", "GRIDDING", "GLOBAL", "UNKNOWN")
    listed = [line.split()[0] for line in out.splitlines() if line.rstrip().endswith(verdicts)]
    assert sorted(listed) == sorted(zoo.names())


def test_families_are_in_order_of_year() -> None:
    assert sorted(entry.name for members in zoo.families().values() for entry in members) == sorted(zoo.names())
    for members in zoo.families().values():
        years = [entry.year or 9999 for entry in members]
        assert years == sorted(years)


@pytest.mark.parametrize("entry", zoo.entries(), ids=lambda entry: entry.name)
def test_a_year_is_that_of_the_source(entry: ZooEntry) -> None:
    named = re.findall(r"\b(?:19|20)\d\d\b", entry.source)
    assert entry.year is None if not named else str(entry.year) == named[-1]


def test_a_network_and_all_of_them_are_two_questions() -> None:
    with pytest.raises(RfscopeError, match="a network and --check together"):
        run("u-net", "--check")


def test_all_networks_are_checked_with_their_notes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--check") in (None, 0)
    out = capsys.readouterr().out
    assert all(name in out for name in zoo.names())
    assert f"{len(zoo.names())} of {len(zoo.names())} networks agree" in out
    assert "DIFFERS" not in out
    assert "is 8 (k - 1) r + 32" in out


def test_one_network_is_shown_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    run("deeplab-v1")
    out = capsys.readouterr().out
    words = [line.split() for line in out.splitlines()]
    assert ["field_of_view.fc6", "224", "224"] in [line[:3] for line in words]
    assert ["field", "(419)", "419"] in [line[:3] for line in words]
    assert "ICLR 2015" in out
    assert words[0] == ["deeplab-v1", "OK"]
    assert "receptive field: 419x419" in out
    assert "u-net" not in out


@pytest.mark.parametrize(("words", "names"), [((), zoo.names()), (("u-net",), ("u-net",))])
def test_json(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], names: tuple[str, ...]) -> None:
    run(*words, "--json")
    records = json.loads(capsys.readouterr().out)
    assert tuple(record["name"] for record in records) == names
    assert all(record["agrees"] is True for record in records)
    asked = {"name", "source", "printed", "derived", "computed", "agrees", "note"}
    assert set(records[0]) == asked | {"family", "year", "field", "verdict"}
    assert records[-1]["computed"].keys() == records[-1]["printed"].keys() | records[-1]["derived"].keys()


def test_a_difference_is_shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(name: str) -> ZooEntry:
        found = zoo.entries()[0]
        return replace(found, name=name, printed={"field": 14}, derived={})

    monkeypatch.setattr(zoo, "find", wrong)
    run("hdc-2-2-2")
    assert "13 DIFFERS" in capsys.readouterr().out
    run("hdc-2-2-2", "--json")
    [record] = json.loads(capsys.readouterr().out)
    assert (record["printed"], record["computed"], record["agrees"]) == ({"field": 14}, {"field": 13}, False)


def test_a_difference_in_the_check_is_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(zoo.entries()[0], printed={"field": 14}, derived={})
    monkeypatch.setattr(zoo, "entries", lambda: (wrong,))
    assert run("--check") == 1


def test_an_unknown_network_is_refused() -> None:
    with pytest.raises(TargetError, match="did you mean 'deeplab-v1'"):
        run("deeplab")
