"""Any bytes in specs and in the configuration, any words: exit code 0, 1 or 2, and machine formats that parse.

Set RFSCOPE_FUZZ to run more examples than the default. Nothing here names a Python module.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from rfscope.cli import run
from rfscope.linting.formats import FORMATS
from tests.linting.test_formats import check
from tests.linting.writing import HOSTILE

EXAMPLES = int(os.environ.get("RFSCOPE_FUZZ", "150"))

SPECS = [
    b'rfscope = 1\n[[layers]]\nop = "conv"\nname = "a"\nkernel = 3\ndilation = 2  # rfscope: ignore[RFS101] why\n',
    b"rfscope = 1\ndims = 1\n[[layers]]\nop = 'transposed_conv'\nkernel = 3\nstride = 2\n[[layers]]\nop = 'global'\n",
    b"rfscope: 1\nlayers:\n- {op: conv, kernel: 3, dilation: 4, padding: same}  # rfscope: ignore[holes]\n",
    b"rfscope: 1\ninput: [9, 9]\nlayers:\n- op: conv\n  kernel: 3\n  dilation: 5\n  padding: same\n",
    b'{"rfscope": 1, "layers": [{"op": "conv", "kernel": [3, 1], "dilation": 2}, {"op": "global"}]}',
]
CONFIGS = [
    b"",
    b'select = ["RFS"]\nignore = {RFS104 = "why"}\nlevel = {holes = "info"}\nfail-level = "warning"\n',
    b'max-gridding-index = 0.2\n[[networks]]\ntarget = "nets"\nmin-receptive-field = 9\ninput = [8, 8]\n',
    b'[[networks]]\ntarget = "1,2,4"\nkernel = 2\ndims = 1\ncausal = true\nmax-lookahead = 0\n',
]
PLAIN = ("--select", "--ignore", "--extend-ignore", "--fail-level", "--exit-zero", "--isolated", "-q", "--only-specs")
OTHER = (
    "--statistics",
    "--show-settings",
    "-o",
    "--config",
    "--help",
    "--limit",
    "-k",
    "--dims",
    "-",
)
VALUES = ("RFS1", "holes", "warning", "info", "RFS101,RFS9", "out.txt", "rfscope.toml", "3", "nets", "nets/*", "*.toml")
TARGETS = ("1,2,5", "2,4,8", "1,5,2@3,5,3", "0", "nothing.toml", "zoo:hdc-2", "zoo:", "net.toml", "nets/h.json")
WORDS = st.one_of(
    st.text(max_size=10).filter(lambda word: "/" not in word and ":" not in word and not word.startswith("-")),
    st.sampled_from(PLAIN),
    st.sampled_from(OTHER),
    st.sampled_from(VALUES),
    st.sampled_from(TARGETS),
    st.sampled_from([name for name in HOSTILE if ":" not in name and "/" not in name]),
)

quiet = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def mutated(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    text = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        some = st.one_of(
            st.binary(max_size=4), st.sampled_from([b"\n", b"::", b"##[", b"-1", b"[", b"#", b" ", b"9" * 40])
        )
        text[at : at + draw(st.integers(0, 3))] = draw(some)
    return bytes(text)


def answered(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run the program; what it wrote, once its exit code and its errors are as they must be."""
    code = run(words)
    out, err = capsys.readouterr()
    event(f"exit code {code}")
    assert code in (0, 1, 2), (words, err)
    assert "Traceback" not in err
    errors = [line for line in err.splitlines() if not line.startswith("wrote ")]
    assert all(line.startswith("error: ") for line in errors), err
    assert bool(errors) == (code == 2), (words, err)
    return out


@quiet
@given(words=st.lists(WORDS, max_size=6), name=st.sampled_from(list(FORMATS)), config=mutated(CONFIGS))
def test_any_words_and_any_configuration(
    words: list[str],
    name: str,
    config: bytes,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", None)
    nets = tmp_path / "nets"
    nets.mkdir(exist_ok=True)
    (nets / "h.json").write_bytes(SPECS[-1])
    (tmp_path / "rfscope.toml").write_bytes(config)
    out = answered(["lint", "--output-format", name, *words], capsys)
    if out and not set(words) & set(OTHER):
        check(name, out)


@quiet
@given(
    data=st.one_of(st.binary(max_size=200), mutated(SPECS)),
    suffix=st.sampled_from(["toml", "yaml", "json"]),
    name=st.sampled_from(list(FORMATS)),
    named=st.booleans(),
)
def test_any_spec(
    data: bytes,
    suffix: str,
    name: str,
    named: bool,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / f"net.{suffix}").write_bytes(data)
    target = f"net.{suffix}" if named else "."
    out = answered(["lint", "--isolated", "--output-format", name, target, "1,2,4"], capsys)
    (tmp_path / f"net.{suffix}").unlink()
    assert check(name, out) >= 1
