"""From the JSON of an exported program to its operations, with nothing evaluated and nothing imported."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rfscope import limits
from rfscope.errors import UnsupportedError, shorten
from rfscope.network.graph import Origin
from rfscope.readers.torch.archive import bad
from rfscope.readers.torch.calls import Call, Program, Tensor, frames_in
from rfscope.readers.torch.schemas import Schema, schema_of
from rfscope.readers.torch.serialized_values import (
    DEEPEST,
    Graph,
    MalformedError,
    argument,
    listed,
    mapping,
    memories,
    numbers_in,
    refuse,
    tensors_named,
    text,
    union,
)
from rfscope.readers.torch.writes import Written, functional

__all__ = ["program_in"]


def program_in(data: Any, path: Path) -> Program:
    """The program in the JSON of an archive, with all writes in place made explicit.

    Args:
        data: The JSON; nothing in it is taken for granted.
        path: The archive.

    Raises:
        TargetError: It is no exported program.
        UnsupportedError: A size depends on the data, or a write cannot be followed.
        LimitError: It has more operations than the limit "pt2-operations", or a dimension is longer than "axis".
    """
    try:
        return _program(data, path)
    except MalformedError as error:
        raise bad(str(path), str(error)) from None


def _program(data: Any, path: Path) -> Program:
    module = mapping(mapping(data, "the file").get("graph_module"), "graph_module")
    graph, signature = mapping(module.get("graph"), "graph"), mapping(module.get("signature"), "signature")
    nodes = listed(graph.get("nodes"), "nodes")
    limits.check("pt2-operations", len(nodes), where=str(path))
    found = Graph(path, dict(memories(graph, path)), dict(numbers_in(graph)))
    found.made.update(
        tensor.key for entry in listed(graph.get("inputs"), "inputs") for tensor in tensors_named(entry, found)
    )
    inputs = list(_users(signature, "input_specs", "user_input", found))
    calls = list(_calls(graph, found))
    outputs = found.there(list(_users(signature, "output_specs", "user_output", found)))
    return functional(calls, inputs, outputs, found.memory, where=str(path))


def _calls(entry: Mapping[str, Any], graph: Graph, depth: int = 0) -> Iterator[Written]:
    """The operations of a graph, those of graphs that only change how numbers are kept written out."""
    for node in listed(entry.get("nodes"), "nodes"):
        own = mapping(node, "a node")
        if text(own.get("target"), "target") in _WRAPPERS and depth < DEEPEST:
            yield from _unwrapped(own, graph, depth)
        elif (written := _written(own, graph)) is not None:
            yield written


def _unwrapped(node: Mapping[str, Any], graph: Graph, depth: int) -> Iterator[Written]:
    """The operations of the graph that an operation wraps, and its results under their names outside."""
    arguments = [mapping(entry, "an argument").get("arg") for entry in listed(node.get("inputs"), "inputs")]
    place = next((at for at, entry in enumerate(arguments) if "as_graph" in mapping(entry, "a value")), None)
    if place is None:
        refuse(node.get("target"), "an operation with a graph")
    wrapped = mapping(mapping(union(arguments[place])[1], "a graph").get("graph"), "a graph")
    names = [mapping(union(entry)[1], "an input").get("name") for entry in listed(wrapped.get("inputs"), "inputs")]
    entering = [graph.there(argument(entry, graph)) for entry in arguments[place + 1 :]]
    if len(names) != len(entering):
        refuse(len(names), f"the number of inputs of a graph that is given {len(entering)}")
    given = {str(name): one for name, one in zip(names, entering, strict=True) if isinstance(one, Tensor)}
    scope = f"{graph.scope}{len(graph.memory)}/"
    memory = {scope + name: found for name, found in memories(wrapped, graph.file)}
    graph.memory.update(memory)
    inner = replace(graph, numbers={**graph.numbers, **dict(numbers_in(wrapped))}, scope=scope, given=given)
    yield from _calls(wrapped, inner, depth + 1)
    made = [
        one for entry in listed(wrapped.get("outputs"), "outputs") for one in graph.there(tensors_named(entry, inner))
    ]
    results = _results(node, graph)
    graph.made.update(tensor.key for tensor in results)
    if len(made) != len(results):
        refuse(len(results), f"the number of results of a graph that makes {len(made)}")
    for before, after in zip(made, results, strict=True):
        yield Written(Call("alias", {"self": before}, (after,)), "default", schema_of("alias.default"))


_WRAPPERS = frozenset(f"torch.ops.higher_order.{name}" for name in ("wrap_with_set_grad_enabled", "wrap_with_autocast"))
"""Operations that run a graph of their own as it is."""


def _users(signature: Mapping[str, Any], specs: str, kind: str, graph: Graph) -> Iterator[Tensor]:
    """The tensors that the module is called with, or returns."""
    for entry in listed(signature.get(specs), specs):
        found, value = union(entry)
        if found != kind:
            continue
        yield from tensors_named(mapping(value, kind).get("arg"), graph)


def _written(node: Mapping[str, Any], graph: Graph) -> Written | None:
    """An operation; None if it only computes sizes."""
    target = text(node.get("target"), "target")
    namespace, name, overload = _name(target)
    full = name if namespace in ("aten", "") else f"{namespace}::{name}"
    schema = schema_of(f"{full}.{overload}") or _guessed(namespace, name)
    metadata = mapping(node.get("metadata", {}), "metadata")
    module = _module(metadata.get("nn_module_stack"))
    results = _results(node, graph)
    if not results and (namespace == "" or (schema is not None and not schema.writes)):
        return None
    given = _arguments(node, graph)
    graph.made.update(tensor.key for tensor in results)
    if schema is not None and schema.arguments is not None and (odd := given.keys() - set(schema.arguments)):
        where = f"{graph.file}, {module or full}"
        raise UnsupportedError(f"cannot follow {full}: it has an argument {shorten(min(odd))}", where=where)
    call = Call(
        name=full,
        arguments={**(schema.defaults if schema else {}), **given},
        results=tuple(results),
        pointwise=schema is not None and schema.pointwise,
        module=module,
        origin=_origin(metadata.get("stack_trace"), graph.file),
    )
    return Written(call, overload, schema)


def _guessed(namespace: str, name: str) -> Schema | None:
    """A schema guessed by name for an operation of torch's that is not in the table. Others may do anything."""
    if namespace != "aten":
        return None
    return Schema(writes=("self",)) if name.endswith("_") and not name.endswith("__") else Schema()


