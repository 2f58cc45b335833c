"""Whole graphs: sizes that are open, names, functions, shapes that are worked out, operations that are not known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rfscope.errors import RfscopeError, TargetError, UnsupportedError
from rfscope.network.reads import Table, Whole, Window
from rfscope.readers.onnx.names import module_path
from tests.program import rfscope
from tests.readers.onnx.models import conv, model, node, ones, read

W = {"w": ones(1, 1, 3, 3)}


def integers(*numbers: int) -> Any:
    import numpy as np

    return np.array(numbers, np.int64)


def names(network: Any) -> list[str]:
    return [one.name for one in network.nodes]


# Sizes


def test_nothing_depends_on_the_size() -> None:
    network = read(model([conv("x w", "a"), node("Relu", "a", "y")], weights=W))
    assert (network.input, network.outputs) == (None, ("a",))


def test_an_open_size_and_an_open_batch() -> None:
    network = read(model([conv("x w", "y")], ["batch", 1, "height", None], W))
    assert network.input is None
    assert read(model([conv("x w", "y")], [None, None, None, None], W), (32, 20)).input == (32, 20)


def test_same_padding_with_a_stride_has_the_size_of_the_file() -> None:
    strided = [conv("x w", "y", auto_pad="SAME_UPPER", strides=[2, 2])]
    assert read(model(strided, [1, 1, 16, 16], W)).input == (16, 16)
    unsized = read(model(strided, [1, 1, "h", "w"], W))
    assert unsized.input is None
    assert unsized.nodes[0].reads == (Window(kernel=3, stride=2, padding="same"),) * 2
    assert read(model(strided, [1, 1, 16, 16], W), (40, 40)).input == (40, 40)


def test_corners_that_coincide_have_the_size_of_the_file() -> None:
    sizes = {"s": integers(1, 1, 31, 31)}
    resized = [node("Resize", "x - - s", "y", mode="linear", coordinate_transformation_mode="align_corners")]
    assert read(model(resized, weights=sizes)).input == (16, 16)


def shaped() -> list[Any]:
    return [
        node("Shape", "x", "s"),
        node("Gather", "s two", "h"),
        node("Div", "h two", "half"),
        node("Unsqueeze", "half zero", "stop"),
    ]


INDICES = {"two": integers(2).reshape(()), "zero": integers(0), "axis": integers(2)}


def test_places_that_are_worked_out_from_the_size_need_it() -> None:
    crop = [*shaped(), node("Slice", "x stop big axis", "a"), conv("a w", "y")]
    weights = {**INDICES, **W, "big": integers(1000)}
    found = read(model(crop, weights=weights))
    assert (found.input, found.nodes[0].reads[0]) == ((16, 16), Window(padding=(-8, 0)))
    assert read(model(crop, ["n", 1, "h", "w"], weights), (20, 20)).nodes[0].reads[0] == Window(padding=(-10, 0))
    with pytest.raises(UnsupportedError, match="depends on the input's size"):
        read(model(crop, ["n", 1, "h", "w"], weights))


def test_what_is_cut_behind_needs_no_size() -> None:
    crop = [*shaped(), node("Slice", "x zero stop axis", "a"), conv("a w", "y")]
    found = read(model(crop, weights={**INDICES, **W}))
    assert found.input is None


def test_reshaping_by_a_shape_that_is_worked_out() -> None:
    nodes = [
        node("Shape", "x", "s"),
        node("Slice", "s zero two", "front"),
        node("Concat", "front rest", "shape", axis=0),
        node("Reshape", "x shape", "flat"),
        node("ReduceMean", "flat axis", "y"),
    ]
    weights = {"zero": integers(0), "two": integers(2), "rest": integers(-1), "axis": integers(2)}
    [found] = read(model(nodes, ["n", 4, "h", "w"], weights)).nodes
    assert (found.op, found.reads) == ("global", (Whole(), Whole()))


# What elements are moved by


def test_windows_by_reshaping_and_transposing() -> None:
    nodes = [
        node("Reshape", "x shape", "a"),
        node("Transpose", "a", "b", perm=[0, 1, 3, 5, 2, 4]),
        node("Reshape", "b back", "c"),
        conv("c w", "y"),
    ]
    weights = {"shape": integers(1, 1, 8, 2, 8, 2), "back": integers(1, 4, 8, 8), "w": ones(2, 4, 3, 3)}
    found = read(model(nodes, weights=weights))
    assert [(one.op, one.reads[0]) for one in found.nodes] == [
        ("pixel_unshuffle", Window(kernel=2, stride=2)),
        ("conv", Window(kernel=3)),
    ]


def test_an_image_whose_channels_come_last() -> None:
    nodes = [
        node("Transpose", "x", "a", perm=[0, 3, 1, 2]),
        conv("a w", "b"),
        node("Transpose", "b", "y", perm=[0, 2, 3, 1]),
    ]
    found = read(model(nodes, [None, 20, 24, 3], {"w": ones(4, 3, 3, 5)}))
    assert [one.reads for one in found.nodes] == [(Window(kernel=3), Window(kernel=5))]
    assert found.nodes[0].in_channels == 3


SLICES: dict[str, Callable[[], Any]] = {
    "opset 9": lambda: ([node("Slice", "x", "a", starts=[1], ends=[-1], axes=[2])], {}, 9),
    "opset 10": lambda: (
        [node("Slice", "x b e axes", "a")],
        {"b": integers(1), "e": integers(-1), "axes": integers(-2)},
        10,
    ),
    "split": lambda: ([node("Split", "x parts", "z a q", axis=2)], {"parts": integers(1, 14, 1)}, 13),
    "split of opset 11": lambda: ([node("Split", "x", "z a q", axis=-2, split=[1, 14, 1])], {}, 11),
    "gather": lambda: ([node("Gather", "x rows", "a", axis=2)], {"rows": integers(*range(1, 15))}, 13),
}


@pytest.mark.parametrize("name", SLICES)
def test_slices(name: str) -> None:
    nodes, weights, opset = SLICES[name]()
    found = read(model([*nodes, conv("a w", "y")], weights={**weights, **W}, opset=opset))
    assert found.nodes[0].reads[0] == Window(padding=(-1, -1))


def test_every_other_row_and_rows_turned_round() -> None:
    weights = {"b": integers(-1), "e": integers(-17), "axes": integers(2), "step": integers(-2), "w": W["w"]}
    found = read(model([node("Slice", "x b e axes step", "a"), conv("a w", "y")], weights=weights), (16, 16))
    flipped, cut, _ = found.nodes
    assert isinstance(flipped.reads[0], Table)
    assert cut.reads[0] == Window(stride=2, padding=(0, -1))


def test_merges_and_concatenation_of_constants() -> None:
    nodes = [conv("x w", "a", pads=[1] * 4), node("Mul", "a x", "b"), node("Concat", "b a c", "y", axis=1)]
    found = read(model(nodes, weights={**W, "c": ones(1, 2, 16, 16)}))
    assert [(one.op, one.inputs) for one in found.nodes] == [
        ("conv", ("input",)),
        ("multiply", ("a", "input")),
        ("concat", ("b", "a")),
    ]


REDUCED: dict[str, Callable[[], Any]] = {
    "attribute": lambda: ([node("ReduceMean", "x", "y", axes=[2, 3])], {}, 11),
    "input": lambda: ([node("ReduceMean", "x a", "y", keepdims=0)], {"a": integers(-1, -2)}, 18),
    "all": lambda: ([node("ReduceMax", "x", "y")], {}, 13),
    "global pool": lambda: ([node("GlobalMaxPool", "x", "y")], {}, 13),
    "flatten and linear": lambda: (
        [node("Flatten", "x", "a"), node("Gemm", "a w", "y", transB=1)],
        {"w": ones(5, 256)},
        13,
    ),
    "matmul over a row": lambda: ([node("MatMul", "x w", "y")], {"w": ones(16, 5)}, 13),
    "softmax over all": lambda: ([node("Softmax", "x", "y", axis=1)], {}, 11),
    "einsum": lambda: ([node("Einsum", "x w", "y", equation="nchw,wk->nchk")], {"w": ones(16, 5)}, 13),
}


@pytest.mark.parametrize("name", REDUCED)
def test_what_reads_everything(name: str) -> None:
    nodes, weights, opset = REDUCED[name]()
    assert read(model(nodes, weights=weights, opset=opset)).nodes[-1].is_global


NORMS: dict[str, Callable[[], Any]] = {
    "instance": lambda: node("InstanceNormalization", "x s s", "y"),
    "group": lambda: node("GroupNormalization", "x s s", "y", num_groups=1),
    "layer": lambda: node("LayerNormalization", "x r", "y", axis=1),
    "mean and variance": lambda: node("MeanVarianceNormalization", "x", "y"),
}


@pytest.mark.parametrize("name", NORMS)
def test_norms_read_statistics_beside_the_position(name: str) -> None:
    found = read(model([NORMS[name]()], weights={"s": ones(1), "r": ones(1, 16, 16)}))
    assert [(one.op, one.is_global) for one in found.nodes] == [("norm", True), ("multiply", False)]


def test_norms_over_channels_read_their_position_alone() -> None:
    nodes = [node("LRN", "x", "a", size=3), node("BatchNormalization", "a s s s s", "b"), conv("b w", "y")]
    assert len(read(model(nodes, weights={**W, "s": ones(1)})).nodes) == 1


def test_recurrence_reads_its_sequence() -> None:
    weights = {"w": ones(1, 12, 4), "r": ones(1, 12, 3), "order": integers(2, 0, 1)}
    nodes = [node("Transpose", "x", "a", perm=[2, 0, 1]), node("LSTM", "a w r", "b", hidden_size=3)]
    [found] = read(model(nodes, [1, 4, 32], weights)).nodes
    assert (found.op, found.is_global, found.reads) == ("recurrence", True, (Whole(ahead=False),))
    nodes[1] = node("LSTM", "a w r", "b", hidden_size=3, direction="reverse")
    [found] = read(model(nodes, [1, 4, 32], weights)).nodes
    assert found.reads == (Whole(),)


def test_attention_reads_all_positions() -> None:
    nodes = [
        node("Reshape", "x rows", "a"),
        node("Transpose", "a", "b", perm=[0, 2, 1]),
        node("Attention", "b b b", "y", q_num_heads=2, kv_num_heads=2),
    ]
    [found] = read(model(nodes, [1, 8, 6, 6], {"rows": integers(1, 8, 36)}, opset=23)).nodes
    assert (found.op, found.is_global) == ("attention", True)


# Names


def test_names_of_traced_exports() -> None:
    assert module_path("/encoder/encoder.0/conv/conv.1/conv.1.0/Conv") == "encoder.0.conv.1.0"
    nodes = [conv("x w", "a"), node("Relu", "a", "b"), node("Add", "b c", "y")]
    for one, name in zip(nodes, ["/stem/conv/Conv", "/stem/Relu", "/Add"], strict=True):
        one.name = name
    side = conv("x v", "c")
    network = read(model([side, *nodes], weights={**W, "v": ones(1, 1, 3, 3)}))
    assert names(network) == ["c", "stem.conv", "add"]


def test_names_from_weights_and_metadata() -> None:
    first, second = conv("x stem.0.weight", "a"), conv("a w", "y")
    entry = second.metadata_props.add()
    entry.key, entry.value = "pkg.torch.onnx.name_scopes", "['', 'head', 'head.out', 'conv2d_1']"
    network = read(model([first, second], weights={**W, "stem.0.weight": ones(1, 1, 3, 3)}))
    assert names(network) == ["stem.0", "head.out"]


def test_names_are_cleaned_and_numbered() -> None:
    first, second = conv("x w", "a"), conv("a w", "y")
    first.name = second.name = "x\n::error::"
    assert names(read(model([first, second], weights=W))) == ["x?::error::", "x?::error::.2"]


# Functions and graphs inside


def function(name: str, nodes: list[Any], attributes: list[str] | None = None, domains: tuple[str, ...] = ()) -> Any:
    from onnx import helper

    imports = [helper.make_opsetid("", 21), *(helper.make_opsetid(domain, 1) for domain in domains)]
    return helper.make_function("mine", name, ["x", "w"], ["y"], nodes, imports, attributes or [])


def test_functions_are_written_out() -> None:
    from onnx import AttributeProto

    rated = conv("x w", "a")
    rated.attribute.append(AttributeProto(name="dilations", ref_attr_name="rate", type=AttributeProto.INTS))
    inner = function("Twice", [rated, conv("a w", "y")], ["rate"])
    outer = [
        node("Twice", "x w", "b", domain="mine", rate=[3, 3]),
        node("Twice", "b w", "y", domain="mine", rate=[2, 2]),
    ]
    found = read(model(outer, [1, 1, 32, 32], W, functions=[inner], domains=["mine"]))
    assert [one.reads[0].dilation for one in found.nodes if isinstance(one.reads[0], Window)] == [3, 1, 2, 1]


def test_functions_that_call_each_other_are_refused() -> None:
    looping = function("Loop", [node("Loop", "x w", "y", domain="mine")], domains=("mine",))
    made = model([node("Loop", "x w", "y", domain="mine")], weights=W, functions=[looping], domains=["mine"])
    with pytest.raises(TargetError, match="in a circle"):
        read(made)


def test_functions_that_grow_without_end_are_refused() -> None:
    grown = [function("F0", [conv("x w", "y", pads=[1] * 4)])]
    for level in range(1, 40):
        twice = [node(f"F{level - 1}", "x w", "a", domain="mine"), node(f"F{level - 1}", "a w", "y", domain="mine")]
        grown.append(function(f"F{level}", twice, domains=("mine",)))
    made = model([node("F39", "x w", "y", domain="mine")], weights=W, functions=grown, domains=["mine"])
    with pytest.raises(RfscopeError, match="onnx-nodes"):
        read(made)


def branching(captured: str) -> Any:
    from onnx import TensorProto, helper

    def branch(op: str) -> Any:
        made = [helper.make_node(op, [captured], ["inside"])]
        return helper.make_graph(made, op, [], [helper.make_tensor_value_info("inside", TensorProto.FLOAT, None)])

    return node("If", "flag", "a", then_branch=branch("Relu"), else_branch=branch("Neg"))


def test_graphs_inside_are_unknown_by_name_even_if_only_they_read_the_image() -> None:
    import numpy as np

    body = branching("x").attribute[0].g
    made = model(
        [node("Loop", "n flag", "a", body=body), conv("a w", "y")],
        weights={**W, "n": integers(3), "flag": np.array(True)},
    )
    with pytest.raises(UnsupportedError, match=r"cannot follow Loop \(the operation is not known\)"):
        read(made)
    first, second = read(made, allow_unknown=True).nodes
    assert (first.op, first.is_unknown, second.op, second.inputs) == ("Loop", True, "conv", ("a",))


def test_operations_of_other_domains_are_unknown_by_name() -> None:
    made = model([node("Fancy", "x", "y", domain="com.example")], domains=["com.example"])
    with pytest.raises(UnsupportedError, match=r"cannot follow com\.example::Fancy"):
        read(made)


def test_what_does_not_depend_on_the_image_is_a_constant() -> None:
    import numpy as np

    side = [node("Loop", "n flag", "many", body=branching("w").attribute[0].g), node("NonMaxSuppression", "w w", "c")]
    made = model([*side, conv("x w", "y")], weights={**W, "n": integers(3), "flag": np.array(True)})
    assert names(read(made)) == ["y"]


# The program


def test_the_program_reads_a_file(tmp_path: Path) -> None:
    made = model([conv("x w", "a", dilations=[2, 2]), conv("a w", "y", dilations=[2, 2])], [1, 1, "h", "w"], W)
    (tmp_path / "net.onnx").write_bytes(made.SerializeToString())
    answer = rfscope("lint", "net.onnx", "--output-format", "concise", cwd=tmp_path)
    assert (answer.code, answer.err) == (1, "")
    assert "net.onnx" in answer.out
    assert "RFS101" in answer.out


# Several inputs


def of_two(of: str | None, shape: Any = (1, 1, 16, 16), input: Any = None) -> Any:
    """Two convolutions at different rates, each of its own input, added up."""
    from onnx import TensorProto, helper

    from rfscope.readers.onnx import found_in

    nodes = [conv("x w", "a", pads=[1] * 4), conv("y w", "b", pads=[3] * 4, dilations=[3, 3]), node("Add", "a b", "z")]
    made = model(nodes, weights=W)
    made.graph.input.append(helper.make_tensor_value_info("y", TensorProto.FLOAT, list(shape)))
    return found_in(made, file="two.onnx", of=of, input=input)


@pytest.mark.parametrize("input", [None, (16, 16)])
def test_each_of_several_inputs_is_read_for_itself(input: Any) -> None:
    first, second = of_two(None, input=input), of_two("y", input=input)
    assert (first.network.name, names(first.network)) == ("two of x", ["a"])
    assert (second.network.name, names(second.network)) == ("two of y", ["b"])
    assert second.network.nodes[0].reads == (Window(kernel=3, dilation=3, padding=(3, 3)),) * 2
    assert first.provenance.inputs == ("x", "y")
    assert first.provenance.notes == ("This is what it reads of its input x alone; for y, add --of y.",)


def test_an_input_without_positions_is_none_to_ask_for() -> None:
    assert of_two(None, shape=(1, 1, 1, 1)).network.name == "two"
    with pytest.raises(TargetError, match=r"no such input at two\.onnx: got 'y', expected x, its only one"):
        of_two("y", shape=(1, 1, 1, 1))


def test_the_input_is_chosen_on_the_command_line(tmp_path: Path) -> None:
    from onnx import TensorProto, helper, save

    made = model(
        [conv("x w", "a"), conv("y w", "b", dilations=[2, 2], pads=[1] * 4), node("Add", "a b", "z")], weights=W
    )
    made.graph.input.append(helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1, 16, 16]))
    save(made, tmp_path / "two.onnx")
    answer = rfscope("lint", "two.onnx", "--of", "y", cwd=tmp_path)
    assert (answer.code, "error[RFS101] holes" in answer.out) == (1, True)
    assert rfscope("lint", "two.onnx", cwd=tmp_path).code == 0
