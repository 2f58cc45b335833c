"""Several networks in one picture, read back from its artists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np  # noqa: TID253
import pytest
from matplotlib.figure import Figure  # noqa: TID253

from rfscope.errors import RfscopeError, UnsupportedError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import assemble, conv
from rfscope.plots.caption import UNWRITTEN, caption
from rfscope.plots.compare import plot_compare
from rfscope.plots.settings import left_out
from tests.plots.overlap import faults
from tests.plots.reading import dots_per_pixel, image, legends, map_of_paths, numbers, of, shown

PAIR = [1, 2, 5], [2, 4, 8]
PAIR_LINES = (
    "(a) 1,2,5: OK, 17x17 pixels, 289 of 289 used (100 %), M₂ = 2 ≤ 3, gcd 1, gridding index 0.11",
    "(b) 2,4,8: HOLES, 29x29 pixels, 225 of 841 used (27 %), M₂ = 4 > 3, gcd 2, gridding index 1.00",
)


def pair(**options: Any) -> Figure:
    return plot_compare(*[of(rates) for rates in PAIR], **options)


@pytest.mark.parametrize("options", [{}, {"log": True}], ids=["linear", "log"])
def test_panels_show_their_counts_on_one_scale(options: dict[str, bool]) -> None:
    figure = pair(**options)
    left, right, _ = figure.axes
    for ax, rates in zip((left, right), PAIR, strict=True):
        np.testing.assert_array_equal(shown(ax), map_of_paths(rates))
        assert (image(ax).norm.vmin, image(ax).norm.vmax) == (1, 9)
    assert legends(figure) == ["never read"]


SIZES: dict[str, Sequence[Sequence[int]]] = {
    "two": PAIR,
    "three": ([2, 2, 2], [1, 2, 3], [1, 1, 1]),
    "large and tiny": ([1, 2, 5, 9, 17], [1], [5, 9, 17]),
    "two rows": ([1], [1, 2], [1, 2, 5], [2], [1, 1], [3]),
}


@pytest.mark.parametrize("schedules", SIZES.values(), ids=SIZES)
def test_a_pixel_has_one_size_in_all_panels(schedules: Sequence[Sequence[int]]) -> None:
    figure = plot_compare(*[of(rates) for rates in schedules])
    sizes = [dots_per_pixel(ax) for ax in figure.axes[: len(schedules)]]
    assert np.ptp(sizes) < 0.01 * np.min(sizes)


@pytest.mark.parametrize("schedules", SIZES.values(), ids=SIZES)
def test_nothing_overlaps_or_leaves_the_page(schedules: Sequence[Sequence[int]]) -> None:
    figure = plot_compare(*[of(rates) for rates in schedules], annotate=True)
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    boxes = [ax.get_window_extent(renderer) for ax in figure.axes]
    boxes.append(figure.texts[0].get_window_extent(renderer))
    assert faults(figure) == []
    page = figure.bbox
    for place, box in enumerate(boxes):
        assert page.x0 <= box.x0 <= box.x1 <= page.x1
        assert page.y0 <= box.y0 <= box.y1 <= page.y1
        assert not any(box.overlaps(other) for other in boxes[place + 1 :])


def test_small_maps_are_framed_where_they_end() -> None:
    figure = pair()
    small = figure.axes[0]
    assert small.get_ylim() == (8.5, -8.5)
    assert list(image(small).get_extent()) == [-8.5, 8.5, 8.5, -8.5]


def test_what_the_axes_are_in_is_said_once() -> None:
    figure = plot_compare(*[of(rates) for rates in SIZES["two rows"]])
    assert [text.get_text() for text in figure.texts].count("pixels from the centre") == 2
    assert not any(ax.get_xlabel() for ax in figure.axes)


def test_no_tick_is_alone() -> None:
    figure = plot_compare(*[of(rates) for rates in SIZES["large and tiny"]])
    assert 1 not in {len(ticks) for ax in figure.axes for ticks in (ax.get_xticks(), ax.get_yticks())}


def test_rows_are_of_like_sizes_and_little_stays_white() -> None:
    schedules = [[1, 2, 5], [2, 4, 8], [1, 2, 9], [1, 2, 4, 8, 16], [1, 1, 1], [2, 2, 2]]
    figure = plot_compare(*[of(rates) for rates in schedules], caption=False)
    maps = [ax for ax in figure.axes if ax.images]
    used = sum(ax.get_window_extent().width * ax.get_window_extent().height for ax in maps)
    assert used > 0.4 * figure.bbox.width * figure.bbox.height
    rows: dict[float, list[int]] = {}
    for ax in maps:
        rows.setdefault(round(ax.get_window_extent().y1), []).append(len(shown(ax)))
    assert len(rows) > 1
    (_, first), (_, last) = max(rows.items()), min(rows.items())
    assert max(first) <= min(last) or min(first) >= max(last)


def test_panels_with_scales_of_their_own_are_of_one_size_and_show_shares() -> None:
    figure = plot_compare(of([1, 2, 5]), of([2, 4, 8]), of([1] * 9), own_scales=True, log=False)
    maps = [ax for ax in figure.axes if ax.images]
    widths = [ax.get_window_extent().width for ax in maps]
    assert max(widths) < 1.05 * min(widths)
    assert [shown(ax).max() for ax in maps] == [1, 1, 1]
    assert "paths, 1 = most in the panel" in {ax.get_ylabel().replace("\n", " ") for ax in figure.axes}


def test_names_and_a_title_may_be_given() -> None:
    figure = pair(labels=["ours", "HDC"], title="Two")
    assert [ax.get_title() for ax in figure.axes[:2]] == ["(a) ours", "(b) HDC"]
    assert "Two" in [text.get_text() for text in figure.texts]
    assert figure.texts[0].get_text().startswith("(a) ours: OK")
    with pytest.raises(RfscopeError, match="wrong number of labels: got 1, expected 2, one per network"):
        pair(labels=["ours"])


def test_in_a_column_the_caption_is_kept_for_the_terminal() -> None:
    figure = pair(width="column")
    assert left_out(figure).splitlines() == list(PAIR_LINES)
    assert not any("HOLES" in text.get_text() for text in figure.texts)
    assert figure.get_size_inches()[0] == 3.35
    assert left_out(pair()) == ""


def test_numbers_that_do_not_fit_are_said_to_be_left_out() -> None:
    figure = plot_compare(of([1, 2, 5]), of([1] * 12), annotate=True)
    assert figure.texts[0].get_text().endswith(UNWRITTEN)


def test_the_picture_of_the_pair_has_every_count_in_its_cell() -> None:
    figure = pair(annotate=True)
    left, right, _ = figure.axes
    assert len(numbers(left)) == 289
    assert len(numbers(right)) == 225
    assert numbers(left)[0, 0] == "1"
    assert numbers(left)[1, 1] == "4"
    assert numbers(right)[2, 2] == "9"
    assert min(float(text.get_fontsize()) for text in (*left.texts, *right.texts)) >= 6


def test_numbers_are_written_in_all_panels_or_in_none() -> None:
    figure = plot_compare(of([1, 2, 5]), of([1] * 12), annotate=True)
    assert not any(numbers(ax) for ax in figure.axes)


def test_each_network_has_a_panel_and_a_line_of_text() -> None:
    figure = pair()
    assert [ax.get_title() for ax in figure.axes[:2]] == ["(a) 1,2,5", "(b) 2,4,8"]
    assert figure.texts[0].get_text() == "\n".join(PAIR_LINES)


def mixed() -> Analysis:
    layers = [conv("a", kernel=(3, 1), dilation=(1, 1)), conv("b", kernel=(3, 3), dilation=(2, 2))]
    return analyze(assemble("mixed", layers))


CAPTIONS = {
    "holes that M_2 does not see": (of([2, 2, 2]), "49 of 169 used (29 %), M₂ = 2 ≤ 3, gcd 2, gridding index 1.00"),
    "no M_2 for one layer": (of([2]), "2: HOLES, 5x5 pixels, 9 of 25 used (36 %), gcd 2, gridding index 1.00"),
    "groups": (of([1, 2, 5, 1, 2, 5]), "M₂ = 2 ≤ 3, gcd 1"),
    "the group that fails": (of([1, 2, 9, 1, 2, 5]), "M₂ = 5 > 3"),
    "kernel 5": (of([1, 1, 8], kernel=5), "M₂ = 6 > 5"),
    "two resolutions": (of([1, 1, 2, 2], stride=[1, 2, 1, 1]), "gcd 1 and 2"),
    "indices per axis": (mixed(), "gridding index 0.33 and 1.00"),
    "no schedule": (of([1, 1], kernel=1), "1,1: OK, 1x1 pixels, 1 of 1 used (100 %), gridding index 0.00"),
    "never 100 % with a hole": (of([*[1] * 300, 10_000], dims=1), "samples, 1803 of 20601 used (9 %)"),
    "nearly all": (of([1, 2, 4, 8, 16, 32, 64, 256], dims=1), "765 of 767 used (99.7 %)"),
    "nearly none": (of([200, 400]), "49 of 1442401 used (under 1 %)"),
    "long names": (of([1, 2, 5] * 10), "1,2,5,1,2,5,1,2,5,1,2,5,1,2…: OK, 161x161"),
}


@pytest.mark.parametrize(("analysis", "part"), CAPTIONS.values(), ids=CAPTIONS)
def test_captions_state_the_facts(analysis: Analysis, part: str) -> None:
    assert part in caption(analysis)


def test_large_maps_are_merged_alike_and_it_is_said() -> None:
    figure = Figure(figsize=(4, 3), dpi=40)
    plot_compare(of([1, 3, 9, 27]), of([100]), figure=figure)
    said = figure.texts[0].get_text().replace("\n      ", " ").splitlines()
    assert len(said) == 3
    blocks = {round(size / len(shown(ax)) + 0.499) for ax, size in zip(figure.axes, (81, 201), strict=False)}
    (block,) = blocks
    assert block > 1
    assert said[2].startswith(f"Reduced: a cell is {block}x{block} pixels")


def test_planes_of_three_axes_are_named() -> None:
    figure = plot_compare(of([1], dims=3), of([2], dims=3))
    lines = figure.texts[0].get_text().replace("\n      ", " ").splitlines()
    assert [line.partition("; ")[2] for line in lines] == [
        "plane at 0 across the first axis, 9 of 9 used",
        "plane at 0 across the first axis, 9 of 25 used",
    ]


def test_a_callers_figure_is_drawn_in() -> None:
    figure = Figure(figsize=(9, 5), dpi=80, layout="constrained")
    assert plot_compare(of([1, 2]), of([2]), figure=figure) is figure
    assert tuple(figure.get_size_inches()) == (9, 5)
    assert len(figure.axes) == 3


REFUSED = {
    "none": ([], "got 0, expected 1 to 26"),
    "too many": ([of([1])] * 27, "got 27, expected 1 to 26"),
    "different axes": ([of([1]), of([1], dims=1)], "networks of 1 and 2 axes"),
}


@pytest.mark.parametrize(("analyses", "text"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_compared_is_refused(analyses: list[Analysis], text: str) -> None:
    with pytest.raises(UnsupportedError, match=text):
        plot_compare(*analyses)
