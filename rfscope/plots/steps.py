"""Quantities by depth as steps: a level at each layer, for there is nothing between two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan, nan
from typing import TYPE_CHECKING, Any

from rfscope.exact.analysis import Analysis
from rfscope.exact.depth import Growth
from rfscope.plots.look import Look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["MARKERS", "SIZE", "constant", "curves_of", "draw_steps", "line_of"]

MARKERS = "osD^v<>pXP*h"
"""One for each network, so that lines can be told apart in grey."""

_DASHES: Sequence[Any] = ("-", (0, (4, 1.2)), (0, (1, 1)), (0, (5, 1, 1, 1)))
"""Line styles, in turn."""

SIZE = 3.5
"""Points of a marker."""

_DODGE = 0.5
"""How far markers of one layer stand apart, in parts of a step, so that equal values do not hide each other."""


def curves_of(grown: Growth) -> list[list[float]]:
    """The values of each quantity, layer by layer; not a number where they are unknown."""
    return [
        [nan if depth.sizes is None else float(depth.sizes[1]) for depth in grown.depths],
        [nan if depth.spread is None else depth.spread for depth in grown.depths],
        [nan if depth.holes is None else 100 * depth.holes for depth in grown.depths],
        [nan if depth.share is None else 100 * depth.share for depth in grown.depths],
    ]


def constant(curves: Sequence[Sequence[float]]) -> float | None:
    """The one value of curves of more than one layer, or None if they have several, or unknown ones."""
    values = {round(value, 9) for curve in curves for value in curve}
    (only, *more) = values
    return None if more or isnan(only) or max(map(len, curves)) == 1 else only


def line_of(number: int, networks: int, look: Look) -> dict[str, Any]:
    """Colour, dashes and marker of a network."""
    return {
        "color": look.colours((number + 0.5) / networks if networks > 1 else 0.7),
        "linestyle": _DASHES[number % len(_DASHES)],
        "marker": MARKERS[number],
        "shift": _DODGE * ((number + 0.5) / networks - 0.5) if networks > 1 else 0.0,
    }


def draw_steps(
    ax: Axes, place: int, curve: Sequence[float], grown: Growth, analysis: Analysis, look: Mapping[str, Any]
) -> None:
    """One network: a level at each layer, for there is nothing between two of them, and a marker on it."""
    import numpy as np

    values = np.array(curve)
    known = np.isfinite(values)
    depths = np.arange(1, len(values) + 1)[known]
    values = values[known]
    colour, shift = look["color"], look["shift"]
    edges = np.repeat(depths, 2) + np.tile([-0.5, 0.5], len(depths))
    ax.plot(edges, np.repeat(values, 2), color=colour, linestyle=look["linestyle"], linewidth=0.9)
    ax.plot(depths + shift, values, color=colour, linestyle="none", marker=look["marker"], markersize=SIZE)
    if place:
        return
    sizes = [depth.sizes for depth in grown.depths if depth.sizes is not None]
    if len(sizes) == len(grown.depths) and any(low != high for low, high in sizes):
        lower, upper = (np.repeat([float(size[end]) for size in sizes], 2) for end in (0, 1))
        ax.fill_between(edges, lower, upper, color=colour, alpha=0.25, linewidth=0)
    if analysis.network.input is not None:
        size = analysis.network.input[grown.axis]
        ax.hlines(size, 0.5, len(grown.depths) + 0.5, color=ax.spines["left"].get_edgecolor(), lw=0.6, ls=":", zorder=1)
