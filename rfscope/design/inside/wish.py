"""What is wished of a network."""

from __future__ import annotations

from dataclasses import dataclass

from rfscope import limits
from rfscope.design.wish import How
from rfscope.errors import RfscopeError, shorten

__all__ = ["CRITERIA", "DEFAULT", "InsideWish"]

CRITERIA = ("grids", "isolated", "distance", "max_rate")
"""What choices of rates may be ranked by; less is better."""

DEFAULT = ("grids", "isolated", "distance", "max_rate")
"""What they are ranked by; what is still equal is ranked by the rates themselves.

One isolated layer counts as none: a layer of rate 1 at the end makes it none wherever the others stand.
"""


@dataclass(frozen=True, kw_only=True)
class InsideWish:
    """A receptive field, and how rates may be chosen for it.

    Attributes:
        field: The receptive field along every axis; None if only what was trained is to be kept.
        how: Whether it may be larger or smaller; then the nearest that can be had is taken.
        max_rate: The largest rate; None if any will do.
        keep_order: Whether no layer may come to have a larger rate than one that has a larger one now, and layers of
            one rate may only rise from the first to the last.
        rank: What choices of rates are ranked by.
        top: How many are wanted.
    """

    field: int | None = None
    how: How = "exactly"
    max_rate: int | None = None
    keep_order: bool = False
    rank: tuple[str, ...] = ()
    top: int = 5

    def __post_init__(self) -> None:
        for name, value in (("field", self.field), ("largest rate", self.max_rate)):
            if value is not None and (type(value) is not int or value < 1):
                raise RfscopeError(f"bad {name}", where="the wish", got=value, expected="a whole number of 1 or more")
        limits.check("axis", self.field or 1, where="the wished field")
        for criterion in self.rank:
            if criterion not in CRITERIA:
                expected = f"one of {', '.join(CRITERIA)}, for a network"
                raise RfscopeError("unknown criterion", where="the wish", got=shorten(criterion), expected=expected)

    @property
    def criteria(self) -> tuple[str, ...]:
        """What choices of rates are ranked by."""
        return self.rank or DEFAULT

    @property
    def wanted(self) -> int:
        """The wished field of a wish that has one."""
        if self.field is None:
            raise RfscopeError("nothing wished", expected="a field", do="say --field N, or --keep-reads TARGET")
        return self.field
