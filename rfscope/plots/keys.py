"""Keys of a picture: what its lines and markers stand for, in columns as wide as the longest name."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from rfscope.plots.layout import MARGIN, Page, line, size_of, wide

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_keys", "grid_of", "keys_height"]


def grid_of(names: Sequence[str], room: float, mark: float = 0.35) -> tuple[int, int]:
    """Rows and columns that names take.

    Args:
        names: What to show.
        room: Inches across.
        mark: Inches of the marker before each, at 7 points.
    """
    if not names:
        return 0, 0
    size = size_of("legend.fontsize")
    column = max(wide(name, size) for name in names) + mark * size / 7 + 0.12
    columns = max(1, min(len(names), int(room / column)))
    return ceil(len(names) / columns), columns


def keys_height(rows: int) -> float:
    """Inches that so many rows take."""
    return line("legend.fontsize") * 1.15 * rows


def draw_keys(
    page: Page,
    ax: Axes,
    marks: Sequence[Any],
    names: Sequence[str],
    columns: int,
    *,
    top: float,
    above: bool = False,
    mark: float = 2.6,
) -> None:
    """Draw keys in columns; several calls draw several blocks.

    Args:
        page: Where to.
        ax: The axes that they belong to.
        marks: One for each name.
        names: As they are: they may begin with _ or $.
        columns: How many.
        top: Inches from the upper edge of the page to the block, or to its lower edge.
        above: Whether ``top`` is the lower edge.
        mark: Length of a mark, in heights of the print.
    """
    before = ax.get_legend()
    if before is not None:
        ax.add_artist(before)
    legend = ax.legend(
        marks,
        ["x"] * len(marks),
        loc="lower left" if above else "upper left",
        bbox_to_anchor=(MARGIN / page.width, 1 - top / page.height),
        bbox_transform=page.figure.transSubfigure,
        ncols=columns,
        frameon=False,
        borderpad=0,
        borderaxespad=0,
        handlelength=mark,
        handletextpad=0.5,
        columnspacing=1.0,
        labelspacing=0.3,
        fontsize=size_of("legend.fontsize"),
    )
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_parse_math(False)
        text.set_text(name)
