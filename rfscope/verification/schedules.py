"""The schedules of a network: as chains, as pieces with their branches, and by the published rules.

What is measured of a layer is which positions one of its outputs reads; its kernel and rate are worked out from these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import gcd
from typing import TYPE_CHECKING, Any

from rfscope import limits
from rfscope.exact.analysis import Analysis
from rfscope.exact.pieces import Piece
from rfscope.network.build import assemble
from rfscope.network.graph import INPUT, Network, Node
from rfscope.network.reads import Window
from rfscope.verification.canvas import make_canvas
from rfscope.verification.compare import Fact
from rfscope.verification.looked import box_of, gaps_of, projected
from rfscope.verification.measured import Measured

if TYPE_CHECKING:
    import numpy as np
    import torch

__all__ = ["piece_facts", "rule_facts", "schedule_facts"]

_ROOM = 2**22
"""Positions of all maps of a chain, at most."""


def schedule_facts(analysis: Analysis, device: torch.device) -> Iterator[Fact]:
    """Whether each schedule leaves holes when run as a chain of its own, and whether the repaired one leaves none."""
    for schedule in analysis.schedules:
        full = _full(schedule.kernels, schedule.rates, device)
        repaired = _full(schedule.kernels, schedule.repair.repaired, device)
        where = f"the schedule {','.join(map(str, schedule.rates))}"
        if full is not None:
            yield Fact("schedules", where, schedule.hole_free, full)
        if repaired is not None:
            yield Fact("schedules", f"{where} as repaired", True, repaired)


def _full(kernels: Sequence[int], rates: Sequence[int], device: torch.device) -> bool | None:
    """Whether a chain reads all that it spans; None if there is no layer in it, or it is too long to run."""
    if not rates or sum((kernel - 1) * rate for kernel, rate in zip(kernels, rates, strict=True)) * len(rates) > _ROOM:
        return None
    windows = [Window(kernel=kernel, dilation=rate) for kernel, rate in zip(kernels, rates, strict=True)]
    nodes = [Node(name=f"c{at}", op="conv", reads=(window,), inputs=()) for at, window in enumerate(windows)]
    [places] = _reads(assemble("schedule", nodes), device)
    return len(places) == places[-1] - places[0] + 1


def piece_facts(analysis: Analysis, device: torch.device) -> Iterator[Fact]:
    """What an output of each piece reads of the piece's entry, over all of its branches: the piece is run alone."""
    for piece in analysis.schedules:
        claimed, seen = piece.coverage, _seen(piece.network, device)
        box = seen[box_of(projected(seen))]
        measured = (int(seen.sum()), box.shape, gaps_of(box))
        yield Fact("coverage of pieces", piece.label, (claimed.used, claimed.size, claimed.largest_gap), measured)


def rule_facts(analysis: Analysis, device: torch.device) -> Iterator[Fact]:
    """The published rules: rates from what each layer reads, their common factor, and the distances M_2 of groups."""
    by_name = (analysis.given or analysis.network).by_name
    for piece in analysis.schedules:
        kernels, rates = _numbers(piece, piece.nodes, by_name, device)
        where = f"the schedule {','.join(map(str, rates))}"
        yield Fact("published rules", f"rates of {where}", (piece.kernels, piece.rates), (kernels, rates))
        for group in piece.groups:
            measured = _distance(group.rates)
            yield Fact("published rules", f"M_2 of {','.join(map(str, group.rates))}", group.m2, measured)
            kernel = kernels[group.first]
            holds = None if measured is None else measured <= kernel
            yield Fact("published rules", f"M_2 and K of {where}", (group.kernel, group.ok), (kernel, holds))
        for run in piece.runs:
            names = [step.name for step in run.steps]
            _, own = _numbers(piece, names, by_name, device)
            yield Fact("published rules", f"factor of {', '.join(names)}", run.factor, gcd(*own) or 1)


def _numbers(
    piece: Piece, names: Sequence[str], by_name: Mapping[str, Node], device: torch.device
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Kernels and rates of some layers, from the positions that one output of each was measured to read."""
    found = []
    for name in names:
        read = by_name[name].reads[piece.axes[0]]
        [places] = _reads(assemble("layer", [Node(name="layer", op="conv", reads=(read,), inputs=())]), device)
        found.append((len(places), gcd(*(b - a for a, b in pairwise(places)))))
    return tuple(kernel for kernel, _ in found), tuple(rate for _, rate in found)


def _distance(rates: Sequence[int]) -> int | None:
    """M_2 as its authors write it; None for a single rate.

    Source:
        Wang et al., "Understanding Convolution for Semantic Segmentation" (WACV 2018), equation 2.

    Example:
        >>> _distance([1, 2, 5]), _distance([1, 2, 9])
        (2, 5)
    """
    if len(rates) == 1:
        return None
    further = rates[-1]
    for rate in rates[-2:0:-1]:
        further = max(further - 2 * rate, further - 2 * (further - rate), rate)
    return further


def _reads(network: Network, device: torch.device) -> list[list[int]]:
    """Per axis, the positions that one output of a network reads."""
    return projected(_seen(network, device))


def _seen(network: Network, device: torch.device) -> np.ndarray[Any, Any]:
    """What one output of a network reads: booleans."""
    canvas = make_canvas(network, [(0,) * network.dims], [1] * network.dims)
    limits.check("verify-cells", canvas.cells, where=network.name)
    found: np.ndarray[Any, Any] = (
        Measured(canvas.steps, canvas.size, device).reads(canvas.steps[-1].name, canvas.outputs[0])[INPUT] != 0
    )
    return found
