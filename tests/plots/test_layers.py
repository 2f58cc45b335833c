"""The maps between output and input: panels, read back from their artists."""

from __future__ import annotations

import numpy as np  # noqa: TID253
import pytest
from matplotlib.axes import Axes  # noqa: TID253
from matplotlib.collections import PathCollection  # noqa: TID253
from matplotlib.colors import to_rgba  # noqa: TID253
from matplotlib.figure import Figure  # noqa: TID253

from rfscope import limits
from rfscope.errors import LimitError, UnsupportedError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import assemble, chain, conv
from rfscope.plots.layers import plot_layers
from rfscope.plots.look import LIGHT
from rfscope.plots.tree import plot_tree
from tests.plots.reading import (
    aspp,
    box,
    everything,
    holes,
    hourglass,
    image,
    legends,
    merge,
    of,
    residual,
    shown,
    up,
    uses,
)

HOLE, OFF = LIGHT.hole, LIGHT.off


def panels(figure: Figure) -> list[Axes]:
    return [ax for ax in figure.axes if ax.get_title()]


def texts(figure: Figure) -> str:
    return figure.texts[0].get_text().replace("\n      ", " ")


MAPS = {
    "1,2,5": (of([1, 2, 5]), ["conv2", "conv1", "input"]),
    "2,4,8": (of([2, 4, 8]), ["conv2", "conv1", "input"]),
    "even kernel": (of([1, 3], kernel=2), ["conv1", "input"]),
    "residual": (analyze(residual()), ["a", "input"]),
    "ASPP": (analyze(aspp()), ["stem", "input"]),
    "phases": (analyze(hourglass(), position=(1, 0)), ["both", "inner", "down", "first", "input"]),
    "finite": (analyze(aspp(), input=(20, 24), position=(1, 22)), ["stem", "input"]),
    "finite chain": (analyze(chain([1, 2, 5]), input=(12, 9), position=(0, 4)), ["conv2", "conv1", "input"]),
}


@pytest.mark.parametrize(("analysis", "names"), MAPS.values(), ids=MAPS)
def test_each_panel_shows_what_is_used_of_one_map(analysis: Analysis, names: list[str]) -> None:
    figure = plot_layers(analysis)
    used = uses(analysis)
    found = panels(figure)
    assert len(found) == len(names)
    for ax, name in zip(found, names, strict=True):
        expected = box(used[name])
        np.testing.assert_array_equal(holes(ax), expected == 0)
        np.testing.assert_allclose(shown(ax), expected / expected.max(), rtol=1e-15)
        assert image(ax).cmap.get_bad().tolist() == list(to_rgba(HOLE if name == "input" else OFF))
    *inner, last = [bool((box(used[name]) == 0).any()) for name in names]
    assert legends(figure) == ["not on a path to this output"] * any(inner) + ["never read"] * last


def test_holes_that_the_verdict_finds_in_a_map_have_their_colour_there() -> None:
    layers = [conv("a"), conv("down", stride=2, padding=1), conv("b", dilation=2), conv("c", dilation=4)]
    analysis = analyze(assemble("n", layers))
    assert [skipped.map for skipped in analysis.judgement.skipped] == ["down"]
    bad = [tuple(image(ax).cmap.get_bad()) for ax in panels(plot_layers(analysis))]
    assert bad == [to_rgba(OFF), to_rgba(HOLE), to_rgba(OFF), to_rgba(HOLE)] or bad[1] == to_rgba(HOLE)


def test_arrows_lead_from_panel_to_panel() -> None:
    figure = plot_layers(of([1, 2, 5]))
    arrows = [text for ax in figure.axes for text in ax.texts if text.arrow_patch is not None]  # type: ignore[attr-defined]
    assert len(arrows) == 2


def test_dots_are_seen_however_large_the_field() -> None:
    figure = plot_layers(of([1, 2, 5, 10, 32, 64]))
    first, *_ = panels(figure)
    (marked,) = (one for one in first.collections if isinstance(one, PathCollection))
    assert len(np.asarray(marked.get_offsets())) == 9
    assert float(marked.get_sizes()[0]) ** 0.5 > 1


def test_panels_lie_over_the_input() -> None:
    figure = plot_layers(of([1, 2, 5]))
    extents = [list(image(ax).get_extent()) for ax in panels(figure)]
    assert extents == [[-half, half, half, -half] for half in (5.5, 7.5, 8.5)]
    assert {ax.get_xlim() for ax in panels(figure)} == {(-8.5, 8.5)}
    assert {ax.get_ylim() for ax in panels(figure)} == {(8.5, -8.5)}


def test_cells_of_a_coarser_map_are_larger() -> None:
    (inner, first) = panels(plot_layers(of([1, 1], stride=[2, 1])))
    assert shown(inner).shape == (3, 3)
    assert list(image(inner).get_extent()) == [-3, 3, 3, -3]
    assert list(image(first).get_extent()) == [-3.5, 3.5, 3.5, -3.5]


def test_maps_with_phases_lie_where_their_outputs_stand() -> None:
    analysis = analyze(hourglass())
    both, *_ = panels(plot_layers(analysis))
    rows = [row for row, _ in uses(analysis)["input"]]
    middle = (min(rows) + max(rows)) / 2
    assert list(image(both).get_extent()) == [-1.5 - middle, 1.5 - middle, 1.5 - middle, -1.5 - middle]


