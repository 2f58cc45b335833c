"""The configuration: where it is found, what it may say, and what outranks what."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from rfscope.cli import run
from rfscope.linting.config import read_config
from rfscope.rules import RULES

Lint = Callable[..., tuple[int, str, str]]
SPEC = "rfscope = 1\n[[layers]]\nop = 'conv'\nkernel = 3\ndilation = 2\npadding = 'same'\n"


def codes(answer: tuple[int, str, str]) -> list[str]:
    """The codes that a run in JSON found."""
    return [record["code"] for record in json.loads(answer[1])]


@pytest.fixture
def found(lint: Lint) -> Callable[..., list[str]]:
    return lambda *words: codes(lint(*words, "--output-format", "json"))


Found = Callable[..., list[str]]

KEYS = (
    "select, ignore, extend-select, extend-ignore, level, max-gridding-index, min-receptive-field, max-lookahead, "
    "max-latency-ms, sample-rate, tile"
)
BAD = {
    "unknown key": (
        'selct = ["RFS"]',
        f"unknown key at rfscope.toml:1:1, selct: got 'selct', expected one of {KEYS}, fail-level, networks; did you",
    ),
    "key of a network at the top": ("input = [3]", "unknown key at rfscope.toml:1:1, input: got 'input', expected"),
    "unknown key of a network": (
        "[[networks]]\ntarget = '2'\nkernl = 3",
        f"unknown key at rfscope.toml:3:1, networks[0].kernl: got 'kernl', expected one of {KEYS}, target, input",
    ),
    "network without a target": (
        "[[networks]]\ninput = [3]",
        "missing key 'target' at rfscope.toml:1:1, networks[0].target: expected text of one or more characters, or",
    ),
    "network that is no table": ("networks = [1]", "bad network at rfscope.toml:1:1, networks[0]: got 1, expected"),
    "unknown rule": (
        '\nignore = ["hols"]',
        "unknown rule at rfscope.toml:2:1, ignore: got 'hols', expected a rule's code or name; did you mean 'holes'?",
    ),
    "unknown rule with a reason": (
        "ignore = {RFS999 = 'x'}",
        "unknown rule at rfscope.toml:1:1, ignore: got 'RFS999', expected a rule's code or name; see rfscope rule",
    ),
    "unknown level": (
        "level = {RFS103 = 'fatal'}",
        "bad level at rfscope.toml:1:1, level: got {'RFS103': 'fatal'}, expected a table from rules to 'error',",
    ),
    "a flag for a number": ("max-lookahead = true", "bad max-lookahead at rfscope.toml:1:1, max-lookahead: got True"),
    "an index above one": ("max-gridding-index = 2", "bad max-gridding-index at rfscope.toml:1:1, max-gridding-index:"),
    "text for a list": ("select = 'RFS'", "bad select at rfscope.toml:1:1, select: got 'RFS', expected a list of"),
    "no TOML": ("select = [", "invalid TOML ("),
    "a duplicate key": ("select = []\nselect = []", "invalid TOML ("),
    "not text": (b"\xff\xfe", "not UTF-8 text at rfscope.toml: got the byte 0xff at offset 0"),
    "nested deeply": ("select = " + "[" * 5000, "over the limit 'nesting' at rfscope.toml"),
    "too large": ("#" * (2**20 + 1), "over the limit 'spec-bytes' at rfscope.toml: got 1048577, expected at most"),
}


@pytest.mark.parametrize(("text", "message"), BAD.values(), ids=BAD)
def test_bad_configurations_get_one_clear_line(text: str | bytes, message: str, lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "rfscope.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    code, out, err = lint("1,2,5")
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {message}") or message in err
    assert err.count("\n") == 1


def test_every_mistake_of_a_configuration_is_told(lint: Lint, tmp_path: Path) -> None:
    text = "ignore = ['hols']\nmax-lookahead = -1\nfail-level = 'x'\n[[networks]]\ntarget = '2'\npadding = 'causal'\n"
    (tmp_path / "rfscope.toml").write_text(text + "select = ['RFS999', 'holes']\n")
    code, _, err = lint("1,2,5")
    first, second, third, fourth, fifth = err.splitlines()
    assert code == 2
    assert first.startswith("error: unknown rule at rfscope.toml:1:1, ignore: got 'hols'")
    assert second.startswith("error: bad max-lookahead at rfscope.toml:2:1, max-lookahead: got -1")
    assert third.startswith("error: bad fail-level at rfscope.toml:3:1, fail-level: got 'x'")
    assert fourth.startswith("error: unknown key at rfscope.toml:6:1, networks[0].padding: got 'padding'")
    assert fourth.endswith("; write causal = true for padding before alone")
    assert fifth.startswith("error: unknown rule at rfscope.toml:7:1, networks[0].select: got 'RFS999'")


def test_the_same_in_pyproject_names_the_table(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.rfscope]\nselct = []\n")
    assert lint("1")[2].startswith("error: unknown key at pyproject.toml:2:1, tool.rfscope.selct: got 'selct'")
    (tmp_path / "pyproject.toml").write_text("[tool]\nrfscope = 1\n")
    assert lint("1")[2] == "error: bad configuration at pyproject.toml:2:1, tool.rfscope: got 1, expected a table\n"


def test_the_nearest_file_counts_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.rfscope]\nignore = ["RFS101"]\n')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)

    def found(*words: str) -> list[str]:
        run(["lint", "2,4,8", "--output-format", "json", *words])
        return [record["code"] for record in json.loads(capsys.readouterr().out)]

    monkeypatch.chdir(inner)
    assert found() == ["RFS102", "RFS103"]
    (tmp_path / "a" / "pyproject.toml").write_text("[project]\nname = 'rfscope-user'\n")  # without the table
    assert found() == ["RFS102", "RFS103"]
    (tmp_path / "a" / "rfscope.toml").write_text('ignore = ["RFS102"]\n')
    assert found() == ["RFS101"]  # in which RFS103 is told
    (inner / "pyproject.toml").write_text("[tool.rfscope]\n")
    assert found() == ["RFS101"]
    (inner / "rfscope.toml").write_text('select = ["RFS103"]\n')
    assert found() == ["RFS103"]
    assert found("--isolated") == ["RFS101"]
    assert found("--config", "../rfscope.toml") == ["RFS101"]
    assert found("--config", "../../pyproject.toml") == ["RFS102", "RFS103"]


CONFIG_OPTIONS = {
    "both": (("--config", "x.toml", "--isolated"), "--config and --isolated together"),
    "missing": (("--config", "x.toml"), "no such file at x.toml"),
    "no table": (("--config", "pyproject.toml"), "no configuration at pyproject.toml: expected a table [tool.rfscope]"),
    "unknown rule": (("--select", "RFS101,hols"), "unknown rule at --select: got 'hols'"),
}


@pytest.mark.parametrize(("words", "message"), CONFIG_OPTIONS.values(), ids=CONFIG_OPTIONS)
def test_bad_options(words: tuple[str, ...], message: str, lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    code, out, err = lint("1", *words)
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {message}")


SELECTIONS = [
    ("", (), "RFS101"),
    ("", ("--extend-select", "RFS104"), "RFS101 RFS104"),
    ('ignore = ["RFS101"]', (), "RFS102"),
    ('select = ["RFS101"]', (), "RFS101"),
    ('select = ["holes", "rfs104"]', (), "RFS101 RFS104"),
    ('ignore = ["RFS10"]', (), ""),
    ('select = ["RFS101"]\nignore = ["RFS1"]', (), "RFS101"),
    ('select = ["RFS1"]\nignore = ["RFS101"]', (), "RFS102 RFS104"),
    ('ignore = {RFS104 = "short stages"}', (), "RFS101"),
    ('select = ["RFS101"]\nextend-select = ["no-sawtooth"]', (), "RFS101 RFS104"),
    ('ignore = ["RFS101"]\nextend-ignore = ["RFS102"]', (), ""),
    ('ignore = ["RFS101"]', ("--select", "RFS101"), "RFS101"),
    ('ignore = ["RFS101"]', ("--extend-select", "RFS101"), "RFS101"),
    ('ignore = ["RFS101"]', ("--ignore", "RFS102"), "RFS101"),
    ('ignore = ["RFS101"]', ("--extend-ignore", "RFS102"), ""),
    ('ignore = ["RFS101"]', ("--ignore", ""), "RFS101"),
    ("", ("--select", "RFS101,RFS104", "--select", "common-factor"), "RFS101 RFS104"),
    ("", ("--select", "RFS104", "--select", "common-factor"), "RFS102 RFS104"),
    ("", ("--select", "RFS2"), ""),
]


@pytest.mark.parametrize(("config", "words", "expected"), SELECTIONS)
def test_selection(config: str, words: tuple[str, ...], expected: str, found: Found, tmp_path: Path) -> None:
    (tmp_path / "rfscope.toml").write_text(config)
    assert found("2,2,2", *words) == expected.split()


def test_levels(lint: Lint, tmp_path: Path) -> None:
    def levels(config: str, target: str) -> str:
        (tmp_path / "rfscope.toml").write_text(config)
        records = json.loads(lint(target, "--output-format", "json")[1])
        return " ".join(f"{record['code'][-1]}{record['level'][0]}" for record in records)

    assert levels("", "2,2,2") == "1e"
    assert levels('level = {RFS1 = "info", holes = "warning"}', "2,2,2") == "1w"
    assert levels('level = {RFS102 = "error"}', "2,2,2") == "1e"
    assert levels('level = {RFS102 = "error", holes = "warning"}', "2,2,2") == "1w 2e"  # graver, so it speaks
    assert levels('level = {RFS102 = "error"}', "2,2,2,1") == "2i"  # a case that the rule judges milder stays so
    assert levels('level = {RFS102 = "info"}', "1,2,4") == "2i"


def test_levels_decide_the_exit_code(lint: Lint, tmp_path: Path) -> None:
    config = tmp_path / "rfscope.toml"
    law = 'level = {RFS103 = "warning"}\n'  # the published rule as law, whatever the exact test finds
    for text, code in (("", 0), ('level = {RFS103 = "error"}', 1), (f'{law}fail-level = "warning"', 1), (law, 0)):
        config.write_text(text)
        assert lint("1,5,2")[0] == code
    assert lint("1,5,2", "--fail-level", "error")[0] == 0
    config.write_text('level = {RFS101 = "info"}')
    assert lint("2", "--fail-level", "warning")[0] == 0


def test_thresholds(found: Found, tmp_path: Path) -> None:
    (tmp_path / "rfscope.toml").write_text("min-receptive-field = 18\nmax-gridding-index = 0.1\n")
    assert found("1,2,5") == ["RFS105", "RFS201"]
    assert found("1,2,5", "--min-receptive-field", "17", "--max-gridding-index", "0.5") == []


NETWORKS = """
ignore = ["RFS104"]
[[networks]]
target = "specs/*.toml"
min-receptive-field = 9
[[networks]]
target = "1,2,4"
kernel = 5
max-gridding-index = 0
[[networks]]
target = "specs"
select = ["RFS203"]
input = [4, 4]
"""


def test_networks_of_the_configuration(lint: Lint, found: Found, tmp_path: Path) -> None:
    (tmp_path / "rfscope.toml").write_text(NETWORKS)
    (tmp_path / "specs" / "deep").mkdir(parents=True)
    (tmp_path / "specs" / "a.toml").write_text(SPEC)
    (tmp_path / "specs" / "deep" / "b.toml").write_text(SPEC)
    records = json.loads(lint("--output-format", "json")[1])
    assert [(record["target"], record["code"]) for record in records] == [
        ("specs/a.toml", "RFS101"),
        ("specs/a.toml", "RFS201"),
        ("1,2,4", "RFS102"),
        ("specs/a.toml", "RFS203"),
        ("specs/deep/b.toml", "RFS203"),
    ]
    assert found("specs/a.toml") == ["RFS101", "RFS201", "RFS203"]  # named here, with the settings from there
    assert found(str(tmp_path / "specs" / "a.toml")) == ["RFS101", "RFS201", "RFS203"]
    assert found("specs/a.toml", "--select", "RFS101") == ["RFS101", "RFS101"]  # two entries, two judgements
    assert found("2") == ["RFS101"]


def test_an_input_is_chosen_and_given_by_name_in_the_configuration(tmp_path: Path) -> None:
    text = '[[networks]]\ntarget = "m:two"\nof = "y"\ninput = {x = [1, 3, 16, 16], y = [1, 3, 8, 8]}\n'
    (tmp_path / "rfscope.toml").write_text(text)
    [entry] = read_config(tmp_path / "rfscope.toml").networks
    assert (entry.reading.of, entry.reading.input) == ("y", None)
    assert entry.reading.shapes == {"x": (1, 3, 16, 16), "y": (1, 3, 8, 8)}


def test_files_are_named_from_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rfscope.toml").write_text("[[networks]]\ntarget = 'a.toml'\n")
    (tmp_path / "a.toml").write_text(SPEC)
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    assert run(["lint", "--output-format", "concise"]) == 1
    assert capsys.readouterr().out.startswith("../a.toml:5:1: RFS101")


def test_imports_need_a_word(lint: Lint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rfscope.toml").write_text("[[networks]]\ntarget = 'planted:build'\n[[networks]]\ntarget = '2'\n")
    (tmp_path / "planted.py").write_text("open('trace', 'w').close()\ndef build(): ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    code, out, err = lint("--output-format", "concise")
    assert code == 2
    assert out.startswith("rfscope.toml:4:1: RFS101")
    assert err == (
        "error: an import that is not allowed at rfscope.toml:1:1, networks[0]: got 'planted:build'; "
        "add --allow-import to import it, which runs its code\n"
    )
    assert not (tmp_path / "trace").exists()


def test_nothing_to_lint(lint: Lint, tmp_path: Path) -> None:
    message = "expected a target, or [[networks]] in a configuration; see rfscope lint --help\n"
    assert lint() == (2, "", f"error: nothing to lint: {message}")
    (tmp_path / "rfscope.toml").write_text("")
    code, _, err = lint()
    assert (code, err.endswith(message)) == (2, True)


def test_settings_shown_are_a_configuration_that_says_the_same(lint: Lint, tmp_path: Path) -> None:
    file = tmp_path / "rfscope.toml"
    text = 'ignore = {RFS104 = "a \\"quoted\\" \\u007f\\u001b reason \\U0001F600"}\nlevel = {holes = "info"}\n'
    file.write_text(text + 'fail-level = "warning"\n' + NETWORKS.replace('ignore = ["RFS104"]', ""), encoding="utf-8")
    code, shown, err = lint("--show-settings", "--select", "RFS1", "--max-lookahead", "3", "--extend-ignore", "RFS106")
    assert (code, err) == (0, "")
    found = tomllib.loads(shown)
    assert found["select"] == ["RFS1"]
    assert found["ignore"] == {"RFS106": ""}  # a select starts afresh
    assert (found["fail-level"], found["max-lookahead"]) == ("warning", 3)
    assert [network["target"] for network in found["networks"]] == ["specs/*.toml", "1,2,4", "specs"]
    on = [line.split()[1] for line in shown.splitlines() if line.startswith("# RFS")]
    assert on == [rule.code for rule in RULES if rule.code < "RFS106"]
    assert "# RFS101 holes: info" in shown
    before = read_config(file)
    file.write_text(lint("--show-settings")[1], encoding="utf-8")
    after = read_config(file)
    assert after.networks == before.networks
    assert after.settings.ignore == before.settings.ignore == {"RFS104": 'a "quoted" \x7f\x1b reason \U0001f600'}
    assert lint("--show-settings")[1] == file.read_text(encoding="utf-8")


def test_the_schema_of_the_configuration(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "config"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["$schema"].startswith("https://json-schema.org/")
    assert found["additionalProperties"] is False
    assert set(found["properties"]) >= {"select", "ignore", "extend-select", "level", "fail-level", "networks"}
    assert set(found["$defs"]["Network"]["properties"]) >= {"target", "input", "min-receptive-field"}
    assert found["$defs"]["Network"]["required"] == ["target"]
    assert "null" not in json.dumps(found)


@pytest.mark.parametrize("target", ["[2, 4, 8]", "'2, 4, 8'", "'[2,4,8]'", "'2,4,8,'"])
def test_rates_of_a_configuration_as_people_write_them(target: str, lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "rfscope.toml").write_text(f"[[networks]]\ntarget = {target}\ninput = 64\nkernel = [3, 3, 3]\n")
    code, out, _ = lint("--output-format", "concise")
    assert code == 1
    assert "RFS101" in out


def test_what_is_not_there_is_told_with_the_line_that_names_it(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[[tool.rfscope.networks]]\ntarget = "spec"\n')
    code, _, err = lint()
    assert code == 2
    assert err.startswith("error: no such file or folder at pyproject.toml:2:1: got 'spec', expected rates such as")
