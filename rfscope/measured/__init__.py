"""The effective receptive field: the record of what was measured on a module, and the numbers that are said of it.

Nothing here runs torch: maps come from ``rfscope.measuring``, or from a file. Definitions are in ``docs/measured.md``.
"""

from __future__ import annotations

from rfscope.measured.field import EffectiveField, Outside

__all__ = ["EffectiveField", "Outside"]
