"""Networks with branches and up-sampling whose numbers can be worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

from rfscope.exact.analysis import analyze
from rfscope.exact.fields import AllGlobal
from rfscope.network.build import assemble, conv
from rfscope.network.graph import Node
from rfscope.network.reads import IDENTITY, Resize, TransposedWindow, Window
from rfscope.network.sizes import adaptive
from tests import oracle
from tests.exact.comparing_dags import differences
from tests.exact.dags import random_of, read
from tests.exact.writing import field_of, found_in, layer, network


def aspp(*rates: int, stem: int = 3) -> dict[str, Any]:
    branches = [layer(f"rate{rate}", "stem", dilation=rate) for rate in rates]
    names = [branch["name"] for branch in branches]
    return network(
        layer("stem", "input", kernel=stem),
        layer("point", "stem", kernel=1),
        *branches,
        layer("cat", "point", *names, op="concat"),
    )


def squeeze_excite(*order: str) -> dict[str, Any]:
    """Two branches over a strided stem, one of them behind a gate."""
    return network(
        layer("stem", "input", stride=2, padding=1),
        layer("pool", "stem", op="global"),
        layer("fc", "pool", op="pointwise"),
        layer("gated", *order, op="multiply"),
        layer("wide", "gated", dilation=2),
        layer("near", "stem"),
        layer("sum", "wide", "near", op="add"),
        dims=1,
    )


def u_net(size: int) -> dict[str, Any]:
    """Ronneberger, Fischer, Brox 2015: valid convolutions, crops on the skips."""
    layers, skips, here = [], list[tuple[str, int]](), "input"
    length = size

    def two(level: str) -> None:
        nonlocal here, length
        for number in (1, 2):
            layers.append(layer(f"{level}.{number}", here, padding=0))
            here = f"{level}.{number}"
            length -= 2

    for level in range(4):
        two(f"down{level}")
        skips.append((here, length))
        layers.append(layer(f"pool{level}", here, op="pool", kernel=2, stride=2))
        here, length = f"pool{level}", length // 2
    two("bottom")
    for level, (skip, longer) in enumerate(reversed(skips)):
        layers.append(layer(f"up{level}", here, op="transposed_conv", kernel=2, stride=2))
        length *= 2
        layers.append(layer(f"crop{level}", skip, op="pad", padding=-((longer - length) // 2)))
        layers.append(layer(f"cat{level}", f"crop{level}", f"up{level}", op="concat"))
        here = f"cat{level}"
        two(f"back{level}")
    return network(*layers, layer("classes", here, kernel=1))


EXAMPLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "down and up again": (
        network(
            layer("a", "input", stride=2, padding=1),
            layer("b", "a"),
            layer("c", "b", op="transposed_conv", kernel=4, stride=2, padding=1),
            layer("d", "c"),
        ),
        {"sizes": [11, 11], "period": 2, "shift": 2, "moves": [0, 2, 0, 2]},
    ),
    "aspp": (aspp(6, 12, 18), {"sizes": [39], "used": 225, "pixels": 1521, "period": 1, "aligned": True}),
    "1x1 of stride 2, then 3x3": (
        network(layer("a", "input", kernel=1, stride=2), layer("b", "a")),
        {"sizes": [5], "used": 9, "pixels": 25, "largest_gap": (2, 2)},
    ),
    "residual block of rate 2": (
        network(layer("a", "input", dilation=2), layer("sum", "a", "input", op="add"), dims=1),
        {"sizes": [5], "used": 3, "counts": [1, 0, 2, 0, 1], "holes": [(1,), (3,)], "meeting": (1, None)},
    ),
    "two residual blocks of rate 2": (
        network(
            layer("a", "input", dilation=2),
            layer("s", "a", "input", op="add"),
            layer("b", "s"),
            layer("t", "b", "s", op="add"),
            dims=1,
        ),
        {"sizes": [7], "used": 7, "counts": [1, 2, 3, 4, 3, 2, 1], "meeting": (0, 1)},
    ),
    "branches of different parity": (
        network(
            layer("odd", "input", padding=1),
            layer("even", "input", kernel=4, padding=[[1, 2]]),
            layer("cat", "odd", "even", op="concat"),
            dims=1,
        ),
        {"sizes": [4], "aligned": False},
    ),
    "branches of different parity, on a stride": (
        network(
            layer("stem", "input", stride=4, padding=0),
            layer("odd", "stem", padding=1),
            layer("even", "stem", kernel=2, padding=[[0, 1]]),
            layer("cat", "odd", "even", op="concat"),
            dims=1,
        ),
        {"sizes": [11], "period": 1, "shift": 4, "aligned": False},  # 2 pixels of 4
    ),
    "branches a quarter of a stride apart": (
        network(
            layer("near", "input", kernel=3, stride=2, padding=1),
            layer("far", "input", kernel=4, stride=2, padding=1),
            layer("cat", "near", "far", op="concat"),
            dims=1,
        ),
        {"sizes": [4], "aligned": True},
    ),
    "transposed, kernel 1 of stride 2": (
        network(layer("up", "input", op="transposed_conv", kernel=1, stride=2)),
        {"sizes": [1, 0], "period": 2, "shift": 1, "used": 1},
    ),
    "squeeze and excite": (
        squeeze_excite("stem", "fc"),
        {"sizes": [11], "through": ("pool",), "used": 11, "meeting": (1, 2)},
    ),
    "a pooling branch": (
        network(
            layer("a", "input", padding=1),
            layer("g", "a", op="global"),
            layer("up", "g", op="resize", scale=8),
            layer("cat", "a", "up", op="concat"),
        ),
        {"sizes": [3], "through": ("g",), "used": 9},
    ),
}


@pytest.mark.parametrize(("spec", "facts"), EXAMPLES.values(), ids=EXAMPLES)
def test_example(spec: dict[str, Any], facts: dict[str, Any]) -> None:
    analysis = found_in(spec)
    output, field = analysis.output, field_of(analysis)
    starts = [field.at(at).start for at in range(9)]
    said = {
        "sizes": [phase.size for phase in field.phases],
        "period": field.period,
        "shift": field.shift,
        "moves": [b - a for a, b in pairwise(starts) if a is not None and b is not None][:4],
        "used": output.coverage.used,
        "pixels": output.coverage.pixels,
        "largest_gap": output.coverage.largest_gap,
        "counts": output.counts.map().tolist(),
        "holes": list(output.coverage.hole_list or ()),
        "meeting": output.meeting,
        "aligned": field.aligned,
        "through": field.global_through,
    }
    assert {fact: said[fact] for fact in facts} == facts


@pytest.mark.parametrize("spec", [spec for spec, _ in EXAMPLES.values()], ids=EXAMPLES)
@pytest.mark.parametrize("size", [None, 16])
def test_examples_against_brute_force(spec: dict[str, Any], size: int | None) -> None:
    keys = {} if size is None else {"input": [size] * spec.get("dims", 2)}
    assert differences(read(spec | keys), random_of(0)) == []


def test_u_net_sees_188_or_204_pixels_with_a_period_of_16() -> None:
    analysis = found_in(u_net(572), input=[572, 572])
    assert (analysis.sizes or {})["classes"] == (388, 388)
    field = field_of(analysis)
    assert (field.period, field.shift, field.aligned) == (16, 16, True)
    sizes = [phase.size for phase in field.phases]
    assert set(sizes) == {188, 204}
    assert (field.size_min, field.size_max) == (188, 204)
    assert field_of(analysis, "bottom.2").size == 140


def test_u_net_pads_nothing_and_reads_the_whole_image() -> None:
    finite = found_in({**u_net(572), "dims": 1}, input=[572]).output.finite
    assert finite is not None
    assert finite.never_read == (0,)
    assert set(finite.padding_share.values()) == {0.0}
    assert finite.extent[0] is not None
    assert finite.extent[0][1] - finite.extent[0][0] + 1 in {188, 204}


def test_counts_of_a_deep_residual_network_are_exact() -> None:
    """120 blocks x + 3 taps: the counts are the coefficients of (1 + x + x^2 + x)^120 = ((1 + x)^2 + x)^120."""
    nodes = []
    before = "input"
    for block in range(120):
        nodes.append(conv(f"c{block}", inputs=[before], dims=1))
        nodes.append(Node(name=f"s{block}", op="add", reads=(IDENTITY,), inputs=(f"c{block}", before)))
        before = f"s{block}"
    line = [1]
    for _ in range(120):
        wider = [0] * (len(line) + 2)
        for place, times in enumerate(line):
            for tap, weight in enumerate((1, 2, 1)):
                wider[place + tap] += weight * times
        line = wider
    counts = analyze(assemble("deep", nodes)).output.counts
    assert counts.paths == 4**120 > 10**72
    assert [int(count) for count in counts.map()] == line


@pytest.mark.parametrize("order", [("fc", "stem"), ("stem", "fc")], ids=["gate-first", "gate-last"])
def test_a_gate_changes_nothing_in_the_verdict(order: Sequence[str]) -> None:
    analysis = found_in(squeeze_excite(*order))
    (schedule,) = analysis.schedules
    assert schedule.piece.entry == "stem"
    assert (schedule.coverage.size, schedule.coverage.used, analysis.verdict) == ((5,), 5, "ok")


def test_a_network_behind_a_global_operation_shows_what_enters_it() -> None:
    analysis = found_in(
        network(layer("a", "input"), layer("b", "a"), layer("g", "b", op="global"), layer("fc", "g", op="pointwise"))
    )
    assert analysis.fields["fc"] == AllGlobal(("g",))
    assert [(output.node, output.size) for output in analysis.outputs] == [("b", (5, 5))]


def test_an_image_pooling_branch_resized_to_a_size() -> None:
    """The head of DeepLab v3: the map behind a global operation is stretched to the others' size."""
    spec = network(
        layer("a", "input"),
        layer("g", "a", op="global"),
        layer("up", "g", op="resize", size=[9, 9], mode="linear"),
        layer("cat", "a", "up", op="concat"),
        input=[9, 9],
    )
    assert field_of(found_in(spec)).global_through == ("g",)


