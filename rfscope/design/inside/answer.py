"""One choice of rates for a network, and the whole answer to a wish; what is said of it comes from the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from rfscope.design.edits import Edit
from rfscope.design.inside.changing import Changing
from rfscope.design.inside.intervals import recursion
from rfscope.design.inside.keeping import Kept
from rfscope.design.inside.space import Space
from rfscope.design.inside.wish import InsideWish
from rfscope.exact.analysis import Analysis
from rfscope.exact.judgement import Verdict
from rfscope.exact.meeting import latest
from rfscope.network.graph import Network

__all__ = ["InsideAnswer", "InsideCertificate", "InsideSuggestion"]


@dataclass(frozen=True, eq=False)
class InsideAnswer:
    """A choice of rates.

    Attributes:
        changing: The network as it is, and the layers that change.
        chosen: The rate of each number.
        rank: Its place among all that have the field, 1 for the best; None if that is not known.
        front: Whether no other meets earlier and is as near, or is nearer and meets as early; None if not known.
        findings: What lint says of the changed network: level, code and layer of each finding; None if not asked.
        options: How a config says it; None if it cannot.
        is_config: Whether the network was read from a config.
    """

    changing: Changing
    chosen: tuple[int, ...]
    rank: int | None = None
    front: bool | None = None
    findings: tuple[tuple[str, str, str], ...] | None = None
    options: Mapping[str, Any] | None = None
    is_config: bool = False

    @property
    def rates(self) -> tuple[int, ...]:
        """The rate of each layer that may change."""
        return self.changing.spread(self.chosen)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """What is to be written."""
        return self.changing.edits(self.chosen)

    @property
    def network(self) -> Network:
        """The changed network."""
        return self.changing.network(self.chosen)

    @cached_property
    def analysis(self) -> Analysis:
        """The changed network, analyzed."""
        return self.changing.analyzed(self.chosen)

    @property
    def field(self) -> tuple[int | None, ...]:
        """Its receptive field per axis."""
        return self.analysis.output.size

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on it."""
        return self.analysis.verdict

    @property
    def isolated(self) -> int:
        """Layers, back from the end of a piece that changes, in which adjacent outputs share nothing."""
        return max((piece.meeting.isolated for piece in self.changing.pieces(self.analysis)), default=0)

    @property
    def common(self) -> int | None:
        """Layers back at which they first have an input in common; None if they never have."""
        found = [piece.meeting for piece in self.changing.pieces(self.analysis)]
        return latest(found).depth if found else 1

    @cached_property
    def through(self) -> tuple[str, ...]:
        """The layers whose rates decide the field: with a larger rate of one of them it would be larger.

        All others stand on branches through which an output sees less.
        """
        import numpy as np

        alone = Changing(self.changing.analysis, self.changing.layers, tuple(range(len(self.changing.layers))))
        rates = np.array([self.rates], np.int64).T
        wider = recursion(alone).sizes(np.hstack([rates, rates + np.eye(len(rates), dtype=np.int64)]))
        raised = np.flatnonzero((wider[:, 1:] > wider[:, :1]).any(axis=0))
        return tuple(self.changing.layers[place].name for place in raised)

    @property
    def distance(self) -> int:
        """Steps of rates from what they are."""
        return sum(abs(new - old) for new, old in zip(self.rates, self.changing.present, strict=True))

    @property
    def max_rate(self) -> int:
        """The largest rate."""
        return max(self.rates)


@dataclass(frozen=True, kw_only=True)
class InsideCertificate:
    """What is claimed of an answer, and why.

    Attributes:
        claim: Whether it is the best of all choices of rates, or the best that was found, or there is none.
        method: All were gone through, or some; or the answer was computed.
        criteria: What choices were compared by.
        candidates: How many have the field.
        counted_by: What found them.
        combinations: How many choices there are: larger rates pass the wished field.
        examined: How many were gone through.
        judged: How many of those with the field were judged; the others are farther away than the answers.
        digest: SHA-256 of all that have the field, sorted: the rate of each number as 32-bit integers.
        largest: The largest rate that was looked at, for each number.
        why: What follows from what.
    """

    claim: Literal["optimal", "best-found", "infeasible", "computed"]
    method: Literal["all", "some", "computed"]
    criteria: tuple[str, ...] = ()
    candidates: int | None = None
    counted_by: str | None = None
    combinations: int | None = None
    examined: int | None = None
    judged: int | None = None
    digest: str | None = None
    largest: tuple[int, ...] | None = None
    why: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class InsideSuggestion:
    """Other rates for some layers of a network, the best first; or why there are none.

    Attributes:
        wish: What was wished.
        changing: The network as it is, and the layers that change.
        space: The rates that were looked at; None if nothing was searched.
        field: The field of the answers along an axis; None if there are none.
        answers: The best choices of rates.
        front: Those than which no other meets earlier and is as near; None if not all were judged.
        fields: Where there is no answer, the nearest fields that can be had.
        sound: How many of the choices that were judged have neither holes nor separate grids in a run of layers that
            changes; layers behind it may mix the grids again.
        kept: The rates that keep what pretrained weights read; None if nobody asked.
        certificate: How this is known.
    """

    wish: InsideWish
    changing: Changing
    space: Space | None = None
    field: int | None = None
    answers: tuple[InsideAnswer, ...] = ()
    front: tuple[InsideAnswer, ...] | None = None
    fields: tuple[int, ...] = ()
    sound: int | None = None
    kept: Kept | None = None
    certificate: InsideCertificate

    @property
    def feasible(self) -> bool:
        """Whether there is an answer whose verdict is neither HOLES nor GRIDDING."""
        return any(answer.verdict not in ("holes", "gridding") for answer in self.answers) or (
            bool(self.answers) and self.kept is not None  # the verdict is that of what was trained
        )
