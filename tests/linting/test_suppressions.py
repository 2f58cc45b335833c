"""Comments in specs that suppress findings, and those that suppress nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rfscope.linting.suppressions import split, suppressions
from rfscope.readers.spec import read_spec
from rfscope.rules import RULES, Finding
from tests.linting import reading

Lint = Callable[..., tuple[int, str, str]]

HOLES = 'op = "conv"\nkernel = 3\ndilation = 2'
INLINE = "{op = 'conv', kernel = 3, dilation = 2}"
CASES = {
    "on the header": (f"[[layers]]  # rfscope: ignore[RFS101] why\n{HOLES}\n", ""),
    "on another line of the layer": (f"[[layers]]\n{HOLES}  # rfscope: ignore[RFS101] why\n", ""),
    "by name": (f"[[layers]]\n{HOLES}  # rfscope: ignore[holes] why\n", ""),
    "by prefix": (f"[[layers]]\n{HOLES}  # rfscope: ignore[RFS1]\n", ""),
    "one of two": (f"[[layers]]\n{HOLES}  # rfscope: ignore[RFS101, RFS301] why\n", "RFS903:5"),
    "on a line of its own inside": (f"[[layers]]\n# rfscope: ignore[RFS101] why\n{HOLES}\n", ""),
    "on lines of its own before": (f"# rfscope: ignore[RFS101] why\n\n# more\n[[layers]]\n{HOLES}\n", ""),
    "before the next layer": (
        f"[[layers]]\n{HOLES}\n# rfscope: ignore[RFS101] why\n[[layers]]\nop = 'pointwise'\n",
        "RFS101:5 RFS903:6",
    ),
    "behind the last layer": (f"[[layers]]\n{HOLES}\n# rfscope: ignore[RFS101] why\n", "RFS101:5 RFS903:6"),
    "before the layers": (f"name = 'n'  # rfscope: ignore[RFS101] why\n[[layers]]\n{HOLES}\n", "RFS101:6 RFS903:2"),
    "of a rule that finds nothing": (f"[[layers]]\n{HOLES}  # rfscope: ignore[RFS301] why\n", "RFS101:5 RFS903:5"),
    "of no rule": (f"[[layers]]\n{HOLES}  # rfscope: ignore\n", "RFS101:5 RFS903:5"),
    "of an unknown rule": (f"[[layers]]\n{HOLES}  # rfscope: ignore[nothing] why\n", "RFS101:5 RFS903:5"),
    "of itself": (f"[[layers]]\n{HOLES}  # rfscope: ignore[RFS101, RFS903] why\n", "RFS903:5"),
    "in a text": (f'[[layers]]\nname = "# rfscope: ignore[RFS101] why"\n{HOLES}\n', "RFS101:6"),
    "in a long text": (f'name = """\n# rfscope: ignore[RFS101]\n"""\n[[layers]]\n{HOLES}\n', "RFS101:8"),
    "every copy of a repeated layer": (f"[[layers]]\nrepeat = 2 # rfscope: ignore[RFS1] why\n{HOLES}\n", ""),
    "in capitals": (f"[[layers]]\n{HOLES}  # RFSCOPE: IGNORE[rfs101] why\n", ""),
    "behind another tool's": (f"[[layers]]\n{HOLES}  # noqa: E501  # rfscope: ignore[RFS101] why\n", ""),
    "behind another of ours": (
        f"[[layers]]\n{HOLES}  # rfscope: ignore[RFS301] a # rfscope: ignore[RFS101] b\n",
        "RFS903:5",
    ),
    "inline, on the line of the layer": (f"layers = [\n  {INLINE}, # rfscope: ignore[RFS101] why\n]\n", ""),
    "inline, before the layer": (f"layers = [\n  # rfscope: ignore[RFS101] why\n  {INLINE}\n]\n", ""),
    "inline, all on one line": (f"layers = [{INLINE}]  # rfscope: ignore[RFS101] why\n", ""),
    "inline, of the next layer": (
        f"layers = [\n  {INLINE},\n  {{op = 'pointwise'}}, # rfscope: ignore[RFS101] why\n]\n",
        "RFS101:3 RFS903:4",
    ),
    "inline, behind the layers": (f"layers = [\n  {INLINE}\n]\n# rfscope: ignore[RFS101]\n", "RFS101:3 RFS903:5"),
    "another comment of ours": (f"[[layers]]\n{HOLES}  # rfscope: the wide one\n", "RFS101:5"),
}


def found(lint: Lint, file: str, *words: str) -> str:
    """Codes and rows of what is found."""
    records = json.loads(lint(file, "--output-format", "json", *words)[1])
    return " ".join(f"{record['code']}:{record['location']['row']}" for record in records)


