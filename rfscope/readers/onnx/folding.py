"""Constants that are worked out: shapes, and the arithmetic that exporters do with them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from onnx import NodeProto

__all__ = ["FOLDED", "array", "of_constant", "of_shape", "run"]

FOLDED = frozenset(
    [
        *("Abs", "Add", "And", "Cast", "CastLike", "Ceil", "Clip", "Concat", "ConstantOfShape", "CumSum", "Div"),
        *("Equal", "Expand", "Flatten", "Floor", "Gather", "GatherElements", "GatherND", "Greater", "GreaterOrEqual"),
        *("Identity", "Less", "LessOrEqual", "Max", "Min", "Mod", "Mul", "Neg", "Not", "Or", "Pow", "Range"),
        *("Reciprocal", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceSum", "Reshape", "Round", "ScatterElements"),
        *("ScatterND", "Sign", "Slice", "Split", "Sqrt", "Squeeze", "Sub", "Sum", "Tile", "Transpose", "Trilu"),
        *("Unsqueeze", "Where", "Xor"),
    ]
)
"""Operations that are worked out on small constants; their time is that of reading and writing these."""


def array(tensor: Any, most: int) -> np.ndarray[Any, Any] | None:
    """The elements of a tensor; None if there are too many, or they are not in the file itself."""
    from onnx import TensorProto
    from onnx.numpy_helper import to_array

    if not isinstance(tensor, TensorProto) or tensor.data_location == TensorProto.EXTERNAL:
        return None
    if min(tensor.dims, default=0) < 0 or prod(tensor.dims) > most:
        return None
    try:
        return to_array(tensor)
    except Exception:  # noqa: BLE001 - a tensor may be damaged in many ways; what needs it will say so
        return None


def of_constant(node: NodeProto, most: int) -> np.ndarray[Any, Any] | None:
    """What a Constant holds, if these are numbers."""
    import numpy as np

    for attribute in node.attribute:
        if attribute.name == "value":
            return array(attribute.t, most)
        if attribute.name in ("value_int", "value_ints"):
            return np.array(attribute.i if attribute.name == "value_int" else list(attribute.ints), np.int64)
        if attribute.name in ("value_float", "value_floats"):
            return np.array(attribute.f if attribute.name == "value_float" else list(attribute.floats), np.float32)
    return None


def of_shape(node: NodeProto, shape: Sequence[int]) -> np.ndarray[Any, Any] | None:
    """What Shape or Size makes of a tensor of that shape; None if it does not fit."""
    import numpy as np

    if node.op_type == "Size":
        return np.array(prod(shape), np.int64) if prod(shape) < 2**63 else None
    bounds = {attribute.name: attribute.i for attribute in node.attribute}
    return np.array(shape[bounds.get("start", 0) : bounds.get("end", len(shape))], np.int64)


def run(node: NodeProto, version: int, arrays: Sequence[Any]) -> Sequence[Any] | None:
    """Work out an operation on constants; None if it cannot be done."""
    import numpy as np
    from onnx import GraphProto
    from onnx.reference import ReferenceEvaluator

    graph = GraphProto()
    graph.node.append(node)
    for name in dict.fromkeys(filter(None, node.input)):
        graph.input.add().name = name
    for name in filter(None, node.output):
        graph.output.add().name = name
    given = {name: value for name, value in zip(node.input, arrays, strict=True) if name}
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            found = iter(ReferenceEvaluator(graph, opsets={"": version}).run(None, given))
    except Exception:  # noqa: BLE001 - whatever numpy raises on numbers that do not fit
        return None
    return [np.asarray(next(found)) if name else None for name in node.output]
