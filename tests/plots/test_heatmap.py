"""What a heatmap says, read back from its artists."""

from __future__ import annotations

from typing import Any

import numpy as np  # noqa: TID253
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import rc_context, rcParams  # noqa: TID253
from matplotlib.colors import LogNorm  # noqa: TID253
from matplotlib.figure import Figure  # noqa: TID253

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.counts import Counts
from rfscope.network.build import assemble, chain, conv
from rfscope.plots.heatmap import plot_heatmap
from tests.plots.reading import figure_of, holes, image, legends, line_of_paths, map_of_paths, numbers, of, shown

SCHEDULES = {
    "1,2,5": ([1, 2, 5], 3),
    "2,4,8": ([2, 4, 8], 3),
    "1,2,9": ([1, 2, 9], 3),
    "2,2,2": ([2, 2, 2], 3),
    "1,2,5,9,17": ([1, 2, 5, 9, 17], 3),
    "even kernel": ([1, 3], 2),
    "one layer": ([1], 3),
    "one pixel": ([1], 1),
}


def per_axis() -> Analysis:
    """Reads 0, 2, 4 down and 0 .. 4 to the right."""
    return analyze(assemble("per axis", [conv("a", kernel=(3, 1), dilation=2), conv("b", kernel=(1, 5))]))


@pytest.mark.parametrize(("rates", "kernel"), SCHEDULES.values(), ids=SCHEDULES)
def test_shows_the_counts_and_masks_the_holes(rates: list[int], kernel: int) -> None:
    ax = plot_heatmap(of(rates, kernel=kernel))
    expected = map_of_paths(rates, kernel)
    np.testing.assert_array_equal(shown(ax), expected)
    np.testing.assert_array_equal(holes(ax), expected == 0)
    assert legends(figure_of(ax)) == (["never read"] if (expected == 0).any() else [])


@settings(max_examples=8)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=3), st.integers(2, 4))
def test_any_schedule_shows_its_counts(rates: list[int], kernel: int) -> None:
    ax = plot_heatmap(of(rates, kernel=kernel))
    np.testing.assert_array_equal(shown(ax), map_of_paths(rates, kernel))
    left, right, bottom, top = image(ax).get_extent()
    assert (left, right) == ax.get_xlim()
    assert (bottom, top) == ax.get_ylim()
    assert left == -right


def test_the_first_axis_runs_down() -> None:
    ax = plot_heatmap(per_axis())
    assert shown(ax).tolist() == [[1] * 5, [0] * 5, [1] * 5, [0] * 5, [1] * 5]


TICKS = {
    "odd, coarse": ([1, 2, 5], 3, [-8, -6, -4, -2, 0, 2, 4, 6, 8]),
    "odd, all": ([1], 3, [-1, 0, 1]),
    "even, all": ([1, 2], 2, [-1.5, -0.5, 0.5, 1.5]),
    "even, coarse": ([3, 8], 2, [-4, -2, 0, 2, 4]),
}


@pytest.mark.parametrize(("rates", "kernel", "ticks"), TICKS.values(), ids=TICKS)
def test_axes_are_in_pixels_from_the_centre(rates: list[int], kernel: int, ticks: list[float]) -> None:
    ax = plot_heatmap(of(rates, kernel=kernel))
    assert list(ax.get_xticks()) == ticks
    assert list(ax.get_yticks()) == ticks
    assert ax.get_xlabel() == ax.get_ylabel() == "pixels from the centre"
    size = len(line_of_paths(rates, kernel))
    assert list(image(ax).get_extent()) == [-size / 2, size / 2, size / 2, -size / 2]


def test_writes_each_count_into_its_cell() -> None:
    ax = plot_heatmap(of([2, 4, 8]), annotate=True)
    counts = map_of_paths([2, 4, 8])
    expected = {(float(x - 14), float(y - 14)): str(counts[y, x]) for y, x in zip(*counts.nonzero(), strict=True)}
    assert len(expected) == 225
    assert numbers(ax) == expected


