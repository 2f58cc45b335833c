"""Small ONNX models, built by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rfscope.network.graph import Network
from rfscope.readers.onnx import read_model

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

Shape = Sequence[int | str | None]


def node(op: str, inputs: str, outputs: str, **attributes: Any) -> NodeProto:
    """An operation; inputs and outputs are names with spaces between, ``-`` for one left out."""
    from onnx import helper

    names = [["" if name == "-" else name for name in side.split()] for side in (inputs, outputs)]
    return helper.make_node(op, names[0], names[1], **attributes)


def model(
    nodes: Sequence[NodeProto],
    shape: Shape = (1, 1, 16, 16),
    weights: Mapping[str, Any] | None = None,
    *,
    opset: int = 21,
    functions: Sequence[Any] = (),
    domains: Sequence[str] = (),
) -> ModelProto:
    """A model of an input ``x``, whose last operation makes its only output."""
    import numpy as np
    from onnx import TensorProto, helper, numpy_helper

    arrays = {name: np.asarray(value) for name, value in (weights or {}).items()}
    graph = helper.make_graph(
        list(nodes),
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, list(shape))],
        [helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, None)],
        [numpy_helper.from_array(value, name) for name, value in arrays.items()],
    )
    imports = [helper.make_opsetid("", opset), *(helper.make_opsetid(domain, 1) for domain in domains)]
    return helper.make_model(graph, opset_imports=imports, functions=list(functions), ir_version=10)


def ones(*shape: int) -> Any:
    """Weights that cannot cancel each other out."""
    import numpy as np

    return np.ones(shape, np.float32)


def conv(inputs: str, outputs: str, **attributes: Any) -> NodeProto:
    """A convolution."""
    return node("Conv", inputs, outputs, **attributes)


def read(made: ModelProto, input: Sequence[int] | None = None, *, allow_unknown: bool = False) -> Network:
    """The network that a model is."""
    return read_model(made, file="net.onnx", input=input, allow_unknown=allow_unknown)
