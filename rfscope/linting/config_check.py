"""Check a configuration against its data model, and say what does not fit, a line for each mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from rfscope.errors import RfscopeError, shorten, together
from rfscope.linting.config_model import Config, Network, Rules
from rfscope.linting.selection import as_prefix
from rfscope.readers.spec_check import causes, faults, in_order, suggestion
from rfscope.readers.spec_document import Document, Path
from rfscope.readers.spec_model import ExpectedText

__all__ = ["checked"]

_OF_RULES = ("select", "ignore", "extend-select", "extend-ignore", "level")
_MEANT = {"padding": "write causal = true for padding before alone", "rates": "write target = '1,2,5'"}
"""What to write instead of keys that are not there but elsewhere."""


def checked(data: Mapping[str, Any], document: Document, base: Path) -> Config:
    """Make the model of a configuration.

    Args:
        data: The table of settings.
        document: The file it stands in.
        base: The path to it in the file.

    Raises:
        RfscopeError: Something in it is unknown or does not fit; every mistake is told.
    """
    mistakes = list(_unknown_rules(data, document, base))
    try:
        model = Config.model_validate(data)
    except ValidationError as error:
        found = causes(faults(error, _path))
        mistakes += [_mistake(data, document, base, path, kind) for path, kind in found.items()]
    if mistakes:
        raise together(in_order(mistakes))
    return model


def _unknown_rules(data: Mapping[str, Any], document: Document, base: Path) -> Iterator[RfscopeError]:
    """What names no rule where rules are named, in the settings for all networks and in those of each."""
    networks = data.get("networks")
    own = enumerate(networks) if isinstance(networks, list) else ()
    for path, table in [((), data), *((("networks", number), network) for number, network in own)]:
        for key in _OF_RULES if isinstance(table, Mapping) else ():
            words = table.get(key)
            for word in words if isinstance(words, list | dict) else ():
                if isinstance(word, str):
                    try:
                        as_prefix(word, document.where((*base, *path, key)))
                    except RfscopeError as error:
                        yield error


def _path(loc: tuple[int | str, ...]) -> Path:
    """The path to the key that an error belongs to; an error deeper in a value belongs to the value's key."""
    return loc[:3] if loc[0] == "networks" else loc[:1]


def _mistake(data: Mapping[str, Any], document: Document, base: Path, path: Path, kind: str) -> RfscopeError:
    """What is wrong with the value at a path, what it is, what was expected, and a hint."""
    model: type[Rules] = Network if len(path) > 1 else Config
    keys = {field.alias or name: _expected(field.metadata) for name, field in model.model_fields.items()}
    table: Any = data
    for part in path[:-1]:
        table = table[part]
    key, where = path[-1], document.where((*base, *path))
    if isinstance(key, int):
        return RfscopeError("bad network", where=where, got=shorten(table[key]), expected="a table with a target")
    if kind == "extra_forbidden" and key not in keys:
        do = suggestion(key, keys) or (_MEANT.get(key) if model is Network else _of_networks(key))
        return RfscopeError("unknown key", where=where, got=shorten(key), expected="one of " + ", ".join(keys), do=do)
    if kind == "missing" and key not in table:
        return RfscopeError(f"missing key {key!r}", where=where, expected=keys[key])
    return RfscopeError(f"bad {key}", where=where, got=shorten(table[key]), expected=keys[key])


def _of_networks(key: str) -> str | None:
    """What to do with a key that belongs to one network, and is not among the settings for all."""
    own = {field.alias or name for name, field in Network.model_fields.items()}
    return f"write {key} in a table [[networks]], beside its target" if key in own else None


def _expected(metadata: Iterable[Any]) -> str:
    return next((fact.text for fact in metadata if isinstance(fact, ExpectedText)), "")
