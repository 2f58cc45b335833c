"""Random graphs of what files of strangers are made of, against brute force on the reference evaluator.

Slices that tile, concatenation along space, blocks moved by slices and by operations, circular padding by slices,
signals without channels, channels that become positions, quantization both ways, branches, flattened scales.

By hand, many: ``python -m tests.readers.onnx.random_graphs 2000``.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

from rfscope.network.graph import Network
from rfscope.network.parts import leading, up_to
from rfscope.readers.onnx import read_model
from tests.readers.onnx import brute
from tests.readers.onnx.models import node, ones

MOST = 50_000
"""Values up to which numbers that are quantized in steps of one stay what they are."""


@dataclass
class Graph:
    """A graph that is being made: what its last tensor is called, its shape, and how large its values may be."""

    rng: random.Random
    dims: int
    shape: tuple[int, ...]
    last: str = "x"
    largest: int = 1
    nodes: list[Any] = field(default_factory=list)
    weights: dict[str, Any] = field(default_factory=dict)
    heads: list[tuple[int, ...]] = field(default_factory=list)

    def add(self, op: str, inputs: str, shape: Sequence[int], **attributes: Any) -> str:
        """Append an operation whose result becomes the last tensor."""
        name = f"t{len(self.nodes)}"
        self.nodes.append(node(op, inputs, name, **attributes))
        self.last, self.shape = name, tuple(shape)
        return name

    def constant(self, value: Any) -> str:
        """A weight."""
        name = f"w{len(self.weights)}"
        self.weights[name] = value
        return name

    def integers(self, *numbers: int) -> str:
        """A weight of whole numbers."""
        import numpy as np

        return self.constant(np.array(numbers, np.int64))

    def sliced(self, name: str, shape: Sequence[int], axis: int, start: int, stop: int, step: int = 1) -> str:
        """A slice along one dimension."""
        length = len(range(*slice(start, stop, step).indices(shape[axis])))
        words = [self.integers(number) for number in (start, stop, axis, step)]
        return self.add("Slice", f"{name} {' '.join(words)}", [*shape[:axis], length, *shape[axis + 1 :]])

    def axis(self) -> int:
        """One of the dimensions that hold positions."""
        return len(self.shape) - self.rng.randint(1, self.dims)


def convolution(graph: Graph, source: str | None = None, stride: int | None = None) -> str:
    """A convolution with any kernel, rate, stride and padding that fit."""
    rng, shape = graph.rng, graph.shape
    axes = len(shape) - 2
    kernel = [rng.choice([1, 2, 3]) for _ in range(axes)]
    rates = [rng.choice([1, 1, 2]) if size > 2 else 1 for size in shape[2:]]  # some tap must find the map
    extents = [(k - 1) * r + 1 for k, r in zip(kernel, rates, strict=True)]
    strides = [stride or (2 if size > 6 and rng.random() < 0.3 else 1) for size in shape[2:]]
    before, after = [(e - 1) // 2 for e in extents], [e // 2 for e in extents]
    sizes = [(size - 1) // s + 1 for size, s in zip(shape[2:], strides, strict=True)]
    made, graph.largest = rng.choice([1, 2]), graph.largest * shape[1] * prod(kernel)
    weight = graph.constant(ones(made, shape[1], *kernel))
    attributes = {"strides": strides, "dilations": rates, "pads": [*before, *after]}
    return graph.add("Conv", f"{source or graph.last} {weight}", [1, made, *sizes], **attributes)


def circular(graph: Graph) -> None:
    """What lies at the other end, put before and behind."""
    axis, source, shape = graph.axis(), graph.last, graph.shape
    length = shape[axis]
    before, after = graph.rng.randint(0, length), graph.rng.randint(1, min(3, length))
    if length + before + after > 20:
        return
    parts = [source, graph.sliced(source, shape, axis, 0, after)]
    if before:
        parts.insert(0, graph.sliced(source, shape, axis, length - before, length))
    graph.add("Concat", " ".join(parts), [*shape[:axis], length + before + after, *shape[axis + 1 :]], axis=axis)


def rejoined(graph: Graph) -> None:
    """A map cut in two along an axis, and put together again, either way round."""
    axis, source, shape = graph.axis(), graph.last, graph.shape
    if shape[axis] < 2:
        return
    cut = graph.rng.randint(1, shape[axis] - 1)
    parts = [graph.sliced(source, shape, axis, 0, cut), graph.sliced(source, shape, axis, cut, shape[axis])]
    graph.rng.shuffle(parts)
    graph.add("Concat", " ".join(parts), shape, axis=axis)


def side_by_side(graph: Graph) -> None:
    """Two unlike maps one behind the other."""
    source, shape, largest = graph.last, graph.shape, graph.largest
    if max(shape[2:]) > 8:
        return
    first = convolution(graph, stride=1)
    graph.shape, top = shape, graph.largest
    graph.largest = largest
    weight = graph.constant(ones(graph.rng.choice([1]), shape[1], *[1] * (len(shape) - 2)))
    second = graph.add("Conv", f"{source} {weight}", [1, 1, *shape[2:]])
    graph.largest = max(top, graph.largest * shape[1])
    weight = graph.constant(ones(1, _channels(graph, first), *[1] * (len(shape) - 2)))
    first = graph.add("Conv", f"{first} {weight}", [1, 1, *shape[2:]])
    graph.largest *= 2
    axis = graph.axis()
    graph.add(
        "Concat", f"{first} {second}", [*graph.shape[:axis], 2 * shape[axis], *graph.shape[axis + 1 :]], axis=axis
    )


def _channels(graph: Graph, name: str) -> int:
    made = next(one for one in graph.nodes if one.output[0] == name)
    return int(graph.weights[made.input[1]].shape[0])


def blocks_by_slices(graph: Graph) -> None:
    """Every second row and column in four maps (a Focus stem), or every second position in two."""
    source, shape = graph.last, graph.shape
    axes = range(len(shape) - graph.dims, len(shape))
    if any(shape[axis] % 2 or shape[axis] < 4 for axis in axes):
        return
    parts = [(source, shape)]
    for axis in axes:
        halves = []
        for name, own in parts:
            halves += [(graph.sliced(name, own, axis, first, own[axis], 2), graph.shape) for first in (0, 1)]
        parts = halves
    graph.rng.shuffle(parts)
    sizes = parts[0][1]
    graph.add("Concat", " ".join(name for name, _ in parts), [1, sizes[1] * len(parts), *sizes[2:]], axis=1)


def blocks(graph: Graph) -> None:
    """Blocks into the channels, or out of them."""
    channels, *sizes = graph.shape[1:]
    if len(sizes) != 2:
        return
    if all(size % 2 == 0 and size >= 4 for size in sizes):
        halves = [size // 2 for size in sizes]
        graph.add("SpaceToDepth", graph.last, [1, 4 * channels, *halves], blocksize=2)
    elif channels % 4 == 0 and max(sizes) < 8:
        doubled = [2 * size for size in sizes]
        graph.add("DepthToSpace", graph.last, [1, channels // 4, *doubled], blocksize=2)


def out_of_the_channels(graph: Graph) -> None:
    """A convolution of four channels, which become blocks."""
    shape = graph.shape
    if len(shape) != 4 or max(shape[2:]) > 8:
        return
    weight = graph.constant(ones(4, shape[1], 1, 1))
    graph.largest *= shape[1]
    graph.add("Conv", f"{graph.last} {weight}", [1, 4, *shape[2:]])
    mode = graph.rng.choice(["DCR", "CRD"])
    graph.add("DepthToSpace", graph.last, [1, 1, *(2 * size for size in shape[2:])], blocksize=2, mode=mode)


def quantized(graph: Graph) -> None:
    """Numbers in steps of one, and back."""
    import numpy as np

    if graph.largest > MOST:
        return
    step, zero = graph.constant(np.array(1, np.float32)), graph.constant(np.array(0, np.uint16))
    graph.add("QuantizeLinear", f"{graph.last} {step} {zero}", graph.shape)
    graph.add("DequantizeLinear", f"{graph.last} {step} {zero}", graph.shape)


def dynamically_quantized(graph: Graph) -> None:
    """Only of what begins: beside a channel of ones, so that the step stays the same whatever is changed."""
    import numpy as np

    if graph.nodes or len(graph.shape) != 4:
        return
    full = graph.constant(ones(*graph.shape))
    channels, *sizes = graph.shape[1:]
    graph.add("Concat", f"{graph.last} {full}", [1, 2 * channels, *sizes], axis=1)
    graph.nodes.append(node("DynamicQuantizeLinear", graph.last, "q step zero"))
    weight = graph.constant(np.ones((1, 2 * channels, 2, 3), np.uint8))
    graph.largest = 12 * channels
    graph.add("ConvInteger", f"q {weight} zero", [1, 1, sizes[0] - 1, sizes[1] - 2])
    graph.add("Cast", graph.last, graph.shape, to=1)
    graph.add("Mul", f"{graph.last} step", graph.shape)


def branched(graph: Graph) -> None:
    """One of two convolutions of the same windows with other weights, as an input says."""
    from onnx import TensorProto, helper, numpy_helper

    kernel = [graph.rng.choice([1, 2, 3]) for _ in graph.shape[2:]]
    if any(k > size for k, size in zip(kernel, graph.shape[2:], strict=True)) or "flag" in graph.weights:
        return
    graphs = {}
    for name, factor in (("then_branch", 1), ("else_branch", 2)):
        weight = numpy_helper.from_array(factor * ones(1, graph.shape[1], *kernel), f"{graph.last}_{name}_w")
        made = [helper.make_node("Conv", [graph.last, weight.name], [f"{graph.last}_{name}_y"])]
        out = helper.make_tensor_value_info(made[0].output[0], TensorProto.FLOAT, None)
        graphs[name] = helper.make_graph(made, name, [], [out], [weight])
    graph.largest *= 2 * prod(kernel) * graph.shape[1]
    sizes = [size - k + 1 for size, k in zip(graph.shape[2:], kernel, strict=True)]
    graph.add("If", "flag", [1, 1, *sizes], **graphs)


def channels_as_positions(graph: Graph) -> None:
    """The channels of a signal as the rows of an image."""
    if len(graph.shape) != 3:
        return
    weight = graph.constant(ones(3, graph.shape[1], 1))
    graph.largest *= graph.shape[1]
    graph.add("Conv", f"{graph.last} {weight}", [1, 3, graph.shape[2]])
    graph.add("Unsqueeze", f"{graph.last} {graph.integers(1)}", [1, 1, *graph.shape[1:]])


def flattened(graph: Graph) -> None:
    """Maps of two scales flattened and put side by side, as detectors end."""
    if len(graph.shape) != 4 or graph.dims != 2 or min(graph.shape[2:]) < 2:
        return
    source, shape = graph.last, graph.shape
    parts = []
    for stride in (1, 2):
        graph.last, graph.shape = source, shape
        convolution(graph, stride=stride)
        weight = graph.constant(ones(2, graph.shape[1], 1, 1))
        graph.add("Conv", f"{graph.last} {weight}", [1, 2, *graph.shape[2:]])
        graph.heads.append(graph.shape[2:])
        count = prod(graph.shape[2:])
        parts.append((graph.add("Reshape", f"{graph.last} {graph.integers(1, 2, -1)}", [1, 2, count]), count))
    graph.largest *= 4
    graph.add("Concat", " ".join(name for name, _ in parts), [1, 2, sum(count for _, count in parts)], axis=2)
    graph.add("Transpose", graph.last, [1, graph.shape[2], 2], perm=[0, 2, 1])
    step = graph.constant(ones(1, graph.shape[1], 1))
    graph.add("Mul", f"{graph.last} {step}", graph.shape)


STEPS: list[Callable[[Graph], Any]] = [
    *(convolution, convolution, circular, rejoined, side_by_side, blocks_by_slices, blocks, out_of_the_channels),
    *(quantized, branched, channels_as_positions),
]


def made(seed: int) -> tuple[Any, Graph, tuple[int, ...]]:
    """A random model, how it was made, and the shape of its input."""
    from onnx import TensorProto, helper, numpy_helper

    rng = random.Random(seed)  # noqa: S311 - nothing secret
    signal = rng.random() < 0.4
    shape = (
        (1, rng.choice([8, 11, 12])) if signal else (1, rng.choice([1, 2]), rng.choice([6, 8]), rng.choice([6, 7, 8]))
    )
    graph = Graph(rng, 1 if signal else 2, shape)
    if signal:
        graph.add("Unsqueeze", f"x {graph.integers(1)}", [1, 1, shape[1]])
    elif rng.random() < 0.3:
        dynamically_quantized(graph)
    for _ in range(rng.randint(2, 5)):
        rng.choice(STEPS)(graph)
    if rng.random() < 0.4:
        flattened(graph)
    if not graph.heads:
        convolution(graph, stride=1)
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, list(shape))]
    if any("flag" in one.input for one in graph.nodes):
        inputs.append(helper.make_tensor_value_info("flag", TensorProto.BOOL, []))
    weights = [numpy_helper.from_array(value, name) for name, value in graph.weights.items()]
    outputs = [helper.make_tensor_value_info(graph.last, TensorProto.FLOAT, None)]
    whole = helper.make_graph(graph.nodes, "graph", inputs, outputs, weights)
    return helper.make_model(whole, opset_imports=[helper.make_opsetid("", 21)], ir_version=10), graph, shape


def found(model: Any, graph: Graph, shape: Sequence[int]) -> list[list[brute.Reads]]:
    """Scale by scale and axis by axis, what each output reads, by running the model."""
    import numpy as np
    from onnx.reference import ReferenceEvaluator

    run = ReferenceEvaluator(brute.with_constants(model, {"flag": np.array(True)}))
    zeros = np.zeros(shape, np.float32)

    def first(array: Any) -> Any:
        made: Any = run.run(None, {"x": array})
        return made[0]

    still = first(zeros)
    heads = graph.heads or [still.shape[-graph.dims :]]
    answers: list[list[brute.Reads]] = [[[set() for _ in range(size)] for size in sizes] for sizes in heads]
    for axis in range(graph.dims):
        dim = len(shape) - graph.dims + axis
        for place in range(shape[dim]):
            row = zeros.copy()
            row[(slice(None),) * dim + (place,)] = 1
            moved = first(row)
            for head, maps in zip(answers, _maps(abs(moved - still) > 1e-6, heads, bool(graph.heads)), strict=True):
                rest = tuple(other for other in range(maps.ndim) if other != maps.ndim - graph.dims + axis)
                for output in np.flatnonzero(maps.any(axis=rest)):
                    head[axis][int(output)].add(place)
    return answers


def _maps(moved: Any, heads: Sequence[tuple[int, ...]], flat: bool) -> list[Any]:
    if not flat:
        return [moved]
    maps, at = [], 0
    for sizes in heads:
        maps.append(moved[:, at : at + prod(sizes)].any(axis=(0, 2)).reshape(sizes))
        at += prod(sizes)
    return maps


def without_global(network: Network) -> Network:
    """The network without its paths through operations that read everything."""
    gone = {one.name for one in network.nodes if one.is_global}
    kept = [one for one in network.nodes if one.name not in gone]
    nodes = [replace(one, inputs=tuple(name for name in one.inputs if name not in gone)) for one in kept]
    return leading(replace(network, nodes=tuple(nodes)))


def mismatch(seed: int) -> str | None:
    """What is wrong with the reading of one random model; None if it is that of brute force."""
    model, graph, shape = made(seed)
    truth = found(model, graph, shape)
    network = without_global(read_model(model, file="net.onnx", input=shape[-graph.dims :]))
    if len(network.outputs) != len(truth):
        return f"{len(network.outputs)} outputs, and {len(truth)} scales"
    for output, reads in zip(network.outputs, truth, strict=True):
        part = up_to(network, output)
        predicted = brute.predicted(part, [len(axis) for axis in reads])
        bound = any(one.upper_bound for one in part.nodes)
        right = all(
            own >= real if bound else own == real
            for axis, other in zip(predicted, reads, strict=True)
            for own, real in zip(axis, other, strict=True)
        )
        if not right:
            return f"{output}: predicted {predicted}, found {reads}"
    return None


def main(count: int) -> None:
    """Print what is wrong, and how many were right."""
    wrong = 0
    for seed in range(count):
        try:
            said = mismatch(seed)
        except Exception as error:  # noqa: BLE001 - a refusal is as wrong as a mismatch
            said = f"{type(error).__name__}: {error}"
        if said is not None:
            wrong += 1
            sys.stdout.write(f"{seed} {said[:300]}\n")
    sys.stdout.write(f"{count} graphs, {wrong} mismatches\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
