"""The real program: answers, exit codes, streams."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rfscope.rules import RULES
from tests import golden
from tests.program import rfscope

SPEC = """\
rfscope = 1
[[layers]]
op = "conv"
kernel = 3
dilation = 2
"""


def test_json_is_one_line_of_the_contract() -> None:
    code, out, err = rfscope("analyze", "rates", "2,4,8", "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert found["schedules"][0]["repaired"] == [1, 3, 8]
    assert found["outputs"][0]["counts"] is None


def test_counts_are_in_the_json_when_asked_for() -> None:
    found = json.loads(rfscope("analyze", "rates", "1,2", "--counts", "--json").out)
    assert found["outputs"][0]["counts"]["factors"] == [[1, 1, 2, 1, 2, 1, 1]] * 2


def test_shape_options() -> None:
    found = json.loads(
        rfscope("analyze", "rates", "1,2", "-k", "2", "--dims", "1", "--stride", "1,2", "--causal", "--json").out
    )
    assert [layer["kernel"] for layer in found["layers"]] == [[2], [2]]
    assert [layer["stride"] for layer in found["layers"]] == [[1], [2]]
    assert [layer["padding"] for layer in found["layers"]] == [[[1, 0]], [[2, 0]]]


def test_spec_from_a_file_and_from_standard_input_agree(tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(SPEC, encoding="utf-8")
    from_file = json.loads(rfscope("analyze", "model", "net.toml", "--json", cwd=tmp_path).out)
    from_stdin = json.loads(rfscope("analyze", "model", "-", "--json", stdin=SPEC.encode()).out)
    assert from_file["layers"][0]["origin"] == "net.toml:2:1"
    assert from_file["outputs"] == from_stdin["outputs"]


def test_compare() -> None:
    code, out, err = rfscope("compare", "1,2,5", "2,4,8")
    assert (code, err) == (0, "")
    golden.check("compare", out)
    found = json.loads(rfscope("compare", "1,2,5", "2,4,8", "--json").out)
    assert [target["name"] for target in found["targets"]] == ["1,2,5", "2,4,8"]
    assert found["expect"] is None


@pytest.mark.parametrize("output_format", ["full", "concise", "json"])
def test_lint_formats(output_format: str) -> None:
    code, out, err = rfscope("lint", "2,4,8", "1,5,2", "1,2,5", "--output-format", output_format)
    assert (code, err) == (1, "")
    golden.check(f"lint {output_format}", out)


def test_lint_names_the_line_of_a_spec(tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(SPEC, encoding="utf-8")
    code, out, _ = rfscope("lint", "net.toml", "--output-format", "concise", cwd=tmp_path)
    assert code == 1
    assert out.startswith("net.toml:5:1: RFS101 error: ")
    [finding] = json.loads(rfscope("lint", "net.toml", "--output-format", "json", cwd=tmp_path).out)
    assert (finding["filename"], finding["location"]) == ("net.toml", {"row": 5, "column": 1})


EXIT_CODES = [
    (("analyze", "rates", "2,4,8"), 0),
    (("compare", "2,4,8", "1,2,5"), 0),
    (("plot", "heatmap", "2,4,8"), 0),
    (("lint", "1,2,5"), 0),
    (("lint", "1,5,2"), 0),
    (("lint", "2,4,8"), 1),
    (("lint", "2,4,8", "--exit-zero"), 0),
    (("lint", "1,2,4"), 0),
    (("lint", "1,2,4", "--fail-level", "warning"), 1),
    (("lint", "2,2,2,1"), 0),
    (("lint", "2,2,2,1", "--fail-level", "info"), 1),
    (("lint", "1,2,5", "nothing.toml"), 2),
    (("lint", "2,4,8", "nothing.toml", "--exit-zero"), 2),
    (("rule", "holes"), 0),
    (("rule",), 0),
    (("rule", "--all"), 0),
    (("rule", "nothing"), 2),
    (("schema", "spec"), 0),
    (("schema", "nothing"), 2),
    (("--version",), 0),
    (("--help",), 0),
    (("lint", "--help"), 0),
    ((), 2),
    (("nothing",), 2),
    (("lint",), 2),
    (("lint", "--nothing"), 2),
]


@pytest.mark.parametrize(("words", "code"), EXIT_CODES, ids=[" ".join(words) or "nothing" for words, _ in EXIT_CODES])
def test_exit_codes(words: tuple[str, ...], code: int) -> None:
    answer = rfscope(*words)
    assert answer.code == code
    if words:
        assert (answer.err != "") == (code == 2)


def test_a_broken_target_does_not_hide_findings() -> None:
    code, out, err = rfscope("lint", "nothing.toml", "2,4,8", "--output-format", "concise")
    assert code == 2
    assert "RFS101" in out
    assert err == "error: no such file at nothing.toml\n"


RATES = "expected whole numbers with commas, such as 1,2,5, or 1,2,5@3,3,5 with kernels"
KINDS = (
    "expected rates such as 1,2,5, a file (.toml, .yaml, .yml, .json, .onnx, .pt2, .py), zoo:NAME, "
    "package.module:name, or - for standard input"
)
KERNELS = "got 2, expected 3, one per rate, or one for all"
BAD = {
    "zero": ("0", "error: bad rate at '0': got 0, expected 1 or more"),
    "negative": (
        "-1",
        "error: bad number: got -1 at the beginning of a word, expected 1 or more; no number is below 1",
    ),
    "empty": ("", f"error: bad rates: got '', {RATES}"),
    "double comma": ("1,,2", f"error: bad rates: got '1,,2', {RATES}"),
    "too few kernels": ("1,2,5@3,3", f"error: wrong number of kernels at '1,2,5@3,3': {KERNELS}"),
    "a word": ("foo", f"error: no such file or folder: got 'foo', {KINDS}"),
}


@pytest.mark.parametrize(("target", "message"), BAD.values(), ids=BAD)
def test_bad_targets_get_one_clear_line(target: str, message: str) -> None:
    for command in (("lint",), ("analyze",), ("plot", "heatmap")):
        assert rfscope(*command, target) == (2, "", f"{message.replace('{path}', ' '.join(command))}\n")


def test_five_thousand_digits() -> None:
    code, out, err = rfscope("lint", "9" * 5000)
    assert (code, out) == (2, "")
    assert err.startswith("error: over the limit 'rate'")
    assert err.count("\n") == 1


FILES: dict[str, bytes] = {
    "empty.toml": b"",
    "bad.yaml": b"layers: [1, 2\nx",
    "nested.json": b"[" * 100_000,
    "nested.yaml": b"[" * 100_000,
    "nested.toml": b"a = " + b"[" * 100_000,
    "digits.json": b'{"rfscope": ' + b"9" * 5000 + b"}",
    "digits.toml": b"rfscope = " + b"9" * 5000,
    "digits.yaml": b"rfscope: " + b"9" * 5000,
    "bytes.toml": b"\xff\xfe\x00",
    "bytes.yaml": b"\xff\xfe\x00",
    "large.toml": b"#" * (2**20 + 1),
}


@pytest.mark.parametrize("name", FILES)
def test_bad_files_get_one_clear_line(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(FILES[name])
    code, out, err = rfscope("analyze", "model", name, cwd=tmp_path)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert name in err


def test_a_directory_is_no_spec(tmp_path: Path) -> None:
    (tmp_path / "net.toml").mkdir()
    message = "error: a directory at net.toml: expected a spec file\n"
    assert rfscope("analyze", "model", "net.toml", cwd=tmp_path) == (2, "", message)


@pytest.mark.parametrize(
    "words",
    [("analyze", "rates", "1,2,5"), ("analyze", "rates", "1,2,5", "--json"), ("lint", "2,4,8"), ("rule",), ("--help",)],
)
def test_full_disk(words: tuple[str, ...]) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        code, _, err = rfscope(*words, out=full)
    finally:
        os.close(full)
    assert (code, err) == (2, "error: cannot write the output: No space left on device\n")


@pytest.mark.parametrize("words", [("analyze", "rates", "1,2,5"), ("rule", "--all"), ("--help",)])
def test_a_closed_pipe_is_no_error(words: tuple[str, ...]) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        assert rfscope(*words, out=write)[::2] == (0, "")
    finally:
        os.close(write)


def test_a_closed_pipe_does_not_hide_findings() -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        assert rfscope("lint", "2,4,8", out=write)[::2] == (1, "")
    finally:
        os.close(write)


def test_pictures_that_cannot_be_written(tmp_path: Path) -> None:
    code, _, err = rfscope("plot", "heatmap", "1,2", "-o", "nowhere/map.png", cwd=tmp_path)
    assert (code, err) == (
        2,
        "error: cannot write the file at nowhere/map.png: got No such file or directory; name another with -o\n",
    )
    assert rfscope("plot", "heatmap", "1,2", "-o", "map.gif", cwd=tmp_path).code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_pictures_are_the_same_bytes_every_time(kind: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert rfscope("plot", "compare", "1,2,5", "2,4,8", "-o", f"{name}.{kind}", cwd=tmp_path)[:2] == (0, "")
    assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()


def test_pictures_of_finite_networks_and_of_depth(tmp_path: Path) -> None:
    for words in (("compare", "1,2", "2,4", "--input", "9,9"), ("layers", "1,2"), ("growth", "1,2", "2,4")):
        code, out, err = rfscope("plot", *words, "-o", "picture.svg", cwd=tmp_path)
        assert (code, out) == (0, "")
        assert re.fullmatch(r"wrote picture\.svg, \d+\.\d\d x \d+\.\d\d in\n", err)
        assert (tmp_path / "picture.svg").stat().st_size > 5_000


def test_terminal_heatmap_in_a_pipe_in_colour_and_in_ascii() -> None:
    words = ("plot", "heatmap", "1,2,5,9,17")
    piped = rfscope(*words, env={"COLUMNS": "80"})
    golden.check("heatmap piped", piped.out)
    assert "\x1b" not in piped.out
    assert "reduced" in rfscope(*words, env={"COLUMNS": "40"}).out
    coloured = rfscope("--color", "always", *words, env={"COLUMNS": "80", "TERM": "xterm-256color"})
    assert "\x1b[" in coloured.out
    assert rfscope("--color", "never", *words, env={"COLUMNS": "80"}).out == piped.out
    assert rfscope(*words, env={"COLUMNS": "80", "NO_COLOR": "1", "FORCE_COLOR": "1"}).out.count("\x1b[38") == 0
    ascii_only = rfscope(*words, env={"COLUMNS": "80", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert ascii_only.code == 0
    assert ascii_only.out.isascii()
    assert max(map(len, piped.out.splitlines())) <= 80


def test_closed_streams() -> None:
    program = f"{sys.executable} -m rfscope"
    closed = {
        f"{program} analyze model - <&-": "error: standard input is closed; pipe a spec into it, or name a file\n",
        f"{program} lint 1,2,5 >&-": "error: cannot write the output: standard output is closed\n",
    }
    for command, message in closed.items():
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)  # noqa: S607
        assert (done.returncode, done.stderr) == (2, message)


def test_limits_can_be_raised_and_lowered() -> None:
    assert rfscope("lint", "2000000").code == 2
    assert rfscope("--limit", "rate=3000000", "lint", "1,2000000").code == 1
    code, _, err = rfscope("--limit", "axis=10", "analyze", "rates", "1,2,5", "--json", "--counts")
    assert code == 2
    assert err.startswith("error: over the limit 'axis'")
    code, out, _ = rfscope("--limit", "axis=10", "analyze", "rates", "1,2,5")
    assert code == 0
    assert "OK" in out
    assert "over the limit 'axis': 17, at most 10" in out
    for bad in ("axis", "axis=", "axis=x", "axis=-1", "axis=0", "nothing=1", "axis=²"):
        assert rfscope("--limit", bad, "lint", "1").code == 2


def test_verify() -> None:
    code, out, err = rfscope("analyze", "rates", "1,2,5", "--verify", "--json")
    found = json.loads(out)["verification"]
    assert (code, err) == (0, "")
    assert found["equal"] is True
    assert found["dtype"] == "float64"
    assert len(found["method"]) == 3
    assert "all equal" in rfscope("analyze", "rates", "1,2", "--verify").out


def test_a_mismatch_exits_with_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import rfscope as rf
    import rfscope.verification
    from rfscope.cli import run
    from rfscope.verification import Verification, verify_claim

    wrong = rf.analyze("1,2,4").output

    def misled(analysis: rf.Analysis, module: object, device: str, progress: object) -> Verification:
        assert progress is not None
        assert module is None
        return verify_claim(analysis.network, [wrong], device=device)

    monkeypatch.setattr(rfscope.verification, "verify", misled)
    assert run(["analyze", "rates", "1,2,5", "--verify"]) == 1
    assert "MISMATCH" in capsys.readouterr().out


def test_without_torch_it_says_what_to_install() -> None:
    blocked = "import sys; sys.modules['torch'] = None; from rfscope.cli import run; sys.exit(run(sys.argv[1:]))"
    words = [sys.executable, "-c", blocked, "analyze", "rates", "1,2,5", "--verify"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: verification needs torch; pip install torch\n"


def test_a_bug_of_ours_is_one_line_and_exit_code_3(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import rfscope.cli.rule
    from rfscope.cli import run

    def fail(key: str) -> None:
        raise ValueError(key)

    monkeypatch.setattr(rfscope.cli.rule, "find_rule", fail)
    assert run(["rule", "holes"]) == 3
    quiet = capsys.readouterr().err
    assert quiet.startswith("error: a bug in rfscope (ValueError: holes)")
    assert quiet.count("\n") == 1
    assert run(["--traceback", "rule", "holes"]) == 3
    assert "Traceback" in capsys.readouterr().err


def test_rule_pages() -> None:
    golden.check("rule holes", rfscope("rule", "holes").out)
    assert json.loads(rfscope("rule", "RFS102", "--json").out)["name"] == "common-factor"
    assert len(json.loads(rfscope("rule", "--json").out)) == len(RULES)


def test_schema() -> None:
    found = json.loads(rfscope("schema", "spec").out)
    assert found["$schema"].startswith("https://json-schema.org/")


def test_a_network_over_a_limit_is_answered_but_not_drawn(tmp_path: Path) -> None:
    """Fields, layers and the verdict come all the same; counts and pictures that are asked for are refused."""
    few, target = ("--limit", "map-bytes=4000"), "zoo:resnet-v1c-50-d8"
    code, out, err = rfscope(*few, "analyze", "model", target)
    assert (code, err) == (0, "")
    assert "GRIDDING" in out.splitlines()[0]
    code, out, err = rfscope(*few, "analyze", "model", target, "--map")
    assert (code, err) == (0, "")
    assert "Left out: the counts and their map; over the limit 'map-bytes': " in " ".join(out.split())
    record = json.loads(rfscope(*few, "analyze", "model", target, "--json").out)
    assert (record["verdict"], record["outputs"][0]["coverage"]["holes"]) == ("gridding", 0)
    assert rfscope(*few, "lint", target).code == rfscope("lint", target).code
    for refused in (("analyze", "model", target, "--json", "--counts"), ("plot", "heatmap", target, "-o", "x.png")):
        code, _, err = rfscope(*few, *refused, cwd=tmp_path)
        assert code == 2
        assert err.startswith("error: over the limit 'map-bytes' at ")
