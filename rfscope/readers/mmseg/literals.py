"""The literals of a config, worked out without running it."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from math import isfinite
from typing import Any

from rfscope.errors import TargetError, clean
from rfscope.network.graph import Origin
from rfscope.readers.mmseg.values import ConfigValue, Data, Key, Unread, sequence, table

__all__ = ["Literals", "place"]

_BASE = "_base_"

_LONGEST = 100_000
"""Characters of a text, items of a list: what is longer is no description of a network."""

_BITS = 4_096
"""Of whole numbers that are calculated."""

_SHOWN = 60

_LARGE = 200
"""Parts of an expression that is not written out: it may stand inside of others that are."""

_TEMPLATE = re.compile(r"\{\{\s*_base_\.([\w.]+)\s*\}\}")

Lookup = Callable[[str], ConfigValue | None]


def place(node: ast.AST, file: str) -> Origin:
    """Where an expression or a statement stands."""
    return Origin(file=file, row=getattr(node, "lineno", None), column=getattr(node, "col_offset", -1) + 1 or None)


class Literals:
    """Works out expressions: constants, displays, ``dict(...)``, ``sum([...])``, known names, ``+ - * / //`` of these.

    What is anything else becomes ``Unread`` where it stands, and only there: most of a config does not describe the
    network.

    Args:
        file: The file's name, for the places of the values.
        lookup: Finds the value of a name; None if it has none.
        base: What the file inherits, for ``{{_base_.model.x}}`` and ``_base_.model.x``.
    """

    def __init__(self, file: str, lookup: Lookup, base: ConfigValue) -> None:
        self._file = file
        self._lookup = lookup
        self._base = base

    def value(self, node: ast.expr) -> ConfigValue:  # noqa: PLR0911 - one for each kind of expression
        """What an expression stands for.

        Raises:
            TargetError: A keyword stands twice in a call.
            LimitError: It is nested too deeply.
        """
        here = place(node, self._file)
        match node:
            case ast.Constant(value=str() as text) if template := _TEMPLATE.fullmatch(text):
                return self._below(template[1].split("."), node)
            case ast.Constant(value=None | bool() | int() | float() | str() as data):
                return ConfigValue(data, here)
            case ast.List(elts=items) | ast.Tuple(elts=items) if not any(isinstance(i, ast.Starred) for i in items):
                return sequence(tuple(map(self.value, items)), here)
            case ast.Dict(keys=keys, values=values):
                return self._table(zip(keys, values, strict=True), node)
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=words) if self._lookup("dict") is None:
                self._check_words(words)
                keys = [None if word.arg is None else ast.Constant(word.arg) for word in words]
                return self._table(zip(keys, (word.value for word in words), strict=True), node)
            case ast.Call(func=ast.Name(id="sum"), args=[terms], keywords=[]) if self._lookup("sum") is None:
                return self._sum(self.value(terms), node)
            case ast.Name(id=name):
                return self._lookup(name) or self._unread(node, f"{name}, which this file does not define")
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=inner):
                return self._signed(sign, self.value(inner), node)
            case ast.BinOp(left=left, op=op, right=right):
                return self._combined(op, self.value(left), self.value(right), node)
            case ast.Attribute() | ast.Set(elts=[ast.Set(elts=[ast.Attribute()])]):
                return self._inherited(node)
            case _:
                return self._unread(node)

    def _unread(self, node: ast.AST, what: str | None = None) -> ConfigValue:
        return ConfigValue(Unread(what or _shown(node)), place(node, self._file))

    def _check_words(self, words: Sequence[ast.keyword]) -> None:
        """Refuse a word that stands twice, which Python does as well, but not when it only parses."""
        known: set[str] = set()
        for word in words:
            if word.arg in known:
                raise TargetError(
                    f"not Python (keyword argument repeated: {word.arg})", where=str(place(word, self._file))
                )
            known |= {word.arg} if word.arg else set()

    def _table(self, pairs: Iterable[tuple[ast.expr | None, ast.expr]], node: ast.expr) -> ConfigValue:
        entries: dict[Key, ConfigValue] = {}
        for key, written in pairs:
            value = self.value(written)
            if key is None:  # **other
                if not isinstance(value.data, Mapping):
                    return self._unread(node)
                entries |= value.data
                continue
            name = self.value(key).data
            if not (name is None or isinstance(name, str | int | float)):
                return self._unread(node)
            entries[name] = value
        return table(entries, place(node, self._file))

    def _signed(self, sign: ast.unaryop, inner: ConfigValue, node: ast.expr) -> ConfigValue:
        if isinstance(inner.data, int | float):
            return ConfigValue(-inner.data if isinstance(sign, ast.USub) else +inner.data, place(node, self._file))
        return inner if isinstance(inner.data, Unread) else self._unread(node)

    def _combined(self, op: ast.operator, left: ConfigValue, right: ConfigValue, node: ast.expr) -> ConfigValue:
        for side in (left, right):
            if isinstance(side.data, Unread):
                return side
        here = place(node, self._file)
        first, second = left.data, right.data
        if isinstance(op, ast.Add):
            if isinstance(first, str) and isinstance(second, str) and len(first) + len(second) <= _LONGEST:
                return ConfigValue(first + second, here)
            if isinstance(first, tuple) and isinstance(second, tuple) and len(first) + len(second) <= _LONGEST:
                return sequence(first + second, here)
        if isinstance(op, ast.Mult) and isinstance(first, tuple) and type(second) is int:
            return sequence(first * second, here) if len(first) * second <= _LONGEST else self._unread(node)
        found = _calculated(op, first, second)
        return self._unread(node) if found is None else ConfigValue(found, here)

    def _sum(self, terms: ConfigValue, node: ast.expr) -> ConfigValue:
        total: Data = 0 if isinstance(terms.data, tuple) else None
        for term in terms.data if isinstance(terms.data, tuple) else ():
            total = _calculated(ast.Add(), total, term.data)
        return self._unread(node) if total is None else ConfigValue(total, place(node, self._file))

    def _inherited(self, node: ast.expr) -> ConfigValue:
        """``{{_base_.a.b}}`` or ``_base_.a.b``."""
        inner: ast.expr = node
        while isinstance(inner, ast.Set):
            [inner] = inner.elts
        keys: list[str] = []
        while isinstance(inner, ast.Attribute):
            keys.insert(0, inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name) or inner.id != _BASE:
            return self._unread(node)
        return self._below(keys, node)

    def _below(self, keys: Sequence[str], node: ast.expr) -> ConfigValue:
        found = self._base
        for key in keys:
            if not isinstance(found.data, Mapping) or key not in found.data:
                return self._unread(node, f"{_BASE}.{'.'.join(keys)}, which no base defines")
            found = found.data[key]
        return found


def _calculated(op: ast.operator, first: Data, second: Data) -> Data:
    """A number; None for what is not calculated here, or would be enormous."""
    if type(first) is int and type(second) is int and first.bit_length() + second.bit_length() > _BITS:
        return None
    if type(first) not in (int, float) or type(second) not in (int, float):
        return None
    with suppress(ArithmeticError):
        found = _OPERATIONS[type(op)](first, second) if type(op) in _OPERATIONS else None
        return found if found is not None and (isinstance(found, int) or isfinite(found)) else None
    return None


_OPERATIONS: Mapping[type[ast.operator], Callable[[Any, Any], int | float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}


def _shown(node: ast.AST) -> str:
    """An expression as it is written, cut to what fits on a line; of a large one only what it is."""
    if len(list(islice(ast.walk(node), _LARGE))) == _LARGE:
        return f"a large {type(node).__name__}"
    try:
        text = clean(" ".join(ast.unparse(node).split()))
    except (RecursionError, ValueError):  # deeply nested, or an integer of more than 4,300 digits
        text = type(node).__name__
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
