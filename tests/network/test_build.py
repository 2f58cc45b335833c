from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfscope import limits
from rfscope.errors import LimitError, NetworkError
from rfscope.network.build import assemble, chain, conv, pool, resize, transposed_conv
from rfscope.network.graph import Network, Node
from rfscope.network.reads import IDENTITY, Window


def merge(name: str, *inputs: str) -> Node:
    return Node(name=name, op="add", reads=(IDENTITY, IDENTITY), inputs=inputs)


def names(network: Network) -> list[str]:
    return [node.name for node in network.nodes]


# chain


@pytest.mark.parametrize(
    ("kernel", "rate", "causal", "padding"),
    [
        pytest.param(3, 1, False, (1, 1), id="odd"),
        pytest.param(3, 5, False, (5, 5), id="odd-dilated"),
        pytest.param(2, 1, False, (0, 1), id="even-more-after"),
        pytest.param(4, 3, False, (4, 5), id="even-odd-rate"),
        pytest.param(2, 4, False, (2, 2), id="even-even-rate"),
        pytest.param(1, 7, False, (0, 0), id="pointwise"),
        pytest.param(2, 4, True, (4, 0), id="causal-even"),
        pytest.param(3, 2, True, (4, 0), id="causal-odd"),
    ],
)
def test_padding_of_a_chain_keeps_the_size(kernel: int, rate: int, causal: bool, padding: tuple[int, int]) -> None:
    (node,) = chain([rate], kernel=kernel, causal=causal).nodes
    assert node.reads == (Window(kernel=kernel, dilation=rate, padding=padding),) * 2


def test_a_chain_takes_one_number_or_one_per_layer() -> None:
    network = chain([1, 2, 5], kernel=[3, 3, 5], stride=[2, 1, 1], dims=1, name="mine")
    windows = [node.reads[0] for node in network.nodes]
    assert [(w.kernel, w.dilation, w.stride) for w in windows if isinstance(w, Window)] == [
        (3, 1, 2),
        (3, 2, 1),
        (5, 5, 1),
    ]
    assert (names(network), network.outputs, network.dims) == (["conv1", "conv2", "conv3"], ("conv3",), 1)
    assert (network.name, network.is_chain) == ("mine", True)
    assert chain([1, 2, 5]).name == "1,2,5"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"rates": []}, "without layers", id="nothing"),
        pytest.param({"rates": [0]}, "bad dilation: got 0", id="rate-0"),
        pytest.param({"rates": [-1]}, "bad dilation: got -1", id="rate-below-0"),
        pytest.param({"rates": [1.5]}, "bad dilation", id="fraction"),
        pytest.param({"rates": [True]}, "bad dilation: got True", id="truth"),
        pytest.param({"rates": [1], "kernel": 0}, "bad kernel: got 0", id="kernel-0"),
        pytest.param({"rates": [1], "stride": 0}, "bad stride: got 0", id="stride-0"),
        pytest.param({"rates": [1, 2], "kernel": [3]}, "wrong number of kernels: got 1, expected 2", id="kernels"),
        pytest.param({"rates": [1], "stride": [1, 1]}, "wrong number of strides: got 2, expected 1", id="strides"),
        pytest.param({"rates": [1], "dims": 0}, "bad number of axes", id="no-axis"),
        pytest.param({"rates": [1], "dims": 4}, "bad number of axes at 1: got 4", id="four-axes"),
    ],
)
def test_bad_chains(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        chain(**arguments)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("rate", {"rates": [1_000_001]}),
        ("kernel", {"rates": [1], "kernel": 1_026}),
        ("stride", {"rates": [1], "stride": 1_000_001}),
        ("layers", {"rates": [1] * 10_001}),
    ],
)
def test_a_chain_over_a_limit(name: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(LimitError, match=f"over the limit '{name}'"):
        chain(**arguments)
    with limits.raised({name: 2_000_000}):
        assert chain(**arguments).is_chain


# conv


def test_conv_per_axis() -> None:
    node = conv("c", kernel=(1, 5), stride=(2, 1), dilation=3, padding=[(0, 0), "same"])
    assert node.reads == (
        Window(kernel=1, stride=2, dilation=3, padding=(0, 0)),
        Window(kernel=5, dilation=3, padding="same"),
    )


def test_causal_padding_is_all_before_along_each_axis() -> None:
    both = conv((3, 2), dilation=(4, 1), padding="causal")
    assert both.reads == (Window(kernel=3, dilation=4, padding=(8, 0)), Window(kernel=2, padding=(1, 0)))
    one = conv(3, dilation=2, stride=2, padding=["causal", 1])
    assert [read.padding for read in one.reads if isinstance(read, Window)] == [(4, 0), (1, 1)]


def test_a_transposed_conv_has_no_causal_padding() -> None:
    with pytest.raises(NetworkError, match=r"^bad padding: got 'causal', .*; cut the end alone"):
        transposed_conv(4, stride=2, padding="causal")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(lambda: conv("5"), "bad kernel: got '5', expected a number; write 5", id="conv"),
        pytest.param(lambda: pool(" 2 "), "bad kernel: got ' 2 ', expected a number; write 2", id="pool"),
        pytest.param(lambda: resize("2"), "bad scale: got '2', expected a number; write 2", id="resize"),
    ],
)
def test_a_number_as_text_is_no_name(make: Callable[[], Node], message: str) -> None:
    with pytest.raises(NetworkError) as raised:
        make()
    assert str(raised.value) == message


