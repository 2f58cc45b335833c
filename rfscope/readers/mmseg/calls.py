"""The names that a statement of a config may change without assigning to them, by running code that is unknown."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from rfscope.readers.mmseg.values import ConfigValue, Unread

__all__ = ["Calls", "mentioned", "plain"]

_PURE = frozenset(
    [
        *("abs", "bool", "dict", "enumerate", "float", "int", "len", "list", "max", "min", "range", "round", "set"),
        *("sorted", "str", "sum", "tuple", "zip"),
    ]
)
"""Calls that change nothing but what functions that they are given do."""

_REACHING = frozenset(
    ["__main__", "builtins", "code", "ctypes", "gc", "importlib", "inspect", "runpy", "sys", "traceback", "types"]
)
"""Modules whose functions reach the names of a file that calls them."""

_OWN_CODE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)

_TEXTS: Mapping[type[ast.AST], tuple[str, ...]] = {
    ast.Constant: ("value", "kind"),
    ast.Attribute: ("attr",),
    ast.keyword: ("arg",),
    ast.arg: ("arg",),
}
"""Fields that hold text that is no name of the file's."""


class Calls:
    """Tells which statements may run code that changes names.

    Args:
        values: The values of the names so far, which grows.
    """

    def __init__(self, values: Mapping[str, ConfigValue]) -> None:
        self._values = values
        self._imported: set[str] = set()
        self._has_own_code = False

    def note_import(self, node: ast.Import | ast.ImportFrom, names: AbstractSet[str]) -> None:
        """Take note of names that come from other files: these do not see the names of this one."""
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        if _REACHING.isdisjoint(module.partition(".")[0] for module in modules):
            self._imported |= names

    def forget(self, name: str) -> None:
        """A name no longer stands for what was imported."""
        self._imported.discard(name)

    def may_change(self, written: ast.expr, used: AbstractSet[str]) -> bool:
        """Whether an expression may do more than give a value."""
        inside = list(ast.walk(written))
        if any(
            isinstance(getattr(inner, "ctx", None), ast.Store) and not isinstance(inner, ast.Tuple) for inner in inside
        ):
            return True  # by ``:=``, or the variable of a loop, which need not be a name
        calls = [inner for inner in inside if isinstance(inner, ast.Call)]
        return any(not self._is_pure(call) for call in calls) or self._runs_own_code(written, used)

    def runs_anything(self, node: ast.AST, used: AbstractSet[str]) -> bool:
        """Whether a statement or an expression may run code of the file, or such that reaches all its names."""
        runs = any(self._reaches_all(inner) for inner in ast.walk(node) if isinstance(inner, ast.Call))
        stars = any(isinstance(inner, ast.alias) and inner.name == "*" for inner in ast.walk(node))
        return self._runs_own_code(node, used) or runs or stars

    def _runs_own_code(self, node: ast.AST, used: AbstractSet[str]) -> bool:
        """Whether something that the file itself defines may be run: by any sign, for what it defines may have any."""
        if self._has_own_code and not all(self._is_plain(name) for name in used):
            return True
        self._has_own_code = self._has_own_code or any(isinstance(inner, _OWN_CODE) for inner in ast.walk(node))
        return False

    def _is_plain(self, name: str) -> bool:
        return name in self._values and not isinstance(self._values[name].data, Unread)

    def _is_pure(self, call: ast.Call) -> bool:
        match call.func:
            case ast.Name(id=name):
                return name in _PURE and name not in self._values and (name == "dict" or not call.keywords)
        return False

    def _reaches_all(self, call: ast.Call) -> bool:
        """Whether a call may change any name: it calls what is not known, or hands it on."""
        root = call.func
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name) or any(map(self._may_be_code, _handed_on(call))):
            return True
        if root.id in self._imported:
            return False
        if isinstance(call.func, ast.Name):
            return root.id not in _PURE or root.id in self._values
        return root.id in self._values and not self._is_plain(root.id)

    def _may_be_code(self, name: str) -> bool:
        """Whether a name that a call is given may be a function that reaches all names: ``exec``, or its own."""
        return not (name in _PURE or name in self._imported or self._is_plain(name))


def _handed_on(call: ast.Call) -> Iterator[str]:
    for given in (*call.args, *(word.value for word in call.keywords)):
        bound = {
            inner.id for inner in ast.walk(given) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
        }
        yield from (
            inner.id
            for inner in ast.walk(given)
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load) and inner.id not in bound
        )


def mentioned(node: ast.AST) -> Iterator[str]:
    """The names that a statement or an expression reads, sets or deletes, in whatever way."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id in _PURE and isinstance(inner.ctx, ast.Load):
            continue
        for field, value in ast.iter_fields(inner):
            if field in _TEXTS.get(type(inner), ()) or field == "type_comment":
                continue
            for text in value if isinstance(value, list) else [value]:
                if isinstance(text, str):
                    yield text.partition(".")[0]


def plain(annotation: ast.expr) -> bool:
    """Whether an annotation runs nothing."""
    allowed = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.List, ast.BinOp, ast.operator)
    return all(isinstance(inner, (*allowed, ast.expr_context)) for inner in ast.walk(annotation))
