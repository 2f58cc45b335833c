"""Numbers that papers print, and a few that were derived by hand; one fact a test."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import assemble, conv

CASES = tomllib.loads((Path(__file__).parent.parent / "cases" / "published.toml").read_text(encoding="utf-8"))["chain"]

FACTS: Mapping[str, Callable[[Any], Any]] = {
    "agrees": lambda found: found.schedules[0].agrees,
    "allowed": lambda found: list(found.schedules[0].repair.allowed),
    "causal": lambda found: found.causal,
    "depth": lambda found: found.output.meeting.depth or "never",
    "factor": lambda found: [run.factor for run in runs(found)],
    "fields": lambda found: [layer.field[0].size for layer in found.layers],
    "first_bad": lambda found: "none" if (bad := found.schedules[0].repair.first_bad) is None else bad,
    "gcd": lambda found: found.schedules[0].factor,
    "group_m2": lambda found: [group.m2 for group in found.schedules[0].groups],
    "hole_free": lambda found: found.hole_free,
    "holes": lambda found: found.output.coverage.holes,
    "index": lambda found: max(found.output.gridding_index or ()),
    "isolated": lambda found: found.output.meeting.isolated,
    "largest_gap": lambda found: list(found.output.coverage.largest_gap),
    "lead_in": lambda found: [run.lead_in for run in runs(found)],
    "lead_out": lambda found: [run.lead_out for run in runs(found)],
    "line": lambda found: list(found.output.counts.marginal(0)),
    "m": lambda found: list(found.schedules[0].distances),
    "m2": lambda found: found.schedules[0].m2,
    "m2_ok": lambda found: found.schedules[0].m2_ok,
    "max": lambda found: found.output.counts.max,
    "min": lambda found: found.output.counts.min,
    "own_share": lambda found: [run.own_share(2) for run in runs(found)],
    "padding": lambda found: found.output.axes[0].padding,
    "paths": lambda found: found.output.counts.paths,
    "pixels": lambda found: found.output.coverage.pixels,
    "repaired": lambda found: list(found.schedules[0].repair.repaired),
    "run_isolated": lambda found: [run.isolated for run in runs(found)],
    "runs": lambda found: [[taps.rate for taps in run.taps] for run in runs(found)],
    "sawtooth": lambda found: found.schedules[0].sawtooth,
    "schedules": lambda found: len(found.schedules),
    "size": lambda found: found.output.axes[0].size,
    "splits": lambda found: [run.splits for run in runs(found)],
    "start": lambda found: found.output.axes[0].start,
    "std": lambda found: found.output.spread.std[0],
    "stride": lambda found: found.output.axes[0].stride,
    "subgrids": lambda found: list(found.output.coverage.subgrids),
    "used": lambda found: found.output.coverage.used,
}
ROUNDED = {"index": 5e-4, "std": 1e-12, "own_share": 1e-12}


def runs(found: Any) -> list[Any]:
    return [run for schedule in found.schedules for run in schedule.runs]


def network_of(case: Mapping[str, Any]) -> Analysis:
    """The chain of a case; single numbers hold for every layer."""
    count = max(len(value) for key in ("kernels", "rates", "strides") if isinstance(value := case.get(key), list))

    def each(key: str, default: Any) -> list[Any]:
        value = case.get(key, default)
        return value if isinstance(value, list) else [value] * count

    dims, nodes = case.get("dims", 2), []
    layers = zip(each("kernels", 3), each("rates", 1), each("strides", 1), each("before", None), strict=True)
    for number, (kernel, rate, stride, before) in enumerate(layers):
        spare = 0 if isinstance(kernel, list) else (kernel - 1) * rate
        ahead = before if before is not None else spare if case.get("causal") else spare // 2
        layer = conv(
            f"w{number}", kernel=kernel, dilation=rate, stride=stride, padding=(ahead, spare - ahead), dims=dims
        )
        nodes.append(layer)
    return analyze(assemble(case["id"], nodes))


@pytest.mark.parametrize(
    ("case", "fact"), [pytest.param(case, fact, id=f"{case['id']}-{fact}") for case in CASES for fact in case["facts"]]
)
def test_published(case: Mapping[str, Any], fact: str) -> None:
    found, printed = FACTS[fact](network_of(case)), case["facts"][fact]
    assert found == (pytest.approx(printed, abs=ROUNDED[fact]) if fact in ROUNDED else printed), case["source"]
