"""Pictures that a notebook shows by themselves; pyplot, which would show them, knows nothing of our own figures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rfscope.plots.save import render

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["show_in_notebooks"]

_DOTS = 96
"""Dots per inch of a page in a browser."""


def show_in_notebooks(drawn: Axes | Figure) -> None:
    """Let a figure, or axes with the figure they are in, be shown as a picture where they are the result of a cell."""
    figure = drawn.figure.figure  # that of axes may be a part of another one, and a whole one's is itself
    drawn._repr_png_ = partial(_png, figure)  # type: ignore[union-attr]  # what IPython asks an object for


def _png(figure: Figure) -> tuple[bytes, dict[str, int]]:
    """The picture, and how wide it is shown: its dots are finer than a screen's."""
    return render(figure, "png"), {"width": round(figure.get_figwidth() * _DOTS)}
