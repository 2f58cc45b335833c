"""The first thing that somebody types: it works, or the answer is what to type instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from rfscope.cli import run
from rfscope.cli.program import COMMANDS
from tests import golden
from tests.program import rfscope

NET = """\
rfscope = 1
[[layers]]
op = "conv"
name = "a"
kernel = 3
[[layers]]
op = "conv"
name = "b"
kernel = 3
stride = 2
[[layers]]
op = "resize"
name = "up"
scale = 4
[[layers]]
op = "conv"
name = "head"
kernel = 3
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.toml").write_text(NET)
    return tmp_path


SAME = [
    (("analyze", "rates", "2,4,8"), ("analyze", "2,4,8")),
    (("analyze", "model", "2,4,8"), ("analyze", "2,4,8")),
    (("analyze", "rates", "net.toml", "--node", "b"), ("analyze", "--node", "b", "net.toml")),
    (("analyze", "model", "-k", "5", "1,2"), ("analyze", "1,2", "-k", "5")),
    (("analyze", "net.toml", "--between", "a", "up"), ("analyze", "net.toml", "--between", "a,up")),
    (("analyze", "net.toml", "--between=a,up"), ("analyze", "net.toml", "--between", "a,up")),
    (("analyze", "net.toml", "--phase", "1,1"), ("analyze", "net.toml", "--at", "1,1")),
    (("plot", "1,2"), ("plot", "heatmap", "1,2")),
    (("plot", "--dims", "1", "1,2"), ("plot", "heatmap", "1,2", "--dims", "1")),
    (("--color", "always", "plot", "2,2"), ("plot", "2,2", "--color", "always")),
    (("--limit", "layers=3", "analyze", "1,2"), ("analyze", "1,2", "--limit", "layers=3")),
    (("help",), ("--help",)),
    (("help", "analyze"), ("analyze", "--help")),
    (("help", "plot"), ("plot", "--help")),
    (("plot", "help", "layers"), ("plot", "layers", "--help")),
    (("lint", "help"), ("lint", "--help")),
    (("-V",), ("--version",)),
]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("words", "others"), SAME, ids=[" ".join(words) for words, _ in SAME])
def test_these_mean_the_same(
    words: tuple[str, ...], others: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    said = []
    for one in (words, others):
        assert run(one) == 0
        said.append(capsys.readouterr())
    assert said[0] == said[1]
    assert said[0].out
    assert said[0].err == ""


GUESSES = {
    ("2,4,8",): "a target without a command: got '2,4,8'; type: rfscope analyze 2,4,8",
    ("my.yaml",): "a target without a command: got 'my.yaml'; type: rfscope analyze my.yaml",
    ("zoo:deeplab-v1",): "a target without a command: got 'zoo:deeplab-v1'; type: rfscope analyze zoo:deeplab-v1",
    ("nets:net",): "a target without a command: got 'nets:net'; type: rfscope analyze nets:net",
    ("2,4,8", "1,2,5"): "a target without a command: got '2,4,8'; type: rfscope compare 2,4,8 1,2,5",
    ("analize", "2,4,8"): "no such command: got 'analize'; did you mean 'analyze'?",
    ("",): f"no such command: got '', expected one of {', '.join(COMMANDS)}",
    ("nonsense",): f"no such command: got 'nonsense', expected one of {', '.join(COMMANDS)}",
    ("-k", "5", "1,2"): "no such option: -k; options stand after the command, such as rfscope analyze 2,4,8 -k 5",
    ("analyze", "2", "4", "8"): "rates in several words: got '2 4 8'; write them with commas: 2,4,8",
    ("--json", "analyze", "1,2"): "no such option: --json; options stand after the command, such as rfscope analyze "
    "2,4,8 -k 5",
    ("[1, 2, 5]", "-k", "5"): "a target without a command: got '[1, 2, 5]'; type: rfscope analyze 1,2,5 -k 5",
    ("my net.yaml",): "a target without a command: got 'my net.yaml'; type: rfscope analyze 'my net.yaml'",
    (".",): "a target without a command: got '.'; type: rfscope lint .",
    ("check", "2,4,8"): "no such command: got 'check'; did you mean 'lint'?",
    ("analyze", "[2,", "4,", "8]"): "rates in several words: got '[2, 4, 8]'; write them with commas: 2,4,8",
    ("analyze", "--dilations", "1,2"): "no such option: --dilations; write the rates as the target: 1,2,5",
    ("plot", "1,2", "map.png"): "more than one target: got '1,2 map.png'; to draw to a file, write 1,2 -o map.png",
    ("plot", "1,2", "layers"): "the kind stands before the target: got '1,2 layers'; write rfscope plot layers 1,2",
    (
        "plot",
        "forest",
        "1,2",
    ): "no such kind of plot: got 'forest', "
    "expected one of heatmap, compare, layers, tree, growth, tiles, front, family, erf",
    ("explain", "blah"): "unknown term: got 'blah', expected a term of the answers; rfscope explain lists them",
    ("analyze", "1,2", "zoo:x"): "more than one target: got '1,2 zoo:x'; rfscope compare takes several",
    ("analyze", "1,2", "--kernal", "5"): "no such option: --kernal; did you mean --kernel?",
    ("analyze", "1,2", "--layer", "a"): "no such option: --layer; did you mean --node?",
    ("analyze", "--rates", "1,2"): "no such option: --rates; write the rates as the target: 1,2,5",
    ("analyze", "1,2", "-k"): "-k needs a value after it",
    ("analyze", "1,2", "--json=3"): "--json takes no value",
    ("analyze", "1,2", "--dims", "two"): "bad --dims: got 'two', expected a whole number",
    ("analyze", "--between", "a"): "--between takes the names of two layers or modules: A B, or A,B",
    ("analyze", "--json"): "no target: expected rates, a file, zoo:NAME or package.module:name, such as rfscope "
    "analyze 1,2,5",
    ("analyze", "1,2", "--color", "blue"): "bad --color: got 'blue', expected one of auto, always, never",
    ("analyze", "1,2", "--limit", "axis"): "bad --limit: got 'axis', expected NAME=VALUE with a whole number, such as "
    "axis=50000000",
    ("plot", "layrs", "1,2"): "no such kind of plot: got 'layrs'; did you mean 'layers'?",
    ("plot", "1,2", "-o", "map.gif"): "unknown picture format: got gif, expected png, svg or pdf",
    ("plot", "compare", "1,2", "2,4"): "no file to draw to; add -o picture.png (or .svg, .pdf)",
    ("lint", "1", "--jobs", "-1"): "bad --jobs: got '-1', expected a whole number from 0 to 256",
    ("lint", "1", "--min-receptive-field", "0"): "bad --min-receptive-field: got '0', expected a whole number of 1 or "
    "more",
    ("lint", "1", "--fail-level", "all"): "bad --fail-level: got 'all', expected one of error, warning, info",
    ("rule", "holes", "x"): "too many words: got 'x'; see rfscope rule --help",
    ("schema", "x"): "bad kind: got 'x', expected one of spec, config, analysis, tile, stream",
}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("words", "said"), GUESSES.items(), ids=[" ".join(words) for words in GUESSES])
def test_what_to_type_instead(words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    assert capsys.readouterr() == ("", f"error: {said}\n")


PLACES = {
    ("--at", "9,9"): "One output, at (9, 9), phase (1, 1) of 4,",
    ("--at", "-3,4"): "One output, at (-3, 4), phase (1, 0) of 4,",
    ("--at", "9,9", "--input", "32"): "One output, at (9, 9) of 54x54,",
}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("words", "said"), PLACES.items(), ids=[" ".join(words) for words in PLACES])
def test_a_place_is_named_with_its_phase(words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["analyze", "net.toml", *words]) == 0
    assert said in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_a_place_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    for place in ("54,0", "-1,0"):
        assert run(["analyze", "net.toml", "--input", "32", "--at", place]) == 2
        assert "no such output position at head" in capsys.readouterr().err


