from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest

from rfscope import limits
from rfscope.errors import LimitError, NetworkError
from rfscope.network.build import chain
from rfscope.network.graph import Network, Node, Origin
from rfscope.network.reads import TransposedWindow, Whole, Window


def node(name: str, *inputs: str, **changes: Any) -> Node:
    return replace(Node(name=name, op="conv", reads=(Window(kernel=3),), inputs=inputs), **changes)


def network(*nodes: Node, **changes: Any) -> Network:
    outputs = changes.pop("outputs", (nodes[-1].name,) if nodes else ("a",))
    return Network(name="n", dims=changes.pop("dims", 1), nodes=nodes, outputs=outputs, **changes)


@pytest.mark.parametrize(
    ("nodes", "changes", "message"),
    [
        pytest.param([], {}, "without layers", id="nothing"),
        pytest.param([node("a", "input")], {"dims": 0}, "bad number of axes at n: got 0", id="no-axis"),
        pytest.param([node("a", "input")], {"dims": 2}, "wrong number of axes at a: got 1, expected 2", id="axes"),
        pytest.param([node("a")], {}, "a layer without inputs at a", id="no-inputs"),
        pytest.param([node("a", "b"), node("b", "input")], {}, "unknown input at a: got 'b'", id="wrong-order"),
        pytest.param([node("a", "a")], {}, "unknown input at a", id="reads-itself"),
        pytest.param([node("a", "input"), node("a", "input")], {}, "duplicate layer name at a", id="duplicate-name"),
        pytest.param([node("input", "input")], {}, "bad layer name: got 'input'", id="named-input"),
        pytest.param([node("", "input")], {}, "bad layer name", id="empty-name"),
        pytest.param([node("a\n::error::", "input")], {}, r"bad layer name: got a\?::error::", id="unclean-name"),
        pytest.param([node("a", "input")], {"outputs": ()}, "without outputs at n", id="no-outputs"),
        pytest.param([node("a", "input")], {"outputs": ("b",)}, "unknown output at n: got 'b'", id="unknown-output"),
        pytest.param([node("a", "input")], {"outputs": ("input",)}, "unknown output", id="input-as-output"),
        pytest.param([node("a", "input")], {"input": (1, 1)}, "wrong number of input sizes", id="sizes"),
        pytest.param([node("a", "input")], {"input": (-1,)}, "bad input size at n: got -1", id="negative-size"),
    ],
)
def test_bad_networks(nodes: list[Node], changes: dict[str, Any], message: str) -> None:
    with pytest.raises(NetworkError, match=message):
        network(*nodes, **changes)


@pytest.mark.parametrize(
    ("nodes", "outputs", "expected"),
    [
        pytest.param([node("a", "input")], ("a",), True, id="one"),
        pytest.param([node("a", "input"), node("b", "a")], ("b",), True, id="two"),
        pytest.param([node("a", "input"), node("b", "a")], ("a",), False, id="output-in-the-middle"),
        pytest.param([node("a", "input"), node("b", "a")], ("a", "b"), False, id="two-outputs"),
        pytest.param([node("a", "input"), node("b", "input")], ("b",), False, id="side-by-side"),
        pytest.param([node("a", "input"), node("b", "a", "input")], ("b",), False, id="merge"),
        pytest.param([node("a", "input", "input")], ("a",), False, id="input-twice"),
    ],
)
def test_is_chain(nodes: list[Node], outputs: tuple[str, ...], expected: bool) -> None:
    assert network(*nodes, outputs=outputs).is_chain is expected


def test_any_kind_of_read_is_a_layer() -> None:
    kinds = (Window(kernel=2), TransposedWindow(kernel=2, stride=2), Whole())
    found = network(node("a", "input", reads=kinds), dims=3)
    assert found.by_name["a"].reads == kinds


@pytest.mark.parametrize(
    ("limit", "window"),
    [("kernel", Window(kernel=4)), ("stride", Window(stride=4)), ("rate", Window(kernel=2, dilation=4))],
)
def test_limits_hold_for_each_layer(limit: str, window: Window) -> None:
    with limits.raised({limit: 3}), pytest.raises(LimitError, match=f"'{limit}' at a: got 4, expected at most 3"):
        network(node("a", "input", reads=(window,)))
    with limits.raised({limit: 4}):
        assert network(node("a", "input", reads=(window,))).is_chain


def test_a_layer_shows_what_it_is_in_a_few_signs() -> None:
    wide = Node(name="wide", op="conv", reads=(Window(kernel=3, dilation=2),) * 2, inputs=())
    assert repr(wide) == "<Node wide: 3x3, d2>"
    assert repr(replace(wide, name="", op="global", reads=(Whole(), Whole()))) == "<Node: global>"
    assert repr(replace(wide, reads=())) == "<Node wide: conv>"


def test_a_network_is_frozen_and_hashable() -> None:
    found = chain([1, 2])
    assert hash(found) == hash(chain([1, 2]))
    assert found == chain([1, 2]) != chain([1, 3])
    with pytest.raises(FrozenInstanceError):
        found.name = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        found.by_name["conv1"] = found.nodes[0]  # type: ignore[index]


@pytest.mark.parametrize(
    ("origin", "text"),
    [
        (Origin(file="net.toml"), "net.toml"),
        (Origin(file="net.toml", row=3), "net.toml:3"),
        (Origin(file="net.toml", row=3, column=1), "net.toml:3:1"),
    ],
)
def test_origin(origin: Origin, text: str) -> None:
    assert str(origin) == text


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, None, id="no-channels"),
        pytest.param({"in_channels": 8, "out_channels": 16}, 8 * 16 * 3, id="full"),
        pytest.param({"in_channels": 8, "out_channels": 16, "groups": 4}, 2 * 16 * 3, id="grouped"),
        pytest.param({"in_channels": 8, "out_channels": 8, "groups": 8}, 8 * 3, id="depthwise"),
        pytest.param({"in_channels": 8, "out_channels": 8, "reads": (Whole(),)}, None, id="no-window"),
    ],
)
def test_parameters(changes: dict[str, Any], expected: int | None) -> None:
    assert node("a", "input", **changes).parameters == expected


def test_what_was_worked_out_is_not_carried_along() -> None:
    network = chain([1, 2, 5])
    assert (network.is_chain, network.is_settled, len(network.local), len(network.by_name)) == (True, True, 4, 3)
    copy = pickle.loads(pickle.dumps(network))  # noqa: S301 - our own bytes
    assert copy == network
    assert network.by_name is network.by_name
    assert copy.by_name == network.by_name


def test_more_outputs_than_anybody_looks_at_are_refused() -> None:
    network = chain([1] * 300)
    with pytest.raises(LimitError, match=r"over the limit 'outputs' at .*: got 300, expected at most 256"):
        replace(network, outputs=tuple(network.by_name))
