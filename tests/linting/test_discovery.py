"""Searching folders: what is found, what is passed over, and that a search ends and runs nothing."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rfscope import limits
from rfscope.cli import run
from rfscope.errors import TargetError
from rfscope.linting.discovery import Sighting, expand
from tests.program import rfscope

Lint = Callable[..., tuple[int, str, str]]
TOML = "rfscope = 1\n[[layers]]\nop = 'conv'\nkernel = 3\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(folder: Path, *names: str, text: str = TOML) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def found(word: str) -> list[str]:
    return [sighting.target for sighting in expand(word) if not sighting.passed_over]


def test_what_is_no_regular_file_is_not_opened(folder: Path) -> None:
    """Reading a pipe, or a device that never ends, would never come back."""
    os.mkfifo(folder / "p.toml")
    (folder / "z.onnx").symlink_to("/dev/zero")
    (folder / "n.json").symlink_to("/dev/null")
    put(folder, "net.toml")
    code, _, err = rfscope("lint", ".", "--output-format", "concise", cwd=folder)
    assert (code, err) == (0, "")
    for word, kind in (("p.toml", "a pipe"), ("z.onnx", "a device"), ("n.json", "a device")):
        code, _, err = rfscope("lint", word, cwd=folder)
        assert (code, err) == (2, f"error: cannot read the file at {word}: got {kind}, expected a regular file\n")


def test_a_configuration_that_is_a_pipe_is_not_opened(lint: Lint, folder: Path) -> None:
    os.mkfifo(folder / "pipe.toml")
    said = "error: cannot read the file at pipe.toml: got a pipe, expected a regular file\n"
    assert lint("1", "--config", "pipe.toml") == (2, "", said)


@pytest.mark.parametrize("word", [".", "**", "**/*", "*", "**/*.toml", "**/**/*.toml"])
def test_links_to_folders_are_not_followed(word: str, folder: Path) -> None:
    put(folder, "a/net.toml")
    (folder / "a" / "loop").symlink_to(folder, target_is_directory=True)
    assert found(word) == ["a/net.toml"]


def test_a_folder_that_is_named_may_be_a_link(folder: Path) -> None:
    put(folder, "a/net.toml")
    (folder / "b").symlink_to("a")
    assert found("b") == ["b/net.toml"]


@pytest.mark.parametrize("word", [".", "**/*.toml", "a*"])
def test_a_search_is_bounded(word: str, lint: Lint, folder: Path) -> None:
    put(folder, *(f"a/{number}.toml" for number in range(9)))
    with limits.raised({"files": 9 if word == "a*" else 30}):
        assert len(found("a")) == 9
    with limits.raised({"files": 8}):
        code, _, err = lint(word, "-q")
    assert code == 2
    assert err.startswith("error: over the limit 'files' at")


DEEP = 1200
"""Deeper than Python recurses."""


@pytest.fixture
def deep(folder: Path) -> Iterator[Path]:
    """A folder in a folder in a folder, made and removed from the bottom up, for nothing else could remove it."""
    for _ in range(DEEP):
        (folder / "new").mkdir()
        if (folder / "d").exists():
            (folder / "d").rename(folder / "new" / "d")
        (folder / "new").rename(folder / "d")
    yield folder
    for _ in range(DEEP - 1):
        (folder / "d" / "d").rename(folder / "rest")
        (folder / "d").rmdir()
        (folder / "rest").rename(folder / "d")


def test_deep_trees_end(deep: Path) -> None:
    put(deep, "net.toml")
    assert found(".") == found("**/*.toml") == ["net.toml"]


def test_views_of_the_system_are_not_entered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, "proc/net.toml", "sys/net.toml", "home/net.toml")
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path).name == "proc")
    assert found(".") == ["home/net.toml", "sys/net.toml"]
    assert found("proc") == ["proc/net.toml"]


@pytest.mark.parametrize("word", [".", "**/*.toml", "*"])
def test_a_folder_that_cannot_be_read_is_an_error(
    word: str, lint: Lint, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "a/net.toml", "b/net.toml")
    real = os.scandir

    def scandir(path: Any) -> Iterator[os.DirEntry[str]]:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    code, out, err = lint(word, "--output-format", "full")
    assert code == 2
    assert "error: cannot read the folder at a: got Permission denied\n" in err
    assert "Judged b/net.toml" in out


def test_names_that_match_are_those_of_a_shell(folder: Path) -> None:
    put(folder, "a.toml", ".b.toml", "c/d.toml", "c/.e/f.toml", "node_modules/g.toml", "c/h/i.toml")
    words = {
        "*.toml": ["a.toml"],
        ".*.toml": [".b.toml"],
        "c/*": ["c/d.toml", "c/h/i.toml"],
        "**/*.toml": ["a.toml", "c/d.toml", "c/h/i.toml"],
        "c/**/*.toml": ["c/d.toml", "c/h/i.toml"],
        "?/[a-h]*.toml": ["c/d.toml"],
        "node_modules/*": ["node_modules/g.toml"],
        str(folder / "*.toml"): [str(folder / "a.toml")],
    }
    assert {word: found(word) for word in words} == words


def test_what_is_passed_over_is_counted_and_listed(lint: Lint, folder: Path) -> None:
    put(folder, "net.toml", "rfscope.toml", "notes.txt")
    put(folder, "package.json", "b/other.yaml", text="{}")
    assert [*expand(".")][1:] == [
        Sighting("package.json", passed_over=True),
        Sighting("b/other.yaml", passed_over=True),
    ]
    (folder / "rfscope.toml").write_text("", encoding="utf-8")
    assert lint(".")[1].endswith(
        "\n0 errors, 0 warnings, 0 info. Passed over: 2 files that are no specs; see --show-files.\n"
    )
    listed = "judged: net.toml\npassed over: package.json\npassed over: b/other.yaml\n"
    assert lint(".", "--show-files") == (0, listed, "")
    assert lint(".", "missing.toml", "--show-files")[0] == 0  # reading it will say so
    code, out, err = lint("nowhere*", "--show-files")
    assert (code, out) == (2, "")
    assert err.startswith("error: no network in the glob")
    assert lint(".", "-q") == (0, "", "")


def test_named_files_may_be_passed_over_and_counted(lint: Lint, folder: Path) -> None:
    put(folder, "package.json", "script.py", text="{}")
    said = "0 errors, 0 warnings, 0 info. Passed over: 2 files that are no specs; see --show-files.\n"
    assert lint("--only-specs", "package.json", "script.py") == (0, said, "")
    assert lint("package.json")[0] == 2


@pytest.mark.parametrize("words", [["."], ["*.toml"], ["--only-specs", "net.toml"], ["net.toml"]])
def test_a_mistyped_marker_is_an_error(words: list[str], lint: Lint, folder: Path) -> None:
    put(folder, "net.toml", text=TOML.replace("rfscope", "rfscop"))
    code, _, err = lint(*words)
    assert code == 2
    assert err.startswith("error: unknown key at net.toml:1:1, rfscop: got 'rfscop'")
    assert "did you mean 'rfscope'?" in err


@pytest.mark.parametrize("kind", ["a file", "a link that leads nowhere", "a link", "a folder", "nothing"])
def test_nothing_in_a_folder_is_imported(
    kind: str, lint: Lint, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As if ``rfscope lint *`` had been typed: the shell names whatever is there. Where nothing is, it is a module."""
    asked: list[str] = []

    def factory(target: str, _: object) -> None:
        asked.append(target)
        raise TargetError("it would have been imported")

    monkeypatch.setattr("rfscope.readers.torch.Factory", factory)
    planted = folder / "evil:build"
    if kind == "a file":
        planted.write_text("", encoding="utf-8")
    elif kind == "a folder":
        planted.mkdir()
    elif kind != "nothing":
        planted.symlink_to("nowhere" if kind == "a link that leads nowhere" else "evil.py")
    for words in (["lint"], ["lint", "--only-specs"], ["analyze", "model"], ["plot", "heatmap"], ["compare", "1"]):
        assert run([*words, planted.name]) == 2 or "--only-specs" in words
    (folder / "rfscope.toml").write_text("[[networks]]\ntarget = 'evil:build'\n", encoding="utf-8")
    assert lint("--allow-import")[0] == 2
    assert asked == (["evil:build"] * 6 if kind == "nothing" else [])
    said = "an import that is not allowed" in lint()[2]
    assert said is (kind == "nothing")
    capsys.readouterr()


