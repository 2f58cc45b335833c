"""The README is true: its console blocks are run and compared, its Python runs, its table is the rules'.

Set RFSCOPE_UPDATE_GOLDEN=1 to write what it shows anew, and read the diff.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

from rfscope.rules import RULES
from tests.program import rfscope

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
UPDATE = bool(os.environ.get("RFSCOPE_UPDATE_GOLDEN"))

COMMANDS = re.findall(r"^\$ (rfscope .*)\n((?:(?!\$ |```).*\n)*)", TEXT, flags=re.MULTILINE)
CHANGING = re.compile(r'"seconds": [0-9.e-]+|"torch": "[^"]*"|"device": "[^"]*"')


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)


def shown(command: str, folder: Path) -> str:
    """What a command prints, long JSON cut to what matters in the README, and all to what ``head`` leaves of it."""
    command, _, lines = command.partition(" | head -n ")
    answer = rfscope(*shlex.split(command)[1:], cwd=folder, env={"COLUMNS": "80"})
    assert answer.err == ""
    assert answer.code in (0, 1)
    out = "\n".join(line.rstrip() for line in answer.out.splitlines())
    if "--json" in command:
        key = next(
            key for key in ('"expect"', '"verification": {', '"finite"') if key in out and f"{key}: null" not in out
        )
        out = f"... {out[out.index(key) :].partition('}')[0]}}} ..."
    out = "\n".join(out.splitlines()[: int(lines)]) if lines else out
    return f"{out}\n" if out else ""


@pytest.mark.parametrize(("command", "expected"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_commands_print_what_the_readme_shows(command: str, expected: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    found = shown(command, tmp_path)
    if UPDATE:
        now = README.read_text(encoding="utf-8")
        README.write_text(now.replace(f"$ {command}\n{expected}", f"$ {command}\n{found}"), encoding="utf-8")
    else:
        assert CHANGING.sub("", found) == CHANGING.sub("", expected)


def test_python_runs_and_prints_what_follows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, [expected] = blocks("python")[0], blocks("text")
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - our own README
    assert out.getvalue() == expected
    assert (tmp_path / "map.png").stat().st_size > 10_000


def test_the_spec_is_a_spec(tmp_path: Path) -> None:
    spec = blocks("toml")[0]
    (tmp_path / "net.toml").write_text(spec, encoding="utf-8")
    assert rfscope("lint", "net.toml", cwd=tmp_path).code == 0


def test_the_table_of_rules_is_generated() -> None:
    lines = ["| code | name | level | says |", "|---|---|---|---|"]
    lines += [f"| {rule.code} | `{rule.name}` | {rule.level} | {rule.page.summary} |" for rule in RULES]
    table = "<!-- rules -->\n" + "\n".join(lines) + "\n<!-- /rules -->"
    if UPDATE:
        now = README.read_text(encoding="utf-8")
        README.write_text(re.sub(r"<!-- rules -->.*<!-- /rules -->", table, now, flags=re.DOTALL), encoding="utf-8")
    else:
        assert table in TEXT


def test_the_two_install_commands_are_the_first_two() -> None:
    found = re.findall(r"^\$ (pip install.*)$", TEXT, flags=re.MULTILINE)
    assert found == [
        "pip install . && rfscope compare 1,2,5 2,4,8",
        "pip install torch==2.13.0 -e '.[test]' && pytest -n 2",
    ]


def test_pictures_and_links_are_there() -> None:
    assert all((ROOT / target).exists() for target in re.findall(r"\]\(([^)#]+)\)", TEXT))
