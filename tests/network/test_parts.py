from __future__ import annotations

from dataclasses import replace

import pytest

from rfscope.errors import NetworkError
from rfscope.network.build import assemble, conv
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.parts import ancestors, between, find, one_axis, part_of, up_to
from rfscope.network.reads import IDENTITY
from rfscope.network.sizes import settle


def add(name: str, *inputs: str) -> Node:
    return Node(name=name, op="add", reads=(IDENTITY,) * 2, inputs=inputs)


def network() -> Network:
    """A stem, two residual blocks of a stage, and a head; beside them an auxiliary head."""
    return assemble(
        "net",
        [
            conv("stem", kernel=(7, 5)),
            conv("stage.0.conv", inputs=["stem"]),
            add("stage.0.add", "stage.0.conv", "stem"),
            conv("stage.1.conv", inputs=["stage.0.add"]),
            add("stage.1.add", "stage.1.conv", "stage.0.add"),
            conv("aux", inputs=["stage.0.add"]),
            add("head", "stage.1.add", "stem"),
        ],
        outputs=["head", "aux"],
        input=[32, 16],
    )


def names(found: Network) -> list[str]:
    return [node.name for node in found.nodes]


def test_what_leads_to_a_node() -> None:
    assert ancestors(network(), "aux") == {"input", "stem", "stage.0.conv", "stage.0.add", "aux"}
    found = up_to(network(), "aux")
    assert (names(found), found.outputs) == (["stem", "stage.0.conv", "stage.0.add", "aux"], ("aux",))


def test_one_axis() -> None:
    found = one_axis(network(), 1)
    assert (found.dims, found.input) == (1, (16,))
    assert found.nodes[0].reads == network().nodes[0].reads[1:]


@pytest.mark.parametrize(
    ("entry", "exit", "inside", "left_out"),
    [
        pytest.param("stem", "stage", ["stage.0.conv", "stage.0.add", "stage.1.conv", "stage.1.add"], (), id="stage"),
        pytest.param("stage.0", "head", ["stage.1.conv", "stage.1.add", "head"], ("stem",), id="passed-by"),
        pytest.param("input", "stem", ["stem"], (), id="from-the-input"),
        pytest.param("stage.0.conv", "stage.0", ["stage.0.add"], ("stem",), id="a-merge"),
    ],
)
def test_between(entry: str, exit: str, inside: list[str], left_out: tuple[str, ...]) -> None:
    found = between(network(), entry, exit)
    assert names(found) == inside
    assert found.left_out == left_out
    assert found.outputs == (inside[-1],)
    assert found.input == settle(network()).sizes[find(network(), entry)]  # type: ignore[index]
    assert between(replace(network(), input=None), entry, exit).input is None
    known = {INPUT, *inside}
    assert all(set(node.inputs) <= known for node in found.nodes)


@pytest.mark.parametrize(
    ("entry", "exit", "text"),
    [
        pytest.param("head", "stem", "nothing lies between at net: got head and stem, expected a path", id="backwards"),
        pytest.param("stem", "stem", "nothing lies between at net: got stem and stem, expected a path", id="nothing"),
        pytest.param("aux", "head", "nothing lies between at net: got aux and head, expected a path", id="beside"),
        pytest.param(
            "stam",
            "head",
            "unknown layer at net: got 'stam', expected a layer or a module; did you mean 'stem'?",
            id="typo",
        ),
    ],
)
def test_nothing_between(entry: str, exit: str, text: str) -> None:
    with pytest.raises(NetworkError) as caught:
        between(network(), entry, exit)
    assert str(caught.value) == text


def test_a_part_by_its_output_by_its_ends_or_both() -> None:
    assert part_of(network()) == network()
    assert part_of(network(), "aux") == up_to(network(), "aux")
    assert part_of(network(), among=("stem", "stage")) == between(network(), "stem", "stage")
    found = part_of(network(), "stage.0", ("stem", "head"))
    assert (names(found), found.outputs) == (["stage.0.conv", "stage.0.add"], ("stage.0.add",))


@pytest.mark.parametrize(
    ("name", "found"), [("stage", "stage.1.add"), ("stage.0", "stage.0.add"), ("aux", "aux"), ("input", "input")]
)
def test_a_module_stands_for_its_last_node(name: str, found: str) -> None:
    assert find(network(), name) == found


def test_a_name_that_only_begins_like_a_module_is_not_it() -> None:
    with pytest.raises(NetworkError, match="unknown layer"):
        find(network(), "stag")
