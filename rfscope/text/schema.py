"""The JSON Schema of ``analyze --json``: what scripts may rely on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from rfscope.text.as_json import SCHEMA_VERSION

__all__ = ["analysis_schema"]

Schema: TypeAlias = dict[str, Any]

_INTEGER: Schema = {"type": "integer"}
_NUMBER: Schema = {"type": "number"}
_TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}


def _or_null(schema: Schema, why: str = "") -> Schema:
    found: Schema = {"anyOf": [schema, {"type": "null"}]}
    return {**found, "description": why} if why else found


def _list(schema: Schema, why: str = "") -> Schema:
    return {"type": "array", "items": schema, **({"description": why} if why else {})}


def _record(required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """Keys that are always there, and those that may be; others may come at any time."""
    return {"type": "object", "properties": {**required, **(optional or {})}, "required": list(required)}


def _integers(*names: str) -> dict[str, Schema]:
    return dict.fromkeys(names, _INTEGER)


def _maybe(schema: Schema, names: Sequence[str]) -> dict[str, Schema]:
    return {name: _or_null(schema) for name in names}


_FRACTION: Schema = {"type": ["integer", "string"], "description": "A number when whole, else text such as 1/2."}
_PAIR: Schema = {"type": "array", "items": _INTEGER, "minItems": 2, "maxItems": 2}
_NAMES: Schema = _list(_TEXT)
_SIZES: Schema = _list(_INTEGER)
_INTERVAL = _record(_maybe(_INTEGER, ["size", "start"]))
_MEETING = _record({"isolated": _INTEGER, "depth": _or_null(_INTEGER, "Layers back; null: never.")})

_AXIS = _record(
    {
        **_maybe(_INTEGER, ["size", "start", "padding", "period", "shift", "size_min", "size_max"]),
        **_maybe(_FRACTION, ["center", "stride"]),
        "phases": _list(_INTERVAL),
        "lower_bound": _FLAG,
        "bounded": _FLAG,
        "aligned": _FLAG,
        "global_through": _NAMES,
    }
)

_COVERAGE = _record(
    {
        "size": _SIZES,
        **_integers("used", "holes"),
        "share": _NUMBER,
        "largest_gap": _SIZES,
        "subgrids": _SIZES,
        "hole_offsets": _or_null(_list(_SIZES), "Per axis of a chain, from the first pixel; the first 1,000."),
    },
    {"hole_list": _list(_SIZES, "Of any other network, over all axes; the first 1,000.")},
)

_COUNTS = _record(
    {
        **_integers("paths", "min", "max"),
        "factors": _or_null(_list(_SIZES), "Per axis of a chain; their outer product is the map."),
        "map": {"description": "Nested lists, the first index along the first axis; null for a chain."},
    }
)

_FINITE = _record(
    {
        "output_size": _SIZES,
        "extent": _list(_or_null(_PAIR)),
        "padding_share": {"type": "object", "additionalProperties": _NUMBER},
        "never_read": _SIZES,
        "halo": _list(_or_null(_PAIR)),
    }
)

_OUTPUT = _record(
    {
        "node": _TEXT,
        "axes": _list(_AXIS),
        "coverage": _or_null(_COVERAGE),
        "counts": _or_null(_COUNTS, "Only with --counts."),
        "gridding_index": _or_null(_list(_NUMBER)),
        "spread": _or_null(_record({"std": _list(_or_null(_NUMBER)), "radius95": _list(_or_null(_FRACTION))})),
        "meeting": _or_null(_MEETING),
        "at": _or_null(_SIZES),
        "finite": _or_null(_FINITE),
    },
    {"before_global": _list({"$ref": "#/$defs/output"}, "The same for what enters the global operations.")},
)

_FIELD = _record({**_maybe(_INTEGER, ["size", "start"]), "stride": _FRACTION})

_LAYER = _record(
    {
        "node": _TEXT,
        "op": _TEXT,
        **{name: _list(_or_null(_INTEGER)) for name in ("kernel", "stride", "dilation")},
        "padding": _list(_or_null(_PAIR)),
        "field": _or_null(_list(_FIELD), "Per axis; null behind global operations."),
        "neighbour_share": _list(_or_null(_NUMBER)),
        **_maybe(_INTEGER, ["parameters", "multiply_adds"]),
        "origin": _or_null(_TEXT),
    }
)

_RUN = _record(
    {
        "first": _TEXT,
        "last": _TEXT,
        "kernels": _SIZES,
        "rates": _SIZES,
        **_integers("factor", "lead_in", "lead_out", "isolated"),
        "pyramid": _FLAG,
        "own_share": _NUMBER,
    }
)

_GROUP = _record({"first": _INTEGER, "rates": _SIZES, "m2": _or_null(_INTEGER), "ok": _or_null(_FLAG)})

_SCHEDULE = _record(
    {
        "axes": _SIZES,
        **dict.fromkeys(("piece", "entry", "exit"), _TEXT),
        "resolution": _FRACTION,
        **dict.fromkeys(("kernels", "rates", "m", "allowed", "repaired"), _SIZES),
        "safe_rates": _list(_or_null(_PAIR), "Per layer, first and last rate without holes, the others as they are."),
        **_maybe(_INTEGER, ["m2", "first_bad"]),
        **_maybe(_FLAG, ["m2_ok", "agrees"]),
        "groups": _list(_GROUP),
        "gcd": _INTEGER,
        **dict.fromkeys(("sawtooth", "hole_free"), _FLAG),
        "gridding_index": _or_null(_NUMBER),
        "gridding_index_note": _or_null(_TEXT),
        "meeting": _MEETING,
        "coverage": _COVERAGE,
        "runs": _list(_RUN),
    }
)

_PROOF = {
    **dict.fromkeys(("device", "dtype", "torch"), _TEXT),
    "positions": _INTEGER,
    "equal": _FLAG,
    "seconds": _NUMBER,
}
_DIFFERENCE = {"first_difference": _TEXT}
_MODULE = _record({**_PROOF, "input": _SIZES, "inside": _FLAG, **_integers("gradients", "bytes")}, _DIFFERENCE)
_VERIFICATION = _record(
    {
        **_PROOF,
        **dict.fromkeys(("method", "proved", "not_compared"), _NAMES),
        "moduli": _SIZES,
        "phases": _INTEGER,
    },
    {**_DIFFERENCE, "module": _MODULE},
)


def analysis_schema() -> Schema:
    """The JSON Schema of one analysis; keys may be added, but none that is here changes its meaning."""
    top = _record(
        {
            "schema_version": {"const": SCHEMA_VERSION},
            "tool": _record({"name": _TEXT, "version": _TEXT}),
            "name": _TEXT,
            "dims": {"type": "integer", "minimum": 1, "maximum": 3},
            "input": _or_null(_SIZES),
            "verdict": {"enum": ["holes", "gridding", "ok", "global", None], "description": "null: not known."},
            "notes": _NAMES,
            "outputs": _list({"$ref": "#/$defs/output"}),
            "layers": _list(_LAYER),
            "schedules": _list(_SCHEDULE),
            "left_out": _NAMES,
            "unknown": _list(_record({"node": _TEXT, "op": _TEXT, "origin": _or_null(_TEXT)})),
            "verification": _or_null(_VERIFICATION, "Only with --verify."),
        }
    )
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, "title": "rfscope analyze --json", **top, "$defs": {"output": _OUTPUT}}
