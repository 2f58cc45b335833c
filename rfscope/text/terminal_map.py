"""Usage maps drawn with characters: half blocks in colour, shades without, ASCII where the encoding demands it.

A map larger than the room for it is reduced by whole blocks of pixels; a block that holds a hole is drawn as one or as
partly read. Where that would hide the pattern of the holes, the map is not reduced: its centre is shown instead. The
caption says what was done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from rich.style import Style
from rich.text import Text

from rfscope.exact.cells import Cell
from rfscope.exact.centre import centre_of, kept
from rfscope.exact.counts import UsageCounts
from rfscope.text.patterns import has_fine_stripes, shows_more_cut
from rfscope.text.rows import are_shares
from rfscope.wording import count_text, size_text, unit

__all__ = ["Fit", "Palette", "TerminalMap", "draw", "fit", "legend"]

_RAMP = ("#26ad81", "#20938c", "#297b8e", "#33628d", "#404588", "#482576", "#440154")
_ORANGE, _BROWN = "#fdd0a2", "#b5885a"
_PARTLY = "~"


class Palette(Enum):
    """What the terminal can show."""

    COLOUR = "colour"
    SHADES = "shades"
    ASCII = "ascii"


_RAMPS = {Palette.SHADES: "░▒▓█", Palette.ASCII: ":-=+*%#@"}
_ENDS = {Palette.COLOUR: (" (light)", " (dark)"), Palette.SHADES: ("", ""), Palette.ASCII: (" (:)", " (@)")}
_HOLES = {Palette.COLOUR: "orange", Palette.SHADES: "·", Palette.ASCII: "."}


@dataclass(frozen=True, slots=True)
class Fit:
    """How a map is fitted into the terminal. Maps that are compared share one fit.

    Attributes:
        block: Pixels along each axis that one sign or half block stands for.
        wide: Characters across that one of them takes.
        most: Count that is drawn darkest; of deep networks None: of each map its own largest count is.
        room: Pixels from top to bottom and across beyond which only the centre is drawn.
    """

    block: int
    wide: int
    most: int | None
    room: tuple[int, int]

    def shape(self, counts: UsageCounts) -> tuple[int, int]:
        """Signs or half blocks from top to bottom and across that a map takes."""
        height, width = map(kept, _sides(counts), self.room)
        return -(-height // self.block), -(-width // self.block)


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
    height, width = (max(sides) for sides in zip(*map(_sides, maps), strict=True))
    lines = rows * 2 if palette is Palette.COLOUR else rows
    block = max(1, -(-width // columns), -(-height // lines))
    room = (height, width)
    side = min(lines, columns) if height > 1 else columns
    cut = (min(height, side), min(width, side))
    if block > 1 and any(_is_better_cut(counts, block, cut) for counts in maps):
        block, room = 1, cut
    wide = 2 if palette is not Palette.COLOUR and -(-room[1] // block) * 2 <= columns else 1
    most = None if any(map(are_shares, maps)) else max(counts.max for counts in maps)
    return Fit(block, wide, most, room)


def _sides(counts: UsageCounts) -> tuple[int, int]:
    height, width = (1, *counts.size)[-2:]
    return height, width


def _is_better_cut(counts: UsageCounts, block: int, room: tuple[int, int]) -> bool:
    plane = counts.plane[0] if counts.used else counts
    return shows_more_cut(plane, block, room[-len(plane.size) :])


def draw(counts: UsageCounts, palette: Palette, scale: Fit) -> TerminalMap:
    """Draw a usage map, or a plane of it in 3-D."""
    most = counts.max if scale.most is None else scale.most
    cells = _cells(counts, scale.block, scale.room)
    lines = _half_blocks(cells, scale, most) if palette is Palette.COLOUR else _signs(cells, scale, most, palette)
    return TerminalMap(Text("\n").join(lines), ", ".join(legend([counts], palette, scale)))


def _cells(counts: UsageCounts, block: int, room: tuple[int, int] | None = None) -> Sequence[Sequence[Cell]]:
    """What is drawn, merged into blocks."""
    if not counts.used:
        return ()
    plane, _ = counts.plane
    if room is not None:
        plane = centre_of(plane, room[-len(plane.size) :])
    return plane.cells([block] * len(plane.size)).rows


def _colour(cell: Cell, most: int) -> str:
    if cell.holes:
        return _BROWN if cell.most else _ORANGE
    return _RAMP[_step(cell.most, most, len(_RAMP))]


def _step(count: int, most: int, steps: int) -> int:
    """Which of ``steps`` equal parts of 1 .. most a count falls into; integers, as counts may be very long."""
    return min(steps - 1, (count - 1) * steps // max(1, most))


def _half_blocks(cells: Sequence[Sequence[Cell]], scale: Fit, most: int) -> Iterator[Text]:
    for at in range(0, len(cells), 2):
        line = Text()
        for column, upper in enumerate(cells[at]):
            below = _colour(cells[at + 1][column], most) if at + 1 < len(cells) else None
            line.append("▀" * scale.wide, Style(color=_colour(upper, most), bgcolor=below))
        yield line


def _signs(cells: Sequence[Sequence[Cell]], scale: Fit, most: int, palette: Palette) -> Iterator[Text]:
    ramp = _RAMPS[palette]
    for row in cells:
        yield Text("".join(_sign(cell, most, ramp, _HOLES[palette]) * scale.wide for cell in row))


def _sign(cell: Cell, most: int, ramp: str, hole: str) -> str:
    if cell.holes:
        return _PARTLY if cell.most else hole
    return ramp[_step(cell.most, most, len(ramp))]


def legend(maps: Sequence[UsageCounts], palette: Palette, scale: Fit) -> Iterator[str]:
    """What the signs of some maps on one scale mean, part by part."""
    dims, holes = len(maps[0].size), any(counts.min == 0 for counts in maps)
    many = unit(dims)
    places = [counts.plane[1] for counts in maps if counts.used and dims > 2]
    at = ""
    if places:
        one = f"plane at {float(places[0] or 0):g}" if len(set(places)) == 1 else "planes near the centre"
        at = f"{one} across the first axis, "
    pixel, (low, high) = many.removesuffix("s"), _ENDS[palette]
    if scale.most is None:
        its = count_text(maps[0].max) if len(maps) == 1 else "each map's own"
        yield f"{at}paths per {pixel}, 0 %{low} to 100 %{high} of the largest count ({its})"
    elif scale.most == 1:
        yield f"{at}1 path per {pixel}"
    else:
        yield f"{at}paths per {pixel}, 1{low} to {count_text(scale.most)}{high}"
    if holes:
        yield f"{_HOLES[palette]} = never read"
    if scale.block > 1:
        blocks = size_text([scale.block] * min(2, dims))
        yield f"reduced to {blocks} {many} a sign"
        if holes:
            yield f"{'brown' if palette is Palette.COLOUR else _PARTLY} = partly read"
        if any(has_fine_stripes(counts, scale.block) for counts in maps):
            yield "stripes within a sign do not show"
    elif cut := [counts for counts in maps if scale.shape(counts) != _sides(counts)]:
        shown = size_text(scale.shape(cut[0])[-min(2, dims) :])
        yield f"only the {shown} {many} at the centre are shown, as the pattern would be lost in a reduced map"
