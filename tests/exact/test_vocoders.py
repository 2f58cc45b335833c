"""Networks whose branches fill each other's holes, in our own words: the generators of HiFi-GAN and their relatives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pytest

import rfscope as rf
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import assemble, conv, merge, transposed_conv
from rfscope.network.graph import INPUT, Node


class Shape(NamedTuple):
    """What the published configurations say: strides and kernels on the way up, kernels and rates of the stacks."""

    ups: Sequence[tuple[int, int]]
    stacks: Sequence[tuple[int, Sequence[int]]]
    dense_after: bool


V1 = Shape([(8, 16), (8, 16), (2, 4), (2, 4)], [(kernel, (1, 3, 5)) for kernel in (3, 7, 11)], dense_after=True)
V3 = Shape([(8, 16), (8, 16), (4, 8)], [(3, (1, 2)), (5, (2, 6)), (7, (3, 12))], dense_after=False)


def layer(name: str, source: str, kernel: int, rate: int = 1) -> Node:
    around = (kernel - 1) // 2 * rate
    return conv(name, kernel=kernel, dilation=rate, padding=(around, around), dims=1, inputs=[source])


def generator(shape: Shape, *, last: bool = True) -> Analysis:
    """Up-sampling, each time followed by residual stacks whose outputs are averaged, and a last convolution."""
    nodes = [layer("pre", INPUT, 7)]
    for number, (stride, kernel) in enumerate(shape.ups):
        around, up = (kernel - stride) // 2, f"up{number}"
        inputs = [nodes[-1].name]
        nodes.append(transposed_conv(up, kernel=kernel, stride=stride, padding=(around,) * 2, dims=1, inputs=inputs))
        ends = []
        for taps, rates in shape.stacks:
            here = up
            for place, rate in enumerate(rates):
                name = f"{up}.{taps}.{place}"
                nodes.append(layer(name, here, taps, rate))
                if shape.dense_after:
                    nodes.append(layer(f"{name}.dense", name, taps))
                nodes.append(merge(f"{name}.sum", [nodes[-1].name, here], dims=1))
                here = nodes[-1].name
            ends.append(here)
        nodes.append(merge(f"{up}.mean", ends, dims=1))
    return analyze(assemble("generator", [*nodes, layer("post", nodes[-1].name, 7)] if last else nodes))


@pytest.mark.parametrize("shape", [V1, V3], ids=["V1 and V2", "V3"])
def test_a_whole_vocoder_has_no_holes(shape: Shape) -> None:
    analysis = generator(shape)
    assert analysis.verdict == "ok"
    assert {finding.level for finding in rf.lint(analysis)} <= {"info"}


def test_without_its_last_convolution_the_last_stacks_skip_samples() -> None:
    [skipped] = generator(V3, last=False).judgement.skipped
    assert skipped.map == "up2"
    assert skipped.coverage.largest_gap == (3,)
    assert [finding.code for finding in rf.lint(generator(V3, last=False)) if finding.level == "error"] == ["RFS101"]


@pytest.mark.parametrize(
    ("rates", "dense", "verdict"),
    [((2, 3), False, "holes"), ((2, 3), True, "ok"), ((1, 3), False, "holes")],
    ids=["2,2 and 3,3", "2,2 and 3,3 behind a dense layer", "1,1 and 3,3, which end 3 apart"],
)
def test_two_stacks_side_by_side(rates: tuple[int, int], dense: bool, verdict: str) -> None:
    stem = [layer("stem", INPUT, 3)] if dense else []
    entry = "stem" if dense else INPUT
    stacks = [[layer(f"{rate}.0", entry, 3, rate), layer(f"{rate}.1", f"{rate}.0", 3, rate)] for rate in rates]
    ends = [stack[-1].name for stack in stacks]
    network = assemble("two", [*stem, *stacks[0], *stacks[1], merge("mean", ends, dims=1)])
    assert analyze(network).verdict == verdict
    assert ("RFS101" in {finding.code for finding in rf.lint(network)}) == (verdict == "holes")


def causal(name: str, source: str, rate: int) -> Node:
    return conv(name, kernel=3, dilation=rate, padding=(2 * rate, 0), dims=1, inputs=[source])


def test_causal_branches_are_not_said_to_be_off_centre() -> None:
    nodes = [causal("a", INPUT, 1), causal("b", "a", 2), merge("sum", ["b", INPUT], dims=1)]
    assert "RFS303" not in {finding.code for finding in rf.lint(assemble("causal", nodes))}
    off = [conv("a", kernel=3, padding=(0, 2), dims=1, inputs=[INPUT]), merge("sum", ["a", INPUT], dims=1)]
    assert "RFS303" in {finding.code for finding in rf.lint(assemble("off", off))}
