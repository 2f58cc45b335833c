"""What one output sees and reads, as plain data for JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import lcm, prod
from typing import TYPE_CHECKING, Any, cast

from rfscope import limits
from rfscope.errors import LimitError
from rfscope.exact.analysis import Analysis
from rfscope.exact.counts import Counts, UsageCounts
from rfscope.exact.coverage import Coverage
from rfscope.exact.field import Field, Interval
from rfscope.exact.fields import AllGlobal
from rfscope.exact.meeting import Meeting
from rfscope.exact.output import Output
from rfscope.exact.spread import Spread
from rfscope.text.in_time import time_data

if TYPE_CHECKING:
    from rfscope.exact.finite import Finite
    from rfscope.text import records

__all__ = ["coverage_data", "meeting_data", "number", "output_data", "within_limits"]

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


def number(value: Fraction) -> int | str:
    """A fraction as a number when whole, else as text."""
    return value.numerator if value.denominator == 1 else str(value)


def output_data(analysis: Analysis, name: str, counts: bool) -> records.Output:
    """Everything known of one output of a network; with ``counts``, how often it uses each pixel."""
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
    known, over = within_limits(
        coverage=lambda: coverage_data(output.coverage),
        spread=lambda: _spread(output.spread),
        meeting=lambda: None if output.meeting is None else meeting_data(output.meeting),
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


def within_limits(**values: Callable[[], Any]) -> tuple[dict[str, Any], dict[str, str]]:
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
        {"lattice": rule.lattice or 1, "halo": [number(side) for side in rule.halo or ()]} for rule in rules
    ]
    widest = [max(rule.halo[side] for rule in rules if rule.halo) for side in (0, 1)]
    lattice = lcm(*(rule.lattice or 1 for rule in rules))
    return {"lattice": lattice, "halo": [number(side) for side in widest], "axes": axes}


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
        "center": None if field.center is None else number(field.center),
        "padding": field.padding,
        "stride": number(field.stride),
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


def coverage_data(coverage: Coverage) -> records.Coverage:
    """Which pixels are read, and which are holes."""
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
    return {"std": spread.std, "radius95": [number(radius) for radius in spread.radius95]}


def _counts(counts: UsageCounts) -> records.Counts:
    written = sum(counts.size) if isinstance(counts, Counts) else prod(counts.size)
    limits.check("map-bytes", written * (_WRITTEN + counts.max.bit_length()))
    factors, dense = (counts.factors, None) if isinstance(counts, Counts) else (None, counts.map().tolist())
    return {"paths": counts.paths, "min": counts.min, "max": counts.max, "factors": factors, "map": dense}


def meeting_data(meeting: Meeting) -> records.Meeting:
    """Where adjacent outputs have their first common input."""
    return {"isolated": meeting.isolated, "depth": meeting.depth}
