"""The memory of a walk, known before it is taken."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.regions import Region, one_output, one_use
from rfscope.exact.room import check_room, walk_room
from rfscope.exact.walk import walk_back
from rfscope.network.build import assemble, conv, merge, pool, resize, transposed_conv
from rfscope.network.graph import INPUT, Network, Node
from tests.benchmarks.large import LARGE

ARRAYS = 2**19
"""Bytes that are not counted: parts of maps that are worked on, and Python's own objects."""


def cross(name: str, source: str, length: int) -> list[Node]:
    """Two bars and their sum, which is no product over the axes."""
    bars = [conv(f"{name}{axis}", kernel=(length, 1)[:: 1 - 2 * axis], inputs=[source]) for axis in (0, 1)]
    return [*bars, merge(name, [bar.name for bar in bars])]


def networks() -> dict[str, Network]:
    branches = [conv("a", dilation=40, inputs=[INPUT]), conv("b", dilation=60, inputs=["a"]), merge("m", ["a", "b"])]
    down = [pool("p", kernel=2, stride=2), conv("c", dilation=50), resize("u", scale=2), *cross("x", "u", 201)]
    around = Node(name="fold", op="conv", reads=branches[0].reads, inputs=("x",), padding_mode="circular")
    wide = [conv("s", kernel=16, stride=4, padding=(6, 6), inputs=[INPUT]), conv("d", dilation=30)]
    up = transposed_conv("t", kernel=4, stride=2, padding=(1, 1), inputs=["d"])
    return {
        "branches": assemble("branches", branches),
        "cross": assemble("cross", cross("x", INPUT, 401)),
        "down and up": assemble("down and up", down),
        "folded": assemble("folded", [*down, around], input=(500, 700)),
        "strided": assemble("strided", [*wide, up, *cross("x", "t", 301)]),
    }


def start_of(analysis: Analysis, digits: int) -> Region:
    position = analysis.output.position
    return one_output(position, 2 ** (48 * digits)) if digits else one_use(position)


@pytest.mark.parametrize("digits", [0, 1, 4], ids=["booleans", "one digit", "five digits"])
@pytest.mark.parametrize("kept", [False, True], ids=["input", "all kept"])
@pytest.mark.parametrize("name", networks())
def test_the_memory_of_a_walk_is_known_beforehand(name: str, digits: int, kept: bool) -> None:
    analysis = analyze(networks()[name])
    network, start = analysis.output.network, start_of(analysis, digits)
    keep = [INPUT, *network.by_name] if kept else [INPUT]
    size, planes = start.planes.itemsize, len(start.planes)
    room = walk_room(network, start.start, start.size, cell=size, planes=planes, sizes=analysis.sizes, keep=keep)
    tracemalloc.start()
    try:
        found = walk_back(network, network.outputs[0], start, sizes=analysis.sizes, keep=keep)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert room.most <= most + ARRAYS
    assert most <= room.most + ARRAYS
    assert max(region.planes.nbytes for region in found.values()) <= room.kept
    with limits.raised({"map-bytes": room.most}):
        check_room(network, start, sizes=analysis.sizes, keep=keep)
    with limits.raised({"map-bytes": room.most - 1}), pytest.raises(LimitError, match="over the limit 'map-bytes'"):
        check_room(network, start, sizes=analysis.sizes, keep=keep)


ANSWERS: dict[str, Callable[[Analysis], object]] = {
    "verdict": lambda analysis: analysis.verdict,
    "layers": lambda analysis: analysis.layers,
    "coverage": lambda analysis: [output.coverage for output in analysis.outputs],
    "spread": lambda analysis: analysis.output.spread,
}


def test_the_largest_network_is_answered_in_little_memory() -> None:
    """Seven outputs of 6592 pixels squared, whose counts would take 14 GiB."""
    analysis = analyze(LARGE["u-in-u"]())
    tracemalloc.start()
    try:
        found = {name: answer(analysis) for name, answer in ANSWERS.items()}
        with pytest.raises(LimitError, match=r"'map-bytes'.*14\.2 GiB"):
            _ = analysis.output.counts
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found["verdict"] == "ok"
    assert analysis.output.size == (6592, 6592)
    assert analysis.output.coverage.holes == 0
    assert most < 2**26
