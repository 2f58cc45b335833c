"""The schedule of a piece, by the name under which an analysis lists it, and the groups of its rates."""

from __future__ import annotations

from rfscope.exact.pieces import Piece
from rfscope.exact.schedule import Group

__all__ = ["Group", "Schedule"]

Schedule = Piece
"""A piece, which says of itself what its layers of more than one tap are, and what holds of these."""
