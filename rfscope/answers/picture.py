"""A usage map as a small picture that stands in a page: a PNG of few colours, written without any library of images."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from rfscope.exact.cells import Cell
from rfscope.exact.counts import UsageCounts
from rfscope.text.rows import are_shares

__all__ = ["Picture", "picture", "png"]

_MOST_CELLS = 128
"""Cells along the longer side, at most; of a larger map pixels are merged."""

_SIDE, _CELL, _LINE = 260, 16, 24
"""Points on the screen: the longer side and a cell, at most, and how high a single line is."""

_STOPS = ((160, 218, 57), (74, 193, 109), (31, 161, 135), (39, 127, 142), (54, 92, 141), (70, 50, 127), (68, 1, 84))
"""From few paths to many, as in the pictures for print: viridis from its light end, that of holes left out."""

_HOLE, _PARTLY = (253, 208, 162), (181, 136, 90)
_SHADES = 32


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a map.

    Attributes:
        url: The picture itself, as an address.
        width, height: Its size on the screen, in points.
        block: Pixels along each axis that one cell stands for.
        holes: Whether it shows pixels that are never read.
    """

    url: str
    width: int
    height: int
    block: int
    holes: bool


def picture(counts: UsageCounts, among: Sequence[UsageCounts] = ()) -> Picture | None:
    """Draw a usage map, or the middle plane of it in 3-D; None if nothing is read.

    Args:
        counts: The counts.
        among: The maps that it is compared with: all are drawn on one scale, of pixels and of counts;
            of deep networks each has its own largest count, as the others would not be seen beside it.

    Raises:
        LimitError: The map is larger than the limit ``cells``.
    """
    if not counts.used:
        return None
    plane, _ = counts.plane
    maps = [one for one in (counts, *among) if one.used]
    longest = max(max(one.size[-2:]) for one in maps)
    block = -(-longest // _MOST_CELLS)
    rows = plane.cells([block] * len(plane.size)).rows
    top = counts.max if any(map(are_shares, maps)) else max(one.max for one in maps)
    indices = [bytes(_index(cell, top) for cell in row) for row in rows]
    cell = max(1, min(_CELL, _SIDE * block // longest))
    url = "data:image/png;base64," + b64encode(png(indices, _palette())).decode()
    height = _LINE if len(plane.size) == 1 else len(rows) * cell
    return Picture(url, len(rows[0]) * cell, height, block, any(one.holes for row in rows for one in row))


def png(rows: Sequence[bytes], palette: Sequence[tuple[int, int, int]]) -> bytes:
    r"""A PNG whose pixels are places in a palette of at most 256 colours.

    Source:
        ISO/IEC 15948: the signature, and the chunks IHDR, PLTE, IDAT and IEND.

    Example:
        >>> png([bytes([0, 1])], [(0, 0, 0), (255, 255, 255)])[:8]
        b'\x89PNG\r\n\x1a\n'
    """
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 3, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    chunks = ((b"IHDR", header), (b"PLTE", bytes(sum(palette, ()))), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _index(cell: Cell, most: int) -> int:
    """The colour of a cell: holes first, then the shades; integers, as counts may be very long."""
    if cell.holes:
        return 1 if cell.most else 0
    return 2 + min(_SHADES - 1, (cell.most - 1) * _SHADES // max(1, most))


def _palette() -> list[tuple[int, int, int]]:
    return [_HOLE, _PARTLY, *(_shade(place / (_SHADES - 1)) for place in range(_SHADES))]


def _shade(part: float) -> tuple[int, int, int]:
    """The colour so far along the stops."""
    at = part * (len(_STOPS) - 1)
    first = min(int(at), len(_STOPS) - 2)
    red, green, blue = (
        round(low + (high - low) * (at - first)) for low, high in zip(_STOPS[first], _STOPS[first + 1], strict=True)
    )
    return red, green, blue
