"""Planes of counts as coloured cells, in pixels from the centre of the field."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

from rfscope.plots.scale import Scale
from rfscope.plots.style import (
    DOTS,
    colours,
    digit_size,
    hole_legend,
    inches,
    ink,
    pixel_points,
    thin,
    tick_step,
    ticks,
)
from rfscope.plots.view import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

__all__ = ["annotate_map", "draw_maps", "is_square", "spans"]

_ELONGATED = 12
"""Pixels are square unless a map is so many times longer than wide: its short side could not be seen."""

_NARROWEST = 5
"""No panel is narrower than this part of the widest, or its title would not fit."""

_PER_ROW = 4


def spans(views: Sequence[View]) -> tuple[list[int], list[int]]:
    """Lay panels out in rows: the pixels spanned by each row of panels, and by each column of panels.

    Axes with spans in the proportions of their widths and heights show every pixel in one size.
    """
    shapes = [shown.shape for shown in views]
    narrowest = max(columns for _, columns in shapes) // _NARROWEST
    down = [max(rows for rows, _ in shapes[start : start + _PER_ROW]) for start in range(0, len(shapes), _PER_ROW)]
    across = [
        max(narrowest, *(columns for _, columns in shapes[start::_PER_ROW]))
        for start in range(min(_PER_ROW, len(shapes)))
    ]
    return down, across


def is_square(views: Sequence[View]) -> bool:
    """Whether pixels are drawn as squares."""
    return all(max(shown.shape) < _ELONGATED * min(shown.shape) for shown in views)


def draw_maps(axes: Sequence[Axes], views: Sequence[View], scale: Scale, *, own: bool) -> tuple[int, int]:
    """Draw planes side by side, with one colour bar and one legend entry for holes if there are any.

    Args:
        axes: Where to; laid out in the proportions of the ``spans``.
        views: What to draw.
        scale: The colour scale of all.
        own: Whether the figure is ours to style.

    Returns:
        Pixels merged into a cell, along rows and columns.
    """
    down, across = spans(views)
    sizes = [(down[place // _PER_ROW], across[place % _PER_ROW]) for place in range(len(views))]
    block = _block(axes, sizes, square=is_square(views))
    for ax, shown, span in zip(axes, views, sizes, strict=True):
        image = _draw(ax, shown, scale, block, span, square=is_square(views))
        _set_ticks(ax, shown.shape, span)
        if span[1] > max(across) / 2:
            ax.set_xlabel("pixels from the centre")
    for ax in axes[::_PER_ROW]:
        ax.set_ylabel("pixels from the centre")
    bar = _colour_bar(image, axes, scale)
    if own:
        thin(bar)
    if any(shown.used < shown.pixels for shown in views):
        hole_legend(bar, "left", 0.12, merged=max(block) > 1)
    return block


def _block(axes: Sequence[Axes], sizes: Sequence[tuple[int, int]], *, square: bool) -> tuple[int, int]:
    high = min(ax.bbox.height / rows for ax, (rows, _) in zip(axes, sizes, strict=True))
    wide = min(ax.bbox.width / columns for ax, (_, columns) in zip(axes, sizes, strict=True))
    if square:
        high = wide = min(high, wide)
    return max(1, ceil(DOTS / high)), max(1, ceil(DOTS / wide))


def _draw(
    ax: Axes, shown: View, scale: Scale, block: tuple[int, int], span: tuple[int, int], *, square: bool
) -> AxesImage:
    rows, columns = shown.shape
    cells = shown.cells(block)
    down, across = (number * pixels for number, pixels in zip(cells.values.shape, block, strict=True))
    image = ax.imshow(
        scale.values(cells),
        cmap=colours(),
        norm=scale.norm(),
        aspect="equal" if square else "auto",
        interpolation="nearest",
        interpolation_stage="data",  # one number a dot and not four on the way
        origin="upper",
        extent=(-columns / 2, across - columns / 2, down - rows / 2, -rows / 2),
    )
    ax.set_xlim(-span[1] / 2, span[1] / 2)
    ax.set_ylim(span[0] / 2, -span[0] / 2)
    if span != shown.shape:
        _fit_frame(ax, rows, columns)
    return image


def _set_ticks(ax: Axes, shape: tuple[int, int], span: tuple[int, int]) -> None:
    (rows, columns), (wide, high) = shape, inches(ax)
    ax.set_xticks(ticks(columns, tick_step(columns, wide * columns / span[1])))
    ax.set_yticks(ticks(rows, tick_step(rows, high * rows / span[0])))


def _fit_frame(ax: Axes, rows: int, columns: int) -> None:
    """Draw the frame around the map where the axes are larger."""
    for side, place, length in (
        ("left", -columns / 2, rows),
        ("right", columns / 2, rows),
        ("top", -rows / 2, columns),
        ("bottom", rows / 2, columns),
    ):
        ax.spines[side].set_position(("data", place))
        ax.spines[side].set_bounds(-length / 2, length / 2)


def _colour_bar(image: AxesImage, axes: Sequence[Axes], scale: Scale) -> Axes:
    bar = axes[0].figure.colorbar(image, ax=list(axes), label=scale.label, pad=0.02, aspect=25)
    if not scale.log:
        bar.locator = scale.locator()
        bar.update_ticks()
    return bar.ax


def annotate_map(ax: Axes, shown: View, scale: Scale) -> None:
    """Write each count into its cell, if print of a readable size fits; holes stay empty.

    Args:
        ax: Where the map was drawn, one cell a pixel, and laid out.
        shown: What was drawn.
        scale: Of all panels, whose largest count decides, so that all are written alike or none.
    """
    size = digit_size(*pixel_points(ax), scale.high)
    if size is None:
        return
    rows, columns = shown.shape
    cells = shown.cells((1, 1))
    colour = colours()(scale.norm()(scale.values(cells)))
    for row, column in zip(*cells.read.nonzero(), strict=True):
        ax.text(
            column - (columns - 1) / 2,
            row - (rows - 1) / 2,
            str(shown.count(row, column)),
            fontsize=size,
            color=ink(*colour[row, column, :3]),
            ha="center",
            va="center_baseline",
            in_layout=False,
        )
