"""No two texts of a picture overlap, none leaves it, and none is too small: every kind, at every width."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib.figure import Figure  # noqa: TID253

import rfscope as rf
from tests.plots.contact import KINDS, LOOKS, OF_NETWORKS, drawn, subjects
from tests.plots.overlap import faults
from tests.plots.reading import of

SLOW = {"ResNet-50 D8", "DeepLab v1", "large and small", "1,2,5,10,32,64"}
"""Drawn in one look only here; in all of them on the contact sheet."""

PICTURES = [
    pytest.param(kind, name, look, id=f"{kind}, {name}, {title}")
    for kind in KINDS
    for title, look in LOOKS.items()
    for name in subjects(kind)
    if title == "column" or (name not in SLOW and title != "column, dark")
]


@pytest.mark.parametrize(("kind", "name", "look"), PICTURES)
def test_texts_stand_apart_on_the_page_and_can_be_read(kind: str, name: str, look: dict[str, Any]) -> None:
    assert faults(drawn(kind, name, **look)) == []


@pytest.mark.parametrize("layout", [None, "constrained", "compressed"])
@pytest.mark.parametrize("options", [{}, {"cbar": False}, {"dark": True}], ids=["bar", "no bar", "dark"])
def test_a_row_of_three_has_room(layout: Any, options: dict[str, Any]) -> None:
    figure = Figure(figsize=(7, 2.4), layout=layout)
    for ax, rates in zip(figure.subplots(1, 3), ("1,2,5", "2,4,8", "1,2,4,8,16"), strict=True):
        before = len(figure.axes)
        assert rf.plot_heatmap(rates, ax, **options) is ax
        assert len(figure.axes) == before + ("cbar" not in options)
    assert faults(figure) == []


def test_neighbours_are_left_alone() -> None:
    figure = Figure(figsize=(7, 2.4))
    left, middle, right = figure.subplots(1, 3)
    left.plot([0, 1])
    before = [ax.get_position().bounds for ax in (left, right)]
    rf.plot_heatmap("2,4,8", middle)
    figure.draw_without_rendering()
    assert [ax.get_position().bounds for ax in (left, right)] == before
    assert left.get_xlim() == (-0.05, 1.05)


def test_the_colour_bar_goes_where_it_is_told() -> None:
    figure = Figure(figsize=(5, 3), layout="constrained")
    ax, bar = figure.subplots(1, 2, width_ratios=[10, 1])
    rf.plot_heatmap("2,4,8", ax, cbar_ax=bar, title="")
    assert figure.axes == [ax, bar]
    assert bar.get_ylabel() == "paths per pixel"
    assert ax.get_title() == ""


def test_counts_that_do_not_fit_axes_are_told() -> None:
    ax = Figure(figsize=(2, 2)).subplots()
    with pytest.warns(UserWarning, match="The counts are not written"):
        rf.plot_heatmap("2,4,8", ax, annotate=True)
    assert not ax.texts


FAULTY = {
    "over each other": ((0.1, 0.5, "first"), (0.12, 0.5, "second"), "'first' and 'second' overlap"),
    "off the page": ((0.1, 0.5, "first"), (0.97, 0.5, "second"), "'second' leaves the figure"),
    "apart": ((0.1, 0.5, "first"), (0.1, 0.8, "second"), None),
}


@pytest.mark.parametrize(("one", "other", "said"), FAULTY.values(), ids=FAULTY)
def test_the_check_can_fail(one: Any, other: Any, said: str | None) -> None:
    figure = Figure(figsize=(3, 2))
    for left, bottom, text in (one, other):
        figure.text(left, bottom, text)
    assert faults(figure) == ([said] if said else [])


def test_the_check_sees_small_print_and_texts_over_axes() -> None:
    figure = Figure(figsize=(6, 4))
    figure.subplots()
    figure.text(0.5, 0.5, "over", fontsize=5)
    assert faults(figure) == ["'over' is printed in 5.00 points", "'over' lies over axes"]


WIDTHS = {"column": 3.35, "text": 7.0, "slide": 10.0, "inches": 5.5}


@pytest.mark.parametrize("name", WIDTHS)
def test_pictures_are_as_wide_as_they_are_told(name: str) -> None:
    width: Any = name if name != "inches" else 5.5
    analyses = of([2, 4]), of([1, 2, 4], dims=1)
    for analysis in analyses:
        for kind in OF_NETWORKS:
            figure = getattr(rf, f"plot_{kind}")(analysis, width=width, height=6, dpi=144).figure
            assert tuple(figure.get_size_inches()) == (WIDTHS[name], 6)
            assert figure.dpi == 144
            assert faults(figure) == []


ODD: dict[str, Any] = {
    "one layer": "1",
    "one pixel": rf.chain([1], kernel=1),
    "one far tap": rf.chain([300]),
    "one far tap in time": rf.chain([5000], dims=1),
    "a hostile name": rf.chain([1, 2, 5], name="</script>$x_1$ \N{CJK UNIFIED IDEOGRAPH-6F22}"),
}


@pytest.mark.filterwarnings("ignore:Glyph")
@pytest.mark.parametrize("width", [3.0, "column", None], ids=str)
@pytest.mark.parametrize("name", ODD)
def test_odd_networks_have_room(name: str, width: Any) -> None:
    for kind in OF_NETWORKS:
        if (name, kind) != ("one pixel", "growth"):
            assert faults(getattr(rf, f"plot_{kind}")(ODD[name], width=width).figure) == []
