"""The JSON Schemas of what ``analyze``, ``tile`` and ``stream`` write with --json: what scripts may rely on."""

from __future__ import annotations

from typing import Any

__all__ = ["analysis_schema", "stream_schema", "tile_schema"]


def analysis_schema() -> dict[str, Any]:
    """The JSON Schema of one analysis; keys may be added, but none that is here changes its meaning."""
    from rfscope.text.records import Analysis

    return _schema(Analysis, "analyze")


def tile_schema() -> dict[str, Any]:
    """The JSON Schema of a plan of tiles, or of what holds for tiles of any image."""
    from rfscope.text.large_records import Plan, Rule

    return _schema(Plan | Rule, "tile")


def stream_schema() -> dict[str, Any]:
    """The JSON Schema of how a network runs on a stream."""
    from rfscope.text.large_records import Stream

    return _schema(Stream, "stream")


def _schema(record: Any, command: str) -> dict[str, Any]:
    from pydantic import TypeAdapter

    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, **TypeAdapter(record).json_schema(), "title": f"rfscope {command} --json"}