@pytest.mark.parametrize(("layers", "expected"), CASES.values(), ids=CASES)
def test_toml(layers: str, expected: str, lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(f"rfscope = 1\n{layers}", encoding="utf-8")
    assert found(lint, "net.toml") == expected


YAML = {
    "on the first line": ("  - op: conv  # rfscope: ignore[RFS101] why\n    kernel: 3\n    dilation: 2\n", ""),
    "on the last line": ("  - op: conv\n    kernel: 3\n    dilation: 2 # rfscope: ignore[RFS101] why\n", ""),
    "on the dash": ("  - # rfscope: ignore[RFS101] why\n    op: conv\n    kernel: 3\n    dilation: 2\n", ""),
    "in flow style": ("  - {op: conv, kernel: 3, dilation: 2}  # rfscope: ignore[RFS101] why\n", ""),
    "on a line of its own before": ("  # rfscope: ignore[RFS101] why\n  - {op: conv, kernel: 3, dilation: 2}\n", ""),
    "behind the layers": (
        "  - {op: conv, name: c, kernel: 3, dilation: 2}\noutputs: [c]  # rfscope: ignore[RFS101] why\n",
        "RFS101:3 RFS903:4",
    ),
    "in a quoted text": ('  - {op: conv, name: "a # rfscope: ignore[RFS101]", kernel: 3, dilation: 2}\n', "RFS101:3"),
    "in a block": (
        "  - op: conv\n    name: |\n      # rfscope: ignore[RFS101]\n    kernel: 3\n    dilation: 2\n",
        "RFS101:7",
    ),
    "no comment without a space": ("  - {op: conv, name: a#rfscope:ignore, kernel: 3, dilation: 2}\n", "RFS101:3"),
}


@pytest.mark.parametrize(("layers", "expected"), YAML.values(), ids=YAML)
def test_yaml(layers: str, expected: str, lint: Lint, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(f"rfscope: 1\nlayers:\n{layers}", encoding="utf-8")
    assert found(lint, "net.yaml") == expected


def test_only_rules_that_were_applied_can_be_unused(lint: Lint, tmp_path: Path) -> None:
    text = f"rfscope = 1\n[[layers]]\n{HOLES}  # rfscope: ignore[RFS301] why\n"
    (tmp_path / "net.toml").write_text(text, encoding="utf-8")
    assert found(lint, "net.toml", "--select", "RFS101,RFS903") == "RFS101:5"
    assert found(lint, "net.toml", "--select", "RFS301,RFS903") == "RFS903:5"
    assert found(lint, "net.toml", "--ignore", "RFS903") == "RFS101:5"


def test_comments_are_cleaned(lint: Lint, tmp_path: Path) -> None:
    text = f"rfscope = 1\n[[layers]]\n{HOLES}  # rfscope: ignore[ ::error::forged, ##[error]forged\n"
    (tmp_path / "net.toml").write_text(text.replace("forged\n", "forged] why\n"), encoding="utf-8")
    for name in ("full", "concise", "markdown"):
        _, out, _ = lint("net.toml", "--output-format", name)
        assert "forged" in out
        assert reading.commands(out) == []


def test_a_spec_from_standard_input_has_its_comments(tmp_path: Path) -> None:
    from tests.program import rfscope

    toml = f"rfscope = 1\n[[layers]]\n{HOLES}  # rfscope: ignore[RFS101] why\n"
    assert rfscope("lint", "-", "-q", stdin=toml.encode(), cwd=tmp_path) == (0, "", "")
    code, out, err = rfscope("lint", "-", "-q", "1,2,5", stdin=toml.replace("101", "301").encode(), cwd=tmp_path)
    assert (code, err) == (1, "")
    assert out.startswith("error[RFS101] holes at standard input:5:1: conv1\n  5 | dilation = 2  # rfscope")
    assert "warning[RFS903] unused-suppression at standard input:5:15: conv1" in out


def test_comments_count_in_python_too(tmp_path: Path) -> None:
    import rfscope as rf

    path = tmp_path / "net.toml"
    path.write_text(f"rfscope = 1\n[[layers]]\n{HOLES}  # rfscope: ignore[RFS101] why\n", encoding="utf-8")
    assert rf.lint(path) == ()
    rf.testing.assert_sound(path)


def test_what_excuses_holes_excuses_what_is_told_with_them(lint: Lint, tmp_path: Path) -> None:
    layers = "".join(f"[[layers]]\nop = 'conv'\nkernel = 3\ndilation = {rate}\n" for rate in (2, 4, 8))
    for comment, expected in (("RFS101", ""), ("RFS102", "RFS101:5"), ("RFS301", "RFS101:5 RFS903:2")):
        text = layers.replace("[[layers]]", f"[[layers]] # rfscope: ignore[{comment}] why", 1)
        (tmp_path / "net.toml").write_text(f"rfscope = 1\n{text}", encoding="utf-8")
        assert found(lint, "net.toml") == expected


def test_one_unused_code_of_three_is_shown_alone(lint: Lint, tmp_path: Path) -> None:
    text = f"rfscope = 1\n[[layers]]\n{HOLES.replace('2', '1')}\n[[layers]]\nop = 'conv'\nkernel = 1\ndilation = 2\n"
    text += "stride = 2  # rfscope: ignore[RFS301, holes, RFS305] on purpose\n"
    (tmp_path / "net.toml").write_text(text, encoding="utf-8")
    _, out, _ = lint("net.toml", "--select", "RFS101,RFS301,RFS305,RFS903")
    line = "  10 | stride = 2  # rfscope: ignore[RFS301, holes, RFS305] on purpose"
    assert out.splitlines()[:3] == [
        f"warning[RFS903] unused-suppression at net.toml:10:{line.index('holes') - 6}: conv2",
        line,
        f"     | {' ' * (line.index('holes') - 7)}^^^^^",
    ]
    assert "help: remove holes from the comment\n" in out
    assert out.endswith("\n0 errors, 1 warning, 0 info; 2 suppressed by comments.\n")
    markdown = lint("net.toml", "--select", "RFS1,RFS3,RFS903", "--output-format", "markdown")[1]
    assert "; 2 suppressed by comments in 1 network." in markdown


def test_all_unused_codes_are_one_finding(lint: Lint, tmp_path: Path) -> None:
    text = f"rfscope = 1\n[[layers]]\n{HOLES.replace('2', '1')}  # noqa  # rfscope: ignore[RFS301, RFS305] on purpose\n"
    (tmp_path / "net.toml").write_text(text, encoding="utf-8")
    _, out, _ = lint("net.toml")
    assert out.count("RFS903") == 1
    assert out.splitlines()[2] == f"    | {' ' * 22}{'^' * len('# rfscope: ignore[RFS301, RFS305] on purpose')}"
    assert "help: remove it\n" in out
    assert out.endswith("\n0 errors, 1 warning, 0 info.\n")


def test_a_folded_rule_is_in_use_but_does_not_speak_for_the_finding() -> None:
    text = "rfscope = 1\n[[layers]]\nop = 'conv'\nkernel = 3  # rfscope: ignore[RFS102] why\n"
    network, provenance = read_spec(text.encode(), file="f.toml", format="toml")
    comments = suppressions(provenance.source, network)
    finding = Finding(message="", help="", node="conv1", code="RFS101", folded=("RFS102",))
    assert split([finding], comments, RULES, network) == ([finding], [])
    assert split([replace(finding, folded=())], comments, RULES, network)[1] == list(comments)


def test_every_unused_suppression_is_in_a_file(lint: Lint, tmp_path: Path) -> None:
    """Of a layer that is not known, too, and of a file that says nothing of rows."""
    for name, text in {
        "a.toml": f"rfscope = 1 # rfscope: ignore[RFS1]\nlayers = [{INLINE}]\n",
        "b.yaml": "rfscope: 1 # rfscope: ignore[RFS1]\nlayers: [{op: odd}]\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        records = json.loads(lint(name, "--output-format", "json")[1])
        assert [(one["filename"], one["location"]["row"]) for one in records if one["code"] == "RFS903"] == [(name, 1)]


HUGE = {
    "comments before a layer": ("toml", "# rfscope: ignore[RFS101]\n" * 25_000 + f"[[layers]]\n{HOLES}\n", 0),
    "ignores in one comment": ("toml", f"[[layers]]\n{HOLES} " + "# rfscope: ignore[" * 25_000 + "\n", 25_001),
    "findings on one line of JSON": (
        "json",
        '{"rfscope": 1, "layers": [' + ", ".join(['{"op": "conv", "kernel": 1, "dilation": 2}'] * 9_000) + "]}",
        9_000,
    ),
}


@pytest.mark.parametrize(("kind", "text", "lines"), HUGE.values(), ids=HUGE)
def test_time_and_memory_are_bounded(kind: str, text: str, lines: int, tmp_path: Path) -> None:
    """Before, the time grew with the square of the first, and the last took 4.5 GB."""
    (tmp_path / f"net.{kind}").write_text(text if kind == "json" else f"rfscope = 1\n{text}", encoding="utf-8")
    command = f"ulimit -v 1000000; {sys.executable} -m rfscope lint --isolated --output-format concise net.{kind}"
    done = subprocess.run(  # noqa: S602 - a shell for its ulimit
        command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100
    )
    assert (done.returncode in (0, 1), done.stderr, done.stdout.count("\n")) == (True, "", lines)


def test_what_is_no_rule_is_called_so(lint: Lint, tmp_path: Path) -> None:
    text = f"rfscope = 1\n[[layers]]\n{HOLES}  # rfscope: ignore[RFS1001, RFS101, nothing] why\n"
    (tmp_path / "net.toml").write_text(text, encoding="utf-8")
    out = " ".join(lint("net.toml")[1].split())
    assert "there is no rule 'RFS1001', so this ignore of it ignores nothing. help: did you mean 'RFS101'?" in out
    assert "there is no rule 'nothing', so this ignore of it ignores nothing. help: see rfscope rule" in out
    assert "Left here" not in out
