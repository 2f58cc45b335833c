"""What passes a limit is left out and named, and everything else is said."""

from __future__ import annotations

import json
from collections.abc import Iterable
from io import StringIO

import pytest
from rich.console import Console, RenderableType

import rfscope as rf
from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis, analyze
from rfscope.network.build import assemble, conv, merge
from rfscope.network.graph import INPUT
from rfscope.text.as_json import analysis_data, dump
from rfscope.text.comparison import comparison
from rfscope.text.facts import Comparison
from rfscope.text.report import report

LITTLE = {"map-bytes": 1_500}


def text_of(lines: Iterable[RenderableType]) -> str:
    written = StringIO()
    console = Console(file=written, width=200)
    for line in lines:
        console.print(line)
    return written.getvalue()


def product() -> Analysis:
    """What it reads of any map is a product over the axes."""
    return analyze(assemble("product", [conv("a"), conv("b", dilation=2), conv("c"), merge("sum", ["c", INPUT])]))


def cross() -> Analysis:
    """It reads a cross, which is none."""
    bars = [conv("wide", kernel=(1, 41), inputs=[INPUT]), conv("tall", kernel=(41, 1), inputs=[INPUT])]
    return analyze(assemble("cross", [*bars, merge("sum", ["wide", "tall"])]))


def test_a_report_leaves_out_the_counts_alone() -> None:
    with limits.raised({"map-bytes": 1_000}):
        said = text_of(report(product(), Console(width=200)))
    assert "OK" in said
    assert "One output sees 9x9 pixels and reads all 81 of them." in said
    assert "3x3, d2" in said
    assert "Left out: the counts and their row; over the limit 'map-bytes': " in said
    assert "paths per pixel" not in said
    assert "Left out" not in text_of(report(product(), Console(width=200)))


def test_a_report_of_what_is_no_product_leaves_out_more() -> None:
    with limits.raised(LITTLE):
        said = text_of(report(cross(), Console(width=200), with_map=True))
    assert "One output sees 41x41 pixels." in said
    for what in ("which of them it reads", "the counts"):
        assert f"Left out: {what}" in said
    assert "wide" in said
    assert "OK" in said


def test_json_names_what_is_null_for_a_limit() -> None:
    with limits.raised(LITTLE):
        record = json.loads(dump(analysis_data(cross())))
    [output] = record["outputs"]
    assert set(output["over_limits"]) == {"coverage", "meeting"}
    assert output["coverage"] is output["meeting"] is None
    assert all("'map-bytes'" in reason for reason in output["over_limits"].values())
    assert output["axes"][0]["size"] == 41
    assert output["spread"] is not None
    assert record["verdict"] == "ok"
    assert "over_limits" not in json.loads(dump(analysis_data(cross())))["outputs"][0]


def test_counts_that_are_asked_for_are_refused() -> None:
    with limits.raised(LITTLE), pytest.raises(LimitError, match="'map-bytes'"):
        analysis_data(cross(), counts=True)


def test_a_comparison_shows_what_fits() -> None:
    small = rf.analyze("1,2,5")
    with limits.raised({"map-bytes": 15_000}):
        said = text_of(comparison(Comparison((cross(), small)), Console(width=200)))
    assert "cross: Left out: the counts" in said
    assert "paths per pixel, 1 to 4" in said


def test_memory_is_shared_by_what_is_alive_at_once() -> None:
    with limits.shared("map-bytes", 3):
        assert limits.limit("map-bytes") == limits.DEFAULTS["map-bytes"] // 3
    assert limits.limit("map-bytes") == limits.DEFAULTS["map-bytes"]