def test_a_number_is_a_name_where_the_kernel_is_given() -> None:
    assert conv("0", kernel=5).name == "0"


def test_conv_refuses_an_empty_name() -> None:
    with pytest.raises(NetworkError, match="bad name: got '', expected one or more characters"):
        conv("")


@pytest.mark.parametrize("name", ["kernel", "stride", "dilation"])
def test_conv_refuses_the_wrong_number_of_entries(name: str) -> None:
    arguments: dict[str, Any] = {name: (1, 2, 3)}
    with pytest.raises(NetworkError, match=f"wrong number of {name}s: got 3, expected 2"):
        conv("c", **arguments)


def test_conv_refuses_the_wrong_number_of_paddings() -> None:
    with pytest.raises(NetworkError, match="wrong number of paddings: got 1, expected 2"):
        conv("c", padding=[(1, 1)])


# assemble


def test_layers_without_inputs_read_the_one_before_as_given() -> None:
    network = assemble("n", [conv("a"), conv("b"), merge("m", "a", "b"), conv("c")])
    assert [node.inputs for node in network.nodes] == [("input",), ("a",), ("a", "b"), ("m",)]
    assert (network.outputs, network.dims, network.is_chain) == (("c",), 2, False)


def test_layers_are_put_in_topological_order_and_the_last_given_is_the_output() -> None:
    network = assemble("n", [merge("m", "b", "a"), conv("b", inputs=["a"]), conv("a", inputs=["input"])])
    assert names(network) == ["a", "b", "m"]
    assert network.outputs == ("a",)


@given(st.permutations(range(7)), st.data())
def test_any_order_of_any_graph(order: list[int], data: st.DataObject) -> None:
    nodes = []
    for number in range(7):
        earlier = ["input", *(f"n{other}" for other in range(number))]
        inputs = data.draw(st.lists(st.sampled_from(earlier), min_size=1, max_size=3))
        nodes.append(merge(f"n{number}", *inputs))
    network = assemble("n", [nodes[place] for place in order])
    assert sorted(names(network)) == [f"n{number}" for number in range(7)]
    assert {node.name: node.inputs for node in network.nodes} == {node.name: node.inputs for node in nodes}
    assert network.outputs == (f"n{order[-1]}",)
    for place, node in enumerate(network.nodes):
        assert {*node.inputs} <= {"input", *names(network)[:place]}


def test_an_order_that_is_good_is_kept() -> None:
    given_order = ["z", "a", "m"]
    nodes = [conv("z", inputs=["input"]), conv("a", inputs=["input"]), merge("m", "a", "z")]
    assert names(assemble("n", nodes)) == given_order


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        pytest.param([], "without layers at n", id="nothing"),
        pytest.param([conv("a"), conv("a")], "duplicate layer name at a", id="duplicate-name"),
        pytest.param([conv("a\t"), conv("a\n")], r"duplicate layer name at a\?", id="duplicate-once-clean"),
        pytest.param([conv("a", inputs=["a"])], "a cycle: got a -> a", id="reads-itself"),
        pytest.param([conv("a", inputs=["b"]), conv("b", inputs=["a"])], "a cycle: got .*a -> b", id="cycle"),
        pytest.param([conv("a"), merge("m", "a", "gone")], "unknown input at m: got 'gone'", id="missing-input"),
        pytest.param([merge("m", "late", "gone"), conv("late", inputs=["input"])], "unknown input", id="missing-late"),
        pytest.param([conv("a"), conv("b", dims=1)], "wrong number of axes at b: got 1, expected 2", id="axes"),
        pytest.param([conv("a"), conv("input")], "input", id="named-input"),
    ],
)
def test_bad_graphs(nodes: list[Node], message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        assemble("n", nodes)


def test_names_are_cleaned_everywhere() -> None:
    network = assemble("n\r", [conv("a\x1b[31m"), conv("b", inputs=["a\x1b[31m"])], outputs=["a\x1b[31m"])
    assert (network.name, names(network), network.outputs) == ("n?", ["a?[31m", "b"], ("a?[31m",))
    assert network.nodes[1].inputs == ("a?[31m",)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"outputs": ["gone"]}, "unknown output at n: got 'gone'", id="unknown-output"),
        pytest.param({"outputs": ["input"]}, "unknown output", id="input-as-output"),
        pytest.param({"dims": 3}, "wrong number of axes at a: got 2, expected 3", id="dims"),
        pytest.param({"input": [64]}, "wrong number of input sizes at n: got 1, expected 2", id="one-size"),
        pytest.param({"input": [64, 0]}, "bad input size at n: got 0", id="size-0"),
        pytest.param({"input": [64, 6.5]}, "bad input size at n: got 6.5", id="half-a-pixel"),
        pytest.param({"input": [64, True]}, "bad input size at n: got True", id="truth"),
    ],
)
def test_bad_networks(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        assemble("n", [conv("a")], **arguments)


def test_input_sizes_are_kept() -> None:
    assert assemble("n", [conv("a")], input=[64, 32]).input == (64, 32)
    assert assemble("n", [conv("a")]).input is None
