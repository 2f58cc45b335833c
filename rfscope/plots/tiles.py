"""A picture of a plan: the tiles on the image, and what is kept of each."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING

from rfscope.errors import RfscopeError
from rfscope.exact.tiling import Plan, Tile, TiledAxis
from rfscope.plots.look import look_of
from rfscope.plots.settings import drawing
from rfscope.wording import size_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_plan"]

_MOST = 2_000
"""Tiles that are drawn."""

_AXES = 2


def plot_plan(plan: Plan, *, figure: Figure | None = None) -> Figure:
    """Draw the tiles of a plan on the image: what each writes, and for one of them all that it reads.

    Of three axes the last two are drawn, of one axis a strip. Positions are those of the output.

    Args:
        plan: A plan, as ``rf.tile`` makes it.
        figure: An empty figure to draw in; one of its own if not given.

    Raises:
        RfscopeError: The plan has no tiles, or the size of its output is not known.

    Example:
        >>> import rfscope as rf
        >>> figure = plot_plan(rf.tile("1,2,5", input=200, tile=64))
        >>> figure.axes[0].get_title()
        '1,2,5: 16 tiles of 64x64 for 200x200'
    """
    if plan.output_size is None or not plan.count:
        got = plan.why_not[0].message if plan.why_not else "an output of unknown size"
        raise RfscopeError("a plan that has no tiles cannot be drawn", where=plan.name, got=got)
    with drawing(look_of()):
        if figure is None:
            from matplotlib.figure import Figure as NewFigure

            figure = NewFigure(figsize=(4.5, 4.5), layout="constrained")
        axes = figure.add_subplot()
        _draw(plan, axes)
    return figure


def _draw(plan: Plan, axes: Axes) -> None:
    from matplotlib.patches import Rectangle

    size = plan.output_size or ()
    height, width = (1, *size)[-_AXES:]
    tiles = list(islice(plan, _MOST))
    for number, tile in enumerate(tiles):
        top, left, rows, columns = _box(tile)
        shade = "0.93" if number % 2 else "0.85"
        axes.add_patch(Rectangle((left, top), columns, rows, facecolor=shade, edgecolor="0.4", linewidth=0.6))
    middle = _inner(plan, tiles)
    top, left, rows, columns = _read(plan, middle)
    axes.add_patch(
        Rectangle((left, top), columns, rows, fill=False, edgecolor="#c0392b", linewidth=1.4, label="read by one tile")
    )
    top, left, rows, columns = _box(middle)
    axes.add_patch(
        Rectangle((left, top), columns, rows, facecolor="#c0392b", alpha=0.3, linewidth=0, label="kept of it")
    )
    axes.set_xlim(0, width)
    axes.set_ylim(height, 0)
    axes.set_aspect("auto" if height == 1 else "equal")
    axes.set_title(
        f"{plan.name}: {plan.count} tiles of {size_text(plan.tile)} for {size_text(plan.input)}", parse_math=False
    )
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=2, frameon=False)


def _box(tile: Tile) -> tuple[float, float, float, float]:
    """Where a tile writes: top, left, height, width."""
    rows, columns = (slice(0, 1), *tile.write)[-_AXES:]
    return rows.start, columns.start, rows.stop - rows.start, columns.stop - columns.start


def _inner(plan: Plan, tiles: Sequence[Tile]) -> Tile:
    """A tile with as many inner sides as there are."""
    wanted = [axis.pieces[len(axis.pieces) // 2].begin for axis in plan.axes]
    return next((tile for tile in tiles if [one.start for one in tile.read] == wanted), tiles[0])


def _read(plan: Plan, tile: Tile) -> tuple[float, float, float, float]:
    """What a tile reads, in positions of the output."""
    spans = []
    for axis, one in zip(plan.axes, tile.read, strict=True):
        scale = _scale(axis)
        spans.append(((one.start - axis.shrinks / 2) / scale, (one.stop - one.start) / scale))
    (top, rows), (left, columns) = ((0.0, 1.0), *spans)[-_AXES:]
    return float(top), float(left), float(rows), float(columns)


def _scale(axis: TiledAxis) -> Fraction:
    """Positions of the image from one output to the next."""
    if len(axis.pieces) > 1:
        one, other = axis.pieces[:2]
        if one.keep[0] is not None and other.keep[0] is not None:
            moved = (other.write[0] - other.keep[0].first) - (one.write[0] - one.keep[0].first)
            return Fraction(other.begin - one.begin, moved)
    return Fraction(axis.size, axis.output_sizes[0])
