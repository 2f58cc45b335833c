"""Trees: the nodes drawn are those that brute force says are read, lines lead to what they are made from, words fit."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np  # noqa: TID253
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes  # noqa: TID253
from matplotlib.figure import Figure  # noqa: TID253

from rfscope.errors import RfscopeError, UnsupportedError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import assemble, chain, conv
from rfscope.network.graph import INPUT, Network
from rfscope.plots import render
from rfscope.plots.look import LIGHT, lightness
from rfscope.plots.settings import left_out
from rfscope.plots.tree import plot_tree
from rfscope.plots.tree_marks import Dot, Marks, Paper, marks
from rfscope.plots.tree_rows import Tree, tree
from rfscope.targets import Reading, examine
from tests import oracle
from tests.plots.overlap import faults
from tests.plots.reading import aspp, figure_of, hourglass, legends, merge, of, residual
from tests.program import rfscope

WAVENET = [2**place for place in range(10)]
WIDE = 1000.0
"""Points a sample at which every node is a dot."""


def wide(found: Tree) -> tuple[Marks, Paper]:
    """What is drawn where there is room for all."""
    ends = [row.axis.at(place) for row in found.rows for place in (row.used[0], row.used[-1])]
    paper = Paper(Fraction(0), 1.0, WIDE, min(ends), max(ends))
    return marks(found, paper), paper


def places(found: Tree, dots: list[Dot]) -> dict[str, set[int]]:
    """The positions that dots stand for, by the map they are of."""
    named: dict[str, set[int]] = {row.sheet.name: set() for row in found.rows}
    for x, y, _ in dots:
        (row,) = (row for row in found.rows if row.height == y)
        place = (Fraction(x).limit_denominator(10**6) - row.axis.origin) / row.axis.stride
        assert place.denominator == 1
        named[row.sheet.name].add(int(place))
    return named


layer: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"kernel": st.integers(1, 4), "dilation": st.integers(1, 4), "padding": st.tuples(*[st.integers(0, 3)] * 2)}
)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Chains with strides, or branches and ways around at one resolution."""
    if draw(st.booleans()):
        strides = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
        return assemble("chain", [conv(f"c{at}", dims=1, stride=s, **draw(layer)) for at, s in enumerate(strides)])
    nodes = [conv("c0", dims=1, **draw(layer))]
    for at in range(1, draw(st.integers(2, 5))):
        source = draw(st.sampled_from([INPUT, *(node.name for node in nodes)]))
        nodes.append(conv(f"c{at}", dims=1, inputs=[source], **draw(layer)))
    ends = draw(st.lists(st.sampled_from([INPUT, *(node.name for node in nodes)]), unique=True, min_size=1, max_size=3))
    return assemble("branches", [*nodes, merge("end", nodes[-1].name, *ends, dims=1)])


@settings(max_examples=80)
@given(networks(), st.integers(-3, 3))
def test_the_nodes_drawn_are_those_that_are_read(network: Network, at: int) -> None:
    analysis = analyze(network, position=(at,))
    found = tree(analysis)
    made, paper = wide(found)
    traced = oracle.trace(analysis.network, analysis.output.node, (at,))
    read, unread, lost = (places(found, dots) for dots in (made.read, made.unread, made.holes))
    skipped = {INPUT, *(one.map for one in analysis.judgement.skipped)}
    assert {INPUT, analysis.output.node} <= {row.sheet.name for row in found.rows}
    for row in found.rows:
        name = row.sheet.name
        expected = {place for (place,) in traced[name]}
        assert read[name] == expected
        inside = set(range(min(expected), max(expected) + 1)) - expected
        assert lost[name] == (inside if name in skipped else set())
        assert read[name] | unread[name] | lost[name] == set(row.lattice(paper.low, paper.high))
        assert not unread[name] & (read[name] | lost[name])


@settings(max_examples=80)
@given(networks())
def test_lines_lead_from_each_node_to_all_that_it_is_made_from(network: Network) -> None:
    analysis = analyze(network)
    found = tree(analysis)
    made, _ = wide(found)
    ends = {(a, b) for a, b in made.lines} | {(a, b) for a, _, b in made.shortcuts}
    assert not made.areas
    dots = {(x, y) for x, y, _ in made.read}
    assert {point for line in ends for point in line} <= dots
    tops, bottoms = {a for a, _ in ends}, {b for _, b in ends}
    assert bottoms == dots - {(x, y) for x, y in dots if y == 0}
    assert tops >= {(x, y) for x, y in dots if y < len(found.rows) - 1}


