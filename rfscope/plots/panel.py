"""A plane of counts as coloured cells, in pixels from the centre of the field."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

from rfscope.plots.style import Scale, colours, digit_size, hole_patch, ink, pixel_points, ticks
from rfscope.plots.view import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

__all__ = ["annotate_map", "block_size", "count_bar", "draw_map"]

_ELONGATED = 12
"""Cells are square unless a map is so many times longer than wide: its short side could not be seen."""

_DOTS = 2
"""Dots of the figure along each side of a cell, at least: with fewer, equal cells come out unequal or not at all."""


def block_size(panels: Sequence[Axes], size: tuple[int, int]) -> tuple[int, int]:
    """Rows and columns of pixels to merge into a cell, so that every cell can be seen; (1, 1) if all can.

    Args:
        panels: Axes that lie side by side.
        size: Rows of the tallest map and columns of all maps together.
    """
    rows, columns = size
    high = min(ax.bbox.height for ax in panels) / rows
    wide = sum(ax.bbox.width for ax in panels) / columns
    if _square(size):
        high = wide = min(high, wide)
    return ceil(_DOTS / high) if high < _DOTS else 1, ceil(_DOTS / wide) if wide < _DOTS else 1


def _square(size: tuple[int, int]) -> bool:
    return max(size) < _ELONGATED * min(size)


def draw_map(
    ax: Axes, shown: View, scale: Scale, block: tuple[int, int], *, step: int, span: tuple[int, int]
) -> AxesImage:
    """Draw a plane of counts.

    Args:
        ax: Where to.
        shown: What to draw.
        scale: The colour scale.
        block: Pixels merged into a cell, along rows and columns.
        step: Pixels between ticks.
        span: Pixels the axes span, at least the map's: the same in two panels makes their pixels the same size.
    """
    rows, columns = shown.shape
    cells = shown.cells(block)
    down, across = (number * pixels for number, pixels in zip(cells.counts.shape, block, strict=True))
    image = ax.imshow(
        scale.values(cells),
        cmap=colours(),
        norm=scale.norm(),
        aspect="equal" if _square(span) else "auto",
        interpolation="nearest",
        origin="upper",
        extent=(-columns / 2, across - columns / 2, down - rows / 2, -rows / 2),
    )
    ax.set_xlim(-span[1] / 2, span[1] / 2)
    ax.set_ylim(span[0] / 2, -span[0] / 2)
    if span != (rows, columns):
        _fit_frame(ax, rows, columns)
    ax.set_xticks(ticks(columns, step))
    ax.set_yticks(ticks(rows, step))
    ax.set_xlabel("pixels from the centre")
    return image


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


def count_bar(image: AxesImage, axes: Sequence[Axes], scale: Scale, *, holes: bool, reduced: bool) -> Axes:
    """Add the colour bar of a picture, and below it the colour of holes if there are any."""
    figure = axes[0].figure
    bar = figure.colorbar(image, ax=list(axes), label=scale.label, pad=0.02, aspect=25)
    if not scale.log:
        bar.locator = scale.locator()
        bar.update_ticks()
    if holes:
        bar.ax.legend(
            handles=[hole_patch(reduced=reduced)],
            loc="upper left",
            bbox_to_anchor=(-0.2, -0.03),
            frameon=False,
            borderpad=0,
            borderaxespad=0,
            handlelength=1,
            handleheight=1,
        )
    return bar.ax


def annotate_map(ax: Axes, shown: View, image: AxesImage, scale: Scale) -> None:
    """Write each count into its cell, if print of a readable size fits; holes stay empty.

    Args:
        ax: Where the map was drawn, one cell a pixel, and laid out.
        shown: What was drawn.
        image: The map.
        scale: Of all panels, whose largest count decides, so that all are written alike or none.
    """
    size = digit_size(*pixel_points(ax), scale.high)
    if size is None:
        return
    rows, columns = shown.shape
    counts = shown.cells((1, 1)).counts
    colour = image.to_rgba(image.get_array())
    for row, column in zip(*counts.nonzero(), strict=True):
        ax.text(
            column - (columns - 1) / 2,
            row - (rows - 1) / 2,
            str(counts[row, column]),
            fontsize=size,
            color=ink(*colour[row, column, :3]),
            ha="center",
            va="center_baseline",
            in_layout=False,
        )
