"""Options that are written once: taken from tables, or shared by commands."""

from __future__ import annotations

import json
from inspect import signature
from typing import Annotated

import pytest
import typer

from rfscope.cli import run
from rfscope.cli.options import Given
from rfscope.cli.unfold import From, unfolded
from rfscope.linting.config import schema
from rfscope.linting.formats import FORMATS
from rfscope.rules import THRESHOLDS
from tests.program import rfscope

Number = Annotated[int, typer.Option("--number")]


def twice(number: Number = 1) -> int:
    return 2 * number


def test_what_is_made_of_options_stands_for_them() -> None:
    seen: list[int] = []

    def command(made: Annotated[int, From(twice)], last: Number = 5) -> None:
        seen.extend((made, last))

    unfolded(command)(number=3, last=4)
    assert seen == [6, 4]
    assert [*signature(unfolded(command)).parameters] == ["number", "last"]


def test_what_a_target_leaves_open_is_asked_for_by_every_command_that_takes_one() -> None:
    def command(given: Given) -> None:
        """Does nothing."""

    names = set(signature(unfolded(command)).parameters)
    assert names == {
        "kernel", "stride", "dims", "causal", "input", "of", "arguments", "sample_rate", "allow_unknown"
    }  # fmt: skip
    assert unfolded(command).__doc__ == "Does nothing."


@pytest.mark.parametrize("threshold", THRESHOLDS, ids=lambda threshold: threshold.key)
def test_a_threshold_is_an_option_and_a_key(
    threshold: object, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.chdir(str(tmp_path))
    [known] = [one for one in THRESHOLDS if one is threshold]
    assert run(["lint", f"--{known.key}", str(known.least), "--show-settings"]) == 0
    assert f"{known.key} = {known.least}" in capsys.readouterr().out.replace(".0\n", "\n")
    assert run(["lint", f"--{known.key}", str(known.least - 1), "1"]) == 2
    assert f"--{known.key}" in capsys.readouterr().err
    key = schema()["properties"][known.key]
    assert key["description"].startswith(known.says)
    assert json.dumps(key).count(f'"minimum": {known.least}') == 1


def test_the_formats_of_the_command_line_are_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lint", "1", "--output-format", "xml"]) == 2
    said = capsys.readouterr().err
    assert said.endswith(f"expected one of {', '.join(FORMATS)}\n")


def test_help_shows_the_options_of_rules() -> None:
    said = rfscope("lint", "--help", env={"COLUMNS": "200"}).out
    assert all(f"--{threshold.key}" in said for threshold in THRESHOLDS)
