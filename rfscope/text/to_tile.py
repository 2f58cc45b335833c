"""How an image is cut for a network, in one line of its analysis."""

from __future__ import annotations

from collections.abc import Iterator

from rfscope.exact.analysis import Analysis
from rfscope.exact.tile_rule import TileRule, tile_rules
from rfscope.wording import unit

__all__ = ["to_tile"]


def to_tile(analysis: Analysis) -> Iterator[str]:
    """How an image is cut for the network; a list of rates is a part of one, and sound is streamed."""
    if analysis.provenance.from_rates or analysis.network.dims == 1 or analysis.given is None:
        return
    if not analysis.outputs:
        return
    rules = tile_rules(analysis.given, analysis.output.node)
    if rules is None or analysis.output.node not in analysis.network.outputs:
        return
    said = [_cut_so(rule, unit(analysis.network.dims)) for rule in rules]
    axes = [f"{text} along axis {axis}" for axis, text in enumerate(said)]
    yield f"To tile: {said[0] if len(set(said)) == 1 else '; '.join(axes)}."


def _cut_so(rule: TileRule, many: str) -> str:
    before, after = rule.halo or (0, 0)
    sides = f"{before} on each side" if before == after else f"{before} before and {after} after"
    begin = "anywhere" if rule.lattice == 1 else f"at multiples of {rule.lattice}"
    shrinks = f" (the output of a tile is {rule.shrinks} {many} smaller than the tile)" if rule.shrinks else ""
    return f"halo {sides}, begin {begin}{shrinks}"
