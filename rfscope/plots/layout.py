"""Where things stand on a picture of our own, in inches from its upper left corner.

Everything is placed by hand, from the measured widths of its texts: pixels of maps are then of one size and on whole
dots, nothing moves from one drawing to the next, and a picture is exactly as wide as it was asked to be.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from rfscope.plots.look import Look
from rfscope.plots.notebook import show_in_notebooks
from rfscope.plots.settings import left_out, remember, setting
from rfscope.plots.style import COARSEST, DOTS, FINEST

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from matplotlib.text import Text

__all__ = ["MARGIN", "Block", "Page", "block_of", "dots_for", "em", "fit", "line", "short_or", "size_of", "wide"]

MARGIN = 0.06
"""Inches free along the edges of a picture."""

_LEADING = 1.32
"""From line to line, relative to the size of print."""


def size_of(name: str) -> float:
    """The size of print in the settings in force, in points: of ``"xtick.labelsize"`` and the like."""
    from matplotlib.font_manager import FontProperties

    return float(FontProperties(size=setting(name)).get_size_in_points())


def em(name: str = "axes.labelsize") -> float:
    """The size of print in inches."""
    return size_of(name) / 72


def line(name: str = "axes.labelsize") -> float:
    """Inches from one line of print to the next."""
    return _LEADING * em(name)


def wide(text: str, size: float) -> float:
    """Inches that a line of text takes in the font in force.

    Args:
        text: One line.
        size: Of the print, in points.
    """
    return _wide(text, tuple(setting("font.family")), tuple(setting("font.sans-serif"))) * size / 100


@lru_cache(maxsize=4096)
def _wide(text: str, _family: Sequence[str], _sans: Sequence[str]) -> float:
    """Inches at a size of 100 points; the families only tell one font from another."""
    from matplotlib.font_manager import FontProperties, fontManager, get_font

    logger = logging.getLogger("matplotlib.font_manager")  # says what it does not find when the text is drawn, too
    logger.disabled, before = True, logger.disabled
    try:
        font = get_font(fontManager.findfont(FontProperties()))
    finally:
        logger.disabled = before
    font.set_size(100, 72)
    known = font.get_charmap()  # what is not in the font is drawn as a box, or in another font: as wide as it is high
    codes = map(ord, text)
    return sum(font.load_char(code).linearHoriAdvance / 65536 if code in known else 100 for code in codes) / 72


def short_or(name: str, room: float) -> str:
    """The name of an axis, or its first word where there is no room for more than that."""
    return name if wide(name, size_of("axes.labelsize")) <= room else name.partition(" ")[0]


def fit(texts: Iterable[str], width: float, size: float, indent: int = 6) -> str:
    """One line for each text that is not empty; what does not fit is carried over.

    Args:
        texts: What to say.
        width: Room in inches.
        size: Of the print, in points.
        indent: Spaces before what is carried over.
    """
    return "\n".join(part for text in texts if text for part in _wrapped(text, width, size, " " * indent))


def _wrapped(text: str, width: float, size: float, rest: str) -> list[str]:
    characters = max(len(text), 1)
    while True:
        parts = wrap(text, characters, subsequent_indent=rest, break_on_hyphens=False)
        longest = max((wide(part, size) for part in parts), default=0)
        if longest <= width or characters <= len(rest) + 4:
            return parts
        characters = max(len(rest) + 4, min(characters - 1, int(characters * max(0.5, width / longest))))


@dataclass(frozen=True, slots=True)
class Block:
    """Pixels of a map, and how they come onto paper.

    Attributes:
        cell: Inches of a pixel's side, such that a cell is a whole number of dots.
        pixels: Pixels that one cell stands for, along each side.
        dpi: Dots per inch.
    """

    cell: float
    pixels: int
    dpi: float


def block_of(cell: float, dpi: float | None) -> Block:
    """Fit pixels to dots.

    Args:
        cell: Inches of a pixel's side, at most.
        dpi: Dots per inch; chosen such that little is lost if not given.

    Example:
        >>> block_of(0.0143, None), block_of(0.001, None).pixels, block_of(0.25, 100)
        (Block(cell=0.014285714285714285, pixels=1, dpi=350), 3, Block(cell=0.25, pixels=1, dpi=100))
    """
    finest = FINEST if dpi is None else dpi
    pixels = max(1, ceil(DOTS / (cell * finest)))
    side = cell * pixels
    if dpi is None:
        dots = max(2, ceil(COARSEST * side - 1e-9))
        fine = ceil(dots / side - 1e-9)
        return Block(dots / fine / pixels, pixels, fine)
    return Block(max(1, floor(dpi * side + 1e-9)) / dpi / pixels, pixels, dpi)


def dots_for(look: Look) -> float:
    """Dots per inch of pictures that have no cells."""
    return look.dpi or COARSEST


class Page:
    """A figure to place things on."""

    def __init__(self, figure: Figure | SubFigure | None, look: Look, *, width: float, height: float, dpi: float):
        """Take a figure, or make one.

        Args:
            figure: Where to draw; one of our own if None.
            look: How it looks.
            width: Inches of our own figure.
            height: Inches of our own figure.
            dpi: Dots per inch of our own figure.
        """
        self.look = look
        self.figure: Any = _new(width, height, dpi) if figure is None else figure
        self.dpi = float(self.figure.dpi)
        self.width, self.height = (float(side) / self.dpi for side in self.figure.bbox.size)
        if self.figure is self.figure.canvas.figure:
            self.figure.set_layout_engine("none")  # everything has its place
            self.figure.set_facecolor(setting("figure.facecolor"))
            remember(self.figure, look)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes with this frame, its corner on a whole dot."""
        from rfscope.plots.style import thin

        left, bottom = (round(edge * self.dpi) / self.dpi for edge in (left, self.height - top - height))
        found: Axes = self.figure.add_axes(
            (left / self.width, bottom / self.height, width / self.width, height / self.height)
        )
        thin(found)
        return found

    def text(self, left: float, top: float, text: str, size: str = "axes.labelsize", **options: Any) -> Text:
        """Text whose upper left corner, or whatever the options say, is here."""
        options = {"ha": "left", "va": "top", "linespacing": _LEADING / 1.2, "parse_math": False, **options}
        found: Text = self.figure.text(
            left / self.width, 1 - top / self.height, text, fontsize=size_of(size), **options
        )
        return found

    def caption(self, text: str, top: float) -> None:
        """Write a caption, or keep it for whoever prints it."""
        if self.look.caption:
            self.text(MARGIN, top, text, "figure.labelsize", multialignment="left")
        else:
            left_out(self.figure.canvas.figure, text)

    def legend(self, ax: Axes, right: float, top: float, said: Sequence[tuple[str, str]]) -> None:
        """Explain colours, each with its words, in a line whose upper right corner is here."""
        from matplotlib.patches import Patch

        if not said:
            return
        ink = self.look.palette.ink
        ax.legend(
            handles=[Patch(facecolor=colour, edgecolor=ink, linewidth=0.4, label=text) for colour, text in said],
            loc="upper right",
            bbox_to_anchor=(right / self.width, 1 - top / self.height),
            bbox_transform=self.figure.transSubfigure,
            ncols=len(said),
            frameon=False,
            borderpad=0,
            borderaxespad=0,
            handlelength=1,
            handleheight=1,
            handletextpad=0.5,
            columnspacing=1.0,
            fontsize=size_of("legend.fontsize"),
        )


def _new(width: float, height: float, dpi: float) -> Figure:
    """An empty figure of our own, which pyplot does not know of."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=dpi)
    FigureCanvasAgg(figure)
    show_in_notebooks(figure)
    return figure
