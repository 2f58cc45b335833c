"""The values in the JSON of an exported program; nothing in it is taken for granted.

A symbolic size is read by its hint alone, the number at export. The file also has an expression for it, which torch
evaluates as Python, and so runs what it says. This reader never touches the expression.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from rfscope import limits
from rfscope.errors import UnsupportedError, shorten
from rfscope.readers.torch.calls import Tensor
from rfscope.readers.torch.views import Memory

__all__ = [
    "Graph",
    "MalformedError",
    "argument",
    "listed",
    "mapping",
    "memories",
    "numbers_in",
    "refuse",
    "tensors_named",
    "text",
    "union",
]

DEEPEST = 8
"""How deep arguments may be nested: lists of lists, and mappings in them."""
_MOST_DIMENSIONS = 64


class MalformedError(Exception):
    """Something in the JSON is not what it should be."""


@dataclass(frozen=True)
class Graph:
    """The parts of a graph that are read.

    Attributes:
        file: The archive.
        memory: Shape and place in memory of each tensor.
        numbers: What symbolic numbers were at export; None where they depend on the data.
        scope: Of a graph inside an operation, what its names begin with.
        given: Of a graph inside an operation, the tensors that enter it, by its own names for them.
        made: The tensors that are there so far: those that the program is given, and results of its operations.
    """

    file: Path
    memory: dict[str, Memory]
    numbers: Mapping[str, Any]
    scope: str = ""
    given: Mapping[str, Tensor] = field(default_factory=dict)
    made: set[Hashable] = field(default_factory=set)

    def there(self, value: Any) -> Any:
        """An argument, if all tensors in it are there."""
        for tensor in tensors_of(value):
            if tensor.key not in self.made:
                refuse(tensor.key, "a tensor that an operation before it makes")
        return value

    def tensor(self, name: str) -> Tensor:
        """The tensor of a name, whether it is there yet or not."""
        if name in self.given:
            return self.given[name]
        name = self.scope + name
        found = self.memory.get(name)
        if found is None:
            raise MalformedError(f"a tensor {shorten(name)} without a declaration")
        if found.shape is None:
            raise self._unsaid(name)
        return Tensor(name, found.shape)

    def number(self, name: str) -> Any:
        """What a symbolic number was at export."""
        if name not in self.numbers:
            raise MalformedError(f"a number {shorten(name)} without a declaration")
        if self.numbers[name] is None:
            raise self._unsaid(name)
        return self.numbers[name]

    def _unsaid(self, name: str) -> UnsupportedError:
        do = "export a part of it that ends before"
        return UnsupportedError("a size that depends on the data", where=f"{self.file}, {shorten(name)}", do=do)


def memories(graph: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Memory]]:
    """The tensors of a graph by their names, with their shapes and places in memory."""
    for name, entry in mapping(graph.get("tensor_values"), "tensor_values").items():
        meta = mapping(entry, "a tensor")
        sizes = [_number(size) for size in listed(meta.get("sizes"), "sizes")]
        strides = [_number(stride) for stride in listed(meta.get("strides", []), "strides")]
        for size in sizes:
            if size is not None and (type(size) is not int or size < 0):
                refuse(size, "a size")
            limits.check("axis", size or 0, where=f"{path}, {shorten(name)}")
        if len(sizes) > _MOST_DIMENSIONS:
            refuse(len(sizes), "a number of dimensions")
        shape = None if None in sizes else tuple(sizes)
        yield name, Memory(shape, tuple(strides), (shorten(meta.get("dtype")), shorten(meta.get("device"))))


def numbers_in(graph: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The symbolic numbers of a graph by their names."""
    for kind in ("sym_int_values", "sym_bool_values", "sym_float_values"):
        for name, entry in mapping(graph.get(kind, {}), kind).items():
            yield name, _number(entry)


def _number(entry: Any) -> Any:
    """A number, or the hint of a symbolic one: its value at export. None if there is none."""
    kind, value = union(entry)
    if kind == "as_expr":
        hint = mapping(value, "an expression").get("hint")
        return None if hint is None else _number(hint)
    return _plain_number(value)


def _plain_number(value: Any) -> Any:
    if isinstance(value, str) and value in ("Infinity", "-Infinity", "NaN"):
        return float(value)
    if not isinstance(value, bool | int | float):
        raise MalformedError(f"{shorten(value)} for a number")
    return value


def tensors_named(entry: Any, graph: Graph) -> list[Tensor]:
    """The tensors that an entry names."""
    return tensors_of(argument(entry, graph))


def tensors_of(value: Any) -> list[Tensor]:
    if isinstance(value, Tensor):
        return [value]
    return [tensor for entry in value for tensor in tensors_of(entry)] if isinstance(value, list) else []


def argument(entry: Any, graph: Graph, depth: int = 0) -> Any:
    """An argument as a Python value, with records for tensors and hints for symbolic numbers."""
    kind, value = union(entry)
    if depth > DEEPEST:
        raise MalformedError("arguments that are nested too deeply")
    if kind in _READERS:
        return _READERS[kind](value, graph)
    if kind == "as_optional_tensor":
        return argument(value, graph, depth + 1)
    if kind == "as_optional_tensors":
        return [argument(one, graph, depth + 1) for one in listed(value, kind)]
    if kind == "as_string_to_argument":
        return {name: argument(one, graph, depth + 1) for name, one in mapping(value, kind).items()}
    return None  # a type, a device, a graph of its own: what nothing of an operation's reads depends on


def _symbol(value: Any, graph: Graph) -> Any:
    kind, found = union(value)
    return graph.number(text(found, "the name of a number")) if kind == "as_name" else _plain_number(found)


def _tensor(value: Any, graph: Graph) -> Tensor:
    return graph.tensor(text(mapping(value, "a tensor").get("name"), "the name of a tensor"))


def _many(one: Callable[[Any, Graph], Any]) -> Callable[[Any, Graph], list[Any]]:
    return lambda value, graph: [one(entry, graph) for entry in listed(value, "a list")]


def _one(value: Any, _graph: Graph) -> Any:
    return _plain_number(value)


def _word(value: Any, _graph: Graph) -> str:
    return text(value, "a text")


_READERS: Mapping[str, Callable[[Any, Graph], Any]] = {
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


def union(entry: Any) -> tuple[str, Any]:
    """The only key of a mapping, which says what kind of value it is, and the value."""
    found = mapping(entry, "a value")
    if len(found) != 1:
        refuse(entry, "a value of one kind")
    return next(iter(found.items()))


def mapping(value: Any, what: str) -> Mapping[str, Any]:
    """A value that must be a mapping."""
    return value if isinstance(value, dict) else refuse(value, what)


def listed(value: Any, what: str) -> Sequence[Any]:
    """A value that must be a list."""
    return value if isinstance(value, list) else refuse(value, what)


def text(value: Any, what: str) -> str:
    """A value that must be text."""
    return value if isinstance(value, str) else refuse(value, what)


def refuse(value: Any, what: str) -> NoReturn:
    """Say that a value is not what it should be."""
    raise MalformedError(f"{shorten(value)} for {what}")
