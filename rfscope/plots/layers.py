"""What one output reads of each layer's input, drawn layer by layer back to the input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rfscope.exact.analysis import Analysis
from rfscope.plots.caption import field_note, fit, headline
from rfscope.plots.lattice import sheets
from rfscope.plots.panels import draw_panels, panels_figure
from rfscope.plots.settings import drawing
from rfscope.plots.style import settle
from rfscope.plots.wiring import draw_wiring, wiring_figure
from rfscope.targets import Target, analysis_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_layers"]


def plot_layers(target: Target | Analysis, *, figure: Figure | None = None) -> Figure:
    """Draw which positions of each layer's input one output reads, layer by layer back to the image.

    One panel for each map that is read with more than one tap, a stride or the like, beginning at the output. All are
    drawn over the same pixels of the input, so the cells of a map at a coarser resolution are larger. Cells that are
    used are shaded by their number of paths, relative to the most used one of the panel; cells in between that are
    never used have the colour of holes; all others are empty. Of three axes a plane across the first one is shown. For
    one axis the maps are rows of dots, the output above, with a line from each position that is used to all that it
    reads. At most twelve maps are shown, and it is said how many are not.

    Args:
        target: The network, as for ``rfscope.analyze``, or its analysis.
        figure: An empty figure to draw in, best with a constrained layout; one of its own if not given.

    Raises:
        RfscopeError: The target cannot be read or analyzed.
        LimitError: A map is longer than the limit ``axis`` or has more cells than ``cells``.
        UnsupportedError: The output reads nothing, or a padding depends on the size of the input, which is not known.

    Example:
        >>> figure = plot_layers("1,2,5")
        >>> figure.axes[0].get_title().splitlines()
        ['read by conv3', '3x3, rate 5', '9 of 121 used']
    """
    analysis = analysis_of(target)
    if figure is not None:
        return _draw(analysis, figure, own=False)
    with drawing():
        return _draw(analysis, None, own=True)


def _draw(analysis: Analysis, figure: Figure | None, *, own: bool) -> Figure:
    found, left_out = sheets(analysis)
    is_line = analysis.network.dims == 1
    if figure is None:
        figure = wiring_figure(found) if is_line else panels_figure(found)
    drawn = draw_wiring(analysis, found, figure, own=own) if is_line else draw_panels(found, figure, own=own)
    notes = [headline(analysis), field_note(analysis), _left_out(left_out, lines=is_line)]
    text = figure.supxlabel("", x=0.01, ha="left", multialignment="left", linespacing=1.4, parse_math=False)
    text.set_text(fit([*notes, drawn], 0.97 * figure.bbox.width / figure.dpi, float(text.get_fontsize())))
    if own:
        settle(figure)
    return figure


def _left_out(maps: int, *, lines: bool) -> str:
    if not maps:
        return ""
    what, them = ("one map", "it") if maps == 1 else (f"{maps} maps", "them")
    return f"Not shown: {what} in between{f' and the lines to {them}' if lines else ''}."
