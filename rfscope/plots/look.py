"""What a user may say of how a picture looks: its size, its words, its colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, Literal, TypeAlias

from rfscope.errors import RfscopeError
from rfscope.exact.analysis import Analysis
from rfscope.network.graph import Network

if TYPE_CHECKING:
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure, SubFigure

__all__ = [
    "DARK",
    "LIGHT",
    "TEXT",
    "WIDTHS",
    "Look",
    "Palette",
    "Width",
    "counts_colours",
    "fitted",
    "lightness",
    "look_of",
    "relabelled",
]

Width: TypeAlias = Literal["column", "text", "slide"] | float

WIDTHS = {"column": 3.35, "text": 7.0, "slide": 10.0}
"""Inches of the widths that have a name."""

TEXT = 7.2
"""Inches of our own pictures as wide as a text, where no width is given."""

_NARROWEST, _WIDEST = 3.0, 40.0
"""Inches within which a picture can be laid out."""

_PROJECTED = 9.0
"""Inches from which on a picture is for a wall: its print grows with its width."""

_APART = 20
"""Steps of lightness between holes and the nearest colour of counts, at least."""

_RANGE = 25
"""Steps of lightness that the colours of counts span, at least."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of everything but the counts.

    Attributes:
        paper: Behind everything.
        ink: Of text, ticks and frames.
        faint: Of thin lines between cells.
        line: Of lines that stand for reading.
        hole: Pixels never read: warm where counts are not, and far from all of them in lightness.
        off: Positions that are on no path to the output shown.
        bar: Bars of counts.
    """

    paper: str
    ink: str
    faint: str
    line: str
    hole: str
    off: str
    bar: str


LIGHT = Palette("#ffffff", "#000000", "#bfbfbf", "#737373", "#fdd0a2", "#e9e9e9", "#2c728e")
DARK = Palette("#121212", "#f0f0f0", "#505050", "#9a9a9a", "#70340c", "#2c2c2c", "#35b779")


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a picture looks; see ``look_of``.

    Attributes:
        width: In inches; None for what the picture needs.
        height: In inches; None for what the picture needs.
        dpi: Dots per inch; None for as many as its cells need.
        title: Above the picture.
        caption: Whether the facts are written into the picture.
        cmap: A colour map of matplotlib's.
        dark: Whether on dark paper.
        enlarged: How much larger than on a page the print is.
    """

    width: float | None = None
    height: float | None = None
    dpi: float | None = None
    title: str | None = None
    caption: bool = True
    cmap: str = "viridis"
    dark: bool = False
    enlarged: float = 1.0

    @property
    def palette(self) -> Palette:
        """The colours of everything but the counts."""
        return DARK if self.dark else LIGHT

    @property
    def colours(self) -> Colormap:
        """The colours of counts, few to many; holes as masked values."""
        return counts_colours(self.cmap, dark=self.dark)


def look_of(
    *,
    width: Width | None = None,
    height: float | None = None,
    dpi: float | None = None,
    title: str | None = None,
    caption: bool | None = None,
    cmap: str | None = None,
    dark: bool = False,
) -> Look:
    """Read what a user says.

    Args:
        width: Inches, or ``"column"``, ``"text"`` or ``"slide"``.
        height: Inches.
        dpi: Dots per inch.
        title: Above the picture.
        caption: Whether the facts are written into the picture; if not said, where it is as wide as a text or wider.
        cmap: A colour map of matplotlib's whose lightness rises or falls throughout.
        dark: Whether on dark paper.

    Raises:
        RfscopeError: A number is out of range, or there is no such width or colour map.

    Example:
        >>> look_of(width="column").width, look_of(width="column").caption, look_of().caption
        (3.35, False, True)
    """
    wide = None if width is None else _width(width)
    high = None if height is None else _number("height", height, 0.8, _WIDEST)
    dots = None if dpi is None else _number("dpi", dpi, 30, 2400)
    shown = (wide is None or wide >= WIDTHS["text"]) if caption is None else caption
    name = "viridis" if cmap is None else cmap
    counts_colours(name, dark=dark)  # says what is wrong with it
    large = 1.0 if wide is None or wide < _PROJECTED else wide / 6
    return Look(width=wide, height=high, dpi=dots, title=title, caption=shown, cmap=name, dark=dark, enlarged=large)


