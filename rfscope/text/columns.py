"""Tables in plain text that fit their width: whole columns go before anything is cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

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


def _fitting(columns: Sequence[Column], width: int, *, whole: bool) -> list[Column]:
    """The columns that say anything and fit, none of them cut but names in the first."""
    found = [column for column in columns if any(column.cells)]
    if _total(found) > width and not whole:  # before a column goes, very long names are cut
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


def table(columns: Sequence[Column], width: int, *, whole: bool = False) -> Iterator[Text]:
    """The head and the rows of those columns that fit.

    Args:
        columns: The columns.
        width: Signs across.
        whole: Whether the first column is not cut while others could go.
    """
    shown = _fitting(columns, width, whole=whole)
    yield Text(_line([column.title for column in shown], shown), style="dim")
    for cells in zip(*(column.cells for column in shown), strict=True):
        if cells[0].startswith(ELIDED):
            yield from wrapped(cells[0], width)
        else:
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
    """A text in lines without spaces at their ends; a word longer than a line, such as many rates, is cut at commas."""
    line = ""
    for word in text.split():
        if line and cell_len(line) + 1 + cell_len(word) <= width:
            line += f" {word}"
            continue
        if line:
            yield Text(line, style=style)
        *full, line = _pieces(word, width)
        yield from (Text(piece, style=style) for piece in full)
    yield Text(line, style=style)


def _pieces(word: str, width: int) -> Iterator[str]:
    while cell_len(word) > width:
        stop = word.rfind(",", 0, width) + 1 or width
        yield word[:stop]
        word = word[stop:]
    yield word
