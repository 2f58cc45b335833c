"""Check a document against the data model, and say in one line what does not fit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from rfscope.errors import NetworkError, TargetError, shorten
from rfscope.readers.spec_document import Document, Path
from rfscope.readers.spec_model import OPS, ExpectedText, Spec

__all__ = ["Lenient", "and_more", "check", "faults", "set_aside", "suggestion"]


class Lenient(NamedTuple):
    """A document in which the layers of unknown ops were set aside.

    Attributes:
        document: The document with layers in their place that have the same name and inputs.
        unknown: The unknown ops, by the number of the layer.
    """

    document: Document
    unknown: dict[int, str]


def set_aside(document: Document) -> Lenient:
    """Put layers of a known op in the place of those of unknown ops; what else is wrong with them does not matter."""
    data: Any = document.data
    layers = data.get("layers") if isinstance(data, dict) else None
    if not isinstance(layers, list):
        return Lenient(document, {})
    ops = {place: layer["op"] for place, layer in enumerate(layers) if isinstance(layer, dict) and "op" in layer}
    unknown = {place: op for place, op in ops.items() if isinstance(op, str) and op not in OPS}
    changed = [_stand_in(layer) if place in unknown else layer for place, layer in enumerate(layers)]
    return Lenient(replace(document, data={**data, "layers": changed}), unknown)


def _stand_in(layer: dict[str, Any]) -> dict[str, Any]:
    inputs = layer.get("inputs")
    kept: dict[str, Any] = {key: layer[key] for key in ("name", "inputs") if key in layer}
    return {"op": "concat" if isinstance(inputs, list) and len(inputs) > 1 else "pointwise", **kept}


def check(document: Document) -> Spec:
    """Make the model of a document.

    Raises:
        TargetError: The document is not a table.
        NetworkError: Something in it does not fit the model; the first such thing, and how many more there are.
    """
    if not isinstance(document.data, dict):
        expected = "a table with the keys rfscope and layers"
        raise TargetError("not a spec", where=document.file, got=_show(document.data), expected=expected)
    try:
        return Spec.model_validate(document.data)
    except ValidationError as error:
        found = faults(error, _path)
    path, kind = next(iter(found.items()))
    if kind == "missing":  # a typo explains it: an unknown key in the same place
        typos = (other for other, fault in found.items() if fault == "extra_forbidden" and other[:-1] == path[:-1])
        path = next(typos, path)
        kind = found[path]
    fault = _explain(document.data, path, kind)
    expected = fault.expected + and_more(found)
    raise NetworkError(fault.what, where=document.where(fault.path), got=fault.got, expected=expected, do=fault.do)


def faults(error: ValidationError, path_of: Callable[[tuple[int | str, ...]], Path]) -> dict[Path, str]:
    """The kind of the first fault at each place where a document does not fit a model.

    Args:
        error: What pydantic found.
        path_of: The path to the key that a place of pydantic's belongs to.
    """
    found: dict[Path, str] = {}
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        found.setdefault(path_of(detail["loc"]), detail["type"])
    return found


def and_more(found: Collection[object]) -> str:
    """How many faults there are behind the first, for the end of an error text."""
    return f" (and {len(found) - 1} more)" if len(found) > 1 else ""


def suggestion(word: object, known: Iterable[str]) -> str | None:
    """A hint at the intended name, if one is close.

    Example:
        >>> suggestion("kernal", ["kernel", "stride"])
        "did you mean 'kernel'?"
    """
    names, words = tuple(known), (word, word.lower()) if isinstance(word, str) else ()
    close = next((found for one in words if (found := get_close_matches(one, names, n=1))), None)
    return f"did you mean {close[0]!r}?" if close else None


class _Fault(NamedTuple):
    what: str
    path: Path
    got: str | None
    expected: str
    do: str | None = None


def _path(loc: tuple[int | str, ...]) -> Path:
    """The path to the key that an error belongs to: behind a layer's number pydantic puts its op."""
    return (*loc[:2], *loc[3:4]) if loc[0] == "layers" else loc[:1]


def _explain(data: dict[str, Any], path: Path, kind: str) -> _Fault:
    """Say what is wrong with the value at a path, or with the keys of the table that holds it."""
    table: Any = data
    for part in path[:-1]:
        table = table[part]
    key = path[-1]
    if isinstance(key, int):
        return _explain_layer(table[key], path)
    fields = _fields(Spec if table is data else OPS[table["op"]])
    if kind == "missing":
        return _Fault(f"missing key {key!r}", path[:-1], None, fields[key])
    if kind != "extra_forbidden":
        return _Fault(f"bad {key}", path, _show(table[key]), fields[key])
    keys, hint = "one of " + ", ".join(fields), suggestion(key, fields)
    if table is not data and any(key in op.model_fields for op in OPS.values()):
        return _Fault(f"a key that {table['op']} does not have", path, shorten(key), keys, hint)
    return _Fault("unknown key", path, shorten(key), keys, hint)


def _explain_layer(layer: Any, path: Path) -> _Fault:
    """Say what is wrong with a layer whose op is unknown."""
    ops = "one of " + ", ".join(OPS)
    if not isinstance(layer, dict):
        return _Fault("bad layer", path, _show(layer), "a table with an op")
    if "op" not in layer:
        return _Fault("missing key 'op'", path, None, ops)
    return _Fault("unknown op", (*path, "op"), _show(layer["op"]), ops, suggestion(layer["op"], OPS))


def _fields(model: type[BaseModel]) -> dict[str, str]:
    """The keys of a table, and what each is expected to be."""
    return {
        key: next((fact.text for fact in field.metadata if isinstance(fact, ExpectedText)), "")
        for key, field in model.model_fields.items()
    }


def _show(value: object) -> str:
    """Quote a value in the words that the formats share."""
    words = {None: "null", True: "true", False: "false"}
    return words[value] if value is None or isinstance(value, bool) else shorten(value)
