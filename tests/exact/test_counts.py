from __future__ import annotations

from itertools import product
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.analysis import analyze
from rfscope.exact.counts import Counts
from rfscope.exact.dense import Dense
from rfscope.exact.spread import mass_radius, standard_deviation
from rfscope.exact.taps import Taps, axis_counts, axis_support, extent_of, input_taps, total_paths
from rfscope.network.build import chain
from rfscope.network.reads import Window
from tests import oracle


def multiplied(schedule: list[Taps]) -> list[int]:
    """The product of the layers' polynomials, coefficient by coefficient."""
    line = [1]
    for kernel, rate in schedule:
        behind = [0] * (len(line) + (kernel - 1) * rate)
        for place, count in enumerate(line):
            for tap in range(kernel):
                behind[place + tap * rate] += count
        line = behind
    return line


def sixty_layers() -> list[Taps]:
    return [Taps(3, rate) for rate in (1, 2, 5, 1, 2, 3)] * 10


def test_a_chain_of_60_layers_is_exact_beyond_any_machine_word() -> None:
    schedule = sixty_layers()
    counts = axis_counts(schedule)
    assert total_paths(schedule) == 3**60 > 10**28
    assert list(counts) == multiplied(schedule)
    assert sum(counts) == 3**60
    assert max(counts) > 2**64


@pytest.mark.parametrize("count", [8, 16, 20, 21, 39, 40, 41, 60, 64], ids="{}-layers".format)
def test_counts_at_the_edges_of_the_machine_words(count: int) -> None:
    """3^20 < 2^32 < 3^21 and 3^40 < 2^64 < 3^41; kernels of 2 reach every power exactly."""
    assert list(axis_counts([Taps(3, 1 + n % 4) for n in range(count)])) == multiplied(
        [Taps(3, 1 + n % 4) for n in range(count)]
    )
    assert list(axis_counts([Taps(2, 1)] * count)) == multiplied([Taps(2, 1)] * count)


@pytest.mark.parametrize("total", [255, 256, 257, 65_535, 65_536, 65_537])
def test_a_total_at_a_word_boundary_fits(total: int) -> None:
    """All paths in as few positions as can be: two layers, and one of a prime number of taps."""
    assert sum(axis_counts([Taps(total, 1)])) == total
    assert max(axis_counts([Taps(2, 1), Taps(total, 1)])) == 2


@given(st.lists(st.builds(Taps, st.integers(1, 7), st.integers(1, 12)), max_size=12))
def test_counts_are_the_coefficients_of_the_product(schedule: list[Taps]) -> None:
    counts = axis_counts(schedule)
    assert list(counts) == multiplied(schedule)
    assert len(counts) == extent_of(schedule)
    assert [place for place, count in enumerate(counts) if count] == [
        place for place in range(len(counts)) if axis_support(schedule) >> place & 1
    ]


def test_a_rate_counts_in_input_positions() -> None:
    windows = [Window(kernel=3, stride=2), Window(kernel=3, dilation=2, stride=3), Window(kernel=2, dilation=5)]
    assert input_taps(windows) == ((3, 1), (3, 4), (2, 30))


@settings(max_examples=50)
@given(st.lists(st.lists(st.builds(Taps, st.integers(1, 4), st.integers(1, 4)), max_size=3), min_size=1, max_size=3))
def test_the_dense_map_is_the_outer_product(axes: list[list[Taps]]) -> None:
    counts = Counts(tuple(axis_counts(taps) for taps in axes))
    dense = counts.map()
    assert dense.shape == counts.size
    for place in product(*map(range, counts.size)):
        assert dense[place] == prod(line[at] for line, at in zip(counts.factors, place, strict=True))
    assert (counts.min, counts.max, counts.paths) == (dense.min(), dense.max(), dense.sum())


@pytest.mark.parametrize("layers", [19, 20, 21, 22, 23, 24, 60])
def test_a_dense_map_never_wraps(layers: int) -> None:
    """In 2-D, the total of three-tap layers leaves int64 at 20 layers and the largest count at 22."""
    line = axis_counts([Taps(3, 1)] * layers)
    dense = Counts((line, line)).map()
    middle = len(line) // 2
    assert int(dense[middle, middle]) == line[middle] ** 2 == int(dense.max())
    assert sum(map(int, dense.ravel())) == 9**layers


def test_limits() -> None:
    with limits.raised({"axis": 6}), pytest.raises(LimitError, match="'axis'"):
        axis_counts([Taps(3, 3)])
    with limits.raised({"axis-bits": 10 * 8}), pytest.raises(LimitError, match="'axis-bits'"):
        axis_counts([Taps(3, 5)])
    with limits.raised({"cells": 8}), pytest.raises(LimitError, match="'cells'"):
        Counts(((1, 1, 1), (1, 1, 1))).map()


# Spread


@given(st.lists(st.builds(Taps, st.integers(1, 7), st.integers(1, 12)), max_size=6))
def test_the_deviation_is_that_of_the_counts(schedule: list[Taps]) -> None:
    line = dict(enumerate(multiplied(schedule)))
    assert standard_deviation(schedule) == pytest.approx(oracle.deviation(line), rel=1e-12)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_the_radius_holds_the_mass_and_a_smaller_one_does_not(inner: list[int]) -> None:
    counts = [1, *inner, 1]
    middle = (len(counts) - 1) / 2
    radius = float(mass_radius(counts))

    def held(limit: float) -> int:
        return sum(count for place, count in enumerate(counts) if abs(place - middle) <= limit)

    assert held(radius) * 10_000 >= 9545 * sum(counts)
    assert radius < 1 or held(radius - 1) * 10_000 < 9545 * sum(counts)


@pytest.mark.parametrize(
    ("counts", "radius"), [([1], 0), ([1, 1], 0.5), ([1, 0, 1], 1), ([1, 98, 1], 0), ([1, 100, 100, 1], 0.5)]
)
def test_radius_values(counts: list[int], radius: float) -> None:
    assert mass_radius(counts) == radius


@pytest.mark.parametrize(
    ("kernels", "strides"),
    [
        pytest.param([301, *[16] * 20], [1] * 21, id="more digits are added up than fit before they are carried"),
        pytest.param([7, 3, 9, 5, 7, 4], [2, 2, 3, 1, 2, 1], id="taps a stride apart"),
        pytest.param([8, 2, 6, 1, 4], [4, 2, 3, 2, 4], id="as many taps as strides, and fewer"),
    ],
)
def test_a_walk_counts_as_the_closed_form_does(kernels: list[int], strides: list[int]) -> None:
    output = analyze(chain([1] * len(kernels), kernel=kernels, stride=strides)).output
    walked = Dense(output.network, output.position, None).counts
    assert walked.size == output.counts.size
    assert (walked.max, walked.paths) == (output.counts.max, output.counts.paths)
    first, second = map(output.counts.marginal, (0, 1))
    row = walked.slice(walked.size[0] // 3).marginal(0)
    assert row == tuple(first[walked.size[0] // 3] * count for count in second)
