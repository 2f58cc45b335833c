"""An analysis as plain data for JSON. Keys are a contract with scripts; see ``SCHEMA_VERSION``."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from rfscope._version import __version__
from rfscope.exact.analysis import Analysis, Layer, Output
from rfscope.exact.coverage import Coverage
from rfscope.exact.field import Field, Interval
from rfscope.exact.meeting import Meeting
from rfscope.exact.pieces import Run
from rfscope.exact.usage import Counts
from rfscope.exact.verdict import Schedule

__all__ = ["SCHEMA_VERSION", "TOOL", "analysis_data", "comparison_data", "dump"]

Data: TypeAlias = dict[str, Any]

SCHEMA_VERSION = 1
"""Rises when a key changes its meaning or goes away; new keys may come at any time."""

TOOL = {"name": "rfscope", "version": __version__}


def dump(data: Any) -> str:
    """Write plain data as JSON text: integers of any length, no NaN, a line end behind it."""
    allowed = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)  # counts may be longer than the 4,300 digits that Python prints by default
    try:
        return json.dumps(data, ensure_ascii=True, allow_nan=False) + "\n"
    finally:
        sys.set_int_max_str_digits(allowed)


def analysis_data(analysis: Analysis, *, counts: bool = False, verification: Data | None = None) -> Data:
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
        "outputs": [_output(output, counts) for output in analysis.outputs],
        "layers": [_layer(layer) for layer in analysis.layers],
        "schedules": [_schedule(schedule) for schedule in analysis.schedules],
        "unknown": [],
        "verification": verification,
    }


def comparison_data(analyses: Sequence[Analysis]) -> Data:
    """Several networks, one record each."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": TOOL,
        "targets": [analysis_data(analysis) for analysis in analyses],
        "expect": None,
    }


def _number(value: Fraction | None) -> int | str | None:
    """A fraction as a number when whole, else as text."""
    return None if value is None else value.numerator if value.denominator == 1 else str(value)


def _output(output: Output, counts: bool) -> Data:
    return {
        "node": output.node,
        "axes": [_field(field) for field in output.axes],
        "coverage": _coverage(output.coverage),
        "counts": _counts(output.counts) if counts else None,
        "gridding_index": output.gridding_index,
        "spread": {"std": output.spread.std, "radius95": [_number(radius) for radius in output.spread.radius95]},
        "meeting": _meeting(output.meeting),
        "at": None,
        "finite": None,
    }


def _field(field: Field) -> Data:
    return {
        "size": field.size,
        "start": field.start,
        "center": _number(field.center),
        "padding": field.padding,
        "stride": _number(field.stride),
        "period": field.period,
        "shift": field.shift,
        "size_min": field.size_min,
        "size_max": field.size_max,
        "phases": [_interval(phase) for phase in field.phases],
        "lower_bound": field.lower_bound,
        "aligned": field.aligned,
        "global_through": field.global_through,
    }


def _interval(interval: Interval) -> Data:
    return {"size": interval.size, "start": interval.start}


def _coverage(coverage: Coverage) -> Data:
    return {
        "size": coverage.size,
        "used": coverage.used,
        "holes": coverage.holes,
        "share": coverage.share,
        "largest_gap": coverage.largest_gap,
        "subgrids": coverage.subgrids,
        "hole_offsets": coverage.hole_offsets,
    }


def _counts(counts: Counts) -> Data:
    return {"paths": counts.paths, "min": counts.min, "max": counts.max, "factors": counts.factors, "map": None}


def _meeting(meeting: Meeting) -> Data:
    return {"isolated": meeting.isolated, "depth": meeting.depth}


def _layer(layer: Layer) -> Data:
    node, windows = layer.node, layer.windows
    return {
        "node": node.name,
        "op": node.op,
        "kernel": [window.kernel for window in windows],
        "stride": [window.stride for window in windows],
        "dilation": [window.dilation for window in windows],
        "padding": [window.known_padding for window in windows],
        "field": [{"size": field.size, "stride": _number(field.stride), "start": field.start} for field in layer.field],
        "neighbour_share": layer.neighbour_share,
        "parameters": node.parameters,
        "origin": None if node.origin is None else str(node.origin),
    }


def _schedule(schedule: Schedule) -> Data:
    piece, repair = schedule.piece, schedule.repair
    return {
        "axes": schedule.axes,
        "piece": piece.label,
        "entry": piece.entry,
        "exit": piece.exit,
        "resolution": piece.resolution,
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
        "repaired": repair.repaired,
        "gridding_index": schedule.gridding_index,
        "gridding_index_note": schedule.index_note,
        "meeting": _meeting(schedule.meeting),
        "coverage": _coverage(schedule.coverage),
        "runs": [_run(run, len(schedule.axes)) for run in schedule.runs],
    }


def _run(run: Run, axes: int) -> Data:
    return {
        "first": run.steps[0].name,
        "last": run.steps[-1].name,
        "kernels": [taps.kernel for taps in run.taps],
        "rates": [taps.rate for taps in run.taps],
        "factor": run.factor,
        "pyramid": run.pyramid,
        "lead_in": run.lead_in,
        "lead_out": run.lead_out,
        "own_share": run.own_share(axes),
        "isolated": run.isolated,
    }
