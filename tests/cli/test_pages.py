"""``rfscope report`` and ``rfscope play``: what they write, open and refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import rfscope as rf
from tests.program import rfscope


def test_a_report_is_written_and_confirmed(tmp_path: Path) -> None:
    answer = rfscope("report", "2,4,8", "1,2,5", "-o", "r.html", cwd=tmp_path)
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert (answer.code, answer.out) == (0, "")
    assert re.fullmatch(r"wrote r\.html, 0\.0\d MB\n", answer.err)
    assert "rfscope report 2,4,8 1,2,5 -o r.html" in text
    assert rf.report("2,4,8", "1,2,5").count("<section") == text.count("<section") == 3


def test_a_report_is_the_same_every_time() -> None:
    assert rf.report("zoo:u-net") == rf.report("zoo:u-net")


def test_a_report_says_what_was_verified(tmp_path: Path) -> None:
    answer = rfscope("report", "1,2", "--verify", "--device", "cpu", "-o", "r.html", cwd=tmp_path)
    assert answer.code == 0
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<h3>Verified</h3>" in text
    assert "all equal" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report", "1,2"], "error: no file to write to; add -o report.html\n"),
        (
            ["report", "1,2", "-o", "r.txt"],
            "error: a report is an HTML file: got 'r.txt'; end its name in .html\n",
        ),
        (
            ["report", "1,2", "-o", "--verify.html"],
            "error: no file name: got '--verify.html'; write it before the option, or ./--verify.html if it is meant\n",
        ),
        (["play", "-o", "p.pdf"], "error: the page is an HTML file: got 'p.pdf'; end its name in .html\n"),
        (
            ["play", "zoo:u-net", "-o", "p.html"],
            (
                "error: the page shows plain chains only at u-net: expected convolutions or pooling one behind the "
                "other, alike along every axis, in 1-D or 2-D; rfscope analyze shows any network\n"
            ),
        ),
    ],
)
def test_what_is_refused(words: list[str], said: str, tmp_path: Path) -> None:
    answer = rfscope(*words, cwd=tmp_path)
    assert (answer.code, answer.out, answer.err) == (2, "", said)
    assert not list(tmp_path.iterdir())


def test_the_page_shows_what_was_asked_for(tmp_path: Path) -> None:
    words = ["1,2,4@2", "1,2", "--dims", "1", "--causal", "--sample-rate", "24000", "-o", "p.html"]
    assert rfscope("play", *words, cwd=tmp_path).code == 0
    [given] = re.findall(r'id="given">(.*?)</script>', (tmp_path / "p.html").read_text(encoding="utf-8"))
    assert json.loads(given) == "a=1,2,4@2&b=1,2&dims=1&causal&hz=24000"


def test_the_page_is_opened_in_a_browser(tmp_path: Path) -> None:
    browser = tmp_path / "browser.sh"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n', encoding="utf-8")
    browser.chmod(0o755)
    answer = rfscope("play", "2,4,8", cwd=tmp_path, env={"BROWSER": f"{browser} %s", "TMPDIR": str(tmp_path)})
    assert (answer.code, answer.err) == (0, "")
    opened = (tmp_path / "opened").read_text(encoding="utf-8").strip().removeprefix("file://")
    assert "a=2,4,8" in Path(opened).read_text(encoding="utf-8")


def test_without_a_browser_it_is_said_where_the_page_is(tmp_path: Path) -> None:
    answer = rfscope("play", cwd=tmp_path, env={"BROWSER": "false %s", "TMPDIR": str(tmp_path), "PATH": ""})
    assert answer.code == 2
    assert answer.err.startswith("error: no browser could be opened; open ")


def test_a_report_in_python_can_be_written(tmp_path: Path) -> None:
    text = rf.report(rf.analyze("1,2"), file=tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text(encoding="utf-8") == text
    with pytest.raises(rf.RfscopeError, match="cannot write the report"):
        rf.report("1,2", file=tmp_path / "no" / "r.html")
    with pytest.raises(rf.RfscopeError, match="no target to report on"):
        rf.report()
