"""What is surveyed: a numbered list of rows, cut into jobs of rows that follow each other.

A job is small, whatever the number of its rows, and what it makes depends on nothing but itself: so it can be done by
any process, and twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from rfscope.surveying.columns import Column, Table

__all__ = ["Job", "Space", "pieces"]


class Job(Protocol):
    """Some rows of a space."""

    def table(self) -> Table:
        """Work them out."""
        ...

    def failed(self, why: str) -> Table:
        """The same rows where they could not be worked out."""
        ...


class Space(Protocol):
    """All rows of a survey."""

    @property
    def rows(self) -> int:
        """How many there are."""
        ...

    @property
    def columns(self) -> Sequence[Column]:
        """What is said of each."""
        ...

    @property
    def chunk(self) -> int:
        """How many rows a job has."""
        ...

    @property
    def words(self) -> str:
        """Which rows they are, for people."""
        ...

    @property
    def key(self) -> dict[str, Any]:
        """What tells it from other surveys, as plain data."""
        ...

    def job(self, first: int, stop: int) -> Job:
        """The rows from one number up to another."""
        ...


class Piece(NamedTuple):
    """The rows from one number up to another."""

    first: int
    stop: int


def pieces(space: Space) -> list[Piece]:
    """All rows of a space, job by job."""
    return [Piece(first, min(first + space.chunk, space.rows)) for first in range(0, space.rows, space.chunk)]
