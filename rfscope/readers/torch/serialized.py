"""From the JSON of an exported program to its operations. Of symbolic sizes only the hint is read: the number at export.

What a symbolic size is made of stands beside its hint as an expression. torch evaluates it as Python, and so runs what
it says; here it is never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from rfscope import limits
from rfscope.errors import UnsupportedError, shorten
from rfscope.network.graph import Origin
from rfscope.readers.torch.archive import bad
from rfscope.readers.torch.calls import Call, Program, Tensor, frames_in
from rfscope.readers.torch.schemas import Schema, schema_of
from rfscope.readers.torch.writes import Memory, Written, functional

__all__ = ["program_in"]

_DEEPEST = 8
"""How deep arguments may be nested: lists of lists, and mappings in them."""
_MOST_DIMENSIONS = 64


class _MalformedError(Exception):
    """Something in the JSON is not what it should be."""


@dataclass(frozen=True)
class _Graph:
    """The parts of a graph that are read.

    Attributes:
        file: The archive.
        memory: Shape and place in memory of each tensor.
        numbers: What symbolic numbers were at export; None where they depend on the data.
    """

    file: Path
    memory: Mapping[str, Memory]
    numbers: Mapping[str, Any]

    def tensor(self, name: str) -> Tensor:
        found = self.memory.get(name)
        if found is None:
            raise _MalformedError(f"a tensor {shorten(name)} of which nothing is said")
        if found.shape is None:
            raise self._unsaid(name)
        return Tensor(name, found.shape)

    def number(self, name: str) -> Any:
        if name not in self.numbers:
            raise _MalformedError(f"a number {shorten(name)} of which nothing is said")
        if self.numbers[name] is None:
            raise self._unsaid(name)
        return self.numbers[name]

    def _unsaid(self, name: str) -> UnsupportedError:
        do = "export a part of it that ends before"
        return UnsupportedError("a size that depends on the data", where=f"{self.file}, {shorten(name)}", do=do)


def program_in(data: Any, path: Path) -> Program:
    """The program in the JSON of an archive, with all writes in place made explicit.

    Args:
        data: The JSON, of which nothing is taken for granted.
        path: The archive.

    Raises:
        TargetError: It is no exported program.
        UnsupportedError: A size depends on the data, or a write cannot be followed.
        LimitError: It has more operations than the limit "pt2-operations", or a dimension is longer than "axis".
    """
    try:
        return _program(data, path)
    except _MalformedError as error:
        raise bad(str(path), str(error)) from None


def _program(data: Any, path: Path) -> Program:
    module = _mapping(_mapping(data, "the file").get("graph_module"), "graph_module")
    graph, signature = _mapping(module.get("graph"), "graph"), _mapping(module.get("signature"), "signature")
    nodes = _list(graph.get("nodes"), "nodes")
    limits.check("pt2-operations", len(nodes), where=str(path))
    found = _Graph(path, dict(_memories(graph, path)), dict(_numbers(graph)))
    calls = [written for node in nodes if (written := _written(_mapping(node, "a node"), found)) is not None]
    inputs = list(_users(signature, "input_specs", "user_input", found))
    outputs = list(_users(signature, "output_specs", "user_output", found))
    return functional(calls, inputs, outputs, found.memory, where=str(path))


def _memories(graph: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Memory]]:
    for name, entry in _mapping(graph.get("tensor_values"), "tensor_values").items():
        meta = _mapping(entry, "a tensor")
        sizes = [_number(size) for size in _list(meta.get("sizes"), "sizes")]
        strides = [_number(stride) for stride in _list(meta.get("strides", []), "strides")]
        for size in sizes:
            if size is not None and (type(size) is not int or size < 0):
                raise _MalformedError(f"a size {shorten(size)}")
            limits.check("axis", size or 0, where=f"{path}, {shorten(name)}")
        if len(sizes) > _MOST_DIMENSIONS:
            raise _MalformedError(f"a tensor of {len(sizes)} dimensions")
        shape = None if None in sizes else tuple(sizes)
        yield name, Memory(shape, tuple(strides), (shorten(meta.get("dtype")), shorten(meta.get("device"))))


def _numbers(graph: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for kind in ("sym_int_values", "sym_bool_values", "sym_float_values"):
        for name, entry in _mapping(graph.get(kind, {}), kind).items():
            yield name, _number(entry)


def _number(entry: Any) -> Any:
    """A number, or what a symbolic one was at export: its hint. None where there is none."""
    kind, value = _union(entry)
    if kind == "as_expr":
        hint = _mapping(value, "an expression").get("hint")
        return None if hint is None else _number(hint)
    return _plain_number(value)


def _plain_number(value: Any) -> Any:
    if isinstance(value, str) and value in ("Infinity", "-Infinity", "NaN"):
        return float(value)
    if not isinstance(value, bool | int | float):
        raise _MalformedError(f"{shorten(value)} for a number")
    return value


def _users(signature: Mapping[str, Any], specs: str, kind: str, graph: _Graph) -> Iterator[Tensor]:
    """The tensors that the module is called with, or returns."""
    for entry in _list(signature.get(specs), specs):
        found, value = _union(entry)
        if found != kind:
            continue
        for tensor in _tensors(_argument(_mapping(value, kind).get("arg"), graph)):
            yield tensor


def _tensors(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    return [tensor for entry in value for tensor in _tensors(entry)] if isinstance(value, list) else []


def _written(node: Mapping[str, Any], graph: _Graph) -> Written | None:
    """An operation; None if it only computes sizes."""
    target = _text(node.get("target"), "target")
    namespace, name, overload = _name(target)
    full = name if namespace in ("aten", "") else f"{namespace}::{name}"
    schema = schema_of(f"{full}.{overload}") or _guessed(namespace, name)
    metadata = _mapping(node.get("metadata", {}), "metadata")
    module = _module(metadata.get("nn_module_stack"))
    results = _results(node, graph)
    if not results and (namespace == "" or (schema is not None and not schema.writes)):
        return None
    given = dict(_arguments(node, graph))
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
    """Of an operation of torch's that is not in the table, what its name says. Others may do anything."""
    if namespace != "aten":
        return None
    return Schema(writes=("self",)) if name.endswith("_") and not name.endswith("__") else Schema()


