"""Hostile inputs end in seconds, in bounded memory, with the exit code and the one line of error they should."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.children import GIB, Answer, Asked, answers
from tests.hostile.inputs import CASES, Case
from tests.hostile.shadows import shadow


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Answer]]:
    """Every case's folder and answer; all run in one process, which costs less than one each."""
    asked = []
    for case in CASES.values():
        folder = tmp_path_factory.mktemp("hostile")
        shadow(folder)
        case.make(folder)
        asked.append(Asked(folder, case.words.split(" "), case.seconds))
    left = zip((one.folder for one in asked), answers(asked, blocked="torch", memory=3 * GIB), strict=True)
    return dict(zip(CASES, left, strict=True))


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES)
def test_hostile_input(name: str, case: Case, found: dict[str, tuple[Path, Answer]]) -> None:
    folder, answer = found[name]
    assert answer.code in case.codes, answer
    assert answer.seconds <= case.seconds
    assert answer.memory <= GIB
    assert "Traceback" not in answer.err
    assert "out of memory" not in answer.err
    assert not (folder / "mark").exists()
    assert not folder.with_name(f"{folder.name}.marks").exists()
    if answer.code == 2:
        assert answer.err.startswith("error: ")
        assert (answer.err.count("\n"), case.said in answer.err) == (1, True), answer.err
    else:
        assert answer.err == ""


def test_the_bounds_are_bounds(tmp_path: Path) -> None:
    """A case beyond them is ended, and those behind it are run all the same."""
    slow = Asked(tmp_path, ["analyze", "rates", ",".join("9" * 3_000), "--json", "--counts"], 0)
    first, second = answers([slow, Asked(tmp_path, ["analyze", "rates", "1", "--json"])], memory=3 * GIB)
    assert (first.code < 0, second.code) == (True, 0)
