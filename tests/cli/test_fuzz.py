"""Any bytes as a spec, any words as arguments: exit code 0, 1 or 2, one line of error at most, no traceback.

Set RFSCOPE_FUZZ to run more examples than the default.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfscope.cli import COMMANDS, run

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
        assert err.count("\n") <= 1, err


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
