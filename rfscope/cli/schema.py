"""``rfscope schema``: the JSON Schema of the formats that rfscope reads and writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from rfscope.cli.output import write

__all__ = ["register"]


class Kind(StrEnum):
    """Formats that have a schema."""

    SPEC = "spec"
    CONFIG = "config"
    ANALYSIS = "analysis"
    TILE = "tile"
    STREAM = "stream"


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("schema")(_schema)


def _schema(kind: Annotated[Kind, typer.Argument(help="Which format.")] = Kind.SPEC) -> None:
    """Print the JSON Schema of spec files, of lint's configuration, or of what analyze, tile or stream --json write."""
    if kind is Kind.SPEC:
        from rfscope.readers.spec import schema
    elif kind is Kind.CONFIG:
        from rfscope.linting.config import schema
    elif kind is Kind.ANALYSIS:
        from rfscope.text.schema import analysis_schema as schema
    elif kind is Kind.TILE:
        from rfscope.text.schema import tile_schema as schema
    else:
        from rfscope.text.schema import stream_schema as schema
    write(json.dumps(schema(), indent=2) + "\n")
