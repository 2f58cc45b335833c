"""Any bytes as a spec, any words as arguments: exit code 0, 1 or 2, one line of error at most, no traceback.

Set RFSCOPE_FUZZ to run more examples than the default.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfscope.cli import run
from rfscope.cli.program import COMMANDS

EXAMPLES = int(os.environ.get("RFSCOPE_FUZZ", "150"))

WORDS = st.one_of(
    st.text(max_size=12).filter(lambda word: "/" not in word and not word.lower().endswith((".png", ".svg", ".pdf"))),
    st.sampled_from([*COMMANDS, "rates", "model", "heatmap", "spec", "-", "net.toml", "net.yaml", "net.json"]),
    st.sampled_from(["--json", "--counts", "-k", "--dims", "--stride", "--causal", "--all", "--limit", "axis=5"]),
    st.sampled_from(["1,2,5", "2,4,8", "1,2@3,5", "0"]),
    st.lists(st.integers(-2, 20).map(str), max_size=5).map(",".join),
)

SPECS = [
    b'rfscope = 1\n[[layers]]\nop = "conv"\nkernel = 3\ndilation = 2\n',
    b"rfscope: 1\nlayers:\n- {op: conv, kernel: 3, padding: same}\n- {op: pool, kernel: 2, stride: 2}\n",
    b'{"rfscope": 1, "layers": [{"op": "conv", "kernel": [3, 5]}, {"op": "pointwise"}]}',
]

DEEP = b'{"rfscope": 1, "layers": [{"op": "conv", "kernel": 3, "dilation": 4, "repeat": 40}]}'
WIDE = b"""{"rfscope": 1, "layers": [{"op": "conv", "kernel": 3, "stride": 2, "name": "a"},
{"op": "conv", "kernel": 3, "name": "b"}, {"op": "conv", "kernel": 5, "dilation": 2, "inputs": ["a"], "name": "c"},
{"op": "add", "inputs": ["b", "c"]}, {"op": "resize", "scale": 2}]}"""

quiet = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def answered(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code = run(words)
    err = capsys.readouterr().err
    assert code in (0, 1, 2), (words, err)
    assert "Traceback" not in err
    if code == 2 and words[:1] != ["lint"]:
        assert all(line.startswith("error: ") for line in err.splitlines()[1:]), err
        assert err.count("\n") <= 21, err  # as many mistakes as anybody reads


@quiet
@given(words=st.lists(WORDS, max_size=6))
def test_any_words(
    words: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answered(words, capsys)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    spec = bytearray(draw(st.sampled_from(SPECS)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(spec)))
        spec[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=4))
    return bytes(spec)


@quiet
@given(data=st.one_of(st.binary(max_size=200), mutated()), suffix=st.sampled_from(["toml", "yaml", "json"]))
def test_any_bytes(data: bytes, suffix: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / f"net.{suffix}"
    path.write_bytes(data)
    answered(["lint", str(path), "--output-format", "json"], capsys)
    answered(["analyze", "model", str(path), "--json"], capsys)


ROOT = Path(__file__).parents[2]
FILES = {"net.toml": SPECS[0], "net.yaml": SPECS[1], "net.json": SPECS[2]}

RATES = st.lists(st.integers(1, 9).map(str), min_size=1, max_size=6).map(",".join)
JSON = ("deep.json", "wide.json")
NAMED = st.sampled_from(
    [*FILES, "net.onnx", "net.py", "zoo:hdc-2-4-8", "zoo:esp-module", "zoo:deeplab-v1", "1,2@3,5", *JSON]
)
TARGET = st.one_of(RATES, NAMED)
SIZE = st.sampled_from(["64,64", "33,47", "128,128", "64"])


def option(name: str, *values: str) -> st.SearchStrategy[list[str]]:
    return st.sampled_from(values).map(lambda value: [name, value]) if values else st.just([name])


OF_RATES = [option("-k", "2", "3", "5"), option("--dims", "1", "2", "3")]
PLACE = [SIZE.map(lambda size: ["--input", size]), option("--at", "3,3", "0", "0,0", "-1,2"), option("--phase", "1,2")]
SHOWN = [option("--json"), option("--counts"), option("--all"), option("--allow-unknown"), *PLACE]
RULES = ("RFS", "RFS1", "RFS101", "holes", "RFS104,RFS3", "common-factor")
FORMATS = ("full", "concise", "json", "github", "gitlab", "sarif", "junit", "markdown")
LINTED = [
    *(option(name, *RULES) for name in ("--select", "--ignore", "--extend-select", "--extend-ignore")),
    option("--output-format", *FORMATS),
    option("--fail-level", "error", "warning", "info"),
    *map(option, ("--exit-zero", "--statistics", "--isolated", "--show-settings", "--only-specs", "-q", "--causal")),
    option("--max-gridding-index", "0", "0.5", "1"),
    option("--min-receptive-field", "1", "30"),
    option("--max-lookahead", "0", "7"),
    option("-o", "out.txt"),
]
DRAWN = [option("--annotate"), option("--log"), *PLACE]
PICTURE = st.sampled_from([["-o", "a.png"], ["-o", "a.svg"], ["-o", "a.pdf"]])
SOME = st.lists(TARGET, min_size=1, max_size=4)
TWO = st.lists(TARGET, min_size=2, max_size=3)
ONE = TARGET.map(lambda target: [target])

GRAMMAR: list[tuple[list[str], st.SearchStrategy[list[str]], list[st.SearchStrategy[list[str]]]]] = [
    (["analyze", "rates"], RATES.map(lambda rates: [rates]), [*OF_RATES, option("--causal"), *SHOWN[:2]]),
    (["analyze", "model"], NAMED.map(lambda target: [target]), SHOWN),
    (["compare"], TWO, [option("--json"), option("--expect", "same-field", "same-reads"), *OF_RATES[:1]]),
    (["lint"], SOME, LINTED),
    (["lint"], st.sampled_from([["."], ["*.toml", "net.json"], ["sub"], []]), LINTED),
    (["plot", "heatmap"], ONE, DRAWN),
    (["rule"], st.sampled_from([[], ["RFS101"], ["holes"], ["RFS9"]]), [option("--json")]),
    (["schema"], st.sampled_from([["spec"], ["config"]]), []),
    (["zoo"], st.just(["esp-module"]), [option("--json")]),
]
"""Commands with what they take and their options."""

DRAWING = [
    (["plot", "heatmap"], st.tuples(RATES, PICTURE).map(lambda both: [both[0], *both[1]]), DRAWN[:2]),
    (["plot", "layers"], st.tuples(RATES, PICTURE).map(lambda both: [both[0], *both[1]]), OF_RATES),
    (["plot", "tree"], st.tuples(RATES, PICTURE).map(lambda both: [both[0], "--dims", "1", *both[1]]), []),
    (["plot", "growth"], st.tuples(TWO, PICTURE).map(lambda both: [*both[0], *both[1]]), []),
    (["plot", "compare"], st.tuples(TWO, PICTURE).map(lambda both: [*both[0], *both[1]]), []),
]
"""Those that take a second, and so come up less often."""


@st.composite
def meant(draw: st.DrawFn) -> list[str]:
    """A command as somebody would type it, now and then with one word too many, too few, or another one."""
    rarely = draw(st.integers(0, 9)) == 0
    command, targets, options = draw(st.sampled_from(DRAWING if rarely else GRAMMAR))
    chosen = draw(st.lists(st.sampled_from(range(len(options))), unique=True, max_size=3)) if options else []
    words = [*command, *draw(targets), *(word for place in chosen for word in draw(options[place]))]
    if draw(st.integers(0, 4)) == 0:
        at = draw(st.integers(0, len(words)))
        words[at : at + draw(st.integers(0, 1))] = draw(st.lists(WORDS, max_size=1))
    return words


class SlowError(Exception):
    """A command takes too long; to the program this is a bug."""


@pytest.fixture
def bounded() -> Callable[[list[str]], int]:
    """Runs commands, each of which may take twenty seconds of processor time."""

    def stop(*_: object) -> None:
        raise SlowError

    def call(words: list[str]) -> int:
        before = signal.signal(signal.SIGPROF, stop)
        signal.setitimer(signal.ITIMER_PROF, 20)
        try:
            return run(words)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)

    return call


def test_any_command(
    bounded: Callable[[list[str]], int],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "sub").mkdir()
    shutil.copy(ROOT / "examples" / "dilated-stage.onnx", "net.onnx")
    shutil.copy(ROOT / "examples" / "configs" / "fcn-r50-d8.py", "net.py")
    codes: Counter[int] = Counter()

    @quiet
    @given(words=meant())
    def check(words: list[str]) -> None:
        for name, data in {**FILES, "sub/net.toml": SPECS[0], "deep.json": DEEP, "wide.json": WIDE}.items():
            (tmp_path / name).write_bytes(data)
        code = bounded(words)
        out, err = capsys.readouterr()
        assert code in (0, 1, 2), (words, err)
        assert "Traceback" not in out + err
        assert (code == 2) or err == "" or err.startswith("wrote "), (words, err)
        codes[code] += 1

    check()
    assert codes[0] + codes[1] >= codes.total() / 2, codes