def test_deformable_convolutions_are_a_lower_bound() -> None:
    analysis = found_in(network(layer("a", "input"), layer("d", "a", op="deformable_conv", kernel=3), layer("c", "d")))
    assert [field_of(analysis, name).lower_bound for name in "adc"] == [False, True, True]
    assert [field_of(analysis, name).size for name in "adc"] == [3, 5, 7]


@pytest.mark.parametrize("outputs", [1, 2, 3, 5, 7, 12])
@pytest.mark.parametrize("behind", [Window(kernel=3, padding=(1, 1)), TransposedWindow(kernel=2, stride=2)], ids=str)
def test_adaptive_pooling_in_a_network(outputs: int, behind: Window | TransposedWindow) -> None:
    pool = Node(name="pool", op="pool", reads=(adaptive(12, outputs),), inputs=("a",))
    last = Node(name="last", op="conv", reads=(behind,), inputs=("pool",))
    found = assemble("n", [conv("a", dims=1, padding=(2, 2), dilation=2), pool, last], input=[12])
    for seed in range(3):
        assert differences(found, random_of(seed)) == []


@pytest.mark.parametrize("padding", [(1, 1), (0, 0), (2, -1)])
@pytest.mark.parametrize(("length", "corners"), [(16, True), (15, False)])
def test_maps_resized_to_the_size_of_a_skip_can_be_merged(length: int, corners: bool, padding: tuple[int, int]) -> None:
    """The effective strides differ, 14/15 or 16/15 against 1, and yet all maps have one size."""
    resize = Resize(mode="linear", align_corners=corners, size=length)
    skipping = assemble(
        "net",
        [
            conv("skip", kernel=3, dims=1, padding=(1, 1)),
            conv("down", kernel=3, stride=2, dims=1, padding=(1, 1)),
            Node(name="up", op="resize", reads=(resize,), inputs=()),
            Node(name="sum", op="add", reads=(IDENTITY,), inputs=("skip", "up")),
            conv("last", kernel=3, dims=1, padding=padding),
        ],
    )
    known = oracle.sizes(skipping, (length,))
    outputs = analyze(skipping, input=(length,)).output.axes[0].period
    assert outputs == length + sum(padding) - 2
    for at in range(outputs):
        output = analyze(skipping, input=(length,), position=(at,)).output
        traced = oracle.trace(skipping, "last", (at,), known)["input"]
        places = sorted(place for (place,) in traced)
        assert output.first == (places[0],)
        assert output.counts.map().tolist() == [traced[place,] for place in range(places[0], places[-1] + 1)]
        seen = output.axes[0].at(at)
        assert seen.start is not None
        assert seen.size is not None
        assert max(0, seen.start) == places[0]
        assert min(length, seen.start + seen.size) == places[-1] + 1
