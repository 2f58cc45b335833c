"""How what is seen grows with depth: the field, the spread of the counts, the holes, what adjacent outputs share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rfscope.errors import UnsupportedError
from rfscope.exact.analysis import Analysis
from rfscope.exact.depth import Growth, growth
from rfscope.plots.caption import label, tail
from rfscope.plots.keys import draw_keys, grid_of, keys_height
from rfscope.plots.layout import MARGIN, Page, dots_for, em, fit, line, size_of, wide
from rfscope.plots.look import Look, Width, fitted, look_of, relabelled
from rfscope.plots.maps import TICK
from rfscope.plots.settings import drawing
from rfscope.plots.steps import MARKERS, SIZE, constant, curves_of, draw_steps, line_of
from rfscope.targets import Target, analysis_of
from rfscope.wording import unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_growth"]

_QUANTITIES = {
    "receptive field": "receptive field\n({unit})",
    "spread of the counts": "spread of the\ncounts (std, {unit})",
    "never read": "never read\n(% of the field)",
    "overlap of adjacent outputs": "overlap of adjacent\noutputs (%)",
}

_NAME = 0.13
"""Inches across a layer's name that is written upwards."""

_WIDTH, _HEIGHT = 5.0, 1.05
"""Inches of the picture, and of one of its panels."""


def plot_growth(
    *targets: Target | Analysis,
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
    """Draw how field, spread, holes and the overlap of adjacent outputs grow with depth.

    Depth counts the layers along the main path, the one with the most layers of more than one tap, a stride or the
    like; each stands for what comes behind it, pointwise layers and merges included, up to the next one. The field is
    shaded from the smallest to the largest size over its phases. The overlap is the part of the layer's input that the
    network's output reads and the next output reads too. All is on the unbounded grid, along the axis along which most
    is seen; the size of the input, where there is one, is a dotted line. What is the same at every layer of every
    network is said and not drawn. Where values are missing, because they are unknown or would take too long, it is
    said why.

    Args:
        targets: One network, or several, which become several lines, as for ``rfscope.analyze``, or their analyses.
        title: Above the picture; the network's name, where there is one only, if not given.
        labels: The names to show, one for each network.
        cmap: A colour map of matplotlib's whose lightness rises or falls throughout.
        dark: Whether on dark paper.
        width: ``"column"`` (3.35), ``"text"`` (7), ``"slide"`` (10), or inches.
        height: In inches.
        dpi: Dots per inch.
        caption: Whether remarks are written below the picture; if not said, where it is as wide as a text.
        figure: A figure to draw in, or a part of one, as large as it is; one of its own if not given.

    Raises:
        RfscopeError: A target cannot be read or analyzed, or what is said of the look is out of range.
        UnsupportedError: There are no networks or more than 12, or one has pointwise layers only.

    Example:
        >>> figure = plot_growth("1,2,5")
        >>> figure.axes[0].lines[1].get_ydata().tolist()
        [3.0, 7.0, 17.0]
    """
    look = look_of(width=width, height=height, dpi=dpi, title=title, caption=caption, cmap=cmap, dark=dark)
    if not 0 < len(targets) <= len(MARKERS):
        most = f"1 to {len(MARKERS)}"
        raise UnsupportedError("cannot show so many networks in one picture", got=len(targets), expected=most)
    given = relabelled([analysis_of(target) for target in targets], labels)
    found = [growth(analysis) for analysis in given]
    look = fitted(look, figure)
    with drawing(look):
        return _draw(given, found, look, figure)


def _draw(analyses: Sequence[Analysis], found: Sequence[Growth], look: Look, figure: Figure | None) -> Figure:
    curves = [curves_of(grown) for grown in found]
    same = {
        place: constant([each[place] for each in curves]) for place in range(1, len(_QUANTITIES))
    }  # the field is always drawn
    kept = [place for place in range(len(_QUANTITIES)) if same.get(place) is None]
    name = unit(max(analysis.network.dims for analysis in analyses))
    labels = [text.format(unit=name) for text in _QUANTITIES.values()]
    words = [*_said(same), *_notes(analyses, found)]
    width = look.width or _WIDTH
    room, small = width - 2 * MARGIN, size_of("figure.labelsize")
    text = fit(words, room, small) if look.caption else "\n".join(words)
    names = _layer_names(found, room)
    left = MARGIN + 2 * line() + wide("1000", size_of("ytick.labelsize")) + TICK
    heading = fit(
        [look.title or (label(analyses[0]) if len(analyses) == 1 else "")],
        width - left - MARGIN,
        size_of("axes.titlesize"),
    )
    keys, columns = grid_of([label(analysis) for analysis in analyses] if len(analyses) > 1 else [], room)
    foot = line("figure.labelsize") * (1 + text.count("\n")) + 0.08 if look.caption and text else MARGIN
    head = MARGIN + (line("axes.titlesize") * (1 + heading.count("\n")) + 0.04 if heading else 0.0)
    head += keys_height(keys) + (0.06 if keys else 0.02)
    below = TICK + (_depth_of(names, room) if names else line("xtick.labelsize") + line())
    gap = 0.1
    each = _HEIGHT * look.enlarged
    if look.height is not None:
        each = max(0.25, (look.height - head - below - foot) / len(kept) - gap)
    needed = head + len(kept) * (each + gap) - gap + below + foot
    page = Page(figure, look, width=width, height=look.height or needed, dpi=dots_for(look))
    page.caption(text, page.height - foot + 0.03)
    axes = []
    for row, place in enumerate(kept):
        ax = page.axes(left, head + row * (each + gap), width - left - 2 * MARGIN, each)
        axes.append(ax)
        for number, (analysis, grown) in enumerate(zip(analyses, found, strict=True)):
            draw_steps(ax, place, curves[number][place], grown, analysis, line_of(number, len(found), look))
        ax.set_ylim(*((-4, 104) if place in _PERCENT else (0, None)))
        ax.set_xlim(0.5, max(len(grown.depths) for grown in found) + 0.5)
        ax.grid(axis="y", linewidth=0.3, color=look.palette.faint)
        ax.set_axisbelow(True)
        ax.yaxis.set_major_locator(_few(each))
        page.text(
            MARGIN,
            head + row * (each + gap) + each / 2,
            _first_that_fits((labels[place], labels[place].split(" (", maxsplit=1)[0], _SHORT[place]), each + gap),
            va="center",
            rotation=90,
            multialignment="center",
        )
        ax.tick_params(labelbottom=row == len(kept) - 1)
        _label_layers(ax, names, room, last=row == len(kept) - 1)
    if keys:
        _name_networks(page, axes[0], analyses, columns, head)
    if heading:
        page.text(left, MARGIN, heading, "axes.titlesize")
    whole: Figure = page.figure
    return whole


_PERCENT = (2, 3)
"""The quantities that are parts of a whole."""

_SHORT = ("field", "spread", "never read", "overlap")
"""What the quantities are called where there is little room."""


def _first_that_fits(names: Sequence[str], room: float) -> str:
    """The first name whose lines fit, or the last."""
    size = size_of("axes.labelsize")
    fitting = (name for name in names if max(wide(part, size) for part in name.split("\n")) <= room)
    return next(fitting, names[-1])


def _few(high: float) -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=max(1, min(4, int(high / (2 * line())))), min_n_ticks=2)


