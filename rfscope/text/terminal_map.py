"""Usage maps drawn with characters: half blocks in colour, shades without, ASCII where the encoding demands it.

A map larger than the room for it is reduced by whole blocks of pixels. A block that holds a hole is drawn as one, so
holes stay visible, and the caption says that the map was reduced.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from math import prod

from rich.style import Style
from rich.text import Text

from rfscope.exact.usage import Counts
from rfscope.wording import count_text, size_text

__all__ = ["Palette", "TerminalMap", "draw", "row_text"]

_RAMP = ("#00306f", "#1f4e79", "#4f6a76", "#7c8574", "#a9a36b", "#d4c35a", "#fbe54d")
_HOLE, _PARTLY = "#e0457b", "#8d4a68"
_SHADES, _ASCII = "░▒▓█", ":-=+*%#@"


class Palette(Enum):
    """What the terminal can show."""

    COLOUR = "colour"
    SHADES = "shades"
    ASCII = "ascii"


@dataclass(frozen=True, slots=True)
class _Block:
    """A block of pixels on one axis: its smallest and its largest count."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class TerminalMap:
    """A drawn map.

    Attributes:
        body: The lines.
        caption: What is shown, at which scale, and what the signs mean.
    """

    body: Text
    caption: str


def draw(counts: Counts, palette: Palette, *, columns: int, rows: int, most: int | None = None) -> TerminalMap:
    """Draw the usage map of a chain's output, or its central slice in 3-D.

    Args:
        counts: The usage counts.
        palette: What the terminal can show.
        columns, rows: Room in characters.
        most: Count drawn brightest; the map's own largest if not given. Maps to be compared share one.
    """
    height, width = _plane(counts)
    shown = counts.factors[:-2]
    through = prod(factor[len(factor) // 2] for factor in shown)  # the slice's common count along the axes not drawn
    lines = rows * 2 if palette is Palette.COLOUR else rows
    block = max(1, -(-len(width) // columns), -(-len(height) // lines))
    upright, across = _blocks(height, block), _blocks(width, block)
    cells = [
        [_Block(row.low * cell.low * through, row.high * cell.high * through) for cell in across] for row in upright
    ]
    brightest = most or counts.max
    if palette is Palette.COLOUR:
        body = Text("\n").join(_half_blocks(cells, brightest))
    else:
        wide = 2 if len(across) * 2 <= columns else 1
        body = Text("\n").join(_signs(cells, brightest, palette, wide))
    return TerminalMap(body, _caption(counts, palette, block, bool(shown)))


def row_text(counts: Counts, columns: int) -> str:
    """The row of pixels through the centre: paths from each pixel, ``.`` where it is never read.

    Where the row does not fit, the middle is shown between ``..`` marks.
    """
    factor = counts.factors[-1]
    through = prod(other[len(other) // 2] for other in counts.factors[:-1])
    signs = [count_text(count * through) if count * through else "." for count in factor]
    gap = " " if any(len(sign) > 1 for sign in signs) else ""
    width = max(map(len, signs))
    fitting = (columns - 6 + len(gap)) // (width + len(gap))
    if len(signs) * (width + len(gap)) - len(gap) <= columns:
        return gap.join(sign.rjust(width) for sign in signs)
    cut = max(0, (len(signs) - fitting + 1) // 2)
    return ".. " + gap.join(sign.rjust(width) for sign in signs[cut : len(signs) - cut]) + " .."


def _plane(counts: Counts) -> tuple[Sequence[int], Sequence[int]]:
    """The counts along the two axes drawn; a 1-D map is one row."""
    return (counts.factors[-2], counts.factors[-1]) if len(counts.factors) > 1 else ((1,), counts.factors[-1])


def _blocks(line: Sequence[int], size: int) -> list[_Block]:
    parts = [line[at : at + size] for at in range(0, len(line), size)]
    return [_Block(min(part), max(part)) for part in parts]


def _colour(cell: _Block, most: int) -> str:
    if cell.low == 0:
        return _HOLE if cell.high == 0 else _PARTLY
    return _RAMP[_step(cell.high, most, len(_RAMP))]


def _step(count: int, most: int, steps: int) -> int:
    """Which of ``steps`` equal parts of 1 .. most a count falls into; integers, as counts may be very long."""
    return min(steps - 1, (count - 1) * steps // max(1, most))


def _half_blocks(cells: Sequence[Sequence[_Block]], most: int) -> Iterator[Text]:
    for at in range(0, len(cells), 2):
        line = Text()
        for column, upper in enumerate(cells[at]):
            lower = cells[at + 1][column] if at + 1 < len(cells) else None
            below = None if lower is None else _colour(lower, most)
            line.append("▀", Style(color=_colour(upper, most), bgcolor=below))
        yield line


def _signs(cells: Sequence[Sequence[_Block]], most: int, palette: Palette, wide: int) -> Iterator[Text]:
    ramp, hole = (_SHADES, "·") if palette is Palette.SHADES else (_ASCII, ".")
    for row in cells:
        signs = (hole if cell.low == 0 else ramp[_step(cell.high, most, len(ramp))] for cell in row)
        yield Text("".join(sign * wide for sign in signs))


def _caption(counts: Counts, palette: Palette, block: int, sliced: bool) -> str:
    hole = {Palette.COLOUR: "pink", Palette.SHADES: "·", Palette.ASCII: "."}[palette]
    holes = f", {hole} = never read" if counts.min == 0 else ""
    what = "central slice, paths per pixel" if sliced else "paths per pixel"
    if block == 1:
        return f"{what}, 1 to {count_text(counts.max)}{holes}"
    reduced = size_text([block] * min(2, len(counts.factors)))
    some = holes.replace("never read", "block with pixels never read")
    return f"{what}, 1 to {count_text(counts.max)}; reduced, one sign for {reduced} pixels{some}"
