"""An analysis as plain data for JSON. Keys are a contract with scripts; see ``SCHEMA_VERSION``."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from rfscope._version import __version__
from rfscope.exact.analysis import Analysis, Layer
from rfscope.exact.fields import AllGlobal
from rfscope.exact.pieces import Piece, Run
from rfscope.text.output_json import coverage_data, meeting_data, number, output_data, within_limits

if TYPE_CHECKING:
    from rfscope.exact.same import Expectation
    from rfscope.text import records

__all__ = ["SCHEMA_VERSION", "TOOL", "analysis_data", "comparison_data", "dump"]

SCHEMA_VERSION: Final = 1
"""Rises when a key changes its meaning or goes away; new keys may come at any time."""

TOOL: records.Tool = {"name": "rfscope", "version": __version__}


def dump(data: Any) -> str:
    """Write plain data as JSON text: integers of any length, no NaN, a line end behind it."""
    allowed = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)  # counts may be longer than the 4,300 digits that Python prints by default
    try:
        return json.dumps(data, ensure_ascii=True, allow_nan=False) + "\n"
    finally:
        sys.set_int_max_str_digits(allowed)


def analysis_data(
    analysis: Analysis, *, counts: bool = False, verification: records.Verification | None = None
) -> records.Analysis:
    """Everything known of a network.

    Args:
        analysis: The analysis.
        counts: Whether to include the usage counts.
        verification: The record of a verification, if one was run.
    """
    network = analysis.network
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": TOOL,
        "name": network.name,
        "dims": network.dims,
        "input": network.input,
        "of": analysis.provenance.of,
        "inputs": analysis.provenance.inputs,
        "verdict": analysis.verdict,
        "notes": analysis.provenance.notes,
        "outputs": [output_data(analysis, name, counts) for name in network.outputs],
        "layers": [_layer(layer) for layer in analysis.layers],
        "schedules": [_schedule(analysis, schedule) for schedule in analysis.schedules],
        "left_out": network.left_out,
        "unknown": [
            {"node": node.name, "op": node.op, "origin": None if node.origin is None else str(node.origin)}
            for node in network.nodes
            if node.is_unknown
        ],
        "verification": verification,
    }


def comparison_data(analyses: Sequence[Analysis], expectation: Expectation | None = None) -> dict[str, Any]:
    """Several networks, one record each, and what was expected of them."""
    expected = None
    if expectation is not None:
        difference = expectation.first_difference
        expected = {"what": expectation.what, "met": expectation.met, "first_difference": difference}
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": TOOL,
        "targets": [analysis_data(analysis) for analysis in analyses],
        "expect": expected,
    }


def _layer(layer: Layer) -> records.Layer:
    node = layer.node
    fields = () if isinstance(layer.field, AllGlobal) else layer.field
    return {
        "node": node.name,
        "op": node.op,
        "kernel": [getattr(read, "kernel", None) for read in node.reads],
        "stride": [getattr(read, "stride", None) for read in node.reads],
        "dilation": [getattr(read, "dilation", None) for read in node.reads],
        "padding": [getattr(read, "known_padding", None) for read in node.reads],
        "field": [{"size": f.size, "stride": number(f.stride), "start": f.start} for f in fields] or None,
        "neighbour_share": layer.neighbour_share,
        "parameters": node.parameters,
        "multiply_adds": layer.multiply_adds,
        "origin": None if node.origin is None else str(node.origin),
    }


def _schedule(analysis: Analysis, schedule: Piece) -> records.Schedule:
    repair = schedule.repair
    known, over = within_limits(
        meeting=lambda: meeting_data(schedule.meeting),
        coverage=lambda: coverage_data(schedule.coverage),
    )
    record: records.Schedule = {
        "axes": schedule.axes,
        "piece": schedule.label,
        "entry": schedule.entry,
        "exit": schedule.exit,
        "resolution": number(schedule.resolution),
        "kernels": schedule.kernels,
        "rates": schedule.rates,
        "m": schedule.distances,
        "m2": schedule.m2,
        "groups": [
            {"first": group.first, "rates": group.rates, "m2": group.m2, "ok": group.ok} for group in schedule.groups
        ],
        "m2_ok": schedule.m2_ok,
        "gcd": schedule.factor,
        "sawtooth": schedule.sawtooth,
        "hole_free": schedule.hole_free,
        "agrees": schedule.agrees,
        "first_bad": repair.first_bad,
        "allowed": repair.allowed,
        "safe_rates": analysis.judgement.safe_rates(schedule),
        "repaired": repair.repaired,
        "nearest": _nearest(schedule),
        "gridding_index": schedule.gridding_index,
        "gridding_index_note": schedule.index_note,
        "meeting": known["meeting"],
        "coverage": known["coverage"],
        "runs": [_run(run, len(schedule.axes)) for run in schedule.runs],
    }
    return {**record, "over_limits": over} if over else record


def _nearest(schedule: Piece) -> tuple[int, ...] | None:
    if schedule.hole_free:
        return schedule.rates
    from rfscope.design.nearest import nearest_rates

    return nearest_rates(schedule.taps)


def _run(run: Run, axes: int) -> records.Run:
    return {
        "first": run.steps[0].name,
        "last": run.steps[-1].name,
        "kernels": [taps.kernel for taps in run.taps],
        "rates": [taps.rate for taps in run.taps],
        "factor": run.factor,
        "pyramid": run.pyramid,
        "lead_in": run.lead_in,
        "lead_out": run.lead_out,
        "own_share": within_limits(share=lambda: run.own_share(axes))[0]["share"],
        "isolated": run.isolated,
    }
