"""Check a configuration against its data model, and say in one line what does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from rfscope.errors import RfscopeError, shorten
from rfscope.linting.config_model import Config, Network, Rules
from rfscope.readers.spec_check import and_more, faults, suggestion
from rfscope.readers.spec_document import Document, Path
from rfscope.readers.spec_model import ExpectedText

__all__ = ["checked"]


def checked(data: Mapping[str, Any], document: Document, base: Path) -> Config:
    """Make the model of a configuration.

    Args:
        data: The table of settings.
        document: The file it stands in.
        base: The path to it in the file.

    Raises:
        RfscopeError: Something in it is unknown or does not fit; the first such thing, and how many more there are.
    """
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        found = faults(error, _path)
    path, kind = next(iter(found.items()))
    what, got, expected, do = _explain(data, path, kind)
    where = document.where((*base, *path))
    raise RfscopeError(what, where=where, got=got, expected=expected + and_more(found), do=do)


def _path(loc: tuple[int | str, ...]) -> Path:
    """The path to the key that an error belongs to; an error deeper in a value belongs to the value's key."""
    return loc[:3] if loc[0] == "networks" else loc[:1]


def _explain(data: Mapping[str, Any], path: Path, kind: str) -> tuple[str, str | None, str, str | None]:
    """What is wrong with the value at a path, what it is, what was expected, and a hint."""
    model: type[Rules] = Network if len(path) > 1 else Config
    keys = {field.alias or name: _expected(field.metadata) for name, field in model.model_fields.items()}
    table: Any = data
    for part in path[:-1]:
        table = table[part]
    key = path[-1]
    if isinstance(key, int):
        return "bad network", shorten(table[key]), "a table with a target", None
    if kind == "extra_forbidden":
        return "unknown key", shorten(key), "one of " + ", ".join(keys), suggestion(key, keys)
    if kind == "missing":
        return f"missing key {key!r}", None, keys[key], None
    return f"bad {key}", shorten(table[key]), keys[key], None


def _expected(metadata: Iterable[Any]) -> str:
    return next((fact.text for fact in metadata if isinstance(fact, ExpectedText)), "")