def test_places_a_period_apart_see_the_same() -> None:
    import rfscope as rf
    from rfscope.readers.spec import read_spec

    network = read_spec(NET.encode(), file="net.toml", format="toml").network
    outputs = [rf.analyze(network, position=place).output for place in ((9, -3), (1, 1), (2, 1))]
    counts = [output.counts.map().tolist() for output in outputs]
    assert counts[0] == counts[1] != counts[2]


HELP = {"help": ("--help",), "help analyze": ("analyze", "--help")}


@pytest.mark.parametrize(("name", "words"), HELP.items(), ids=HELP)
def test_help(name: str, words: tuple[str, ...]) -> None:
    code, out, err = rfscope(*words, env={"COLUMNS": "80"})
    assert (code, err) == (0, "")
    golden.check(name, out)
    assert "<bool>" not in out
    assert "(auto)" not in out


def test_the_help_of_every_limit_is_its_name() -> None:
    from rfscope import limits

    out = rfscope("--help", env={"COLUMNS": "200"}).out
    assert all(name in out for name in limits.DEFAULTS)


COMPLETED = [
    ("analyze zo", ["zoo:"]),
    ("analyze zoo : deep", ["deeplab-v1", "deeplab-v3-os8"]),
    ("analyze zoo:deep", ["zoo:deeplab-v1"]),
    ("plot zoo : deep", ["deeplab-v1"]),
    ("plot la", ["layers"]),
    ("pl", ["plot"]),
    ("analyze --sam", ["--sample-rate"]),
    ("analyze 1,2 --color al", ["always"]),
    ("lint --ignore RFS101,RFS9", ["RFS101,RFS902"]),
    ("lint --select hol", ["holes"]),
    ("--limit ax", ["axis=", "axis-bits="]),
    ("analyze net.toml --node he", ["head"]),
    ("analyze net.toml --between a he", ["head"]),
    ("plot net.toml --node u", ["up"]),
    ("plot layers zoo : deeplab-v1 --node conv5", ["conv5_1"]),
]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("typed", "offered"), COMPLETED, ids=[typed for typed, _ in COMPLETED])
def test_a_shell_is_offered(
    typed: str,
    offered: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = typed.split(" ")
    monkeypatch.setenv("_RFSCOPE_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "\n".join(["rfscope", *words]))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    monkeypatch.setenv("RFSCOPE_COMPLETED_BEHIND", "")
    assert run([]) == 0
    found = capsys.readouterr().out.split()
    assert [one for one in offered if not any(word.startswith(one) for word in found)] == []
    assert all(one.startswith(words[-1]) for one in found)


def test_a_shell_gets_its_script_and_its_words_from_the_program_itself(tmp_path: Path) -> None:
    source = rfscope(env={"_RFSCOPE_COMPLETE": "source_bash"})
    assert source.code == 0
    assert "complete -o default -F _rfscope_completion rfscope" in source.out
    asked = {"_RFSCOPE_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "rfscope analyze zoo:deeplab-v1-k7"}
    assert rfscope(env=asked).out == "_arguments '*: :((\"zoo\\\\:deeplab-v1-k7-r4\"))'\n"
    home = {"HOME": str(tmp_path), "SHELL": "/bin/bash", "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    assert rfscope("--install-completion", "bash", env=home).code == 0
    assert "rfscope" in (tmp_path / ".bashrc").read_text()
