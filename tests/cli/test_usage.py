"""What is said of a wrong value of every option whose values are checked before the command runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer

from rfscope.cli import _program, run

_PLAIN = ("str", "Path", "bool", "tuple")


def _options(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Each command with each of its options that takes a number or one of a few words."""
    for name, inner in getattr(command, "commands", {}).items():
        yield from _options(inner, (*path, name))
    for param in command.params:
        kind = str(param.type_descriptor.annotation)
        if param.param_type_name == "option" and not param.is_flag and not any(word in kind for word in _PLAIN):
            yield (*path, max(param.opts, key=len))


OPTIONS = sorted(_options(typer.main.get_command(_program([]))))


def test_there_are_such_options() -> None:
    assert ("analyze", "--dims") in OPTIONS
    assert ("lint", "--output-format") in OPTIONS
    assert len(OPTIONS) >= 15


@pytest.mark.parametrize("words", OPTIONS, ids=[" ".join(words) for words in OPTIONS])
def test_a_wrong_value(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    *command, option = words
    target = ["1,2"] if command else []
    code = run([*command, *target, f"{option}=umbrella"])
    said = capsys.readouterr().err
    assert code == 2
    assert said.startswith(f"error: bad {option}: got 'umbrella', expected ")
    assert said.count("\n") == 1
    assert not any(foreign in said for foreign in ("Input should", "Value error", "Invalid value", "pydantic"))
