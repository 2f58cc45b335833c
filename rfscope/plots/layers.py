"""What one output reads of each layer's input, drawn layer by layer back to the input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfscope.exact.analysis import Analysis
from rfscope.network.graph import INPUT
from rfscope.plots.caption import field_note, headline
from rfscope.plots.lattice import MOST, sheets
from rfscope.plots.layout import MARGIN, Page, fit, line, size_of
from rfscope.plots.look import TEXT, Look, Width, fitted, look_of, relabelled
from rfscope.plots.panels import draw_panels, plan_panels
from rfscope.plots.settings import drawing
from rfscope.plots.tree import draw_tree
from rfscope.targets import Target, analysis_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_layers"]

_NARROW = 5.0
"""Inches up to which a picture shows half as many maps."""


def plot_layers(
    target: Target | Analysis,
    *,
    title: str | None = None,
    labels: Sequence[str] | None = None,
    cmap: str | None = None,
    dark: bool = False,
    width: Width | None = None,
    height: float | None = None,
    dpi: float | None = None,
    caption: bool | None = None,
    figure: Figure | None = None,
) -> Figure:
    """Draw which positions of each layer's input one output reads, layer by layer back to the image.

    One panel for each map that is read with more than one tap, a stride or the like, beginning at the output. All are
    drawn over the same pixels of the input, so the cells of a map at a coarser resolution are larger. Cells that are
    used are shaded by their number of paths, relative to the most used one of the panel; cells in between that this
    output does not use are grey, but have the colour of holes in the input, and in a map that the verdict finds holes
    in; all others are empty. Of three axes a plane across the first one is shown. Of a
    network with one axis the tree is drawn, as by ``plot_tree``. At most twelve maps are shown, six in a picture as
    wide as a column, and it is said how many are not.

    Args:
        target: The network, as for ``rfscope.analyze``, or its analysis.
        title: Above the picture.
        labels: The name to show for the network, as a list of one.
        cmap: A colour map of matplotlib's whose lightness rises or falls throughout.
        dark: Whether on dark paper.
        width: ``"column"`` (3.35), ``"text"`` (7), ``"slide"`` (10), or inches.
        height: In inches.
        dpi: Dots per inch.
        caption: Whether the facts are written below the picture; if not said, where it is as wide as a text.
        figure: A figure to draw in, or a part of one, as large as it is; one of its own if not given.

    Raises:
        RfscopeError: The target cannot be read or analyzed, or what is said of the look is out of range.
        LimitError: A map is longer than the limit ``axis`` or has more cells than ``cells``.
        UnsupportedError: The output reads nothing, or a padding depends on the size of the input, which is not known.

    Example:
        >>> figure = plot_layers("1,2,5")
        >>> figure.axes[0].get_title().splitlines()
        ['read by conv3', '3x3, rate 5', '9 of 121 used']
    """
    look = look_of(width=width, height=height, dpi=dpi, title=title, caption=caption, cmap=cmap, dark=dark)
    (analysis,) = relabelled([analysis_of(target)], labels)
    look = fitted(look, figure)
    if analysis.network.dims == 1:
        ax, _ = draw_tree(analysis, look, figure=figure)
        return ax.figure.canvas.figure if figure is None else figure
    with drawing(look):
        return _draw(analysis, look, figure)


def _draw(analysis: Analysis, look: Look, figure: Figure | None) -> Figure:
    found, left_out = sheets(analysis, MOST if (look.width or TEXT) > _NARROW else MOST // 2)
    judged = {INPUT, *(skipped.map for skipped in analysis.judgement.skipped)}
    facts = [headline(analysis), field_note(analysis), _left_out(left_out)]
    room = (look.width or TEXT) - 2 * MARGIN

    def words(notes: str) -> str:
        size = size_of("figure.labelsize")
        return fit([*facts, notes], room, size) if look.caption else "\n".join(filter(None, [*facts, notes]))

    spare = _foot(words("Reduced. " * 20), look)  # of a picture whose height is given
    plan = plan_panels(found, judged, look, spare)
    text = words(plan.notes)
    height = look.height or plan.height + _foot(text, look)
    page = Page(figure, look, width=plan.width, height=height, dpi=plan.dpi)
    page.caption(text, page.height - _foot(text, look) + line() + 0.02)
    draw_panels(plan, page)
    whole: Figure = page.figure
    return whole


def _foot(text: str, look: Look) -> float:
    """Inches of the legend, and of the caption below it."""
    return line() + (line("figure.labelsize") * (1 + text.count("\n")) + 0.08 if look.caption else 0.0)


def _left_out(maps: int) -> str:
    return f"Not shown: {'one map' if maps == 1 else f'{maps} maps'} in between." if maps else ""
