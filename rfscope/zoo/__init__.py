"""Published networks, with the numbers that their papers print.

Example:
    >>> load("patchgan-70").nodes[0].reads[0].kernel
    4
"""

from __future__ import annotations

from collections.abc import Mapping

from rfscope.errors import TargetError, near
from rfscope.network.graph import Network
from rfscope.zoo.catalogue import ENTRIES, FAMILIES
from rfscope.zoo.checking import CheckedEntry, check
from rfscope.zoo.entry import ZooEntry

__all__ = ["CheckedEntry", "ZooEntry", "check", "entries", "families", "find", "load", "names"]


def entries() -> tuple[ZooEntry, ...]:
    """Every published network, those of one source together."""
    return ENTRIES


def families() -> Mapping[str, tuple[ZooEntry, ...]]:
    """Every published network by family, the oldest of each first, and last those that were not published."""
    return {
        family: tuple(sorted(members, key=lambda entry: (entry.year is None, entry.year)))
        for family, members in FAMILIES.items()
    }


def names() -> tuple[str, ...]:
    """The name of every published network."""
    return tuple(entry.name for entry in ENTRIES)


def find(name: str) -> ZooEntry:
    """The published network of that name.

    Raises:
        TargetError: There is none.
    """
    for entry in ENTRIES:
        if entry.name == name:
            return entry
    close = near(name, names())
    do = f"did you mean {close!r}?" if close else "see rfscope zoo"
    raise TargetError("unknown network", where="the zoo", got=repr(name), expected="a name from rfscope zoo", do=do)


def load(name: str) -> Network:
    """Make a published network.

    Raises:
        TargetError: There is none of that name.
    """
    return find(name).found().network
