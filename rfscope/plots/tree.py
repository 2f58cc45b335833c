"""The figure of the WaveNet paper for any network with one axis: what one output reads, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Literal

from rfscope.errors import RfscopeError, UnsupportedError
from rfscope.exact.analysis import Analysis
from rfscope.network.reads import Window
from rfscope.plots.caption import field_note, fit, label, listed
from rfscope.plots.settings import drawing
from rfscope.plots.style import inches, new_figure, pixel_points, settle, thin
from rfscope.plots.tree_marks import Marks, Paper, marks
from rfscope.plots.tree_paint import paint
from rfscope.plots.tree_rows import Row, Tree, tree
from rfscope.targets import Target, analysis_of
from rfscope.wording import lengths_text, ms_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_tree", "plot_tree"]

_WIDTHS: Mapping[str, float] = {"column": 3.35, "text": 7.0, "slide": 10.0}
"""Inches."""

_SPACIOUS, _CLOSE = 0.4, 0.25
"""Inches from row to row of few rows, with two lines of text between them, and of many."""

_FEW = 8
"""Rows that are few."""

_TWO_LINES = 3.6
"""Rows are so many times the size of print apart if two lines fit between them."""

_AROUND, _AROUND_NARROW = 1.25, 1.6
"""Inches above and below the rows, for title, axis and legend, which take more lines in a column."""

_LABEL = 0.43
"""Part of the width that the text beside the rows may take."""


def plot_tree(
    target: Target | Analysis,
    ax: Axes | None = None,
    *,
    width: Literal["column", "text", "slide"] | float = "text",
    height: float | None = None,
    title: str | None = None,
) -> Axes:
    """Draw the tree of samples that one output of a 1-D network reads, layer by layer.

    The output stands above, and each row is a map that a layer reads with more than one tap, a stride or the like. A
    line leads from each node to all that it is made from; what goes past rows, such as the way around a residual
    block, is a dashed line that bends aside. Nodes not on a path to the output are rings; where that loses something,
    in the input and in a map that the verdict names, they have the colour of holes. Distances are true: where nodes
    are too close together to be told apart, they are drawn as a bar (thin where only some are read), and their lines
    as an area. Of more than forty rows those in the middle are left out, and it is said how many.

    Between the rows stand kernel, rate and stride of the layers that read the lower one. With a sample rate, the axis
    is in milliseconds and the time from tap to tap stands there, too.

    Args:
        target: The network, as for ``rfscope.analyze``, or its analysis.
        ax: Where to draw; if not given, a figure of its own, which is the ``figure`` of the axes returned.
        width: Of a figure of its own: a name, or inches. A column has 3.35, a page's text 7, a slide 10.
        height: Of a figure of its own, in inches; by default what the rows need.
        title: What stands above; by default name, verdict and reach. Empty for nothing.

    Returns:
        The axes, in samples or milliseconds from the output if nothing is read ahead, else from the centre of what is
        read. Rows stand at 0 (the output), 1, 2, ...

    Raises:
        RfscopeError: The target cannot be read or analyzed.
        LimitError: A map is longer than the limit ``axis``.
        UnsupportedError: The network has more than one axis, the output reads nothing, or a padding depends on the
            size of the input, which is not known.

    Example:
        >>> import rfscope as rf
        >>> axes = plot_tree(rf.chain("1,2,4", kernel=2, dims=1, causal=True))
        >>> axes.get_title(loc="left")
        '1,2,4: OK, kernel 2, causal, one output reads 7 samples back and 0 ahead'
    """
    return draw_tree(analysis_of(target), ax, width=width, height=height, title=title)[0]


def draw_tree(
    analysis: Analysis,
    ax: Axes | None = None,
    *,
    width: Literal["column", "text", "slide"] | float = "text",
    height: float | None = None,
    title: str | None = None,
    dpi: float | None = None,
) -> tuple[Axes, Marks]:
    """Draw a tree as ``plot_tree`` does, and say what was drawn."""
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
    if ax is not None:
        return ax, _draw(analysis, found, ax, title, own=False)
    with drawing():
        wide = _inches(width)
        figure = new_figure(wide, height or _height(found, wide), 1.0)
        figure.set_dpi(dpi or figure.dpi)
        own = figure.subplots()
        thin(own)
        return own, _draw(analysis, found, own, title, own=True)


def _inches(width: str | float) -> float:
    wide = _WIDTHS.get(width) if isinstance(width, str) else width
    if wide is None or not 1 <= wide <= 100:
        raise RfscopeError("bad width", got=width, expected="column, text, slide or 1 to 100 inches")
    return wide


def _height(found: Tree, wide: float) -> float:
    rows = found.rows[-1].height
    spacious = rows <= _FEW and wide >= _WIDTHS["text"]
    return rows * (_SPACIOUS if spacious else _CLOSE) + (_AROUND if wide >= _WIDTHS["text"] else _AROUND_NARROW)


def _draw(analysis: Analysis, found: Tree, ax: Axes, title: str | None, *, own: bool) -> Marks:
    last, rate = found.rows[-1], analysis.provenance.sample_rate
    ends = [row.axis.at(place) for row in found.rows for place in (row.used[0], row.used[-1])]
    low, high = min(ends), max(ends)
    output = found.rows[0]
    middle = (last.axis.at(last.used[0]) + last.axis.at(last.used[-1])) / 2
    zero = output.axis.at(output.used[0]) if analysis.causal else middle
    per = 1.0 if rate is None else 1000 / rate
    margin = max(0.012 * float(high - low), 0.5 * min(float(row.axis.stride) for row in found.rows))
    ax.set_xlim((float(low - zero) - margin) * per, (float(high - zero) + margin) * per)
    ax.set_ylim(last.height + 0.35, -0.35)
    _label_axis(ax, "output" if analysis.causal else "centre", timed=rate is not None)
    text = ax.set_title("", loc="left", parse_math=False)
    said = [_title(analysis, found), field_note(analysis)] if title is None else [title]
    room = _LABEL * inches(ax)[0]
    for _ in range(2):  # words take room from the rows, and the room there is says how many words fit
        _label_rows(ax, found, rate, room)
        text.set_text(fit(said, inches(ax)[0], float(text.get_fontsize()), indent=0))
        ax.figure.canvas.figure.draw_without_rendering()
    made = marks(found, Paper(zero, per, pixel_points(ax)[0], low, high))
    paint(ax, made)
    ax.figure.canvas.figure.draw_without_rendering()
    _label_rows(ax, found, rate, room)  # the legend has taken its room, too
    if own:
        settle(ax.figure.canvas.figure)
    return made


def _title(analysis: Analysis, found: Tree) -> str:
    """Name, verdict, what all layers have in common, and how far an output reads."""
    output, rate = analysis.output, analysis.provenance.sample_rate
    verdict = (analysis.verdict or "unknown").upper()
    lengths = lengths_text(output.history, output.lookahead, rate)
    parts = [
        f"{label(analysis)}: {verdict}",
        _common(found),
        "causal" if analysis.causal else "",
        f"one output reads {lengths}",
    ]
    return ", ".join(filter(None, parts))


def _common(found: Tree) -> str:
    """The kernel, if all layers have the same and say more than that."""
    firsts = {row.sheet.reads.partition(", ")[::2] for row in found.rows if row.sheet.readers}
    kernels = {kernel for kernel, _ in firsts}
    return kernels.pop() if len(kernels) == 1 and all(rest for _, rest in firsts) else ""


def _label_axis(ax: Axes, zero: str, *, timed: bool) -> None:
    from matplotlib.ticker import MaxNLocator

    far = f"{'ms' if timed else 'samples'} from the {zero}"
    long = f"{far} (in brackets: from tap to tap)"
    fits = len(long) * 0.56 * float(ax.xaxis.label.get_fontsize()) < 72 * inches(ax)[0]
    ax.set_xlabel(long if timed and fits else far)
    locator = MaxNLocator(nbins=max(2, int(1.6 * inches(ax)[0])), steps=[1, 2, 5, 10], integer=not timed)
    low, high = ax.get_xlim()
    ax.set_xticks([place for place in locator.tick_values(low, high) if low <= place <= high])
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)


def _label_rows(ax: Axes, found: Tree, rate: float | None, room: float) -> None:
    """Say between the rows who reads the lower one and how: as fully as there is room for in all of them."""
    size = float(ax.xaxis.label.get_fontsize())
    _, high = inches(ax)
    two = 72 * high / (found.rows[-1].height + 0.7) >= _TWO_LINES * size
    most = int(72 * room / (0.56 * size))
    read = [row for row in found.rows if row.sheet.readers]
    common = _common(found)
    shorter = [(_reads(row, common), _apart(row, rate)) for row in read]
    forms = [[[row.sheet.names, f"{row.sheet.reads}{_apart(row, rate)}"] for row in read]] if two else []
    forms += [[[f"{row.sheet.reads}{_apart(row, rate)}"] for row in read], [[f"{how}{far}"] for how, far in shorter]]
    forms.append([[how] for how, _ in shorter])
    wrapped = [[_wrapped(lines, most, two=two) for lines in form] for form in forms]
    chosen = next((form for form in wrapped if None not in form), [[_cut(lines[-1], most)] for lines in forms[-1]])
    names = {0.0: "output", float(found.rows[-1].height): "input"}
    names |= {row.height - 0.5: "\n".join(lines or ()) for row, lines in zip(read, chosen, strict=True)}
    if found.gap is not None:
        names[found.gap - 0.4] = f"{found.left_out} maps not shown"
    ax.set_yticks(list(names), list(names.values()), parse_math=False)
    ax.tick_params(axis="y", length=0)


def _wrapped(lines: Sequence[str], most: int, *, two: bool) -> Sequence[str] | None:
    """The lines if they fit, one of them perhaps as two; None if they do not."""
    found = [part for line in lines for part in wrap(line, max(1, most))] if two else lines
    return found if len(found) <= 1 + two and max(map(len, found)) <= most else None


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: max(1, most - 1)]}…"


def _reads(row: Row, common: str) -> str:
    return row.sheet.reads.removeprefix(f"{common}, ")


def _apart(row: Row, rate: float | None) -> str:
    """How far apart the taps are in time."""
    if rate is None:
        return ""
    windows = [
        read for node in row.sheet.readers for read in node.reads if isinstance(read, Window) and read.kernel > 1
    ]
    times = list(dict.fromkeys(ms_text(window.dilation * row.axis.stride, rate) for window in windows))
    return f" ({listed(times)})" if times else ""
