"""Brute force: run a model on all zeros and on all zeros but one row, and see which outputs change.

Nothing of the reader is used here: the operator's definition is that of onnx's reference implementation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rfscope.network.graph import Network
from rfscope.network.parts import one_axis
from tests import oracle

if TYPE_CHECKING:
    from onnx import ModelProto

Reads = list[set[int]]
"""For every output position along an axis, the input positions that it reads."""


def found(model: ModelProto, image: str, shape: Sequence[int], kind: Any) -> list[Reads]:
    """What each output reads, per axis: an input belongs to an output that changes with the row it is in."""
    import numpy as np
    from onnx.reference import ReferenceEvaluator

    run = ReferenceEvaluator(model)
    zeros = np.zeros(shape, kind)

    def first(array: Any) -> Any:
        answers: Any = run.run(None, {image: array})
        return answers[0]

    still = first(zeros)
    answers: list[Reads] = []
    for dim in range(2, len(shape)):
        reads: Reads = [set() for _ in range(still.shape[dim])]
        for place in range(shape[dim]):
            row = zeros.copy()
            row[(slice(None),) * dim + (place,)] = 1
            moved = first(row)
            rest = tuple(axis for axis in range(still.ndim) if axis != dim)
            # Scales in single precision hit no pixel exactly: what is read by rounding alone is not read.
            for output in np.flatnonzero((abs(moved - still) > 1e-5).any(axis=rest)):
                reads[int(output)].add(place)
        answers.append(reads)
    return answers


def predicted(network: Network, outputs: Sequence[int]) -> list[Reads]:
    """The same by tracing coordinates back through what was read from the file."""
    assert network.input is not None
    [end] = network.outputs
    answers: list[Reads] = []
    for axis, count in enumerate(outputs):
        line = one_axis(network, axis)
        size = network.input[axis]
        if any(oracle.is_global(node) for node in line.nodes):
            answers.append([set(range(size))] * count)
            continue
        known = oracle.sizes(line, (size,))
        assert known[end] == (count,)
        answers.append([{place for (place,) in oracle.trace(line, end, (o,), known)["input"]} for o in range(count)])
    return answers


def with_constants(model: ModelProto, arrays: Mapping[str, Any]) -> ModelProto:
    """The model with some of its inputs written into it."""
    from onnx.numpy_helper import from_array

    made = type(model)()
    made.CopyFrom(model)
    kept = [entry for entry in made.graph.input if entry.name not in arrays]
    del made.graph.input[:]
    made.graph.input.extend(kept)
    made.graph.initializer.extend(from_array(value, name) for name, value in arrays.items())
    return made
