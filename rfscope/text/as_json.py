"""An analysis as plain data for JSON. Keys are a contract with scripts; see ``SCHEMA_VERSION``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import lcm, prod
from typing import TYPE_CHECKING, Any, Final, cast

from rfscope import limits
from rfscope._version import __version__
from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis, Layer
from rfscope.exact.counts import Counts, UsageCounts
from rfscope.exact.coverage import Coverage
from rfscope.exact.field import Field, Interval
from rfscope.exact.fields import AllGlobal
from rfscope.exact.meeting import Meeting
from rfscope.exact.output import Output
from rfscope.exact.pieces import Piece, Run
from rfscope.exact.spread import Spread
from rfscope.text.in_time import time_data

if TYPE_CHECKING:
    from rfscope.exact.finite import Finite
    from rfscope.exact.same import Expectation
    from rfscope.text import records

__all__ = ["SCHEMA_VERSION", "TOOL", "analysis_data", "comparison_data", "dump"]

SCHEMA_VERSION: Final = 1
"""Rises when a key changes its meaning or goes away; new keys may come at any time."""

TOOL: records.Tool = {"name": "rfscope", "version": __version__}

_WRITTEN = 200
"""Bytes that a number takes while it is written, as an integer, as text and in a list, but for its digits."""

_UNKNOWN: records.Reads = {
    "coverage": None,
    "counts": None,
    "gridding_index": None,
    "spread": None,
    "meeting": None,
    "at": None,
    "finite": None,
}


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
        "outputs": [_any_output(analysis, name, counts) for name in network.outputs],
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


def _number(value: Fraction) -> int | str:
    """A fraction as a number when whole, else as text."""
    return value.numerator if value.denominator == 1 else str(value)


def _any_output(analysis: Analysis, name: str, counts: bool) -> records.Output:
    seen = analysis.fields[name]
    if isinstance(seen, AllGlobal):
        return _whole_output(analysis, name, seen, counts)
    [output] = analysis.ends(name)
    return _timed(analysis, output, counts)


def _timed(analysis: Analysis, output: Output, counts: bool) -> records.Output:
    record = _output(_for_once(analysis, output), counts)
    if record["finite"] is not None:
        record["finite"] = {**record["finite"], "tile": _tiles(analysis, output.node)}
    return cast("records.Output", {**record, **time_data(output, analysis.provenance.sample_rate)})


def _for_once(analysis: Analysis, output: Output) -> Output:
    """An output whose maps go away with its record, unless it is the one that is shown elsewhere, too."""
    return output if output is analysis.output else replace(output)


def _output(output: Output, counts: bool) -> records.Output:
    axes = [_field(field) for field in output.axes]
    if not output.is_placed:  # only the fields are known
        return {"node": output.node, "axes": axes, **_UNKNOWN}
    known, over = _within_limits(
        coverage=lambda: _coverage(output.coverage),
        spread=lambda: _spread(output.spread),
        meeting=lambda: None if output.meeting is None else _meeting(output.meeting),
        finite=lambda: None if output.finite is None else _finite(output.finite),
    )
    record: records.Output = {
        "node": output.node,
        "axes": axes,
        "coverage": known["coverage"],
        "counts": _counts(output.counts) if counts else None,
        "gridding_index": output.gridding_index,
        "spread": known["spread"],
        "meeting": known["meeting"],
        "at": None if output.sizes is None else output.position,
        "finite": known["finite"],
    }
    return {**record, "over_limits": over} if over else record


def _within_limits(**values: Callable[[], Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Each value, or None where it passes a limit; and, of these, which limit."""
    found = {key: limits.within(value) for key, value in values.items()}
    known = {key: None if isinstance(one, LimitError) else one for key, one in found.items()}
    return known, {key: str(one) for key, one in found.items() if isinstance(one, LimitError)}


def _whole_output(analysis: Analysis, name: str, seen: AllGlobal, counts: bool) -> records.Output:
    """An output that sees everything: only what enters the global operations has a field of its own."""
    axis: records.Axis = {
        "size": None,
        "start": None,
        "center": None,
        "padding": None,
        "stride": None,
        "period": None,
        "shift": None,
        "size_min": None,
        "size_max": None,
        "phases": [],
        "lower_bound": seen.lower_bound,
        "upper_bound": False,
        "bounded": False,
        "aligned": True,
        "global_through": seen.through,
    }
    ends = [_timed(analysis, output, counts) for output in analysis.ends(name)]
    return {"node": name, "axes": [axis] * analysis.network.dims, **_UNKNOWN, "before_global": ends}


