from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfscope.errors import NetworkError
from rfscope.network.build import assemble, conv
from rfscope.network.graph import Node
from rfscope.network.reads import Read, Resize, Same, Table, TransposedWindow, Window
from rfscope.network.sizes import adaptive, output_size, settle, settled
from tests import oracle

sides = st.tuples(st.integers(-2, 5), st.integers(-2, 5)) | st.sampled_from(["same", "same_lower"])
windows = st.builds(
    Window, kernel=st.integers(1, 5), stride=st.integers(1, 4), dilation=st.integers(1, 3), padding=sides
)
transposed = st.builds(
    TransposedWindow, kernel=st.integers(1, 5), stride=st.integers(1, 4), dilation=st.integers(1, 3), padding=sides
)
scales = st.fractions(Fraction(1, 5), 5, max_denominator=6)
modes = st.sampled_from(["nearest", "linear", "cubic"])
resizes = st.builds(Resize, mode=modes, scale=scales) | st.builds(Resize, mode=modes, size=st.integers(1, 20))
corners = st.builds(
    Resize, mode=st.sampled_from(["linear", "cubic"]), size=st.integers(1, 20), align_corners=st.just(value=True)
)


@given(windows | transposed | resizes | corners, st.integers(1, 20))
def test_sizes_and_reads_are_those_of_the_definitions(read: Read, size: int) -> None:
    expected = oracle.outputs_of(read, size)
    if expected < 1:
        with pytest.raises(NetworkError):
            settle(assemble("n", [Node(name="a", op="a", reads=(read,), inputs=())], input=[size]))
        return
    found = settled(read, size)
    assert output_size(found, size) == expected
    for output in range(expected):
        ours, theirs = oracle.read_by(found, output), oracle.read_by(read, output, size)
        assert sorted(ours) == sorted(theirs)


@given(st.integers(1, 40), st.integers(1, 40))
def test_adaptive_pooling(size: int, outputs: int) -> None:
    table = adaptive(size, outputs)
    assert output_size(table, size) == outputs
    for output in range(outputs):
        first, stop = output * size // outputs, -(-(output + 1) * size // outputs)
        assert table.range(output) == range(first, stop)


@pytest.mark.parametrize(
    ("mode", "expected"), [("same", [(0, 1), (1, 1), (0, 1), (1, 1)]), ("same_lower", [(1, 0), (1, 1), (1, 0), (1, 1)])]
)
def test_same_padding_depends_on_the_size(mode: Same, expected: list[tuple[int, int]]) -> None:
    window = Window(kernel=3, stride=2, padding=mode)
    found = [settled(window, size) for size in (8, 9, 10, 11)]
    assert [read.padding for read in found if isinstance(read, Window)] == expected
    assert settled(window, None) == window


@pytest.mark.parametrize("scale", [Fraction(2), Fraction(1, 3), Fraction(3, 2)])
def test_resizing_by_a_scale_needs_no_size(scale: Fraction) -> None:
    found = settled(Resize(scale=scale, mode="linear"), None)
    assert isinstance(found, Table)
    assert (found.period, found.shift, found.size) == (scale.numerator, scale.denominator, None)


def test_another_size_than_the_network_s_own() -> None:
    network = assemble("n", [conv("a", stride=2)], input=[9, 9])
    assert (settle(network).sizes or {})["a"] == (5, 5)
    assert (settle(network, [4, 6]).sizes or {})["a"] == (2, 3)
    assert settle(assemble("n", [conv("a", stride=2)])).sizes is None
    with pytest.raises(NetworkError, match="wrong number of input sizes"):
        settle(network, [4])


def test_a_transposed_window_of_stride_1_is_a_window() -> None:
    up = TransposedWindow(kernel=4, dilation=2, padding=(1, 2), output_padding=1)
    assert settled(up, None) == Window(kernel=4, dilation=2, padding=(5, 5))