def test_a_current_folder_that_is_gone_is_said(lint: Lint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    said = "error: the current folder is gone; change to one that exists, or add --isolated\n"
    assert lint("1,2,5") == (2, "", said)
    assert lint("1,2,5", "--isolated", "--output-format", "json")[:2] == (0, "[]\n")


def test_without_a_current_folder_what_has_a_full_name_is_judged(lint: Lint, tmp_path: Path) -> None:
    spec, settings, gone = tmp_path / "net.toml", tmp_path / "rfscope.toml", tmp_path / "gone"
    put(tmp_path, "net.toml", text=f"{TOML}dilation = 2\n")
    put(tmp_path, "rfscope.toml", text="ignore = ['RFS1']")
    gone.mkdir()
    with contextlib.chdir(gone):
        gone.rmdir()
        status, out, err = lint(str(spec), "--isolated", "--output-format", "concise")
        assert (status, out.split(" ")[:2], err) == (1, [f"{spec}:5:1:", "RFS101"], "")
        assert lint(str(spec), "--config", str(settings), "--quiet") == (0, "", "")
        assert lint(".", "--isolated") == (2, "", "error: the current folder is gone; change to one that exists\n")


def test_json_says_nothing_of_what_was_passed_over(lint: Lint, folder: Path) -> None:
    put(folder, "net.toml")
    put(folder, "package.json", text="{}")
    assert json.loads(lint(".", "--output-format", "json")[1]) == []