def test_long_maps_have_oblong_cells() -> None:
    long = analyze(assemble("long", [conv("a", kernel=(3, 31), dilation=(1, 10))]))
    assert [ax.get_aspect() for ax in panels(plot_layers(long))] == ["auto"]
    assert [ax.get_aspect() for ax in panels(plot_layers(of([1, 2])))] == [1.0, 1.0]


def test_padding_alone_moves_no_panel() -> None:
    same, valid = (
        [list(image(ax).get_extent()) for ax in panels(plot_layers(analyze(assemble("n", layers))))]
        for layers in (
            [conv("a"), conv("b", dilation=2)],
            [conv("a", padding=(0, 0)), conv("b", dilation=2, padding=(7, 1))],
        )
    )
    assert same == valid


TITLES = {
    "chain": (
        of([1, 2]),
        ["read by conv2\n3x3, rate 2\n9 of 25 used", "input, read by conv1\n3x3, rate 1\nall 49 used"],
    ),
    "branches": (
        analyze(aspp()),
        [
            "read by rate6, rate12, rate18\n3x3, rates 6, 12, 18\n25 of 1369 used",
            "input, read by stem\n3x3, rate 1\n225 of 1521 used",
        ],
    ),
    "strides": (
        analyze(
            assemble("n", [conv("a", kernel=(3, 1), stride=(2, 1), dilation=(1, 4), padding=(1, 1)), up("$b$", "a")])
        ),
        [
            "read by $b$\ntransposed 2x2, stride 2\nall 1 used",
            "input, read by a\n3x1, rate 1x4, stride 2x1\nall 3 used",
        ],
    ),
    "long names": (
        analyze(assemble("n", [conv("backbone.layer4.2.conv2")])),
        ["input, read by …layer4.2.conv2\n3x3, rate 1\nall 9 used"],
    ),
    "pointwise": (of([1], kernel=1), ["input, read by pointwise layers\nall 1 used"]),
}


@pytest.mark.parametrize(("analysis", "titles"), TITLES.values(), ids=TITLES)
def test_titles_name_the_layers_that_read(analysis: Analysis, titles: list[str]) -> None:
    figure = plot_layers(analysis, figure=Figure(figsize=(12, 6), layout="constrained"))
    assert [" ".join(ax.get_title().split()) for ax in panels(figure)] == [" ".join(one.split()) for one in titles]
    figure.draw_without_rendering()


def test_three_axes_show_planes() -> None:
    analysis = of([2, 4], dims=3)
    figure = plot_layers(analysis)
    for ax, name, middle in zip(panels(figure), ("conv1", "input"), (4, 6), strict=True):
        expected = box(uses(analysis)[name])[middle]
        np.testing.assert_allclose(shown(ax), expected / expected.max(), rtol=1e-15)
    assert texts(figure).endswith("Planes across the first axis, each at the used position nearest the centre.")


def test_at_most_twelve_maps_are_shown_and_the_others_counted() -> None:
    figure = plot_layers(of([1, 2] * 15))
    titles = [ax.get_title().splitlines()[0] for ax in panels(figure)]
    assert len(titles) == 12
    assert titles[0] == "read by conv30"
    assert titles[-1] == "input, read by conv1"
    assert "Not shown: 18 maps in between." in texts(figure)


def test_large_maps_are_merged_and_it_is_said() -> None:
    figure = plot_layers(of([1, 3, 30, 90]), figure=Figure(figsize=(4, 2), dpi=50))
    assert "Reduced: cells of up to" in texts(figure)
    assert legends(figure) == ["not on a path to this output", "some never read"]
    inner = panels(figure)[2]
    assert shown(inner).size < 247**2
    frame = image(inner).get_clip_box()
    assert frame is not None
    corners = inner.transData.inverted().transform(frame.get_points())
    np.testing.assert_allclose(np.sort(corners.ravel()), [-123.5, -123.5, 123.5, 123.5])


def test_of_one_axis_the_tree_is_drawn() -> None:
    analysis = of([2, 4], dims=1)
    (ax,) = plot_layers(analysis, width="column").axes
    assert [text.get_text() for text in ax.get_yticklabels()] == [
        text.get_text() for text in plot_tree(analysis, width="column").get_yticklabels()
    ]
    figure = Figure(figsize=(6, 3))
    assert plot_layers(analysis, figure=figure) is figure
    assert len(figure.axes) == 1


def test_paths_through_global_operations_are_left_out() -> None:
    network = assemble("excited", [conv("a"), everything("squeeze", "a"), merge("scale", "a", "squeeze"), conv("b")])
    figure = plot_layers(analyze(network))
    assert [ax.get_title().splitlines()[0] for ax in panels(figure)] == ["read by b", "input, read by a"]
    assert "without the paths through squeeze" in texts(figure)


def test_a_callers_figure_is_drawn_in() -> None:
    figure = Figure(figsize=(9, 5), dpi=80)
    assert plot_layers(of([1, 2]), figure=figure) is figure
    assert tuple(figure.get_size_inches()) == (9, 5)
    assert figure.get_layout_engine() is None


def test_what_cannot_be_drawn_is_refused() -> None:
    gaps = assemble("gaps", [conv("a"), up("b", "a", kernel=1)])
    with pytest.raises(UnsupportedError, match="nothing to draw"):
        plot_layers(analyze(gaps, position=(1, 1)))
    with pytest.raises(UnsupportedError, match="the padding depends on the input's size"):
        plot_layers(analyze(assemble("same", [conv("a", stride=2)])))
    with limits.raised({"cells": 100}), pytest.raises(LimitError, match="'cells'"):
        plot_layers(of([1, 2, 5]))
