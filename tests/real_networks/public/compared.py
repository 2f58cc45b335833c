"""Compare what rfscope says of a network with the gradient of the network's own forward."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np
import torch
from torch import nn

from tests.real_networks.public.oracle import NotComparable, support
from tests.real_networks.public.rows import Row

__all__ = ["compared"]

_PHASES = 8
"""Phases compared along one axis, evenly chosen where there are more."""


def compared(row: Row, answer: dict[str, Any]) -> dict[str, Any]:
    """What was compared, and the first difference.

    Along each axis, on a long and thin image: first and last position read, for every phase. On a small image, at
    several positions: all cells.
    """
    if not answer.get("outputs"):
        raise NotComparable("no answer to compare" if not answer else "the whole input is read at once")
    module = _built(row).eval().double().requires_grad_(False)
    said: dict[str, Any] = {"phases": 0, "cells": 0, "places": 0}
    axes = answer["outputs"][row.output]["axes"]
    for axis, fact in enumerate(axes):
        if row.long and not fact["bounded"] and fact["size"] and (axis == 0 or fact != axes[axis - 1]):
            with _in_float64():
                _along(row, module, axis, axes, said)
    if row.finite:
        _everywhere(row, module, said)
    return said


@contextmanager
def _in_float64() -> Iterator[None]:
    """Also what the module makes in its forward."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def _built(row: Row) -> nn.Module:
    name, _, path = row.target.partition(":")
    found: Any = import_module(name)
    for part in path.split("."):
        found = getattr(found, part)
    given = json.loads(row.args or "{}")
    if not isinstance(found, nn.Module):
        found = found(**given) if isinstance(given, dict) else found(*given)
    assert isinstance(found, nn.Module)
    return found


def _others(row: Row, size: Sequence[int]) -> list[torch.Tensor]:
    """The inputs after the first."""
    shapes = [[length or size[place - 2] for place, length in enumerate(shape)] for shape in row.others]
    return [torch.ones(shape) for shape in shapes]


def _along(row: Row, module: nn.Module, axis: int, axes: list[dict[str, Any]], said: dict[str, Any]) -> None:
    """First and last position read along one axis, phase by phase, on an image long enough for all of them."""
    fact = axes[axis]
    period, shift = fact["period"], fact["shift"]
    phases = sorted({n * period // min(period, _PHASES) for n in range(min(period, _PHASES))})
    reading = [phase for phase in fact["phases"] if phase["size"]]
    lowest = min(phase["start"] for phase in reading)
    highest = max(phase["start"] + phase["size"] for phase in reading)
    step = int(np.lcm(shift, row.thin))
    turns = -(-(8 - lowest) // shift) if lowest < 8 else 0
    length = -(-(turns * shift + highest + 8) // step) * step
    shape = [row.thin] * len(axes)
    shape[axis] = length
    turned = [row.thin // other["shift"] // 2 * other["period"] if other["start"] < 0 else 0 for other in axes]
    places = [tuple(turns * period + phase if a == axis else turned[a] for a in range(len(axes))) for phase in phases]
    seen_by = support(module, (1, row.channels, *shape), row.output, places, _others(row, shape))
    for phase, seen in zip(phases, seen_by, strict=True):
        line = np.flatnonzero(seen.any(tuple(a for a in range(len(axes)) if a != axis)))
        said["phases"] += 1
        expected = fact["phases"][phase]
        first = turns * shift + (expected["start"] or 0)
        wanted = (first, first + expected["size"] - 1) if expected["size"] else None
        found = (int(line[0]), int(line[-1])) if len(line) else None
        if found != wanted:
            said.setdefault("differs", f"axis {axis}, phase {phase}: rfscope {wanted}, gradient {found} of {length}")


def _everywhere(row: Row, module: nn.Module, said: dict[str, Any]) -> None:
    """All cells of a small image, at several positions."""
    from rfscope import analyze

    arguments = json.loads(row.args or "{}")
    analysis = analyze(row.target, arguments=arguments, input=row.finite)
    size = analysis.outputs[row.output].finite
    assert size is not None
    places = [tuple(int(part * (n - 1)) for n in size.output_size) for part in (0.5, 0.1)]
    shape = (1, row.channels, *row.finite)
    with _in_float64():
        masks = list(support(module, shape, row.output, places, _others(row, row.finite)))
    for place, seen in zip(places, masks, strict=True):
        output = analyze(row.target, arguments=arguments, input=row.finite, position=place).outputs[row.output]
        counts, first = np.asarray(output.counts.map()) > 0, output.first
        mask = np.zeros(row.finite, dtype=bool)
        if all(start is not None for start in first):
            mask[tuple(slice(s, s + n) for s, n in zip(first, counts.shape, strict=True))] = counts
        said["places"] += 1
        said["cells"] += int(mask.sum())
        if not np.array_equal(mask, seen):
            told = f"at {place} of {row.finite}: rfscope {int(mask.sum())} cells, gradient {int(seen.sum())}"
            said.setdefault("differs", f"{told}, {int((mask != seen).sum())} differ")
