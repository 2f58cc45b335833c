"""Several networks in one picture: the same count scale and the same size of a pixel in every panel."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_lowercase
from typing import TYPE_CHECKING

from rfscope import limits
from rfscope.errors import UnsupportedError
from rfscope.exact.analysis import Analysis
from rfscope.plots import caption as words
from rfscope.plots.compared import Panels, draw_lines, draw_panels
from rfscope.plots.look import Width, look_of, relabelled
from rfscope.plots.scale import Scale
from rfscope.plots.settings import drawing
from rfscope.plots.view import View, view
from rfscope.targets import Target, analysis_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_compare"]


def plot_compare(
    *targets: Target | Analysis,
    title: str | None = None,
    labels: Sequence[str] | None = None,
    annotate: bool = False,
    log: bool | None = None,
    own_scales: bool = False,
    cmap: str | None = None,
    dark: bool = False,
    width: Width | None = None,
    height: float | None = None,
    dpi: float | None = None,
    caption: bool | None = None,
    figure: Figure | None = None,
) -> Figure:
    """Draw how often one output of each network uses each pixel, side by side on one scale.

    Maps stand side by side, lines below each other; see ``plot_heatmap`` for what a panel shows. Where maps take
    several rows, those of like sizes share one. Below them is one line of text for each: size, use, M_2, common factor
    of the rates, gridding index.

    Args:
        targets: The networks, as for ``rfscope.analyze``, or their analyses; they have equally many axes.
        title: Above the picture.
        labels: The names to show, one for each network.
        annotate: Whether to write each count into its cell. Left out, and said so, where print of 6 points does not
            fit.
        log: Whether the scale is logarithmic; if not said, where counts span more than a factor of ten.
        own_scales: Whether each panel has scales of its own: all are equally large, and show parts of their largest
            counts.
        cmap: A colour map of matplotlib's whose lightness rises or falls throughout.
        dark: Whether on dark paper.
        width: ``"column"`` (3.35), ``"text"`` (7), ``"slide"`` (10), or inches.
        height: In inches.
        dpi: Dots per inch.
        caption: Whether the lines of text are there; if not said, where the figure is as wide as a text.
        figure: A figure to draw in, or a part of one, as large as it is; one of its own if not given.

    Raises:
        RfscopeError: A target cannot be read or analyzed, or what is said of the look is out of range.
        UnsupportedError: The networks differ in their number of axes, there are none or more than 26, or an output
            cannot be drawn (see ``plot_heatmap``).
        LimitError: A field is longer than the limit ``axis``, or a panel has more cells than ``cells``.

    Example:
        >>> figure = plot_compare("1,2,5", "2,4,8", annotate=True)
        >>> [ax.get_title() for ax in figure.axes[:2]]
        ['(a) 1,2,5', '(b) 2,4,8']
    """
    look = look_of(width=width, height=height, dpi=dpi, title=title, caption=caption, cmap=cmap, dark=dark)
    if not 0 < len(targets) <= len(ascii_lowercase):
        most = f"1 to {len(ascii_lowercase)}"
        raise UnsupportedError("cannot show so many networks in one picture", got=len(targets), expected=most)
    analyses = relabelled([analysis_of(target) for target in targets], labels)
    dims = sorted({analysis.network.dims for analysis in analyses})
    if len(dims) > 1:
        numbers = " and ".join(map(str, dims))
        raise UnsupportedError(
            "cannot compare in one picture", got=f"networks of {numbers} axes", expected="equally many"
        )
    with limits.shared("map-bytes", len(analyses)):
        views = [view(analysis.output.counts) for analysis in analyses]
    smallest, largest = min(shown.smallest for shown in views), max(shown.largest for shown in views)
    if own_scales:  # the widest of all: the smallest share of a panel
        smallest, largest = min(((shown.smallest, shown.largest) for shown in views), key=lambda one: one[0] / one[1])
    panels = Panels(
        names=[words.label(analysis) for analysis in analyses],
        views=views,
        scale=Scale(smallest, largest, log, own=own_scales, dims=dims[0]),
        words=lambda order, block, unwritten: _words(analyses, views, order, block, unwritten=unwritten),
        annotate=annotate,
    )
    with drawing(look):
        return (draw_lines if len(views[0].size) == 1 else draw_panels)(panels, look, figure)


def _words(
    analyses: Sequence[Analysis], views: Sequence[View], order: Sequence[int], block: Sequence[int], *, unwritten: bool
) -> list[str]:
    """One line of facts for each panel, in the order of the panels."""
    said = []
    for letter, place in zip(ascii_lowercase, order, strict=False):
        parts = words.caption(analyses[place]), words.field_note(analyses[place]), words.plane_note(views[place])
        said.append(f"({letter}) " + "; ".join(filter(None, parts)))
    return [*said, words.reduction_note(block), words.UNWRITTEN if unwritten else ""]
