"""One network of the table, run by its own code in float64: whole, in tiles by the plan, and in chunks."""

from __future__ import annotations

import json
import time
from math import ceil
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves

import rfscope as rf
from rfscope.answers.tiles import TilePlan, rules_of
from rfscope.exact.analysis import analyze
from rfscope.exact.fields import AllGlobal
from rfscope.readers.torch import read_module
from rfscope.targets import Reading
from rfscope.verification.streams import verify_stream
from tests.real_networks.tiles import factories
from tests.real_networks.tiles.rows import Refused, Row, Streamed, Tiled

__all__ = ["tried"]

_STEP = 16
"""Positions from one tile to the next, at least, where tiles are cut along all axes."""


@torch.no_grad()
def tried(row: Row) -> dict[str, Any]:
    """What was found of a network, as plain data; the working folder is that of its repository."""
    torch.manual_seed(0)
    module = getattr(factories, row.make)(**json.loads(row.options)).double().eval()
    began = time.perf_counter()
    match row:
        case Tiled():
            found = _tiled(module, row)
        case Refused():
            found = _refused(module, row)
        case Streamed():
            found = _streamed(module, row)
    return found | {"seconds": round(time.perf_counter() - began, 1)}


def _tiled(module: nn.Module, row: Tiled) -> dict[str, Any]:
    plan = rf.tile(module, input=row.size, tile=row.tile)
    axis = next(at for at, along in enumerate(plan.axes) if len(along.pieces) > 1)
    along = plan.axes[axis]
    network = read_module(module, input=row.size, name=row.name).network
    reach = analyze(network).fields[plan.outputs[0]]
    found = {
        "lattice": along.lattice,
        "begins": [piece.begin for piece in along.pieces],
        "halo": [str(side) for side in plan.halo[axis] or ()],
        "inner": list(along.inner[0]),
        "second": list(along.pieces[1].keep[0] or ()),
        "length": along.output_sizes[0],
        "reach": None if isinstance(reach, AllGlobal) else list(reach[axis].reach or ()),
        **_compared(module, row.channels, plan),
    }
    if row.both and len(row.size) > 1:
        size, tile = _small(module, row)
        both = rf.tile(module, input=size, tile=tile)
        found["both"] = {"size": size, "tile": both.tile, "count": both.count, **_compared(module, row.channels, both)}
    return found


def _small(module: nn.Module, row: Tiled) -> tuple[list[int], list[int]]:
    """An image and a tile, a step longer than what tiles lose, and of sizes that are the row's modulo the lattice."""
    size, tile = list[int](), list[int]()
    for rule, length in zip(rules_of(module, Reading())[1], row.size, strict=True):
        assert rule is not None
        lattice = rule.lattice or 1
        step = -(-_STEP // lattice) * lattice
        least = ceil(rule.lost) + step
        tile.append(least + (length - least) % lattice)
        size.append(tile[-1] + step)
    return size, tile


def _compared(module: nn.Module, channels: int, plan: TilePlan) -> dict[str, Any]:
    """The loop that everybody writes; then what an output more on the inner side of a tile would have done."""
    image = torch.randn((1, channels, *plan.input), generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    whole = _map(module(image), plan)
    result = torch.full_like(whole, float("nan"))
    beyond = 0.0
    for tile in list[Any](plan):
        made = _map(module(image[..., *tile.read]), plan)
        result[..., *tile.write] = made[..., *tile.keep]
        for axis, along in enumerate(plan.axes):
            if len(along.pieces) > 1:
                beyond = max(beyond, _beyond(whole, made, tile, axis, along))
    far, spread = float((result - whole).abs().max()), float(whole.std())
    largest = float(whole.abs().max())
    return {"far": far / largest, "spread": far / spread, "largest": largest, "beyond": beyond / spread}


def _beyond(whole: Tensor, made: Tensor, tile: Any, axis: int, along: Any) -> float:
    """How far the outputs next to those that an inner side of a tile may keep lie from the whole's."""
    moved = tile.write[axis].start - tile.keep[axis].start
    at = [slice(None), slice(None), *tile.keep]
    there = [slice(None), slice(None), *tile.write]
    found, inner = [0.0], along.inner[0]
    sides = []
    if tile.read[axis].start > 0:
        sides.append(inner.first - 1)
    if tile.read[axis].stop < along.size:
        sides.append(inner.stop)
    for place in sides:
        if 0 <= place < made.shape[axis + 2] and 0 <= place + moved < whole.shape[axis + 2]:
            at[axis + 2], there[axis + 2] = slice(place, place + 1), slice(place + moved, place + moved + 1)
            found.append(float((made[*at] - whole[*there]).abs().max()))
    return max(found)


def _map(made: Any, plan: TilePlan) -> Tensor:
    """The first map that a module returns."""
    leaves = (leaf for leaf in tree_leaves(made) if isinstance(leaf, Tensor) and leaf.ndim >= len(plan.input) + 1)
    return next(leaves)


def _refused(module: nn.Module, row: Refused) -> dict[str, Any]:
    plan = rf.tile(module, input=row.size, tile=row.tile, allow_inexact=True)
    found: dict[str, Any] = {"exact": plan.exact, "passes": plan.passes, "why": list(plan.why_not[0])}
    found["places"] = len(plan.why_not)
    if row.like is not None:
        plan = rf.tile(getattr(factories, row.make)(**json.loads(row.like)), input=row.size, tile=row.tile)
    return found | _compared(module, row.channels, plan)


def _streamed(module: nn.Module, row: Streamed) -> dict[str, Any]:
    analysis = rf.analyze(module, sample_rate=row.rate)
    found = rf.stream(analysis)
    proof = verify_stream(analysis, found, module=module)
    own = proof.module
    assert own is not None
    return {
        "facts": [found.lookahead, str(found.latency), found.first_output, found.history, found.positions],
        "times": [found.lookahead_ms, found.latency_ms],
        "buffers": len(found.buffers), "values": found.values, "chunk": found.chunk, "hop": str(found.hop),
        "shorter": found.shorter, "settled": found.settled, "causal": found.causal,
        "equal": proof.equal, "chunked": proof.largest, "ways": list(proof.chunks), "outputs": proof.outputs,
        "own": own.largest, "own_outputs": own.outputs, "control": own.control, "differs": proof.first_difference,
    }  # fmt: skip
