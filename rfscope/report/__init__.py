"""A report on networks: one file to pass on, which needs neither network nor Python."""

from __future__ import annotations

from rfscope.report.build import report

__all__ = ["report"]
