"""What was seen of one network, and what is asked of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tests.real_networks.public.rows import Row

__all__ = ["Asked", "Seen", "asked"]

_MIB, _SECONDS = 2048, 60
"""What an answer may take."""


class Seen(NamedTuple):
    """What the stages found; a stage that was not run found nothing.

    Attributes:
        row: Which network.
        answer: Of ``rfscope analyze``.
        oracle: Of the comparison with the gradient.
        verify: Of ``--verify``.
    """

    row: Row
    answer: Mapping[str, Any]
    oracle: Mapping[str, Any]
    verify: Mapping[str, Any]

    @property
    def is_answered(self) -> bool:
        return self.answer.get("code") == 0

    @property
    def differs(self) -> bool:
        return "differs" in self.oracle

    @property
    def is_compared(self) -> bool:
        return bool(self.oracle.get("phases") or self.oracle.get("places"))

    @property
    def is_bug(self) -> bool:
        return 3 in (self.answer.get("code"), self.verify.get("code"))

    @property
    def is_large(self) -> bool:
        return (self.answer.get("peak") or 0) > _MIB or "GiB" in self.answer.get("stopped", "")

    @property
    def is_slow(self) -> bool:
        return (self.answer.get("cpu") or 0) > _SECONDS or "stopped after" in self.answer.get("stopped", "")

    @property
    def is_verified(self) -> bool:
        return self.verify.get("code") == 0 and bool((self.verify.get("module") or {}).get("equal"))

    @property
    def is_mismatch(self) -> bool:
        return self.verify.get("code") == 1

    @property
    def size_was_given(self) -> bool:
        return "--input" in self.row.more


class Asked(NamedTuple):
    """One thing that is asked of the table.

    Attributes:
        what: In words.
        held: Whether it holds.
        figure: How many there are.
        against: The networks that are against it.
    """

    what: str
    held: bool
    figure: int
    against: tuple[str, ...] = ()


def asked(table: Sequence[Seen]) -> Iterator[Asked]:
    """Each requirement."""
    yield _none("networks not run", table, [not seen.answer for seen in table])
    table = [seen for seen in table if seen.answer]
    repositories = len({seen.row.repository for seen in table})
    yield Asked("networks, at least 60", len(table) >= 60, len(table))
    yield Asked("repositories, at least 35", repositories >= 35, repositories)
    yield _none("fields that the gradient contradicts", table, [seen.differs for seen in table])
    yield _none("exits with 3", table, [seen.is_bug for seen in table])
    yield _none("answers above 2 GiB", table, [seen.is_large for seen in table])
    yield _none("answers above 60 s of CPU", table, [seen.is_slow for seen in table])
    yield _none("mismatches of --verify", table, [seen.is_mismatch for seen in table])
    without = [seen.is_answered and not seen.size_was_given for seen in table]
    yield _many("answered without --input", 50, table, without)
    yield _many("verified on themselves", 45, table, [seen.is_verified for seen in table])
    yield _many("compared with the gradient", 40, table, [seen.is_compared for seen in table])


def _none(what: str, table: Sequence[Seen], is_so: Sequence[bool]) -> Asked:
    names = tuple(seen.row.name for seen, wrong in zip(table, is_so, strict=True) if wrong)
    return Asked(f"{what}, none", not names, len(names), names)


def _many(what: str, least: int, table: Sequence[Seen], is_so: Sequence[bool]) -> Asked:
    names = tuple(seen.row.name for seen, right in zip(table, is_so, strict=True) if not right)
    count = len(table) - len(names)
    return Asked(f"{what}, at least {least}", count >= least, count, names)
