"""``rfscope suggest`` and ``rfscope repair``: the real program."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rfscope.cli import run
from tests import golden
from tests.program import Answer, rfscope

Program = Callable[..., Answer]

GOLDEN = {
    "suggest 65 in 5": "suggest --field 65 --layers 5",
    "suggest 17": "suggest --field 17",
    "suggest 1000 in 3": "suggest --field 1000 --layers 3",
    "suggest near": "suggest --near 6,12,18",
    "suggest wavenet": "suggest --field 1024 -k 2 --dims 1 --causal",
    "suggest sampled": "--limit candidates=1000 suggest --field 127 --layers 6 --top 3",
    "suggest per axis": "suggest --field 65,33 --top 1",
    "suggest kernels": "suggest --field 65 --kernels 2,3 --top 2",
    "suggest teeth": "suggest --field 33 --layers 6 --sawtooth 3 --prefer near",
    "suggest uncounted": "suggest --field 100001 --layers 20 --top 2",
    "suggest strides": "suggest --field 65 --layers 5 --stride 1,2,1,1,1 --top 2",
    "suggest strides none": "suggest --field 25 --layers 3 --stride 1,2,1",
    "suggest strides near": "suggest --near 2,2,4,8 --stride 1,2,1,1",
    "repair 1,2,9": "repair 1,2,9",
    "repair 1,2,9 by raising": "repair 1,2,9 --raise",
    "repair 1,2,4,8": "repair 1,2,4,8",
    "repair 1,2,5": "repair 1,2,5",
}


@pytest.fixture
def program(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Program:
    """The program in this process, which is quicker."""
    monkeypatch.setenv("COLUMNS", "100")

    def called(*words: str) -> Answer:
        code = run(words)
        return Answer(code, *capsys.readouterr())

    return called


@pytest.mark.parametrize("name", GOLDEN)
def test_what_people_read(name: str, program: Program) -> None:
    answer = program(*GOLDEN[name].split())
    assert (answer.code, answer.err) == (int(name in {"suggest 1000 in 3", "suggest strides none"}), "")
    golden.check(name, answer.out)


def test_json_of_a_suggestion() -> None:
    data = json.loads(rfscope("suggest", "--field", "65", "--layers", "5", "--json").out)
    assert data["feasible"]
    assert data["bounds"]["field"] == [11, 243]
    assert data["answers"][0]["rates"] == [1, 3, 5, 8, 15]
    assert data["answers"][0]["front"]
    assert data["longer"]["rates"] == [1, 2, 5, 5, 6, 13]
    assert (data["certificate"]["claim"], data["certificate"]["candidates"]) == ("optimal", 108)
    assert len(data["certificate"]["digest"]) == 64


def test_json_of_a_field_per_axis(program: Program) -> None:
    data = json.loads(program("suggest", "--field", "65,33", "--json").out)
    assert (data["feasible"], data["rates"][1], len(data["axes"])) == (True, [3, 2], 2)
    assert program("suggest", "--field", "65,64", "--json").code == 1


def test_real_convolutions_on_the_best(program: Program) -> None:
    pytest.importorskip("torch")
    answer = program("suggest", "--field", "7,5", "--verify", "--json")
    data = json.loads(answer.out)
    assert (answer.code, data["verification"]["equal"]) == (0, True)
    assert "all equal" in program("suggest", "--field", "5", "--dims", "1", "--verify").out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--field 9 --layers 5", ["5 layers of 3x3 see at least 11.", "They can have 11.", "For 9 take 2 layers"]),
        (
            "--field 64 --layers 5",
            [
                "Whatever the rates, their field is odd.",
                "65 with 1,3,5,8,15 (--at-least).",
                "For 63 or 65 take 4 layers",
            ],
        ),
        ("--field 65 --layers 5 --max-rate 5", ["see at most 39 with rates of at most 5"]),
        ("--field 64 --kernels 3,5", ["No layers of kernels 3 and 5 have a schedule of field 64", "63 or 65"]),
        (
            "--field 63 --layers 6 --sawtooth 3",
            ["1 more than a multiple of 4.", "65 with 1,4,11,1,4,11 (--at-least)."],
        ),
        ("--field 256", ["They can have 255 with 1,2,6,17,50,51 (--at-most) or 257 with 1,3,9,24,30,61 (--at-least)."]),
        ("--field 1000", ["They can have 999 (--at-most) or 1001 (--at-least)."]),
        ("--field 2", ["1 layer of 3x3 sees at least 3."]),
        ("--field 29 --near 2,4,8", ["see at most 27", "They can have 27."]),
        ("--field 9 --layers 2 -k 2 --stride 3", ["each of stride 3 leave holes whatever the rates"]),
        ("--near 1,2 -k 2 --stride 3", ["each of stride 3 leave holes whatever the rates"]),
        ("--field 31 --layers 3 --stride 1,2,1", ["see at most 25", "They can have 25."]),
        ("--field 64 --stride 2 --kernel 3", ["6 layers of 3x3, each of stride 2 see at least 127"]),
    ],
)
def test_what_cannot_be_had_and_what_can(words: str, says: list[str], program: Program) -> None:
    answer = program("suggest", *words.split())
    assert answer.code == 1
    assert [line for line in says if line not in answer.out] == []


def test_a_sample_of_which_none_will_do(program: Program) -> None:
    words = ["suggest", "--field", "49", "--layers", "4", "--stride", "1,2,2,1"]
    answer = program("--limit", "candidates=1", *words)
    assert answer.code == 1
    assert "5 schedules read all pixels; of 2,000 drawn at random none skips nothing" in answer.out.replace("\n", " ")


@pytest.mark.parametrize("beside", [["--field", "65"], ["--json"], ["1,2,4"]], ids=" ".join)
def test_a_check_takes_nothing_else(beside: list[str], program: Program) -> None:
    answer = program("suggest", *beside, "--check", "x.json")
    assert answer.code == 2
    assert "--check takes a file and nothing else: got" in answer.err


@pytest.mark.parametrize("target", ["1,1,1", "zoo:resnet-v1c-50"])
def test_where_nothing_is_dilated_repair_says_so(target: str, program: Program) -> None:
    assert "nothing to repair" in program("repair", target).out


def test_json_of_what_cannot_be_had(program: Program) -> None:
    answer = program("suggest", "--field", "1000", "--layers", "3", "--json")
    data = json.loads(answer.out)
    assert (answer.code, data["feasible"], data["answers"]) == (1, False, [])
    assert (data["bounds"]["layers"], data["certificate"]["bound"]) == (7, 27)


def test_json_of_a_repair() -> None:
    data = json.loads(rfscope("repair", "1,2,9", "--json").out)
    kinds = [(one["kind"], one["rates"], one["distance"]) for one in data["schedules"][0]["choices"]]
    assert kinds[:2] == [("now", [1, 2, 9], None), ("nearest", [1, 3, 9], 1)]


def test_an_answer_is_checked_and_a_forged_one_refused(tmp_path: Path, program: Program) -> None:
    file = tmp_path / "answer.json"
    file.write_text(program("suggest", "--field", "65", "--layers", "5", "--json").out)
    right = program("suggest", "--check", str(file))
    assert (right.code, "none is better" in right.out) == (0, True)
    file.write_text(file.read_text().replace('"candidates": 108', '"candidates": 107'))
    forged = program("suggest", "--check", str(file))
    assert (forged.code, "WRONG: 108 schedules" in forged.out) == (1, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("suggest --layers 3", "say --field or --near"),
        ("suggest --field 65 --at-least --at-most", "exclude each other"),
        ("suggest --near 1,2,3 --layers 5", "got 3 rates, expected 5"),
        ("suggest --field 65 -k 3,x", "bad --kernel"),
        ("suggest --field 65 --rank beauty", "unknown criterion"),
        ("suggest --field 5001 --kernel 3,4,5,6,7,3,4", "over the limit 'counting'"),
        ("suggest --field 65 --kernels 3,5 -k 3", "exclude each other"),
        ("suggest --field 65,33 --kernels 3,5", "a field per axis"),
        ("suggest --field 65,33 --dims 3", "one number, or 3"),
        ("suggest --field 65 --layers 5 --sawtooth 2", "two or more times 2"),
        ("suggest --near 4,2,1 --sawtooth 3", "and a sawtooth"),
        ("suggest --field 65 --kernels 1", "adds nothing to a field"),
        ("suggest --field 33 --layers 3 --stride 1,2", "got 2, expected 3"),
        ("suggest --field 33 --stride 2 --kernels 3,5", "at one resolution"),
        ("suggest --field 33 --stride 2,x", "bad --stride"),
        ("suggest --field 33 --layers 80 --stride 2", "over the limit 'axis'"),
        ("suggest 1,2,3 --change conv1 --stride 2 --field 13", "--stride cannot be asked of a network"),
        ("suggest --field 65 --prefer beauty", "unknown preference"),
        ("suggest --field 65 --input 1,2,3", "bad input"),
        ("suggest --field 65 --max-rate 0", "bad largest rate"),
        ("suggest --field 999999999", "over the limit"),
        ("suggest --field 99999999999", "bad --field"),
        ("repair 1,2,9 --raise --lower-only", "exclude each other"),
        ("suggest --check nothing.json", "cannot read"),
        ("repair nothing.toml", "nothing.toml"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(words: str, says: str, program: Program) -> None:
    answer = program(*words.split())
    assert answer.code == 2
    assert answer.err.startswith("error: ")
    assert says in answer.err
    assert answer.err.count("\n") == 1
