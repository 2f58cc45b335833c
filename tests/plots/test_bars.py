"""One axis: bars and bands, read back from their steps."""

from __future__ import annotations

from typing import Any

import numpy as np  # noqa: TID253
import pytest
from matplotlib.axes import Axes  # noqa: TID253
from matplotlib.patches import StepPatch  # noqa: TID253

from rfscope.plots.compare import plot_compare
from rfscope.plots.heatmap import plot_heatmap
from tests.plots.reading import figure_of, legends, line_of_paths, of


def steps(ax: Axes) -> tuple[Any, Any]:
    """Heights and edges of the bands and of the bars."""
    bands, bars = (patch.get_data() for patch in ax.patches if isinstance(patch, StepPatch))
    return bands, bars


CASES = {"holes": ([2, 4, 8], 3), "none": ([1, 2, 5], 3), "even": ([1, 4], 2), "wavenet": ([1, 2, 4, 8, 16], 2)}


@pytest.mark.parametrize(("rates", "kernel"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("log", [False, True], ids=["linear", "log"])
def test_bars_are_counts_and_bands_are_holes(rates: list[int], kernel: int, log: bool) -> None:
    ax = plot_heatmap(of(rates, kernel=kernel, dims=1), log=log)
    bands, bars = steps(ax)
    line = line_of_paths(rates, kernel)
    np.testing.assert_array_equal(np.nan_to_num(bars.values), line)
    np.testing.assert_array_equal(bands.values, [count == 0 for count in line])
    assert list(bars.edges) == [place - len(line) / 2 for place in range(len(line) + 1)]
    assert legends(figure_of(ax)) == (["never read"] if 0 in line else [])
    assert ax.get_yscale() == ("log" if log else "linear")
    assert ax.get_ylabel().replace("\n", " ") == "paths per sample" + " (log scale)" * log
    figure_of(ax).draw_without_rendering()


def test_the_bars_of_wavenet_are_all_drawn() -> None:
    ax = plot_heatmap(of([2**i for i in range(10)], kernel=2, dims=1, causal=True))
    assert steps(ax)[1].values.tolist() == [1] * 1024
    assert 0 in ax.get_xticks()


def test_counts_stand_above_their_bars() -> None:
    ax = plot_heatmap(of([2, 4], dims=1), annotate=True)
    expected = {(float(place - 6), count) for place, count in enumerate(line_of_paths([2, 4])) if count}
    assert {(text.get_position(), text.get_text()) for text in ax.texts} == {((0, 1), "1"), ((0, 1), "2")}
    assert {(text.xy[0], text.xy[1]) for text in ax.texts} == expected  # type: ignore[attr-defined]


def test_many_pixels_are_merged_and_holes_stay() -> None:
    ax = plot_heatmap(of([1, 3, 9, 5000], dims=1))
    bands, bars = steps(ax)
    block = round(10_027 / len(bars.values) + 0.5)
    assert ax.get_title(loc="left").splitlines()[1].startswith(f"Reduced: a bar is {block} pixels wide")
    assert bands.values.sum() > 0
    line = line_of_paths([1, 3, 9, 5000])
    assert np.nan_to_num(bars.values).tolist() == [max(line[at : at + block]) for at in range(0, len(line), block)]
    assert bars.edges[-1] == 10_027 / 2
    assert legends(figure_of(ax)) == ["some never read"]


def test_lines_are_compared_below_each_other_on_one_scale() -> None:
    figure = plot_compare(of([1, 2, 5], dims=1), of([2, 4, 8], dims=1))
    above, below = figure.axes
    assert above.get_xlim() == below.get_xlim() == (-14.5, 14.5)
    assert above.get_ylim() == below.get_ylim()
    assert above.get_position().x0 == below.get_position().x0
    assert [ax.get_title(loc="left") for ax in figure.axes] == ["(a) 1,2,5", "(b) 2,4,8"]
    assert legends(figure) == ["never read"]
