"""The marks of a tree as artists, in colours that also stand apart in grey and on a dark page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rfscope.plots.style import HOLE
from rfscope.plots.tree_marks import Bar, Dot, Marks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

__all__ = ["paint"]

_THICK, _THIN = 3.2, 1.2
"""Points of a bar of nodes that are all read, and of one of nodes of which some are."""

_BELOW = 0.42
"""Inches from the axes down to the legend."""

_DASHES = (0, (2.5, 1.5))

_AROUND = "way around layers"

_UNREAD = "not on a path to this output"

_MANY = 400
"""Lines from which on all are drawn thinner."""


class Colours(NamedTuple):
    """Of the roles that a node may have; what is faint is mixed from the colours of text and page."""

    read: str
    hole: str
    hole_edge: str
    line: tuple[float, float, float]
    area: tuple[float, float, float]
    unread: tuple[float, float, float]
    idle: tuple[float, float, float]
    page: tuple[float, float, float]


def _colours(ax: Axes) -> Colours:
    """The colours for a page; for a dark one the nodes are light."""
    import matplotlib as mpl
    from matplotlib.colors import to_rgb

    face = ax.get_facecolor()
    page = to_rgb(face if to_rgba_alpha(face) else ax.figure.get_facecolor())
    ink = to_rgb(mpl.rcParams["text.color"])
    dark = sum(page) < 1.5

    def faint(part: float) -> tuple[float, float, float]:
        red, green, blue = (part * of_ink + (1 - part) * of_page for of_ink, of_page in zip(ink, page, strict=True))
        return red, green, blue

    read = mpl.colormaps["viridis"](0.62 if dark else 0.2)
    return Colours(to_hex(read), HOLE, "#c8741a", faint(0.55), faint(0.18), faint(0.3), faint(0.16), page)


def to_rgba_alpha(colour: object) -> float:
    """How opaque a colour is."""
    from matplotlib.colors import to_rgba

    return to_rgba(colour)[3]  # type: ignore[arg-type]  # any colour of matplotlib's


def to_hex(colour: object) -> str:
    """A colour as text."""
    from matplotlib.colors import to_hex as as_text

    return as_text(colour)  # type: ignore[arg-type]  # as above


def paint(ax: Axes, made: Marks, *, of: Marks | None = None) -> None:
    """Draw the marks, and a legend below of those whose meaning does not show.

    Args:
        ax: Where to.
        made: The marks.
        of: The whole that they are a part of, which is explained already.
    """
    from matplotlib.collections import PathCollection, PolyCollection
    from matplotlib.path import Path

    colours = _colours(ax)
    if made.areas:
        ax.add_collection(PolyCollection(made.areas, facecolors=[colours.area], edgecolors="none", zorder=0.5))
    width = 0.6 if len((of or made).lines) < _MANY else 0.35
    _draw_lines(ax, made, colours, width)
    if made.shortcuts:
        codes = [Path.MOVETO, Path.CURVE3, Path.CURVE3]
        curves = PathCollection(
            [Path(list(points), codes) for points in made.shortcuts],
            facecolors="none",
            edgecolors=[colours.line],
            linewidths=0.6,
            linestyles=[_DASHES],
            zorder=1.2,
            label=_AROUND,
        )
        ax.add_collection(curves)
    _draw_bars(ax, made.idle, colours.idle, 1.0, 0.8, "idle")
    _draw_bars(ax, made.mixed, colours.area, _THICK, 1.5, "mixed below")
    _draw_bars(ax, made.lost, colours.hole, _THICK, 1.6, "lost")
    _draw_bars(ax, made.mixed, colours.read, _THIN, 2.0, "mixed")
    _draw_bars(ax, made.full, colours.read, _THICK, 2.0, "full")
    _draw_dots(ax, made.unread, colours.page, colours.unread, "unread", 1.8)
    _draw_dots(ax, made.holes, colours.hole, colours.hole_edge, "holes", 2.5)
    _draw_dots(ax, made.read, colours.read, "none", "read", 3.0)
    if of is None:
        _explain(ax, made, colours)


def _draw_lines(ax: Axes, made: Marks, colours: Colours, width: float) -> None:
    from matplotlib.collections import LineCollection

    if made.lines:
        lines = LineCollection(made.lines, colors=[colours.line], linewidths=width, zorder=1, label="reads")
        ax.add_collection(lines)


def _draw_bars(ax: Axes, bars: Sequence[Bar], colour: object, width: float, zorder: float, name: str) -> None:
    from matplotlib.collections import LineCollection

    if bars:
        lines = [[(bar.left, bar.y), (bar.right, bar.y)] for bar in bars]
        ax.add_collection(
            LineCollection(lines, colors=[colour], linewidths=width, zorder=zorder, label=name, clip_on=False)  # type: ignore[list-item]
        )


def _draw_dots(ax: Axes, dots: Sequence[Dot], face: object, edge: object, name: str, zorder: float) -> None:
    if dots:
        x, y, size = zip(*dots, strict=True)
        ax.scatter(
            x,
            y,
            [across**2 for across in size],
            facecolors=[face],  # type: ignore[list-item]
            edgecolors=edge if edge == "none" else [edge],  # type: ignore[arg-type,list-item]
            linewidths=min(0.6, 0.15 * max(size)),
            zorder=zorder,
            label=name,
            clip_on=False,
        )


def _explain(ax: Axes, made: Marks, colours: Colours) -> None:
    """Say below the axes what the marks mean that do not show it."""
    from matplotlib.transforms import ScaledTranslation

    handles = list(_handles(made, colours))
    if handles:
        texts = [str(handle.get_label()) for handle in handles]
        ax.legend(
            handles=handles,
            loc="upper right",
            bbox_to_anchor=(1, 0),
            bbox_transform=ax.transAxes + ScaledTranslation(0, -_BELOW, ax.figure.dpi_scale_trans),
            ncols=_columns(texts, ax.bbox.width / ax.figure.dpi),
            frameon=False,
            borderpad=0,
            borderaxespad=0,
            handlelength=1.2,
            handletextpad=0.5,
            columnspacing=1.2,
        )


def _columns(texts: Sequence[str], wide: float) -> int:
    """Into how many columns a legend fits that is filled column by column."""
    for columns in range(len(texts), 1, -1):
        rows = -(-len(texts) // columns)
        lengths = (max(map(len, texts[at : at + rows])) for at in range(0, len(texts), rows))
        if sum(0.058 * length + 0.32 for length in lengths) <= wide:
            return columns
    return 1


def _handles(made: Marks, colours: Colours) -> Iterator[Line2D]:
    from matplotlib.lines import Line2D

    def node(face: object, edge: object, text: str) -> Line2D:
        """A node, as it is drawn."""
        line = Line2D([], [], linewidth=0, marker="o", markersize=4, label=text)
        line.set(markerfacecolor=face, markeredgecolor=edge, markeredgewidth=0.6)
        return line

    if made.unread:
        yield node(colours.page, colours.unread, _UNREAD)
    elif made.idle:
        yield Line2D([], [], color=colours.idle, linewidth=1, label=_UNREAD)
    if made.holes or made.lost:
        yield node(colours.hole, colours.hole_edge, "never read")
    if made.full:
        yield Line2D([], [], color=colours.read, linewidth=_THICK, label="all read")
    if made.mixed:
        yield Line2D([], [], color=colours.read, linewidth=_THIN, label="some read")
    if made.shortcuts:
        yield Line2D([], [], color=colours.line, linewidth=0.8, linestyle=_DASHES, label=_AROUND)
