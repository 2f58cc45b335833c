"""Folders, globs and many targets at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rfscope.linting.formats import FORMATS
from rfscope.network.source import SpecFormat
from rfscope.readers.names import runs_code
from rfscope.readers.spec_look import is_meant
from tests.program import rfscope

Lint = Callable[..., tuple[int, str, str]]
TOML = "rfscope = 1\n[[layers]]\nop = 'conv'\nkernel = 3\ndilation = 2\n"
YAML = "rfscope: 1\nlayers: [{op: conv, kernel: 3, dilation: 2}]\n"
JSON = '{"layers": [{"op": "conv", "kernel": 3, "dilation": 2}], "rfscope": 1}'

FILES = {
    "b/net.toml": TOML,
    "b/c/net.yml": YAML,
    "a.yaml": YAML,
    "z.json": JSON,
    "pyproject.toml": "[tool.rfscope]\n",
    "rfscope.toml": "",
    "b/pyproject.toml": "[tool.poetry.dependencies]\nrfscope = '1'\n",
    "package.json": '{"dependencies": {"rfscope": "^1"}}',
    "compose.yaml": "services:\n  rfscope: 1\n",
    "notes.txt": TOML,
    ".hidden.toml": TOML,
    ".git/net.toml": TOML,
    "node_modules/x/net.toml": TOML,
}
NETWORKS = ["a.yaml", "z.json", "b/net.toml", "b/c/net.yml"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def targets(answer: tuple[int, str, str]) -> list[str]:
    return [record["target"] for record in json.loads(answer[1]) if record["code"] == "RFS101"]


NAMED = [
    (["."], NETWORKS),
    (["b"], ["b/net.toml", "b/c/net.yml"]),
    (["b", "a.yaml", "b"], ["b/net.toml", "b/c/net.yml", "a.yaml"]),
    (["b/net.toml", "."], ["b/net.toml", "a.yaml", "z.json", "b/c/net.yml"]),
    (["*.yaml", "*.json"], ["a.yaml", "z.json"]),
    (["**/net.*"], ["b/c/net.yml", "b/net.toml"]),
    (["b*"], ["b/net.toml", "b/c/net.yml"]),
    (["2", "b/net.toml", "2"], ["2", "b/net.toml", "2"]),
    (["--only-specs", "package.json", "a.yaml", "pyproject.toml", "2"], ["a.yaml", "2"]),
]


@pytest.mark.parametrize(("words", "expected"), NAMED, ids=[" ".join(words) for words, _ in NAMED])
def test_folders_and_globs(words: list[str], expected: list[str], lint: Lint, folder: Path) -> None:
    assert folder.is_dir()
    answer = lint(*words, "--output-format", "json")
    assert (answer[2], targets(answer)) == ("", expected)


def test_rates_win_over_a_folder_of_that_name(lint: Lint, folder: Path) -> None:
    (folder / "2,4").mkdir()
    assert targets(lint("2,4", "--output-format", "json")) == ["2,4"]
    assert lint("./2,4")[0] == 2


NOTHING = {
    "nothing": "no network in the folder at nothing: expected one of a spec file (.toml, .yaml, .yml, .json), an .onnx "
    "file, a .pt2 program; a spec says rfscope = 1, in YAML rfscope: 1",
    "*.yml": "no network in the glob at *.yml: expected one of a spec",
    "b/pyproject.toml": "not a spec at b/pyproject.toml: got the keys 'tool'",
}


@pytest.mark.parametrize(("word", "message"), NOTHING.items())
def test_a_folder_or_glob_without_networks_is_an_error_and_hides_nothing(
    word: str, message: str, lint: Lint, folder: Path
) -> None:
    (folder / "nothing").mkdir()
    answer = lint(word, "a.yaml", "--output-format", "json")
    assert (answer[0], targets(answer)) == (2, ["a.yaml"])
    assert message in answer[2]


def test_a_broken_spec_in_a_folder_is_said(lint: Lint, folder: Path) -> None:
    (folder / "b" / "broken.toml").write_text("rfscope = 1\nlayers = [\n", encoding="utf-8")
    answer = lint(".", "--output-format", "json")
    assert (answer[0], targets(answer)) == (2, NETWORKS)
    assert answer[2].startswith("error: invalid TOML (")
    assert "b/broken.toml" in answer[2]


HEADS: list[tuple[str, SpecFormat, bool]] = [
    ("rfscope = 1", "toml", True),
    ("# c\n\n  'rfscope'=1", "toml", True),
    ("\ufeffrfscope = 1", "toml", True),
    ("[tool.rfscope]", "toml", False),
    ("rfscope = '1'", "toml", False),
    ("[package]\nrfscope = 1", "toml", False),
    ("rfscope: 1", "yaml", True),
    ('---\n"rfscope": 1', "yaml", True),
    ("{layers: [], rfscope: 1}", "yaml", True),
    ("a:\n  rfscope: 1", "yaml", False),
    ('{"a": {}, "rfscope" : 1}', "json", True),
    ('{"rfscope": "1"}', "json", False),
]


@pytest.mark.parametrize(("text", "kind", "expected"), HEADS)
def test_what_is_meant_as_a_spec(text: str, kind: SpecFormat, expected: bool) -> None:
    assert is_meant(text.encode(), f"net.{kind}") is expected


def test_what_may_run_code() -> None:
    words = ("a.b:c", "x.py:C", ":", "a:b.toml", "./a:b.toml", "zoo:hdc-2", "1,2", "net.toml", "-")
    assert [word for word in words if runs_code(word)] == ["a.b:c", "x.py:C", "a:b.toml"]


@pytest.mark.parametrize("word", [".", "*.toml", "planted:build.toml"])
def test_a_file_is_never_taken_for_a_module(word: str, lint: Lint, tmp_path: Path) -> None:
    """Its name may come from a stranger's change."""
    (tmp_path / "planted:build.toml").write_text(TOML, encoding="utf-8")
    assert targets(lint(word, "--output-format", "json")) == ["./planted:build.toml"]
    (tmp_path / "rfscope.toml").write_text("[[networks]]\ntarget = '.'\n", encoding="utf-8")
    assert targets(lint("--output-format", "json")) == ["./planted:build.toml"]
    (tmp_path / "rfscope.toml").write_text("[[networks]]\ntarget = 'planted:build.toml'\n", encoding="utf-8")
    assert targets(lint("--output-format", "json")) == ["./planted:build.toml"]
    (tmp_path / "planted:build.toml").unlink()
    assert "an import that is not allowed" in lint()[2]


