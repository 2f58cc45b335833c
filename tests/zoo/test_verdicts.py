"""What the design rules say of published networks, row by row as agreed, and the facts beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from rfscope import zoo
from rfscope.exact.analysis import Analysis, analyze
from rfscope.exact.pieces import Run
from rfscope.network.build import chain
from rfscope.network.graph import Network
from rfscope.network.parts import between
from rfscope.network.residual import stage_rates
from rfscope.rules import RULES
from rfscope.wording import percent
from rfscope.zoo.resnet import DEPTHS, stages

JUDGED = ("RFS101", "RFS102", "RFS103", "RFS105")


def judged(network: Network) -> str:
    analysis = analyze(network)
    found = [(one.code, one.level) for rule in RULES if rule.code in JUDGED for one in rule.findings(analysis)]
    return ", ".join(f"{code} {level}" for code, level in found)


def with_dense_head(dilations: tuple[int, ...], *, contract: bool = False, multi_grid: bool = False) -> Network:
    """A ResNet-50 of output stride 8 (16 with a multi-grid) and a 3x3 convolution behind it."""
    rates = stage_rates(DEPTHS[50], dilations, contract_dilation=contract)
    if multi_grid:
        rates[-1] = [2, 4, 8]
    layers = stages(rates, (1, 2, 2 if multi_grid else 1, 1), deep_stem=True)
    layers.conv("head", 3)
    return layers.network()


D8 = (1, 1, 2, 4)
NOTHING = ""
GRID = "RFS102 warning"
GRID_SMOOTHED = "RFS102 info"

VERDICTS: list[tuple[str, Callable[[], Network], str]] = [
    ("2,4,8", partial(zoo.load, "hdc-2-4-8"), "RFS101 error, RFS102 warning, RFS103 warning"),
    ("1,2,5", partial(zoo.load, "hdc-1-2-5"), NOTHING),
    ("large kernel attention", partial(zoo.load, "large-kernel-attention"), NOTHING),
    ("HDC-DUC", partial(zoo.load, "hdc-duc"), NOTHING),
    ("1,2,4", partial(chain, (1, 2, 4)), GRID),
    ("context module", partial(zoo.load, "context-module"), GRID_SMOOTHED),
    ("multi-grid", partial(zoo.load, "resnet-50-multi-grid"), GRID),
    ("multi-grid, dense head", partial(with_dense_head, (1, 1, 1, 2), multi_grid=True), GRID_SMOOTHED),
    ("D8 contracted", partial(zoo.load, "resnet-v1c-50-d8"), GRID),
    ("D8 uncontracted", partial(zoo.load, "resnet-v1c-50-d8-uncontracted"), GRID),
    ("D8 contracted, dense head", partial(with_dense_head, D8, contract=True), GRID_SMOOTHED),
    ("D8 uncontracted, dense head", partial(with_dense_head, D8), GRID_SMOOTHED),
    ("ASPP on a dense backbone", partial(zoo.load, "aspp-on-dense"), NOTHING),
    ("ASPP on D8", partial(zoo.load, "aspp-on-d8"), GRID_SMOOTHED),
    ("DRN-A", partial(zoo.load, "drn-a-18"), GRID),
    ("DRN-C", partial(zoo.load, "drn-c-26"), GRID_SMOOTHED),
    ("ESPNet's module", partial(zoo.load, "esp-module"), NOTHING),
    ("WaveNet", partial(zoo.load, "wavenet"), GRID_SMOOTHED),
    ("TCN without a rate of 1", partial(zoo.load, "tcn-2-4-8"), "RFS101 error, RFS102 info, RFS103 warning"),
]


@pytest.mark.parametrize(("network", "expected"), [pytest.param(*row[1:], id=row[0]) for row in VERDICTS])
def test_verdict(network: Callable[[], Network], expected: str) -> None:
    assert judged(network()) == expected


def runs(name: str) -> tuple[Run, ...]:
    return analyze(zoo.load(name)).schedules[-1].runs


@pytest.mark.parametrize(
    ("name", "layers"), [("resnet-v1c-50-d8", 8), ("resnet-v1c-50-d8-uncontracted", 9), ("resnet-50-multi-grid", 3)]
)
def test_the_dilated_stages_are_one_run_that_shares_a_factor(name: str, layers: int) -> None:
    (run,) = runs(name)
    assert (len(run.steps), run.factor, run.lead_out, run.pyramid) == (layers, 2, 0, False)
    assert run.isolated == layers


def test_the_multi_grid_reads_27_percent_of_its_own_window() -> None:
    (run,) = runs("resnet-50-multi-grid")
    assert percent(run.own_share(2)) == "27 %"
    assert run.lead_in == 11  # five dense layers of the stage before


@pytest.mark.parametrize(
    "name", ["resnet-v1c-50-d8", "resnet-v1c-50-d8-uncontracted", "resnet-50-multi-grid", "context-module", "wavenet"]
)
def test_no_position_that_enters_the_piece_is_lost(name: str) -> None:
    analysis = analyze(zoo.load(name))
    schedule = analysis.schedules[-1]
    assert not analysis.judgement.has_holes(schedule)
    assert schedule.coverage.holes == 0


@pytest.mark.parametrize(
    ("name", "pyramid", "lead_in", "lead_out"),
    [
        ("aspp-on-dense", (12, 24, 36), 25, 1),
        ("esp-module", (2, 4, 8, 16), 1, 0),
        ("aspp-after-3x3", (6, 12, 18), 3, 0),
    ],
)
def test_a_pyramid_is_a_fact_and_no_accusation(
    name: str, pyramid: tuple[int, ...], lead_in: int, lead_out: int
) -> None:
    (run,) = runs(name)
    assert (tuple(taps.rate for taps in run.taps), run.pyramid) == (pyramid, True)
    assert (run.lead_in, run.lead_out) == (lead_in, lead_out)
    assert not run.never_meets


def test_a_branch_of_rate_36_needs_a_lead_in_of_36() -> None:
    rule = next(rule for rule in RULES if rule.code == "RFS106")
    found = list(rule.findings(analyze(zoo.load("aspp-on-dense"))))
    assert [(one.node, one.level) for one in found] == [("aspp.36", "info")]


def test_on_a_dilated_backbone_the_pyramid_is_part_of_the_run() -> None:
    (run,) = runs("aspp-on-d8")
    assert [taps.rate for taps in run.taps] == [2] * 6 + [4] * 3 + [12, 24, 36]
    assert not run.pyramid


def test_the_schedule_of_hdc_duc_is_judged_without_its_pyramid() -> None:
    found = analyze(zoo.load("hdc-duc")).schedules[-1]
    assert {run.factor for run in found.runs} == {1}
    assert found.hole_free
    assert found.m2_ok


@pytest.mark.parametrize(("name", "isolated", "layers"), [("drn-a-18", 8, 11), ("drn-c-26", 0, 15)])
def test_how_late_neighbours_meet_in_dilated_residual_networks(name: str, isolated: int, layers: int) -> None:
    schedule = analyze(zoo.load(name)).schedules[-1]
    assert (schedule.meeting.isolated, len(schedule.taps)) == (isolated, layers)


@pytest.mark.parametrize(
    ("name", "index", "used"),
    [("resnet-v1c-50-d8", 0.333, "100 %"), ("resnet-v1c-50-d8-uncontracted", 1.0, "26 %")],
)
def test_behind_the_second_stage(name: str, index: float, used: str) -> None:
    part: Analysis = analyze(between(zoo.load(name), "layer2", "layer4"))
    assert part.schedules[0].gridding_index == pytest.approx(index, abs=0.0005)
    assert percent(part.output.coverage.share) == used