def _tiles(analysis: Analysis, node: str) -> records.Tiles | None:
    """What holds for tiles; None where they cannot equal the whole."""
    from rfscope.exact.tile_rule import tile_rules

    rules = None if analysis.given is None else tile_rules(analysis.given, node)
    if rules is None:
        return None
    axes: list[records.TiledAxis] = [
        {"lattice": rule.lattice or 1, "halo": [_number(side) for side in rule.halo or ()]} for rule in rules
    ]
    widest = [max(rule.halo[side] for rule in rules if rule.halo) for side in (0, 1)]
    lattice = lcm(*(rule.lattice or 1 for rule in rules))
    return {"lattice": lattice, "halo": [_number(side) for side in widest], "axes": axes}


def _finite(finite: Finite) -> records.Finite:
    return {
        "output_size": finite.output_size,
        "extent": finite.extent,
        "padding_share": finite.padding_share,
        "never_read": finite.never_read,
        "halo": finite.halo,
        "tile": None,  # which is known of the network as it was given: see `_timed`
    }


def _field(field: Field) -> records.Axis:
    return {
        "size": field.size,
        "start": field.start,
        "center": None if field.center is None else _number(field.center),
        "padding": field.padding,
        "stride": _number(field.stride),
        "period": field.period,
        "shift": field.shift,
        "size_min": field.size_min,
        "size_max": field.size_max,
        "phases": [_interval(phase) for phase in field.phases],
        "lower_bound": field.lower_bound,
        "upper_bound": field.upper_bound,
        "bounded": field.bounded,
        "aligned": field.aligned,
        "global_through": field.global_through,
    }


def _interval(interval: Interval) -> records.Interval:
    return {"size": interval.size, "start": interval.start}


def _coverage(coverage: Coverage) -> records.Coverage:
    record: records.Coverage = {
        "size": coverage.size,
        "used": coverage.used,
        "holes": coverage.holes,
        "share": coverage.share,
        "largest_gap": coverage.largest_gap,
        "subgrids": coverage.subgrids,
        "hole_offsets": coverage.hole_offsets,
    }
    return record if coverage.hole_list is None else {**record, "hole_list": coverage.hole_list}


def _spread(spread: Spread) -> records.Spread:
    return {"std": spread.std, "radius95": [_number(radius) for radius in spread.radius95]}


def _counts(counts: UsageCounts) -> records.Counts:
    written = sum(counts.size) if isinstance(counts, Counts) else prod(counts.size)
    limits.check("map-bytes", written * (_WRITTEN + counts.max.bit_length()))
    factors, dense = (counts.factors, None) if isinstance(counts, Counts) else (None, counts.map().tolist())
    return {"paths": counts.paths, "min": counts.min, "max": counts.max, "factors": factors, "map": dense}


def _meeting(meeting: Meeting) -> records.Meeting:
    return {"isolated": meeting.isolated, "depth": meeting.depth}


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
        "field": [{"size": f.size, "stride": _number(f.stride), "start": f.start} for f in fields] or None,
        "neighbour_share": layer.neighbour_share,
        "parameters": node.parameters,
        "multiply_adds": layer.multiply_adds,
        "origin": None if node.origin is None else str(node.origin),
    }


def _schedule(analysis: Analysis, schedule: Piece) -> records.Schedule:
    repair = schedule.repair
    known, over = _within_limits(
        meeting=lambda: _meeting(schedule.meeting),
        coverage=lambda: _coverage(schedule.coverage),
    )
    record: records.Schedule = {
        "axes": schedule.axes,
        "piece": schedule.label,
        "entry": schedule.entry,
        "exit": schedule.exit,
        "resolution": _number(schedule.resolution),
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
        "own_share": _within_limits(share=lambda: run.own_share(axes))[0]["share"],
        "isolated": run.isolated,
    }
