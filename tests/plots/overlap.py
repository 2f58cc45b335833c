"""What is wrong with a picture's texts: too small, over each other, over a neighbour, or off the page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from matplotlib.axes import Axes  # noqa: TID253
from matplotlib.figure import Figure  # noqa: TID253
from matplotlib.text import Text  # noqa: TID253
from matplotlib.transforms import Bbox  # noqa: TID253

SLACK = 0.006
"""Inches by which boxes may touch: they hold the room above and below letters, too."""

LEAST = 5.99
"""Points of the smallest print."""


def faults(figure: Any, *, print_size: float = LEAST) -> list[str]:
    """Lay a figure out and say what is wrong with its texts.

    Args:
        figure: The figure.
        print_size: Points of the smallest print that is allowed.
    """
    figure.draw_without_rendering()
    found = [(text, owner, box(text)) for owner in (figure, *figure.axes) for text in texts(owner)]
    dots = SLACK * figure.dpi
    page = Bbox.from_extents(-dots, -dots, figure.bbox.width + dots, figure.bbox.height + dots)
    said = []
    for text, owner, at in found:
        words = repr(text.get_text())
        if not (page.x0 <= at.x0 and at.x1 <= page.x1 and page.y0 <= at.y0 and at.y1 <= page.y1):
            said.append(f"{words} leaves the figure")
        if float(text.get_fontsize()) < print_size:
            said.append(f"{words} is printed in {float(text.get_fontsize()):.2f} points")
        others = [ax for ax in figure.axes if ax is not owner]
        said += [f"{words} lies over axes" for ax in others if overlap(at, ax.get_window_extent(), dots)]
    for (one, _, first), (other, _, second) in combinations(found, 2):
        if overlap(first, second, dots):
            said.append(f"{one.get_text()!r} and {other.get_text()!r} overlap")
    return said


def box(text: Text) -> Bbox:
    """Where a text is, in dots."""
    return text.get_window_extent()


def overlap(one: Bbox, other: Bbox, slack: float) -> bool:
    """Whether two boxes share more than a rim."""
    return bool(
        min(one.x1, other.x1) - max(one.x0, other.x0) > slack and min(one.y1, other.y1) - max(one.y0, other.y0) > slack
    )


def texts(owner: Figure | Axes) -> Iterator[Text]:
    """All texts that are drawn."""
    if not isinstance(owner, Axes):
        yield from _drawn(owner.texts)
        return
    yield from _drawn([owner.title, owner._left_title, owner._right_title, *owner.texts])  # type: ignore[attr-defined]
    axes: tuple[Any, ...] = (owner.xaxis, owner.yaxis)
    for axis in axes:
        ticks = axis._update_ticks()
        yield from _drawn(
            [axis.label, axis.offsetText, *(label for tick in ticks for label in (tick.label1, tick.label2))]
        )
    legend = owner.get_legend()
    if legend is not None:
        yield from _drawn(legend.get_texts())


def _drawn(found: Any) -> Iterator[Text]:
    for text in found:
        if text.get_visible() and text.get_text().strip():
            yield text
