"""Comments in specs that suppress findings, and those that suppress nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.linting import reading

Lint = Callable[..., tuple[int, str, str]]

HOLES = 'op = "conv"\nkernel = 3\ndilation = 2'
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
    for comment, expected in (("RFS101", ""), ("RFS102", "RFS101:2"), ("RFS301", "RFS101:2 RFS903:2")):
        text = layers.replace("[[layers]]", f"[[layers]] # rfscope: ignore[{comment}] why", 1)
        (tmp_path / "net.toml").write_text(f"rfscope = 1\n{text}", encoding="utf-8")
        assert found(lint, "net.toml") == expected
