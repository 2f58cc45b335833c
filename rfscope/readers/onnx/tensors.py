"""What is known of the tensors of an ONNX graph: their types, and the values of small constants."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from rfscope.readers.onnx import folding
from rfscope.readers.onnx.faults import fault
from rfscope.readers.onnx.graph import Call, Graph

if TYPE_CHECKING:
    import numpy as np
    from onnx import TypeProto

__all__ = ["InferenceError", "Tensors"]

_LONGEST_SHAPE = 1024
"""Elements of a constant that may say something about shapes."""

_MOST_ELEMENTS = 2**16
"""Elements of a constant that is worked out."""

_READ_FOR_SHAPES = frozenset(["Resize", "Upsample", "Range"])
"""Operations whose shapes depend on constants that are no integers."""


_KEEPING = frozenset(["GroupNormalization", "MeanVarianceNormalization"])
"""Operations that onnx defines by others, without a shape of their own."""


class InferenceError(Exception):
    """The operation contradicts its inputs; the text says how."""


class Tensors:
    """Types and values by the names of tensors.

    Those of constants are worked out when they are asked for: most never are.
    """

    def __init__(self, graph: Graph, inputs: Mapping[str, Sequence[int]], *, as_declared: bool) -> None:
        """Args: the graph; the shapes of its inputs; whether they are those for which the file declares types."""
        self._graph = graph
        self._declared = graph.declared if as_declared else {}
        self._types: dict[str, Any] = {}
        self._values: dict[str, np.ndarray[Any, Any] | None] = {}
        self._pending: dict[str, Call] = {}
        self._schemas: dict[tuple[str, str, int], Any] = {}
        self._opsets: dict[int, list[Any]] = {}
        for name, given in graph.inputs.items():
            self._types[name] = (
                _tensor_type(given.tensor_type.elem_type or 1, inputs[name]) if name in inputs else given
            )

    def constant(self, call: Call) -> None:
        """Take note of an operation whose results do not depend on the image."""
        for name in call.node.output:
            self._pending[name] = call

    def decide(self, name: str, holds: bool) -> None:
        """Take note that a condition can only be one thing, for its other branch contradicts itself."""
        import numpy as np

        self._values[name] = np.array(holds)

    def is_constant(self, name: str) -> bool:
        """Whether a tensor is known not to depend on the image."""
        return name in self._pending or name in self._graph.weights

    def shape(self, name: str) -> tuple[int, ...] | None:
        """The shape of a tensor; None if it is not known as a whole."""
        found = self.type(name)
        if found is None or not found.tensor_type.HasField("shape"):
            return None
        dims = found.tensor_type.shape.dim
        return tuple(dim.dim_value for dim in dims) if all(dim.HasField("dim_value") for dim in dims) else None

    def type(self, name: str) -> TypeProto | None:
        """The type of a tensor; None if it is not known."""
        if name not in self._types:
            if name in self._graph.weights:
                self._types[name] = _type_of(self._graph.weights[name])
            else:
                self._in_order(name, self._types, self._infer_constant)
        return self._types.get(name)

    def value(self, name: str) -> np.ndarray[Any, Any] | None:
        """The value of a small constant; None if it is large, not known, or no constant."""
        if name not in self._values:
            if name in self._graph.weights:
                self._values[name] = folding.array(self._graph.weights[name], _MOST_ELEMENTS)
            else:
                self._in_order(name, self._values, self._evaluate)
        return self._values.get(name)

    def _in_order(self, name: str, known: Mapping[str, Any], work_out: Callable[[Call], None]) -> None:
        """Work something out for a constant, before it for all that it is made from."""
        stack = [name]
        while stack:
            call = self._pending.get(stack[-1])
            if call is None or stack[-1] in known:
                stack.pop()
                continue
            waiting = [one for one in call.inputs if one in self._pending and one not in known]
            if waiting:
                stack += waiting
            else:
                work_out(call)
                stack.pop()

    def _infer_constant(self, call: Call) -> None:
        try:
            self.infer(call)
        except InferenceError:
            self._types |= dict.fromkeys(call.node.output)

    def infer(self, call: Call) -> None:
        """Work out the types of what an operation makes.

        Raises:
            InferenceError: It contradicts its inputs.
        """
        found = self._of_branches(call) or self._inferred(call) or self._of_first(call)
        for name in call.node.output:
            self._types[name] = found.get(name) or self._declared.get(name)
            if self.shape(name) is None and name in self._declared:
                self._types[name] = self._declared[name]

    def _inferred(self, call: Call) -> Mapping[str, Any]:
        from onnx.shape_inference import infer_node_outputs

        schema, node, version = self._schema(call), call.node, self._graph.ir_version
        given = {name: self.type(name) for name in node.input if name}
        types = {name: one for name, one in given.items() if one is not None}
        if schema is None or call.captured or len(types) < len(given):
            return {}
        if (wrong := fault(schema, node, types)) is not None:
            raise InferenceError(wrong)
        data = {name: found for name in types if (found := self._about_shapes(call, name)) is not None}
        opsets = self._opsets_of(call)
        try:
            found = infer_node_outputs(schema, node, types, data, opset_imports=opsets, ir_version=version)
        except Exception as error:  # noqa: BLE001 - onnx has several kinds of error for what does not fit
            raise InferenceError(" ".join(str(error).split())) from None
        return {name: one for name, one in found.items() if one.tensor_type.HasField("shape")}

    def _of_branches(self, call: Call) -> Mapping[str, Any]:
        """The types of what an If makes: those of the branch that is taken, or those that both have."""
        found = {}
        for name, *both in call.branches:
            taken = both if (index := self._taken(call)) is None else [both[index]]
            if len({self.shape(one) for one in taken}) == 1:
                found[name] = self.type(taken[0])
        return found

    def _taken(self, call: Call) -> int | None:
        """Which branch of an If is taken: 0 or 1; None if that depends on an input."""
        condition = self.value(call.node.input[0])
        return None if condition is None or condition.size != 1 else int(not condition.ravel()[0])

    def _of_first(self, call: Call) -> Mapping[str, Any]:
        """The type of the first input, for operations that keep it although onnx does not say so."""
        if call.op not in _KEEPING or not call.node.input or not call.node.output:
            return {}
        return {call.node.output[0]: self.type(call.node.input[0])}

    def _about_shapes(self, call: Call, name: str) -> Any:
        """The value of an input, as onnx wants it, where it may say something about shapes."""
        from onnx.numpy_helper import from_array

        if not self.is_constant(name):
            return None
        kind, shape = self.type(name), self.shape(name)
        if kind is None or shape is None or len(shape) > 1 or prod(shape) > _LONGEST_SHAPE:
            return None
        if kind.tensor_type.elem_type not in (6, 7) and call.op not in _READ_FOR_SHAPES:  # integers of 32 or 64 bits
            return None
        value = self.value(name)
        return None if value is None else from_array(value)

    def _schema(self, call: Call) -> Any:
        from onnx import defs

        domain = "" if call.node.domain == "ai.onnx" else call.node.domain
        key = (call.node.op_type, domain, call.version)
        if key not in self._schemas:
            try:
                self._schemas[key] = defs.get_schema(call.node.op_type, call.version, domain)
            except defs.SchemaError:
                self._schemas[key] = None
        return self._schemas[key]

    def _opsets_of(self, call: Call) -> list[Any]:
        from onnx.helper import make_opsetid

        key = id(call.versions)
        if key not in self._opsets:
            self._opsets[key] = [make_opsetid(domain, version) for domain, version in call.versions.items()]
        return self._opsets[key]

    def _evaluate(self, call: Call) -> None:
        """Work out a constant, if it and all it is made from are small."""
        self._values |= dict.fromkeys(call.node.output)
        if call.op in ("Shape", "Size"):
            shape = self.shape(call.node.input[0]) if call.node.input else None
            self._values[call.node.output[0]] = None if shape is None else folding.of_shape(call.node, shape)
        elif call.branches:
            index = self._taken(call)
            if index is not None:
                self._values |= {name: self.value(both[index]) for name, *both in call.branches}
        elif call.op == "Constant":
            self._values[call.node.output[0]] = folding.of_constant(call.node, _MOST_ELEMENTS)
        elif (found := self._folded(call)) is not None:
            self._values |= dict(zip(call.node.output, found, strict=False))

    def _folded(self, call: Call) -> Sequence[Any] | None:
        arrays = [self.value(name) if name else None for name in call.node.input]
        if call.op not in folding.FOLDED or any(
            a is None for a, name in zip(arrays, call.node.input, strict=True) if name
        ):
            return None
        self.type(call.node.output[0])
        shapes = [self.shape(name) for name in call.node.output if name]
        if any(shape is None or prod(shape) > _MOST_ELEMENTS for shape in shapes):
            return None
        return folding.run(call.node, call.version, arrays)


def _tensor_type(kind: int, shape: Sequence[int]) -> TypeProto:
    from onnx.helper import make_tensor_type_proto

    return make_tensor_type_proto(kind, list(shape))


def _type_of(weight: Any) -> TypeProto:
    tensor = weight if hasattr(weight, "data_type") else weight.values
    return _tensor_type(tensor.data_type, weight.dims)
