"""All schedules for a wish, and those of them that no other beats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rfscope.design.answer import Answer
from rfscope.design.compared import compared
from rfscope.design.suggestion import Suggestion
from rfscope.errors import RfscopeError
from rfscope.plots.dots import Dots, Named, Picture, draw_dots
from rfscope.plots.look import Look, Width, look_of
from rfscope.plots.settings import drawing
from rfscope.wording import rates_text, size_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_front"]


def plot_front(
    found: Suggestion,
    *,
    title: str | None = None,
    cmap: str | None = None,
    dark: bool = False,
    width: Width | None = None,
    height: float | None = None,
    dpi: float | None = None,
    caption: bool | None = None,
    figure: Figure | None = None,
) -> Figure:
    """Draw all schedules for a wish: gridding index against step, by common input; those that no other beats named.

    Step is the largest difference of adjacent usage counts relative to their sum, in the middle half of the field. Of
    more schedules than can be compared, a sample is drawn.

    Args:
        found: What ``rf.suggest`` found.
        title: Above the picture.
        cmap: A colour map of matplotlib's whose lightness rises or falls throughout.
        dark: Whether on dark paper.
        width: ``"column"`` (3.35), ``"text"`` (7), ``"slide"`` (10), or inches.
        height: In inches.
        dpi: Dots per inch.
        caption: Whether remarks are written below the picture; if not said, where it is as wide as a text.
        figure: A figure to draw in, or a part of one, as large as it is; one of its own if not given.

    Raises:
        RfscopeError: There is no schedule, or the nearest to some rates was asked for, or what is said of the look is
            out of range.

    Example:
        >>> import rfscope as rf
        >>> figure = plot_front(rf.suggest(field=65, layers=5))
        >>> figure.axes[0].get_xlabel()
        'gridding index'
    """
    look = look_of(width=width, height=height, dpi=dpi, title=title, caption=caption, cmap=cmap, dark=dark)
    if not found.answers or found.wish.near is not None:
        got = "the nearest to some rates" if found.answers else "a wish that cannot be met"
        raise RfscopeError("no schedules to draw", where="the wish", got=got, expected="a field that can be had")
    if found.wish.strided:
        expected = "layers without strides: a gridding index is of one resolution"
        raise RfscopeError("no gridding index to draw", where="the wish", got="strides", expected=expected)
    with drawing(look):
        return draw_dots(_picture(found, look), look, figure)


def _picture(found: Suggestion, look: Look) -> Picture:
    import numpy as np

    every = compared(found.wish, found.layers, found.field or 0)
    isolated, index, step = every.columns(("isolated", "index", "step")).T
    groups = np.unique(isolated)
    dots = []
    for number, group in enumerate(groups[::-1].tolist()):
        kept = isolated == group
        colour = look.colours(1 - number / (len(groups) - 1) if len(groups) > 1 else 0.5)
        name = _common(int(group), len(found.layers.written), first=group == groups[0])
        dots.append(Dots(name, colour, index[kept], step[kept]))
    unbeaten = every.unbeaten(("isolated", "index", "step"))
    front = [Answer(taps) for taps in unbeaten.best(len(unbeaten), ("isolated", "index", "step"))]
    known = [answer for answer in found.known if answer.taps not in {one.taps for one in front}]
    shown = [*front, *known]
    kernel = found.layers.written
    one = size_text([kernel[0]] * found.wish.dims) if len(set(kernel)) == 1 else ",".join(map(str, kernel))
    whole = found.certificate.candidates == len(every)
    several = f"All {len(every):,} schedules" if whole else f"{len(every):,} schedules drawn at random"
    return Picture(
        f"Field {found.field} in {len(kernel)} layers of {one}",
        "gridding index",
        "step",
        dots,
        [Named(_name(answer), answer.index or 0.0, answer.step) for answer in shown],
        [
            f"{several} without holes. Named: those that no other beats{', and published ones' if known else ''}.",
            "Step: the largest difference of adjacent usage counts relative to their sum, in the middle half.",
        ],
    )


def _common(isolated: int, layers: int, *, first: bool) -> str:
    """Where adjacent outputs have their first common input; said in full once."""
    if isolated >= layers:
        return "no common input" if first else "none"
    return f"{'common input ' if first else ''}{isolated + 1} back"


def _name(answer: Answer) -> str:
    rates = rates_text(answer.rates, answer.kernels)
    return f"{rates}: {answer.known_as}" if answer.known_as else rates
