"""The JSON Schema of ``analyze --json``: what scripts may rely on."""

from __future__ import annotations

from typing import Any

__all__ = ["analysis_schema"]


def analysis_schema() -> dict[str, Any]:
    """The JSON Schema of one analysis; keys may be added, but none that is here changes its meaning."""
    from pydantic import TypeAdapter

    from rfscope.text.records import Analysis

    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, **TypeAdapter(Analysis).json_schema(), "title": "rfscope analyze --json"}
