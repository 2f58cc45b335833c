"""The names that a config defines, worked out without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from rfscope.errors import TargetError
from rfscope.readers.mmseg.literals import Literals, place
from rfscope.readers.mmseg.values import Key, Unread, Value, table

__all__ = ["BASE", "bases", "names"]

BASE = "_base_"

_PURE = {"abs", "bool", "dict", "enumerate", "float", "int", "len", "list", "max", "min", "range", "round", "set"} | {
    "sorted",
    "str",
    "sum",
    "tuple",
    "zip",
}
"""Calls that change nothing."""


def bases(tree: ast.Module, file: str) -> list[tuple[str, str]]:
    """The files that a config inherits, and where each is named, in order.

    Raises:
        TargetError: They are not written as text or a list of texts.
    """
    found: list[tuple[str, str]] = []
    nothing = table({}, place(tree, file))
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == BASE for t in node.targets):
            value = Literals(file, lambda _: None, nothing).value(node.value)
            items = value.data if isinstance(value.data, tuple) else (value,)
            for item in items:
                if not isinstance(item.data, str):
                    expected = "the path of a config, or a list of paths"
                    raise TargetError(f"bad {BASE}", where=str(item.origin), expected=expected)
                found.append((item.data, str(item.origin)))
    return found


def names(tree: ast.Module, file: str, base: Value) -> Value:
    """The table of the names that a config defines, each with its value.

    A name that something unreadable may have changed has no value any more: a statement that is not an assignment of
    literals takes away the values of all names that it mentions and of all that were made of these or from these, and
    one that may run code of the file takes away all.

    Args:
        tree: The parsed file.
        file: Its name.
        base: What it inherits.

    Raises:
        TargetError: It may change what it inherits in another way than by defining names.
        LimitError: Something is nested too deeply.
    """
    scope = _Scope(file, base)
    for node in tree.body:
        scope.run(node)
    if BASE in scope.values:
        origin = scope.values[BASE].origin
        raise TargetError(
            "a config that changes what it inherits", where=str(origin), do=f"read {BASE}, do not change it"
        )
    hidden = {BASE} | {name for name in scope.values if name.startswith("__")} | scope.imported
    entries: dict[Key, Value] = {name: value for name, value in scope.values.items() if name not in hidden}
    return table(entries, place(tree, file))


class _Scope:
    """The names defined so far."""

    def __init__(self, file: str, base: Value) -> None:
        self.values: dict[str, Value] = {}
        self.imported: set[str] = set()
        self._file = file
        self._literals = Literals(file, self.values.get, base)
        self._kin: dict[str, set[str]] = {}
        """Names whose values may share a table, the same set for all of them."""

    def run(self, node: ast.stmt) -> None:
        """Take note of what a statement does to the names."""
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases) if all(a.name != "*" for a in aliases):
                for alias in aliases:
                    name = (alias.asname or alias.name).partition(".")[0]
                    self._lose({name}, node)
                    self.imported.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) if name == BASE:
                return
            case ast.Assign(targets=targets, value=written) if all(isinstance(t, ast.Name) for t in targets):
                self._assign([t.id for t in targets if isinstance(t, ast.Name)], written, node)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as written):
                self._assign([name], written, node)
            case _:
                self._lose(self._changed(node, set(_mentioned(node))), node)

    def _assign(self, targets: list[str], written: ast.expr, node: ast.stmt) -> None:
        used = set(_mentioned(written))
        value = self._literals.value(written)
        if any(isinstance(inner, ast.NamedExpr) or _may_change(inner) for inner in ast.walk(written)):
            self._lose(self._changed(written, used), node)
        shared = {name for name in used if self._may_be_shared(name)}
        for name in targets:
            self.imported.discard(name)
            self.values[name] = value
        self._relate({*targets, *shared})

    def _may_be_shared(self, name: str) -> bool:
        """Whether a change through another name may change the value of this one: not where it is a number or text."""
        return name not in self.values or isinstance(self.values[name].data, Mapping | tuple | Unread)

    def _changed(self, node: ast.AST, mentioned: set[str]) -> set[str]:
        """The names that may be changed: those mentioned, or all where code of the file or an unknown one is run."""
        calls = (inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call))
        return set(self.values) | mentioned if any(self._runs_anything(func) for func in calls) else mentioned

    def _runs_anything(self, func: ast.expr) -> bool:
        root = func
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return True
        if root.id in self.imported:
            return False
        if isinstance(func, ast.Name):
            return root.id not in _PURE or root.id in self.values
        return root.id in self.values and isinstance(self.values[root.id].data, Unread)

    def _lose(self, lost: set[str], node: ast.AST) -> None:
        unread = Value(Unread(f"what line {getattr(node, 'lineno', '?')} does"), place(node, self._file))
        for name in lost.union(*(self._kin.get(name, ()) for name in lost)):
            self.values[name] = unread

    def _relate(self, names: set[str]) -> None:
        together = names.union(*(self._kin.get(name, ()) for name in names))
        for name in together:
            self._kin[name] = together


def _mentioned(node: ast.AST) -> Iterator[str]:
    """The names that a statement or an expression reads, sets or deletes."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            if inner.id not in _PURE or not isinstance(inner.ctx, ast.Load):
                yield inner.id
        elif isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield inner.name
        elif isinstance(inner, ast.alias):
            yield (inner.asname or inner.name).partition(".")[0]


def _may_change(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id in _PURE)
