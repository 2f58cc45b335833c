"""Where a verdict comes from, on networks whose answer is known by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

import rfscope as rf
from rfscope import limits
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.where import Place, Share, share_skipped
from rfscope.network.graph import INPUT
from tests.zoo import well_known as known


def reduced(kernel: int, *rates: int) -> Analysis:
    """Three layers of stride 2 with so many taps, and then 3x3 layers with these rates."""
    net = known.Net()
    for _ in range(3):
        net.conv(kernel, stride=2)
    net.chain(*rates)
    return analyze(net.done())


def only(analysis: Analysis) -> Place:
    [place] = analysis.judgement.places
    return place


def test_a_stage_behind_strides_skips_while_the_image_is_read() -> None:
    analysis = reduced(4, 2, 4, 8)  # one position stands for 22 pixels of a grid of 8, so that every second is enough
    place = only(analysis)
    assert analysis.verdict == "holes"
    assert analysis.judgement.image_is_read is True
    assert (place.map, place.stride, place.first, place.last) == ("conv3", Fraction(8), "conv4", "conv6")
    assert place.share == Share(skipped=3, of=4, repeats=True)
    assert (place.cause, place.factor, place.rates, place.axes) == ("conv4", 2, (2, 4, 8), (0, 1))


def test_the_image_is_not_read_where_what_a_position_stands_for_is_too_small() -> None:
    assert reduced(2, 2, 4, 8).judgement.image_is_read is False
    assert reduced(2, 1, 1).judgement.image_is_read is True


def test_gridding_names_the_run_and_its_images() -> None:
    place = only(reduced(3, 1, 2, 4, 8))
    assert (place.map, place.stride, place.layers) == ("conv3", Fraction(8), ("conv5", "conv6", "conv7"))
    assert (place.factor, place.images, place.share, place.cause) == (2, 4, None, None)


def test_an_uneven_schedule_names_its_index() -> None:
    place = only(rf.analyze("1,1,1,1,1,11"))
    assert place.index is not None
    assert place.index > 0.5
    assert (place.first, place.last, place.images) == ("conv1", "conv6", 1)


def test_the_cause_is_the_layer_whose_rate_is_too_large() -> None:
    place = only(rf.analyze("1,2,9", dims=1))
    assert (place.cause, place.share) == ("conv3", Share(skipped=4, of=25, repeats=False))


def test_a_stride_that_skips_has_one_layer_and_no_rates() -> None:
    place = only(analyze(known.raw_stride(both=True)))
    assert (place.map, place.layers, place.rates, place.cause) == (INPUT, ("conv1",), (), "conv1")
    assert place.share == Share(skipped=3, of=4, repeats=True)


def test_a_branch_is_the_cause_where_it_skips_and_the_main_path_does_not() -> None:
    place = only(analyze(known.one_fusion()))
    assert (place.map, place.stride) == ("up2", Fraction(1, 4))
    assert set(place.rates) == {3, 12}


@pytest.mark.parametrize("rates", ["1,2,5", "2,2,2,1", "1,1,1"])
def test_a_sound_network_has_no_such_place(rates: str) -> None:
    assert rf.analyze(rates).judgement.places == ()


def test_pyramids_that_sample_are_facts_and_no_places() -> None:
    analysis = rf.analyze("zoo:aspp-on-dense")
    [branch] = analysis.judgement.sparse
    assert analysis.judgement.places == ()
    assert (branch.layer, branch.rate, branch.field) == ("aspp.36", 36, 25)
    assert set(branch.branches) == {f"aspp.{rate}" for rate in (12, 24, 36)}


def test_over_a_limit_no_share_is_said() -> None:
    analysis = rf.analyze("2,4,8", dims=1)
    assert analysis.outputs
    assert analysis.verdict == "holes"
    with limits.raised({"axis": 5}):
        assert only(analysis).share is None


@pytest.mark.parametrize(
    ("rates", "skipped", "of", "repeats"),
    [
        pytest.param("4,8", 3, 4, True, id="every fourth is read"),
        pytest.param("6,6,2", 1, 2, True, id="the smallest rate counts"),
        pytest.param("4,6", 12, 21, False, id="more is missing than the step says"),
        pytest.param("1,2,9", 4, 25, False, id="no common step"),
    ],
)
def test_a_pattern_repeats_only_where_nothing_else_is_missing(rates: str, skipped: int, of: int, repeats: bool) -> None:
    assert share_skipped(rf.analyze(rates, dims=1).output.coverage) == Share(skipped, of, repeats=repeats)
