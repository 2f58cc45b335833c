"""Every option of a target in every command that takes targets: the table is made from the commands themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer

import rfscope.cli.options
import rfscope.linting.many
from rfscope.cli import _program, run
from rfscope.cli.values import hertz
from rfscope.exact.analysis import Analysis
from rfscope.network.reads import Window

SPEC = """\
rfscope = 1
[[layers]]
op = "conv"
name = "a"
kernel = 3
stride = 2
[[layers]]
op = "conv"
name = "b"
kernel = 3
dilation = 2
[[layers]]
op = "resize"
name = "up"
scale = 2
"""
UNKNOWN = '{"rfscope": 1, "layers": [{"op": "conv", "kernel": 3}, {"op": "fold", "kernel": 3}]}'

OF_A_TARGET = {
    "kernel": ("-k", "5"),
    "stride": ("--stride", "2,1"),
    "dims": ("--dims", "1"),
    "causal": ("--causal",),
    "input": ("--input", "64"),
    "of": ("--of", "left"),
    "arguments": ("--args", "[1]"),
    "sample_rate": ("--sample-rate", "24000"),
    "allow_unknown": ("--allow-unknown",),
}
OF_A_PART = {"node": ("--node", "b"), "between": ("--between", "a,b"), "at": ("--at", "1,1")}
OF_EVERY_COMMAND = ("color", "traceback", "limit")
NOT_ASKED_BY_LINT = {
    "allow_unknown": "lint goes on after unknown operations as it is",
}
REFUSED = {"of": "got 'left'", "arguments": "arguments (--args) are for a factory"}
"""Options that a list of rates has no use for say so: that they reach it is seen from that."""


def leaves(command: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The commands that do something, with the words that lead to them."""
    if hasattr(command, "commands"):
        for name, one in command.commands.items():
            yield from leaves(one, *path, name)
    else:
        yield path, command


COMMANDS = dict(leaves(typer.main.get_command(_program(["--help"]))))
PLANNING = {("tile",), ("plot", "tiles"), ("erf",), ("plot", "erf")}
"""Commands that plan or measure, and analyze nothing; their options are tried by ``test_tile`` and ``test_erf``."""
TAKING = {
    path: {parameter.name for parameter in command.params} & {"target", "targets"}
    for path, command in COMMANDS.items()
    if path not in PLANNING and {parameter.name for parameter in command.params} & {"target", "targets"}
}
NOT_OF_TIME = {("stream", "dims"), ("lint", "sample_rate")}
"""A stream has one axis; to lint, a sample rate is a setting of a rule."""
OF_ALL_OUTPUTS = {("stream", "at")}
TABLE = [(path, option) for path in TAKING for option in OF_A_TARGET if (path[0], option) not in NOT_OF_TIME]
PARTS = [
    (path, option)
    for path, taken in TAKING.items()
    for option in OF_A_PART
    if "target" in taken and (path[0], option) not in OF_ALL_OUTPUTS
]

_FILES = {"plot": ("-o", "x.png"), "report": ("-o", "x.html"), "play": ("-o", "x.html")}
"""Files, for commands that write one; nothing is opened."""

Ask = Callable[..., tuple[list[Analysis], str]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Runs a command on a target and gives the analyses that it makes, and what it complains of; nothing is drawn."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.toml").write_text(SPEC)
    (tmp_path / "line.toml").write_text(f"dims = 1\n{SPEC}")
    (tmp_path / "unknown.json").write_text(UNKNOWN)
    made: list[Analysis] = []
    examine = rfscope.targets.examine

    def seen(*given: Any, **named: Any) -> Analysis:
        made.append(examine(*given, **named))
        return made[-1]

    monkeypatch.setattr(rfscope.cli.options, "examine", seen)
    monkeypatch.setattr(rfscope.linting.many, "examine", seen)
    monkeypatch.setattr("rfscope.cli.plot.write_picture", lambda *_: None)
    monkeypatch.setattr("rfscope.cli.output.confirm", lambda *_: None)

    def ask(path: tuple[str, ...], target: str, *options: str) -> tuple[list[Analysis], str]:
        made.clear()
        twice = [target, target] if "targets" in TAKING[path] and path != ("lint",) else [target]
        run([*path, *twice, *options, *_FILES.get(path[0], ())])
        return list(made), capsys.readouterr().err

    return ask


def facts(analysis: Analysis) -> Mapping[str, object]:
    """What options may change of an analysis."""
    return {
        "network": analysis.network.nodes,
        "dims": analysis.network.dims,
        "input": analysis.network.input,
        "position": analysis.position,
        "sample_rate": analysis.provenance.sample_rate,
    }


def test_the_commands_that_take_targets() -> None:
    assert {"analyze", "compare", "lint"} | {f"plot {kind}" for kind in ("heatmap", "compare", "layers", "growth")} <= {
        " ".join(path) for path in TAKING
    }


@pytest.mark.parametrize(("path", "option"), TABLE, ids=[f"{' '.join(path)} {option}" for path, option in TABLE])
def test_an_option_of_a_target_is_taken_and_has_its_effect(path: tuple[str, ...], option: str, asked: Ask) -> None:
    words = OF_A_TARGET[option]
    if path == ("lint",) and option in NOT_ASKED_BY_LINT:
        assert asked(path, "1,2", *words) == ([], f"error: no such option: {words[0]}; {_advice(option)}\n")
    elif option in REFUSED:
        found, said = asked(path, "1,2", *words)
        assert found == []
        assert REFUSED[option] in said
    elif option == "allow_unknown":
        assert asked(path, "unknown.json")[0] == []
        assert asked(path, "unknown.json", *words)[0]
    else:
        base = ("--dims", "1") if option == "sample_rate" else ()
        before, after = asked(path, "1,2", *base), asked(path, "1,2", *base, *words)
        assert before[1] == after[1] == ""
        assert before[0]
        assert all(facts(old) != facts(new) for old, new in zip(before[0], after[0], strict=True))


