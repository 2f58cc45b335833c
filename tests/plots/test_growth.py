"""The curves by depth, read back from their lines."""

from __future__ import annotations

from math import sqrt

import numpy as np  # noqa: TID253
import pytest
from matplotlib.figure import Figure  # noqa: TID253

from rfscope import limits
from rfscope.errors import UnsupportedError
from rfscope.exact import depth
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import assemble, chain, conv
from rfscope.network.graph import Network
from rfscope.network.parts import up_to
from rfscope.plots.growth import plot_growth
from tests.plots.reading import aspp, box, everything, hourglass, merge, of, residual, up, uses

QUANTITIES = ("receptive field", "spread", "never read", "overlap")


def curves(figure: Figure, network: int = 0) -> list[list[float]]:
    """The markers of each panel, nothing where there is none."""
    names = [text.get_text() for text in figure.texts if text.get_rotation() == 90]
    found = dict(zip(names, figure.axes, strict=True))
    drawn = [[ax for name, ax in found.items() if name.startswith(quantity)] for quantity in QUANTITIES]
    return [np.asarray(axes[0].lines[2 * network + 1].get_ydata()).round(6).tolist() if axes else [] for axes in drawn]


def names(figure: Figure) -> list[str]:
    return [label.get_text() for label in figure.axes[-1].get_xticklabels()]


def texts(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.texts if text.get_rotation() == 0).replace("\n      ", " ")


SCHEDULES = {
    "2,4,8": ([2, 4, 8], [5, 13, 29], [100 * (1 - 9 / 25), 100 * (1 - 49 / 169), 100 * (1 - 225 / 841)], [0, 0, 0]),
    "1,2,4": ([1, 2, 4], [3, 7, 15], [0, 0, 0], [100 * 14 / 15, 0, 0]),
}


@pytest.mark.parametrize(("rates", "sizes", "holes", "shares"), SCHEDULES.values(), ids=SCHEDULES)
def test_the_curves_of_a_schedule(rates: list[int], sizes: list[int], holes: list[float], shares: list[float]) -> None:
    spread = [sqrt(sum(rate**2 for rate in rates[: place + 1]) * 8 / 12) for place in range(3)]
    figure = plot_growth(of(rates), caption=True)
    found = curves(figure)
    assert found[0] == sizes
    assert found[1] == pytest.approx(spread, abs=1e-6)
    assert found[2] == pytest.approx(holes if len(set(holes)) > 1 else [], abs=1e-6)
    assert found[3] == pytest.approx(shares if len(set(shares)) > 1 else [], abs=1e-6)
    said = [f"never read, {holes[0]:g} %"] * (not found[2]) + [f"overlap of adjacent outputs, {shares[0]:g} %"] * (
        not found[3]
    )
    assert ("not drawn: " + "; ".join(said) in texts(figure)) == bool(said)


def measured(analysis: Analysis) -> tuple[int, float, float]:
    """Size, spread and holes of one output from its counts, down the first axis."""
    counts = box(uses(analysis)["input"])
    line = counts.sum(axis=1)
    places = np.arange(len(line))
    mean = (line * places).sum() / line.sum()
    return len(line), sqrt((line * (places - mean) ** 2).sum() / line.sum()), 100 * (counts == 0).mean()


NETWORKS = {
    "merges behind a layer belong to it": (residual(), ["a", "b"], ["a", "sum"]),
    "the widest of equal branches": (aspp(), ["stem", "rate18"], ["stem", "all"]),
    "the longest way": (
        hourglass(),
        ["first", "down", "inner", "up", "last"],
        ["first", "down", "inner", "both", "last"],
    ),
}


@pytest.mark.parametrize(("network", "layers", "ends"), NETWORKS.values(), ids=NETWORKS)
def test_each_depth_is_the_network_up_to_there(network: Network, layers: list[str], ends: list[str]) -> None:
    figure = plot_growth(analyze(network))
    assert names(figure) == layers
    expected = [measured(analyze(up_to(network, end))) for end in ends]
    found = curves(figure)
    largest = [analyze(up_to(network, end)).output.axes[0].size_max for end in ends]
    assert found[0] == largest
    assert found[1] == pytest.approx([spread for _, spread, _ in expected], abs=1e-6)
    holes = [holes for _, _, holes in expected]
    assert found[2] == pytest.approx(holes if len({round(one, 6) for one in holes}) > 1 else [], abs=1e-6)