def _said(same: Mapping[int, float | None]) -> Iterator[str]:
    parts = [
        f"{name}, {same[place]:.3g} %" if place in _PERCENT else f"{name}, {same[place]:.3g}"
        for place, name in enumerate(_QUANTITIES)
        if same.get(place) is not None
    ]
    if parts:
        yield f"The same at every layer, and not drawn: {'; '.join(parts)}."


def _name_networks(page: Page, ax: Axes, analyses: Sequence[Analysis], columns: int, head: float) -> None:
    from matplotlib.lines import Line2D

    handles = []
    for number in range(len(analyses)):
        look = line_of(number, len(analyses), page.look)
        del look["shift"]
        handles.append(Line2D([], [], markersize=SIZE, linewidth=0.9, **look))
    draw_keys(page, ax, handles, [label(analysis) for analysis in analyses], columns, top=head - 0.05, above=True)


def _layer_names(found: Sequence[Growth], room: float) -> list[str]:
    """The names of the layers, where all networks have the same ones and there is room; else none."""
    names = [tail(depth.layer) for depth in max(found, key=lambda grown: len(grown.depths)).depths]
    alike = all([tail(depth.layer) for depth in grown.depths] == names[: len(grown.depths)] for grown in found)
    return names if alike and len(names) * _NAME * size_of("xtick.labelsize") / 7 <= room - 1 else []


def _upright(names: Sequence[str], room: float) -> bool:
    """Whether names are too long to stand beside each other."""
    widest = max(wide(name, size_of("xtick.labelsize")) for name in names)
    return (widest + em() / 2) * len(names) > room - 1


def _depth_of(names: Sequence[str], room: float) -> float:
    """Inches that names of layers take below the picture."""
    size = size_of("xtick.labelsize")
    return (max(wide(name, size) for name in names) if _upright(names, room) else line("xtick.labelsize")) + 0.06


def _label_layers(ax: Axes, names: Sequence[str], room: float, *, last: bool) -> None:
    """Name the layers, or number them."""
    from matplotlib.ticker import MaxNLocator

    if names:
        ax.set_xticks(range(1, len(names) + 1), names, parse_math=False)
        if _upright(names, room):
            ax.tick_params(axis="x", labelrotation=90)
    else:
        ax.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
        if last:
            ax.set_xlabel("layer", labelpad=2)


def _notes(analyses: Sequence[Analysis], found: Sequence[Growth]) -> Iterator[str]:
    for analysis, grown in zip(analyses, found, strict=True):
        notes = list(grown.missing)
        if len(set(analysis.output.axes)) > 1:
            notes.append(f"along axis {grown.axis}")
        if notes:
            yield f"{label(analysis)}: {'; '.join(notes)}"
    if any(analysis.network.input is not None for analysis in analyses):
        yield "Dotted: the size of the input."