def test_numbers_fit_their_cells() -> None:
    ax = plot_heatmap(of([2, 2, 2]), annotate=True)
    figure = figure_of(ax)
    figure.draw_without_rendering()
    width, height = (ax.transData.transform((1, 0)) - ax.transData.transform((0, 1))).tolist()
    boxes = [text.get_window_extent() for text in ax.texts]
    assert max(box.width for box in boxes) < width
    assert max(text.get_fontsize() for text in ax.texts) / 72 * figure.dpi < height  # type: ignore[operator]


def test_writes_nothing_unasked() -> None:
    assert numbers(plot_heatmap(of([1, 2, 5]))) == {}


UNREADABLE = {"small cells": [1, 2, 5, 9, 17], "long numbers": [1] * 12}


@pytest.mark.parametrize("rates", UNREADABLE.values(), ids=UNREADABLE)
def test_leaves_numbers_out_that_could_not_be_read(rates: list[int]) -> None:
    assert numbers(plot_heatmap(of(rates), annotate=True)) == {}


TITLES = {
    "1,2,5": (of([1, 2, 5]), "1,2,5: OK, 17x17 pixels, 289 of 289 used (100 %)"),
    "2,4,8": (of([2, 4, 8]), "2,4,8: HOLES, 29x29 pixels, 225 of 841 used (27 %)"),
    "1-D": (of([2, 4, 8], dims=1), "2,4,8: HOLES, 29 samples, 15 of 29 used (52 %)"),
    "3-D": (
        of([2, 4], dims=3),
        "2,4: HOLES, 13x13x13 voxels, 343 of 2197 used (16 %)\nplane at 0 across the first axis, 49 of 169 used",
    ),
    "3-D, centre unread": (
        of([4], kernel=2, dims=3),
        "4: HOLES, 5x5x5 voxels, 8 of 125 used (6 %)\nplane at -2 across the first axis, 4 of 25 used",
    ),
    "no formula": (of([1], name="$x_1$"), "$x_1$: OK, 3x3 pixels, 9 of 9 used (100 %)"),
}


@pytest.mark.parametrize(("analysis", "title"), TITLES.values(), ids=TITLES)
def test_says_what_is_shown(analysis: Analysis, title: str) -> None:
    ax = plot_heatmap(analysis)
    assert ax.get_title(loc="left") == title
    figure_of(ax).draw_without_rendering()


def test_three_axes_show_one_plane() -> None:
    ax = plot_heatmap(of([1, 2], dims=3))
    line = line_of_paths([1, 2])
    np.testing.assert_array_equal(shown(ax), np.multiply.outer(line, line) * line[3])


SCALES: dict[str, tuple[dict[str, Any], tuple[float, float], str]] = {
    "linear": ({}, (1, 9), "paths per pixel"),
    "logarithmic": ({"log": True}, (1, 9), "paths per pixel (log scale)"),
}


@pytest.mark.parametrize(("options", "ends", "label"), SCALES.values(), ids=SCALES)
def test_the_scale_spans_the_counts_that_are_not_zero(
    options: dict[str, Any], ends: tuple[float, float], label: str
) -> None:
    ax = plot_heatmap(of([2, 4, 8]), **options)
    norm = image(ax).norm
    assert (norm.vmin, norm.vmax) == ends
    assert isinstance(norm, LogNorm) == bool(options)
    (bar,) = set(figure_of(ax).axes) - {ax}
    assert bar.get_ylabel() == label