def test_the_lines_of_wavenet() -> None:
    made, _ = wide(tree(of([1, 2, 4], kernel=2, dims=1, causal=True)))
    assert sorted(made.lines) == sorted(
        ((float(-place), float(height)), (float(-place - step), height + 1.0))
        for height, rate in enumerate((4, 2, 1))
        for place in range(0, 8, 2 * rate)
        for step in (0, rate)
    )
    assert not made.shortcuts


def test_ways_around_are_told_from_lines() -> None:
    made, _ = wide(tree(analyze(residual(1))))
    assert [(top, end) for top, _, end in made.shortcuts] == [((0.0, 0.0), (0.0, 2.0))]
    assert len(made.lines) == 3 + 3 * 3
    assert [bend for _, (bend, _), _ in made.shortcuts] > [0]


def test_padding_is_not_drawn_of_a_map_that_has_an_end() -> None:
    analysis = analyze(chain([1, 2], dims=1), input=(6,), position=(0,))
    made, _ = wide(found := tree(analysis))
    assert places(found, made.read)[INPUT] == {0, 1, 2, 3}
    assert min(min(named, default=0) for named in places(found, made.unread).values()) >= 0


def test_close_nodes_are_bars_and_close_lines_areas() -> None:
    found = tree(of(WAVENET, kernel=2, dims=1, causal=True))
    made = marks(found, Paper(Fraction(0), 1.0, 0.2, Fraction(-1023), Fraction(0)))
    by_row = [sum(y == height for _, y, _ in made.read) for height in range(11)]
    assert by_row == [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0]
    assert [(bar.left, bar.right, bar.y) for bar in made.full] == [(-1023, 0, 10)]
    assert [(bar.left, bar.right, bar.y) for bar in made.mixed] == [(-1020, 0, 8), (-1022, 0, 9)]
    assert {corner[1] for area in made.areas for corner in area} == {8.0, 9.0, 10.0}
    assert not made.lost
    assert [bar.y for bar in made.idle] == [float(height) for height in range(10)]


def test_close_nodes_never_read_are_a_bar_in_their_colour() -> None:
    found = tree(of([2, 4, 8, 16], dims=1))
    made = marks(found, Paper(Fraction(0), 1.0, 0.2, Fraction(-30), Fraction(30)))
    assert [(bar.left, bar.right, bar.y) for bar in made.lost] == [(-30, 30, 4)]


def test_of_many_rows_the_middle_is_left_out_and_it_is_said() -> None:
    ax = plot_tree(of([1, 2] * 20, kernel=2, dims=1, causal=True))
    found = tree(of([1, 2] * 20, kernel=2, dims=1, causal=True))
    assert (len(found.rows), found.left_out, found.gap) == (32, 9, 16)
    assert "9 maps not shown" in labels(ax).values()
    made, _ = wide(found)
    assert not any(top[1] < 16 < end[1] for top, end in made.lines)


def labels(ax: Axes) -> dict[float, str]:
    return dict(zip(map(float, ax.get_yticks()), (one.get_text() for one in ax.get_yticklabels()), strict=True))


def drawn(ax: Axes, name: str) -> int:
    """How many nodes of a kind are drawn."""
    return sum(len(np.asarray(one.get_offsets())) for one in ax.collections if one.get_label() == name)


def test_what_is_drawn_is_what_was_found() -> None:
    ax = plot_tree(of([2, 4, 8], dims=1))
    made, _ = wide(tree(of([2, 4, 8], dims=1)))
    assert [drawn(ax, name) for name in ("read", "unread", "holes")] == [1 + 3 + 7 + 15, 28 + 26 + 22, 14]
    assert len(made.read) == 26
    (holes,) = (one for one in ax.collections if one.get_label() == "holes")
    assert [tuple(face) for face in np.asarray(holes.get_facecolor())] == [tuple(_rgba(LIGHT.hole))]
    assert legends(figure_of(ax)) == ["not on a path to this output", "never read"]


