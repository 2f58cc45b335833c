"""A plan of tiles as plain data for JSON."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from rfscope.exact.passes import passes
from rfscope.exact.tile_rule import TileRule
from rfscope.exact.tiling import Piece, Plan, TiledAxis
from rfscope.network.graph import Network
from rfscope.text.as_json import SCHEMA_VERSION, TOOL

__all__ = ["plan_data", "rule_data"]


def plan_data(plan: Plan, verification: Any = None) -> dict[str, Any]:
    """A plan as plain data.

    Args:
        plan: The plan.
        verification: What a run of the module on tiles found, as plain data; None if there was none.
    """
    works, memory = plan.multiply_adds, plan.bytes
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": TOOL,
        "name": plan.name,
        "input": list(plan.input),
        "outputs": [{"node": name, "size": list(size)} for name, size in plan.output_sizes.items()],
        "output_size": None if plan.output_size is None else list(plan.output_size),
        "exact": plan.exact,
        "why_not": [dict(why._asdict()) for why in plan.why_not],
        "passes": plan.passes,
        "axes": [_axis(axis) for axis in plan.axes],
        "tile_count": plan.count,
        "computed": plan.computed,
        "waste": plan.waste,
        "multiply_adds": None if works is None else {"whole": works[0], "tiled": works[1]},
        "bytes": None if memory is None else memory._asdict(),
        "verification": verification,
    }


def rule_data(network: Network, rules: list[TileRule | None]) -> dict[str, Any]:
    """What holds for tiles of any image, axis by axis, as plain data."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": TOOL,
        "name": network.name,
        "exact": all(rule is not None and rule.exact for rule in rules),
        "passes": passes(network, range(network.dims)),
        "axes": [
            None
            if rule is None
            else {
                "lattice": rule.lattice,
                "halo": None if rule.halo is None else [_number(side) for side in rule.halo],
                "sizes": None if rule.sizes is None else list(rule.sizes),
                "why_not": [dict(why._asdict()) for why in rule.why_not],
            }
            for rule in rules
        ],
    }


def _axis(axis: TiledAxis) -> dict[str, Any]:
    return {
        "size": axis.size,
        "lattice": axis.lattice,
        "offset": axis.offset,
        "halo": None if axis.halo is None else [_number(side) for side in axis.halo],
        "tile": axis.tile,
        "last_tile": axis.pieces[-1].size if axis.pieces else None,
        "inner": [list(one) for one in axis.inner],
        "tiles": [_piece(piece) for piece in axis.pieces],
    }


def _piece(piece: Piece) -> dict[str, Any]:
    keeps = [None if keep is None else list(keep) for keep in piece.keep]
    found: dict[str, Any] = {"begin": piece.begin, "size": piece.size, "keep": keeps[0], "write": piece.write[0]}
    return found if len(keeps) == 1 else found | {"keeps": keeps, "writes": list(piece.write)}


def _number(number: Fraction) -> int | str:
    """A whole number as one, a fraction as text."""
    return int(number) if number.denominator == 1 else str(number)
