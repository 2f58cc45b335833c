"""Read back what a picture shows, and count paths by walking all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np  # noqa: TID253
from matplotlib.axes import Axes  # noqa: TID253
from matplotlib.figure import Figure  # noqa: TID253
from matplotlib.image import AxesImage  # noqa: TID253
from matplotlib.text import Text  # noqa: TID253

from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import chain

Map = np.ndarray[Any, Any]


def of(rates: Sequence[int], **options: Any) -> Analysis:
    return analyze(chain(rates, **options))


def line_of_paths(rates: Sequence[int], kernel: int = 3) -> list[int]:
    """Paths from each position of one axis to one output, each path walked."""
    ends = Counter(sum(steps) for steps in product(*([rate * tap for tap in range(kernel)] for rate in rates)))
    return [ends[place] for place in range(max(ends) + 1)]


def map_of_paths(rates: Sequence[int], kernel: int = 3) -> Map:
    line = line_of_paths(rates, kernel)
    return np.array([[row * column for column in line] for row in line])


def image(ax: Axes) -> AxesImage:
    (found,) = ax.images
    return found


def cells(ax: Axes) -> np.ma.MaskedArray[Any, Any]:
    found = image(ax).get_array()
    assert isinstance(found, np.ma.MaskedArray)
    return found


def shown(ax: Axes) -> Map:
    """The numbers a map shows, 0 where its holes are."""
    return np.asarray(cells(ax).filled(0))


def holes(ax: Axes) -> Map:
    return np.ma.getmaskarray(cells(ax))


def numbers(ax: Axes) -> dict[tuple[float, float], str]:
    """The numbers written into cells, by place."""
    return {text.get_position(): text.get_text() for text in ax.texts}


def legends(figure: Figure) -> list[str]:
    return [text.get_text() for ax in figure.axes for text in _legend_texts(ax)]


def _legend_texts(ax: Axes) -> list[Text]:
    legend = ax.get_legend()
    return [] if legend is None else legend.get_texts()


def figure_of(ax: Axes) -> Figure:
    assert isinstance(ax.figure, Figure)
    return ax.figure


def dots_per_pixel(ax: Axes) -> tuple[float, float]:
    """Width and height of a pixel of the field in dots, after the layout."""
    figure_of(ax).draw_without_rendering()
    (left, bottom), (right, top) = ax.transData.transform([(0, 0), (1, 1)])
    return abs(right - left), abs(top - bottom)
