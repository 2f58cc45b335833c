"""``rfscope survey``: the real program."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import rfscope as rf
from rfscope.cli import run
from tests import golden
from tests.program import rfscope


def test_the_published_rule_and_the_truth(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert run(["survey", "--layers", "2..5", "--rates", "1..10"]) == 0
    out = capsys.readouterr().out
    golden.check("survey 2 to 5 layers", out)
    assert all(figure in out for figure in ("72.0 %", "9,636", "21,470"))


def test_a_sample_is_the_same_each_time(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    texts = []
    for seed in ("0", "0", "1"):
        assert run(["survey", "--layers", "20", "--rates", "1..30", "--sample", "1000", "--seed", seed]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1] != texts[2]
    assert "95 % interval" in texts[0]


def test_a_list_of_targets_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("# rates\n1,2,5 # fine\n\n2,4,8\nmissing.toml\n")
    answer = rfscope("survey", "--from", "list.txt", "-o", "t.csv", "--columns", "target,verdict,field", cwd=tmp_path)
    assert (answer.code, answer.err) == (0, "wrote t.csv, 3 rows\n")
    assert answer.out.splitlines()[0] == "3 networks: 1 HOLES, 1 OK, 1 no answer"
    assert (tmp_path / "t.csv").read_text().splitlines() == [
        "target,verdict,field", '"1,2,5",ok,17x17', '"2,4,8",holes,29x29', "missing.toml,,"
    ]  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts by signal")
def test_an_interrupted_survey_is_gone_on_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["survey", "--layers", "6", "--rates", "1..9", "--columns", "hole_free,gridding_index", "-o", "t.csv"]
    process = subprocess.Popen([sys.executable, "-m", "rfscope", *words], cwd=tmp_path, stderr=subprocess.PIPE)
    journal = tmp_path / "t.csv.journal"
    while not (journal.exists() and journal.read_text().count("\n") > 1):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1].decode()
    assert said.startswith("error: interrupted: what is done is kept, --resume goes on with it\n")
    assert process.returncode not in (0, None)
    done = journal.read_text().count("\n") - 1
    assert 0 < done < 5
    monkeypatch.chdir(tmp_path)
    assert run(words) == 2
    refused = capsys.readouterr().err
    assert refused.startswith(f"error: a survey was begun here, with {done} of its jobs done at t.csv; --resume")
    assert run([*words, "--resume"]) == 0
    resumed = capsys.readouterr()
    assert resumed.err == "wrote t.csv, 531,441 rows\n"
    free = rf.survey(layers=6, rates=range(1, 10), columns=["hole_free"]).tally["hole_free"]
    assert f"{free:,}" in resumed.out
    assert {file.name for file in tmp_path.iterdir()} == {"t.csv"}
    assert (tmp_path / "t.csv").read_bytes().count(b"\ntrue,") == free


REFUSED = {
    "": "nothing to survey",
    "--layers 3": "schedules without rates: expected both; such as --layers 6 --rates 1..10",
    "--layers 3 --rates 5..1": "bad --rates: got '5..1', expected a rising range",
    "--layers x --rates 1..3": "bad --layers: got 'x', expected whole numbers, such as 1..10 or 1,2,4",
    "--layers 2 --rates 1..99999999": "bad --rates: got '1..99999999', expected a rising range of at most 100,000",
    "--layers 2 --rates 1..3 --dims 1 --causal": "causal of a space of schedules",
    "--layers 2 --rates 1..3 1,2": "a space of schedules beside networks",
    "1,2 -": "a spec on standard input among many networks: got -; save it as a file",
    "1,2 --resume": "a survey that is not written",
    "1,2 --scheduler tcp://x:1": "a survey that is not written",
    "1,2 -o t.csv --resume --restart": "--resume and --restart exclude each other",
    "1,2 -o t.xlsx": "unknown format at t.xlsx: got '.xlsx', expected one of .csv, .jsonl, .parquet",
    "1,2 --columns feild": "no such column: got 'feild'",
    "1,2 --sample-rate 5": "a sample rate for an answer without times",
    "--from missing.txt": "cannot read the file at missing.txt: got No such file or directory",
    "--models resnet18": "bad --models: got 'resnet18', expected timm:GLOB, torchvision:GLOB",
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_surveyed(
    words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["survey", *words.split(), "--color", "never"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"error: {REFUSED[words]}")
    assert captured.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_progress_says_how_fast_and_how_long() -> None:
    from rfscope.cli.survey import _pace

    assert _pace(120, 780, 100.0) == ", 1.2 a second, 11 min left"
    assert _pace(3, 6, 90.0) == ", 2.0 a minute, 3 min left"
    assert _pace(10**6, 10**7, 1.0) == ", 1,000,000 a second, 10 s left"
    assert _pace(0, 10, 5.0) == ""