_TARGET = re.compile(r"torch\.ops\.([^.\s]+)\.([^.\s]+)(?:\.([^.\s]+))?")


def _name(target: str) -> tuple[str, str, str]:
    """Namespace, name and overload of an operation; what is none of torch's has its name alone.

    Example:
        >>> _name("torch.ops.aten.conv2d.default"), _name("_operator.mul")
        (('aten', 'conv2d', 'default'), ('', '_operator.mul', 'default'))
    """
    found = _TARGET.fullmatch(target)
    if found is None:
        return "", target.removeprefix("torch.ops."), "default"
    return found[1], found[2], found[3] or "default"


def _arguments(node: Mapping[str, Any], graph: _Graph) -> Iterator[tuple[str, Any]]:
    for entry in _list(node.get("inputs"), "inputs"):
        given = _mapping(entry, "an argument")
        yield _text(given.get("name"), "the name of an argument"), _argument(given.get("arg"), graph)


def _results(node: Mapping[str, Any], graph: _Graph) -> list[Tensor]:
    return [tensor for entry in _list(node.get("outputs"), "outputs") for tensor in _tensors(_argument(entry, graph))]


def _argument(entry: Any, graph: _Graph, depth: int = 0) -> Any:
    """An argument as a Python value, with records for tensors and hints for symbolic numbers."""
    kind, value = _union(entry)
    if depth > _DEEPEST:
        raise _MalformedError("arguments that are nested too deeply")
    if kind in _READERS:
        return _READERS[kind](value, graph)
    if kind == "as_optional_tensor":
        return _argument(value, graph, depth + 1)
    if kind == "as_optional_tensors":
        return [_argument(one, graph, depth + 1) for one in _list(value, kind)]
    if kind == "as_string_to_argument":
        return {name: _argument(one, graph, depth + 1) for name, one in _mapping(value, kind).items()}
    return None  # a type, a device, a graph of its own: what nothing of an operation's reads depends on


def _symbol(value: Any, graph: _Graph) -> Any:
    kind, found = _union(value)
    return graph.number(_text(found, "the name of a number")) if kind == "as_name" else _plain_number(found)


def _tensor(value: Any, graph: _Graph) -> Tensor:
    return graph.tensor(_text(_mapping(value, "a tensor").get("name"), "the name of a tensor"))


def _many(one: Callable[[Any, _Graph], Any]) -> Callable[[Any, _Graph], list[Any]]:
    return lambda value, graph: [one(entry, graph) for entry in _list(value, "a list")]


def _one(value: Any, _graph: _Graph) -> Any:
    return _plain_number(value)


def _word(value: Any, _graph: _Graph) -> str:
    return _text(value, "a text")


_READERS: Mapping[str, Callable[[Any, _Graph], Any]] = {
    **dict.fromkeys(("as_int", "as_float", "as_bool"), _one),
    **dict.fromkeys(("as_ints", "as_floats", "as_bools"), _many(_one)),
    **dict.fromkeys(("as_int_lists", "as_float_lists"), _many(_many(_one))),
    **dict.fromkeys(("as_sym_int", "as_sym_float", "as_sym_bool"), _symbol),
    **dict.fromkeys(("as_sym_ints", "as_sym_floats", "as_sym_bools"), _many(_symbol)),
    "as_tensor": _tensor,
    "as_tensors": _many(_tensor),
    "as_nested_tensors": _many(_many(_tensor)),
    "as_string": _word,
    "as_strings": _many(_word),
}


def _module(stack: Any) -> str:
    """The path of the innermost module: entries ``key,path,type``, one behind the other."""
    if not stack:
        return ""
    last = _text(stack, "nn_module_stack").rpartition(";")[2]
    return last.partition(",")[2].partition(",")[0].partition("@")[0]


def _origin(trace: Any, file: Path) -> Origin:
    """The user's own line, if its file lies in the working folder; else the archive itself.

    A trace names files of the machine that it was exported on, or whatever the archive's maker liked.
    """
    for name, row in reversed(frames_in(_text(trace or "", "stack_trace"))):
        try:
            shown = Path(name).relative_to(Path.cwd())
            if ".." not in shown.parts and shown.suffix == ".py" and shown.is_file():
                return Origin(file=shown.as_posix(), row=row)
        except (OSError, ValueError):
            pass
        break
    return Origin(file=str(file))


def _union(entry: Any) -> tuple[str, Any]:
    """What is kept as a mapping of one key, which says what kind of value it is."""
    found = _mapping(entry, "a value")
    if len(found) != 1:
        _refuse(entry, "a value of one kind")
    return next(iter(found.items()))


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else _refuse(value, what)


def _list(value: Any, what: str) -> Sequence[Any]:
    return value if isinstance(value, list) else _refuse(value, what)


def _text(value: Any, what: str) -> str:
    return value if isinstance(value, str) else _refuse(value, what)


def _refuse(value: Any, what: str) -> NoReturn:
    raise _MalformedError(f"{shorten(value)} for {what}")
