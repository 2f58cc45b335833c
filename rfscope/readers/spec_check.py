"""Check a document against the data model, and say what does not fit, a line for each mistake."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from math import inf
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from rfscope.errors import NetworkError, RfscopeError, TargetError, near, shorten, together
from rfscope.readers.spec_document import Document, Path
from rfscope.readers.spec_model import OPS, ExpectedText, LayerSpec, Pointwise, Spec
from rfscope.wording import first_few

__all__ = ["Checked", "Lenient", "causes", "check", "faults", "in_order", "set_aside", "suggestion", "unknown_ops"]


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


class Checked(NamedTuple):
    """A document as its model, and what does not fit.

    Attributes:
        spec: The model; of what does not fit, it has what does.
        mistakes: What is wrong.
        wrong: The numbers of the layers that something is wrong with.
        has_dims: Whether nothing is wrong with what the number of axes follows from.
        has_names: Whether nothing is wrong with what the names of the layers follow from.
        wrong_inputs: The numbers of the layers whose inputs do not fit.
    """

    spec: Spec
    mistakes: tuple[NetworkError, ...] = ()
    wrong: frozenset[int] = frozenset()
    has_dims: bool = True
    has_names: bool = True
    wrong_inputs: frozenset[int] = frozenset()


def check(document: Document) -> Checked:
    """Make the model of a document, as far as it fits.

    Raises:
        TargetError: The document is not a table.
        NetworkError: It has no list of layers; the error tells all mistakes that there are then.
    """
    data = document.data
    if not isinstance(data, dict):
        expected = "a table with the keys rfscope and layers"
        raise TargetError("not a spec", where=document.file, got=_show(data), expected=expected)
    if "layers" not in data and not any(near(key, ("rfscope", "layers")) for key in data):
        got = f"the keys {first_few([shorten(key) for key in data])}" if data else None
        raise NetworkError("not a spec", where=document.file, got=got, expected="rfscope = 1 and a list of layers")
    try:
        return Checked(Spec.model_validate(data))
    except ValidationError as error:
        found = causes(faults(error, _path))
    mistakes = [_mistake(document, _explain(data, path, kind)) for path, kind in found.items()]
    if ("layers",) in found or "layers" not in data:
        raise together(in_order(mistakes))
    places = {path[1]: path for path in found if path[0] == "layers"}
    layers = [_as_far_as(layer, number, found) for number, layer in enumerate(data["layers"])]
    top = {key: value for key, value in data.items() if key in Spec.model_fields and (key,) not in found}
    return Checked(
        Spec.model_construct(**{**top, "layers": layers}),
        tuple(mistakes),
        frozenset(number for number in places if isinstance(number, int)),
        not {("dims",), ("input",)} & found.keys(),
        not any(path[2:] in _NAMING for path in found if path[0] == "layers"),
        frozenset(path[1] for path in found if path[2:] == ("inputs",) and isinstance(path[1], int)),
    )


_NAMING = ((), ("op",), ("name",), ("repeat",))
"""What in a layer names follow from."""


def _as_far_as(layer: Any, number: int, found: Collection[Path]) -> LayerSpec:
    """The model of a layer without what is wrong with it; any model where its op is not known."""
    if ("layers", number) in found:
        return Pointwise.model_construct()
    model = OPS[layer["op"]]
    fits = {key: layer[key] for key in layer if key in model.model_fields and ("layers", number, key) not in found}
    return model.model_construct(**fits)


def causes(found: dict[Path, str]) -> dict[Path, str]:
    """The faults without those that others explain: a key is not missing where it is misspelt."""
    written: dict[Path, list[str]] = {}
    for path, kind in found.items():
        if kind == "extra_forbidden":
            written.setdefault(path[:-1], []).append(str(path[-1]))

    def is_misspelt(path: Path) -> bool:
        return any(near(word, [str(path[-1])]) for word in written.get(path[:-1], ()))

    return {path: kind for path, kind in found.items() if kind != "missing" or not is_misspelt(path)}


def _mistake(document: Document, fault: _Fault) -> NetworkError:
    where = document.where(fault.path)
    return NetworkError(fault.what, where=where, got=fault.got, expected=fault.expected, do=fault.do)


_UNKNOWN = "unknown op"
_MOST_TOLD = 20
_PLACE = re.compile(r":([0-9]+):([0-9]+)(?:,|$)")


def in_order(mistakes: Iterable[RfscopeError]) -> list[RfscopeError]:
    """Mistakes in the order of their places, as many as anybody reads, with how many more there are."""

    def place(mistake: RfscopeError) -> tuple[float, ...]:
        found = _PLACE.search(mistake.where or "")
        return tuple(map(int, found.groups())) if found else (0,) if mistake.where else (inf,)

    told = sorted(mistakes, key=place)
    if len(told) > _MOST_TOLD + 1:
        more = NetworkError(f"and {len(told) - _MOST_TOLD} more mistakes", do="mend the first ones")
        told = [*told[:_MOST_TOLD], more]
    return told


def unknown_ops(document: Document) -> list[NetworkError]:
    """What a strict reader says of the layers whose ops are not known."""
    return [mistake for mistake in check(document).mistakes if mistake.what == _UNKNOWN]


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


def suggestion(word: object, known: Iterable[str]) -> str | None:
    """A hint at the intended name, if one is close.

    Example:
        >>> suggestion("kernal", ["kernel", "stride"])
        "did you mean 'kernel'?"
    """
    close = near(word, known)
    return f"did you mean {close!r}?" if close else None


_MARK = "begin it with rfscope = 1, in YAML rfscope: 1"
_CUT = "cut the end alone, [0, kernel - stride] per axis, so that it does not read ahead"


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
        do = _MARK if path == ("rfscope",) else None
        return _Fault(f"missing key {key!r}", path[:-1], None, fields[key], do)
    if kind != "extra_forbidden":
        do = suggestion(table[key], re.findall(r"'(\w+)'", fields[key]))
        if table.get("op") == "transposed_conv" and table[key] == "causal":
            do = _CUT
        return _Fault(f"bad {key}", path, _show(table[key]), fields[key], do)
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
    return _Fault(_UNKNOWN, (*path, "op"), _show(layer["op"]), ops, suggestion(layer["op"], OPS))


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
