"""Usage maps drawn with characters: half blocks in colour, shades without, ASCII where the encoding demands it.

A map larger than the room for it is reduced by whole blocks of pixels. A block that holds a hole is drawn as
one or as partly read, so holes stay visible, and the caption says that the map was reduced.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from math import prod

from rich.style import Style
from rich.text import Text

from rfscope.exact.usage import Counts, DenseCounts, UsageCounts
from rfscope.wording import count_text, size_text

__all__ = ["ROUNDED_FROM", "Palette", "Scale", "TerminalMap", "draw", "fit", "row_text"]

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
class _Block:
    """A block of pixels: its smallest and its largest count."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Scale:
    """How a map is fitted into the room there is. Maps to be compared share one.

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


def fit(maps: Sequence[UsageCounts], palette: Palette, *, columns: int, rows: int) -> Scale:
    """Find the scale at which every map fits, square pixels if there is room for them.

    Args:
        maps: The usage counts of each.
        palette: What the terminal can show.
        columns: Room in characters across.
        rows: Room in lines.
    """
    shapes = [_shape(counts) for counts in maps]
    height, width = max(height for height, _ in shapes), max(width for _, width in shapes)
    lines = rows * 2 if palette is Palette.COLOUR else rows
    block = max(1, -(-width // columns), -(-height // lines))
    wide = 2 if palette is not Palette.COLOUR and -(-width // block) * 2 <= columns else 1
    return Scale(block, wide, max(counts.max for counts in maps))


def draw(counts: UsageCounts, palette: Palette, scale: Scale) -> TerminalMap:
    """Draw a usage map, or its central slice in 3-D."""
    cells = _cells(counts, scale.block)
    lines = _half_blocks(cells, scale) if palette is Palette.COLOUR else _signs(cells, scale, palette)
    return TerminalMap(Text("\n").join(lines), _caption(counts, palette, scale.block))


def row_text(counts: UsageCounts, columns: int) -> str:
    """The row of pixels through the centre: paths from each pixel, ``.`` where it is never read.

    Where the row does not fit, the middle is shown between ``..`` marks. Large counts are rounded down to one digit.
    """
    text = _magnitude if counts.max >= ROUNDED_FROM else str
    signs = [text(count) if count else "." for count in _centre_row(counts)]
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


def _centre_row(counts: UsageCounts) -> Sequence[int]:
    if not all(counts.size):
        return ()
    if isinstance(counts, Counts):
        through = prod(other[len(other) // 2] for other in counts.factors[:-1])
        return [count * through for count in counts.factors[-1]]
    middle = tuple(length // 2 for length in counts.size[:-1])
    return [int(count) for count in counts.array[middle]]


def _shape(counts: UsageCounts) -> tuple[int, int]:
    """Rows and columns of what is drawn; a 1-D map is one row."""
    return (counts.size[-2], counts.size[-1]) if len(counts.size) > 1 else (1, counts.size[-1])


def _cells(counts: UsageCounts, block: int) -> list[list[_Block]]:
    """What is drawn, merged into blocks."""
    if not all(counts.size):
        return []
    if isinstance(counts, DenseCounts):
        return _dense_cells(counts, block)
    height, width = ((1,), *counts.factors)[-2:]
    through = prod(factor[len(factor) // 2] for factor in counts.factors[:-2])  # of the axes not drawn
    upright, across = _blocks(height, block), _blocks(width, block)
    return [
        [_Block(row.low * cell.low * through, row.high * cell.high * through) for cell in across] for row in upright
    ]


def _dense_cells(counts: DenseCounts, block: int) -> list[list[_Block]]:
    import numpy as np

    plane = counts.array[tuple(length // 2 for length in counts.size[:-2])].reshape(_shape(counts))
    low = high = plane
    for axis in (0, 1):
        edges = range(0, plane.shape[axis], block)
        low, high = np.minimum.reduceat(low, edges, axis=axis), np.maximum.reduceat(high, edges, axis=axis)
    return [[_Block(int(a), int(b)) for a, b in zip(*rows, strict=True)] for rows in zip(low, high, strict=True)]


def _blocks(line: Sequence[int], size: int) -> list[_Block]:
    parts = [line[at : at + size] for at in range(0, len(line), size)]
    return [_Block(min(part), max(part)) for part in parts]


def _colour(cell: _Block, most: int) -> str:
    if cell.low == 0:
        return _ORANGE if cell.high == 0 else _BROWN
    return _RAMP[_step(cell.high, most, len(_RAMP))]


def _step(count: int, most: int, steps: int) -> int:
    """Which of ``steps`` equal parts of 1 .. most a count falls into; integers, as counts may be very long."""
    return min(steps - 1, (count - 1) * steps // max(1, most))


def _half_blocks(cells: Sequence[Sequence[_Block]], scale: Scale) -> Iterator[Text]:
    for at in range(0, len(cells), 2):
        line = Text()
        for column, upper in enumerate(cells[at]):
            below = _colour(cells[at + 1][column], scale.most) if at + 1 < len(cells) else None
            line.append("▀" * scale.wide, Style(color=_colour(upper, scale.most), bgcolor=below))
        yield line


def _signs(cells: Sequence[Sequence[_Block]], scale: Scale, palette: Palette) -> Iterator[Text]:
    ramp = _RAMPS[palette]
    for row in cells:
        yield Text("".join(_sign(cell, scale.most, ramp, _HOLES[palette]) * scale.wide for cell in row))


def _sign(cell: _Block, most: int, ramp: str, hole: str) -> str:
    if cell.low == 0:
        return hole if cell.high == 0 else _PARTLY
    return ramp[_step(cell.high, most, len(ramp))]


def _caption(counts: UsageCounts, palette: Palette, block: int) -> str:
    sliced = len(counts.size) > 2
    parts = ["central slice, paths per pixel" if sliced else "paths per pixel", f"1 to {count_text(counts.max)}"]
    if counts.min == 0:
        parts.append(f"{_HOLES[palette]} = never read")
    if block > 1:
        partly = "brown" if palette is Palette.COLOUR else _PARTLY
        parts.append(f"reduced to {size_text([block] * min(2, len(counts.size)))} pixels a sign")
        parts += [f"{partly} = partly read"] if counts.min == 0 else []
    return ", ".join(parts)