def fitted(look: Look, figure: Figure | SubFigure | None) -> Look:
    """The look of a picture that is drawn in a figure of the caller's, or a part of one: as large and as fine as it."""
    if figure is None:
        return look
    width, height = (float(side) / float(figure.dpi) for side in figure.bbox.size)
    return replace(look, width=width, height=height, dpi=float(figure.dpi))


def _width(given: object) -> float:
    if isinstance(given, str) and given in WIDTHS:
        return WIDTHS[given]
    return _number("width", given, _NARROWEST, _WIDEST, other="column, text, slide or ")


def _number(name: str, given: object, least: float, most: float, other: str = "") -> float:
    try:
        number = float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = -1.0
    if isinstance(given, bool) or not isfinite(number) or not least <= number <= most:
        what = "dots per inch" if name == "dpi" else "inches"
        raise RfscopeError(f"bad {name} of a picture", got=str(given), expected=f"{other}{least:g} to {most:g} {what}")
    return number


def relabelled(analyses: Sequence[Analysis], labels: Sequence[str] | None) -> list[Analysis]:
    """Networks under the names that a picture shall give them.

    Raises:
        RfscopeError: There is not one name for each.
    """
    if labels is None:
        return list(analyses)
    names = [labels] if isinstance(labels, str) else list(labels)
    if len(names) != len(analyses):
        raise RfscopeError("wrong number of labels", got=str(len(names)), expected=f"{len(analyses)}, one per network")
    return [_named(analysis, name) for analysis, name in zip(analyses, names, strict=True)]


def _named(analysis: Analysis, name: str) -> Analysis:
    network: Network = replace(analysis.network, name=name)
    return replace(analysis, network=network)


@cache
def counts_colours(name: str, *, dark: bool) -> Colormap:
    """The part of a colour map that stands for counts: light for few on light paper, dark for few on dark paper.

    Raises:
        RfscopeError: There is no such map, or its lightness does not rise or fall throughout.
    """
    import matplotlib as mpl
    from matplotlib.colors import ListedColormap, to_rgb

    if name not in mpl.colormaps:
        raise RfscopeError("no such colour map", got=repr(name), expected="one of matplotlib's, such as cividis")
    colours = [tuple(map(float, colour[:3])) for colour in mpl.colormaps[name](range(256))]
    palette = DARK if dark else LIGHT
    if (lightness(colours[-1]) > lightness(colours[0])) != dark:
        colours.reverse()
    light = [lightness(colour) for colour in colours]
    steps = [(after - before) * (1 if dark else -1) for before, after in pairwise(light)]
    hole = lightness(to_rgb(palette.hole))
    kept = [
        colour
        for colour, shade in zip(colours, light, strict=True)
        if (shade >= hole + _APART if dark else shade <= hole - _APART)
    ]
    span = abs(lightness(kept[0]) - lightness(kept[-1])) if kept else 0
    if min(steps) < -0.7 or span < _RANGE:
        raise RfscopeError(
            "colour map not fit for counts",
            got=repr(name),
            expected="one whose lightness rises or falls throughout, such as viridis, cividis, magma or Blues",
        )
    return ListedColormap(kept, name="counts").with_extremes(bad=palette.hole)


def lightness(colour: Sequence[float]) -> float:
    """CIE L* of a colour, 0 to 100: what is left of it in grey.

    Example:
        >>> round(lightness((1, 1, 1))), round(lightness((0.5, 0.5, 0.5)))
        (100, 53)
    """
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance
