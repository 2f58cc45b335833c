"""What Python users call."""

from __future__ import annotations

from inspect import signature
from pathlib import Path
from typing import Any

import pytest

import rfscope as rf
from rfscope.errors import RfscopeError
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


def test_parts_and_positions() -> None:
    net = residual()
    assert rf.analyze(net, output="a").output.size == (5, 5)
    assert rf.analyze(net, between=("input", "a")).output.size == (5, 5)
    assert rf.analyze(net, input=(9, 9), position=(0, 0)).output.first == (0, 0)


def test_settings_of_rules() -> None:
    assert [finding.code for finding in rf.lint("1,2,5", min_receptive_field=18)] == ["RFS201"]
    assert [finding.code for finding in rf.lint(rf.chain([1], dims=1), max_lookahead=0)] == ["RFS204"]
    with pytest.raises(RfscopeError, match="unknown threshold: got 'min_field', expected one of max_gridding_index"):
        rf.lint("1,2,5", min_field=1)


def test_records_are_short_and_hashable() -> None:
    analysis = rf.analyze("1,2,5")
    texts = {
        repr(analysis): "<Analysis of 1,2,5: sees 17x17, no holes>",
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
    "words": (["a"], {}, "unknown kind of target"),
    "negative": ([1, -2], {}, "bad rates"),
    "input": ("1", {"input": 5}, "bad input: got 5, expected a list or a tuple"),
    "position": ("1", {"position": 5}, "bad position: got 5"),
    "between": ("1", {"between": "conv1"}, "bad between: got conv1"),
    "a kernel for a network": (rf.chain([1]), {"kernel": 3}, "kernel, stride, dims and causal .* got 1;"),
}


@pytest.mark.parametrize(("target", "options", "text"), BAD.values(), ids=BAD)
def test_bad_calls(target: Any, options: dict[str, Any], text: str) -> None:
    with pytest.raises(RfscopeError, match=text):
        rf.analyze(target, **options)


def test_one_network_is_nothing_to_compare() -> None:
    with pytest.raises(RfscopeError, match="too few targets to compare: got 1"):
        rf.compare("1,2,5")


def test_pictures_and_proofs_take_targets() -> None:
    assert rf.plot_heatmap("1,2").figure is not None
    assert len(rf.plot_compare("1,2,5", "2,4,8").axes) >= 2
    assert rf.plot_layers("1,2").axes
    assert rf.plot_growth("1,2", "2,4").axes
    assert rf.verify("1,2").equal


def test_every_plot_has_a_command_with_its_parameters_for_options() -> None:
    kinds = {name.removeprefix("plot_") for name in rf.__all__ if name.startswith("plot_")}
    assert kinds >= {"heatmap", "compare", "layers", "growth"}
    for kind in kinds:
        said = rfscope("plot", kind, "--help").out
        draw = getattr(rf, f"plot_{kind}")
        assert " ".join(draw.__doc__.splitlines()[0].split()[:4]) in said
        assert ("--annotate" in said) == ("annotate" in signature(draw).parameters)
