"""What people type first, right or wrong, and the exact answer: a table in a file of its own."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from tests.cli.first_guesses import make

_TABLE = Path(__file__).with_name("first_guesses.txt")
_SCRIPT = Path(__file__).with_name("answering.py")
_PROMPT = "$ rfscope"
_UNSAID = {"NO_COLOR", "FORCE_COLOR", "TERM"}


class Guess(NamedTuple):
    """A row: what is typed, the exit code, and the first line of the result or all that is complained of."""

    words: str
    code: int
    answer: str


def table() -> Iterator[Guess]:
    """The rows of the table."""
    for block in _TABLE.read_text(encoding="utf-8").split(_PROMPT)[1:]:
        typed, code, answer = block.split("\n", 2)
        yield Guess(typed.strip(), int(code), answer.rstrip("\n"))


@lru_cache(maxsize=1)
def answers() -> dict[str, Guess]:
    """What the program answers to all of it, in one process."""
    typed = [guess.words for guess in table()]
    with TemporaryDirectory() as folder:
        make(Path(folder))
        done = subprocess.run(
            [sys.executable, "-P", str(_SCRIPT)],
            input=json.dumps([[folder, shlex.split(words)] for words in typed]),
            capture_output=True,
            text=True,
            env={name: value for name, value in os.environ.items() if name not in _UNSAID}
            | {"COLUMNS": "100", "PYTHONUTF8": "1"},
            timeout=200,
            check=True,
        )
    found = zip(typed, json.loads(done.stdout), strict=True)
    made = {words: Guess(words, code, answer(out, err)) for words, (code, out, err) in found}
    if os.environ.get("RFSCOPE_UPDATE_GOLDEN"):
        _TABLE.write_text(written(list(made.values())), encoding="utf-8")
    return made


def answer(out: str, err: str) -> str:
    """What matters of an answer: the complaints, else the first line that says something."""
    lines = err.splitlines() or [line for line in out.splitlines() if line.strip()][:1]
    return "\n".join(line.strip() for line in lines)


def written(guesses: Sequence[Guess]) -> str:
    """The table as its file holds it."""
    return "\n".join(f"{_PROMPT} {guess.words}\n{guess.code}\n{guess.answer}\n" for guess in guesses)


ROWS = tuple(table())


def test_the_table_is_long_and_says_each_thing_once() -> None:
    assert len(ROWS) >= 100
    assert len({guess.words for guess in ROWS}) == len(ROWS)


@pytest.mark.parametrize("guess", ROWS, ids=[guess.words for guess in ROWS])
def test_first_guesses(guess: Guess) -> None:
    assert answers()[guess.words] == guess


@pytest.mark.parametrize("guess", ROWS, ids=[guess.words for guess in ROWS])
def test_a_complaint_says_what_is_wrong_in_lines_of_ours(guess: Guess) -> None:
    lines = guess.answer.split("\n")
    complains = [line.startswith(("error: ", "Usage: rfscope ")) for line in lines]
    assert all(complains) if guess.code == 2 else not lines[0].startswith("error: ")
    foreign = (
        "Value error",
        "Input should",
        "Invalid value",
        "Got unexpected",
        "No such ",
        "Missing ",
        "pydantic",
        "Traceback",
    )
    assert not any(words in line for line in lines for words in foreign)