@pytest.mark.parametrize("name", FORMATS)
def test_two_processes_give_the_same_bytes(name: str, folder: Path) -> None:
    words = ("lint", "1,2,4", ".", "nothing.toml", "0", "zoo:hdc-2,4,8", "-", "--output-format", name)
    one, two = (rfscope(*words, "--jobs", jobs, stdin=TOML.encode(), cwd=folder) for jobs in ("1", "2"))
    assert one == two
    assert one.code == 2
    assert "RFS101" in one.out


def test_limits_hold_in_other_processes(folder: Path) -> None:
    code, _, err = rfscope("--limit", "rate=1", "lint", "a.yaml", "z.json", "--jobs", "2", cwd=folder)
    assert code == 2
    assert err.count("over the limit 'rate'") == 2


def test_a_process_that_dies_is_said() -> None:
    from rfscope.linting.many import Request, judge_all

    targets = ["tests.linting.dying:dies"] * 2
    found = list(judge_all([Request(target=target) for target in targets], jobs=2))
    assert [judgement.target for judgement in found] == targets
    assert all(judgement.failure and "a process died" in judgement.failure for judgement in found)


def test_unreadable_files_are_said(lint: Lint, folder: Path) -> None:
    (folder / "link.toml").symlink_to("nowhere")
    code, _, err = lint("link.toml", "1")
    assert (code, err) == (2, "error: no such file at link.toml\n")
    code, _, err = lint(".", "-q")
    assert (code, err) == (2, "error: no such file at link.toml\n")
