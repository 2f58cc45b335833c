"""Short ways to write a network for a test and to look at what is found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.field import Field
from rfscope.exact.fields import AllGlobal
from tests.exact.dags import read

Layer = Mapping[str, Any]


def layer(name: str, *inputs: str, op: str = "conv", **keys: Any) -> Layer:
    if op == "conv":
        keys = {"kernel": 3, "padding": "same", **keys}
    return {"op": op, "name": name, "inputs": list(inputs)} | keys


def network(*layers: Layer, **keys: Any) -> dict[str, Any]:
    return {"rfscope": 1, "layers": list(layers), **keys}


def found_in(spec: dict[str, Any], **keys: Any) -> Analysis:
    return analyze(read(spec), **keys)


def field_of(analysis: Analysis, name: str | None = None) -> Field:
    seen = analysis.fields[name or analysis.network.outputs[0]]
    assert not isinstance(seen, AllGlobal)
    return seen[0]
