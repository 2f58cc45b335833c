"""The marks of a tree as artists, and what explains them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rfscope.plots.layout import line, size_of, wide
from rfscope.plots.look import Look
from rfscope.plots.tree_marks import Bar, Dot, Marks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

__all__ = ["explain", "kinds", "paint"]

_THICK, _THIN = 3.2, 1.2
"""Points of a bar of nodes that are all read, and of one of nodes of which some are."""

_READ = 0.8
"""Where among the colours of counts that of nodes read is."""

_RIM = "#c8741a"
"""Around nodes that are never read, whose colour is pale."""

_MANY = 400
"""Lines from which on all are drawn thinner."""

_MOST = 8000
"""Lines, at most, that are lines in a vector file too; more are an image inside it, or it would be too large."""

_DASHES = (0, (2.5, 1.5))


def paint(ax: Axes, made: Marks, look: Look, *, of: Marks | None = None) -> None:
    """Draw the marks.

    Args:
        ax: Where to.
        made: The marks.
        look: Their colours.
        of: The whole that they are a part of.
    """
    from matplotlib.collections import LineCollection, PathCollection, PolyCollection
    from matplotlib.path import Path

    palette, read = look.palette, look.colours(_READ)
    if made.areas:
        ax.add_collection(PolyCollection(made.areas, facecolors=[palette.faint], edgecolors="none", zorder=0.5))
    if made.lines:
        width = 0.6 if len((of or made).lines) < _MANY else 0.35
        lines = LineCollection(made.lines, colors=[palette.line], linewidths=width, zorder=1, label="reads")
        lines.set_rasterized(len(made.lines) > _MOST)
        ax.add_collection(lines)
    if made.shortcuts:
        codes = [Path.MOVETO, Path.CURVE3, Path.CURVE3]
        curves = PathCollection(
            [Path(list(points), codes) for points in made.shortcuts],
            facecolors="none",
            edgecolors=[palette.line],
            linewidths=0.6,
            linestyles=[_DASHES],
            zorder=1.2,
            label="around",
        )
        ax.add_collection(curves)
    _bars(ax, made.idle, palette.faint, 0.6, 0.8, "idle")
    _bars(ax, made.mixed, palette.off, _THICK, 1.5, "off")
    _bars(ax, made.lost, palette.hole, _THICK, 1.6, "lost")
    _bars(ax, made.mixed, read, _THIN, 2.0, "some")
    _bars(ax, made.full, read, _THICK, 2.0, "all")
    _dots(ax, made.unread, palette.paper, palette.faint, "unread", 1.8)
    _dots(ax, made.holes, palette.hole, _RIM, "holes", 2.5)
    _dots(ax, made.read, read, "none", "read", 3.0)


def _bars(ax: Axes, bars: Sequence[Bar], colour: Any, width: float, zorder: float, name: str) -> None:
    from matplotlib.collections import LineCollection

    if bars:
        lines = [[(bar.left, bar.y), (bar.right, bar.y)] for bar in bars]
        found = LineCollection(lines, colors=[colour], linewidths=width, zorder=zorder, label=name, clip_on=False)
        ax.add_collection(found)


def _dots(ax: Axes, dots: Sequence[Dot], face: Any, edge: Any, name: str, zorder: float) -> None:
    if dots:
        x, y, size = zip(*dots, strict=True)
        ax.scatter(
            x,
            y,
            [across**2 for across in size],
            facecolors=[face],
            edgecolors=edge if edge == "none" else [edge],
            linewidths=min(0.6, 0.15 * max(size)),
            zorder=zorder,
            label=name,
            clip_on=False,
        )


def kinds(made: Marks, look: Look) -> list[Line2D]:
    """The marks whose meaning does not show, each with its words."""
    from matplotlib.lines import Line2D

    palette, read, unread = look.palette, look.colours(_READ), "not on a path to this output"

    def node(face: Any, edge: Any, text: str) -> Line2D:
        found = Line2D([], [], linewidth=0, marker="o", markersize=4, label=text)
        found.set(markerfacecolor=face, markeredgecolor=edge, markeredgewidth=0.6)
        return found

    found = []
    if made.unread:
        found.append(node(palette.paper, palette.faint, unread))
    elif made.idle:
        found.append(Line2D([], [], color=palette.faint, linewidth=0.8, label=unread))
    if made.holes or made.lost:
        found.append(node(palette.hole, _RIM, "never read"))
    if made.full:
        found.append(Line2D([], [], color=read, linewidth=_THICK, label="all read"))
    if made.mixed:
        found.append(Line2D([], [], color=read, linewidth=_THIN, label="some read"))
    if made.shortcuts:
        found.append(Line2D([], [], color=palette.line, linewidth=0.8, linestyle=_DASHES, label="way around layers"))
    return found


def explain(ax: Axes | None, said: Sequence[Line2D], look: Look, across: float, below: float = 0.0) -> float:
    """Explain marks under the right end of axes.

    Args:
        ax: The axes; None to measure only.
        said: The marks.
        look: The colours.
        across: Inches there are.
        below: Inches under the axes.

    Returns:
        How many inches it takes, downwards.
    """
    from matplotlib.transforms import ScaledTranslation

    if not said:
        return 0.0
    columns = _columns([str(one.get_label()) for one in said], across)
    if ax is not None:
        ax.legend(
            handles=list(said),
            loc="upper right",
            bbox_to_anchor=(1, 0),
            bbox_transform=ax.transAxes + ScaledTranslation(0, -below - 0.03, ax.figure.dpi_scale_trans),
            ncols=columns,
            frameon=False,
            borderpad=0,
            borderaxespad=0,
            handlelength=1.2,
            handletextpad=0.5,
            columnspacing=1.2,
            labelspacing=0.25,
            fontsize=size_of("legend.fontsize"),
            labelcolor=look.palette.ink,
        )
    return -(-len(said) // columns) * line("legend.fontsize") + 0.05


def _columns(texts: Sequence[str], across: float) -> int:
    """Into how many columns a legend fits that is filled column by column."""
    size = size_of("legend.fontsize")
    for columns in range(len(texts), 1, -1):
        rows = -(-len(texts) // columns)
        widths = [max(wide(text, size) for text in texts[at : at + rows]) for at in range(0, len(texts), rows)]
        if sum(widths) + (3.0 * columns) * size / 72 <= across:
            return columns
    return 1