@pytest.mark.parametrize("depth", [25, 60, 400], ids=lambda depth: f"{depth} layers")
@pytest.mark.parametrize("log", [False, True], ids=["linear", "log"])
def test_large_counts_keep_their_proportions(depth: int, log: bool) -> None:
    analysis = of([1] * depth)
    ax = plot_heatmap(analysis, log=log)
    counts = analysis.output.counts
    assert isinstance(counts, Counts)
    (line, _), largest = counts.factors, counts.max
    assert largest > 2**53
    values = shown(ax)
    assert not holes(ax).any()
    assert values.max() == values[depth, depth]
    assert np.isfinite(values).all()
    for offset in (0, 1, 7, 20):
        exact = line[depth] * line[depth - offset] / largest
        assert values[depth, depth - offset] / values[depth, depth] == pytest.approx(exact, rel=1e-14)
    figure_of(ax).draw_without_rendering()


def test_large_counts_are_parts_of_the_largest_written_out() -> None:
    ax = plot_heatmap(of([1] * 25))
    largest = of([1] * 25).output.counts.max
    (bar,) = set(figure_of(ax).axes) - {ax}
    assert bar.get_ylabel() == "paths, 1 = most (log scale)"
    assert largest > 10**21
    assert shown(ax).max() == 1
    assert [label.get_text() for label in bar.get_yticklabels()] == ["≤ 0.0001", "0.001", "0.01", "0.1", "1"]


def test_more_pixels_than_dots_are_merged_and_holes_stay() -> None:
    ax = plot_heatmap(of([1, 3, 30, 90]), width=3, dpi=36, caption=True)
    own = figure_of(ax)
    line = line_of_paths([1, 3, 30, 90])
    block = round(len(line) / len(shown(ax)) + 0.5)
    assert f"Reduced: a cell is {block}x{block} pixels" in " ".join(ax.get_title(loc="left").split())
    gap = [0 in line[start : start + block] for start in range(0, len(line), block)]
    assert any(gap)
    np.testing.assert_array_equal(holes(ax), np.logical_or.outer(gap, gap))
    assert legends(own) == ["some never read"]


def test_pixels_of_a_large_map_are_all_drawn_where_there_are_dots() -> None:
    ax = plot_heatmap(of([1, 3, 9, 27, 81, 160]))
    assert shown(ax).shape == (563, 563)


def test_a_long_map_has_oblong_pixels_and_a_wide_one_square_ones() -> None:
    long = analyze(assemble("long", [conv("a", kernel=(3, 31), dilation=(1, 10))]))
    assert plot_heatmap(long).get_aspect() == "auto"
    assert plot_heatmap(of([1, 2, 5])).get_aspect() == 1.0


def test_too_long_a_field_is_refused() -> None:
    with pytest.raises(LimitError, match="'axis'"):
        plot_heatmap(of([1_000_000] * 9))


def test_too_many_cells_are_refused() -> None:
    with limits.raised({"cells": 100}), pytest.raises(LimitError, match="'cells'"):
        plot_heatmap(of([1, 2, 5]))


def test_a_callers_axes_are_drawn_in_and_their_figure_is_left_alone() -> None:
    figure = Figure(figsize=(8, 4), dpi=90)
    left, right = figure.subplots(1, 2)
    before = dict(rcParams)
    with rc_context({"axes.titlesize": 13.0}):
        assert plot_heatmap(of([1, 2, 5]), left, annotate=True) is left
    assert tuple(figure.get_size_inches()) == (8, 4)
    assert figure.dpi == 90
    assert figure.get_layout_engine() is None
    assert left.title.get_fontsize() == 8
    assert right.title.get_fontsize() == 12
    assert left.get_title() == "1,2,5"
    assert not right.images
    assert dict(rcParams) == before


def test_our_own_figures_are_not_pyplots_and_leave_no_settings() -> None:
    before = dict(rcParams)
    plot_heatmap(of([1, 2, 5]), annotate=True)
    from matplotlib import _pylab_helpers

    assert not _pylab_helpers.Gcf.figs
    assert dict(rcParams) == before


def test_strided_layers_show_the_input() -> None:
    ax = plot_heatmap(analyze(chain([1, 1], stride=[2, 1])))
    line = line_of_paths([1, 2])
    np.testing.assert_array_equal(shown(ax), np.multiply.outer(line, line))
