"""``rfscope schema``: the JSON Schema of the formats that rfscope reads."""

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


def register(app: typer.Typer, _words: Sequence[str]) -> None:
    """Add the command to the program."""
    app.command("schema")(_schema)


def _schema(kind: Annotated[Kind, typer.Argument(help="Which format.")] = Kind.SPEC) -> None:
    """Print the JSON Schema of spec files, or of the configuration of lint."""
    if kind is Kind.SPEC:
        from rfscope.readers.spec import schema
    else:
        from rfscope.linting.config import schema
    write(json.dumps(schema(), indent=2) + "\n")
