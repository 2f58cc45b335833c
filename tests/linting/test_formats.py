"""Every format, with no finding, one, ten thousand, a broken target and hostile names, read back by other readers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sarif_pydantic import Sarif

from rfscope.errors import clean
from rfscope.linting.formats import FORMATS
from rfscope.rules import RULES
from tests import golden
from tests.linting import reading
from tests.linting.writing import HOSTILE, idle, write_hostile
from tests.program import rfscope

Lint = Callable[..., tuple[int, str, str]]
"""Exit code, standard output and standard error of lint."""


def count_json(text: str) -> int:
    found = json.loads(text)
    assert all(isinstance(record["message"], str) for record in found)
    return len(found)


def count_gitlab(text: str) -> int:
    reading.gitlab(json.loads(text))
    return len(json.loads(text))


def count_sarif(text: str) -> int:
    return len(Sarif.model_validate(json.loads(text)).runs[0].results or [])


def count_junit(text: str) -> int:
    return sum(case.attrib["name"].startswith("RFS") for case in reading.junit(text).iter("testcase"))


def count_github(text: str) -> int:
    found = reading.commands(text)
    assert len(found) == len(text.splitlines())
    return sum(one.properties["title"] != "rfscope" for one in found)


def count_markdown(text: str) -> int:
    return max(0, len(reading.markdown_cells(text)) - 1)


def count_full(text: str) -> int:
    assert reading.commands(text) == []
    return len(re.findall(r"^(error|warning|info)\[RFS", text, flags=re.MULTILINE))


def count_concise(text: str) -> int:
    assert reading.commands(text) == []
    return len(text.splitlines())


COUNT: dict[str, Callable[[str], int]] = {name: globals()[f"count_{name}"] for name in FORMATS}
"""Reads a text in a format back, and counts the findings in it."""


def check(name: str, text: str) -> int:
    return COUNT[name](text)


@pytest.mark.parametrize("name", FORMATS)
def test_no_finding(name: str, lint: Lint) -> None:
    code, out, err = lint("1,2,5", "--output-format", name)
    assert (code, err, check(name, out)) == (0, "", 0)


@pytest.mark.parametrize("name", FORMATS)
def test_one_finding(name: str, lint: Lint) -> None:
    code, out, err = lint("2", "--output-format", name)
    assert (code, err, check(name, out)) == (1, "", 1)


@pytest.mark.parametrize("name", FORMATS)
def test_a_broken_target_is_said_and_does_not_hide_findings(name: str, lint: Lint) -> None:
    code, out, err = lint("nothing.toml", "2", "a\n::error::b.toml", "--output-format", name)
    assert (code, check(name, out)) == (2, 1)
    assert err.splitlines() == ["error: no such file at nothing.toml", "error: no such file at a?::error::b.toml"]
    assert ("nothing.toml" in out) == (name in ("sarif", "junit", "github", "markdown"))


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_names(name: str, lint: Lint, tmp_path: Path) -> None:
    write_hostile(tmp_path / "nets")
    code, out, err = lint("nets", "--output-format", name)
    assert (code, err, check(name, out)) == (1, "", len(HOSTILE))
    assert "\x1b" not in out
    assert all(char == "\n" or char.isprintable() for char in out)


def test_ten_thousand_findings(lint: Lint, tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.json").write_text(idle(2500), encoding="utf-8")
    texts = ten_thousand(lint)
    assert {name: check(name, text) for name, text in texts.items() if name != "markdown"} == dict.fromkeys(
        [name for name in FORMATS if name != "markdown"], 10_000
    )
    assert len(texts["markdown"]) < 65_536
    shown = check("markdown", texts["markdown"])
    assert f"{10_000 - shown} more findings are left out" in texts["markdown"]


def ten_thousand(lint: Lint) -> dict[str, str]:
    """Every format of one report, judged once."""
    from rfscope.cli import lint as command
    from rfscope.linting import formats

    texts: dict[str, str] = {}
    written = formats.written

    def every(report: object, *_: object, **__: object) -> str:
        texts.update({name: written(report, name) for name in FORMATS})  # type: ignore[arg-type]  # whatever it is given
        return ""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "written", every)
        assert lint("0.json", "1.json", "2.json", "3.json") == (0, "", "")
    return texts


def test_names_arrive_as_they_were_cleaned(lint: Lint, tmp_path: Path) -> None:
    write_hostile(tmp_path / "nets")
    names = [clean(name) for name in HOSTILE]
    _, out, _ = lint("nets", "--output-format", "github")
    assert [one.data.partition(" skips ")[0] for one in reading.commands(out)] == [f"{name}: {name}" for name in names]
    _, out, _ = lint("nets", "--output-format", "markdown")
    shown = [row[2].partition(": ")[2].replace("\u200b", "") for row in reading.markdown_cells(out)[1:]]
    assert shown == names
    _, out, _ = lint("nets", "--output-format", "junit")
    cases = [case.attrib["name"] for case in reading.junit(out).iter("testcase")]
    assert cases == [f"RFS101 holes: {name}" for name in names]
    _, out, _ = lint("nets", "--output-format", "json")
    assert [record["node"] for record in json.loads(out)] == names


def test_github_command(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "a,b:c.json").write_text('{"rfscope": 1, "layers": [{"op": "conv", "kernel": 3, "dilation": 2}]}')
    _, out, _ = lint("a,b:c.json", "--output-format", "github", "--select", "holes")
    [found] = reading.commands(out)
    place = {"file": "a,b:c.json", "line": "1", "col": "55", "title": "RFS101 holes"}
    assert (found.name, found.properties) == ("error", place)
    assert found.data.startswith(
        "conv1: conv1 skips 3 of 4 pixels of the input: no layer has rate 1. One output of conv1"
    )
    assert "\ndense layers (rate 1) before or after can fill the holes" in found.data
    _, out, _ = lint("2,2,2", "1,2,4", "2,2,2,1", "--output-format", "github")
    levels = [one.name for one in reading.commands(out)]
    assert levels == ["error", "warning", "notice"]


def test_sarif(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "net.json").write_text(idle(1), encoding="utf-8")
    _, out, _ = lint("a b", "2,4,8", "1,2,4", "0", "--output-format", "sarif")
    log = json.loads(out)
    [run_] = log["runs"]
    rules = run_["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in RULES]
    assert all("security-severity" not in rule["properties"] for rule in rules)
    assert all(rule["helpUri"].startswith("https://") for rule in rules)
    for rule, ours in zip(rules, RULES, strict=True):
        said = (ours.page.summary, ours.page.bad, ours.page.good, ours.page.source)
        assert all(part in rule["help"][kind] for part in said for kind in ("text", "markdown"))
    results = run_["results"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in results)
    assert [result["level"] for result in results] == ["note", "error", "warning"]
    assert all(len(result["locations"]) == 1 for result in results)
    [place] = results[0]["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "a%20b/net.json"},
        "region": {"startLine": 1, "startColumn": 55, "endColumn": 68, "snippet": {"text": '"dilation": 2'}},
    }
    assert run_["invocations"][0]["executionSuccessful"] is False
    assert len(run_["invocations"][0]["toolExecutionNotifications"]) == 1


SNIPPETS = {
    "TOML": (
        "net.toml",
        "[[layers]]\n  op = 'conv'\n  kernel = [3, 3]\n  dilation = [2, 2]# why\n",
        "dilation = [2, 2]# why",
    ),
    "a comment": ("net.toml", "[[layers]]\nop = 'conv'\nkernel = 3\n\tdilation = 2 # a, b\n", "dilation = 2"),
    "inline": ("net.toml", "layers = [{op = 'conv', 'dilation' = [2, 2], kernel = 3}]", "'dilation' = [2, 2]"),
    "YAML": ("net.yaml", "layers:\n- op: conv\n  'dilation': 2   # why\n  kernel: 3\n", "'dilation': 2"),
    "flow": ("net.yaml", "layers: [{op: conv, dilation: [2,\n 2], kernel: 3}]\n", "dilation: [2,"),
    "JSON": ("net.json", '"layers": [{"op": "conv", "dilation" : [2, 2], "kernel": 3}]}', '"dilation" : [2, 2]'),
    "far out": (
        "net.json",
        f'"layers": [{{"op": "conv", "name": "{"x" * 9999}", "dilation": 2, "kernel": 3}}]}}',
        '"dilation": 2',
    ),
    "very long": (
        "net.json",
        f'"layers": [{{"op": "conv", "dilation": {" " * 9999} 2, "kernel": 3}}]}}',
        '"dilation":',
    ),
    "a whole layer": ("net.json", '"layers": [{"op": "odd", "kernel": 3}, {"op": "pointwise"}]}', '"op": "odd"'),
}


@pytest.mark.parametrize(("name", "text", "snippet"), SNIPPETS.values(), ids=SNIPPETS)
def test_snippets_are_what_stands_in_the_region(name: str, text: str, snippet: str, lint: Lint, tmp_path: Path) -> None:
    head = {"toml": "rfscope = 1\n", "yaml": "rfscope: 1\n", "json": '{"rfscope": 1, '}[name.partition(".")[2]]
    (tmp_path / name).write_text(head + text, encoding="utf-8")
    log = json.loads(lint(name, "--output-format", "sarif", "--select", "RFS101,RFS901")[1])
    [result] = log["runs"][0]["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    line = (head + text).splitlines()[region["startLine"] - 1]
    assert region["snippet"]["text"] == snippet
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == snippet
    full = lint(name, "--select", "RFS101,RFS901")[1].splitlines()
    assert full[1][full[2].index("^") : full[2].rindex("^") + 1] == snippet[:100]


@pytest.mark.parametrize("name", ["gitlab", "sarif"])
def test_fingerprints_stay_when_lines_move(name: str, lint: Lint, tmp_path: Path) -> None:
    def found() -> list[str]:
        records = json.loads(lint("net.toml", "--output-format", name)[1])
        if name == "gitlab":
            return [record["fingerprint"] for record in records]
        return [result["partialFingerprints"]["rfscope/v1"] for result in records["runs"][0]["results"]]

    spec = "rfscope = 1\n[[layers]]\nop = 'conv'\nkernel = 1\ndilation = 2\nrepeat = 3\n"
    (tmp_path / "net.toml").write_text(spec)
    before = found()
    (tmp_path / "net.toml").write_text(f"# moved\n\n{spec}")
    assert found() == before
    assert len(set(before)) == len(before) == 3
    (tmp_path / "net.toml").write_text(spec.replace("repeat = 3", "name = 'other'"))
    assert not set(found()) & set(before)


def test_absolute_paths_below_the_folder_become_relative(lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "net.json").write_text(idle(1), encoding="utf-8")
    [record] = json.loads(lint(str(tmp_path / "net.json"), "--output-format", "gitlab")[1])
    assert record["location"]["path"] == "net.json"


def test_junit_is_as_green_as_the_job(lint: Lint) -> None:
    failures = {
        level: reading.junit(
            lint("2,2,2", "1,2,4", "2,2,2,1", "--output-format", "junit", "--fail-level", level)[1]
        ).attrib["failures"]
        for level in ("error", "warning", "info")
    }
    assert failures == {"error": "1", "warning": "2", "info": "3"}
    [suite] = reading.junit(lint("1,2,5", "--output-format", "junit")[1])
    assert [(case.attrib["name"], list(case)) for case in suite] == [("no findings", [])]


def test_statistics(lint: Lint) -> None:
    code, out, _ = lint("2,4,8", "2,2,2", "1,2,4", "1,5,2", "--statistics")
    assert code == 1
    assert out.splitlines() == [
        "2  RFS101  holes                 error",
        "1  RFS102  common-factor         warning",
        "1  RFS103  hdc-max-distance      info",
    ]
    counted = json.loads(lint("2,4,8", "--statistics", "--output-format", "json")[1])
    assert counted[0] == {"code": "RFS101", "name": "holes", "level": "error", "count": 1}
    assert lint("1,2,5", "--statistics") == (0, "", "")
    code, out, err = lint("1", "--statistics", "--output-format", "sarif")
    assert (code, out) == (2, "")
    assert err == "error: no statistics in this format: got sarif, expected full, concise, json\n"


def test_quiet_shows_findings_alone(lint: Lint) -> None:
    assert lint("1,2,5", "-q") == (0, "", "")
    _, loud, _ = lint("2")
    _, quiet, _ = lint("2", "-q")
    assert loud.startswith(quiet)
    assert loud.removeprefix(quiet) == "\nJudged 2: conv1 (2).\n1 error, 0 warnings, 0 info.\n"


def test_a_file_instead_of_standard_output(lint: Lint, tmp_path: Path) -> None:
    assert lint("2", "--output-format", "json", "-o", "found.json") == (1, "", "wrote found.json\n")
    assert check("json", (tmp_path / "found.json").read_text(encoding="utf-8")) == 1
    assert lint("2", "-o", "no/where.txt")[0] == 2


TOML = """\
rfscope = 1
name = "mixed"
input = [12, 12]

