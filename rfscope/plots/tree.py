"""The figure of the WaveNet paper for any network with one axis: what one output reads, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from rfscope.errors import RfscopeError, UnsupportedError
from rfscope.exact.analysis import Analysis
from rfscope.plots.layout import MARGIN, Page, dots_for, fit, line, size_of, wide
from rfscope.plots.look import TEXT, Look, Width, look_of, relabelled
from rfscope.plots.maps import TICK
from rfscope.plots.settings import drawing
from rfscope.plots.style import inches, pixel_points, thin
from rfscope.plots.tree_marks import Marks, Paper, marks
from rfscope.plots.tree_paint import explain, kinds, paint
from rfscope.plots.tree_rows import Tree, tree
from rfscope.plots.tree_words import axis_label, beside, facts
from rfscope.targets import Target, analysis_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

__all__ = ["draw_tree", "plot_tree"]

_SPACIOUS, _CLOSE = 0.4, 0.25
"""Inches from row to row of few rows, with two lines of text between them, and of many, or in a narrow picture."""

_FEW = 8
"""Rows that are few."""

_NARROW = 5.0
"""Inches up to which a picture is narrow."""

_LEAST = 0.22
"""Inches from row to row, at least: a line of words between two others."""

_TWO_LINES = 3.6
"""Rows are so many times the size of print apart if two lines fit between them."""

_LABEL = 0.34
"""Part of the width that the text beside the rows may take."""

_ENDS = 0.35
"""Rows above the first and below the last one that are left free."""


def plot_tree(
    target: Target | Analysis,
    ax: Axes | None = None,
    *,
    title: str | None = None,
    labels: Sequence[str] | None = None,
    cmap: str | None = None,
    dark: bool = False,
    width: Width | None = None,
    height: float | None = None,
    dpi: float | None = None,
    caption: bool | None = None,
) -> Axes:
    r"""Draw the tree of samples that one output of a 1-D network reads, layer by layer.

    The output stands above, and each row is a map that a layer reads with more than one tap, a stride or the like. A
    line leads from each node to all that it is made from; what goes past rows, such as the way around a residual
    block, is a dashed line that bends aside. Nodes not on a path to the output are rings; where that loses something,
    in the input and in a map that the verdict names, they have the colour of holes. Distances are true: where nodes
    are too close together to be told apart, they are drawn as a bar (thin where only some are read), and their lines
    as an area. Of more than thirty-two rows those in the middle are left out, and it is said how many.

    Between the rows stand kernel, rate and stride of the layers that read the lower one. With a sample rate, the axis
    is in milliseconds and the time from tap to tap stands there, too.

    Args:
        target: The network, as for ``rfscope.analyze``, or its analysis.
        ax: Where to draw; if not given, a figure of its own, which is the ``figure`` of the axes returned.
        title: Above the picture.
        labels: The name to show for the network, as a list of one.
        cmap: A colour map of matplotlib's whose lightness rises or falls throughout.
        dark: Whether on dark paper.
        width: Of a figure of its own: ``"column"`` (3.35), ``"text"`` (7), ``"slide"`` (10), or inches.
        height: Of a figure of its own, in inches; by default what the rows need.
        dpi: Of a figure of its own, in dots per inch.
        caption: Whether the facts are written below the picture; if not said, where it is as wide as a text.

    Returns:
        The axes, in samples or milliseconds from the output if nothing is read ahead, else from the centre of what is
        read. Rows stand at 0 (the output), 1, 2, ...

    Raises:
        RfscopeError: The target cannot be read or analyzed, what is said of the look is out of range, or the height
            is too low for the rows.
        LimitError: A map is longer than the limit ``axis``.
        UnsupportedError: The network has more than one axis, the output reads nothing, or a padding depends on the
            size of the input, which is not known.

    Example:
        >>> import rfscope as rf
        >>> axes = plot_tree(rf.chain("1,2,4", kernel=2, dims=1, causal=True))
        >>> [label.get_text() for label in axes.get_yticklabels()][2:]
        ['conv3\nkernel 2, rate 4', 'conv2\nkernel 2, rate 2', 'conv1\nkernel 2, rate 1']
    """
    look = look_of(width=width, height=height, dpi=dpi, title=title, caption=caption, cmap=cmap, dark=dark)
    (analysis,) = relabelled([analysis_of(target)], labels)
    return draw_tree(analysis, look, ax)[0]


def draw_tree(
    analysis: Analysis, look: Look, ax: Axes | None = None, figure: Figure | SubFigure | None = None
) -> tuple[Axes, Marks]:
    """Draw a tree as ``plot_tree`` does, perhaps in a whole figure of the caller's, and say what was drawn."""
    dims = analysis.network.dims
    if dims != 1:
        raise UnsupportedError(
            "a tree is of a 1-D network",
            where=analysis.name,
            got=f"{dims} axes",
            expected="1",
            do="use plot layers, or add --dims 1 to a list of rates",
        )
    found = tree(analysis)
    with drawing(look):
        return _own(analysis, found, look, figure) if ax is None else (ax, _into(analysis, found, look, ax))


