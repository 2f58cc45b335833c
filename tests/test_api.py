"""What Python users call."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np  # noqa: TID253 - numbers of another library
import pytest

import rfscope as rf
from rfscope.errors import RfscopeError
from rfscope.network import build
from rfscope.network.reads import Window
from tests.program import rfscope

SPEC = "rfscope = 1\n[[layers]]\nop = 'conv'\nkernel = 3\ndilation = 2\n"


def residual() -> rf.Network:
    return rf.assemble("block", [rf.conv("a", dilation=2), rf.merge("sum", ["a", "input"])])


def test_targets(tmp_path: Path) -> None:
    path = tmp_path / "net.toml"
    path.write_text(SPEC, encoding="utf-8")
    targets: list[Any] = ["2", [2], (2,), path, str(path), rf.chain([2]), "zoo:hdc-2"]
    for target in targets:
        assert rf.analyze(target).output.coverage.used == 9


def test_a_network_written_in_python() -> None:
    net = rf.assemble(
        "net",
        [
            rf.conv("a"),
            rf.pool("p", kernel=2, stride=2),
            rf.conv("b"),
            rf.transposed_conv("up", kernel=2, stride=2),
            rf.merge("cat", ["up", "a"], op="concat"),
            rf.resize("half", scale=2, mode="linear"),
        ],
    )
    assert rf.analyze(net, input=(16, 16)).sizes == {
        "input": (16, 16),
        "a": (16, 16),
        "p": (8, 8),
        "b": (8, 8),
        "up": (16, 16),
        "cat": (16, 16),
        "half": (32, 32),
    }


NUMBERS: dict[str, tuple[Any, dict[str, Any], tuple[int, ...]]] = {
    "a list of layers": ([rf.conv(3), rf.conv(3, dilation=2)], {}, (7, 7)),
    "layers of all kinds": ([rf.conv(3), rf.pool(2, stride=2, padding=1), rf.conv(3, dilation=2)], {}, (12, 12)),
    "one axis": ([rf.conv(3, dims=1), rf.conv(2, dilation=4, dims=1)], {}, (7,)),
    "an array of rates": (np.array([1, 2, 5]), {}, (17, 17)),
    "rates from a library": ([np.int64(1), np.int32(2)], {"kernel": np.int64(5), "dims": np.int64(1)}, (13,)),
    "a range": (range(1, 4), {}, (13, 13)),
    "kernels": ("1,2", {"kernel": [3, 5]}, (11, 11)),
    "a square": ("1,2", {"input": 64}, (7, 7)),
    "a line": ("1,2", {"input": 64, "dims": 1}, (7,)),
    "a square from a library": ("1,2", {"input": np.int64(64)}, (7, 7)),
    "sizes from a library": ("1,2", {"input": np.array([64, 32]), "position": np.array([3, 3])}, (7, 7)),
}


@pytest.mark.parametrize(("target", "options", "size"), NUMBERS.values(), ids=NUMBERS)
def test_numbers_as_people_have_them(target: Any, options: dict[str, Any], size: tuple[int, ...]) -> None:
    assert rf.analyze(target, **options).output.size == size


def test_one_size_holds_for_all_axes_of_a_module() -> None:
    from torch import nn

    net = nn.Sequential(nn.Conv2d(3, 8, 3, dilation=2), nn.Conv2d(8, 8, 3))
    analysis = rf.analyze(net, input=32)
    assert analysis.sizes is not None
    assert (analysis.network.input, analysis.sizes["1"]) == ((32, 32), (26, 26))
    assert rf.analyze(nn.Sequential(nn.Conv1d(3, 8, 3)), input=32).network.input == (32,)


def test_chains_of_text() -> None:
    assert rf.chain("1,2,5").nodes == rf.chain([1, 2, 5]).nodes
    assert [node.reads[0].kernel for node in rf.chain("1,2@3,5").nodes if isinstance(node.reads[0], Window)] == [3, 5]
    assert rf.chain("1, 2", name="mine").name == "mine"
    with pytest.raises(RfscopeError, match="bad rates: got '1,,2'"):
        rf.chain("1,,2")


def test_names_are_given_as_in_specs() -> None:
    net = rf.assemble([rf.conv(3), rf.pool(2), rf.conv(1, inputs="input"), rf.merge(["pool1", "conv2"], op="concat")])
    assert [node.name for node in net.nodes] == ["conv1", "pool1", "conv2", "concat1"]
    assert (net.name, rf.assemble([rf.conv(3), rf.conv(5, dilation=2)]).name) == ("network", "1,2@3,5")


def test_a_name_may_come_first() -> None:
    assert rf.conv("a", kernel=5) == rf.conv(5, name="a") == rf.conv(name="a", kernel=5)
    assert rf.pool("a", kernel=2) == rf.pool(2, name="a")
    assert rf.merge("a", ["x", "y"]) == rf.merge(["x", "y"], name="a") == rf.merge("a", inputs=["x", "y"])
    assert rf.transposed_conv("a", kernel=2, stride=2) == rf.transposed_conv(2, stride=2, name="a")
    assert rf.resize("a", scale=2) == rf.resize(2, name="a")
    layers = [rf.conv("a")]
    assert rf.assemble("net", layers) == rf.assemble(layers, name="net") == rf.assemble(name="net", nodes=layers)


PADDINGS: dict[str, tuple[Any, Any]] = {
    "a number": (1, ((1, 1), (1, 1))),
    "from a library": (np.int64(2), ((2, 2), (2, 2))),
    "before and after": ((0, 2), ((0, 2), (0, 2))),
    "per axis": ([1, (0, 2)], ((1, 1), (0, 2))),
    "none": ("valid", ((0, 0), (0, 0))),
    "same": ("same", ("same", "same")),
}


@pytest.mark.parametrize(("padding", "sides"), PADDINGS.values(), ids=PADDINGS)
def test_paddings(padding: Any, sides: Any) -> None:
    assert tuple(read.padding for read in rf.pool(3, padding=padding).reads if isinstance(read, Window)) == sides


ANY: Any = rf
BUILD: Any = build
"""For calls that a type checker would refuse."""

MADE: dict[str, tuple[Callable[[], object], str]] = {
    "a word for a kernel": (lambda: ANY.conv(kernel="3"), "bad kernel: got '3', expected an integer, or a "),
    "a kernel of a half": (lambda: ANY.conv(1.5), "bad kernel: got 1.5, expected an integer of 1 or more"),
    "a truth": (lambda: ANY.conv(True), "bad kernel: got True"),
    "two kernels": (lambda: ANY.conv(3, kernel=3), "kernel given twice: got 3 and 3"),
    "two names": (lambda: ANY.conv("a", name="b"), "two names: got 'a' and 'b', expected one"),
    "no kernel": (lambda: ANY.pool("p"), "no kernel at p: expected the window's size, such as pool"),
    "three sides": (lambda: ANY.conv(3, padding=(1, 1, 1)), "bad padding: got \\(1, 1, 1\\), expected an integer, "),
    "a padding of a half": (lambda: ANY.conv(3, padding=0.5), "bad padding: got 0.5, expected an integer, "),
    "a padding that is not known": (lambda: ANY.conv(3, padding="sane"), "bad padding: got 'sane', expected .* 'same'"),
    "a scale of a half": (lambda: ANY.resize(0.5), "bad scale: got 0.5, expected an integer or a Fraction"),
    "nothing to merge": (ANY.merge, "no inputs: expected a list of names"),
    "no layers": (lambda: ANY.assemble("net"), "no layers at net: expected a list of layers"),
    "one layer": (lambda: ANY.assemble(ANY.conv(3)), "bad layers: got .*, expected a list of layers"),
    "rates in text": (lambda: BUILD.chain("1,2"), "bad rates: got '1,2', expected a list of integers"),
    "a rate in text": (lambda: ANY.chain(["1", 2]), "bad dilation: got '1', expected an integer of 1 or more"),
    "one rate": (lambda: ANY.chain(3), "bad rates: got 3, expected a list of integers"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "text"), MADE.values(), ids=MADE)
def test_bad_layers(make: Callable[[], object], text: str) -> None:
    with pytest.raises(RfscopeError, match=text):
        make()


def test_parts_and_positions() -> None:
    net = residual()
    assert rf.analyze(net, output="a").output.size == (5, 5)
    assert rf.analyze(net, between=("input", "a")).output.size == (5, 5)
    assert rf.analyze(net, input=(9, 9), position=(0, 0)).output.first == (0, 0)


def test_settings_of_rules() -> None:
    assert [finding.code for finding in rf.lint("1,2,5", min_receptive_field=18)] == ["RFS201"]
    assert [finding.code for finding in rf.lint(rf.chain([1], dims=1), max_lookahead=0)] == ["RFS204"]
    with pytest.raises(RfscopeError, match="unknown threshold: got 'min_field', expected one of max_gridding_index"):
        rf.lint("1,2,5", min_field=1)  # type: ignore[arg-type]  # a type checker knows that there is none


def test_records_are_short_and_hashable() -> None:
    analysis = rf.analyze("1,2,5")
    texts = {
        repr(analysis): "<Analysis of 1,2,5: sees 17x17, OK>",
        repr(analysis.network): "<Network 1,2,5: 3 nodes, 2-D>",
        repr(analysis.output): "<Output conv3 at (0, 0): sees 17x17>",
        repr(analysis.schedules[0]): "<Schedule 1,2,5 of conv1 .. conv3>",
        repr(rf.analyze(residual())): "<Analysis of block: sees 5x5>",
    }
    assert list(texts) == list(texts.values())
    assert len({analysis, analysis.output}) == 2


BAD: dict[str, tuple[Any, dict[str, Any], str]] = {
    "a number": (5, {}, "unknown kind of target: got int"),
    "no rates": ([], {}, "bad rates"),
    "words": (["a"], {}, "bad rates: got \\['a'\\], expected integers such as \\[1, 2, 5\\], or layers"),
    "negative": ([1, -2], {}, "bad rates"),
    "input": (
        "1",
        {"input": "64"},
        "bad input: got '64', expected an integer, or a list of one per axis or shapes by name",
    ),
    "an input of fractions": ("1", {"input": 64.5}, "bad input: got 64.5, expected an integer"),
    "an input of nothing": ("1", {"input": [64, 0]}, "bad input: got \\[64, 0\\], expected integers of 1 or more"),
    "an array": ("1", {"input": np.zeros((1, 3, 64, 64))}, "bad input: got ndarray of 1x3x64x64, .*; leave out batch"),
    "a class": (rf.Network, {}, "a class: got Network, expected an object of it; make one: Network"),
    "a layer": (rf.conv(3), {}, "a layer alone: expected a list of layers; put it into"),
    "no input": ("1", {"input": []}, "bad input: got \\[\\], expected an integer"),
    "sizes of three axes": ("1", {"input": [8, 8, 8]}, "wrong number of input sizes at 1: got 3, expected 2"),
    "shapes": ("1", {"input": {"x": 5}}, "bad input: got {'x': 5}, expected the shape of each input"),
    "position": ("1", {"position": "5"}, "bad position: got '5', expected an integer, or a list of one per axis"),
    "between": ("1", {"between": "conv1"}, "bad between: got 'conv1', expected the names of two layers"),
    "between one": ("1", {"between": ["conv1"]}, "bad between: got \\['conv1'\\], expected the names of two layers"),
    "output": ("1", {"output": 1}, "bad output: got 1, expected a name"),
    "kernel": ("1,2", {"kernel": "three"}, "bad kernels: got 'three'"),
    "kernels": ("1,2", {"kernel": [3, 3, 3]}, "wrong number of kernels"),
    "a kernel of a half": ("1,2", {"kernel": 1.5}, "bad kernel: got 1.5, expected an integer of 1 or more"),
    "stride": ("1,2", {"stride": 0}, "bad stride: got 0"),
    "dims": ("1,2", {"dims": "2"}, "bad number of axes: got '2', expected 1, 2 or 3"),
    "sample rate": ("1", {"dims": 1, "sample_rate": "24k"}, "bad sample_rate: got '24k', expected samples a second"),
    "a sample rate of pixels": ("1", {"sample_rate": 8000}, "without a 1-D network at 1: got 2 axes; add dims=1"),
    "no sample rate": ("1", {"dims": 1, "sample_rate": 0}, "bad sample_rate: got 0"),
    "layers and rates": ([rf.conv(3), 2], {}, "not a layer at layer 2: got 2, expected a layer that rf.conv"),
    "causal and dims for a network": (
        rf.chain([1]),
        {"causal": True, "dims": 1},
        "dims and causal are options for a list of rates: got 1; leave them out$",
    ),
    "causal for a network": (rf.chain([1]), {"causal": True}, "got 1; leave it out, the answer says how far it looks"),
    "a kernel for a network": (
        rf.chain([1]),
        {"kernel": 3},
        "kernel is an option for a list of rates: got 1; leave it out$",
    ),
}


@pytest.mark.parametrize(("target", "options", "text"), BAD.values(), ids=BAD)
def test_bad_calls(target: Any, options: dict[str, Any], text: str) -> None:
    with pytest.raises(RfscopeError, match=text):
        rf.analyze(target, **options)


def test_one_network_is_nothing_to_compare() -> None:
    with pytest.raises(RfscopeError, match="too few targets to compare: got 1"):
        rf.compare("1,2,5")
    with pytest.raises(RfscopeError, match=r"got 1, expected two or more$"):
        rf.compare([1, 2, 5])
    with pytest.raises(RfscopeError, match=r"got 1, expected two or more; give each .*, compare\(\*targets\)"):
        rf.compare(["1,2,5", "2,4,8"])  # type: ignore[arg-type]


def test_pictures_and_proofs_take_targets() -> None:
    assert rf.plot_heatmap("1,2").figure is not None
    assert len(rf.plot_compare("1,2,5", "2,4,8").axes) >= 2
    assert rf.plot_layers("1,2").axes
    assert rf.plot_growth("1,2", "2,4").axes
    assert rf.plot_tree(rf.chain("1,2", dims=1)).figure is not None
    assert rf.verify("1,2").equal


def test_every_plot_has_a_command_with_its_parameters_for_options() -> None:
    kinds = {name.removeprefix("plot_") for name in rf.__all__ if name.startswith("plot_")}
    assert kinds >= {"heatmap", "compare", "layers", "tree", "growth"}
    for kind in kinds:
        said = rfscope("plot", kind, "--help").out
        draw = getattr(rf, f"plot_{kind}")
        assert " ".join(draw.__doc__.splitlines()[0].split()[:4]) in said
        assert ("--annotate" in said) == ("annotate" in signature(draw).parameters)
