"""The operations of an ONNX model one after the other, its functions written out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from rfscope import limits
from rfscope.errors import TargetError, shorten

if TYPE_CHECKING:
    from onnx import AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto

__all__ = ["Call", "Graph", "graph_of"]

_LONGEST = 60
"""Characters of a function's name that the names of its tensors begin with."""


@dataclass(frozen=True, slots=True)
class Call:
    """One operation.

    Attributes:
        node: As it stands in the file; in a function, with the names of the tensors that it is called with.
        versions: The opsets by domain.
        captured: Tensors that graphs inside of it read from outside.
        caller: The operation that stands for the function that it is in, if it is in one.
        guards: The conditions that it stands under, each with whether it must hold: those of the branches it is in.
        prefix: What was put before the names of the branch's own tensors.
    """

    node: NodeProto
    versions: Mapping[str, int]
    captured: tuple[str, ...] = ()
    caller: NodeProto | None = None
    guards: tuple[tuple[str, bool], ...] = ()
    prefix: str = ""

    @property
    def op(self) -> str:
        """The name of the operation, outside of the standard with its domain."""
        domain = self.node.domain
        if domain == _OWN:
            return self.node.op_type
        return f"{domain}::{self.node.op_type}" if domain not in ("", "ai.onnx") else self.node.op_type

    @property
    def version(self) -> int:
        """The opset that says what it means."""
        domain = "" if self.node.domain == "ai.onnx" else self.node.domain
        return self.versions.get(domain, 1)

    @property
    def branches(self) -> tuple[tuple[str, str, str], ...]:
        """Of an If that was taken apart, each result and what its two branches make for it."""
        made, count = self.node.input[1:], len(self.node.output)
        if self.node.domain != _OWN or self.node.op_type != "If" or len(made) != 2 * count:
            return ()
        return tuple(zip(self.node.output, made[:count], made[count:], strict=True))

    @property
    def inputs(self) -> tuple[str, ...]:
        """All tensors that it reads by name; an empty name is an argument left out."""
        return (*self.node.input, *self.captured)


@dataclass(frozen=True, slots=True)
class Graph:
    """What a model does.

    Attributes:
        calls: The operations in order.
        inputs: What it is called with, by name; weights are not among it.
        weights: The constant tensors by name.
        outputs: The names of what it returns.
        declared: What the file itself says about the types of tensors.
        ir_version: The version of the file format.
    """

    calls: tuple[Call, ...]
    inputs: Mapping[str, Any]
    weights: Mapping[str, Any]
    outputs: tuple[str, ...]
    declared: Mapping[str, Any]
    ir_version: int


def graph_of(model: ModelProto, where: str) -> Graph:
    """The graph of a model.

    Raises:
        TargetError: Tensors are read before they are made, or made twice, or functions call each other in a circle.
        LimitError: There are more operations than the limit "onnx-nodes", or those of functions are too large.
    """
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    weights |= {tensor.values.name: tensor for tensor in model.graph.sparse_initializer}
    inputs = {entry.name: entry.type for entry in model.graph.input if entry.name not in weights}
    calls = tuple(_calls(model, where, weights))
    known = {"", *weights, *inputs}
    for call in calls:
        place = call.node.name or call.op
        for name in call.inputs:
            if name not in known:
                got, do = shorten(name), "check the file with onnx.checker: it may hold a circle"
                raise TargetError("a tensor that nothing before makes", where=f"{where}, {place}", got=got, do=do)
        for name in call.node.output:
            if name and name in known:
                raise TargetError("a tensor made twice", where=f"{where}, {place}", got=shorten(name))
            known.add(name)
    declared = {entry.name: entry.type for entry in (*model.graph.value_info, *model.graph.output)}
    outputs = tuple(entry.name for entry in model.graph.output)
    return Graph(calls, inputs, weights, outputs, declared, max(3, model.ir_version))


class _Step(NamedTuple):
    """An operation as it stands in the file, read once however often it is written out.

    Attributes:
        node: The operation.
        captured: Tensors that graphs inside of it read from outside.
        size: Its bytes in the file.
    """

    node: NodeProto
    captured: tuple[str, ...]
    size: int


class _Frame(NamedTuple):
    """A list of operations that is being written out.

    Attributes:
        steps: Those that are left.
        versions: Their opsets.
        names: What tensors are called outside, by their names inside.
        attributes: What attributes were given.
        prefix: What other tensors' names begin with outside.
        caller: The operation that stands for all of them.
        guards: The conditions that they stand under.
    """

    steps: Iterator[_Step]
    versions: Mapping[str, int]
    names: Mapping[str, str]
    attributes: Mapping[str, AttributeProto]
    prefix: str = ""
    caller: NodeProto | None = None
    guards: tuple[tuple[str, bool], ...] = ()

    def name(self, name: str) -> str:
        """What a tensor is called outside."""
        return self.names.get(name, f"{self.prefix}{name}" if name else "")


