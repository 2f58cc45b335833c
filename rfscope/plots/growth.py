"""How what is seen grows with depth: the field, the spread of the counts, the holes, what neighbours share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import nan
from typing import TYPE_CHECKING, Any

from rfscope.errors import UnsupportedError
from rfscope.exact.analysis import Analysis
from rfscope.exact.depth import Growth, growth
from rfscope.plots.caption import fit, label, tail
from rfscope.plots.settings import drawing
from rfscope.plots.style import colours, inches, new_figure, settle, thin
from rfscope.targets import Target, analysis_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot_growth"]

_MARKERS = "osD^v<>p"
"""One for each network, so that lines can be told apart in grey."""

_QUANTITIES = "receptive field\n(pixels)", "spread\n(std, pixels)", "never read\n(% of field)", "neighbour\nshare (%)"

_NAME = 0.13
"""Inches across a layer's name that is written upwards."""

_CHARACTER = 0.075
"""Inches along a character."""


def plot_growth(*targets: Target | Analysis, figure: Figure | None = None) -> Figure:
    """Draw how field, spread, holes and neighbour share grow with depth.

    Depth counts the layers along the main path, the one with the most layers of more than one tap, a stride or the
    like; each stands for what comes behind it, pointwise layers and merges included, up to the next one. The field is
    shaded from the smallest to the largest size over its phases. The neighbour share is the part of the layer's input
    that the network's output reads and the next output reads too. All is on the unbounded grid, along the axis along
    which most is seen; the size of the input, where there is one, is a dashed line. Where values are missing, because
    they are unknown or would take too long, it is said why.

    Args:
        targets: One network, or several, which become several lines, as for ``rfscope.analyze``, or their analyses.
        figure: An empty figure to draw in, best with a constrained layout; one of its own if not given.

    Raises:
        RfscopeError: A target cannot be read or analyzed.
        UnsupportedError: There are no networks or more than 8, or one has pointwise layers only.

    Example:
        >>> figure = plot_growth("1,2,5")
        >>> figure.axes[0].lines[0].get_ydata().tolist()
        [3.0, 7.0, 17.0]
    """
    if not 0 < len(targets) <= len(_MARKERS):
        most = f"1 to {len(_MARKERS)}"
        raise UnsupportedError("cannot show so many networks in one picture", got=len(targets), expected=most)
    given = [analysis_of(target) for target in targets]
    found = [growth(analysis) for analysis in given]
    if figure is not None:
        return _draw(given, found, figure, own=False)
    with drawing():
        return _draw(given, found, new_figure(5.0, 5.6, 1.0), own=True)


def _draw(analyses: Sequence[Analysis], found: Sequence[Growth], figure: Figure, *, own: bool) -> Figure:
    axes = list(figure.subplots(4, 1, sharex=True))
    shades = colours()([1 - (place + 0.5) / len(found) for place in range(len(found))])
    for place, (analysis, grown) in enumerate(zip(analyses, found, strict=True)):
        size = 3 + 1.5 * (len(found) - 1 - place)  # so that equal values do not hide each other
        _draw_lines(axes, analysis, grown, {"marker": _MARKERS[place], "markersize": size, "color": shades[place]})
    for ax, quantity in zip(axes, _QUANTITIES, strict=True):
        ax.set_ylabel(quantity)
        ax.set_ylim(bottom=0)
        ax.grid(axis="y", linewidth=0.3, color="0.85")
        if own:
            thin(ax)
    for ax in axes[2:]:
        ax.set_ylim(-4, 104)
    _name_networks(axes[0], analyses)
    _label_layers(axes[-1], found)
    text = figure.supxlabel("", x=0.01, ha="left", multialignment="left", linespacing=1.4, parse_math=False)
    text.set_text(fit(_notes(analyses, found), 0.97 * figure.bbox.width / figure.dpi, float(text.get_fontsize())))
    if own:
        figure.align_ylabels(axes)
        settle(figure)
    return figure


def _draw_lines(axes: Sequence[Axes], analysis: Analysis, grown: Growth, look: dict[str, Any]) -> None:
    import numpy as np

    depths = range(1, len(grown.depths) + 1)
    smallest, largest = (
        [nan if depth.sizes is None else float(depth.sizes[end]) for depth in grown.depths] for end in (0, 1)
    )
    curves = [
        largest,
        [depth.spread for depth in grown.depths],
        [depth.holes and 100 * depth.holes for depth in grown.depths],
        [depth.share and 100 * depth.share for depth in grown.depths],
    ]
    for ax, curve in zip(axes, curves, strict=True):
        values = np.array(curve, dtype=float)  # None becomes NaN
        known = np.isfinite(values)
        ax.plot(np.array(depths)[known], values[known], linewidth=1, **look)
    if smallest != largest:
        axes[0].fill_between(depths, smallest, largest, color=look["color"], alpha=0.25, linewidth=0)
    if analysis.network.input is not None:
        size = analysis.network.input[grown.axis]
        axes[0].hlines(size, 1, len(grown.depths), color="0.4", linewidth=0.6, linestyle="--", zorder=1)


def _name_networks(ax: Axes, analyses: Sequence[Analysis]) -> None:
    """One network in the title, several in a legend."""
    if len(analyses) == 1:
        ax.set_title(label(analyses[0]), loc="left", parse_math=False)
        return
    legend = ax.legend(ax.lines[: len(analyses)], _MARKERS[: len(analyses)], loc="upper left", frameon=False)
    for text, analysis in zip(legend.get_texts(), analyses, strict=True):  # as they are: names may begin with _ or $
        text.set_parse_math(False)
        text.set_text(label(analysis))


def _label_layers(ax: Axes, found: Sequence[Growth]) -> None:
    """Name the layers where all networks have the same ones and there is room, else number them."""
    from matplotlib.ticker import MaxNLocator

    names = [tail(depth.layer) for depth in max(found, key=lambda grown: len(grown.depths)).depths]
    alike = all([tail(depth.layer) for depth in grown.depths] == names[: len(grown.depths)] for grown in found)
    wide, _ = inches(ax)
    if alike and len(names) * _NAME <= wide:
        ax.set_xticks(range(1, len(names) + 1), names, parse_math=False)
        if sum(map(len, names)) * _CHARACTER > wide:
            ax.tick_params(axis="x", labelrotation=90)
    else:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        ax.set_xlabel("layer")


def _notes(analyses: Sequence[Analysis], found: Sequence[Growth]) -> Iterator[str]:
    for analysis, grown in zip(analyses, found, strict=True):
        notes = list(grown.missing)
        if len(set(analysis.output.axes)) > 1:
            notes.append(f"along axis {grown.axis}")
        if notes:
            yield f"{label(analysis)}: {'; '.join(notes)}"
    if any(analysis.network.input is not None for analysis in analyses):
        yield "Dashed: the size of the input."
