"""The exit codes of lint: the highest that applies."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from rfscope.linting.formats import FORMATS

Lint = Callable[..., tuple[int, str, str]]

TARGETS = {
    "sound": ("1,2,5", 0),
    "info": ("2,2,2,1", 1),
    "warning": ("1,2,4", 2),
    "error": ("2,4,8", 3),
}
"""A target for each gravest level, and how grave that is."""

LEAST = {"info": 1, "warning": 2, "error": 3, None: 3}
CASES = [
    pytest.param(
        target,
        least,
        zero,
        broken,
        2 if broken else int(gravity >= LEAST[least] and not zero),
        id=f"{name}, from {least}{', exit zero' if zero else ''}{', broken' if broken else ''}",
    )
    for (name, (target, gravity)), least, zero, broken in product(TARGETS.items(), LEAST, (False, True), (False, True))
]


@pytest.mark.parametrize(("target", "least", "zero", "broken", "code"), CASES)
def test_table(target: str, least: str | None, zero: bool, broken: bool, code: int, lint: Lint) -> None:
    level = ["--fail-level", least] if least else []
    words = [target, *level, *["--exit-zero"] * zero, *["nothing.toml"] * broken]
    found, _, err = lint(*words)
    assert found == code
    assert (err == "error: no such file at nothing.toml\n") == broken


def test_how_findings_are_written_does_not_matter(lint: Lint) -> None:
    for name in FORMATS:
        for target, code in (("1,2,5", 0), ("2,4,8", 1), ("0", 2)):
            assert lint(target, "--output-format", name)[0] == code
            assert lint(target, "--output-format", name, "-q", "-o", "out")[0] == code
    assert [lint(target, "--statistics")[0] for target in ("1,2,5", "2,4,8", "0")] == [0, 1, 2]


def test_a_bug_of_ours_is_3_and_ctrl_c_130(lint: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
    import rfscope.cli.lint as command

    for error, code in ((ValueError("ours"), 3), (KeyboardInterrupt(), 130)):

        def fail(*_: object, _error: BaseException = error, **__: object) -> None:
            raise _error

        monkeypatch.setattr(command, "judge_all", fail)
        assert lint("1,2,5")[0] == code


def test_what_cannot_be_written_is_2(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    code, out, err = lint("2", "-o", "folder")
    assert (code, out) == (2, "")
    assert err == "error: cannot write the file at folder: got Is a directory; name another with -o\n"