def _calls(model: ModelProto, where: str, weights: dict[str, Any]) -> Iterator[Call]:
    """All operations in order; the weights of branches are added to the others."""
    functions = {(one.domain, one.name, one.overload): (one, _steps(one)) for one in model.functions}
    stack = [_Frame(iter(_steps(model.graph)), _versions(model), {}, {})]
    count = written = 0
    while stack:
        frame = stack[-1]
        step = next(frame.steps, None)
        if step is None:
            stack.pop()
            continue
        node, called = step.node, step.node
        count += 1
        limits.check("onnx-nodes", count, where=where)
        if frame.prefix:
            written += step.size
            limits.check("onnx-function-bytes", written, where=where)
            called = _outside(node, frame)
        function = functions.get((node.domain, node.op_type, node.overload))
        branches = _branches(node) if function is None else None
        if branches is not None:
            stack += _either(called, branches, frame, weights, f"{node.name[:_LONGEST] or 'If'} {count} ")
        elif function is None:
            prefix = frame.prefix if frame.guards else ""
            captured = tuple(map(frame.name, step.captured))
            yield Call(called, frame.versions, captured, frame.caller, frame.guards, prefix)
        else:
            made = _body(called, *function, frame.caller or node, f"{node.op_type[:_LONGEST]} {count} ")
            stack.append(made._replace(guards=frame.guards))
        if len(stack) > limits.limit("nesting"):
            got = shorten(node.op_type)
            raise TargetError("functions call each other in a circle, or too deep", where=where, got=got)


_OWN = "rfscope"
"""The domain of operations that stand for what no file says in one."""


def _branches(node: NodeProto) -> tuple[GraphProto, GraphProto] | None:
    """The two graphs of an If that make what it makes; None for anything else."""
    if node.op_type != "If" or node.domain not in ("", "ai.onnx") or len(node.input) != 1:
        return None
    graphs = {attribute.name: attribute.g for attribute in node.attribute if attribute.HasField("g")}
    if len(node.attribute) != 2 or graphs.keys() != {"then_branch", "else_branch"}:
        return None
    found = graphs["then_branch"], graphs["else_branch"]
    return found if all(len(one.output) == len(node.output) and not one.input for one in found) else None


def _either(
    node: NodeProto,
    branches: tuple[GraphProto, GraphProto],
    frame: _Frame,
    weights: dict[str, Any],
    prefix: str,
) -> list[_Frame]:
    """An If as what its branches do, and an operation that takes the results of one of them; the last comes first.

    Args:
        node: The If, with the names of tensors as they are outside.
        branches: Its graphs.
        frame: What it stands in.
        weights: All weights, to which those of the graphs are added.
        prefix: What the names of their tensors begin with.
    """
    chosen = type(node)(op_type="If", domain=_OWN, name=node.name)
    chosen.input.append(node.input[0])
    chosen.output.extend(node.output)
    chosen.metadata_props.extend(node.metadata_props)
    found = []
    for graph, holds in zip(branches, (True, False), strict=True):
        own = f"{frame.prefix}{prefix}{'then' if holds else 'else'} "
        names = {name: frame.name(name) for name in _read_from_outside(graph)}
        guards = (*frame.guards, (node.input[0], holds))
        made = _Frame(iter(_steps(graph)), frame.versions, names, frame.attributes, own, frame.caller, guards)
        weights |= {made.name(tensor.name): tensor for tensor in graph.initializer}
        weights |= {made.name(tensor.values.name): tensor for tensor in graph.sparse_initializer}
        chosen.input.extend(made.name(entry.name) for entry in graph.output)
        found.append(made)
    last = _Frame(iter([_Step(chosen, (), 0)]), frame.versions, {}, {}, "", frame.caller, frame.guards)
    return [last, *reversed(found)]


def _versions(owner: ModelProto | FunctionProto) -> dict[str, int]:
    return {"" if entry.domain == "ai.onnx" else entry.domain: entry.version for entry in owner.opset_import}


def _steps(owner: GraphProto | FunctionProto) -> list[_Step]:
    return [_Step(node, tuple(_captured(node)), node.ByteSize()) for node in owner.node]


def _body(node: NodeProto, function: FunctionProto, steps: Iterable[_Step], caller: NodeProto, prefix: str) -> _Frame:
    given = [*node.input, *[""] * (len(function.input) - len(node.input))]
    names = dict(zip(function.input, given, strict=False)) | dict(zip(function.output, node.output, strict=False))
    attributes = {one.name: one for one in (*function.attribute_proto, *node.attribute)}
    return _Frame(iter(steps), _versions(function), names, attributes, prefix, caller)


def _outside(node: NodeProto, frame: _Frame) -> NodeProto:
    """An operation in a function with the names and attributes that the function was called with."""
    found = type(node)()
    found.CopyFrom(node)
    for names in (found.input, found.output):
        names[:] = [frame.name(name) for name in names]
    del found.attribute[:]
    for attribute in node.attribute:
        if not attribute.ref_attr_name:
            found.attribute.append(attribute)
        elif attribute.ref_attr_name in frame.attributes:
            given = found.attribute.add()
            given.CopyFrom(frame.attributes[attribute.ref_attr_name])
            given.name = attribute.name
    return found


def _graphs(attribute: AttributeProto) -> Iterable[GraphProto]:
    return [*attribute.graphs, *([attribute.g] if attribute.HasField("g") else [])]


def _captured(node: NodeProto) -> dict[str, None]:
    """What the graphs inside an operation read from outside: tensors that nothing in them makes before."""
    read: dict[str, None] = {}
    for attribute in node.attribute:
        for graph in _graphs(attribute):
            read |= _read_from_outside(graph)
    return read


def _read_from_outside(graph: GraphProto) -> dict[str, None]:
    made = {"", *(entry.name for entry in (*graph.input, *graph.initializer))}
    made |= {entry.values.name for entry in graph.sparse_initializer}
    read: dict[str, None] = {}
    for node in graph.node:
        read |= {name: None for name in (*node.input, *_captured(node)) if name not in made}
        made |= set(node.output)
    return read | {entry.name: None for entry in graph.output if entry.name not in made}
