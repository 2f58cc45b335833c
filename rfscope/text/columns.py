"""Tables in plain text that fit their width: whole columns go before anything is cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from textwrap import wrap

from rich.cells import cell_len
from rich.text import Text

__all__ = ["ELIDED", "Column", "shortened", "table", "wrapped"]

ELIDED = "… "
"""How a note in the place of rows begins."""

_GAP = "  "
_NAMES = 0.55
"""Part of the width that names may take where they leave no room for other columns."""

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
        """Signs across; a note in the place of rows may be longer."""
        return max(cell_len(text) for text in (self.title, *self.cells) if not text.startswith(ELIDED))


def fitting(columns: Sequence[Column], width: int) -> list[Column]:
    """The columns that say anything and fit, none of them cut but the first."""
    found = [column for column in columns if any(column.cells)]
    if _total(found) > width:  # before a column goes, very long names are cut
        found[0] = _cut(found[0], max(_LEAST, int(_NAMES * width)))
    while (over := _total(found) - width) > 0:
        droppable = [column for column in found if column.telling]
        if not droppable:
            return [_cut(found[0], max(_LEAST, found[0].width - over)), *found[1:]]
        found.remove(min(droppable, key=lambda column: column.telling))
    return found


def _total(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + len(_GAP) * (len(columns) - 1)


def _cut(names: Column, room: int) -> Column:
    return replace(names, cells=[shortened(cell, room) for cell in names.cells])


def table(columns: Sequence[Column], width: int) -> Iterator[Text]:
    """The head and the rows of those columns that fit."""
    shown = fitting([Column(one.title, list(one.cells), one.right, one.telling) for one in columns], width)
    yield Text(_line([column.title for column in shown], shown), style="dim")
    for cells in zip(*(column.cells for column in shown), strict=True):
        yield Text(_line(cells, shown))


def _line(cells: Sequence[str], columns: Sequence[Column]) -> str:
    parts = []
    for cell, column in zip(cells, columns, strict=True):
        room = " " * max(0, column.width - cell_len(cell))
        parts.append(room + cell if column.right else cell + room)
    return _GAP.join(parts).rstrip()


def shortened(name: str, room: int) -> str:
    """A name whose end, which tells most, fits.

    Example:
        >>> shortened("backbone.layer4.2.conv2", 16), shortened("conv2", 16)
        ('…layer4.2.conv2', 'conv2')
    """
    if cell_len(name) <= room or name.startswith(ELIDED):
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
