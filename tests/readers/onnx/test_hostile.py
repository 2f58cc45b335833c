"""Files that are damaged, contradict themselves, or ask for too much: one clear line, exit code 2, nothing else."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rfscope.errors import RfscopeError, UnsupportedError
from rfscope.limits import raised
from rfscope.readers.onnx.file import parse
from tests.program import rfscope
from tests.readers.onnx.models import conv, model, node, ones, read

W = {"w": ones(1, 1, 3, 3)}


def good() -> bytes:
    data: bytes = model([conv("x w", "y")], weights=W).SerializeToString()
    return data


def of(*nodes: Any, shape: Any = (1, 1, 16, 16), weights: Any = None, opset: int = 21) -> bytes:
    data: bytes = model(nodes, shape, W if weights is None else weights, opset=opset).SerializeToString()
    return data


def external() -> bytes:
    from onnx import TensorProto

    made = model([node("Reshape", "x far", "a"), conv("a w", "y")], weights=W)
    far = made.graph.initializer.add(name="far", dims=[4], data_type=TensorProto.INT64)
    far.data_location = TensorProto.EXTERNAL
    for key, value in (("location", "../../../etc/passwd"), ("offset", "0"), ("length", "32")):
        far.external_data.add(key=key, value=value)
    data: bytes = made.SerializeToString()
    return data


def negative() -> bytes:
    made = model([conv("x w", "y")], weights=W)
    made.graph.initializer[0].dims[2] = -3
    data: bytes = made.SerializeToString()
    return data


def circle() -> bytes:
    return of(node("Add", "x b", "a"), node("Relu", "a", "b"), conv("b w", "y"))


def self_captured() -> bytes:
    """The shape of a Reshape that a graph inside of the operation that makes it reads."""
    from onnx import TensorProto, helper

    out = helper.make_tensor_value_info("z", TensorProto.INT64, None)
    graph = helper.make_graph([node("Relu", "s", "z")], "b", [], [out])
    return of(node("Shape", "x", "s", body=graph), node("Reshape", "x s", "y"))


def copying() -> bytes:
    """A constant of 256 KB in a function that is called 900 times: 30 calls of a function that calls it 30 times."""
    from onnx import TensorProto, helper

    value = helper.make_tensor("v", TensorProto.FLOAT, [2**16], bytes(2**18), raw=True)
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("own", 1)]
    inner = [node("Constant", "-", "c", value=value), node("Relu", "p", "s")]
    outer = [node("Inner", f"t{k}", f"t{k + 1}", domain="own") for k in range(30)]
    functions = [
        helper.make_function("own", "Inner", ["p"], ["s"], inner, opsets),
        helper.make_function("own", "Outer", ["t0"], ["t30"], outer, opsets),
    ]
    calls = [node("Outer", f"u{k}" if k else "x", f"u{k + 1}", domain="own") for k in range(30)]
    data: bytes = model(calls, functions=functions, domains=["own"]).SerializeToString()
    return data


def nested(depth: int) -> bytes:
    from onnx import TensorProto, helper

    graph = helper.make_graph(
        [node("Relu", "x", "r")], "g", [], [helper.make_tensor_value_info("r", TensorProto.FLOAT, None)]
    )
    for level in range(depth):
        inner = helper.make_node(
            "If", ["flag"], [f"r{level}"], then_branch=graph, else_branch=graph if level < 2 else None
        )
        out = helper.make_tensor_value_info(f"r{level}", TensorProto.FLOAT, None)
        graph = helper.make_graph([inner], "g", [], [out])
    made = model([node("Relu", "x", "y")], weights={"flag": ones(1).astype("bool")})
    made.graph.node[0].CopyFrom(graph.node[0])
    data: bytes = made.SerializeToString()
    return data


def field(number: int, data: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(data)) + data


def too_deep(depth: int) -> bytes:
    """Graphs inside of graphs: field 7 of a model, 1 of a graph, 5 of a node, 6 of an attribute."""
    graph = field(1, field(4, b"Relu"))
    for _ in range(depth):
        graph = field(1, field(4, b"If") + field(5, field(6, graph)))
    return b"\x08\x0a" + field(7, graph)


def varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "no ONNX model in the file"),
    "text": (lambda: b"not a model at all, but a text of some length\n", "not an ONNX file"),
    "truncated": (lambda: good()[:-20], "not an ONNX file"),
    "2^31 nodes claimed": (lambda: b"\x08\x0a\x3a" + varint(2**31) + b"\x0a\x00", "not an ONNX file"),
    "many empty nodes": (
        lambda: b"\x08\x0a\x3a" + varint(400_000) + b"\x0a\x00" * 200_000,
        "over the limit 'onnx-nodes'",
    ),
    "dilations 2^62 and -5": (lambda: of(conv("x w", "y", dilations=[2**62, -5])), "dilations"),
    "dilations 2^62": (lambda: of(conv("x w", "y", dilations=[2**62, 1])), "net.onnx"),
    "strides of 0": (lambda: of(conv("x w", "y", strides=[0, 0])), "strides"),
    "three strides": (lambda: of(conv("x w", "y", strides=[1, 1, 1])), "strides"),
    "a kernel of 0": (lambda: of(node("MaxPool", "x", "y", kernel_shape=[0, 2])), "kernel_shape"),
    "a kernel beyond the limit": (
        lambda: of(node("MaxPool", "x", "y", kernel_shape=[2000, 1]), shape=[1, 1, 4096, 9]),
        "'kernel'",
    ),
    "three pads": (lambda: of(conv("x w", "y", pads=[1, 1, 1])), "pads"),
    "pads of 2^62": (lambda: of(conv("x w", "y", pads=[2**62] * 4)), "net.onnx"),
    "a padding that is no word": (lambda: of(conv("x w", "y", auto_pad="ABOUT")), "auto_pad"),
    "a text for numbers": (lambda: of(conv("x w", "y", strides="many")), "strides"),
    "weights of another rank": (lambda: of(conv("x w", "y"), weights={"w": ones(1, 1, 3)}), "net.onnx"),
    "weights for other channels": (lambda: of(conv("x w", "y"), weights={"w": ones(1, 7, 3, 3)}), "net.onnx"),
    "an image of one dimension": (lambda: of(node("Relu", "x", "y"), shape=[16]), "no image among the inputs"),
    "an axis that is not there": (lambda: of(node("Concat", "x x", "y", axis=9)), "axis"),
    "an axis far beyond": (lambda: of(node("LayerNormalization", "x w", "y", axis=2**31)), "axis"),
    "weights of negative size": (negative, "negative size"),
    "a block of 0": (lambda: of(node("SpaceToDepth", "x", "y", blocksize=0)), "locksize"),
    "external data": (external, "the value of 'far' is not known"),
    "a circle": (circle, "a tensor that nothing before makes"),
    "a tensor made twice": (lambda: of(conv("x w", "y"), conv("x w", "y")), "a tensor made twice"),
    "an old opset": (lambda: of(conv("x w", "y"), opset=6), "opset not read"),
    "a future opset": (lambda: of(conv("x w", "y"), opset=10_000), "opset not read"),
    "huge sizes": (lambda: of(conv("x w", "y"), shape=[1, 1, 2**40, 2**40]), "over the limit 'axis'"),
    "a kernel beyond the image": (lambda: of(conv("x w", "y"), shape=[1, 1, 1, 1]), "the map becomes empty"),
    "a kernel just beyond the image": (lambda: of(conv("x w", "y"), shape=[1, 1, 2, 2]), "the map becomes empty"),
    "a channel count that is not told": (
        lambda: of(node("Relu", "x", "y"), shape=["n", None, 8, 8]),
        "how many channels",
    ),
    "nested graphs": (lambda: nested(12), "cannot follow If"),
    "graphs nested too deep": (lambda: too_deep(10_000), "not an ONNX file"),
    "a constant captured by what makes it": (self_captured, "a tensor that nothing before makes"),
    "parts that nothing splits into": (
        lambda: of(node("Split", "x", "a b c", axis=0, num_outputs=2), conv("a w", "y")),
        "num_outputs must be 3",
    ),
    "an attribute of another type": (lambda: of(node("Concat", "x x", "y", axis=1.0)), "axis must be of type INT"),
    "an attribute that is missing": (lambda: of(node("Concat", "x x", "y")), "axis is missing"),
    "too many inputs": (lambda: of(node("Relu", "x x", "y")), "it has 2 inputs, and must have 1"),
    "functions that copy a weight many times": (copying, "over the limit 'onnx-function-bytes'"),
    "nothing is computed": (lambda: of(node("Relu", "w", "y")), "no output depends on the image"),
}


@pytest.mark.parametrize("name", FILES)
def test_one_clear_line(name: str, tmp_path: Path) -> None:
    made, words = FILES[name]
    (tmp_path / "net.onnx").write_bytes(made())
    code, out, err = rfscope("analyze", "model", "net.onnx", cwd=tmp_path)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert words in err
    assert list(tmp_path.iterdir()) == [tmp_path / "net.onnx"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    expected = "error: no such file at net.onnx\n"
    assert rfscope("lint", "net.onnx", cwd=tmp_path) == (2, "", expected)


def test_a_file_beyond_the_limit(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(good())
    code, _, err = rfscope("--limit", "onnx-bytes=100", "analyze", "model", "net.onnx", cwd=tmp_path)
    assert (code, "onnx-bytes" in err) == (2, True)


def test_weights_in_other_files_are_never_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from onnx import TensorProto

    made = model([conv("x w", "y")], weights=W)
    made.graph.initializer[0].ClearField("raw_data")
    made.graph.initializer[0].data_location = TensorProto.EXTERNAL
    made.graph.initializer[0].external_data.add(key="location", value="weights.bin")
    monkeypatch.chdir(tmp_path)
    assert read(made).nodes[0].reads[0].kernel == 3  # type: ignore[union-attr] # a window


def test_damaged_bytes_are_one_error_or_none() -> None:
    """Bytes changed at random: whatever they say then, it is refused in one line or read."""
    chance = random.Random(1)  # noqa: S311 - not for secrets
    bases = [good(), of(node("Resize", "x - s", "y"), weights={"s": ones(4)}), circle(), nested(3)]
    bases += [of(node("Reshape", "x s", "a"), conv("a w", "y"), weights={**W, "s": ones(4).astype("int64")})]
    for _ in range(1500):
        data = bytearray(chance.choice(bases))
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with contextlib.suppress(RfscopeError), raised({"axis": 2**16}):
            read(parse(bytes(data), "net.onnx"))


def chained(count: int, **names: Any) -> list[Any]:
    """Pooling layers in a row, with a name from each function for the layers before the last."""
    places = ["x", *(f"t{k}" for k in range(count))]
    return [node("MaxPool", places[k], places[k + 1], kernel_shape=[1, 1], name=names["name"](k)) for k in range(count)]


def test_the_path_of_a_module_may_have_many_parts() -> None:
    name = "/" + "a/" * 50_000 + "Relu"
    nodes = [conv("x w", "a", name=name), conv("a w", "y")]
    assert len(read(model(nodes, weights=W)).nodes) == 2


def test_names_that_look_numbered_are_no_recursion() -> None:
    """Each name is that which the second layer of the name before would get."""
    names = ["a" + ".2" * k for k in range(1500)] + ["a"]
    network = read(model(chained(len(names), name=names.__getitem__)))
    assert len({one.name for one in network.nodes}) == len(names)


@pytest.mark.parametrize("ways", ["reshaped", "turned"])
def test_an_output_that_is_the_image_is_read(ways: str) -> None:
    """Each of its elements is one pixel."""
    import numpy as np

    weights = {"s": np.array([16, 16]), "t": np.array([1, 1, 16, 16])}
    nodes = [node("Reshape", "x s", "a"), node("Transpose", "a", "b", perm=[1, 0]), node("Reshape", "b t", "y")]
    network = read(model(nodes[:1] if ways == "reshaped" else nodes, weights=weights))
    [only] = network.nodes
    assert (only.op, only.inputs, only.is_unknown) == ("pointwise", ("input",), False)


def test_a_handler_that_fails_is_an_unknown_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    from rfscope.readers.onnx.operations import HANDLERS

    monkeypatch.setitem(HANDLERS, "Relu", lambda _tracer, call: call.results[9])
    made = model([node("Relu", "x", "y")])
    assert [one.is_unknown for one in read(made, allow_unknown=True).nodes] == [True]
    with pytest.raises(UnsupportedError, match=r"cannot follow Relu .its arguments are not followed: IndexError"):
        read(made)
