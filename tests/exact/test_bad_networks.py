"""Networks that cannot be analyzed, or of which not everything is known: what is said, word for word."""

from __future__ import annotations

from typing import Any

import pytest

from rfscope import limits
from rfscope.errors import LimitError, NetworkError, RfscopeError
from tests.exact.writing import Layer, field_of, found_in, layer, network

# What cannot be analyzed

STRIDED = layer("b", "a", stride=2, padding=1)
BAD: dict[str, tuple[dict[str, Any], type[RfscopeError], str]] = {
    "strides": (
        network(layer("a", "input"), STRIDED, layer("sum", "a", "b", op="add")),
        NetworkError,
        "a merge of different strides at net.json:1:195, sum: got 1, 2, expected one effective stride",
    ),
    "sizes": (
        network(layer("a", "input", padding=0), layer("sum", "a", "input", op="add"), input=[9, 8]),
        NetworkError,
        "a merge of different sizes at net.json:1:104, sum: got a 7x6, input 9x8, expected inputs of one size",
    ),
    "empty map": (
        network(layer("a", "input", padding=0, dilation=4), input=[9, 8]),
        NetworkError,
        (
            "the map becomes empty at net.json:1:27, a: got an input of 9x8, expected one as large as the covered "
            "kernel; enlarge the network's input, or the padding"
        ),
    ),
    "no size for align_corners": (
        network(layer("up", "input", op="resize", scale=2, mode="linear", align_corners=True)),
        NetworkError,
        (
            "operation 'resize' depends on the input's size at net.json:1:27, up: got align_corners=True, which fits "
            "the corners of two maps; give it: input, or --input"
        ),
    ),
    "no size for a size": (
        network(layer("up", "input", op="resize", size=9)),
        NetworkError,
        (
            "operation 'resize' depends on the input's size at net.json:1:27, up: got a size to resize to; give it: "
            "input, or --input"
        ),
    ),
    "a cycle": (
        network(layer("a", "b"), layer("b", "a")),
        NetworkError,
        "a cycle at net.json:1:27: got a -> b -> a, expected layers that lead from the input to the outputs",
    ),
    "a dangling input": (
        network(layer("a", "c")),
        NetworkError,
        "unknown layer at net.json:1:55, layers[0].inputs: got 'c', expected the name of a layer",
    ),
    "too many phases": (
        network(*[layer(f"u{n}", f"u{n - 1}" if n else "input", op="pixel_shuffle", factor=300) for n in range(3)]),
        LimitError,
        (
            "over the limit 'phases': got 90000, expected at most 65536; raise it with --limit phases=N, or "
            "rfscope.limits.raised in Python, if this is meant"
        ),
    ),
}


@pytest.mark.parametrize(("spec", "kind", "text"), BAD.values(), ids=BAD)
def test_bad(spec: dict[str, Any], kind: type[RfscopeError], text: str) -> None:
    with pytest.raises(kind) as caught:
        found_in(spec)
    assert str(caught.value) == text


def test_a_map_over_the_limit_is_refused_and_the_field_is_not() -> None:
    spec = network(layer("a", "input", dilation=100), layer("sum", "a", "input", op="add"))
    with limits.raised({"cells": 40_000}):
        found = found_in(spec)
        assert field_of(found).size == 201
        with pytest.raises(LimitError) as caught:
            _ = found.output.counts
    assert str(caught.value) == (
        "over the limit 'cells' at a: got 40401, expected at most 40000; raise it with --limit cells=N, or "
        "rfscope.limits.raised in Python, if this is meant"
    )
    with limits.raised({"cells": 40_401}):
        assert found_in(spec).output.counts.paths == 10


def test_where_an_output_is_asked_for_that_is_not_there() -> None:
    spec = network(layer("a", "input"), input=[9, 8])
    with pytest.raises(RfscopeError, match="no such output position at a: got 9x7, expected a position in 9x8"):
        _ = found_in(spec, position=(9, 7)).output
    with pytest.raises(RfscopeError, match="wrong length of the output position: got 1, expected 2, one per axis"):
        found_in(spec, position=(9,))


# Strides whose padding depends on a size that is not known


UNKNOWN: dict[str, tuple[dict[str, Any], list[int | None]]] = {
    "a convolution": (network(layer("a", "input", stride=2), dims=1), [3]),
    "and another": (network(layer("a", "input", stride=2), layer("b", "a"), dims=1), [7]),
    "the larger of two branches": (
        network(
            layer("a", "input", kernel=3, stride=2),
            layer("b", "input", kernel=7, stride=2),
            layer("sum", "a", "b", op="add"),
            dims=1,
        ),
        [7],
    ),
    "up again": (
        network(layer("a", "input", stride=2), layer("up", "a", op="resize", scale=2), dims=1),
        [3, 3],
    ),
    "up again and mixed": (
        network(layer("a", "input", stride=2), layer("up", "a", op="resize", scale=2), layer("c", "up"), dims=1),
        [5, 5],
    ),
}


@pytest.mark.parametrize(("spec", "sizes"), UNKNOWN.values(), ids=UNKNOWN)
def test_the_size_is_known_where_the_start_is_not(spec: dict[str, Any], sizes: list[int | None]) -> None:
    """A size that is said must be the one that every input size leads to (at merges: the largest branch's)."""
    field = field_of(found_in(spec))
    assert {phase.start for phase in field.phases} == {None}
    said = [phase.size for phase in field.phases]
    assert said in (sizes, [None] * len(sizes))
    if "sum" not in field_names(spec):
        for size in (16, 17):
            assert [phase.size for phase in field_of(found_in(spec, input=[size])).phases] == sizes


def field_names(spec: dict[str, Any]) -> list[str]:
    return [one["name"] for one in spec["layers"]]


# Sizes that frameworks agree on


@pytest.mark.parametrize(
    ("spec", "size"),
    [
        pytest.param(layer("p", "input", op="pool", kernel=3, stride=2, ceil_mode=True), 2, id="ceil-below-kernel"),
        pytest.param(layer("p", "input", op="pool", kernel=3, stride=2, ceil_mode=True), 6, id="ceil"),
        pytest.param(layer("p", "input", op="pool", kernel=2, stride=3, ceil_mode=True), 6, id="ceil-beyond-map"),
        pytest.param(
            layer("p", "input", op="pool", kernel=2, stride=2, padding=1, ceil_mode=True), 5, id="ceil-padded"
        ),
    ],
)
def test_pooling_sizes_are_those_of_torch(spec: Layer, size: int) -> None:
    torch = pytest.importorskip("torch")
    pool = torch.nn.MaxPool1d(spec["kernel"], spec["stride"], spec.get("padding", 0), ceil_mode=True)
    found = found_in(network(spec, dims=1), input=[size])
    assert (found.sizes or {})["p"] == tuple(pool(torch.zeros(1, 1, size)).shape[2:])
