"""The answer to ``stream``, and its JSON: what scripts and people read."""

from __future__ import annotations

import json

import pytest

import rfscope as rf
from rfscope.cli import run
from rfscope.text.stream_json import stream_data
from tests import golden
from tests.exact.codecs import CODECS
from tests.exact.test_streaming import OBSTACLES

SHOWN = {
    "stream encoder": lambda: rf.stream(CODECS["EnCodec encoder"](), sample_rate=24_000, chunk=100),
    "stream vocoder": lambda: rf.stream(CODECS["code2wav"](), sample_rate=12.5),
    "stream tcn": lambda: rf.stream("1,2,4", sample_rate=16_000),
    "stream mean": lambda: rf.stream(OBSTACLES["mean"][0]),
}


@pytest.mark.parametrize("name", SHOWN)
def test_answers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    golden.check(name, f"{SHOWN[name]()}\n")


def test_json() -> None:
    found = stream_data(rf.stream(CODECS["EnCodec encoder"](), sample_rate=24_000, chunk=100))
    assert json.loads(json.dumps(found)) == found
    expected = {
        "schema_version": 1,
        "name": "EnCodec encoder",
        "causal": True,
        "lookahead": 0,
        "latency": 320,
        "first_output": 320,
        "history": 2398,
        "chunk": 320,
        "period": 1,
        "shift": 320,
        "sample_rate": 24_000,
        "recurrent": [],
        "why_not": [],
        "verification": None,
    }
    assert {key: found[key] for key in expected} == expected
    assert found["milliseconds"]["latency"] == pytest.approx(13.333333)
    assert found["state"]["positions"] == 39
    assert found["state"]["maps"][0] == {
        "node": "input",
        "positions": 6,
        "channels": None,
        "begins": "zeros",
        "values": None,
    }
    assert (found["fed"]["latency"], found["fed"]["positions"]) == (400, 50)
    assert stream_data(rf.stream(CODECS["DAC decoder"]()))["latency"] == "5269/512"


def test_json_of_what_cannot_run() -> None:
    found = stream_data(rf.stream(OBSTACLES["mean"][0]))
    [why] = found["why_not"]
    assert (why["kind"], why["node"], found["streamable"], found["state"]) == ("global", "last", False, None)
    assert (found["latency"], found["chunk"], found["causal"]) == (None, None, False)


def test_the_command_and_its_exit_codes(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(["stream", "1,2,4", "--json", "--verify", "--sample-rate", "16000"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verification"]["equal"] is True
    assert found["milliseconds"]["latency"] == 0.5
    assert run(["stream", "1,2,4", "--node", "conv2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lookahead"] == 3
    monkeypatch.setattr("rfscope.verification.streams.buffers", lambda *_: ())  # nothing is kept
    assert run(["stream", "1,2,4", "--verify"]) == 1
    assert "MISMATCH: chunks of 1: conv1 reads position" in " ".join(capsys.readouterr().out.split())


def test_analyze_says_the_latency_of_a_line_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["analyze", "1,2,4", "--dims", "1"]) == 0
    assert "On a stream its latency is 8 samples;" in capsys.readouterr().out
    assert run(["analyze", "1,2,4"]) == 0
    assert "On a stream" not in capsys.readouterr().out
