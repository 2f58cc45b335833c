"""The canvas: large enough, and no larger."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from rfscope.errors import UnsupportedError
from rfscope.network.build import assemble, chain, conv
from rfscope.network.graph import Network, Node
from rfscope.network.reads import TransposedWindow, Window
from rfscope.verification.canvas import Canvas, chain_layers, known_padding, make_canvas
from rfscope.verification.methods import output_sizes

windows = st.builds(
    Window,
    kernel=st.integers(1, 4),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 4),
    padding=st.tuples(st.integers(-9, 9), st.integers(-9, 9)),
)
axes = st.lists(windows, min_size=1, max_size=6)


def inside(axis: list[Window], size: int, outputs: set[int]) -> bool:
    """Whether the outputs exist and read, at every layer, nothing but what is there: position by position."""
    sizes = [size]
    for window in axis:
        sizes.append((sizes[-1] + sum(known_padding(window)) - window.extent) // window.stride + 1)
    read = outputs
    for window, length, produced in zip(reversed(axis), sizes[-2::-1], sizes[:0:-1], strict=True):
        if not all(0 <= place < produced for place in read):
            return False
        first = [place * window.stride - known_padding(window)[0] for place in read]
        read = {start + tap * window.dilation for start in first for tap in range(window.kernel)}
        if not all(0 <= place < length for place in read):
            return False
    return True


@settings(max_examples=300, deadline=None)
@given(axes)
def test_touches_no_border_and_could_not_be_smaller(axis: list[Window]) -> None:
    canvas = make_canvas([(window,) for window in axis])
    outputs = {place for (place,) in canvas.outputs}
    (size,) = canvas.size
    assert inside(axis, size, outputs)
    assert not inside(axis, size - 1, outputs)
    first = min(outputs)
    assert first == 0 or not inside(axis, size, {first - 1})


@pytest.mark.parametrize(
    ("network", "outputs"),
    [
        pytest.param(chain([1, 2], dims=1), ((3,), (4,)), id="1-D"),
        pytest.param(chain([1, 1], stride=[1, 2], dims=1), ((1,), (2,), (3,)), id="1-D, strided"),
        pytest.param(chain([1]), ((1, 1), (2, 1), (1, 2), (2, 2)), id="2-D"),
        pytest.param(chain([1], stride=2), ((1, 1), (2, 1), (1, 2), (3, 3)), id="2-D, strided"),
        pytest.param(
            assemble("net", [conv("c", dims=3, stride=(1, 2, 1), padding=(1, 1))]),
            ((1, 1, 1), (2, 1, 1), (1, 2, 1), (1, 1, 2), (2, 3, 2)),
            id="3-D, one axis strided",
        ),
    ],
)
def test_outputs_step_along_every_axis(network: Network, outputs: tuple[tuple[int, ...], ...]) -> None:
    assert make_canvas(chain_layers(network)).outputs == outputs


def test_padded_sizes_are_those_of_the_real_maps() -> None:
    layers = chain_layers(chain([1, 2, 5], stride=[2, 1, 1]))
    canvas: Canvas = make_canvas(layers)
    size = list(canvas.size)
    for layer, padded in zip(layers, canvas.padded, strict=True):
        assert list(padded) == [n + sum(known_padding(w)) for n, w in zip(size, layer, strict=True)]
        size = output_sizes(layer, padded)


@pytest.mark.parametrize(
    ("network", "says"),
    [
        pytest.param(
            assemble("net", [conv("c1", stride=2)]),
            "cannot verify a padding that depends on the input's size at c1: got same; give the size of the input",
            id="same padding with a stride",
        ),
        pytest.param(
            assemble("net", [conv("c1"), conv("c2", inputs=["input"])]), "cannot verify branches at net", id="branches"
        ),
        pytest.param(
            assemble("net", [Node(name="up", op="resize", reads=(TransposedWindow(kernel=2, stride=2),), inputs=())]),
            "cannot verify operation 'resize' at up",
            id="up-sampling",
        ),
    ],
)
def test_what_cannot_be_verified_is_refused_by_name(network: Network, says: str) -> None:
    with pytest.raises(UnsupportedError) as caught:
        chain_layers(network)
    assert str(caught.value).startswith(says)
