"""The oracle itself, against numbers that can be counted on fingers."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest

from rfscope.network.build import assemble, conv
from rfscope.network.graph import Node
from rfscope.network.reads import IDENTITY, Padding, Read, Resize, Table, TransposedWindow, Whole, Window
from tests import oracle
from tests.exact import schedules


@pytest.mark.parametrize(
    ("read", "output", "expected"),
    [
        pytest.param(Window(kernel=3, dilation=2), 0, [0, 2, 4], id="dilated"),
        pytest.param(Window(kernel=2, stride=3, padding=(1, 0)), 2, [5, 6], id="strided"),
        pytest.param(Window(padding=(-2, 0)), 0, [2], id="cropped"),
        pytest.param(Window(kernel=4, padding="same"), 0, [-1, 0, 1, 2], id="same"),
        pytest.param(Window(kernel=4, padding="same_lower"), 0, [-2, -1, 0, 1], id="same-lower"),
        pytest.param(TransposedWindow(kernel=3, stride=2), 2, [1, 0], id="transposed-even"),
        pytest.param(TransposedWindow(kernel=3, stride=2), 3, [1], id="transposed-odd"),
        pytest.param(TransposedWindow(kernel=1, stride=2), 1, [], id="transposed-nothing"),
        pytest.param(TransposedWindow(kernel=3, stride=2, padding="same"), 2, [1, 0], id="transposed-same"),
        pytest.param(TransposedWindow(kernel=4, stride=2, padding="same"), 0, [0, -1], id="transposed-same-even"),
        pytest.param(Table(starts=(0, 1), stops=(2, 4), shift=3), 1, [1, 2, 3], id="table"),
        pytest.param(Table(starts=(0, 1), stops=(2, 4), shift=3), -1, [-2, -1, 0], id="table-before"),
    ],
)
def test_reads(read: Read, output: int, expected: list[int]) -> None:
    assert list(oracle.read_by(read, output)) == expected


@pytest.mark.parametrize(
    "read",
    [
        Window(kernel=3, stride=2, padding="same"),
        Resize(size=3),
        Resize(scale=Fraction(2), mode="linear", align_corners=True),
        Whole(),
    ],
)
def test_it_does_not_guess(read: Read) -> None:
    with pytest.raises(ValueError, match=r"input's size|global"):
        oracle.read_by(read, 0)


RESIZES: dict[str, tuple[Resize, int, int]] = {
    "nearest 2": (Resize(scale=Fraction(2)), 5, 10),
    "nearest 2/3": (Resize(scale=Fraction(2, 3)), 9, 6),
    "nearest to 7": (Resize(size=7), 5, 7),
    "linear 2": (Resize(scale=Fraction(2), mode="linear"), 5, 10),
    "linear 3, whose middle output reads one input": (Resize(scale=Fraction(3), mode="linear"), 4, 12),
    "linear 1/2": (Resize(scale=Fraction(1, 2), mode="linear"), 8, 4),
    "linear to 7": (Resize(size=7, mode="linear"), 5, 7),
    "linear corners": (Resize(size=9, mode="linear", align_corners=True), 5, 9),
    "linear corners of one output": (Resize(size=1, mode="linear", align_corners=True), 5, 1),
    "linear corners of one input": (Resize(size=4, mode="linear", align_corners=True), 1, 4),
    "cubic 2": (Resize(scale=Fraction(2), mode="cubic"), 8, 16),
    "cubic 3": (Resize(scale=Fraction(3), mode="cubic"), 7, 21),
    "cubic to 5": (Resize(size=5, mode="cubic"), 9, 5),
    "cubic corners": (Resize(scale=Fraction(2), mode="cubic", align_corners=True), 6, 12),
}


@pytest.mark.parametrize(("read", "size", "outputs"), RESIZES.values(), ids=RESIZES)
def test_resizing_is_that_of_torch(read: Resize, size: int, outputs: int) -> None:
    """Torch folds what lies outside back onto the border, so inputs are compared after clamping."""
    torch = pytest.importorskip("torch")
    assert oracle.outputs_of(read, size) == outputs
    mode = {"nearest": "nearest", "linear": "bilinear", "cubic": "bicubic"}[read.mode]
    ratio = None if read.scale is None else (1.0, float(read.scale))
    image = torch.zeros(1, 1, 1, size, dtype=torch.float64, requires_grad=True)
    found = torch.nn.functional.interpolate(
        image,
        size=None if ratio else (1, outputs),
        scale_factor=ratio,
        mode=mode,
        align_corners=read.align_corners if mode != "nearest" else None,
    )
    assert found.shape[-1] == outputs
    for output in range(outputs):
        (gradient,) = torch.autograd.grad(found[0, 0, 0, output], image, retain_graph=True)
        torch_reads = {int(place) for place in torch.nonzero(gradient[0, 0, 0].abs() > 1e-12)}
        ours = {min(max(place, 0), size - 1) for place in oracle.read_by(read, output, size)}
        assert ours == torch_reads, output


def test_sizes_and_padding_of_a_network() -> None:
    nodes = [
        conv("a", kernel=4, stride=3, padding="same", dims=1),
        Node(name="p", op="pool", reads=(Window(kernel=2, stride=2, ceil_mode=True),), inputs=("a",)),
        Node(name="g", op="global", reads=(Whole(),), inputs=("p",)),
        merge("m", "p", "g"),
        Node(name="t", op="transposed_conv", reads=(TransposedWindow(kernel=3, stride=2),), inputs=("m",)),
    ]
    network = assemble("n", nodes, input=[13])
    found = oracle.sizes(network, [13])
    assert found == {"input": (13,), "a": (5,), "p": (3,), "g": None, "m": (3,), "t": (7,)}
    assert oracle.padding_before(Window(kernel=4, stride=3, padding="same"), 13) == 1
    expected = {(place,): 2 if place in {2, 5, 8} else 1 for place in range(12)}  # the windows overlap there
    assert oracle.trace(network, "t", (2,), found)["input"] == Counter(expected)
    with pytest.raises(ValueError, match="empty"):
        oracle.sizes(assemble("n", [conv("a", kernel=9, padding=(0, 0), dims=1)]), [8])


def merge(name: str, *inputs: str, dims: int = 1) -> Node:
    return Node(name=name, op="add", reads=(IDENTITY,) * dims, inputs=inputs)


def test_a_residual_block_reads_its_input_twice() -> None:
    padding: Padding = (1, 1)
    nodes = [conv("a", dims=1, padding=padding), merge("sum", "a", "input"), conv("b", dims=1, padding=padding)]
    found = oracle.trace(assemble("n", nodes), "b", (0,))
    assert found["sum"] == Counter({(-1,): 1, (0,): 1, (1,): 1})
    assert found["a"] == found["sum"]
    assert found["input"] == Counter({(-2,): 1, (-1,): 3, (0,): 4, (1,): 3, (2,): 1})


def test_parallel_branches_are_a_union_and_a_double_input_counts_twice() -> None:
    nodes = [
        conv("near", inputs=["input"], dims=1),
        conv("far", dilation=6, inputs=["input"], dims=1),
        merge("cat", "near", "far", "far"),
    ]
    found = oracle.trace(assemble("n", nodes), "cat", (10,))["input"]
    assert found == Counter({(4,): 2, (9,): 1, (10,): 3, (11,): 1, (16,): 2})


def test_a_network_over_two_axes() -> None:
    found = oracle.trace(assemble("n", [conv("a", kernel=(1, 2), padding=(0, 0), stride=(3, 1))]), "a", (2, 5))
    assert found["input"] == Counter({(6, 5): 1, (6, 6): 1})


def test_nodes_that_do_not_lead_to_the_output_are_not_read() -> None:
    nodes = [conv("a", dims=1), conv("beside", inputs=["a"], dims=1), conv("b", inputs=["a"], dims=1)]
    assert "beside" not in oracle.trace(assemble("n", nodes), "b", (0,))


def test_a_line_equals_the_trace_of_a_graph() -> None:
    nodes = [conv("a", kernel=2, stride=2, padding=(0, 1), dims=1), conv("b", dilation=2, dims=1)]
    network = assemble("n", nodes)
    reads = [node.reads[0] for node in network.nodes]
    for output in (-1, 0, 3):
        found = oracle.trace(network, "b", (output,))
        lines = oracle.trace_line(reads, output)
        assert [{(place,): n for place, n in line.items()} for line in lines] == [found["input"], found["a"]]


def test_measures_of_a_line() -> None:
    line = {-4: 1, -2: 2, 2: 1}
    assert oracle.span(line) == (-4, 7)
    assert oracle.missing(line) == [1, 3, 4, 5]
    assert oracle.largest_gap(line) == 4
    assert oracle.classes(line, 1) == 2
    assert oracle.classes(line, 2) == 1
    assert oracle.deviation(line) ** 2 == pytest.approx(28 / 4 - (6 / 4) ** 2)
    assert oracle.radius(line) == 3
    assert oracle.largest_gap_on_lines([(0, 0), (0, 3), (5, 0), (5, 1)], 1) == 3


def test_groups_that_share() -> None:
    assert sorted(map(sorted, oracle.groups_that_share([0, 2], 1, 6))) == [[0, 2, 4], [1, 3, 5]]
    assert len(oracle.groups_that_share([0], 1, 3)) == 3
    assert len(oracle.groups_that_share([0, 1], 1, 3)) == 1


def test_the_nearest_schedules() -> None:
    assert schedules.nearest([3, 3, 3], [2, 4, 8]) == [(1, 3, 8)]
    assert sorted(schedules.nearest([3, 3], [4, 4])) == [(1, 3), (3, 1)]


def test_distances() -> None:
    assert [schedules.distance([1, 2, 9], layer) for layer in range(3)] == [3, 5, 9]
