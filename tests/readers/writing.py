"""The same spec written in each of the three formats."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rfscope.network.graph import Network
from rfscope.readers.spec import SpecFormat, read_spec

__all__ = ["FORMATS", "read", "spec", "write"]

FORMATS: tuple[SpecFormat, ...] = ("toml", "yaml", "json")


def spec(*layers: Mapping[str, Any], **keys: Any) -> dict[str, Any]:
    return {"rfscope": 1, **keys, "layers": list(layers)}


def write(data: Mapping[str, Any], format: SpecFormat) -> bytes:
    if format == "json":
        return json.dumps(data).encode()
    if format == "yaml":
        import yaml

        return yaml.safe_dump(data, sort_keys=False).encode()
    lines = [f"{key} = {json.dumps(value)}" for key, value in data.items() if key != "layers"]
    for layer in data["layers"]:
        lines += ["[[layers]]", *(f"{key} = {json.dumps(value)}" for key, value in layer.items())]
    return "\n".join(lines).encode()


def read(data: Mapping[str, Any], format: SpecFormat = "json") -> Network:
    return read_spec(write(data, format), file="net", format=format).network
