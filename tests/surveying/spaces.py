"""Small spaces whose jobs do as a test wants; workers elsewhere import this file."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from rfscope.surveying.columns import Column, Table

COLUMNS = (Column("number", "int", "the number of the row"), Column("error", "text", "why not"))


@dataclass(frozen=True, slots=True)
class Rows:
    """Numbered rows, some of whose jobs kill or delay the process that does them.

    Attributes:
        rows: How many.
        chunk: How many a job has.
        deadly: The first rows of jobs that kill.
        flag: Where each job leaves a mark before it kills; None if it kills each time.
        pause: Seconds that a job takes.
    """

    rows: int = 20
    chunk: int = 2
    deadly: tuple[int, ...] = ()
    flag: str | None = None
    pause: float = 0.0

    @property
    def columns(self) -> Sequence[Column]:
        return COLUMNS

    @property
    def words(self) -> str:
        return f"{self.rows} rows"

    @property
    def key(self) -> dict[str, Any]:
        return {"rows": self.rows}

    def job(self, first: int, stop: int) -> Some:
        return Some(self, first, stop)


class Some(NamedTuple):
    """The rows of a job."""

    space: Rows
    first: int
    stop: int

    def table(self) -> Table:
        time.sleep(self.space.pause)
        if self.first in self.space.deadly and self._kills():
            os.kill(os.getpid(), signal.SIGKILL)
        numbers = list(range(self.first, self.stop))
        return Table({"number": numbers, "error": [None] * len(numbers)}, {"rows": len(numbers)})

    def failed(self, why: str) -> Table:
        numbers = list(range(self.first, self.stop))
        tally = {"failed": len(numbers)}
        return Table({"number": numbers, "error": [why] * len(numbers)}, tally, again=True, mistaken=True)

    def _kills(self) -> bool:
        if self.space.flag is None:
            return True
        mark = Path(f"{self.space.flag}{self.first}")
        if mark.exists():
            return False
        mark.touch()
        return True
