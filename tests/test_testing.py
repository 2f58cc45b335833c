"""Assertions for test suites: they hold, and when they do not they say what lint says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import rfscope as rf
from rfscope.cli import run
from rfscope.errors import RfscopeError
from rfscope.network.reads import Whole


def causal(*rates: int) -> rf.Network:
    return rf.chain(rates, kernel=2, dims=1, causal=True)


HOLD: dict[str, Callable[[], None]] = {
    "sound": lambda: rf.testing.assert_sound("1,2,5"),
    "sound below the level": lambda: rf.testing.assert_sound("1,2,4"),
    "sound but for what is ignored": lambda: rf.testing.assert_sound("2", ignore=["holes"]),
    "sound by what is selected": lambda: rf.testing.assert_sound("2,4,8", select=["RFS2"]),
    "sound at other levels": lambda: rf.testing.assert_sound("2", level={"RFS101": "info"}),
    "an analysis": lambda: rf.testing.assert_sound(rf.analyze("1,2,5")),
    "a network": lambda: rf.testing.assert_sound(rf.chain([1, 2, 5])),
    "a field": lambda: rf.testing.assert_field("1,2,5", at_least=17),
    "causal": lambda: rf.testing.assert_causal(causal(1, 2, 4)),
    "nearly causal": lambda: rf.testing.assert_causal(rf.chain([1, 2], dims=1), max_lookahead=3),
    "in time": lambda: rf.testing.assert_latency(causal(1, 2, 4), at_most_ms=1, sample_rate=1_000),
    "in time by an analysis": lambda: rf.testing.assert_latency(
        rf.analyze(causal(1, 2), sample_rate=1_000), at_most_ms=1
    ),
    "the same reads": lambda: rf.testing.assert_same_reads("1,2,5", "5,2,1"),
    "contraction": lambda: rf.testing.assert_same_reads("zoo:resnet-v1c-50", "zoo:resnet-v1c-50-d8"),
}


@pytest.mark.parametrize("claim", HOLD.values(), ids=HOLD)
def test_what_holds_is_silent(claim: Callable[[], None]) -> None:
    claim()


def global_net() -> rf.Network:
    nodes = [rf.conv("a", dims=1), rf.Node(name="pool", op="global", reads=(Whole(),), inputs=("a",))]
    return rf.assemble("net", nodes, dims=1)


FAIL: dict[str, tuple[Callable[[], None], str]] = {
    "holes": (lambda: rf.testing.assert_sound("2,4,8"), "error[RFS101] holes at 2,4,8: conv1"),
    "a lower level": (
        lambda: rf.testing.assert_sound("1,2,4", fail_level="warning"),
        "warning[RFS102] common-factor at 1,2,4: conv2",
    ),
    "a threshold": (lambda: rf.testing.assert_sound("1,2,5", min_receptive_field=18), "error[RFS201]"),
    "an input": (
        lambda: rf.testing.assert_sound(rf.analyze("1,2,5"), input=(9, 9), fail_level="warning"),
        "warning[RFS203]",
    ),
    "a field": (
        lambda: rf.testing.assert_field("1,2,5", at_least=18),
        "error[RFS201] field-below-minimum at 1,2,5: conv3\n  one output of conv3 sees 17 pixels, and 18 are asked for",
    ),
    "a field that is not there": (
        lambda: rf.testing.assert_field(
            rf.assemble("net", [rf.Node(name="g", op="global", reads=(Whole(),), inputs=("input",))], dims=1),
            at_least=1,
        ),
        "the receptive field of net is not known, and 1 is asked for",
    ),
    "causality": (
        lambda: rf.testing.assert_causal(rf.chain([1, 2], dims=1)),
        "error[RFS204] looks-ahead at 1,2: conv2\n  conv2 reads 3 samples ahead, and 0 are allowed",
    ),
    "causality through a global operation": (
        lambda: rf.testing.assert_causal(global_net(), max_lookahead=10**9),
        "pool reads everything ahead, through pool",
    ),
    "latency": (
        lambda: rf.testing.assert_latency(rf.chain([1, 2], dims=1), at_most_ms=3, sample_rate=1_000),
        "error[RFS205] latency-above-maximum at 1,2: conv2\n  conv2 has a latency of 4 ms, and 3 are allowed",
    ),
    "latency of what knows no rate": (
        lambda: rf.testing.assert_latency(rf.chain([1, 2], dims=1), at_most_ms=3),
        "nobody knows the latency of conv2 in ms, and 3 are allowed",
    ),
    "latency of what needs it all": (
        lambda: rf.testing.assert_latency(global_net(), at_most_ms=3, sample_rate=1_000),
        "pool cannot run on a stream, and 3 ms of latency are allowed",
    ),
    "other reads": (
        lambda: rf.testing.assert_same_reads("1,2,5", "1,2,4"),
        "1,2,5 and 1,2,4 do not read the same: output (0, 0) sees 17 pixels from -8 along axis 0, 15 from -7",
    ),
}


@pytest.mark.parametrize(("claim", "message"), FAIL.values(), ids=FAIL)
def test_what_fails_says_what_lint_says(claim: Callable[[], None], message: str) -> None:
    with pytest.raises(AssertionError) as raised:
        claim()
    assert message in str(raised.value)


def test_the_text_is_that_of_lint(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert run(["lint", "--isolated", "2", "1,2,5"]) == 1
    printed = capsys.readouterr().out
    with pytest.raises(AssertionError) as raised:
        rf.testing.assert_sound("2")
    assert printed.startswith(str(raised.value).partition("\n\nJudged")[0])


def test_only_findings_that_fail_are_shown() -> None:
    with pytest.raises(AssertionError) as raised:
        rf.testing.assert_sound("2,4,8", select=["RFS101", "RFS305", "RFS202"], input=(8, 8))
    assert "RFS202" not in str(raised.value)
    assert str(raised.value).endswith("Judged 2,4,8: conv1 .. conv3 (2,4,8).\n1 error, 0 warnings, 0 info.")


BAD: dict[str, Callable[[], None]] = {
    "unknown threshold": lambda: rf.testing.assert_sound("1", max_look=3),
    "unknown rule": lambda: rf.testing.assert_sound("1", select=["RFS999"]),
    "a network that cannot be causal": lambda: rf.testing.assert_causal("1,2"),
    "no such file": lambda: rf.testing.assert_sound("nothing.toml"),
    "networks of different axes": lambda: rf.testing.assert_same_reads("1", causal(1)),
}


@pytest.mark.parametrize("claim", BAD.values(), ids=BAD)
def test_what_cannot_be_judged_is_no_assertion(claim: Callable[[], None]) -> None:
    with pytest.raises(RfscopeError):
        claim()


def test_in_a_suite_of_a_user(tmp_path: Path) -> None:
    """pytest shows the message, and not our code."""
    (tmp_path / "test_net.py").write_text(
        "import rfscope as rf\ndef test_sound():\n    rf.testing.assert_sound('2,4,8')\n", encoding="utf-8"
    )
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "test_net.py"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "AssertionError: error[RFS101] holes at 2,4,8: conv1" in done.stdout
    assert "help: write 1,3,8 instead of 2,4,8" in done.stdout
    assert "rfscope/testing.py" not in done.stdout.replace("\\", "/")
    assert json.dumps(done.stderr) == '""'


def test_tiles_are_exact_or_the_reason_is_told() -> None:
    rf.testing.assert_tiles_exactly("zoo:u-net", input=1020, tile=400)
    with pytest.raises(AssertionError, match=r"the network does not take 1000: it takes 988 or 1004"):
        rf.testing.assert_tiles_exactly("zoo:u-net", input=1000, tile=400)
