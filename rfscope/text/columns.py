"""Tables in plain text that fit their width: whole columns go before anything is cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from rich.cells import cell_len
from rich.text import Text

__all__ = ["Column", "shortened", "table", "wrapped"]

_GAP = "  "
_LEAST = 8
"""Columns that a name is never cut below."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        title: Its head.
        cells: Its texts, one a row.
        right: Whether they stand to the right, as numbers do.
        telling: Of the columns that do not fit, the least telling goes first; 0 stays.
    """

    title: str
    cells: Sequence[str]
    right: bool = False
    telling: int = 0

    @property
    def width(self) -> int:
        """Signs across."""
        return max(map(cell_len, (self.title, *self.cells)))


def fitting(columns: Sequence[Column], width: int) -> list[Column]:
    """The columns that say anything and fit, none of them cut but the first."""
    found = [column for column in columns if any(column.cells)]
    while (over := sum(column.width for column in found) + len(_GAP) * (len(found) - 1) - width) > 0:
        droppable = [column for column in found if column.telling]
        if not droppable:
            room = max(_LEAST, found[0].width - over)
            return [Column(found[0].title, [shortened(cell, room) for cell in found[0].cells]), *found[1:]]
        found.remove(min(droppable, key=lambda column: column.telling))
    return found


def table(columns: Sequence[Column], width: int) -> Iterator[Text]:
    """The head and the rows of those columns that fit; a row with nothing but a first cell may be any note."""
    shown = fitting([Column(one.title, list(one.cells), one.right, one.telling) for one in columns], width)
    yield Text(_line([column.title for column in shown], shown), style="dim")
    for cells in zip(*(column.cells for column in shown), strict=True):
        yield Text(_line(cells, shown))


def _line(cells: Sequence[str], columns: Sequence[Column]) -> str:
    parts = []
    for cell, column in zip(cells, columns, strict=True):
        room = " " * (column.width - cell_len(cell))
        parts.append(room + cell if column.right else cell + room)
    return _GAP.join(parts).rstrip()


def shortened(name: str, room: int) -> str:
    """A name whose end, which tells most, fits.

    Example:
        >>> shortened("backbone.layer4.2.conv2", 16), shortened("conv2", 16)
        ('…layer4.2.conv2', 'conv2')
    """
    if cell_len(name) <= room:
        return name
    parts = name.split(".")
    for first in range(1, len(parts)):
        rest = "…" + ".".join(parts[first:])
        if cell_len(rest) <= room:
            return rest
    end = name
    while cell_len(end) >= room:
        end = end[1:]
    return f"…{end}"


def wrapped(text: str, width: int, style: str = "") -> Iterator[Text]:
    """A sentence in lines without spaces at their ends; only what is longer than a line is cut inside a word."""
    for line in wrap(text, width, break_on_hyphens=False):
        yield Text(line, style=style)