_TARGET = re.compile(r"torch\.ops\.([^.\s]+)\.([^.\s]+)(?:\.([^.\s]+))?")


def _name(target: str) -> tuple[str, str, str]:
    """Namespace, name and overload of an operation; one that is not torch's has its name alone.

    Example:
        >>> _name("torch.ops.aten.conv2d.default"), _name("_operator.mul")
        (('aten', 'conv2d', 'default'), ('', '_operator.mul', 'default'))
    """
    found = _TARGET.fullmatch(target)
    if found is None:
        return "", target.removeprefix("torch.ops."), "default"
    return found[1], found[2], found[3] or "default"


def _arguments(node: Mapping[str, Any], graph: Graph) -> dict[str, Any]:
    """The arguments by name; those of operations without a schema have none, and are numbered."""
    found: dict[str, Any] = {}
    for place, entry in enumerate(listed(node.get("inputs"), "inputs")):
        given = mapping(entry, "an argument")
        name = text(given.get("name"), "the name of an argument") or str(place)
        if name in found:
            refuse(name, "an argument that is given once")
        found[name] = graph.there(argument(given.get("arg"), graph))
    return found


def _results(node: Mapping[str, Any], graph: Graph) -> list[Tensor]:
    return [tensor for entry in listed(node.get("outputs"), "outputs") for tensor in tensors_named(entry, graph)]


def _module(stack: Any) -> str:
    """The path of the innermost module: entries ``key,path,type``, one behind the other."""
    if not stack:
        return ""
    last = text(stack, "nn_module_stack").rpartition(";")[2]
    return last.partition(",")[2].partition(",")[0].partition("@")[0]


def _origin(trace: Any, file: Path) -> Origin:
    """The user's own line, if its file lies in the working folder; else the archive itself.

    A trace names files of the machine that it was exported on, or whatever the archive's maker liked.
    """
    for name, row in reversed(frames_in(text(trace or "", "stack_trace"))):
        try:
            shown = Path(name).relative_to(Path.cwd())
            if ".." not in shown.parts and shown.suffix == ".py" and shown.is_file():
                return Origin(file=shown.as_posix(), row=row)
        except (OSError, ValueError):
            pass
        break
    return Origin(file=str(file))
