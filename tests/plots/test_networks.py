"""Heatmaps and comparisons of networks that are no chains, and of finite inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np  # noqa: TID253
import pytest

from rfscope.errors import UnsupportedError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import assemble, chain, conv
from rfscope.plots.caption import caption
from rfscope.plots.compare import plot_compare
from rfscope.plots.heatmap import plot_heatmap
from tests.plots.reading import (
    aspp,
    box,
    everything,
    figure_of,
    holes,
    hourglass,
    legends,
    merge,
    numbers,
    residual,
    shown,
    up,
    uses,
)

NETWORKS = {
    "residual": analyze(residual()),
    "ASPP": analyze(aspp()),
    "phase 0, 0": analyze(hourglass()),
    "phase 1, 0": analyze(hourglass(), position=(1, 0)),
    "corner of a finite input": analyze(aspp(), input=(20, 24), position=(0, 23)),
    "chain in a finite input": analyze(chain([1, 2, 5]), input=(9, 12), position=(1, 6)),
    "up-sampled chain": analyze(assemble("up", [conv("a"), up("b", "a", kernel=3)]), position=(0, 1)),
}


@pytest.mark.parametrize("analysis", NETWORKS.values(), ids=NETWORKS)
def test_shows_the_counts_and_masks_the_holes(analysis: Analysis) -> None:
    ax = plot_heatmap(analysis)
    expected = box(uses(analysis)["input"])
    np.testing.assert_array_equal(shown(ax), expected)
    np.testing.assert_array_equal(holes(ax), expected == 0)
    assert legends(figure_of(ax)) == (["never read"] if (expected == 0).any() else [])


def test_writes_the_counts_of_a_map_into_its_cells() -> None:
    analysis = analyze(residual())
    counts = box(uses(analysis)["input"])
    expected = {(float(x - 4), float(y - 4)): str(counts[y, x]) for y, x in zip(*counts.nonzero(), strict=True)}
    assert len(expected) == 25
    assert numbers(plot_heatmap(analysis, annotate=True)) == expected


def test_one_axis_of_a_network_is_bars() -> None:
    analysis = analyze(residual(dims=1))
    _, bars = plot_heatmap(analysis).patches
    heights = bars.get_data().values  # type: ignore[attr-defined]
    np.testing.assert_array_equal(np.nan_to_num(heights), box(uses(analysis)["input"]))


def test_counts_beyond_machine_integers_keep_their_proportions() -> None:
    nodes, last = [], "input"
    for place in range(30):
        nodes += [conv(f"a{place}", inputs=[last]), merge(f"m{place}", f"a{place}", last)]
        last = f"m{place}"
    analysis = analyze(assemble("deep", nodes))
    counts = analysis.output.counts
    assert counts.max > 2**63
    values = shown(plot_heatmap(analysis))
    exact = np.array(counts.map(), dtype=object) / counts.max
    np.testing.assert_allclose(values / values.max(), exact.astype(float), rtol=1e-14)


def before_pool() -> Analysis:
    return analyze(assemble("classifier", [conv("a"), everything("pool", "a")]))


def excited() -> Analysis:
    return analyze(assemble("excited", [conv("a"), everything("squeeze", "a"), merge("scale", "a", "squeeze")]))


def deformed() -> Analysis:
    return analyze(assemble("deformed", [replace(conv("a"), data_dependent=True)]))


TITLES = {
    "no phases": (analyze(residual()), "residual: HOLES, 9x9 pixels, 25 of 81 used (31 %)"),
    "a phase": (NETWORKS["phase 1, 0"], "used (100 %), output phase (1, 0)"),
    "a place": (NETWORKS["corner of a finite input"], "output at (0, 23)"),
    "a place on a line": (
        analyze(chain([1], dims=1), input=(9,)),
        "1: OK, 3 samples, 3 of 3 used (100 %), output at 4",
    ),
    "everything behind": (before_pool(), "before pool, which reads everything"),
    "everything beside": (excited(), "without the paths through squeeze, which read everything"),
    "a lower bound": (deformed(), "a lower bound: the data decide what else is read"),
}


@pytest.mark.parametrize(("analysis", "part"), TITLES.values(), ids=TITLES)
def test_says_which_output_and_what_is_left_out(analysis: Analysis, part: str) -> None:
    assert part in plot_heatmap(analysis).get_title(loc="left").replace("\n      ", " ")


CAPTIONS = {
    "pyramid": (analyze(aspp()), "225 of 1521 used (15 %), gcd 1, gridding index of the schedule 0.00"),
    "serial run": (analyze(residual()), "M₂ = 2 ≤ 3, gcd 2, gridding index of the schedule 1.00"),
    "nothing dilated": (analyze(hourglass()), "used (100 %), output phase (0, 0)"),
    "finite chain": (analyze(chain([2]), input=(9, 9)), "gcd 2, gridding index of the schedule 1.00"),
}


@pytest.mark.parametrize(("analysis", "end"), CAPTIONS.values(), ids=CAPTIONS)
def test_captions_say_whose_the_index_is(analysis: Analysis, end: str) -> None:
    assert caption(analysis).endswith(end)


def test_chains_and_networks_are_compared_on_one_scale() -> None:
    figure = plot_compare(analyze(residual()), analyze(chain([2, 4])))
    first, second, _ = figure.axes
    np.testing.assert_array_equal(shown(first), box(uses(analyze(residual()))["input"]))
    assert {(ax.images[0].norm.vmin, ax.images[0].norm.vmax) for ax in (first, second)} == {(1, 10)}
    assert "(b) 2,4: HOLES, 13x13 pixels" in figure.texts[0].get_text()


def test_what_is_left_out_is_said_of_each_network() -> None:
    lines = plot_compare(before_pool(), excited()).texts[0].get_text().replace("\n      ", " ").splitlines()
    assert [line.partition("; ")[2] for line in lines] == [
        "before pool, which reads everything",
        "without the paths through squeeze, which read everything",
    ]


def test_an_output_that_reads_nothing_is_refused() -> None:
    gaps = assemble("gaps", [conv("a"), up("b", "a", kernel=1)])
    assert plot_heatmap(analyze(gaps)).images
    with pytest.raises(UnsupportedError, match="nothing to draw"):
        plot_heatmap(analyze(gaps, position=(0, 1)))
