"""One table of a config: a reader asks for its keys, and a key that nobody asked for is an error in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import PurePath
from typing import NoReturn

from rfscope import limits
from rfscope.errors import NetworkError, UnsupportedError, shorten
from rfscope.network.graph import Origin
from rfscope.readers.mmseg.values import ConfigValue, Data, Unread

__all__ = ["Section"]


class Section:
    """A table with its name, for error texts: ``model.backbone``.

    Args:
        value: The table.
        name: The keys that lead to it.

    Raises:
        NetworkError: It is no table.
        UnsupportedError: It cannot be read.
    """

    def __init__(self, value: ConfigValue, name: str) -> None:
        self._name = name
        self._asked: set[str] = set()
        self.origin = value.origin
        entries = self._plain(value, name)
        if not isinstance(entries, Mapping):
            raise NetworkError(f"bad {name}", where=str(value.origin), got=_show(value.data), expected="a table")
        self._entries = entries
        type_of = self._entries.get("type")
        if type_of is not None:
            self.origin = type_of.origin

    def origin_of(self, key: str) -> Origin:
        """Where a key's value was written, or where the table was."""
        return self._entries[key].origin if key in self._entries else self.origin

    def data(self, key: str, default: Data = None) -> Data:
        """The value of a key."""
        self._asked.add(key)
        return self._plain(self._entries[key], self._path(key)) if key in self._entries else default

    def value(self, key: str) -> ConfigValue | None:
        """The value of a key with its place; None if it is absent or None."""
        return None if self.data(key) is None else self._entries[key]

    def section(self, key: str) -> Section | None:
        """The table of a key; None if it is absent or None."""
        value = self.value(key)
        return None if value is None else Section(value, self._path(key))

    def sections(self, key: str) -> list[Section]:
        """The tables of a list, or the one table that stands there; none if the key is absent or None."""
        items = self.data(key)
        if not isinstance(items, tuple):
            return [section] if (section := self.section(key)) is not None else []
        limits.check("outputs", len(items), where=self._where(key))
        return [Section(item, f"{self._path(key)}[{number}]") for number, item in enumerate(items)]

    def type(self) -> str:
        """Its ``type``, without mmsegmentation's name before it: what other tools call so may be something else."""
        return self.text("type").removeprefix("mmseg.")

    def has(self, key: str) -> bool:
        """Whether a key is there."""
        return key in self._entries

    def text(self, key: str, default: str | None = None) -> str:
        """A text."""
        found = self.data(key, default)
        return found if isinstance(found, str) else self.refuse(key, "text")

    def flag(self, key: str, *, default: bool) -> bool:
        """True or False."""
        found = self.data(key, default)
        return found if isinstance(found, bool) else self.refuse(key, "True or False")

    def integer(self, key: str, default: int | None = None, *, least: int = 1, limit: str | None = None) -> int:
        """A whole number, at most the limit of that name."""
        found = self.data(key, default)
        if type(found) is int and found >= least:
            if limit:
                limits.check(limit, found, where=self._where(key))
            return found
        return self.refuse(key, f"a whole number of {least} or more")

    def number(self, key: str, default: float) -> float:
        """A number above 0."""
        found = self.data(key, default)
        if isinstance(found, int | float) and not isinstance(found, bool) and 0 < found < limits.limit("axis"):
            return float(found)
        return self.refuse(key, "a number above 0")

    def index(self, key: str, default: int, length: int) -> int:
        """A place in a list of some length; negative numbers count from its end."""
        found = self.data(key, default)
        if type(found) is int and -length <= found < length:
            return found % length
        return self.refuse(key, f"the number of one of {length} feature maps, from 0")

    def integers(
        self, key: str, default: Sequence[int], *, length: int | None = None, least: int = 1, limit: str = "axis"
    ) -> tuple[int, ...]:
        """A list of whole numbers, each at most the limit of that name, and no more than a network may have layers."""
        self._asked.add(key)
        if key not in self._entries:
            found: list[Data] = list(default)
        else:
            data = self.data(key)
            items = data if isinstance(data, tuple) else ()
            found = [self._plain(item, self._path(key)) for item in items]
        numbers = tuple(item for item in found if type(item) is int and item >= least)
        if not numbers or len(numbers) != len(found) or (length is not None and len(numbers) != length):
            count = "one or more" if length is None else str(length)
            return self.refuse(key, f"a list of {count} whole numbers, each {least} or more")
        limits.check("layers", len(numbers), where=self._where(key))
        limits.check(limit, max(numbers), where=self._where(key))
        return numbers

    def flags(self, key: str, default: Sequence[bool], *, length: int) -> tuple[bool, ...]:
        """A list of True and False."""
        data = self.data(key)
        items = data if isinstance(data, tuple) else ()
        found = default if data is None else [self._plain(item, self._path(key)) for item in items]
        flags = tuple(item for item in found if isinstance(item, bool))
        if len(flags) != len(found) or len(flags) != length:
            return self.refuse(key, f"a list of {length} of True and False")
        return flags

    def texts(self, key: str, default: Sequence[str], *, among: Sequence[str]) -> tuple[str, ...]:
        """A list of texts, each one of some."""
        data = self.data(key)
        items = data if isinstance(data, tuple) else ()
        found = default if data is None else [self._plain(item, self._path(key)) for item in items]
        texts = tuple(item for item in found if isinstance(item, str) and item in among)
        if not texts or len(texts) != len(found):
            return self.refuse(key, f"a list of {' and '.join(map(repr, among))}")
        return texts

    def ignore(self, *keys: str) -> None:
        """Pass over keys that change nothing of what is read."""
        self._asked.update(keys)

    def only(self, key: str, *allowed: Data, why: str) -> None:
        """Refuse a key that has another value than those that are read here.

        Raises:
            UnsupportedError: It has.
        """
        found = self.data(key, allowed[0])
        if not any(found is one or found == one for one in allowed):
            raise UnsupportedError(f"{key} is not read ({why})", where=self._where(key), got=_show(found))

    def finish(self) -> None:
        """Refuse what nobody asked for.

        Raises:
            UnsupportedError: There is such a key.
        """
        for key in self._entries:
            if key not in self._asked:
                close = get_close_matches(str(key), self._asked, n=1)
                do = f"did you mean {close[0]!r}?" if close else None
                raise UnsupportedError(f"{key!r} is not read", where=self._where(str(key)), do=do)

    def refuse(self, key: str, expected: str) -> NoReturn:
        """Say that the value of a key is not what it must be, or is missing.

        Raises:
            NetworkError: Always.
        """
        if key not in self._entries:
            raise NetworkError(f"missing key {key!r}", where=self._where(key), expected=expected)
        raise NetworkError(f"bad {key}", where=self._where(key), got=_show(self._entries[key].data), expected=expected)

    def unsupported(self, what: str, key: str = "type") -> NoReturn:
        """Say that something is not read.

        Raises:
            UnsupportedError: Always.
        """
        raise UnsupportedError(what, where=self._where(key))

    def _where(self, key: str) -> str:
        return f"{self.origin_of(key)}, {self._path(key)}"

    def _path(self, key: str) -> str:
        return f"{self._name}.{key:.60}" if self._name else f"{key:.60}"

    def _plain(self, value: ConfigValue, name: str) -> Data:
        if isinstance(value.data, Unread):
            do = f"to read a torch module in it, write {PurePath(value.origin.file).stem}:NAME"
            raise UnsupportedError(
                "needs the config to be run",
                where=f"{value.origin}, {name}",
                got=value.data.what,
                expected="literals, which are read without running anything",
                do=do if name == "model" else None,
            )
        return value.data


def _show(data: Data, *, inside: bool = False) -> str:
    """A value in an error text. Lists inside lists are not written out: they may repeat one value many times."""
    if isinstance(data, Mapping):
        return "a table"
    if isinstance(data, tuple) and inside:
        return "a list"
    if isinstance(data, tuple):
        items = ", ".join(_show(item.data, inside=True) for item in data[:8])
        return f"[{items}{', ...' if len(data) > 8 else ''}]"
    return data.what if isinstance(data, Unread) else "None" if data is None else shorten(data)