[[layers]]
op = "conv"
kernel = 3
dilation = 2  # looks back two

    [[layers]]
    op = "conv"
    kernel = 3
    dilation = 9
    padding = "same"
"""
YAML = """\
rfscope: 1
layers:
  - op: transposed_conv
    kernel: 3
    stride: 2
  - {op: conv, kernel: 1, dilation: 4}
"""
JSON = '{"rfscope": 1, "layers": [%s{"op": "conv", "kernel": 1, "stride": 2}]}' % ('{"op": "pointwise"}, ' * 9)


def test_what_people_read(lint: Lint, tmp_path: Path) -> None:
    for name, text in (("net.toml", TOML), ("net.yaml", YAML), ("net.json", JSON)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    words = ("net.toml", "net.yaml", "net.json", "2,2")
    golden.check("lint specs full", lint(*words)[1])
    golden.check("lint specs concise", lint(*words, "--output-format", "concise")[1])
    golden.check("lint specs markdown", lint(*words, "--output-format", "markdown")[1])


def test_lines_are_right_in_every_format(lint: Lint, tmp_path: Path) -> None:
    for name, text, row, column in (("n.toml", TOML, 13, 5), ("n.yaml", YAML, 6, 27), ("n.json", JSON, 1, 244)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        last = json.loads(lint(name, "--output-format", "json")[1])[-1]
        assert (last["filename"], last["location"]) == (name, {"row": row, "column": column})
        place = text.splitlines()[row - 1][column - 1 :]
        assert place.startswith(("dilation = 9", "dilation: 4", '"stride": 2'))


def test_width_and_colour_are_obeyed(tmp_path: Path) -> None:
    words = ("lint", "2,4,8", "--isolated")
    plain = rfscope(*words, cwd=tmp_path).out
    assert "\x1b" not in plain
    assert 60 < max(map(len, plain.splitlines())) <= 80  # as every command where there is no terminal
    assert max(map(len, rfscope(*words, cwd=tmp_path, env={"COLUMNS": "100"}).out.splitlines())) > 80
    assert max(map(len, rfscope(*words, cwd=tmp_path, env={"COLUMNS": "60"}).out.splitlines())) <= 60
    coloured = rfscope("--color", "always", *words, cwd=tmp_path, env={"TERM": "xterm-256color"}).out
    assert coloured.startswith("\x1b[1;31merror[RFS101]\x1b[0m holes at 2,4,8: conv1\n")
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    assert rfscope("--color", "always", *words, "--output-format", "json", cwd=tmp_path).out.startswith("[{")
    assert "\x1b" not in rfscope("--color", "never", *words, cwd=tmp_path, env={"FORCE_COLOR": "1"}).out


def test_machine_formats_parse_on_any_stream(tmp_path: Path) -> None:
    write_hostile(tmp_path / "nets")
    for name in ("json", "gitlab", "sarif", "junit"):
        env = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
        answer = rfscope("lint", "nets", "--isolated", "--output-format", name, cwd=tmp_path, env=env)
        assert (answer.code, check(name, answer.out)) == (1, len(HOSTILE))
