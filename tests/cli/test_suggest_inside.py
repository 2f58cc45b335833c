"""``rfscope suggest TARGET --change``: what people read, JSON, and what cannot be done."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rfscope.cli import run
from tests import golden
from tests.program import Answer, rfscope

Program = Callable[..., Answer]

D8, UNCONTRACTED, STRIDED = "zoo:resnet-v1c-50-d8", "zoo:resnet-v1c-50-d8-uncontracted", "zoo:resnet-v1c-50"

GOLDEN = {
    "suggest d8": (f"suggest {D8} --change layer4.*.conv2 --field 600 --at-least --top 3", 0),
    "suggest d8 impossible": (f"suggest {D8} --change layer4.*.conv2 --field 600", 1),
    "suggest d8 tied": (f"suggest {D8} --change layer4 --same-rate-in layer4 --field 600 --at-least", 0),
    "suggest d8 holes": ("suggest 2,2 --change conv2 --field 13", 1),
    "suggest d8 found": (f"--limit candidates=900 suggest {D8} --change layer4 --field 607 --top 2", 0),
    "suggest keep reads": (f"suggest {UNCONTRACTED} --keep-reads {STRIDED}", 0),
    "suggest not keep reads": (f"suggest {UNCONTRACTED} --keep-reads {STRIDED} --field 607", 1),
    "suggest cannot keep reads": (
        f"suggest {UNCONTRACTED} --keep-reads {STRIDED} --change layer4.*.conv2 --field 600 --at-least",
        1,
    ),
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
    words, code = GOLDEN[name]
    answer = program(*words.split())
    assert (answer.code, answer.err) == (code, "")
    golden.check(name, answer.out)


def test_json_is_checked_by_the_program(tmp_path: Path, program: Program) -> None:
    written = rfscope("suggest", D8, "--change", "layer4.*.conv2", "--field", "480", "--at-least", "--json")
    data = json.loads(written.out)
    assert data["feasible"]
    rate = data["answers"][0]["rates"][0]
    assert data["answers"][0]["edits"][0] == {"node": "layer4.0.conv2", "dilation": [rate] * 2, "padding": [rate] * 2}
    file = tmp_path / "answer.json"
    file.write_text(written.out)
    checked = program("suggest", "--check", str(file))
    assert (checked.code, "they are those that were compared" in checked.out) == (0, True)
    file.write_text(written.out.replace('"candidates": ', '"candidates": 9'))
    assert program("suggest", "--check", str(file)).code == 1


def test_json_of_what_is_kept(program: Program) -> None:
    data = json.loads(program("suggest", UNCONTRACTED, "--keep-reads", STRIDED, "--json").out)
    assert (data["keep_reads"]["same_reads"], data["keep_reads"]["rates"]) == (True, [1, 2])
    assert data["certificate"]["claim"] == "computed"


def test_a_config_is_told_in_its_own_words(tmp_path: Path, program: Program) -> None:
    file = tmp_path / "fcn.py"
    backbone = "type='ResNetV1c', depth=50, dilations=(1, 1, 2, 4), strides=(1, 2, 1, 1), contract_dilation=True"
    head = "type='FCNHead', in_channels=2048, in_index=3, channels=512, num_classes=19"
    file.write_text(f"model = dict(type='EncoderDecoder', backbone=dict({backbone}), decode_head=dict({head}))\n")
    said = program("suggest", str(file), "--change", "*layer4.*.conv2", "--field", "600", "--at-least").out
    assert "In the config: multi_grid=(4, 7, 7)" in said
    answer = program("suggest", str(file), "--change", "*layer3.2.conv2", "--field", "600", "--at-least")
    assert answer.code == 0
    said = " ".join(answer.out.split())
    assert "This cannot be written as a config; set it on the modules." in said
    assert "no holes, but separate grids in their run, which layers behind mix again" in said


def test_the_best_answer_is_verified_on_real_convolutions(program: Program) -> None:
    answer = program("suggest", "1,2,5", "--change", "conv3", "--field", "13", "--verify")
    assert (answer.code, "all equal" in answer.out) == (0, True)
    data = json.loads(program("suggest", "1,2,5", "--change", "conv3", "--field", "13", "--verify", "--json").out)
    assert data["verification"]["equal"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (f"suggest {D8} --field 600", "--change LAYERS"),
        ("suggest --change layer4 --field 600", "no network for --change"),
        (
            f"suggest {D8} --change layer4 --field 600 --layers 3 --hdc",
            "--layers and --hdc cannot be asked of a network",
        ),
        (f"suggest {D8} --change layer4", "say --field N"),
        (f"suggest {D8} --change nothing --field 600", "no layer of this name"),
        (f"suggest {D8} --change layer4 --field 600 --at-least --exactly", "--at-least and --exactly exclude each"),
        (f"suggest {D8} --change stem.0 --field 600", "cannot change a strided layer at stem.0: got stride 2"),
        (f"suggest {D8} --change layer4 --field 600 --pattern 9", "expected 1 to 3"),
        (f"suggest {D8} --change layer4 --field 600 --rank beauty", "unknown criterion"),
        (f"suggest {D8} --change layer4 --field 600 --same-rate-in x", "no changed layer of this name"),
        (f"suggest {D8} --keep-reads zoo:u-net", "no layer in common"),
        ("suggest nothing.toml --change x --field 6", "nothing.toml"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(words: str, says: str, program: Program) -> None:
    answer = program(*words.split())
    assert answer.code == 2
    assert answer.err.startswith("error: ")
    assert says in answer.err
    assert answer.err.count("\n") == 1
