"""The maps between output and input: panels, and rows of dots with lines, read back from their artists."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np  # noqa: TID253
import pytest
from matplotlib.axes import Axes  # noqa: TID253
from matplotlib.collections import LineCollection, PathCollection  # noqa: TID253
from matplotlib.colors import to_rgba  # noqa: TID253
from matplotlib.figure import Figure  # noqa: TID253

from rfscope import limits
from rfscope.errors import LimitError, UnsupportedError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import assemble, chain, conv
from rfscope.network.graph import Network
from rfscope.plots.layers import plot_layers
from rfscope.plots.look import LIGHT, counts_colours
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
    taps,
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


def segments(ax: Axes) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    (found,) = (one for one in ax.collections if isinstance(one, LineCollection))
    return [((float(a[0]), float(a[1])), (float(b[0]), float(b[1]))) for a, b in found.get_segments()]


def dots(ax: Axes, colour: Any = None) -> Counter[tuple[float, float]]:
    """Places of the dots: of one colour, or of all but the empty ones."""
    places: Counter[tuple[float, float]] = Counter()
    for group in ax.collections:
        if isinstance(group, PathCollection):
            faces = np.broadcast_to(group.get_facecolor(), (len(np.asarray(group.get_offsets())), 4))
            for (x, y), face in zip(np.asarray(group.get_offsets()), faces, strict=True):
                if tuple(face) == to_rgba(colour) if colour else tuple(face) != to_rgba("white"):
                    places[float(x), float(y)] += 1
    return places


ROWS = {
    "wavenet": (
        of([1, 2, 4, 8], kernel=2, dims=1, causal=True),
        ["conv4", "conv3", "conv2", "conv1", "input"],
    ),
    "2,4,8": (of([2, 4, 8], dims=1), ["conv3", "conv2", "conv1", "input"]),
    "ASPP": (analyze(aspp(1)), ["all", "stem", "input"]),
    "finite": (analyze(chain([2, 4], dims=1), input=(9,), position=(1,)), ["conv2", "conv1", "input"]),
}


@pytest.mark.parametrize(("analysis", "rows"), ROWS.values(), ids=ROWS)
def test_rows_of_dots_are_what_is_used(analysis: Analysis, rows: list[str]) -> None:
    ax, *_ = plot_layers(analysis).axes
    used = uses(analysis)
    for height, name in enumerate(rows):
        counts = box(used[name])
        places = sorted(x for x, y in dots(ax) if y == height)
        empty = {x for x, y in dots(ax, HOLE if name == "input" else OFF) if y == height}
        assert len(places) == len(counts)
        assert np.ptp(np.diff(places)) == 0 if len(places) > 2 else True
        assert [place in empty for place in places] == [count == 0 for count in counts]


def expected_lines(network: Network, used: dict[str, Counter[tuple[int, ...]]], rows: list[str]) -> int:
    """One for each tap on a used place of a map in the picture; merges have none here."""
    total = 0
    for node in network.nodes:
        source = node.inputs[0]
        if source in rows and len(node.inputs) == 1:
            total += sum((at,) in used[source] for (place,) in used[node.name] for at in taps(node.reads[0], place))
    return total


@pytest.mark.parametrize(("analysis", "rows"), ROWS.values(), ids=ROWS)
def test_each_dot_has_a_line_to_all_that_it_reads(analysis: Analysis, rows: list[str]) -> None:
    ax, *_ = plot_layers(analysis).axes
    lines = segments(ax)
    used = set(dots(ax)) - set(dots(ax, HOLE)) - set(dots(ax, OFF))
    assert {end for line in lines for end in line} == used
    assert all(above[1] + 1 == below[1] for above, below in lines)
    assert len(lines) == expected_lines(analysis.network, uses(analysis), rows)


def test_the_lines_of_wavenet() -> None:
    ax, *_ = plot_layers(of([1, 2, 4], kernel=2, dims=1, causal=True)).axes
    assert sorted(segments(ax)) == sorted(
        ((float(-place), height), (float(-place - step), height + 1.0))
        for height, rate in enumerate((4, 2, 1))
        for place in range(0, 8, 2 * rate)
        for step in (0, rate)
    )
    assert ax.get_xlabel() == "samples from the output"


def test_ways_around_are_lines_too() -> None:
    ax, *_ = plot_layers(analyze(residual(1))).axes
    assert ((0.0, 0.0), (0.0, 2.0)) in segments(ax)
    assert sum(above[1] == 0 for above, _ in segments(ax)) == 4


def test_lines_lead_up_and_down_through_phases() -> None:
    ax, *_ = plot_layers(analyze(hourglass(1), position=(1,))).axes
    lines = segments(ax)
    assert [sum(above[1] == height for above, _ in lines) for height in range(5)] == [3, 3 + 3, 2 * 3, 4 * 2, 8 * 3]
    assert {below[1] - above[1] for above, below in lines if above[1] == 1} == {1.0, 3.0}


def test_padding_between_layers_shifts_the_lines() -> None:
    layers = [conv("a", dims=1), conv("pad", kernel=1, padding=(2, 5), dims=1), conv("b", dilation=2, dims=1)]
    padded, plain = (plot_layers(analyze(assemble("n", part))).axes[0] for part in (layers, layers[::2]))
    assert len(segments(plain)) == 3 + 3 * 3
    lines = {(a[0], b[0]) for a, b in segments(padded)}
    assert lines == {(a[0], b[0]) for a, b in segments(plain)}


def test_rows_name_their_layers() -> None:
    ax, *_ = plot_layers(of([2, 4], dims=1)).axes
    labels = dict(zip(ax.get_yticks(), (label.get_text() for label in ax.get_yticklabels()), strict=True))
    assert labels == {0: "output", 2: "input", 0.5: "conv2\nkernel 3, rate 4", 1.5: "conv1\nkernel 3, rate 2"}


def test_many_positions_are_merged_and_both_kinds_are_seen() -> None:
    figure = plot_layers(of([2**place for place in range(10)], kernel=2, dims=1, causal=True))
    ax, *_ = figure.axes
    assert "in a ring of the colour of what is not read if one is not" in texts(figure)
    rings, full = dots(ax, OFF), dots(ax, counts_colours("viridis", dark=False)(1.0))
    assert sum(y == 5 for _, y in rings.keys() & full.keys()) == 32
    assert len(segments(ax)) == 2046
    sizes = {float(group.get_sizes()[0]) for group in ax.collections if isinstance(group, PathCollection)}
    assert min(sizes) > 0.3


def test_lines_to_maps_left_out_are_named_with_them() -> None:
    figure = plot_layers(of([1, 2] * 6 + [1], dims=1))
    assert "Not shown: one map in between and the lines to it." in texts(figure)


def test_too_many_lines_are_left_out_and_it_is_said() -> None:
    figure = plot_layers(of([1] * 8, kernel=31, dims=1))
    assert not any(isinstance(one, LineCollection) for one in figure.axes[0].collections)
    assert "lines from positions to what they read are not shown." in texts(figure)


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