def _advice(option: str) -> str:
    from rfscope.cli.usage import _ADVICE

    advice = _ADVICE[OF_A_TARGET[option][0]]
    assert advice.startswith(NOT_ASKED_BY_LINT[option])
    return advice


@pytest.mark.parametrize(("path", "option"), PARTS, ids=[f"{' '.join(path)} {option}" for path, option in PARTS])
def test_an_option_of_a_part_is_taken_and_has_its_effect(path: tuple[str, ...], option: str, asked: Ask) -> None:
    target = "line.toml" if path == ("stream",) else "net.toml"
    before, after = asked(path, target), asked(path, target, *OF_A_PART[option])
    assert before[1] == after[1] == ""
    assert [facts(one) for one in before[0]] != [facts(one) for one in after[0]] != []


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_command_takes_what_all_take_and_gives_two_examples(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    assert {parameter.name for parameter in command.params} >= set(OF_EVERY_COMMAND)
    title, *lines = command.epilog.splitlines()
    assert title == "Examples:"
    assert len(lines) == 2
    assert all(line.startswith(f"rfscope {path[0]}") for line in lines)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_an_output_is_a_file(path: tuple[str, ...]) -> None:
    options = {name: parameter for parameter in COMMANDS[path].params for name in parameter.opts}
    assert options.get("-o") is options.get("--output")
    if "-o" in options:
        assert options["-o"].hidden == (path == ("analyze",))
        assert options["-o"].hidden or options["-o"].metavar == "FILE"


def test_options_of_lists_go_to_the_lists_alone(asked: Ask, tmp_path: Path) -> None:
    found = asked(("compare",), "net.toml", "1,2,4,8", "-k", "2", "--dims", "1", "--causal")[0]
    assert [one.network.dims for one in found] == [2, 2, 1]
    assert found[-1].causal
    assert found[0].network.nodes == asked(("compare",), "net.toml")[0][0].network.nodes
    (tmp_path / "rfscope.toml").write_text("[[networks]]\ntarget = '1,2,4'\nkernel = 5\nstride = 2\n")
    [both] = asked(("lint",), "1,2,4", "-k", "7")[0]
    windows = [node.reads[0] for node in both.network.nodes]
    assert [window.kernel for window in windows if isinstance(window, Window)] == [7, 7, 7]  # the command line's
    assert [window.stride for window in windows if isinstance(window, Window)] == [2, 2, 2]  # the configuration's


WRONG = {
    "a stream of images": (
        ("stream", "1,2", "--dims", "2"),
        "error: a network without a time axis at 1,2: got 2 axes, expected 1 axis, time; add --dims 1",
    ),
    "an output of a stream": (("stream", "1,2", "--at", "1"), "error: no such option: --at"),
    "no chunk": (("stream", "1,2", "--chunk", "0"), "error: bad --chunk: got 0, expected samples, a whole number"),
    "a file says it itself": (("analyze", "net.toml", "-k", "3"), "error: kernel is an option for a list of rates"),
    "files say it themselves": (("lint", "net.toml", "--causal"), "error: causal is an option for a list of rates"),
    "too many kernels": (
        ("compare", "1,2", "1,2,5", "-k", "3,5"),
        "error: wrong number of kernels at '1,2,5': got 2, expected 3, one per rate",
    ),
    "times in 2-D": (
        ("analyze", "1,2", "--sample-rate", "24000"),
        "error: a sample rate without a 1-D network at 1,2: got 2 axes; add --dims 1 to a list of rates, or leave",
    ),
    "no rate": (("analyze", "1", "--dims", "1", "--sample-rate", "0"), "error: bad --sample-rate: got '0', expected"),
    "no number as a rate": (
        ("analyze", "1", "--dims", "1", "--sample-rate", "fast"),
        "error: bad --sample-rate: got 'fast', expected samples a second, above 0, such as 24000 or 44.1k",
    ),
    "a kernel per axis": (
        ("analyze", "1,2,5", "-k", "3x5"),
        "error: bad kernels: got '3x5', expected a whole number, or a list with one per layer, such as 3,3,5; a kernel",
    ),
    "an address": (
        ("analyze", "https://example.com/net.toml"),
        "error: an address, not a file: got 'https://example.com/net.toml'; download it, and name the file",
    ),
    "a layer as a file": (
        ("analyze", "net.toml", "--output", "a"),
        "error: analyze writes no file: got --output a; --node a looks at a layer, > at a file",
    ),
    "a file for analyze": (("analyze", "net.toml", "-o", "x.txt"), "error: analyze writes no file: got --output x.txt"),
}


@pytest.mark.parametrize(("words", "said"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_said(words: tuple[str, ...], said: str, asked: Ask, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    err = asked((words[0],), *words[1:])[1]
    assert err.startswith(said)
    assert err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(("typed", "rate"), [("16k", 16_000), ("44.1 kHz", 44_100), ("8000Hz", 8_000), ("1e4", 10_000)])
def test_a_sample_rate_is_typed_as_it_is_spoken(typed: str, rate: float) -> None:
    assert hertz(typed) == rate


@pytest.mark.parametrize("words", [("compare", "2,4,8", "zoo:u-net"), ("zoo",), ("zoo", "deeplab-v1")])
def test_no_line_ends_in_spaces(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 5
    assert [line for line in lines if line.endswith(" ")] == []


def test_a_comparison_says_why_an_index_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "2,4,8", "zoo:u-net"]) == 0
    assert "gridding index       1.00               unknown (no chain)" in capsys.readouterr().out