def test_neighbour_shares_are_those_of_the_layers_inputs() -> None:
    analysis = analyze(hourglass(), position=(1, 0))
    share = {layer.node.name: layer.neighbour_share[0] for layer in analysis.layers}
    found = curves(plot_growth(analysis))[3]
    layers = ("first", "down", "inner", "up", "last")
    assert found == pytest.approx([100 * (share[name] or 0) for name in layers], abs=1e-6)


def test_the_field_is_shaded_over_its_phases() -> None:
    layers = [conv("a", kernel=2, stride=2, padding=(0, 0)), up("b", "a"), conv("c", kernel=2)]
    (band,) = plot_growth(analyze(assemble("n", layers))).axes[0].collections
    corners = np.asarray(band.get_paths()[0].vertices)
    assert {float(y) for x, y in corners if x == 3.5} == {2, 4}
    assert {float(y) for x, y in corners if x < 2.5} == {2}


def test_networks_are_lines_with_a_legend() -> None:
    figure = plot_growth(of([1, 2, 5], name="_a"), of([2, 4], name=r"$\bad$"))
    assert [len(ax.lines) for ax in figure.axes] == [2 * 2] * 4
    assert curves(figure, 1)[0] == [5, 13]
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["_a", r"$\bad$"]
    assert len({str(line.get_marker()) for line in figure.axes[0].lines[1::2]}) == 2
    assert len({str(line.get_color()) for line in figure.axes[0].lines}) == 2
    assert names(figure) == ["conv1", "conv2", "conv3"]


def test_layers_of_different_names_are_numbered() -> None:
    figure = plot_growth(of([1, 2, 5]), analyze(residual()))
    assert figure.axes[-1].get_xlabel() == "layer"


def test_the_size_of_the_input_is_a_line_and_fields_go_beyond_it() -> None:
    figure = plot_growth(analyze(chain([1, 2, 5]), input=(9, 9)))
    assert curves(figure)[0] == [3, 7, 17]
    (line,) = figure.axes[0].collections
    assert {float(y) for _, y in line.get_segments()[0]} == {9.0}  # type: ignore[attr-defined]
    assert "Dotted: the size of the input." in texts(figure)


def test_the_axis_along_which_most_is_seen_is_named() -> None:
    figure = plot_growth(analyze(assemble("wide", [conv("a", kernel=(3, 5)), conv("b", dilation=(1, 4))])))
    assert curves(figure)[0] == [5, 13]
    assert "wide: along axis 1" in texts(figure)


def test_a_global_operation_ends_the_curves() -> None:
    network = assemble("net", [conv("a"), everything("squeeze", "a"), merge("scale", "a", "squeeze"), conv("b")])
    assert names(plot_growth(analyze(network))) == ["a", "b"]


def test_what_takes_too_long_is_thinned_or_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = analyze(residual())
    monkeypatch.setattr(depth, "_WORK", 250)
    thinned = plot_growth(analysis)
    assert [len(curve) for curve in curves(thinned)] == [2, 1, 1, 0]
    assert "residual: spread and holes at every 2nd layer only, to save time" in texts(thinned)
    monkeypatch.setattr(depth, "_WORK", 10)
    bare = plot_growth(analysis)
    assert [len(curve) for curve in curves(bare)] == [2, 0, 0, 0]
    assert "residual: spread, holes and neighbour share would take too long" in texts(bare)


def test_what_is_over_a_limit_is_left_out_and_the_reason_given() -> None:
    with limits.raised({"axis": 8}):
        figure = plot_growth(analyze(residual()))
    assert [len(curve) for curve in curves(figure)] == [2, 2, 1, 0]
    assert "residual: over the limit 'axis'" in texts(figure)


def test_unknown_paddings_leave_the_sizes() -> None:
    figure = plot_growth(analyze(assemble("same", [conv("a", stride=2), merge("m", "a", "a"), conv("b")])))
    assert curves(figure)[0] == [3, 7]
    assert "the padding depends on the input's size" in texts(figure)


REFUSED = {
    "none": ([], "got 0, expected 1 to 12"),
    "too many": ([of([1])] * 13, "got 13, expected 1 to 12"),
    "pointwise": ([of([1], kernel=1)], "nothing to draw at 1: got pointwise layers only"),
}


@pytest.mark.parametrize(("analyses", "text"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_drawn_is_refused(analyses: list[Analysis], text: str) -> None:
    with pytest.raises(UnsupportedError, match=text):
        plot_growth(*analyses)


def test_a_callers_figure_is_drawn_in() -> None:
    figure = Figure(figsize=(9, 5), dpi=80)
    assert plot_growth(of([1, 2]), figure=figure) is figure
    assert tuple(figure.get_size_inches()) == (9, 5)
    assert figure.get_layout_engine() is None
