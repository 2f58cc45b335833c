"""Faults of an operation, found before onnx infers its shapes: onnx does not check everything itself.

Where it does not, it reads memory that is not its own, and the process ends. What is asked here is what every operation
declares: how many inputs and outputs it has, and the types of its attributes; and that numbers which count
dimensions or outputs are those of something that is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onnx import NodeProto, TypeProto

__all__ = ["fault"]

_MOST_DIMENSIONS = 64
"""Of a tensor; numpy has no more."""


def fault(schema: Any, node: NodeProto, types: Mapping[str, TypeProto]) -> str | None:
    """The first thing wrong with an operation.

    Args:
        schema: What onnx declares of operations of its kind.
        node: The operation.
        types: The types of its inputs by name.
    """
    return next((text for text in (*_counts(schema, node), *_shapes(types), *_attributes(schema, node, types))), None)


def _counts(schema: Any, node: NodeProto) -> Iterator[str]:
    for word, names, least, most in (
        ("inputs", node.input, schema.min_input, schema.max_input),
        ("outputs", node.output, schema.min_output, schema.max_output),
    ):
        if not least <= len(names) <= most:
            yield f"it has {len(names)} {word}, and must have {least if least == most else f'{least} to {most}'}"


def _shapes(types: Mapping[str, TypeProto]) -> Iterator[str]:
    for one in types.values():
        dims = one.tensor_type.shape.dim
        if len(dims) > _MOST_DIMENSIONS:
            yield f"a tensor of {len(dims)} dimensions"
        elif any(dim.dim_value < 0 for dim in dims):
            yield "a tensor of negative size"


def _attributes(schema: Any, node: NodeProto, types: Mapping[str, TypeProto]) -> Iterator[str]:
    given = {attribute.name: attribute for attribute in node.attribute}
    for name, declared in schema.attributes.items():
        if name not in given:
            if declared.required:
                yield f"{name} is missing"
        elif given[name].type != declared.type.value:
            yield f"{name} must be of type {declared.type.name}"
    if "num_outputs" in given and given["num_outputs"].i != len(node.output):
        yield f"num_outputs must be {len(node.output)}, as many as it has"
    if not node.input or node.input[0] not in types:
        return
    rank = len(types[node.input[0]].tensor_type.shape.dim)
    most = rank + (node.op_type in ("Unsqueeze", "OneHot")) * _MOST_DIMENSIONS
    for name in given.keys() & {"axis", "axes"}:
        axes = [given[name].i] if name == "axis" else given[name].ints
        if any(not -most <= axis <= most for axis in axes):
            yield f"{name} must be from {-rank} to {rank - 1}"
    if "batch_dims" in given and not 0 <= given["batch_dims"].i < max(rank, 1):
        yield f"batch_dims must be from 0 to {rank - 1}"
