"""The values of a config, each with the place it was written at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from rfscope import limits
from rfscope.errors import TargetError
from rfscope.network.graph import Origin

__all__ = ["ConfigValue", "Data", "Key", "Unread", "merge", "sequence", "table"]

Key: TypeAlias = str | int | float | bool | None

Data: TypeAlias = "Key | tuple[ConfigValue, ...] | Mapping[Key, ConfigValue] | Unread"
"""Plain data; lists and tuples alike are tuples."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that only running the config would tell.

    Attributes:
        what: What is written there, or what happens to it.
    """

    what: str


@dataclass(frozen=True, slots=True)
class ConfigValue:
    """A value and its place.

    Attributes:
        data: The value itself.
        origin: Where it was written.
        depth: How deeply it is nested: 0 for a number.
    """

    data: Data
    origin: Origin
    depth: int = 0


def table(entries: Mapping[Key, ConfigValue], origin: Origin) -> ConfigValue:
    """A table of these entries.

    Raises:
        LimitError: It is nested too deeply.
    """
    return ConfigValue(dict(entries), origin, _depth(tuple(entries.values()), origin))


def sequence(items: tuple[ConfigValue, ...], origin: Origin) -> ConfigValue:
    """A list or a tuple of these items.

    Raises:
        LimitError: It is nested too deeply.
    """
    return ConfigValue(items, origin, _depth(items, origin))


def _depth(inside: tuple[ConfigValue, ...], origin: Origin) -> int:
    depth = 1 + max((value.depth for value in inside), default=0)
    limits.check("nesting", depth, where=str(origin))
    return depth


_DELETE = "_delete_"


def merge(
    changes: ConfigValue, base: ConfigValue, done: dict[tuple[int, int], ConfigValue] | None = None
) -> ConfigValue:
    """Put the entries of one table over those of another, as configs inherit.

    Tables are merged key by key, unless the upper one says ``_delete_=True``; anything else is replaced.

    Args:
        changes: The upper table.
        base: The table it changes.
        done: What was merged already: a table may stand in many places.

    Raises:
        TargetError: A table would have to be merged into something else.
    """
    done = {} if done is None else done
    known = done.get((id(changes), id(base)))
    if known is not None:
        return known
    if not isinstance(changes.data, Mapping) or not isinstance(base.data, Mapping):
        raise TypeError(changes)
    merged = dict(base.data)
    for key, value in changes.data.items():
        below = merged.get(key)
        if not isinstance(value.data, Mapping) or below is None:
            merged[key] = value
        elif _deletes(value.data):
            kept = {name: entry for name, entry in value.data.items() if name != _DELETE}
            merged[key] = table(kept, value.origin)
        elif isinstance(below.data, Mapping):
            merged[key] = merge(value, below, done)
        elif isinstance(below.data, Unread):
            merged[key] = below
        else:
            expected = f"a table there as well, or {_DELETE}=True"
            got = f"a table over what is none at {below.origin}"
            raise TargetError(f"cannot merge {key!r}", where=str(value.origin), got=got, expected=expected)
    result = done[id(changes), id(base)] = table(merged, changes.origin)
    return result


def _deletes(entries: Mapping[Key, ConfigValue]) -> bool:
    return _DELETE in entries and bool(entries[_DELETE].data)
