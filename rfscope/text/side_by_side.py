"""Panels beside each other, as many as fit the width, the others below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.text import Text

__all__ = ["GAP", "Panel", "in_rows", "side_by_side"]

GAP = 2
"""Columns between two panels."""

_SHORTEST_NAME = 16
"""Names up to this length are not broken, however narrow the panel."""


class Panel(NamedTuple):
    """A named picture.

    Attributes:
        name: Stands above it.
        body: Its lines.
    """

    name: str
    body: Text

    @property
    def width(self) -> int:
        """Columns that it takes."""
        return max(panel_width(self.name, 0), *(line.cell_len for line in self.body.split("\n", allow_blank=True)))


def panel_width(name: str, body: int) -> int:
    """Columns that a panel takes whose lines have a given width."""
    return max(body, min(len(name), _SHORTEST_NAME))


def in_rows(widths: Sequence[int], room: int) -> list[range]:
    """Which panels share a row: each row takes as many as fit.

    Example:
        >>> in_rows([29, 25, 17, 60], 80)
        [range(0, 3), range(3, 4)]
    """
    rows, first, taken = [], 0, 0
    for place, width in enumerate(widths):
        if place > first and taken + GAP + width > room:
            rows.append(range(first, place))
            first, taken = place, 0
        taken += width if place == first else GAP + width
    return [*rows, range(first, len(widths))]


def side_by_side(panels: Sequence[Panel], room: int) -> Iterator[Text]:
    """The panels line by line, in rows, with an empty line between two rows."""
    for number, row in enumerate(in_rows([panel.width for panel in panels], room)):
        if number:
            yield Text()
        shown = [_lines(panels[place]) for place in row]
        for at in range(max(map(len, shown))):
            line, column = Text(), 0
            for place, lines in zip(row, shown, strict=True):
                if at < len(lines):
                    line.append(" " * (column - line.cell_len)).append_text(lines[at])
                column += panels[place].width + GAP
            yield line


def _lines(panel: Panel) -> list[Text]:
    """The name, folded where it is wider than the picture, and the picture."""
    parts = [panel.name[at : at + panel.width] for at in range(0, len(panel.name), panel.width)]
    return [*(Text(part, "bold") for part in parts), *panel.body.split("\n", allow_blank=True)]
