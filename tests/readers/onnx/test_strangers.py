"""Files as strangers have them: what cannot be followed stays where it is, and each thing is called what it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import rfscope as rf
from rfscope.errors import RfscopeError, UnsupportedError
from rfscope.exact.analysis import analyze
from rfscope.network.graph import Network
from rfscope.network.parts import one_axis
from rfscope.network.reads import Whole, Window
from rfscope.readers.onnx import found_in
from rfscope.text import words
from tests.program import rfscope
from tests.readers.onnx.models import conv, model, node, ones, read

W = {"w": ones(1, 1, 3, 3)}
SAME = {"pads": [1] * 4}


def integers(*numbers: int) -> Any:
    import numpy as np

    return np.array(numbers, np.int64)


def written(folder: Path, made: Any) -> str:
    (folder / "net.onnx").write_bytes(made.SerializeToString())
    return str(folder / "net.onnx")


def ops(network: Network) -> list[str]:
    return [one.op for one in network.nodes]


# A refusal stays where it is


def with_unknown(shape: Any = (1, 1, 16, 16)) -> Any:
    nodes = [conv("x w", "a"), conv("a w", "b"), node("Fancy", "b", "c", domain="mine"), conv("c w", "y")]
    return model(nodes, shape, W, domains=["mine"])


@pytest.mark.parametrize("shape", [(1, 1, 16, 16), (1, 1, "h", "w")], ids=str)
@pytest.mark.parametrize(
    ("words", "size"), [(["--node", "a"], 3), (["--node", "b"], 5), (["--between", "a", "b"], 3)], ids=str
)
def test_a_part_before_what_is_unknown_is_answered(words: list[str], size: int, shape: Any, tmp_path: Path) -> None:
    answer = rfscope("analyze", "model", written(tmp_path, with_unknown(shape)), *words, "--json")
    assert (answer.code, answer.err) == (0, "")
    [axis, _] = json.loads(answer.out)["outputs"][0]["axes"]
    assert (axis["size"], axis["lower_bound"]) == (size, False)


@pytest.mark.parametrize("part", [{"output": "y"}, {"between": ("a", "y")}, {"between": ("c", "y")}], ids=str)
def test_a_part_behind_what_is_unknown_is_refused_by_its_name(part: Any, tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match=r"cannot follow mine::Fancy \(the operation is not known\)"):
        rf.analyze(written(tmp_path, with_unknown()), **part)


def test_specs_and_modules_are_answered_before_what_is_unknown(tmp_path: Path) -> None:
    import torch

    class Sampled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem = torch.nn.Conv2d(1, 1, 5)

        def forward(self, x: Any) -> Any:
            x = self.stem(x)
            return torch.nn.functional.grid_sample(x, x[:, :, :, :2].expand(-1, x.shape[2], -1, 2), align_corners=True)

    assert rf.analyze(Sampled(), output="stem").output.size == (5, 5)
    spec = 'rfscope = 1\n[[layers]]\nop = "conv"\nkernel = 3\n[[layers]]\nop = "mystery"\nname = "m"\n'
    (tmp_path / "net.toml").write_text(spec)
    assert rf.analyze(str(tmp_path / "net.toml"), output="conv1").output.size == (3, 3)
    with pytest.raises(RfscopeError, match="mystery"):
        rf.analyze(str(tmp_path / "net.toml"), output="m")


# What is unknown is not global


def test_nothing_is_said_to_see_everything_that_is_unknown(tmp_path: Path) -> None:
    first = model([node("Fancy", "x", "c", domain="mine"), conv("c w", "y")], weights=W, domains=["mine"])
    text = " ".join(rfscope("analyze", "model", written(tmp_path, first), "--allow-unknown").out.split())
    assert "It is not known what an output sees, through c. There is no verdict: c was not analyzed." in text
    assert "everything" not in text
    path = written(tmp_path, with_unknown())
    answer = json.loads(rfscope("analyze", "model", path, "--allow-unknown", "--json").out)
    assert answer["outputs"][0]["axes"][0]["global_through"] == []
    text = " ".join(rfscope("analyze", "model", path, "--allow-unknown").out.split())
    assert "It is not known what an output sees, through c." in text


def test_lint_gives_the_reason_that_analyze_gives(tmp_path: Path) -> None:
    nodes = [conv("x w", "a"), node("GridSample", "a g", "b"), conv("b w", "y")]
    made = model(nodes, weights={**W, "g": ones(1, 14, 14, 2)})
    answer = rfscope("lint", written(tmp_path, made), "--output-format", "concise")
    assert "RFS901" in answer.out
    assert "b (GridSample) was not analyzed: it reads where the data tells it to" in answer.out


# Slices


QUARTERS = [("zero", "zero"), ("one", "zero"), ("zero", "one"), ("one", "one")]

INDICES = {"zero": integers(0), "one": integers(1), "end": integers(2**40), "two": integers(2), "v": integers(3)}


def quarters(count: int) -> list[Any]:
    """Every second row, then every second column of them, each taken from the image anew, as YOLOX is exported."""
    nodes = []
    for number, (row, column) in enumerate(QUARTERS[:count]):
        nodes += [node("Slice", f"x {row} end two two", f"r{number}")]
        nodes += [node("Slice", f"r{number} {column} end v two", f"c{number}")]
    return nodes


def focus(count: int = 4) -> Any:
    joined = node("Concat", " ".join(f"c{number}" for number in range(count)), "cat", axis=1)
    weights = {**INDICES, "k": ones(1, count, 3, 3)}
    return model([*quarters(count), joined, conv("cat k", "y", **SAME)], (1, 1, "h", "w"), weights)


def codes(made: Any) -> set[str]:
    return {finding.code for finding in rf.lint(rf.analyze(read(made)))}


def test_a_focus_stem_is_one_read() -> None:
    found = read(focus())
    assert [(one.op, one.reads[0]) for one in found.nodes] == [
        ("pixel_unshuffle", Window(kernel=2, stride=2)),
        ("conv", Window(kernel=3, padding=(1, 1))),
    ]
    assert codes(focus()).isdisjoint({"RFS301", "RFS303", "RFS101"})


def test_slices_that_leave_something_out_skip_it() -> None:
    assert codes(focus(3)) & {"RFS101", "RFS301"}  # of one cause one is said


def test_siblings_read_what_a_slice_of_a_slice_skips() -> None:
    """Three quarters in a concat, and the fourth beside it in a sum: nothing is thrown away."""
    nodes = [*quarters(4), node("Concat", "c0 c1 c2", "cat", axis=1), node("Sum", "cat c3", "y")]
    assert "RFS301" not in codes(model(nodes, (1, 1, "h", "w"), INDICES))


def test_maps_side_by_side_along_space_are_in_their_places() -> None:
    nodes = [
        conv("x w", "a", **SAME),
        conv("x w", "b", dilations=[2, 2], pads=[2] * 4),
        node("Concat", "a b", "y", axis=2),
    ]
    network = read(model(nodes, weights=W), (16, 16))
    assert "RFS303" not in {finding.code for finding in rf.lint(rf.analyze(network))}


@pytest.mark.parametrize(("before", "after"), [(2, 2), (0, 3), (3, 1)], ids=str)
def test_circular_padding_by_slices_wraps(before: int, after: int, tmp_path: Path) -> None:
    weights = {
        "w": ones(1, 1, 3),
        "b": integers(-before),
        "end": integers(2**62),
        "zero": integers(0),
        "a": integers(after),
    }
    weights["two"] = integers(2)
    parts = [node("Slice", "x b end two", "head")] if before else []
    parts += [node("Slice", "x zero a two", "tail")]
    parts += [node("Concat", "head x tail" if before else "x tail", "p", axis=2), node("Conv", "p w", "y")]
    made = model(parts, [1, 1, 20], weights)
    network = read(made)
    assert (network.input, ops(network)) == (None, ["pad", "conv"])
    padded = network.nodes[0]
    assert (padded.reads, padded.padding_mode) == ((Window(padding=(before, after)),), "circular")
    text = " ".join(rfscope("analyze", "model", written(tmp_path, made), "--input", "20", "--at", "0").out.split())
    assert "padding" not in text.replace("padding_mode", "")
    assert codes(made).isdisjoint({"RFS303", "RFS301"})


def test_a_field_that_wraps_is_not_said_to_be_padded(tmp_path: Path) -> None:
    weights = {**INDICES, "w": ones(1, 1, 3), "b": integers(-1), "a": integers(1)}
    nodes = [node("Slice", "x b end two", "head"), node("Slice", "x zero a two", "tail")]
    nodes += [node("Concat", "head x tail", "p", axis=2), node("Conv", "p w", "y")]
    path = written(tmp_path, model(nodes, [1, 1, 2], weights))
    text = " ".join(rfscope("analyze", "model", path, "--input", "2", "--at", "0").out.split())
    assert "what of it lies beyond the input wraps round to its other side" in text


def test_slices_put_together_again_are_the_map() -> None:
    weights = {**W, **INDICES, "five": integers(5)}
    nodes = [node("Slice", "x zero five two", "a"), node("Slice", "x five end two", "b")]
    nodes += [node("Concat", "a b", "c", axis=2), conv("c w", "y")]
    assert ops(read(model(nodes, weights=weights))) == ["conv"]


# Which input it is


def with_inputs(nodes: Any, weights: Any, *inputs: tuple[str, list[Any]]) -> Any:
    from onnx import TensorProto, helper

    made = model(nodes, inputs[0][1], weights)
    del made.graph.input[:]
    made.graph.input.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs)
    return made


def recurrent() -> Any:
    nodes = [
        node("Unsqueeze", "audio one", "a"),
        node("Conv", "a w", "b", strides=[4]),
        node("Transpose", "b", "c", perm=[2, 0, 1]),
        node("LSTM", "c i r - - h k", "d e f", hidden_size=2),
        node("Relu", "e", "y"),
    ]
    weights = {"one": integers(1), "w": ones(3, 1, 8), "i": ones(1, 8, 3), "r": ones(1, 8, 2)}
    return with_inputs(nodes, weights, ("h", [1, 1, 2]), ("k", [1, 1, 2]), ("audio", ["batch", 64]))


def test_a_signal_is_taken_and_not_the_state() -> None:
    found = found_in(recurrent(), file="net.onnx")
    assert (found.provenance.of, found.network.dims) == ("audio", 1)
    assert found.network.nodes[0].reads == (Window(kernel=8, stride=4),)
    assert found.network.nodes[1].reads == (Whole(ahead=False),)
    assert found.provenance.notes == (
        "This is what it reads of its input audio.",
        "Read with h, a state of the shape 1x1x2 and k, a state of the shape 1x1x2, which have no positions.",
    )


def test_a_state_can_be_asked_for() -> None:
    assert found_in(recurrent(), file="net.onnx", of="h").provenance.of == "h"


@pytest.mark.parametrize("shape", [["batch", 3, 40], ["batch", 1, 40]], ids=str)
def test_channels_that_become_an_axis_are_followed(shape: list[Any]) -> None:
    weights = {"one": integers(1), "w": ones(3, shape[1], 3), "v": ones(2, 1, 2, 5)}
    nodes = [node("Conv", "x w", "a"), node("Unsqueeze", "a one", "b"), conv("b v", "y")]
    found = read(model(nodes, shape, weights))
    assert [one.reads for one in found.nodes] == [(Window(kernel=3),), (Window(kernel=5),)]


def test_an_image_without_channels() -> None:
    weights = {"one": integers(1), "v": ones(2, 1, 2, 5)}
    nodes = [node("Unsqueeze", "x one", "b"), conv("b v", "y")]
    [only] = read(model(nodes, ["batch", 20, 30], weights)).nodes
    assert only.reads == (Window(kernel=2), Window(kernel=5))
    [only] = read(model(nodes, ["batch", 20, 30], weights), (30,)).nodes  # one size: the rows are channels
    assert only.reads == (Window(kernel=5),)


@pytest.mark.parametrize("shape", [[None, None, None, 3], ["batch", 20, 24, 3]], ids=str)
def test_channels_are_last_where_only_the_last_dimension_can_be_theirs(shape: list[Any]) -> None:
    nodes = [node("Relu", "x", "r"), node("Transpose", "r", "a", perm=[0, 3, 1, 2]), conv("a w", "y")]
    [only] = read(model(nodes, shape, {"w": ones(4, 3, 3, 5)})).nodes
    assert only.reads == (Window(kernel=3), Window(kernel=5))


def test_a_memory_is_a_state() -> None:
    nodes = [node("Concat", "cache audio", "a", axis=2), node("Conv", "a w", "y")]
    made = with_inputs(nodes, {"w": ones(1, 1, 5)}, ("cache", [1, 1, 4]), ("audio", [1, 1, "n"]))
    found = found_in(made, file="net.onnx")
    assert (found.provenance.of, found.network.nodes[-1].reads) == ("audio", (Window(kernel=5),))
    said = " ".join(words.sentences(analyze(found.network, input=(9,), position=(2,), provenance=found.provenance)))
    assert "Its receptive field is 5: what of it lies beyond the input is padding, or held by cache." in said


# Detectors


def detector(tail: Any = (), weights: Any = None) -> Any:
    nodes = [
        conv("x w", "a", **SAME),
        conv("a w", "b", strides=[2, 2], **SAME),
        node("Reshape", "a flat", "c"),
        node("Reshape", "b flat", "d"),
        node("Concat", "c d", "e", axis=2),
        node("Transpose", "e", "f", perm=[0, 2, 1]),
        *(tail or [node("Sigmoid", "f", "y")]),
    ]
    return model(nodes, (1, 1, "h", "w"), {**W, "flat": integers(1, 1, -1), **(weights or {})})


def test_each_scale_is_an_output() -> None:
    found = rf.analyze(read(detector()))
    assert [(one.node, one.size) for one in found.outputs] == [("a", (3, 3)), ("b", (5, 5))]


def test_a_choice_among_all_scales_reads_everything() -> None:
    tail = [node("ReduceMax", "f last", "s", keepdims=0), node("TopK", "s k", "t u", axis=1), node("Relu", "t", "y")]
    found = read(detector(tail, {"k": integers(5), "last": integers(2)}))
    assert found.nodes[-1].reads == (Whole(), Whole())
    assert set(found.nodes[-1].inputs) == {"a", "b"}


def test_a_part_of_the_scales_is_refused_in_those_words() -> None:
    weights = {"zero": integers(0), "ten": integers(10), "one": integers(1)}
    made = detector([node("Slice", "f zero ten one", "y")], weights)
    with pytest.raises(UnsupportedError, match="it works on maps of several scales side by side"):
        read(made)


def test_dynamic_quantization_is_pointwise_beside_its_step() -> None:
    import numpy as np

    nodes = [
        node("DynamicQuantizeLinear", "x", "q s z"),
        node("ConvInteger", "q w z", "a"),
        node("Cast", "a", "b", to=1),
        node("Mul", "b s", "y"),
    ]
    analysis = rf.analyze(read(model(nodes, weights={"w": np.ones((1, 1, 3, 3), np.uint8)})))
    [axis, _] = analysis.output.axes
    assert (axis.size, axis.global_through) == (3, ("q",))


def either(condition: str, rates: tuple[int, int], **more: Any) -> Any:
    from onnx import TensorProto, helper, numpy_helper

    def branch(name: str, rate: int) -> Any:
        made = helper.make_node("Conv", ["x", "k"], [f"{name}_y"], dilations=[rate, rate], pads=[rate] * 4)
        out = helper.make_tensor_value_info(f"{name}_y", TensorProto.FLOAT, None)
        return helper.make_graph([made], name, [], [out], [numpy_helper.from_array(ones(1, 1, 3, 3), "k")])

    branches = {"then_branch": branch("t", rates[0]), "else_branch": branch("e", rates[1])}
    made = model([node("If", condition, "a", **branches), conv("a w", "y")], **{"weights": W, **more})
    if condition == "flag" and "flag" not in {one.name for one in made.graph.initializer}:
        made.graph.input.append(helper.make_tensor_value_info("flag", TensorProto.BOOL, []))
    return made


@pytest.mark.parametrize("holds", [True, False])
def test_the_branch_that_a_constant_takes(holds: bool) -> None:
    import numpy as np

    found = read(either("flag", (1, 4), weights={**W, "flag": np.array(holds)}))
    assert [one.reads[0] for one in found.nodes] == [
        Window(kernel=3, dilation=1 if holds else 4, padding=(1, 1) if holds else (4, 4)),
        Window(kernel=3),
    ]


def test_branches_that_read_alike_and_unlike() -> None:
    assert rf.analyze(read(either("flag", (2, 2)))).output.size == (7, 7)
    with pytest.raises(UnsupportedError, match="its branches read unlike things"):
        read(either("flag", (1, 2)))


def test_a_refusal_that_a_size_cures_says_so() -> None:
    weights = {**W, "shape": integers(1, 1, 32, 16, 2), "mean": integers(4)}
    nodes = [node("Reshape", "x shape", "a"), node("ReduceMean", "a mean", "b", keepdims=0), conv("b w", "y")]
    with pytest.raises(RfscopeError, match="--input"):
        read(model(nodes, (1, 1, "h", "w"), weights))
    assert read(model(nodes, (1, 1, "h", "w"), weights), (32, 32)).input == (32, 32)


def test_it_is_one_read_along_each_axis() -> None:
    assert one_axis(read(focus()), 0).nodes[0].reads == (Window(kernel=2, stride=2),)
