"""Chains over two and three axes against coordinates traced one by one."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfscope.exact.analysis import analyze
from rfscope.exact.meeting import Meeting
from rfscope.network.graph import Network, Node
from rfscope.network.reads import Window
from tests import oracle


@st.composite
def networks(draw: st.DrawFn) -> Network:
    dims = draw(st.integers(1, 3))
    pads = st.tuples(st.integers(-2, 4), st.integers(-2, 4))
    window = st.builds(
        Window, kernel=st.integers(1, 3), stride=st.integers(1, 2), dilation=st.integers(1, 4), padding=pads
    )
    nodes = []
    for number in range(draw(st.integers(1, 3))):
        reads = tuple(draw(window) for _ in range(dims))
        nodes.append(Node(name=f"w{number}", op="conv", reads=reads, inputs=(f"w{number - 1}" if number else "input",)))
    return Network(name="n", dims=dims, nodes=tuple(nodes), outputs=(nodes[-1].name,))


@settings(max_examples=100)
@given(networks())
def test_what_one_output_reads_over_all_axes(network: Network) -> None:
    found = analyze(network)
    seen = oracle.trace(network, network.outputs[0], (0,) * network.dims)["input"]
    axes = [oracle.span({place[axis] for place in seen}) for axis in range(network.dims)]
    assert [(field.start, field.size) for field in found.output.axes] == axes
    size = [length for _, length in axes]
    dense = found.output.counts.map()
    assert dense.shape == tuple(size)
    corner = [first for first, _ in axes]
    for offset in product(*map(range, size)):
        assert dense[offset] == seen[tuple(a + b for a, b in zip(corner, offset, strict=True))]
    counts, coverage = found.output.counts, found.output.coverage
    used = set(seen)
    assert (counts.paths, counts.max) == (sum(seen.values()), max(seen.values()))
    assert counts.min == (0 if len(used) < prod(size) else min(seen.values()))
    assert (coverage.used, coverage.holes) == (len(used), prod(size) - len(used))
    assert coverage.largest_gap == tuple(oracle.largest_gap_on_lines(used, axis) for axis in range(network.dims))
    assert found.hole_free == (coverage.holes == 0)


@settings(max_examples=60)
@given(networks())
def test_neighbours_along_each_axis(network: Network) -> None:
    output = network.outputs[0]
    own = oracle.trace(network, output, (0,) * network.dims)
    layers = {layer.node.name: layer for layer in analyze(network).layers}
    for axis in range(network.dims):
        neighbour = oracle.trace(network, output, tuple(int(other == axis) for other in range(network.dims)))
        for node in network.nodes:
            (name,) = node.inputs
            share = Fraction(len(own[name].keys() & neighbour[name].keys()), len(own[name]))
            assert layers[node.name].neighbour_share[axis] == float(share)


@settings(max_examples=60)
@given(networks())
def test_sub_grids_and_spread_along_each_axis(network: Network) -> None:
    output = analyze(network).output
    seen = oracle.trace(network, network.outputs[0], (0,) * network.dims)["input"]
    for axis in range(network.dims):
        margin: dict[int, int] = {}
        for place, times in seen.items():
            margin[place[axis]] = margin.get(place[axis], 0) + times
        stride = oracle.strides_of(read for node in network.nodes if isinstance(read := node.reads[axis], Window))
        assert output.coverage.subgrids[axis] == oracle.classes(margin, stride)
        assert output.spread.std[axis] == pytest.approx(oracle.deviation(margin))
        assert output.spread.radius95[axis] == oracle.radius(margin)


def test_meeting_is_that_of_the_axis_that_meets_last() -> None:
    def network(*rates: tuple[int, int]) -> Network:
        nodes, before = [], "input"
        for number, pair in enumerate(rates):
            reads = tuple(Window(kernel=3, dilation=rate) for rate in pair)
            nodes.append(Node(name=f"w{number}", op="conv", reads=reads, inputs=(before,)))
            before = f"w{number}"
        return Network(name="n", dims=2, nodes=tuple(nodes), outputs=(before,))

    assert analyze(network((1, 1), (2, 2), (1, 5))).output.meeting == Meeting(1, 2)
    assert analyze(network((1, 1), (1, 2), (1, 4))).output.meeting == Meeting(2, 3)
    assert analyze(network((1, 2), (2, 2), (5, 2))).output.meeting == Meeting(3, None)
