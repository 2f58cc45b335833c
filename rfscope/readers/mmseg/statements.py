"""The names that a config defines, worked out without running it."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from rfscope.errors import TargetError
from rfscope.readers.mmseg.calls import Calls, mentioned, plain
from rfscope.readers.mmseg.literals import Literals, place
from rfscope.readers.mmseg.values import ConfigValue, Key, Unread, table

__all__ = ["BASE", "bases", "names"]

BASE = "_base_"


def bases(tree: ast.Module, file: str) -> list[tuple[str, str]]:
    """The files that a config inherits, and where each is named, in order.

    Raises:
        TargetError: They are not written as text or a list of texts.
    """
    found: list[tuple[str, str]] = []
    nothing = table({}, place(tree, file))
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == BASE for t in node.targets):
            if found:
                raise TargetError(
                    f"a second {BASE}", where=str(place(node, file)), expected="one, with a list of paths"
                )
            value = Literals(file, lambda _: None, nothing).value(node.value)
            items = value.data if isinstance(value.data, tuple) else (value,)
            for item in items:
                if not isinstance(item.data, str):
                    expected = "the path of a config, or a list of paths"
                    raise TargetError(f"bad {BASE}", where=str(item.origin), expected=expected)
                found.append((item.data, str(item.origin)))
    return found


def names(tree: ast.Module, file: str, base: ConfigValue) -> ConfigValue:
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
    entries: dict[Key, ConfigValue] = {name: value for name, value in scope.values.items() if name not in hidden}
    return table(entries, place(tree, file))


class _Scope:
    """The names defined so far."""

    def __init__(self, file: str, base: ConfigValue) -> None:
        self.values: dict[str, ConfigValue] = {}
        self.imported: set[str] = set()
        """Names that hold modules, which are no part of a config."""
        self._file = file
        self._inherited = [key for key in (base.data if isinstance(base.data, Mapping) else {}) if isinstance(key, str)]
        self._literals = Literals(file, self.values.get, base)
        self._calls = Calls(self.values)
        self._kin: dict[str, set[str]] = {}
        """Names whose values may share a table, the same set for all of them."""
        self._readable: set[str] = set()

    def run(self, node: ast.stmt) -> None:
        """Take note of what a statement does to the names."""
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                return
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                self._lose(self._all(), node)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                found = {(alias.asname or alias.name).partition(".")[0] for alias in aliases}
                self._lose(found, node)
                self._calls.note_import(node, found)
                self.imported |= found if isinstance(node, ast.Import) else set()
            case ast.Assign(targets=[ast.Name(id=name)]) if name == BASE:
                return
            case ast.Assign(targets=targets, value=written) if all(isinstance(t, ast.Name) for t in targets):
                self._assign([t.id for t in targets if isinstance(t, ast.Name)], written, node)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as written, annotation=kind) if plain(kind):
                self._assign([name], written, node)
            case _:
                self._lose(self._changed(node, set(mentioned(node))), node)

    def _assign(self, targets: list[str], written: ast.expr, node: ast.stmt) -> None:
        used = set(mentioned(written))
        value = self._literals.value(written)
        if self._calls.may_change(written, used):
            self._lose(self._changed(written, used), node)
        shared = {name for name in used if self._may_be_shared(name)}
        for name in targets:
            self.imported.discard(name)
            self._calls.forget(name)
            self.values[name] = value
            if not isinstance(value.data, Unread):
                self._readable.add(name)
        self._relate({*targets, *shared})

    def _may_be_shared(self, name: str) -> bool:
        """Whether a change through another name may change the value of this one; never for a number or text."""
        return name not in self.values or isinstance(self.values[name].data, Mapping | tuple | Unread)

    def _changed(self, node: ast.AST, used: set[str]) -> set[str]:
        """The names that may be changed: those mentioned, or all if code of the file or unknown code is run."""
        return self._all() | used if self._calls.runs_anything(node, used) else used

    def _all(self) -> set[str]:
        """All names that have a value that can be lost; those that are inherited as well."""
        return self._readable.union(name for name in self._inherited if name not in self.values)

    def _lose(self, lost: set[str], node: ast.AST) -> None:
        """Forget the values of names, and of all names that may share a table with them."""
        unread = ConfigValue(Unread(f"what line {getattr(node, 'lineno', '?')} does"), place(node, self._file))
        for name in lost:
            for one in self._kin.get(name, {name}) | {name}:
                self._kin.pop(one, None)  # what is not known has nothing left that could change
                self._readable.discard(one)
                self.values[one] = unread
                self.imported.discard(one)

    def _relate(self, names: set[str]) -> None:
        """Join the sets of names, the smaller ones into the largest."""
        groups = {id(group): group for name in names for group in [self._kin.get(name) or {name}]}
        together = max(groups.values(), key=len)
        for group in groups.values():
            if group is not together:
                together |= group
        for group in groups.values():
            for name in group if group is not together else names:
                self._kin[name] = together
