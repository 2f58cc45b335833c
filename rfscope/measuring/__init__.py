"""Measuring effective receptive fields: a module's own gradients on images, with its own weights.

This runs torch, as ``rfscope.verification`` does; what it finds is a ``rfscope.measured.EffectiveField``, which does
not.
"""

from __future__ import annotations

from rfscope.measuring.measure import COTANGENTS, Wanted, measure

__all__ = ["COTANGENTS", "Wanted", "measure"]