def _rgba(colour: str) -> tuple[float, float, float, float]:
    from matplotlib.colors import to_rgba

    return to_rgba(colour)


def timed(rates: str, **given: Any) -> Analysis:
    return examine(rates, Reading(dims=1, sample_rate=16_000, **given))


LABELS: Mapping[str, tuple[Analysis, dict[str, Any], dict[float, str]]] = {
    "in full": (
        of([2, 4], dims=1),
        {},
        {0: "output", 0.5: "conv2\nkernel 3, rate 4", 1.5: "conv1\nkernel 3, rate 2", 2: "input"},
    ),
    "in time": (
        timed("1,2", kernel="2", causal=True),
        {},
        {
            0: "output",
            0.5: "conv2\nkernel 2, rate 2 (0.125 ms)",
            1.5: "conv1\nkernel 2, rate 1 (0.0625 ms)",
            2: "input",
        },
    ),
    "strides": (
        timed("1,1", kernel="4,10", stride="2,5"),
        {},
        {
            0: "output",
            0.5: "conv2\nkernel 10, stride 5 (0.125 ms)",
            1.5: "conv1\nkernel 4, stride 2 (0.0625 ms)",
            2: "input",
        },
    ),
    "in a column": (
        timed("1,2", kernel="2", causal=True),
        {"width": "column"},
        {0: "output", 0.5: "rate 2 (0.125 ms)", 1.5: "rate 1 (0.0625 ms)", 2: "input"},
    ),
    "branches": (
        analyze(aspp(1)),
        {},
        {
            0: "output",
            0.5: "rate6, rate12, rate18\nkernel 3, rates 6, 12, 18",
            1.5: "stem\nkernel 3, rate 1",
            2: "input",
        },
    ),
}


@pytest.mark.parametrize(("analysis", "options", "expected"), LABELS.values(), ids=LABELS)
def test_rows_say_who_reads_them_and_how(
    analysis: Analysis, options: dict[str, Any], expected: dict[float, str]
) -> None:
    assert labels(plot_tree(analysis, **options)) == expected


CAPTIONS: Mapping[str, tuple[Analysis, str, str]] = {
    "causal": (
        timed("1,2,4", kernel="2", causal=True),
        "1,2,4: OK, kernel 2, causal, one output reads 7 samples back and 0 ahead (0.438 ms and 0 ms at 16 kHz)",
        "ms from the output (in brackets: from tap to tap)",
    ),
    "both ways": (
        of([2, 4, 8], dims=1),
        "2,4,8: HOLES, kernel 3, one output reads 14 samples back and 14 ahead",
        "samples from the centre",
    ),
}


def test_the_caption_says_which_output_is_drawn() -> None:
    analysis = analyze(chain([1, 2], dims=1), input=(9,), position=(0,))
    assert left_out(figure_of(plot_tree(analysis, caption=False))).endswith("3 ahead, output at 0")


@pytest.mark.parametrize(("analysis", "caption", "axis"), CAPTIONS.values(), ids=CAPTIONS)
def test_the_caption_says_what_is_read_and_the_axis_from_where(analysis: Analysis, caption: str, axis: str) -> None:
    ax = plot_tree(analysis)
    assert [text.get_text().replace("\n      ", " ") for text in figure_of(ax).texts] == [caption]
    assert ax.get_xlabel() == axis
    narrow = figure_of(plot_tree(analysis, width="column", labels=["ours"]))
    assert narrow.texts == []
    assert left_out(narrow) == f"ours{caption[caption.index(':') :]}"


CASES: Mapping[str, Analysis] = {
    "wavenet": timed("1,2,4,8,16,32,64,128,256,512", kernel="2", causal=True),
    "holes": of([2, 4, 8], dims=1),
    "one layer": of([1], dims=1),
    "residual": analyze(residual(1)),
    "ASPP": analyze(aspp(1)),
    "phases": analyze(hourglass(1), position=(1,)),
    "codec": timed("1,1,1,1,1", kernel="7,4,8,10,16", stride="1,2,4,5,8", causal=True),
    "many rows": of([1, 2] * 20, kernel=2, dims=1),
    "far apart": of([1, 2, 3000], dims=1),
}


