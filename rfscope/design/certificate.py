"""How it is known that an answer is right: what is claimed, and what was done to know it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rfscope.design.candidates import Candidates

__all__ = ["Certificate", "Solver", "Watched"]

_SORTED = 1_000_000
"""Schedules of several orders of kernels, or with strides, that are sorted to sum up."""


@dataclass(frozen=True)
class Solver:
    """What a solver of integer programs said.

    Attributes:
        name: Its name and version.
        status: What it ended with.
        gap: The relative gap between its answer and its bound.
        dual_bound: No answer is below this.
    """

    name: str
    status: str
    gap: float
    dual_bound: float


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What is claimed of an answer, and why.

    Attributes:
        claim: Whether it is the best of all, or the best that was found, or there is none.
        method: All schedules were looked at; a search or program was solved; a closed form says it; or a fair sample;
            or some that were drawn in no fair way, of which nothing follows for the others.
        criteria: What schedules were compared by.
        candidates: How many schedules there are.
        counted_by: What counted them.
        examined: How many were looked at.
        digest: SHA-256 of all that were looked at, sorted: rate and kernel of each layer as 32-bit integers;
            with strides, in the order of the layers.
        better_share_below: Of a sample: a smaller share than this of all schedules is better than the answer,
        confidence: with this probability.
        bound: Of a wish that cannot be met: the field that cannot be passed.
        why: What follows from what.
        solver: What a solver said.
    """

    claim: Literal["optimal", "best-found", "infeasible"]
    method: Literal["all", "deepening", "milp", "dynamic-program", "closed-form", "sample", "drawn"]
    criteria: tuple[str, ...] = ()
    candidates: int | None = None
    counted_by: str | None = None
    examined: int | None = None
    digest: str | None = None
    better_share_below: float | None = None
    confidence: float | None = None
    bound: int | None = None
    why: str | None = None
    solver: Solver | None = None


@dataclass
class Watched:
    """Blocks of schedules that pass by, counted and summed up.

    Attributes:
        blocks: The schedules.
        examined: How many have passed.
    """

    blocks: Iterable[Candidates]
    examined: int = 0
    _sum: hashlib._Hash = field(default_factory=hashlib.sha256)
    _waiting: list[bytes] | None = field(default_factory=list)

    def __iter__(self) -> Iterator[Candidates]:
        """Each block, once."""
        import numpy as np

        for block in self.blocks:
            self.examined += block.rates.shape[1]
            rows = np.empty((block.rates.shape[1], len(block.kernels), 2), "<i4")
            rows[:, :, 0], rows[:, :, 1] = block.rates.T, block.kernels
            if len(set(block.kernels)) < 2 and not block.strides:
                self._sum.update(rows.tobytes())  # they come sorted
            elif self._waiting is not None:
                self._waiting += [row.tobytes() for row in rows]
                self._waiting = self._waiting if len(self._waiting) <= _SORTED else None
            yield block

    @property
    def digest(self) -> str | None:
        """The sum of what has passed; None if that was too much to be sorted."""
        if self._waiting is None:
            return None
        for row in sorted(self._waiting, key=_as_numbers):
            self._sum.update(row)
        self._waiting = []
        return self._sum.hexdigest()


def _as_numbers(row: bytes) -> tuple[int, ...]:
    return tuple(int.from_bytes(row[at : at + 4], "little") for at in range(0, len(row), 4))
