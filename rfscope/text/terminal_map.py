"""Usage maps drawn with characters: half blocks in colour, shades without, ASCII where the encoding demands it.

A map larger than the room for it is reduced by whole blocks of pixels. A block that holds a hole is drawn as
one or as partly read, so holes stay visible, and the caption says that the map was reduced.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from rich.style import Style
from rich.text import Text

from rfscope.exact.cells import Cell
from rfscope.exact.counts import UsageCounts
from rfscope.wording import count_text, size_text, unit

__all__ = ["ROUNDED_FROM", "Fit", "Palette", "TerminalMap", "draw", "fit", "row_text"]

_RAMP = ("#26ad81", "#20938c", "#297b8e", "#33628d", "#404588", "#482576", "#440154")
_ORANGE, _BROWN = "#fdd0a2", "#b5885a"
_PARTLY = "~"


ROUNDED_FROM = 10**6
"""Counts in the centre row are rounded where the largest count is not below this one."""


class Palette(Enum):
    """What the terminal can show."""

    COLOUR = "colour"
    SHADES = "shades"
    ASCII = "ascii"


_RAMPS = {Palette.SHADES: "░▒▓█", Palette.ASCII: ":-=+*%#@"}
_HOLES = {Palette.COLOUR: "orange", Palette.SHADES: "·", Palette.ASCII: "."}


@dataclass(frozen=True, slots=True)
class Fit:
    """How a map is fitted into the terminal. Maps that are compared share one fit.

    Attributes:
        block: Pixels along each axis that one sign or half block stands for.
        wide: Characters across that one of them takes.
        most: Count drawn brightest.
    """

    block: int
    wide: int
    most: int


@dataclass(frozen=True, slots=True)
class TerminalMap:
    """A drawn map.

    Attributes:
        body: The lines.
        caption: What is shown, at which scale, and what the signs mean.
    """

    body: Text
    caption: str


def fit(maps: Sequence[UsageCounts], palette: Palette, *, columns: int, rows: int) -> Fit:
    """Find the scale at which every map fits, square pixels if there is room for them.

    Args:
        maps: The usage counts of each.
        palette: What the terminal can show.
        columns: Room in characters across.
        rows: Room in lines.
    """
    height, width = (max(sides) for sides in zip(*((1, *counts.size)[-2:] for counts in maps), strict=True))
    lines = rows * 2 if palette is Palette.COLOUR else rows
    block = max(1, -(-width // columns), -(-height // lines))
    wide = 2 if palette is not Palette.COLOUR and -(-width // block) * 2 <= columns else 1
    return Fit(block, wide, max(counts.max for counts in maps))


def draw(counts: UsageCounts, palette: Palette, scale: Fit) -> TerminalMap:
    """Draw a usage map, or a plane of it in 3-D."""
    cells = _cells(counts, scale.block)
    lines = _half_blocks(cells, scale) if palette is Palette.COLOUR else _signs(cells, scale, palette)
    return TerminalMap(Text("\n").join(lines), _caption(counts, palette, scale.block))


def row_text(counts: UsageCounts, columns: int) -> str:
    """The row of pixels through the centre: paths from each pixel, ``.`` where it is never read.

    Where the row does not fit, the middle is shown between ``..`` marks. Large counts are rounded down to one digit.
    """
    text = _magnitude if counts.max >= ROUNDED_FROM else str
    signs = [text(count) if count else "." for count in counts.row]
    gap = " " if any(len(sign) > 1 for sign in signs) else ""
    width = max(map(len, signs), default=0)
    fitting = (columns - 6 + len(gap)) // (width + len(gap) or 1)
    if len(signs) * (width + len(gap)) - len(gap) <= columns:
        return gap.join(sign.rjust(width) for sign in signs)
    cut = max(0, (len(signs) - fitting + 1) // 2)
    return ".. " + gap.join(sign.rjust(width) for sign in signs[cut : len(signs) - cut]) + " .."


def _magnitude(count: int) -> str:
    """A count rounded down to one digit: ``4e15``."""
    digits = len(str(count)) if count < 10**300 else int(count_text(count).partition("e")[2]) + 1
    return f"{count // 10 ** (digits - 1)}e{digits - 1}"


def _cells(counts: UsageCounts, block: int) -> Sequence[Sequence[Cell]]:
    """What is drawn, merged into blocks."""
    if not counts.used:
        return ()
    plane, _ = counts.plane
    return plane.cells([block] * len(plane.size)).rows


def _colour(cell: Cell, most: int) -> str:
    if cell.holes:
        return _BROWN if cell.most else _ORANGE
    return _RAMP[_step(cell.most, most, len(_RAMP))]


def _step(count: int, most: int, steps: int) -> int:
    """Which of ``steps`` equal parts of 1 .. most a count falls into; integers, as counts may be very long."""
    return min(steps - 1, (count - 1) * steps // max(1, most))


def _half_blocks(cells: Sequence[Sequence[Cell]], scale: Fit) -> Iterator[Text]:
    for at in range(0, len(cells), 2):
        line = Text()
        for column, upper in enumerate(cells[at]):
            below = _colour(cells[at + 1][column], scale.most) if at + 1 < len(cells) else None
            line.append("▀" * scale.wide, Style(color=_colour(upper, scale.most), bgcolor=below))
        yield line


def _signs(cells: Sequence[Sequence[Cell]], scale: Fit, palette: Palette) -> Iterator[Text]:
    ramp = _RAMPS[palette]
    for row in cells:
        yield Text("".join(_sign(cell, scale.most, ramp, _HOLES[palette]) * scale.wide for cell in row))


def _sign(cell: Cell, most: int, ramp: str, hole: str) -> str:
    if cell.holes:
        return _PARTLY if cell.most else hole
    return ramp[_step(cell.most, most, len(ramp))]


def _caption(counts: UsageCounts, palette: Palette, block: int) -> str:
    place = counts.plane[1] if counts.used else None
    many = unit(len(counts.size))
    shown = (
        f"paths per {many.removesuffix('s')}"
        if place is None
        else f"plane at {float(place):g} across the first axis, paths per pixel"
    )
    parts = [shown, f"1 to {count_text(counts.max)}"]
    if counts.min == 0:
        parts.append(f"{_HOLES[palette]} = never read")
    if block > 1:
        partly = "brown" if palette is Palette.COLOUR else _PARTLY
        parts.append(f"reduced to {size_text([block] * min(2, len(counts.size)))} {many} a sign")
        parts += [f"{partly} = partly read"] if counts.min == 0 else []
    return ", ".join(parts)
