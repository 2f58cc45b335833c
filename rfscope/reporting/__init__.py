"""A report on networks: one file to pass on, which needs neither network nor Python."""

from __future__ import annotations

from rfscope.reporting.build import Chapter, report

__all__ = ["Chapter", "report"]