@pytest.mark.parametrize("analysis", CASES.values(), ids=CASES)
@pytest.mark.parametrize("options", [{"width": "column"}, {}, {"width": "slide", "dark": True, "title": "t"}], ids=str)
def test_no_two_texts_overlap_and_none_leaves_the_page(analysis: Analysis, options: Any) -> None:
    assert faults(figure_of(plot_tree(analysis, **options))) == []


@pytest.mark.parametrize("layout", [None, "constrained"])
def test_three_in_a_row_leave_each_other_alone(layout: Any) -> None:
    figure = Figure(figsize=(7, 2.4), layout=layout)
    grid = {} if layout else {"wspace": 0.9, "left": 0.13, "right": 0.98, "bottom": 0.34}
    for ax, rates in zip(figure.subplots(1, 3, gridspec_kw=grid), ([1, 2, 4], [2, 4, 8], [1, 2, 3]), strict=True):
        assert plot_tree(of(rates, dims=1), ax, title=str(rates)) is ax
    assert faults(figure) == []
    assert tuple(figure.get_size_inches()) == (7, 2.4)


SIZES = {"column": 3.35, "text": 7, "slide": 10, 5: 5}


@pytest.mark.parametrize(("width", "size"), SIZES.items())
def test_figures_are_as_wide_as_asked_for(width: Any, size: float) -> None:
    assert figure_of(plot_tree(of([2, 4], dims=1), width=width)).get_size_inches()[0] == size


def test_a_height_may_be_given() -> None:
    ax = plot_tree(of([2, 4], dims=1), width=4, height=3)
    assert tuple(figure_of(ax).get_size_inches()) == (4, 3)


def test_on_dark_paper_nodes_are_light() -> None:
    light, dark = (plot_tree(of([2, 4], dims=1), dark=dark) for dark in (False, True))
    read, hole = ([_shade(ax, name) for ax in (light, dark)] for name in ("read", "holes"))
    assert read[0] < hole[0] - 15
    assert read[1] > hole[1] + 15


def _shade(ax: Axes, name: str) -> float:
    return lightness(tuple(np.asarray(_collection(ax, name).get_facecolor())[0]))


def _collection(ax: Axes, name: str) -> Any:
    (found,) = (one for one in ax.collections if one.get_label() == name)
    return found


def test_a_file_is_the_same_every_time_and_small() -> None:
    first, second = (render(figure_of(plot_tree(of(WAVENET, kernel=2, dims=1, causal=True))), "svg") for _ in range(2))
    assert first == second
    assert len(first) < 600_000


def test_very_many_lines_are_an_image_inside_a_vector_file() -> None:
    data = render(figure_of(plot_tree(of([1] * 8, kernel=31, dims=1), dpi=150)), "svg")
    assert data.count(b"<image") == 1
    assert len(data) < 2_000_000


REFUSED: Mapping[str, tuple[Any, dict[str, Any], str]] = {
    "2-D": (of([1, 2, 5]), {}, "a tree is of a 1-D network at 1,2,5: got 2 axes, expected 1; use plot layers"),
    "3-D": (of([1, 2], dims=3), {}, "got 3 axes, expected 1; use plot layers"),
    "width": (of([1], dims=1), {"width": "page"}, "bad width of a picture: got page, expected column, text, slide or"),
    "height": (of([1, 2], dims=1), {"height": 0.9}, "too low for its rows at 1,2: got 0.9 inches, expected 1"),
    "no width": (of([1], dims=1), {"width": 0}, "bad width of a picture"),
}


@pytest.mark.parametrize(("analysis", "options", "said"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_drawn_is_refused(analysis: Analysis, options: dict[str, Any], said: str) -> None:
    with pytest.raises(RfscopeError, match=said):
        plot_tree(analysis, **options)


def test_what_reads_everything_or_nothing_is_refused() -> None:
    with pytest.raises(UnsupportedError, match="the padding depends on the input's size"):
        plot_tree(analyze(assemble("same", [conv("a", stride=2, dims=1)])))


def test_the_program_draws_trees_and_names_the_kind_for_two_axes() -> None:
    done = rfscope("plot", "tree", "1,2,5", "-o", "never.png")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "error: a tree is of a 1-D network at 1,2,5: got 2 axes, expected 1; "
        "use plot layers, or add --dims 1 to a list of rates\n"
    )
