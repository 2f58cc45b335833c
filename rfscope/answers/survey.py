"""A survey as an object: blocks of columns, what was counted over all of them, and the text of the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from rfscope.errors import RfscopeError, near
from rfscope.surveying.columns import Table
from rfscope.surveying.interval import interval
from rfscope.surveying.run import Outcome, here, tables
from rfscope.surveying.schedules import Schedules
from rfscope.surveying.space import Space

__all__ = ["Survey"]


@dataclass(frozen=True, eq=False)
class Survey:
    """The same facts of many schedules or networks, worked out when they are asked for.

    Attributes:
        space: What is surveyed.
        jobs: How many processes do it.
        outcome: What was written, if a file was.

    Example:
        >>> import rfscope as rf
        >>> found = rf.survey(layers=3, rates=range(1, 11))
        >>> len(found), int(found["hole_free"].sum()), found.tally["hole_free"]
        (1000, 85, 85)
    """

    space: Space
    jobs: int = 1
    outcome: Outcome | None = None
    _kept: dict[str, Any] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return self.space.rows

    def __repr__(self) -> str:
        what = "schedules" if isinstance(self.space, Schedules) else "networks"
        return f"<Survey of {self.space.rows:,} {what}: {', '.join(self.columns)}>"

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns."""
        return tuple(column.name for column in self.space.columns)

    @property
    def out(self) -> Path | None:
        """The file that was written, if one was."""
        return None if self.outcome is None else self.outcome.out

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        """Blocks of rows in order, each as columns by name: arrays for schedules, lists for networks.

        Rates are a list of arrays, (layers, schedules), one after the other.
        """
        return (table.columns for table in self._tables())

    def __getitem__(self, name: str) -> Any:
        """A column over all rows; rates as an array (layers, schedules), or a list of them where layers differ.

        Raises:
            RfscopeError: There is none of that name.
        """
        kind = next((column.kind for column in self.space.columns if column.name == name), None)
        if kind is None:
            close = near(name, self.columns)
            do = f"did you mean {close!r}?" if close else "name it in columns=[...]"
            raise RfscopeError("no such column", got=repr(name), expected=f"one of {', '.join(self.columns)}", do=do)
        return _together([block[name] for block in self._all], rates=kind == "rates")

    @property
    def tally(self) -> Mapping[str, int]:
        """What was counted over all rows, by name."""
        if self.outcome is not None:
            return self.outcome.tally
        found: dict[str, int] = {}
        for table in self._all_tables:
            for name, number in table.tally.items():
                found[name] = found.get(name, 0) + number
        return found

    @property
    def rows(self) -> list[dict[str, Any]]:
        """All rows, each by the names of the columns."""
        from rfscope.surveying.tables import rows

        every = (row for block in self._all for row in rows(self.space.columns, block))
        return [dict(zip(self.columns, row, strict=True)) for row in every]

    def share(self, name: str = "hole_free") -> tuple[float, float, float]:
        """The share of schedules of which something was counted, and between which bounds that of all lies.

        Of all schedules, both bounds are the share; of a sample they are exact bounds with a confidence of 95 %.

        Raises:
            RfscopeError: Nothing of that name was counted.
            MissingExtraError: It is a sample, and scipy is not installed.

        Example:
            >>> import rfscope as rf
            >>> rf.survey(layers=2, rates=[1, 2, 3]).share()
            (0.5555555555555556, 0.5555555555555556, 0.5555555555555556)
        """
        if name not in self.tally:
            raise RfscopeError("nothing of that name", got=repr(name), expected=f"one of {', '.join(self.tally)}")
        if isinstance(self.space, Schedules) and self.space.sample is not None:
            return interval(self.tally[name], self.space.rows)
        share = self.tally[name] / self.space.rows
        return share, share, share

    def __str__(self) -> str:
        from rfscope.answers.printed import printed

        return printed(lambda _: self.lines())

    def lines(self, *, rows: bool = True) -> Iterator[Any]:
        """What the command line shows.

        Args:
            rows: Whether to show each network.
        """
        from rfscope.text.survey import networks_text, schedules_text

        if isinstance(self.space, Schedules):
            bounds = None if self.space.sample is None else interval
            yield from schedules_text(self.tally, self.space.words, self.space.kernels[0], bounds)
        else:
            yield from networks_text(self.tally, self.rows if rows else ())

    def _tables(self) -> Iterator[Table]:
        if "tables" in self._kept:
            yield from self._kept["tables"]
            return
        with here(self.jobs, processes=isinstance(self.space, Schedules)) as crew:
            yield from tables(self.space, crew)

    @property
    def _all_tables(self) -> tuple[Table, ...]:
        if "tables" not in self._kept:
            self._kept["tables"] = tuple(self._tables())
        found: tuple[Table, ...] = self._kept["tables"]
        return found

    @cached_property
    def _all(self) -> tuple[Mapping[str, Any], ...]:
        return tuple(table.columns for table in self._all_tables)


def _together(blocks: list[Any], *, rates: bool) -> Any:
    """A column whose blocks are put one behind the other."""
    import numpy as np

    if rates:
        parts = [array for block in blocks for array in block]
        return np.concatenate(parts, axis=1) if len({len(part) for part in parts}) == 1 else parts
    if all(isinstance(block, list) for block in blocks):
        return [value for block in blocks for value in block]
    return np.concatenate(blocks)