def _own(analysis: Analysis, found: Tree, look: Look, figure: Figure | SubFigure | None) -> tuple[Axes, Marks]:
    """Draw on a page, on which everything is measured first."""
    width, size = look.width or TEXT, size_of("ytick.labelsize")
    facts_room = width - 2 * MARGIN
    text = fit(facts(analysis, found), facts_room, size_of("figure.labelsize"))
    rows = found.rows[-1].height + 2 * _ENDS
    head = MARGIN + (line("axes.titlesize") if look.title else 0.0)
    axis = TICK + line("xtick.labelsize") + line()
    foot = line("figure.labelsize") * (1 + text.count("\n")) + 0.08 if look.caption else MARGIN

    def names_at(step: float) -> dict[float, str]:
        two = 72 * step >= _TWO_LINES * size
        return dict(beside(found, analysis.provenance.sample_rate, _LABEL * width, size, two=two))

    step = (_SPACIOUS if found.rows[-1].height <= _FEW and width > _NARROW else _CLOSE) * look.enlarged
    if look.height is not None:
        step = (look.height - head - axis - line("legend.fontsize") - foot) / rows
    names = names_at(step)
    left = MARGIN + max(wide(part, size) for name in names.values() for part in name.split("\n")) + TICK
    across = width - left - 2.5 * MARGIN
    low, high, zero, per = _ends(analysis, found)
    made = marks(found, Paper(zero, per, 72 * across / ((high - low) * per), *_span(found)))
    said = kinds(made, look)
    legend = explain(None, said, look, across)
    height = look.height or head + step * rows + axis + legend + foot
    step = (height - head - axis - legend - foot) / rows
    if step < (least := _LEAST * look.enlarged):
        needed = f"{height + (least - step) * rows:.2f} inches or more"
        raise RfscopeError("too low for its rows", where=analysis.name, got=f"{height:g} inches", expected=needed)
    page = Page(figure, look, width=width, height=height, dpi=dots_for(look))
    ax = page.axes(left, head, across, step * rows)
    _set_up(ax, analysis, found, names)
    paint(ax, made, look)
    explain(ax, said, look, across, below=axis)
    page.caption(text if look.caption else "\n".join(filter(None, facts(analysis, found))), height - foot + 0.02)
    if look.title:
        page.text(left, MARGIN, look.title, "axes.titlesize")
    return ax, made


def _into(analysis: Analysis, found: Tree, look: Look, ax: Axes) -> Marks:
    """Draw into axes of the caller's, which are as large as they are; labels of rows are said as fully as fits."""
    size = size_of("ytick.labelsize")
    room = _LABEL * inches(ax)[0]
    for _ in range(2):  # words beside the rows take room from them if the caller's layout says so
        two = 72 * inches(ax)[1] / (found.rows[-1].height + 2 * _ENDS) >= _TWO_LINES * size
        _set_up(ax, analysis, found, dict(beside(found, analysis.provenance.sample_rate, room, size, two=two)))
        ax.figure.canvas.figure.draw_without_rendering()
    low, high, zero, per = _ends(analysis, found)
    del low, high
    made = marks(found, Paper(zero, per, pixel_points(ax)[0], *_span(found)))
    paint(ax, made, look)
    explain(ax, kinds(made, look), look, inches(ax)[0], below=TICK + line("xtick.labelsize") + line() + 0.04)
    if look.title:
        ax.set_title(look.title, fontsize=size_of("axes.titlesize"), color=look.palette.ink, parse_math=False)
    return made


def _span(found: Tree) -> tuple[Fraction, Fraction]:
    """The stretch of the input over which something is read of any row."""
    ends = [row.axis.at(place) for row in found.rows for place in (row.used[0], row.used[-1])]
    return min(ends), max(ends)


def _ends(analysis: Analysis, found: Tree) -> tuple[float, float, Fraction, float]:
    """From where to where the axis goes in samples, where its 0 is, and its units a sample."""
    output, last, rate = found.rows[0], found.rows[-1], analysis.provenance.sample_rate
    low, high = _span(found)
    middle = (last.axis.at(last.used[0]) + last.axis.at(last.used[-1])) / 2
    zero = output.axis.at(output.used[0]) if analysis.causal else middle
    margin = max(0.012 * float(high - low), 0.5 * min(float(row.axis.stride) for row in found.rows))
    return float(low - zero) - margin, float(high - zero) + margin, zero, 1.0 if rate is None else 1000 / rate


def _set_up(ax: Axes, analysis: Analysis, found: Tree, names: dict[float, str]) -> None:
    """Axis, ticks and the words beside the rows."""
    import matplotlib as mpl
    from matplotlib.ticker import MaxNLocator

    low, high, _, per = _ends(analysis, found)
    ax.set_xlim(low * per, high * per)
    ax.set_ylim(found.rows[-1].height + _ENDS, -_ENDS)
    across, timed = inches(ax)[0], analysis.provenance.sample_rate is not None
    ax.set_xlabel(axis_label(analysis, across, size_of("axes.labelsize")), labelpad=2)
    ax.xaxis.label.set(fontsize=size_of("axes.labelsize"), color=mpl.rcParams["axes.labelcolor"])
    locator = MaxNLocator(nbins=max(2, int(1.6 * across)), steps=[1, 2, 5, 10], integer=not timed)
    places = [place for place in locator.tick_values(low * per, high * per) if low * per <= place <= high * per]
    ax.set_xticks(places if timed else [place for place in places if place % 1 == 0])
    ax.set_yticks(list(names), list(names.values()), parse_math=False)
    thin(ax)
    ax.tick_params(axis="y", length=0)
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)
