from __future__ import annotations

import json
from typing import Any

import pytest

import rfscope as rf
from rfscope.text.as_json import analysis_data, dump

TOP = (
    "schema_version tool name dims input of inputs verdict notes outputs layers schedules unknown verification left_out"
)
OUTPUT = "node axes coverage counts gridding_index spread meeting at finite"
AXIS = (
    "size start center padding stride period shift size_min size_max phases lower_bound upper_bound bounded aligned "
    "global_through"
)
COVERAGE = "size used holes share largest_gap subgrids hole_offsets"
LAYER = "node op kernel stride dilation padding field neighbour_share parameters multiply_adds origin"
SCHEDULE = (
    "axes piece entry exit resolution kernels rates m m2 groups m2_ok gcd sawtooth hole_free agrees first_bad allowed "
    "repaired safe_rates gridding_index meeting coverage runs"
)
RUN = "first last kernels rates factor pyramid lead_in lead_out own_share isolated"


def data(rates: str, *, counts: bool = False, **shape: Any) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(dump(analysis_data(rf.analyze(rates, **shape), counts=counts)))
    return parsed


@pytest.mark.parametrize(
    ("shape", "lengths", "times"),
    [
        pytest.param({"causal": True}, (14, 0, 1), None, id="causal"),
        pytest.param({}, (7, 7, 1), None, id="centred"),
        pytest.param({"causal": True, "sample_rate": 500}, (14, 0, 1), (28, 0, 2), id="with a sample rate"),
        pytest.param({"causal": True, "stride": 2, "sample_rate": 1000}, (42, 0, 8), (42, 0, 8), id="strided"),
    ],
)
def test_lengths_in_time(shape: dict[str, Any], lengths: tuple[int, ...], times: tuple[float, ...] | None) -> None:
    found = data("1,2,4", dims=1, **shape)["outputs"][0]
    keys = ("history", "lookahead", "hop")
    assert tuple(found[key] for key in keys) == lengths
    assert found["sample_rate"] == shape.get("sample_rate")
    assert found["milliseconds"] == (None if times is None else dict(zip(keys, times, strict=True)))


def test_several_axes_are_no_time() -> None:
    assert data("1,2,4")["outputs"][0].keys().isdisjoint({"history", "lookahead", "hop", "milliseconds"})


def test_keys() -> None:
    found = data("1,2,5", counts=True)
    assert set(found) == set(TOP.split())
    assert set(found["outputs"][0]) == set(OUTPUT.split())
    assert set(found["outputs"][0]["axes"][0]) == set(AXIS.split())
    assert set(found["outputs"][0]["coverage"]) == set(found["schedules"][0]["coverage"]) == set(COVERAGE.split())
    assert set(found["outputs"][0]["counts"]) == {"paths", "min", "max", "factors", "map"}
    assert set(found["layers"][0]) == set(LAYER.split())
    assert set(found["schedules"][0]) == {*SCHEDULE.split(), "gridding_index_note"}
    assert set(found["schedules"][0]["runs"][0]) == set(RUN.split())


FACTS: list[tuple[str, str, object]] = [
    ("1,2,5", "outputs.0.axes.0.size", 17),
    ("1,2,5", "outputs.0.axes.0.start", -8),
    ("1,2,5", "outputs.0.axes.0.center", 0),
    ("1,2,5", "outputs.0.axes.0.padding", 8),
    ("1,2,5", "outputs.0.coverage.used", 289),
    ("1,2,5", "outputs.0.coverage.holes", 0),
    ("1,2,5", "outputs.0.counts", None),
    ("1,2,5", "verdict", "ok"),
    ("1,2,4", "verdict", "gridding"),
    ("2,4,8", "verdict", "holes"),
    ("1,2,5", "schedules.0.safe_rates", [[1, 1], [1, 3], [1, 7]]),
    ("1,2,9", "schedules.0.safe_rates", [None, [3, 3], [1, 7]]),
    ("1,2,5", "schedules.0.m", [1, 2, 5]),
    ("1,2,5", "schedules.0.m2", 2),
    ("1,2,5", "schedules.0.gcd", 1),
    ("1,2,5", "schedules.0.allowed", [1, 3, 7]),
    ("1,2,5", "schedules.0.meeting", {"isolated": 1, "depth": 2}),
    ("1,2,5", "schedules.0.runs.0.own_share", pytest.approx(0.36)),
    ("1,2,5", "schedules.0.piece", "conv1 .. conv3"),
    ("2,4,8", "outputs.0.axes.0.size", 29),
    ("2,4,8", "outputs.0.coverage.used", 225),
    ("2,4,8", "outputs.0.coverage.subgrids", [2, 2]),
    ("2,4,8", "outputs.0.gridding_index", [1, 1]),
    ("2,4,8", "outputs.0.meeting.depth", None),
    ("2,4,8", "schedules.0.gcd", 2),
    ("2,4,8", "schedules.0.allowed", [1, 3, 9]),
    ("2,4,8", "schedules.0.repaired", [1, 3, 8]),
    ("2,4,8", "schedules.0.first_bad", 0),
    ("1,2,9", "outputs.0.axes.0.size", 25),
    ("1,2,9", "schedules.0.m2", 5),
    ("1,2,9", "schedules.0.hole_free", False),
    ("2,2,2", "outputs.0.coverage.used", 49),
    ("2,2,2", "schedules.0.m2_ok", True),
    ("2,2,2", "schedules.0.hole_free", False),
    ("2,2,2", "schedules.0.agrees", False),
    ("1,5,2", "schedules.0.m2_ok", False),
    ("1,5,2", "schedules.0.hole_free", True),
    ("1,5,2", "schedules.0.groups.1", {"first": 2, "rates": [2], "m2": None, "ok": None}),
    ("3", "schedules.0.m2_ok", None),
    ("3", "schedules.0.agrees", None),
    ("1,1,1", "schedules.0.rates", [1, 1, 1]),
]


@pytest.mark.parametrize(("rates", "path", "expected"), FACTS, ids=[f"{rates} {path}" for rates, path, _ in FACTS])
def test_facts(rates: str, path: str, expected: object) -> None:
    found: Any = data(rates)
    for key in path.split("."):
        found = found[int(key)] if isinstance(found, list) else found[key]
    assert found == expected


def test_even_kernel_has_a_centre_between_pixels() -> None:
    axis = data("1", kernel=2)["outputs"][0]["axes"][0]
    assert (axis["start"], axis["center"]) == (0, "1/2")


def test_one_schedule_for_each_resolution() -> None:
    found = data("1,2,1,2", stride=[1, 2, 1, 1])["schedules"]
    assert [(one["resolution"], one["rates"], one["entry"], one["exit"]) for one in found] == [
        (1, [1, 2], "input", "conv2"),
        (2, [1, 2], "conv2", "conv4"),
    ]


def test_no_schedule_without_taps() -> None:
    assert data("1,2", kernel=1)["schedules"] == []


def test_integers_beyond_what_python_prints() -> None:
    assert len(dump({"paths": 3**20000})) == len('{"paths": }\n') + 9543


def test_weights_are_counted_where_channels_are_given() -> None:
    from dataclasses import replace

    node = replace(rf.conv("a", kernel=3, dims=2), in_channels=64, out_channels=128, groups=2)
    analysis = rf.analyze(rf.assemble("net", [node]), input=(10, 20))
    [layer] = analysis_data(analysis)["layers"]
    assert layer["parameters"] == analysis.parameters == 32 * 128 * 9
    assert layer["multiply_adds"] == 32 * 128 * 9 * 10 * 20
