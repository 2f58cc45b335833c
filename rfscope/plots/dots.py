"""Many schedules as dots, some of them marked and named below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from rfscope.plots.keys import draw_keys, grid_of, keys_height
from rfscope.plots.layout import MARGIN, Page, dots_for, fit, line, short_or, size_of, wide
from rfscope.plots.look import Look, fitted
from rfscope.plots.maps import TICK
from rfscope.plots.steps import MARKERS

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["Dots", "Named", "Picture", "draw_dots"]

_WIDTH, _HEIGHT = 5.0, 2.6
"""Inches of the picture, and of its axes."""

_LEAST = 0.5

_LEFT_OUT = 2_000
"""Dots from which on they are drawn as an image in files of lines."""


class Dots(NamedTuple):
    """Dots of one kind.

    Attributes:
        name: What they are.
        colour: Theirs.
        across: Where they are.
        up: Where they are.
        crossed: Whether they are crosses, to be told apart without colour.
    """

    name: str
    colour: Any
    across: NDArray[np.number[Any]]
    up: NDArray[np.number[Any]]
    crossed: bool = False


class Named(NamedTuple):
    """A schedule that is marked, and what it is called."""

    name: str
    across: float
    up: float


@dataclass(frozen=True)
class Picture:
    """What is drawn.

    Attributes:
        heading: Above it.
        across: What the axis to the right is.
        up: What the axis upwards is.
        dots: All schedules, those in front last.
        named: Those that are marked.
        facts: What is said of it.
    """

    heading: str
    across: str
    up: str
    dots: Sequence[Dots]
    named: Sequence[Named]
    facts: Sequence[str]


def draw_dots(shown: Picture, look: Look, figure: Figure | None) -> Figure:
    """Draw it: the kinds of dots above the axes, the names of the marked ones below them."""
    from matplotlib.lines import Line2D

    look = fitted(look, figure)
    width = look.width or _WIDTH
    room = width - 2 * MARGIN
    text = fit(shown.facts, room, size_of("figure.labelsize")) if look.caption else "\n".join(shown.facts)
    heading = fit([look.title or shown.heading], room, size_of("axes.titlesize"))
    kinds = [f"{dots.name} ({len(dots.across):,})" for dots in reversed(shown.dots)]
    rows, columns = grid_of(kinds, room, _MARK)
    named = shown.named[: len(MARKERS)]
    below_rows, below_columns = grid_of([one.name for one in named], room, _MARK)
    head = MARGIN + line("axes.titlesize") * (1 + heading.count("\n")) + 0.04 + keys_height(rows) + 0.06
    below = TICK + line("xtick.labelsize") + line() + 0.04
    foot = keys_height(below_rows) + (0.06 if below_rows else 0.0)
    foot += line("figure.labelsize") * (1 + text.count("\n")) + 0.08 if look.caption and text else MARGIN
    high = _HEIGHT * look.enlarged
    if look.height is not None:
        high = max(_LEAST, look.height - head - below - foot)
    page = Page(figure, look, width=width, height=look.height or head + high + below + foot, dpi=dots_for(look))
    left = MARGIN + line() + wide("0.00", size_of("ytick.labelsize")) + TICK + 0.02
    ax = page.axes(left, head, width - left - 2 * MARGIN, high)
    _dots(ax, shown, named, look)
    ax.set_xlabel(short_or(shown.across, width - left), labelpad=2)
    page.text(
        MARGIN, head + high / 2, short_or(shown.up, high + below), va="center", rotation=90, multialignment="center"
    )
    page.text(MARGIN, MARGIN, heading, "axes.titlesize")
    draw_keys(
        page,
        ax,
        [Line2D([], [], **_dot(dots, 4 * look.enlarged)) for dots in reversed(shown.dots)],
        kinds,
        columns,
        top=head - 0.05,
        above=True,
        mark=1,
    )
    if named:
        marks = [Line2D([], [], marker=marker, **_outline(look)) for marker, _ in zip(MARKERS, named, strict=False)]
        draw_keys(page, ax, marks, [one.name for one in named], below_columns, top=head + high + below, mark=1)
    if look.caption or text:
        page.caption(text, page.height - foot + keys_height(below_rows) + (0.09 if below_rows else 0.03))
    whole: Figure = page.figure
    return whole


_MARK = 0.18
"""Inches of a marker in the keys."""

_STEPS = (1, 2, 5, 10)
_RANGE = 0.05
"""The shortest axis; all begin at 0."""


def _range(values: Iterable[NDArray[np.number[Any]]]) -> tuple[float, float]:
    """From 0 to the largest, and a little around."""
    end = max(_RANGE, *(float(some.max(initial=0)) for some in values))
    return -0.04 * end, 1.05 * end


def _dots(ax: Any, shown: Picture, named: Sequence[Named], look: Look) -> None:
    from matplotlib.ticker import MaxNLocator

    many = sum(len(dots.across) for dots in shown.dots)
    size = 3.0 if many < 500 else 2.0 if many < 5_000 else 1.2
    for layer, dots in enumerate(shown.dots):
        ax.plot(
            dots.across, dots.up, rasterized=many > _LEFT_OUT, zorder=2 + layer, clip_on=False,
            **_dot(dots, size * look.enlarged),
        )  # fmt: skip
    for marker, one in zip(MARKERS, named, strict=False):
        ax.plot([one.across], [one.up], marker=marker, zorder=20, clip_on=False, **_outline(look))
    ax.grid(linewidth=0.3, color=look.palette.faint)
    ax.set_axisbelow(True)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=7, steps=_STEPS))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=_STEPS))
    ax.set_xlim(_range(dots.across for dots in shown.dots))
    ax.set_ylim(_range(dots.up for dots in shown.dots))


def _outline(look: Look) -> dict[str, Any]:
    return {
        "markersize": 6 * look.enlarged,
        "markerfacecolor": "none",
        "markeredgecolor": look.palette.ink,
        "markeredgewidth": 0.9,
        "linestyle": "none",
    }


def _dot(dots: Dots, size: float) -> dict[str, Any]:
    marker, size, edge = ("x", 1.4 * size, size / 4) if dots.crossed else ("o", size, 0.0)
    return {
        "marker": marker,
        "color": dots.colour,
        "markersize": size,
        "markeredgewidth": edge,
        "linestyle": "none",
    }
