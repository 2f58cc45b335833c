"""What a report says never contradicts itself."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

import rfscope as rf
from rfscope.exact.analysis import analyze
from rfscope.network.build import assemble, chain, conv, merge, resize, transposed_conv
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import TransposedWindow, Window
from rfscope.text.words import sentences


def said(network: Network) -> str:
    return "\n".join(sentences(analyze(network)))


def up(kernel: int, stride: int, rate: int = 1) -> Network:
    window = TransposedWindow(kernel=kernel, stride=stride, dilation=rate)
    return assemble("up", [Node(name="up", op="transposed_conv", reads=(window, window), inputs=(INPUT,))])


@pytest.mark.parametrize(
    ("network", "cause", "cure"),
    [
        pytest.param(up(1, 2), "the kernel of up is smaller than its stride", "as large as the stride", id="1 of 2"),
        pytest.param(up(3, 2, 2), "its taps lie 2 apart and its inputs 2", "a rate of 1", id="3 of 2 at rate 2"),
    ],
)
def test_outputs_that_read_nothing_are_holes_and_said_to_be(network: Network, cause: str, cure: str) -> None:
    assert analyze(network).verdict == "holes"
    text = said(network)
    assert "At some phases outputs of up read nothing." in text
    assert "reads all 1 of them" not in text
    [finding] = [finding for finding in rf.lint(network) if finding.level == "error"]
    assert (finding.code, finding.node) == ("RFS306", "up")
    assert cause in finding.message
    assert cure in finding.help


def test_a_phase_that_reads_nothing_is_named_whichever_axis_it_is_on() -> None:
    node = transposed_conv("up", kernel=(2, 1), stride=2)
    assert "over 2 phases (--at) they see 0 to 1 pixels" in said(assemble("up", [node]))


def ring() -> Network:
    """An L: a box and one position beside it."""
    around = [conv("box", kernel=3, padding=(1, 1), inputs=[INPUT])]
    beside = Node(name="beside", op="pad", reads=(Window(padding=(2, -2)), Window(padding=(-1, 1))), inputs=(INPUT,))
    return assemble("ring", [*around, beside, merge("sum", ["box", "beside"])])


def test_an_outline_that_is_no_box_is_no_grid() -> None:
    text = said(ring())
    assert "and reads 10 of these 12" in text
    assert "grid" not in text


def test_holes_in_another_map_do_not_make_this_outline_a_grid() -> None:
    network = ring()
    skips = conv("skips", dilation=3, inputs=[INPUT])
    both = assemble("both", [*network.nodes, skips], outputs=("sum", "skips"))
    text = said(both)
    assert analyze(both).verdict == "holes"
    assert "but reads only 10 of these 12 (83 %)." in text
    assert "Towards skips, skips skips 8 of 9 positions of the input" in text


def striped(*behind: Node) -> Network:
    return assemble("striped", [conv("in"), conv("a", dilation=2), conv("b", dilation=4), *behind])


def test_stripes_stand_beside_no_meeting() -> None:
    """Behind up-sampling neighbours lie on one cell, so that they meet at once though the cells never do."""
    network = striped(resize("up", scale=8, mode="linear"))
    assert analyze(network).verdict == "gridding"
    assert "adjacent outputs share no input there" in said(network)
    assert "1 layer back" not in said(network)
    mixed = striped(conv("mix"), resize("up", scale=8, mode="linear"))
    assert "mix mixes them again" in said(mixed)
    assert "1 layer back" in said(mixed)


def test_one_axis_has_samples() -> None:
    text = said(chain([1, 2, 5], dims=1))
    assert "One output reads 8 samples back and 8 ahead, one output per sample." in text
    assert "That is a receptive field of 17 samples; it reads all of them." in text
    assert "pixel" not in text
    assert "sample" not in said(chain([1, 2, 5]))


def test_the_samples_of_a_frame_are_neither_history_nor_ahead() -> None:
    """10 back, 5 of its own and 5 ahead are the 20 that it sees; a window that ends at its position has no frame."""
    ahead = assemble([conv(10, stride=5, padding=(5, 0), dims=1), conv(3, padding=1, dims=1)])
    assert "reads 10 samples back and 5 ahead" in said(ahead)
    assert "With its own 5 that is a receptive field of 20 samples" in said(ahead)
    assert "That is a receptive field of 4 samples" in said(assemble([conv(4, stride=4, padding="causal", dims=1)]))


def branches(rates: Sequence[int]) -> Network:
    dense = [conv("in"), conv("wide", kernel=9), conv("a", dilation=2), conv("b", dilation=4)]
    beside = [conv(f"r{rate}", dilation=rate, inputs=["b"]) for rate in rates]
    return assemble("pyramid", [*dense, *beside, merge("all", [node.name for node in beside]), conv("head")])


def test_parallel_branches_are_not_listed_in_a_row() -> None:
    [schedule] = analyze(branches((12, 24, 36))).schedules
    assert schedule.written == "1,1,2,4@3,9,3,3, then side by side 12 | 24 | 36, then 1"


@pytest.mark.parametrize(
    ("nodes", "written"),
    [
        pytest.param([conv("a", dilation=2), conv("b", dilation=4)], "1,2,4", id="chain"),
        pytest.param(
            [
                conv("a", dilation=2),
                conv("b", dilation=4, inputs=["a"]),
                conv("c", dilation=6, inputs=["a"]),
                conv("d", dilation=8, inputs=["c"]),
                merge("sum", ["b", "d"]),
                conv("e", dilation=2),
            ],
            "1,2, then side by side 4 | 6,8, then 2",
            id="a branch of two layers",
        ),
        pytest.param(
            [
                conv("a", dilation=2),
                conv("b", dilation=4, inputs=["a"]),
                conv("c", dilation=6, inputs=["a"]),
                merge("m", ["b", "c"]),
                conv("d", dilation=2),
                conv("e", dilation=8, inputs=["d"]),
                conv("f", dilation=10, inputs=["d"]),
                merge("n", ["e", "f"]),
            ],
            "1,2, then side by side 4 | 6, then 2, then side by side 8 | 10",
            id="twice",
        ),
    ],
)
def test_a_schedule_is_written_as_its_layers_stand(nodes: list[Node], written: str) -> None:
    assert analyze(assemble("net", [conv("in"), *nodes])).schedules[0].written == written
